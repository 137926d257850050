"""What we ship: ontology, data and stored queries, in a wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from .. import terms
from .rdf import Source, discover

__all__ = ["Room", "data", "ontology", "shapes", "shipped", "vocabularies"]

Room = Literal["ontology", "data", "queries"]

_PACKAGE = Path(__file__).parent.parent


def shipped(room: Room) -> Path:
    """Return the folder of one kind of shipped file.

    A wheel carries the folders inside the package; a checkout has them at its top.
    """
    inside = _PACKAGE / "_shipped" / room
    return inside if inside.is_dir() else _PACKAGE.parent.parent / room


def ontology() -> list[Source]:
    """Return the ontology and the alignments, for the graph ``ontology``."""
    files = [shipped("ontology") / "millelieux.ttl"]
    files += sorted((shipped("ontology") / "alignments").glob("*.ttl"))
    return _into("ontology", files)


def vocabularies() -> list[Source]:
    """Return the concept schemes, for the graph ``vocab``."""
    return _into("vocab", sorted((shipped("ontology") / "vocab").glob("*.ttl")))


def shapes() -> list[Source]:
    """Return the SHACL shapes, for the graph ``shapes``."""
    return _into("shapes", sorted((shipped("ontology") / "shapes").glob("*.ttl")))


def data() -> list[Source]:
    """Return the data of the report, each file for its named graph."""
    return discover([shipped("data")])


def _into(graph: str, files: list[Path]) -> list[Source]:
    return [Source(s.path, terms.graph(graph), s.format) for s in discover(files)]
