"""Stored queries as RDF, for tools that read such files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import terms
from ..sources import rdf
from .statements import iri, turtle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..queries import Query

__all__ = ["executables"]

_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_PREFIXES = ox.NamedNode(f"{terms.BASE}query-prefixes")


def executables(queries: Iterable[Query], target: str | None = None) -> bytes:
    """Return stored queries as ``sh:SPARQLExecutable`` in Turtle.

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
    return turtle(triples)


def _executable(query: Query, target: str | None) -> Iterator[ox.Triple]:
    node = iri(f"{terms.BASE}query/{query.name}")
    yield rdf.said(node, "rdf:type", rdf.node("sh:SPARQLExecutable"))
    yield rdf.said(node, "rdf:type", rdf.node("sh:SPARQLSelectExecutable"))
    for lang, question in query.question.items():
        yield rdf.said(node, "rdfs:comment", ox.Literal(question, language=lang))
    for keyword in (query.topic, *query.keywords):
        yield rdf.said(node, "schema:keywords", ox.Literal(keyword))
    yield rdf.said(node, "dcterms:license", iri(_LICENCE))
    yield rdf.said(node, "sh:prefixes", _PREFIXES)
    yield rdf.said(node, "sh:select", ox.Literal(query.sparql))
    if target is not None:
        yield rdf.said(node, "schema:target", iri(target))


def _declaration(prefix: str) -> Iterator[ox.Triple]:
    node = iri(f"{_PREFIXES.value}/{prefix}")
    namespace = ox.Literal(terms.PREFIXES[prefix], datatype=rdf.node("xsd:anyURI"))
    yield rdf.said(_PREFIXES, "rdf:type", rdf.node("owl:Ontology"))
    yield rdf.said(_PREFIXES, "sh:declare", node)
    yield rdf.said(node, "sh:prefix", ox.Literal(prefix))
    yield rdf.said(node, "sh:namespace", namespace)
