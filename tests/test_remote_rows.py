"""One question, four engines: every stored query gives the same rows wherever it is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox
import pytest
from command import millelieux
from stored import NUMBERS

import millelieux_graph as ml
from millelieux_graph import parameters, queries

if TYPE_CHECKING:
    from millelieux_graph.queries import Query

pytest_plugins = ["servers"]

Asked: TypeAlias = "list[tuple[Query, dict[str, str]]]"

SERVERS = ("oxigraph_url", "virtuoso_url", "fuseki_url")
TOPICS = sorted({query.topic for query in queries.catalogue()})
BOOLEANS = {"1": "true", "0": "false"}  # how Virtuoso spells them

on_each = pytest.mark.parametrize("server", SERVERS)


def rows(answer: object) -> list[tuple[Any, ...]]:
    """Return the rows by value: engines spell the same number in several ways."""
    assert isinstance(answer, ml.Table)
    return [tuple(map(cell, row)) for row in answer.terms]


def cell(term: object) -> Decimal | str | None:
    """Return what a term says, and nothing for an empty text, as for an unbound cell."""
    if isinstance(term, ox.Literal):
        if term.datatype.value in NUMBERS:
            return Decimal(term.value)
        if term.datatype.value.endswith("#boolean"):
            return BOOLEANS.get(term.value, term.value)
        return term.value or None
    return term.value if isinstance(term, ox.NamedNode) else None


def differences(dataset: ml.Dataset, afar: ml.Dataset, asked: Asked) -> dict[tuple[str, str], str]:
    """Return which questions are answered otherwise afar, with the first row that differs."""
    found: dict[tuple[str, str], str] = {}
    for query, params in asked:
        here = rows(queries.run(dataset.source, query, params))
        try:
            there = rows(queries.run(afar.source, query, params))
        except ml.MillelieuxError as error:
            found[query.name, str(params)] = str(error)
            continue
        if here != there:
            pairs = (pair for pair in zip(here, there, strict=False) if pair[0] != pair[1])
            found[query.name, str(params)] = f"{len(here)} rows, {len(there)}: {next(pairs, '')}"
    return found


@on_each
@pytest.mark.parametrize("topic", TOPICS)
def test_every_stored_query_gives_the_same_rows(
    dataset: ml.Dataset, request: pytest.FixtureRequest, server: str, topic: str
) -> None:
    """In the same order too, on each server as in the embedded engine."""
    afar = ml.open(request.getfixturevalue(server))
    asked: Asked = [(query, {}) for query in queries.catalogue() if query.topic == topic]
    assert asked
    assert differences(dataset, afar, asked) == {}


def a_value(dataset: ml.Dataset, query: Query, name: str) -> str | None:
    """Return a value of a parameter that keeps some rows, if the answer shows one."""
    if name == "lang":
        return "en"
    answer = dataset.query(query.name)
    assert isinstance(answer, ml.Table)
    if name in answer.columns:
        shown = (row[name] for row in answer.dicts() if row[name])
        return str(next(shown, "")) or None
    known = parameters.choices(dataset.source, query.params[name].type)
    return known[0].code if known else None


@on_each
def test_values_are_understood_everywhere(
    dataset: ml.Dataset, request: pytest.FixtureRequest, server: str
) -> None:
    """A value for each parameter of each contract keeps the same rows on each server."""
    afar = ml.open(request.getfixturevalue(server))
    asked = [
        (query, {name: value})
        for query in queries.catalogue()
        if query.level == "contract"
        for name in query.params
        if (value := a_value(dataset, query, name)) is not None
    ]
    assert len(asked) > 60
    assert differences(dataset, afar, asked) == {}


@on_each
def test_the_command_asks_a_server(request: pytest.FixtureRequest, server: str) -> None:
    """With `--endpoint` the shell prints what it prints without."""
    words = ("query", "timeline", "--param", "place=Coboi", "--lang", "en", "--format", "csv")
    run = millelieux(*words, "--endpoint", request.getfixturevalue(server))
    assert run == millelieux(*words)
    assert run.code == 0


@pytest.mark.parametrize("server", ["oxigraph_url", "fuseki_url"])
def test_a_graph_can_be_left_out(request: pytest.FixtureRequest, server: str) -> None:
    """Without the report there are no places, on a server as at home."""
    afar = ml.open(request.getfixturevalue(server))
    assert rows(afar.query("places", without=["report"])) == []
    assert len(rows(afar.query("places"))) == 10
    with pytest.raises(ml.MillelieuxError, match="Nearest: report"):
        afar.query("places", without=["reprot"])


def test_virtuoso_is_not_asked_to_leave_out_a_graph(virtuoso_url: str) -> None:
    """It would lose rows silently; a graph that it does not hold is left out all the same."""
    afar = ml.open(virtuoso_url)
    with pytest.raises(ml.MillelieuxError, match="loses rows"):
        afar.query("places", without=["report"])
    assert len(rows(afar.query("places", without=["inferred"]))) == 10


@on_each
def test_the_other_forms_of_query(request: pytest.FixtureRequest, server: str) -> None:
    """ASK gives a truth, CONSTRUCT and DESCRIBE give triples."""
    afar = ml.open(request.getfixturevalue(server))
    place = "<https://w3id.org/millelieux/id/place/coboi>"
    assert afar.query(f"ASK {{ {place} ?p ?o }}")
    assert not afar.query("ASK { <urn:nobody> ?p ?o }")
    triples = afar.query(f"CONSTRUCT {{ {place} ?p ?o }} WHERE {{ {place} ?p ?o }}")
    assert isinstance(triples, ml.Triples)
    assert len(triples) > 3
    assert isinstance(afar.query(f"DESCRIBE {place}"), ml.Triples)


@on_each
def test_a_mistake_is_the_asker_s(request: pytest.FixtureRequest, server: str) -> None:
    """What a server cannot parse is a question to be asked differently, in one sentence."""
    url = request.getfixturevalue(server)
    run = millelieux("query", "-", "--endpoint", url, stdin="SELECT ?s WHERE { ?s ?p }")
    assert (run.code, run.out) == (2, "")
    assert len(run.err.splitlines()) <= 3
