"""What a graph says of the dataset that it is, completed by what can be computed.

Somebody's own ``dcat:Dataset`` is taken as it is; where there is none, or where it is silent,
title, extent and period come from the places.  What only a person can know is never guessed: a
licence, a publisher or a date that nobody has written is absent, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import addresses, terms
from ..sources import rdf
from . import coverage
from .authorities import language
from .statements import about, each, iri, iris, rows, spoken

if TYPE_CHECKING:
    from ..graph import Graph

__all__ = ["SHAPES", "Description", "describe"]

SHAPES = f"{terms.BASE}shapes"

_ONTOLOGY = f"{terms.BASE}ontology"
_DATASETS = f"""
PREFIX dcat: <{terms.PREFIXES["dcat"]}> PREFIX dcterms: <{terms.PREFIXES["dcterms"]}>
SELECT DISTINCT ?dataset ?listed ?part
WHERE {{ ?dataset a dcat:Dataset FILTER(isIRI(?dataset))
         BIND(EXISTS {{ ?catalog dcat:dataset ?dataset }} AS ?listed)
         BIND(EXISTS {{ ?whole dcterms:hasPart ?dataset }} AS ?part) }}
ORDER BY DESC(?listed) ?part ?dataset LIMIT 1
"""
# From a dataset to what is worth telling along with it.
_FOLLOWED = (
    "dcterms:creator dcterms:publisher dcterms:contributor dcterms:license dcterms:rights "
    "dcterms:accessRights dcterms:provenance dcterms:spatial dcterms:temporal dcat:contactPoint "
    "dcat:distribution spdx:checksum foaf:homepage vcard:hasEmail vcard:hasURL"
).split()
_PLACES = f"""
PREFIX ml: <{terms.ML}> PREFIX skos: <{terms.PREFIXES["skos"]}>
SELECT DISTINCT ?place ?fr ?en ?other
WHERE {{ ?place a ml:ThirdPlace
         OPTIONAL {{ ?place skos:prefLabel ?fr FILTER(LANG(?fr) = "fr") }}
         OPTIONAL {{ ?place skos:prefLabel ?en FILTER(LANG(?en) = "en") }}
         OPTIONAL {{ ?place skos:prefLabel ?other }} }}
ORDER BY ?place ?fr ?en ?other
"""
_LANGUAGES = f"""
PREFIX ml: <{terms.ML}> PREFIX skos: <{terms.PREFIXES["skos"]}>
SELECT DISTINCT (LANG(?name) AS ?lang)
WHERE {{ ?place a ml:ThirdPlace ; skos:prefLabel ?name FILTER(LANG(?name) != "") }} ORDER BY ?lang
"""
# XML 1.0 §2.2: what no document can have, and the end of an IRI that an element can be named after.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENT = re.compile(r"[A-Za-z_][\w.-]*$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMED = 3  # places that a title names one by one

_NO_LICENCE = {
    "fr": "Aucune licence n’est indiquée : demandez avant de réutiliser ces données.",
    "en": "No licence is stated: ask before you reuse these data.",
}
_NO_PUBLISHER = {"fr": "éditeur non indiqué", "en": "publisher not stated"}

Texts = dict[str, str]
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Description:
    """A dataset as its description has it, for whoever writes it in another form.

    Attributes:
        iri: The dataset.
        catalog: The catalog that lists it.
        home: What names that are computed begin with; ``catalog#…`` below it stands in the catalog.
        base_url: Where the release will be served, with its slash.
        triples: The description.
    """

    def __init__(self, dataset: str, base_url: str, triples: Iterable[ox.Triple]) -> None:
        self.iri, self.base_url = dataset, base_url
        self.home = terms.BASE if dataset.startswith(terms.BASE) else base_url
        self.triples: set[ox.Triple] = set()
        self._said: dict[tuple[str, str], list[ox.Triple]] = {}
        self.add(triples)
        catalogs = [_name(t.subject) for t in self.triples if _lists(t, dataset)]
        self.catalog = min(catalogs, default=f"{self.home}catalog")

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Take more statements in."""
        for triple in sorted(set(triples) - self.triples, key=str):
            self.triples.add(triple)
            key = (_name(triple.subject), triple.predicate.value)
            self._said.setdefault(key, []).append(triple)

    def values(self, predicate: str, of: str | None = None) -> list[Term]:
        """Return what is said of the dataset, or of another node, by a predicate (a CURIE)."""
        key = (of or self.iri, terms.expand(predicate))
        return [triple.object for triple in self._said.get(key, [])]

    def iris(self, predicate: str, of: str | None = None) -> list[str]:
        """Return the names of the nodes among the values; blank nodes keep their label."""
        values = self.values(predicate, of)
        return [_name(value) for value in values if not isinstance(value, ox.Literal)]

    def texts(self, predicate: str, of: str | None = None) -> Texts:
        """Return the literals among the values by language; the empty language: none."""
        values = self.values(predicate, of)
        return {v.language or "": v.value for v in values if isinstance(v, ox.Literal)}

    def text(self, predicate: str, lang: str = "fr", of: str | None = None) -> str | None:
        """Return one literal, in this language if there is one."""
        found = self.texts(predicate, of)
        return found.get(lang) or next(iter(found.values()), None)

    def words(self, predicate: str, lang: str) -> list[str]:
        """Return all literals of a language, or without one."""
        values = [v for v in self.values(predicate) if isinstance(v, ox.Literal)]
        return [v.value for v in values if (v.language or lang) == lang]

    def date(self, predicate: str) -> str | None:
        """Return a day that is told of the dataset (``2026-11-22``), or None."""
        match = _DATE.match(self.text(predicate) or "")
        return match[0] if match else None

    def name(self, node: str, lang: str) -> str:
        """Return what an agent, a place or a document is called."""
        named = ("foaf:name", "vcard:fn", "skos:prefLabel", "dcterms:title", "rdfs:label")
        found = (self.text(predicate, lang, node) for predicate in named)
        return next((name for name in found if name), node)

    def names(self, predicate: str, lang: str) -> list[str]:
        """Return what the agents among the values are called; a name that stands bare is one."""
        bare = [v.value for v in self.values(predicate) if isinstance(v, ox.Literal)]
        return [self.name(agent, lang) for agent in self.agents(predicate)] + bare

    @property
    def landing_page(self) -> str:
        """The address of the page about the dataset."""
        return self.base_url + addresses.page(self.landing, "fr")

    @property
    def landing(self) -> str:
        """The path of the page about the dataset in a release, without suffix."""
        return "data" if self.iri == _nameless(self.base_url) else addresses.stem(self.iri)

    def part(self, name: str) -> ox.NamedNode:
        """Return the node of a named graph, given by its short name, as a part of the dataset.

        Graphs of everybody's releases have the same names; as parts they are told apart.
        """
        return iri(terms.graph(name)) if self.home == terms.BASE else self.node(f"graph/{name}")

    def agents(self, predicate: str) -> list[str]:
        """Return who made or published the dataset, as far as somebody has said it."""
        return [agent for agent in self.iris(predicate) if agent != self.node("publisher").value]

    def node(self, fragment: str) -> ox.NamedNode:
        """Return the node of something that is computed, which stands in the catalog."""
        return iri(f"{self.home}catalog#{fragment}")


