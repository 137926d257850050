"""A graph as pages to read, in French and in English: used by site and server alike.

A page never judges or changes data; everything it shows is a look-up, escaped by its template.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from .. import addresses, assets, metadata, queries, terms
from ..addresses import LANGUAGES, Language
from ..contexts import Context
from ..crawling import Signs, linkset_links, thing_links
from ..documents import documents, written
from ..dumps import reading_order
from ..errors import CannotRun
from ..pictures.palette import DARK, LIGHT, THREADS
from ..resources import Node, Resources
from ..results import Table
from ..sparql import UNLIMITED, Limits
from . import home, impact, lists, place, questions, thing, vocabulary
from .about import NOTHING, About, citing, landing
from .engine import embedded, linked_data, render
from .matrix import Matrix
from .questions import MOST_ROWS
from .view import Site, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..graph import Graph
    from ..history import Tombstone
    from ..metadata import Description
    from ..pictures import Ring
    from ..queries import Query

__all__ = ["About", "Pages", "Task", "static"]

Task: TypeAlias = Callable[[], Iterator[tuple[str, bytes]]]

_STATIC = Path(__file__).with_name("static")
_ONTOLOGY = terms.BASE + "ontology"
# Some questions compare every place with every other.
_LARGE, _PATIENCE = 200_000, Limits(timeout=10, memory=256 * 1024 * 1024)
_DOORS = {terms.expand("ml:ThirdPlace"): "places", terms.expand("ml:Impact"): "impacts"}


class Pages:
    """All pages of a release.

    Attributes:
        graph: What they are about.
        resources: The same, thing by thing.
        site: What they have in common.
    """

    def __init__(
        self,
        graph: Graph,
        base_url: str = terms.BASE,
        about: About = NOTHING,
        outlines: Sequence[Ring] = (),
    ) -> None:
        self.graph = graph
        self.resources = Resources(graph)
        self.told = metadata.describe(graph, base_url)
        self.things = self.resources.things()
        self._about = about
        self._outlines = outlines
        self.site = _site(self.resources, self.told, frozenset(self.things), base_url)
        self.site.rooms.update(self._rooms())

    @cached_property
    def signs(self) -> Signs:
        """What machines are told to look for beside the page about the dataset."""
        return Signs(
            self.site.base_url,
            self.told.iri,
            addresses.page(self.told.landing, "fr"),
            self.site.licence,
            self.told.iris("dcterms:creator"),
            self._about.described,
            self._about.distributions,
        )

    @cached_property
    def _context(self) -> Context:
        return Context(quad for name in ("ontology", "vocab") for quad in self.graph.quads(name))

    @cached_property
    def matrix(self) -> Matrix:
        """The recap table."""
        return Matrix(self.resources)

    def _rooms(self) -> Iterator[tuple[str, str]]:
        """Yield the pages that any page may lead to: their name and their stem."""
        longest = sorted(self.lists, key=lambda listing: len(listing.things))
        for listing in longest:  # of two lists of places, the longer
            if listing.kind in _DOORS:
                yield _DOORS[listing.kind], listing.stem
        yield from {"cite": "cite", "questions": "query/index", "search": "search"}.items()
        yield from {"data": self.told.landing, "ontology": "ontology"}.items()
        if self.matrix.cells:
            yield "recap", "recap"
        if assets.complete():
            yield "sparql", "sparql"

    @cached_property
    def lists(self) -> list[lists.Listing]:
        """The lists of things of one kind."""
        return lists.listings(self.resources, self.things)

    def of_thing(self, iri: str) -> Iterator[tuple[str, bytes]]:
        """Yield the documents of a thing: its pages, and its description in each RDF format."""
        if iri in (self.told.iri, self.told.catalog):  # described beside all files, not alone
            return
        told = {}
        for name, data in documents(self.resources, iri, self._context):
            told[name.rpartition(".")[2]] = data
            yield name, data
        for lang in LANGUAGES:
            view = self._view(addresses.stem(iri), lang)
            yield view.path, self.page(view, iri, told["jsonld"])

    def page(self, view: View, iri: str, jsonld: bytes | None = None) -> bytes:
        """Return the page of a thing, with its description as JSON-LD within if it is given."""
        node = self.resources.node(iri)
        template, section, told = self._told(view, node)
        stem = addresses.stem(iri)
        told = {
            "title": view.title(node),
            "jsonld": embedded(jsonld) if jsonld else None,
            **linked_data(view, stem, thing_links(iri, stem, self.signs, view.root)),
            **told,
        }
        return render(view, template, section, threads=self.matrix.threads, **told)

    def _told(self, view: View, node: Node) -> tuple[str, str, dict[str, Any]]:
        if node.is_a("ml:ThirdPlace"):
            return "place.html", "places", place.context(view, node, self.matrix)
        if node.is_a("ml:Impact"):
            return "impact.html", "impacts", impact.context(view, node, self.matrix)
        if node.iri == _ONTOLOGY:
            return "vocabulary.html", "", vocabulary.context(view, node)
        return "thing.html", "", thing.context(view, node, self.matrix)

    def of_tombstone(self, stone: Tombstone) -> Iterator[tuple[str, bytes]]:
        """Yield the pages that stand where a thing was that is no more."""
        if addresses.fragment(stone.iri):  # the document that held it is still there
            return
        names = dict(stone.labels)
        for lang in LANGUAGES:
            view = self._view(addresses.stem(stone.iri), lang)
            yield (
                view.path,
                render(
                    view,
                    "gone.html",
                    title=names.get(lang) or next(iter(names.values()), terms.curie(stone.iri)),
                    iri=stone.iri,
                    version=stone.last_version,
                    replaced=[self.resources.node(iri) for iri in stone.replaced_by],
                    **linked_data(view, addresses.stem(stone.iri)),
                ),
            )

    def tasks(self) -> list[Task]:
        """Return all that is to be written, in parts that need not wait for each other.

        What is long comes first, so that those who share the work end together.
        """
        return [
            *(partial(part, lang) for part in (self._front, self._lists) for lang in LANGUAGES),
            self._dataset,
            self._catalogue,
            *(partial(self._question, query) for query in queries.catalogue()),
            *(partial(self.of_thing, iri) for iri in self.things),
        ]

    def _dataset(self) -> Iterator[tuple[str, bytes]]:
        """Yield what stands at the address of the dataset, and the page about citing it."""
        stem, files = self.told.landing, self._about.distributions
        yield "context.jsonld", self._context.document()
        triples = sorted(self.told.triples, key=reading_order)
        yield from written(triples, self.told.iri, stem, self._context)
        for lang in LANGUAGES:
            view = self._view(stem, lang)
            told = {
                **linked_data(view, stem, linkset_links(self.signs)),
                **landing(view, self.told, self._about),
            }
            described = metadata.schema_org(self.graph, self.told, files, lang)
            yield view.path, render(view, "data.html", "data", jsonld=embedded(described), **told)
            if self.told.catalog in self.things:
                view = self._view(addresses.stem(self.told.catalog), lang)
                yield view.path, self.page(view, self.told.catalog)
            view = self._view("cite", lang)
            yield view.path, render(view, "cite.html", **citing(view, self.told, self._about))

    def _front(self, lang: Language) -> Iterator[tuple[str, bytes]]:
        view = self._view("index", lang)
        told = home.context(view, self.told, self.matrix, self.lists, self._outlines)
        yield view.path, render(view, "home.html", **told)
        if self.matrix.cells:
            view = self._view("recap", lang)
            yield view.path, render(view, "recap.html", "recap", **_recap(view, self.matrix))
        view = self._view("search", lang)
        also = home.also(view, self.lists)
        yield (
            view.path,
            render(view, "search.html", "search", title=view.word("search"), text="", lists=also),
        )
        lost = self._view("404", lang)
        # It stands for an address of any depth, so its links begin at the top of the site.
        lost.root = urlsplit(self.site.base_url).path
        text = view.word("not-found-text")
        yield (
            lost.path,
            render(lost, "search.html", title=view.word("not-found"), text=text, lists=also),
        )
        yield f"assets/search.{lang}.json", lists.search_index(self.site, lang)

    def _lists(self, lang: Language) -> Iterator[tuple[str, bytes]]:
        for listing in self.lists:
            nodes = lists.ordered(self._view(listing.stem, lang), listing)
            for number in range(1, listing.pages + 1):
                view = self._view(listing.stem_of(number), lang)
                told = lists.context(view, listing, nodes, number)
                yield view.path, render(view, "list.html", listing.stem, **told)

    def _catalogue(self) -> Iterator[tuple[str, bytes]]:
        """Yield the list of stored queries, and the page to ask others."""
        for lang in LANGUAGES:
            view = self._view("query/index", lang)
            told = questions.catalogue(view)
            yield view.path, render(view, "questions.html", "questions", **told)
            view = self._view("sparql", lang)
            yield view.path, render(view, "sparql.html", "sparql", **questions.editor(view))

    def _question(self, query: Query) -> Iterator[tuple[str, bytes]]:
        stem = f"query/{query.name}"
        yield f"{stem}.rq", query.text.encode()
        for lang in LANGUAGES:
            answer = self._answer(query, lang)
            # A part of an answer must not pass for the whole.
            if answer and lang == LANGUAGES[0] and len(answer) <= MOST_ROWS:
                yield f"{stem}.csv", answer.write("csv")
                yield f"{stem}.srj", answer.write("json")
            view = self._view(stem, lang)
            told = questions.context(view, query, answer)
            yield view.path, render(view, "question.html", "questions", **told)

    def _answer(self, query: Query, lang: Language) -> Table | None:
        """Return the first rows of an answer; None where a large graph would take too long."""
        limits = _PATIENCE if len(self.graph) > _LARGE else UNLIMITED
        window = queries.Window(MOST_ROWS + 1)
        try:
            answer = queries.run(self.graph, query, window=window, lang=lang, limits=limits)
        except CannotRun:
            return None
        assert isinstance(answer, Table)  # stored queries are SELECT queries, by test
        return answer

    def _view(self, stem: str, lang: Language) -> View:
        return View(self.site, lang, addresses.page(stem, lang))


def static() -> Iterator[tuple[str, bytes]]:
    """Yield styles, scripts and the icon."""
    for path in sorted(_STATIC.iterdir()):
        data = path.read_bytes()
        if path.name == "style.css":
            data = _colours().encode() + data
        yield f"assets/{path.name}", data


def _colours() -> str:
    """Return the palette of the pictures as custom properties, by day and by night."""

    def rules(colours: Mapping[str, str]) -> str:
        threads = {f"t{n}": colours.get(c, c) for n, c in enumerate(THREADS.values())}
        return ";".join(f"--{name}:{colour}" for name, colour in {**colours, **threads}.items())

    return (
        f":root{{color-scheme:light dark;{rules(LIGHT)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{rules(DARK)}}}}}\n"
    )


def _recap(view: View, matrix: Matrix) -> dict[str, Any]:
    by_kind = defaultdict(list)
    for cell in matrix.cells.values():
        for kind in cell.disagreements:
            by_kind[kind].append(cell)
    return {
        "title": view.word("home-recap"),
        "matrix": matrix,
        "disputed": sorted(by_kind.items()),
    }


def _site(resources: Resources, told: Description, things: frozenset[str], base_url: str) -> Site:
    """Return what all pages have in common."""
    return Site(
        resources,
        things,
        base_url,
        {lang: told.text("dcterms:title", lang) or told.iri for lang in LANGUAGES},
        told.text("dcat:version") or "",
        next(iter(told.iris("dcterms:license")), ""),
        any(part.name.startswith("@fontsource") for part in assets.parts()),
    )
