"""What harvesters and tools read: DCAT for the files, VoID for what is inside, queries as RDF.

Computed from the graph and the bytes that were written; the part that only a person can write
(title, licence, treatment of personal data) is in the graph ``catalog``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import history, terms
from .dumps import canonical, reading_order
from .formats import by_name
from .sources import rdf

if TYPE_CHECKING:
    from .distributions import Distribution
    from .graph import Graph
    from .queries import Query

__all__ = ["catalog", "executables", "void"]

_IANA = "https://www.iana.org/assignments/media-types/"
_QUERY_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_PREFIXES = ox.NamedNode(f"{terms.BASE}query-prefixes")
_EU_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
# The EU Publications Office's names for the formats (authority table "file-type").
_EU_NAMES = {
    "turtle": "RDF_TURTLE",
    "ntriples": "RDF_N_TRIPLES",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON_LD",
    "nquads": "RDF_N_QUADS",
    "trig": "RDF_TRIG",
}

_CLASSES = """
SELECT ?class (COUNT(DISTINCT ?s) AS ?entities)
WHERE { ?s a ?class FILTER(isIRI(?class) && isIRI(?s)) } GROUP BY ?class ORDER BY ?class
"""
_PROPERTIES = """
SELECT ?property (COUNT(*) AS ?triples)
       (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
WHERE { ?s ?property ?o } GROUP BY ?property ORDER BY ?property
"""
_EXAMPLE = f"SELECT ?place WHERE {{ ?place a <{terms.ML}ThirdPlace> }} ORDER BY ?place LIMIT 1"
_LICENCE = (
    f"SELECT ?licence WHERE {{ <{terms.DATASET}> "
    f"<{terms.PREFIXES['dcterms']}license> ?licence }} ORDER BY ?licence"
)
_TOTALS = """
SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
       (COUNT(DISTINCT ?p) AS ?properties)
WHERE { ?s ?p ?o }
"""


def catalog(
    graph: Graph,
    distributions: Iterable[Distribution],
    base_url: str,
    past: Sequence[history.Past] = (),
) -> bytes:
    """Return the DCAT 3 catalog as Turtle: what the graph says of itself, and its distributions.

    Args:
        graph: Holds the hand-written part in its graph ``catalog``.
        distributions: The files that carry the dataset, or a part of it.
        base_url: Where the release will be served, with its slash.
        past: The releases before it, the latest first.
    """
    triples = [quad.triple for quad in canonical(graph.quads("catalog"))]
    triples += history.triples(past)
    for distribution in distributions:
        if distribution.graph is not None:
            continue
        triples += _distribution(distribution, base_url)
        triples += _licences(graph, distribution)
    return _turtle(triples)


def void(graph: Graph, distributions: Iterable[Distribution], base_url: str) -> bytes:
    """Return the VoID description (https://www.w3.org/TR/void/) as Turtle, counted here."""
    dataset = _iri(terms.DATASET)
    triples = [
        rdf.said(dataset, "rdf:type", rdf.node("void:Dataset")),
        rdf.said(dataset, "void:uriSpace", ox.Literal(terms.BASE)),
        *_examples(graph, dataset),
        rdf.said(dataset, "void:vocabulary", _iri(terms.ML)),
        rdf.said(dataset, "void:vocabulary", _iri(terms.PREFIXES["skos"])),
        *(
            rdf.said(dataset, "void:dataDump", _iri(base_url + d.name))
            for d in distributions
            if d.format.is_rdf and d.graph is None
        ),
        *_totals(graph, dataset),
        *_class_partitions(graph, dataset),
        *_property_partitions(graph, dataset),
        *_subsets(graph, dataset),
    ]
    return _turtle(triples)


def executables(queries: Iterable[Query], target: str | None = None) -> bytes:
    """Return stored queries as ``sh:SPARQLExecutable`` in Turtle, for tools that read such files.

    Follows the convention of the SIB Swiss Institute of Bioinformatics
    (https://github.com/sib-swiss/sparql-examples): the question is an ``rdfs:comment``, the text a
    ``sh:select``, the prefixes are declared beside it.

    Args:
        queries: What to write.
        target: The address of the endpoint that answers them, if there is one.
    """
    triples: list[ox.Triple] = []
    used: set[str] = set()
    for query in queries:
        triples += _executable(query, target)
        used |= set(re.findall(r"^PREFIX (\w+):", query.sparql, re.MULTILINE))
    for prefix in sorted(used):
        triples += _declaration(prefix)
    return _turtle(triples)


def _executable(query: Query, target: str | None) -> Iterator[ox.Triple]:
    node = _iri(f"{terms.BASE}query/{query.name}")
    yield rdf.said(node, "rdf:type", rdf.node("sh:SPARQLExecutable"))
    yield rdf.said(node, "rdf:type", rdf.node("sh:SPARQLSelectExecutable"))
    for lang, question in query.question.items():
        yield rdf.said(node, "rdfs:comment", ox.Literal(question, language=lang))
    for keyword in (query.topic, *query.keywords):
        yield rdf.said(node, "schema:keywords", ox.Literal(keyword))
    yield rdf.said(node, "dcterms:license", _iri(_QUERY_LICENCE))
    yield rdf.said(node, "sh:prefixes", _PREFIXES)
    yield rdf.said(node, "sh:select", ox.Literal(query.sparql))
    if target is not None:
        yield rdf.said(node, "schema:target", _iri(target))


def _declaration(prefix: str) -> Iterator[ox.Triple]:
    node = _iri(f"{_PREFIXES.value}/{prefix}")
    namespace = ox.Literal(terms.PREFIXES[prefix], datatype=rdf.node("xsd:anyURI"))
    yield rdf.said(_PREFIXES, "rdf:type", rdf.node("owl:Ontology"))
    yield rdf.said(_PREFIXES, "sh:declare", node)
    yield rdf.said(node, "sh:prefix", ox.Literal(prefix))
    yield rdf.said(node, "sh:namespace", namespace)


def _examples(graph: Graph, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    """Yield one thing that the dataset describes, for whoever wants to look at it first."""
    for row in _rows(graph, _EXAMPLE):
        yield rdf.said(dataset, "void:exampleResource", row["place"])


def _distribution_iri(distribution: Distribution) -> ox.NamedNode:
    return _iri(f"{terms.BASE}distribution/{distribution.name}")


def _distribution(distribution: Distribution, base_url: str) -> Iterator[ox.Triple]:
    node, format = _distribution_iri(distribution), distribution.format
    checksum = _iri(f"{terms.BASE}checksum/{distribution.name}")
    yield rdf.said(_iri(terms.DATASET), "dcat:distribution", node)
    yield rdf.said(node, "rdf:type", rdf.node("dcat:Distribution"))
    for lang, title in distribution.title.items():
        yield rdf.said(node, "dcterms:title", ox.Literal(title, language=lang))
    yield rdf.said(node, "dcat:accessURL", _iri(base_url + distribution.name))
    yield rdf.said(node, "dcat:downloadURL", _iri(base_url + distribution.name))
    yield rdf.said(node, "dcat:mediaType", _iri(_IANA + format.media_type))
    if format.name in _EU_NAMES:
        yield rdf.said(node, "dcterms:format", _iri(_EU_FILE_TYPE + _EU_NAMES[format.name]))
    if distribution.compressed:
        packed = by_name(distribution.compressed).media_type
        yield rdf.said(node, "dcat:compressFormat", _iri(_IANA + packed))
    yield rdf.said(node, "dcterms:conformsTo", _iri(format.spec))
    yield rdf.said(node, "dcat:byteSize", _count(distribution.size))
    yield rdf.said(node, "spdx:checksum", checksum)
    yield rdf.said(checksum, "rdf:type", rdf.node("spdx:Checksum"))
    yield rdf.said(checksum, "spdx:algorithm", rdf.node("spdx:checksumAlgorithm_sha256"))
    digest = ox.Literal(distribution.sha256, datatype=rdf.node("xsd:hexBinary"))
    yield rdf.said(checksum, "spdx:checksumValue", digest)


def _licences(graph: Graph, distribution: Distribution) -> Iterator[ox.Triple]:
    """Yield the dataset's licence for a distribution, where harvesters look for it."""
    for row in _rows(graph, _LICENCE):
        yield rdf.said(_distribution_iri(distribution), "dcterms:license", row["licence"])


def _totals(graph: Graph, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    (row,) = _rows(graph, _TOTALS)
    yield rdf.said(dataset, "void:triples", row["triples"])
    yield rdf.said(dataset, "void:distinctSubjects", row["subjects"])
    yield rdf.said(dataset, "void:distinctObjects", row["objects"])
    yield rdf.said(dataset, "void:properties", row["properties"])


def _class_partitions(graph: Graph, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    rows = list(_rows(graph, _CLASSES))
    yield rdf.said(dataset, "void:classes", _count(len(rows)))
    for row in rows:
        part = _part("class", row["class"])
        yield rdf.said(dataset, "void:classPartition", part)
        yield rdf.said(part, "void:class", row["class"])
        yield rdf.said(part, "void:entities", row["entities"])


def _property_partitions(graph: Graph, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    for row in _rows(graph, _PROPERTIES):
        part = _part("property", row["property"])
        yield rdf.said(dataset, "void:propertyPartition", part)
        yield rdf.said(part, "void:property", row["property"])
        yield rdf.said(part, "void:triples", row["triples"])
        yield rdf.said(part, "void:distinctSubjects", row["subjects"])
        yield rdf.said(part, "void:distinctObjects", row["objects"])


def _subsets(graph: Graph, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    """Yield each named graph as a subset, linksets as such."""
    for name in graph.names():
        node, short = _iri(name), name.removeprefix(terms.graph(""))
        yield rdf.said(dataset, "void:subset", node)
        kind = "void:Linkset" if short.startswith("links/") else "void:Dataset"
        yield rdf.said(node, "rdf:type", rdf.node(kind))
        yield rdf.said(node, "void:triples", _count(sum(1 for _ in graph.quads(short))))
        if kind == "void:Linkset":
            for predicate in sorted({quad.predicate.value for quad in graph.quads(short)}):
                yield rdf.said(node, "void:linkPredicate", _iri(predicate))
            yield rdf.said(node, "void:subjectsTarget", dataset)


def _part(kind: str, of: object) -> ox.NamedNode:
    assert isinstance(of, ox.NamedNode)  # the queries return IRIs only
    return _iri(f"{terms.BASE}partition/{kind}/{terms.curie(of.value).replace(':', '-', 1)}")


def _rows(graph: Graph, query: str) -> ox.QuerySolutions:
    found = graph.query(query)
    assert isinstance(found, ox.QuerySolutions)  # they are SELECT queries
    return found


def _turtle(triples: list[ox.Triple]) -> bytes:
    ordered = sorted(set(triples), key=reading_order)
    return rdf.write(ordered, by_name("turtle"), rdf.used_prefixes(ordered))


def _iri(value: str) -> ox.NamedNode:
    return ox.NamedNode(value)


def _count(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=rdf.node("xsd:nonNegativeInteger"))
