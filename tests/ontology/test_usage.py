"""Every term earns its place: data, a shape, a rule or a stored query uses it."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from millelieux_graph import queries, terms
from millelieux_graph.graph import Graph
from millelieux_graph.sources import shipped

ROOM = shipped.shipped("ontology")
TERM = re.compile(r"(?<![\w:-])ml:(\w+)")
COMMENT = re.compile(r"^#(?!\+).*$", re.MULTILINE)  # not the header of a stored query


def queried() -> str:
    """Return the text of all queries and rules, without their comments."""
    rules = [file.read_text(encoding="utf-8") for file in sorted(ROOM.glob("*/*.rq"))]
    return COMMENT.sub("", "\n".join([*rules, *(query.text for query in queries.catalogue())]))


@pytest.fixture(scope="module")
def used() -> set[str]:
    """The IRIs in data and shapes, and the terms of ours that constraints and queries name."""
    graph = Graph().load([*shipped.shapes(), *shipped.data()])
    nodes = {n for quad in graph.quads() for n in (quad.predicate, quad.object)}
    iris = {node.value for node in nodes if isinstance(node, ox.NamedNode)}
    select = [
        q.object.value
        for q in graph.having(terms.expand("sh:select"))
        if isinstance(q.object, ox.Literal)
    ]
    return iris | {terms.ML + name for name in TERM.findall("\n".join([*select, queried()]))}


def declared() -> set[str]:
    """Return the IRIs of our terms."""
    types = Graph().load(shipped.ontology()).having(terms.expand("rdf:type"))
    subjects = {quad.subject.value for quad in types if isinstance(quad.subject, ox.NamedNode)}
    return {iri for iri in subjects if iri.startswith(terms.ML)}


def test_every_term_is_used(used: set[str]) -> None:
    """No class and no property is there for its own sake."""
    assert declared() - used == set()


def test_every_concept_scheme_is_used(used: set[str]) -> None:
    """Data or a shape names each scheme or one of its concepts, or a query asks for one of them."""
    parameters = {p.type for query in queries.catalogue() for p in query.params.values()}
    for file in sorted((ROOM / "vocab").glob("*.ttl")):
        scheme = terms.VOCAB + file.stem
        assert (
            scheme in used
            or any(iri.startswith(f"{scheme}/") for iri in used)
            or f"vocab:{file.stem}" in parameters
        ), scheme


def test_a_term_that_nothing_names_is_not_used(used: set[str]) -> None:
    """The test can fail: being declared is no use."""
    assert f"{terms.ML}Unheard" not in used
