"""Lists of things of one kind, for whoever browses, and the index that the search reads."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import addresses, terms
from . import words
from .view import Site, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..addresses import Language
    from ..resources import Node, Resources

__all__ = ["Listing", "context", "listings", "ordered", "search_index"]

AT_ONCE = 500  # entries on a page
_SEARCHED = (
    "ml:ThirdPlace ml:Impact ml:ImpactAxis ml:Organization ml:Programme ml:Person ml:Commune "
    "ml:Department ml:Region ml:Country ml:Intercommunality ml:Territory ml:Premises ml:SubSpace "
    "ml:TimelineEvent ml:ImpactFinding ml:EnablingCondition ml:Testimony ml:Discrepancy "
    "ml:ProgrammeItem skos:Concept"
).split()


@dataclass(frozen=True, slots=True)
class Listing:
    """The things that stand in one folder of the release.

    Attributes:
        stem: Of its first page.
        kind: The class that most of them have, as an IRI.
        things: Their IRIs.
    """

    stem: str
    kind: str
    things: tuple[str, ...]

    def title(self, resources: Resources, lang: Language) -> str:
        """Return what the things are called together."""
        return words.kind(lang, terms.curie(self.kind)) or resources.label(self.kind, lang)

    @property
    def pages(self) -> int:
        """How many pages they fill."""
        return -(-len(self.things) // AT_ONCE)

    def stem_of(self, page: int) -> str:
        """Return the path of one of its pages, counted from 1."""
        return self.stem if page == 1 else f"{self.stem}-{page}"


def listings(resources: Resources, things: Sequence[str]) -> list[Listing]:
    """Return the lists of a release, a folder each, those of our vocabulary's classes."""
    folders: dict[str, list[str]] = defaultdict(list)
    for iri in things:
        folder, slash, _ = addresses.stem(iri).rpartition("/")
        # Concepts are listed by their scheme.
        if slash and not folder.startswith("vocab") and resources.kinds(iri):
            folders[folder].append(iri)
    return [
        Listing(f"{folder}/index", kind, tuple(iris))
        for folder, iris in sorted(folders.items())
        if (kind := _usual_kind(resources, iris)).startswith(terms.ML)
    ]


def ordered(view: View, listing: Listing) -> list[Node]:
    """Return the things of a list as they stand on its pages."""
    nodes = (view.site.resources.node(iri) for iri in listing.things)
    return sorted(nodes, key=lambda node: _sorting(view, node))


def context(view: View, listing: Listing, nodes: Sequence[Node], page: int) -> dict[str, Any]:
    """Return what the template of a list needs.

    Args:
        view: The page.
        listing: The list.
        nodes: Its things, in order.
        page: Which of its pages, counted from 1.
    """
    return {
        "title": listing.title(view.site.resources, view.lang),
        "many": len(nodes),
        "page": page,
        "pages": listing.pages,
        "before": view.page(listing.stem_of(page - 1)) if page > 1 else "",
        "after": view.page(listing.stem_of(page + 1)) if page < listing.pages else "",
        "entries": [
            {"href": view.href(n.iri), "title": view.title(n), "note": _note(view, n)}
            for n in nodes[(page - 1) * AT_ONCE : page * AT_ONCE]
        ],
    }


def search_index(site: Site, lang: Language) -> bytes:
    """Return what the search looks through: title, kind and address of what people look for."""
    view = View(site, lang, "search.html")
    wanted = {terms.expand(name) for name in _SEARCHED}
    entries = [
        [view.title(node), view.kind(node), view.page(addresses.stem(iri))]
        for iri in sorted(site.things)
        if wanted.intersection((node := site.resources.node(iri)).kinds)
    ]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()


def _usual_kind(resources: Resources, iris: Sequence[str]) -> str:
    kinds = Counter(kind for iri in iris for kind in resources.kinds(iri)[:1])
    return min(kinds, key=lambda kind: (-kinds[kind], kind))


def _sorting(view: View, node: Node) -> tuple[Any, ...]:
    bounds = terms.passage_range(node.iri)
    if bounds:
        return (0, *bounds, "")
    order = node.value("ml:order") if node.is_a("ml:Impact") else None
    rank = order if isinstance(order, int) else 0
    return (1, rank, 0, folded(view.title(node)))


def folded(text: str) -> str:
    """Return a text as it is sorted: without accents and case."""
    from ..parameters import folded as fold

    return fold(text)


def _note(view: View, node: Node) -> str:
    """Return what tells a thing from its neighbours in a list."""
    return " · ".join(dict.fromkeys(_notes(view, node)))


def _notes(view: View, node: Node) -> Iterator[str]:
    if (date := node.value("ml:date")) is not None:
        yield view.date(date)
    for name in ("ml:inCommune", "ml:place", "ml:actorKind", "ml:discrepancyKind", "ml:inSection"):
        yield from (view.label(other) for other in node.all(name))
