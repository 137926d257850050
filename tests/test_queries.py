"""The stored queries as files: what a header tells, and what a parameter may do.

What they answer is compared in ``test_catalogue.py`` and ``test_contracts.py``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings, strategies as st

import millelieux_graph as ml
from millelieux_graph import parameters, queries, terms
from millelieux_graph.errors import (
    CannotRead,
    CannotRun,
    ForbiddenQuery,
    QuerySyntax,
    TimedOut,
    UnknownName,
    UsageError,
)
from millelieux_graph.graph import Graph
from millelieux_graph.parameters import Param
from millelieux_graph.queries import Query
from millelieux_graph.results import Table
from millelieux_graph.sources.shipped import shipped
from millelieux_graph.sparql import Limits

CATALOGUE = queries.catalogue()
TOLD = {"question", "keywords", "level", "picture", "param", "columns"}

each = pytest.mark.parametrize("query", CATALOGUE, ids=lambda query: query.name)


def header(query: Query) -> dict[str, object]:
    """Return all that the header of a query tells."""
    lines = (line[3:] for line in query.text.splitlines() if line.startswith("#+ "))
    return tomllib.loads("\n".join(lines))


# The catalogue.


def test_the_catalogue_is_the_files() -> None:
    """Every file is a stored query, found by a name of its own, in the order of the folders."""
    files = sorted(shipped("queries").rglob("*.*"))
    assert [(q.topic, q.name) for q in CATALOGUE] == [(f.parent.name, f.stem) for f in files]
    assert len({query.name for query in CATALOGUE}) == len(CATALOGUE)
    assert [queries.find(query.name) for query in CATALOGUE] == CATALOGUE


@each
def test_a_query_presents_itself(query: Query) -> None:
    """A question in French and English, a few keywords; columns and parameters explained."""
    assert set(query.question) == {"en", "fr"}
    assert query.question["en"].endswith("?")
    assert query.question["fr"].endswith("\u202f?")
    assert query.keywords
    assert query.columns
    assert all(set(param.description) == {"en", "fr"} for param in query.params.values())


@each
def test_a_header_is_read_to_its_end(query: Query) -> None:
    """Nothing stands in a header that nobody reads."""
    told = header(query)
    assert set(told) <= TOLD
    params = told.get("param", {})
    assert isinstance(params, dict)
    assert all(set(param) <= {"type", "description", "default"} for param in params.values())
    assert {n: p.default for n, p in query.params.items()} == {
        n: p.get("default", "") for n, p in params.items()
    }


@each
def test_a_query_has_one_place_for_values(query: Query) -> None:
    """A line that is ``WHERE {`` and nothing else: there go the values, once."""
    assert re.findall(r"(?m)^WHERE \{$", query.text) == ["WHERE {"]
    assert "\r" not in query.text


@each
def test_every_parameter_has_values(dataset: ml.Dataset, query: Query) -> None:
    """The class or scheme of a parameter exists and has members; numbers and dates are free."""
    for name, param in query.params.items():
        if param.type in {"xsd:integer", "edtf"}:
            assert parameters.choices_query(param.type) is None
            continue
        with pytest.raises(UnknownName) as caught:
            queries.run(dataset.graph, query, {name: "no such value"})
        assert caught.value.closest, name


def test_a_header_that_is_no_toml_is_said(tmp_path: Path) -> None:
    """The file is named, so that its author finds it."""
    broken = tmp_path / "broken.rq"
    broken.write_text("#+ question = ?\nASK {}", encoding="utf-8")
    with pytest.raises(CannotRead, match=r"header of .*broken\.rq is not TOML"):
        queries._read(broken)


# Unknown names.


def test_an_unknown_query_names_the_nearest() -> None:
    """A misspelt name is corrected."""
    with pytest.raises(UnknownName, match=r"stored query 'impact-matirx'. Nearest: impact-matrix"):
        queries.find("impact-matirx")


@pytest.mark.parametrize("name", ["", "../places/places", "places/places", "places.rq", "PLACES"])
def test_a_name_is_no_path(name: str) -> None:
    """A query is found by its name only."""
    with pytest.raises(UnknownName):
        queries.find(name)


def test_an_unknown_parameter_names_the_nearest(dataset: ml.Dataset) -> None:
    """A misspelt parameter is corrected, and said to be one of this query."""
    with pytest.raises(UnknownName, match=r"parameter of timeline 'plcae'. Nearest: place"):
        dataset.query("timeline", plcae="bliiida")


def test_an_unknown_value_names_the_nearest(dataset: ml.Dataset) -> None:
    """A misspelt value is corrected by what the graph holds."""
    with pytest.raises(UnknownName, match=r"value of parameter place 'kenerre'. Nearest: espace-"):
        dataset.query("timeline", place="kenerre")


def test_parameters_need_a_stored_query(dataset: ml.Dataset) -> None:
    """A free text has no parameters to bind."""
    with pytest.raises(UsageError, match="belong to stored queries"):
        dataset.query("SELECT * { ?s ?p ?place }", place="bliiida")


# Values.

PLACES = Query(
    name="places",
    topic="places",
    text="PREFIX dcterms: <http://purl.org/dc/terms/>\n"
    "SELECT ?place ?n ?day ?lang\nWHERE {\n    ?s dcterms:identifier ?place\n}\nORDER BY ?place\n",
    question={},
    params={
        "place": Param("ml:ThirdPlace", {}),
        "n": Param("xsd:integer", {}),
        "day": Param("edtf", {}),
        "lang": Param("lang", {}, "fr"),
    },
)
HOSTILE = st.text(
    st.sampled_from(list("\"'\\}{)(>< \n\r\t#;.?$@^%&u0SERVICé日\u2028\0")), max_size=20
)


def places(*codes: str) -> Graph:
    """Return a graph of third places with these codes."""
    graph = Graph()
    kind, code = (ox.NamedNode(terms.expand(n)) for n in ("ml:ThirdPlace", "dcterms:identifier"))
    for number, text in enumerate(codes):
        place = ox.NamedNode(f"https://example.org/{number}")
        a = ox.NamedNode(terms.expand("rdf:type"))
        graph.extend(
            [ox.Quad(place, a, kind, place), ox.Quad(place, code, ox.Literal(text), place)]
        )
    return graph


def rows(graph: Graph, **params: object) -> list[tuple[object, ...]]:
    """Return the rows that the query of places gives."""
    answer = queries.run(graph, PLACES, params)
    assert isinstance(answer, Table)
    return list(answer)


@given(HOSTILE)
@settings(deadline=None)
@example('"')
@example("\\")
@example("\n")
@example("}")
@example('") } } DROP ALL #')
@example('" SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } "')
@example("\\u0022 } #")
@example("\\")
@example("\\g<0>\\1")
def test_a_value_is_only_ever_a_value(value: str) -> None:
    """Quotes, backslashes, braces, line ends: the answer is the place of that very code."""
    assert rows(places(value, "other"), place=value) == [(value, None, None, None)]


@given(HOSTILE)
@settings(deadline=None)
def test_a_value_adds_one_line(value: str) -> None:
    """A bound query is the stored text with one line more, and the value for the variable."""
    bound = parameters.bind(places(value), PLACES.text, PLACES.params, {"place": value})
    before, after = PLACES.text.split("WHERE {\n")
    term = str(ox.Literal(value))
    pattern, end = after.split("}\n")
    assert bound == (
        f"{before}WHERE {{\n    VALUES (?place) {{ ({term}) }}\n"
        f"{pattern.replace('?place', term)}}}\n{end}"
    )


KEPT = """SELECT ?place (?place AS ?there)
WHERE {
    # ?place in a comment
    ?s dcterms:identifier ?place ; ?placeholder "?place" , '?place' , <http://a/?place> .
    BIND (IF(BOUND(?place), 1, 2) AS ?place)
    FILTER (?place = ?s)
}
ORDER BY ?place
"""


def test_only_what_is_matched_becomes_the_value() -> None:
    """Strings, IRIs, comments, longer names, BOUND and AS keep the variable's name."""
    bound = parameters.bind(places("a"), KEPT, PLACES.params, {"place": "a"})
    assert bound == KEPT.replace("WHERE {\n", 'WHERE {\n    VALUES (?place) { ("a") }\n').replace(
        "identifier ?place", 'identifier "a"'
    ).replace("(?place = ?s)", '("a" = ?s)')


@given(HOSTILE)
def test_a_value_that_does_not_exist_never_runs(value: str) -> None:
    """What the graph does not hold is refused before it comes near a query."""
    with pytest.raises(UnknownName):
        queries.run(places("a"), PLACES, {"place": f"x{value}"})


def test_several_values_go_together() -> None:
    """Every parameter of a query can be given at once, each by its type."""
    params = {"place": "b", "n": 3, "day": "2014-05~", "lang": "en"}
    assert rows(places("a", "b"), **params) == [("b", 3, "2014-05~", "en")]


def test_no_value_changes_nothing() -> None:
    """None is not a value, and a query without values is its file."""
    given = {"place": None, "n": None}
    assert parameters.bind(places("a"), PLACES.text, PLACES.params, given) == PLACES.text
    assert len(rows(places("a", "b"), place=None)) == 2


NUMBERS = ["0", "-3", "+7", 12, "9" * 18]
DAYS = ["2014", "2014-05", "2014-05-31", "2017~", "2016?/2018", "2014/2016-03%"]
BAD_NUMBERS = ["", "1.0", "1e3", "٣", "1\n", " 1", "1) }", "9" * 19, "--1", True]
BAD_DAYS = ["", "14", "2014-5", "٢٠١٤", "2014\n", "2014/", 'x"', "2014-05-31-01"]


@pytest.mark.parametrize(
    ("name", "value"), [*(("n", v) for v in NUMBERS), *(("day", v) for v in DAYS)]
)
def test_a_typed_value_is_taken(name: str, value: object) -> None:
    """Whole numbers and EDTF dates are bound as such."""
    (row,) = rows(places("a"), **{name: value})
    assert str(value).lstrip("+") in map(str, row)


@pytest.mark.parametrize(
    ("name", "value"), [*(("n", v) for v in BAD_NUMBERS), *(("day", v) for v in BAD_DAYS)]
)
def test_a_value_of_another_type_is_refused(name: str, value: object) -> None:
    """The sentence names the parameter and what it takes; only ASCII digits are digits."""
    with pytest.raises(UsageError, match=f"Parameter {name} takes "):
        rows(places("a"), **{name: value})


def test_a_language_is_one_of_ours() -> None:
    """Labels are French and English."""
    with pytest.raises(UnknownName, match="value of parameter lang 'de'"):
        rows(places("a"), lang="de")


def test_a_subclass_has_its_values(dataset: ml.Dataset) -> None:
    """A parameter of a class takes the things of its subclasses: an actor may be a person."""
    (query,) = (q for q in CATALOGUE if q.name == "relations")
    assert query.params["actor"].type == "ml:Actor"
    people = parameters.choices(dataset.graph, "ml:Person")
    assert set(people) < set(parameters.choices(dataset.graph, "ml:Actor"))


# Running.


def test_without_reaches_the_graph(dataset: ml.Dataset) -> None:
    """A graph can be left out of stored and of free queries."""
    assert len(rows_of(dataset.query("places", without=["report"]))) == 0
    text = f"ASK {{ GRAPH <{terms.graph('report')}> {{ ?s ?p ?o }} }}"
    assert dataset.query(text)
    assert not dataset.query(text, without=["report"])


def rows_of(answer: object) -> Table:
    """Return an answer that is a table."""
    assert isinstance(answer, Table)
    return answer


@pytest.mark.parametrize("timeout", [None, 60.0])
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT", QuerySyntax),
        ("DROP ALL", ForbiddenQuery),
        ("ASK { SERVICE ?x { } }", ForbiddenQuery),
        ("ASK { FILTER(<http://a/f>(1)) }", CannotRun),
    ],
)
def test_an_error_is_the_same_with_and_without_a_limit(
    timeout: float | None, text: str, kind: type[Exception]
) -> None:
    """Where the work is done is not to be seen."""
    with pytest.raises(kind):
        queries.run(Graph(), text, limits=Limits(timeout))