def describe(graph: Graph, base_url: str) -> Description:
    """Return the description of the dataset that a graph is.

    Args:
        graph: Where somebody may have described it, in the graph ``catalog`` or in any other.
        base_url: Where the release will be served, with its slash.
    """
    found = next(iter(rows(graph, _DATASETS)), None)
    dataset = _nameless(base_url) if found is None else found["dataset"].value
    told = Description(dataset, base_url, _written(graph, dataset))
    node = iri(dataset)
    told.add(about(node, "dcat:Dataset"))
    told.add(_always(told))
    for predicate, compute in _COMPUTED.items():
        if not told.values(predicate):
            told.add(compute(graph, told))
    told.add(_located(told, "dcterms:spatial", coverage.spatial(graph, told.home)))
    told.add(_catalog(told))
    return told


def _nameless(base_url: str) -> str:
    """Return the IRI of a dataset that nobody has named: its site is its document."""
    return f"{base_url}#dataset"


def _written(graph: Graph, dataset: str) -> set[ox.Triple]:
    """Return what a person wrote about the dataset, and about what it leads to."""
    followed = "|".join(f"<{terms.expand(predicate)}>" for predicate in _FOLLOWED)
    catalogs = f"^<{terms.expand('dcat:dataset')}>"
    query = (
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ <{dataset}> {catalogs}?/({followed})* ?s . ?s ?p ?o }}"
    )
    found = graph.ask(query, without=["inferred"])
    assert isinstance(found, ox.QueryTriples)  # it is a CONSTRUCT
    said = {quad.triple for quad in graph.quads("catalog")} | set(found)
    return {held for triple in said if (held := _held(triple)) is not None}


def _held(triple: ox.Triple) -> ox.Triple | None:
    """Return a statement as every form of the description can hold it, XML among them.

    The dataset itself keeps what was written.
    """
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
        return None
    if not _ELEMENT.search(predicate.value):
        return None
    if isinstance(value, ox.Literal) and _NOT_XML.search(value.value):
        text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value.value)
        value = ox.Literal(text, language=value.language) if value.language else ox.Literal(text)
    return ox.Triple(subject, predicate, value)


def _always(told: Description) -> Iterator[ox.Triple]:
    """Yield what holds for every release: its address, and the checks that it has passed."""
    node, page = iri(told.iri), told.landing_page
    yield from about(
        node,
        dcterms_conformsTo=iris([_ONTOLOGY, SHAPES]),
        dcat_landingPage=iri(page),
        foaf_page=iris(
            told.base_url + addresses.page(told.landing, lang) for lang in addresses.LANGUAGES
        ),
    )


