"""What a page knows while it is written: its language, its address, and how to speak of things."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from .. import addresses, terms
from . import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..addresses import Language
    from ..resources import Node, Resources

__all__ = ["Site", "View", "Where"]

_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a claim stands in its source.

    Attributes:
        href: Leads to the passage, or to the document.
        section: In words that a reader finds in any edition.
        range: First and last character, written out.
    """

    href: str
    section: str
    range: str


@dataclass(frozen=True)
class Site:
    """Of a whole site: what is in it, what it is called, and where it will be served.

    Attributes:
        resources: The graph, thing by thing.
        things: The IRIs that have pages.
        base_url: Where the release will be served, with its slash.
        title: By language.
        version: Of the dataset; empty: it has none.
        licence: Its IRI; empty: unknown.
        rooms: The stems of the pages that any page may lead to, by the names of these pages.
        fonts: Whether the release has its own.
    """

    resources: Resources
    things: frozenset[str]
    base_url: str
    title: dict[Language, str]
    version: str = ""
    licence: str = ""
    fonts: bool = False
    rooms: dict[str, str] = field(default_factory=dict)


class View:
    """One page in the making.

    Attributes:
        site: What the page belongs to.
        lang: Its language.
        path: Its address in the release.
    """

    def __init__(self, site: Site, lang: Language, path: str) -> None:
        self.site = site
        self.lang = lang
        self.path = path

    @cached_property
    def root(self) -> str:
        """The relative way from this page to the top of the release."""
        return "../" * self.path.count("/")

    def word(self, key: str, *values: object) -> str:
        """Return one of the pages' own words."""
        return words.word(self.lang, key, *values)

    def count(self, key: str, many: int) -> str:
        """Return how many there are, in words."""
        return words.count(self.lang, key, many)

    def number(self, value: object) -> str:
        """Return a number as the language writes it."""
        return words.number(value, self.lang)  # type: ignore[arg-type]  # templates have no types

    def date(self, value: object) -> str:
        """Return an EDTF date in words."""
        return words.date(value, self.lang)  # type: ignore[arg-type]  # templates have no types

    def to(self, path: str) -> str:
        """Return the relative link to a file of the release."""
        return self.root + quote(path)

    def page(self, stem: str) -> str:
        """Return the relative link to a page, in the language of this one."""
        return self.to(addresses.page(stem, self.lang))

    def href(self, iri: str) -> str:
        """Return the link to a thing: its page if it has one here, else its own web address."""
        if iri in self.site.things or iri.startswith(terms.ML):
            anchor = addresses.fragment(iri)
            return self.page(addresses.stem(iri)) + (f"#{quote(anchor)}" if anchor else "")
        # What is no web address is no link: a javascript: IRI must not become one.
        return iri if urlsplit(iri).scheme in _SCHEMES else ""

    def link(self, node: Node, text: str = "") -> Markup:
        """Return a link to a thing that says what it is called."""
        shown, href = text or self.title(node), self.href(node.iri)
        return Markup('<a href="{}">{}</a>').format(href, shown) if href else Markup.escape(shown)

    def links(self, nodes: Iterable[Node]) -> Markup:
        """Return links to several things, with commas between."""
        return Markup(", ").join(map(self.link, nodes))

    def label(self, node: Node) -> str:
        """Return the label of a thing in the language of the page."""
        return node.label(self.lang)

    def text(self, node: Node, name: str) -> str:
        """Return a text of a thing in the language of the page."""
        return node.text(name, self.lang)

    def title(self, node: Node) -> str:
        """Return what a thing is called, or how to tell it from others when it has no name."""
        for name, told in _TITLES.items():
            if terms.expand(name) in node.kinds:
                return told(self, node)
        return self.label(node)

    def kind(self, node: Node) -> str:
        """Return what sort of thing it is, in words; empty: unknown."""
        return self.label(node.resources.node(node.kinds[0])) if node.kinds else ""

    def where(self, node: Node, name: str = "ml:evidence") -> list[Where]:
        """Return where a claim stands in its source, in the order of the text."""
        passages = sorted(node.all(name), key=lambda p: terms.passage_range(p.iri) or (0, 0))
        found = [self._passage(passage) for passage in passages]
        if name == "ml:evidence":
            found += [self._document(document) for document in node.all("dcterms:source")]
        return found

    def _passage(self, passage: Node) -> Where:
        section = passage.one("ml:inSection")
        bounds = terms.passage_range(passage.iri)
        shown = self.word("position", *map(self.number, bounds)) if bounds else ""
        return Where(self.href(passage.iri), self.label(section) if section else "", shown)

    def _document(self, document: Node) -> Where:
        return Where(self.href(document.iri), self.title(document), "")


def _joined(view: View, node: Node, *names: str) -> str:
    parts = [view.title(other) for name in names for other in node.all(name)]
    return " · ".join(parts) or view.label(node)


def _passage_title(view: View, node: Node) -> str:
    bounds = terms.passage_range(node.iri)
    return view.word("passage-title", *map(view.number, bounds)) if bounds else view.label(node)


def _tenure(view: View, node: Node) -> str:
    member = node.one("org:member")
    return f"{view.label(member)}, {words.small(view.label(node))}" if member else view.label(node)


_TITLES = {
    "ml:MatrixCell": lambda v, n: _joined(v, n, "ml:place", "ml:impact"),
    "ml:PageListing": lambda v, n: _joined(v, n, "ml:place", "ml:impact", "ml:page"),
    "ml:Occupancy": lambda v, n: _joined(v, n, "ml:place", "ml:premises"),
    "ml:FundingMix": lambda v, n: _joined(v, n, "ml:place", "ml:phase"),
    "ml:FundingShare": lambda v, n: _joined(v, n, "ml:mix", "ml:sector"),
    "ml:SourceLocator": _passage_title,
    "ml:RoleTenure": _tenure,
}