@pytest.mark.parametrize("form", ["SELECT *", "CONSTRUCT { ?s ?p ?o }", "ASK"])
def test_a_call_that_fails_is_said(form: str) -> None:
    """A server that does not answer is a sentence, also when it is asked late."""
    text = f"{form} WHERE {{ SERVICE <http://127.0.0.1:1/> {{ ?s ?p ?o }} }}"
    with pytest.raises(CannotRun, match="could not be evaluated"):
        queries.run(Graph(), text, services=["127.0.0.1"])


ENDLESS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(CONCAT(STR(?a), STR(?l)) = '') }"


@pytest.mark.parametrize("form", ["ASK", "SELECT *", "SELECT (COUNT(*) AS ?n)", "DESCRIBE ?a"])
def test_a_long_query_is_left_behind(form: str) -> None:
    """A query that would take for ever is given up; the process asks on and ends."""
    sentence, after = ran(f"""
        try:
            g.query({f"{form} WHERE {ENDLESS}"!r}, timeout=0.1)
        except ml.MillelieuxError as error:
            print(type(error).__name__, error)
        print(bool(g.query("ASK {{}}", timeout=60)))
    """)
    assert sentence.startswith(f"{TimedOut.__name__} The query took longer than 0.1 s; ")
    assert after == "True"