Computed = Callable[["Graph", Description], Iterator[ox.Triple]]


def _title(graph: Graph, told: Description) -> Iterator[ox.Triple]:
    titles: Texts = {lang: _listed(graph, lang) for lang in addresses.LANGUAGES}
    return about(iri(told.iri), dcterms_title=spoken(titles))


def _description(graph: Graph, told: Description) -> Iterator[ox.Triple]:
    statements = len({quad.triple for quad in graph.quads("report")})
    texts = {
        "fr": f"{_listed(graph, 'fr')} : {statements} énoncés dans le vocabulaire Millelieux.",
        "en": f"{_listed(graph, 'en')}: {statements} statements in the Millelieux vocabulary.",
    }
    return about(iri(told.iri), dcterms_description=spoken(texts))


def _listed(graph: Graph, lang: str) -> str:
    """Return the names of a few places, or how many there are."""
    names: dict[str, str] = {}
    for row in rows(graph, _PLACES):
        said = row[lang] or row["fr"] or row["en"] or row["other"]
        name = terms.last_segment(row["place"].value) if said is None else said.value
        names.setdefault(row["place"].value, name)
    if len(names) <= _NAMED and names:
        return ", ".join(names.values())
    return f"{len(names)} {'tiers-lieux' if lang == 'fr' else 'third places'}"


def _publisher(_: Graph, told: Description) -> Iterator[ox.Triple]:
    agent = told.node("publisher")
    yield from about(iri(told.iri), dcterms_publisher=agent)
    yield from about(agent, "foaf:Agent", foaf_name=spoken(_NO_PUBLISHER))


def _contact(_: Graph, told: Description) -> Iterator[ox.Triple]:
    """Yield the site itself: no person and no mail address is known, and none is invented."""
    contact = told.node("contact")
    names = told.texts("dcterms:title")
    yield from about(iri(told.iri), dcat_contactPoint=contact)
    yield from about(
        contact,
        "vcard:Organization",
        "vcard:Kind",
        vcard_fn=spoken(names),
        vcard_hasURL=iri(told.base_url),
    )


def _rights(_: Graph, told: Description) -> Iterator[ox.Triple]:
    if told.values("dcterms:license"):
        return
    rights = told.node("rights")
    yield from about(iri(told.iri), dcterms_rights=rights)
    yield from about(rights, "dcterms:RightsStatement", rdfs_label=spoken(_NO_LICENCE))


def _language(graph: Graph, told: Description) -> Iterator[ox.Triple]:
    codes = {language(row["lang"].value) for row in rows(graph, _LANGUAGES)} - {None}
    return about(iri(told.iri), dcterms_language=iris(sorted(filter(None, codes))))


def _temporal(graph: Graph, told: Description) -> Iterator[ox.Triple]:
    return _located(told, "dcterms:temporal", coverage.period(graph, told.home))


def _located(
    told: Description, predicate: str, triples: Iterator[ox.Triple]
) -> Iterator[ox.Triple]:
    """Yield descriptions, and that they belong to the dataset."""
    found = list(triples)
    nodes = sorted({_name(t.subject) for t in found})
    yield from each(iri(told.iri), predicate, iris(nodes))
    yield from found


_COMPUTED: Mapping[str, Computed] = {
    "dcterms:title": _title,
    "dcterms:description": _description,
    "dcterms:publisher": _publisher,
    "dcat:contactPoint": _contact,
    "dcterms:rights": _rights,
    "dcterms:language": _language,
    "dcterms:temporal": _temporal,
}


def _catalog(told: Description) -> Iterator[ox.Triple]:
    """Yield the catalog, where nobody has described one."""
    node = iri(told.catalog)
    if not told.values("dcterms:title", told.catalog):
        titles = told.texts("dcterms:title")
        yield from about(
            node,
            "dcat:Catalog",
            dcat_dataset=iri(told.iri),
            dcterms_title=spoken({lang: _entitled(lang, text) for lang, text in titles.items()}),
            dcterms_description=spoken(told.texts("dcterms:description")),
        )
        for shared in ("publisher", "license", "language", "spatial", "issued", "modified"):
            for value in told.values(f"dcterms:{shared}"):
                yield ox.Triple(node, rdf.node(f"dcterms:{shared}"), value)
    if not told.values("foaf:homepage", told.catalog):
        yield from about(node, foaf_homepage=iri(told.base_url))
    if not told.values("dcat:themeTaxonomy", told.catalog):
        theme = "http://publications.europa.eu/resource/authority/data-theme"
        yield from about(node, dcat_themeTaxonomy=iri(theme))


def _entitled(lang: str, title: str) -> str:
    return f"Catalogue : {title}" if lang == "fr" else f"Catalogue: {title}"


def _lists(triple: ox.Triple, dataset: str) -> bool:
    return triple.predicate == rdf.node("dcat:dataset") and triple.object == iri(dataset)


def _name(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
