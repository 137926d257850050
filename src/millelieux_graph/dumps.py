"""The whole graph in every format, the same bytes each time.

Blank nodes (the ontology's class expressions; data has none) get their canonical labels from
RDFC-1.0, quads are sorted, and nothing depends on the clock or on hash order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import jsonld, terms
from .formats import by_name
from .sources import rdf

if TYPE_CHECKING:
    from .graph import Graph

__all__ = ["canonical", "canonical_triples", "dump", "reading_order"]

_TYPE = terms.expand("rdf:type")


def canonical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return quads with canonical blank node labels (https://www.w3.org/TR/rdf-canon/), sorted."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(dataset, key=str)


def canonical_triples(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return triples with canonical blank node labels, in reading order."""
    quads = canonical(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return sorted((quad.triple for quad in quads), key=reading_order)


def dump(graph: Graph) -> dict[str, bytes]:
    """Return the graph in every RDF format, by the format's name.

    Triple formats hold the union of the named graphs, quad formats keep them apart.  The N-Quads
    are the canonical form of the dataset to the byte, so their hash is that of RDFC-1.0.
    """
    quads = canonical(graph.quads())
    triples = sorted({quad.triple for quad in quads}, key=reading_order)
    prefixes = rdf.used_prefixes(quads)
    return {
        "turtle": rdf.write(triples, by_name("turtle"), prefixes),
        "ntriples": _lines(triples, "ntriples"),
        "rdfxml": rdf.write(triples, by_name("rdfxml"), prefixes),
        "jsonld": jsonld.write(triples, prefixes),
        "nquads": _lines(quads, "nquads"),
        "trig": rdf.write(sorted(quads, key=_graph_order), by_name("trig"), prefixes),
    }


def _lines(statements: Iterable[ox.Triple] | Iterable[ox.Quad], name: str) -> bytes:
    return b"".join(sorted(rdf.write(statements, by_name(name)).splitlines(keepends=True)))


def reading_order(triple: ox.Triple) -> tuple[str, bool, str, str]:
    """Sort by subject, its type first, as a person would read it."""
    predicate = triple.predicate.value
    return str(triple.subject), predicate != _TYPE, predicate, str(triple.object)


def _graph_order(quad: ox.Quad) -> tuple[str, str, bool, str, str]:
    return str(quad.graph_name), *reading_order(quad.triple)
