"""What is inside, counted: VoID (https://www.w3.org/TR/void/)."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import addresses, terms
from ..sources import rdf
from . import graphs
from .statements import about, count, iri, iris, rows, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..distributions import Distribution
    from ..formats import Format
    from ..graph import Graph
    from .description import Description

__all__ = ["void"]

_CLASSES = """
SELECT ?class (COUNT(DISTINCT ?s) AS ?entities)
WHERE { ?s a ?class FILTER(isIRI(?class) && isIRI(?s)) } GROUP BY ?class ORDER BY ?class
"""
_PROPERTIES = """
SELECT ?property (COUNT(*) AS ?triples)
       (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
WHERE { ?s ?property ?o } GROUP BY ?property ORDER BY ?property
"""
_TOTALS = """
SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
       (COUNT(DISTINCT ?p) AS ?properties)
WHERE { ?s ?p ?o }
"""
_PARTS = """
SELECT ?graph (COUNT(*) AS ?triples)
       (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph
"""
_PART_CLASSES = """
SELECT ?graph ?class (COUNT(DISTINCT ?s) AS ?entities)
WHERE { GRAPH ?graph { ?s a ?class FILTER(isIRI(?class) && isIRI(?s)) } }
GROUP BY ?graph ?class ORDER BY ?graph ?class
"""
_PART_PROPERTIES = """
SELECT ?graph ?property (COUNT(*) AS ?triples)
WHERE { GRAPH ?graph { ?s ?property ?o } } GROUP BY ?graph ?property ORDER BY ?graph ?property
"""
# One thing of each kind that people come for, for whoever wants to look at one first.
_EXAMPLE = """
SELECT ?thing WHERE {{ ?thing a <{kind}> FILTER(isIRI(?thing)) }} ORDER BY ?thing LIMIT {limit}
"""
_KINDS = ("ml:ThirdPlace", "ml:Impact", "ml:ImpactFinding", "ml:Testimony", "ml:TimelineEvent")
_ROOTS = 100  # ways into the data; a larger dataset is entered by its queries

# https://www.w3.org/ns/formats/, by our names.
_FEATURES = {
    "jsonld": "JSON-LD",
    "nquads": "N-Quads",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "trig": "TriG",
    "turtle": "Turtle",
}


def void(graph: Graph, told: Description, files: Iterable[Distribution]) -> Iterator[ox.Triple]:
    """Yield the description: totals, partitions, named graphs, linksets.

    Args:
        graph: What is counted.
        told: What it says of itself.
        files: Its dumps; tables are passed over.
    """
    dataset = iri(told.iri)
    dumps = [file for file in files if file.format.is_rdf]
    (totals,) = rows(graph, _TOTALS)
    classes, properties = list(rows(graph, _CLASSES)), list(rows(graph, _PROPERTIES))
    yield from about(
        dataset,
        "void:Dataset",
        dcterms_title=spoken(told.texts("dcterms:title")),
        dcterms_license=iris(told.iris("dcterms:license")),
        foaf_homepage=iri(told.landing_page),
        void_vocabulary=iris(_namespaces(classes, properties)),
        void_feature=iris(_features(file.format for file in dumps)),
        void_dataDump=iris(told.base_url + f.name for f in dumps if f.graph is None),
        void_triples=totals["triples"],
        void_distinctSubjects=totals["subjects"],
        void_distinctObjects=totals["objects"],
        void_properties=totals["properties"],
        void_classes=count(len(classes)),
    )
    yield from _ways_in(graph, told)
    for row in classes:
        yield from _class(told, dataset, row, "")
    for row in properties:
        yield from _property(told, dataset, row)
    yield from _subsets(graph, told, dumps)


def _ways_in(graph: Graph, told: Description) -> Iterator[ox.Triple]:
    dataset = iri(told.iri)
    places = _things(graph, _KINDS[0], _ROOTS + 1)
    examples = [thing for kind in _KINDS for thing in _things(graph, kind, 1)]
    space = terms.BASE if told.home == terms.BASE else _space([*examples, *places])
    yield from about(
        dataset,
        void_exampleResource=iris(examples),
        void_rootResource=iris(places if len(places) <= _ROOTS else []),
        void_uriSpace=spoken({"": space} if space else {}),
        void_uriRegexPattern=spoken({"": f"^{re.escape(space)}.+"} if space else {}),
    )


def _things(graph: Graph, kind: str, limit: int) -> list[str]:
    query = _EXAMPLE.format(kind=terms.expand(kind), limit=limit)
    return [row["thing"].value for row in rows(graph, query)]


def _space(names: list[str]) -> str:
    """Return what all names begin with, up to a slash or a hash; empty: nothing of their own."""
    common = re.sub(r"[^/#]*$", "", _common(names))
    return common if re.match(r"\w+://[^/]+/|urn:", common) else ""


def _common(names: Iterable[str]) -> str:
    """Return the letters that all names begin with."""
    ordered = sorted(names)
    if not ordered:
        return ""
    pairs = zip(ordered[0], ordered[-1], strict=False)
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _namespaces(
    classes: Iterable[ox.QuerySolution], properties: Iterable[ox.QuerySolution]
) -> list[str]:
    """Return the vocabularies in use: the namespace of every class and property."""
    used = [row["class"].value for row in classes] + [row["property"].value for row in properties]
    return sorted({space for term in used if (space := re.sub(r"[^/#]*$", "", term))})


def _features(formats: Iterable[Format]) -> list[str]:
    names = sorted({_FEATURES[format.name] for format in formats})
    return [f"http://www.w3.org/ns/formats/{name}" for name in names]


def _class(
    told: Description, owner: ox.NamedNode, row: ox.QuerySolution, within: str
) -> Iterator[ox.Triple]:
    part = _part(told, f"{within}class", row["class"])
    yield rdf.said(owner, "void:classPartition", part)
    yield from about(part, void_class=row["class"], void_entities=row["entities"])


def _property(told: Description, owner: ox.NamedNode, row: ox.QuerySolution) -> Iterator[ox.Triple]:
    part = _part(told, "property", row["property"])
    yield rdf.said(owner, "void:propertyPartition", part)
    yield from about(
        part,
        void_property=row["property"],
        void_triples=row["triples"],
        void_distinctSubjects=row["subjects"],
        void_distinctObjects=row["objects"],
    )


def _subsets(graph: Graph, told: Description, dumps: Iterable[Distribution]) -> Iterator[ox.Triple]:
    """Yield each named graph as a subset, linksets as such."""
    files = list(dumps)
    for row in rows(graph, _PARTS):
        name = row["graph"].value.removeprefix(terms.graph(""))
        node = told.part(name)
        own = [file for file in files if file.graph == name]
        yield rdf.said(iri(told.iri), "void:subset", node)
        yield from about(
            node,
            "void:Linkset" if name.startswith("links/") else "void:Dataset",
            dcterms_title=spoken(graphs.about(name).title),
            dcterms_description=spoken(graphs.about(name).description),
            void_dataDump=iris(told.base_url + file.name for file in own),
            void_triples=row["triples"],
            void_distinctSubjects=row["subjects"],
            void_distinctObjects=row["objects"],
        )
        if name.startswith("links/"):
            yield from _linkset(graph, told, node, name)
    for row in rows(graph, _PART_CLASSES):
        name = row["graph"].value.removeprefix(terms.graph(""))
        yield from _class(told, told.part(name), row, f"{name}/")
    for row in rows(graph, _PART_PROPERTIES):
        name = row["graph"].value.removeprefix(terms.graph(""))
        part = _part(told, f"{name}/property", row["property"])
        yield rdf.said(told.part(name), "void:propertyPartition", part)
        yield from about(part, void_property=row["property"], void_triples=row["triples"])


def _linkset(graph: Graph, told: Description, node: ox.NamedNode, name: str) -> Iterator[ox.Triple]:
    """Yield what a linkset links: from things of ours, by which predicates, to whose."""
    quads = list(graph.quads(name))
    objects = sorted({q.object.value for q in quads if isinstance(q.object, ox.NamedNode)})
    target = iri(f"{told.home}void#target/{name.removeprefix('links/')}")
    space = _space(objects)
    yield from about(
        node,
        void_linkPredicate=iris(sorted({quad.predicate.value for quad in quads})),
        void_target=[iri(told.iri), target],
        void_subjectsTarget=iri(told.iri),
        void_objectsTarget=target,
    )
    yield from about(
        target,
        "void:Dataset",
        dcterms_title=spoken({"": graphs.called(name)}),
        void_uriSpace=spoken({"": space} if space else {}),
    )


def _part(told: Description, kind: str, of: ox.NamedNode) -> ox.NamedNode:
    # A name of ours as it is read aloud, whatever is in it.
    name = addresses.segment(terms.curie(of.value).replace(":", "-", 1))
    return iri(f"{told.home}void#{kind}/{name}")
