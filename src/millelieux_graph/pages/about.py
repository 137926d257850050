"""The pages about the dataset: what can be downloaded, how it is checked, cited and reused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import terms
from . import words
from .engine import licence_link
from .thing import facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from markupsafe import Markup

    from ..addresses import Language
    from ..distributions import Distribution
    from ..resources import Node
    from .view import View

__all__ = ["NOTHING", "About", "citing", "landing"]

_PACKED = {"gzip": ".gz"}


@dataclass(frozen=True)
class About:
    """What a release knows of itself beside the graph.

    Attributes:
        distributions: The files that carry the dataset or a part of it.
        canonical_hash: SHA-256 of the canonical dataset (RDFC-1.0).
        metadata: Paths of the files that describe it, and the names of their formats.
        citation: How to cite it, by language.
        citations: Paths of the same for programs, and the names of their formats.
        description: Of the dataset, in the words of schema.org.
        left_out: What the release could not be given, by language.
    """

    distributions: Sequence[Distribution] = ()
    canonical_hash: str = ""
    metadata: Sequence[tuple[str, str]] = ()
    citation: Mapping[Language, str] | None = None
    citations: Sequence[tuple[str, str]] = ()
    description: Mapping[str, Any] | None = None
    left_out: Mapping[Language, Sequence[str]] | None = None


NOTHING = About()


def landing(view: View, dataset: Node, about: About) -> dict[str, Any]:
    """Return what the template of the dataset's page needs."""
    whole = [d for d in about.distributions if d.graph is None and d.table is None]
    return {
        "node": dataset,
        "sections": [
            (view.word("data-whole"), list(_rows(view, whole))),
            (
                view.word("data-graphs"),
                list(_rows(view, (d for d in about.distributions if d.graph))),
            ),
            (
                view.word("data-tables"),
                list(_rows(view, (d for d in about.distributions if d.table))),
            ),
        ],
        "metadata": [(view.to(path), name) for path, name in about.metadata],
        "hash": about.canonical_hash,
        "facts": list(facts(view, dataset)),
        "classes": list(_classes(view)),
        "left_out": (about.left_out or {}).get(view.lang, ()),
    }


def citing(view: View, dataset: Node, about: About) -> dict[str, Any]:
    """Return what the template of the page about citing and reusing needs."""
    return {
        "title": view.word("cite"),
        "citation": (about.citation or {}).get(view.lang, ""),
        "files": [(view.to(path), name) for path, name in about.citations],
        "sources": [view.link(source) for source in dataset.all("prov:wasDerivedFrom")],
        "licence": licence_link(view),
        "rights": [view.label(right) for right in dataset.all("dcterms:rights")],
    }


def _rows(view: View, distributions: Iterable[Distribution]) -> Iterator[dict[str, Any]]:
    for each in distributions:
        yield {
            "name": each.name,
            "title": each.title[view.lang],
            "format": each.format.suffix + _PACKED.get(each.compressed or "", ""),
            "size": words.size(each.size, view.lang),
        }


def _classes(view: View) -> Iterator[tuple[Markup, int]]:
    """Yield our classes and how many things are of each, the most frequent first."""
    resources = view.site.resources
    classes = [node for node in resources.instances("owl:Class") if node.iri.startswith(terms.ML)]
    counted = [(len(node.back("rdf:type")), node) for node in classes]
    for many, node in sorted(counted, key=lambda pair: (-pair[0], pair[1].iri)):
        if many:
            yield view.link(node, words.kind(view.lang, terms.curie(node.iri))), many