DEEP = {
    "brackets": "'ASK{FILTER(' + '(' * 49990 + '1' + ')' * 49990 + ')}'",
    "groups": "'ASK' + '{' * 49990 + '}' * 49990",
    "negations": "'ASK{FILTER(' + '!' * 99900 + 'true)}'",
    "paths": "'ASK{?s ' + '(' * 49900 + '<a:b>' + ')' * 49900 + ' ?o}'",
    "unions": "'ASK{' + 'UNION'.join(['{?s ?p ?o}'] * 6600) + '}'",
    "filters": "'ASK{' + 'FILTER EXISTS{' * 6600 + '}' * 6600 + '}'",
    "services": "'ASK{#service\\n' + '{' * 49990 + '}' * 49990",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("timeout", [None, 5.0])
def test_a_deep_query_does_not_end_the_process(text: str, timeout: float | None) -> None:
    """The engine recurses; the deepest text that is let in finds a stack deep enough."""
    assert ran(f"""
        try:
            g.query(({text})[:100_000], timeout={timeout})
        except ml.MillelieuxError:
            pass
        print("on")
    """) == ["on"]


def ran(script: str) -> list[str]:
    """Return what a process of its own, which has a graph ``g`` and must not fail, prints."""
    start = "import millelieux_graph as ml\ng = ml.open()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()
