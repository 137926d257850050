"""Small words for making triples, asking for rows, and writing what was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import jsonld
from ..dumps import canonical_triples
from ..formats import FORMATS, by_name
from ..sources import rdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..graph import Graph

__all__ = ["about", "count", "day", "each", "iri", "iris", "rows", "spoken", "turtle", "written"]

Node = ox.NamedNode | ox.BlankNode
Value = ox.NamedNode | ox.Literal


def iri(value: str) -> ox.NamedNode:
    """Return the node of an IRI."""
    return ox.NamedNode(value)


def iris(values: Iterable[str]) -> list[Value]:
    """Return the nodes of IRIs."""
    return [ox.NamedNode(value) for value in values]


def spoken(texts: Mapping[str, str]) -> list[Value]:
    """Return texts, given by their language, as literals; the empty language: without one."""
    return [ox.Literal(text, language=lang or None) for lang, text in texts.items()]


def count(number: int) -> ox.Literal:
    """Return a number as VoID and DCAT want it."""
    return ox.Literal(str(number), datatype=rdf.node("xsd:nonNegativeInteger"))


def day(text: str) -> ox.Literal:
    """Return a date (``2026-11-22``)."""
    return ox.Literal(text, datatype=rdf.node("xsd:date"))


def each(subject: Node, predicate: str, objects: Iterable[Value]) -> Iterator[ox.Triple]:
    """Yield one triple an object; the predicate is a CURIE."""
    return (rdf.said(subject, predicate, value) for value in objects)


def about(
    subject: Node, *types: str, **properties: Iterable[Value] | Value | None
) -> Iterator[ox.Triple]:
    """Yield a description; types are CURIEs, properties ``dcterms_title=…``, None says nothing."""
    yield from each(subject, "rdf:type", map(rdf.node, types))
    for name, objects in properties.items():
        predicate = name.replace("_", ":", 1)
        if isinstance(objects, ox.NamedNode | ox.Literal):
            yield rdf.said(subject, predicate, objects)
        elif objects is not None:
            yield from each(subject, predicate, objects)


def rows(graph: Graph, query: str) -> ox.QuerySolutions:
    """Return the rows of a SELECT query over the union of the named graphs."""
    found = graph.query(query)
    assert isinstance(found, ox.QuerySolutions)  # ours are SELECT queries
    return found


def turtle(triples: Iterable[ox.Triple]) -> bytes:
    """Return triples as Turtle, in reading order, each once."""
    ordered = canonical_triples(set(triples))
    return rdf.write(ordered, by_name("turtle"), rdf.used_prefixes(ordered))


def written(triples: Iterable[ox.Triple]) -> dict[str, bytes]:
    """Return triples in every format that holds a graph, by suffix."""
    ordered = canonical_triples(set(triples))
    prefixes = rdf.used_prefixes(ordered)
    told = {f.suffix: rdf.write(ordered, f, prefixes) for f in FORMATS if f.kind == "graph"}
    told[".jsonld"] = jsonld.write(ordered, prefixes)  # pyoxigraph's has no context
    return told
