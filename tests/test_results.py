"""The answers: the same in every format, and readable by others."""

from __future__ import annotations

import csv
import io
import random
from decimal import Decimal

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import assume, example, given, settings, strategies as st
from rdflib.query import Result

from millelieux_graph import terms
from millelieux_graph.errors import CannotRun, UnknownName
from millelieux_graph.formats import by_name, names
from millelieux_graph.graph import Graph
from millelieux_graph.results import Answer, Table, Triples, Truth, snapshot

XSD = terms.PREFIXES["xsd"]
# XML holds no control characters, and rdflib's reader of CSV ends lines where Unicode does.
CHARACTER = st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]) | st.sampled_from(
    "\t\n\r"
)
TEXT = st.text(CHARACTER, max_size=8)
IRI = st.from_regex(r"https://example\.org/[a-zé0-9/?=&,;'()-]{0,9}", fullmatch=True)
LITERAL = st.one_of(
    TEXT.map(ox.Literal),
    st.builds(lambda text: ox.Literal(text, language="fr"), TEXT),
    st.builds(lambda text: ox.Literal(text, datatype=ox.NamedNode("https://example.org/t")), TEXT),
    st.integers(-(2**40), 2**40).map(ox.Literal),
    st.booleans().map(ox.Literal),
)
TERM = IRI.map(ox.NamedNode) | LITERAL
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.none() | TERM, min_size=width, max_size=width), max_size=5)
)
FULL_ROWS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(TERM, min_size=width, max_size=width), min_size=1, max_size=4)
)

Row = list[ox.NamedNode | ox.Literal | None]


def ask(query: str, *quads: ox.Quad) -> Answer:
    """Return the answer to a query over quads."""
    graph = Graph()
    graph.extend(quads)
    return snapshot(graph.query(query))


def table(query: str) -> Table:
    """Return the answer to a SELECT query over nothing."""
    answer = ask(query)
    assert isinstance(answer, Table)
    return answer


def table_of(rows: list[Row]) -> Table:
    """Return a table of rows of terms."""
    columns = " ".join(f"?{c}" for c in "abcd"[: len(rows[0]) if rows else 1])
    values = " ".join(f"({' '.join('UNDEF' if t is None else str(t) for t in r)})" for r in rows)
    return table(f"SELECT {columns} {{ VALUES ({columns}) {{ {values} }} }}")


def in_rdflib(term: object) -> rdflib.term.Node:
    """Return a term of the engine as one of rdflib."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    string = term.datatype.value == f"{XSD}string"
    return rdflib.Literal(
        term.value, datatype=None if string else rdflib.URIRef(term.datatype.value)
    )


def bindings(answer: Table) -> list[dict[str, rdflib.term.Node]]:
    """Return the rows as rdflib has them."""
    return [
        {c: in_rdflib(t) for c, t in zip(answer.columns, row, strict=True) if t is not None}
        for row in answer.terms
    ]


def parsed(written: bytes, format: str) -> list[dict[str, rdflib.term.Node]]:
    """Return the rows that rdflib reads."""
    result = Result.parse(io.BytesIO(written), format=format)
    return [{str(c): term for c, term in row.items()} for row in result.bindings]


@pytest.mark.parametrize("format", ["json", "xml"])
@given(rows=ROWS)
@settings(max_examples=60, deadline=None)
@example(rows=[[None, None]])
@example(rows=[[ox.Literal("\r\n \r")]])
@example(rows=[[ox.Literal("]]>&amp;<a>"), ox.Literal(" ")]])
def test_others_read_the_same_rows(format: str, rows: list[Row]) -> None:
    """JSON and XML give rdflib the same bindings: type, language, order, what is unbound."""
    answer = table_of(rows)
    assert parsed(answer.write(format), format) == bindings(answer)


@given(rows=FULL_ROWS)
@settings(max_examples=25, deadline=None)
def test_others_read_the_same_tsv(rows: list[Row]) -> None:
    """TSV gives rdflib, which reads no unbound cells in it, the same bindings."""
    answer = table_of(rows)
    assert parsed(answer.write("tsv"), "tsv") == bindings(answer)


@given(rows=ROWS)
def test_tsv_keeps_what_is_unbound(rows: list[Row]) -> None:
    """A cell of TSV is empty where nothing is bound."""
    answer = table_of(rows)
    tsv = ox.parse_query_results(answer.write("tsv"), ox.QueryResultsFormat.TSV)
    assert isinstance(tsv, ox.QuerySolutions)
    assert [tuple(row) for row in tsv] == answer.terms


@given(rows=ROWS)
@example(rows=[[ox.Literal('a"b\r\nc,d\te'), None]])
def test_csv_is_what_spreadsheets_read(rows: list[Row]) -> None:
    """CSV holds the characters of each term, with lines ending in CRLF."""
    answer = table_of(rows)
    lines = list(csv.reader(io.StringIO(answer.to_csv(), newline="")))
    cells = [["" if t is None else plain(t) for t in row] for row in answer.terms]
    # A single empty cell is an empty line, which the reader of CSV takes for a row without cells.
    assert [line or [""] for line in lines] == [list(answer.columns), *cells]
    assert answer.to_csv().startswith(",".join(answer.columns) + "\r\n")


@given(rows=FULL_ROWS)
@settings(max_examples=25, deadline=None)
def test_others_read_the_same_csv(rows: list[Row]) -> None:
    """CSV gives rdflib the same characters."""
    assume(not any(set(plain(t)) & set("\x85\u2028\u2029") for row in rows for t in row))
    answer = table_of(rows)
    found = [{c: str(t) for c, t in row.items()} for row in parsed(answer.write("csv"), "csv")]
    expected = [{c: str(t) for c, t in row.items() if str(t)} for row in bindings(answer)]
    assert found == expected


def plain(term: object) -> str:
    """Return the characters of a term."""
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value


@given(rows=ROWS, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_is_the_query_s(rows: list[Row], seed: random.Random) -> None:
    """An ordered answer is the same, in whatever order the triples were loaded."""
    quads = [
        ox.Quad(
            ox.NamedNode("http://a/s"), ox.NamedNode("http://a/p"), term, ox.NamedNode("http://a/")
        )
        for row in rows
        for term in row
        if term is not None
    ]
    query = "SELECT ?o { ?s ?p ?o } ORDER BY STR(?o) LANG(?o) DATATYPE(?o)"
    first = ask(query, *quads)
    seed.shuffle(quads)
    second = ask(query, *quads)
    assert all(first.write(f) == second.write(f) for f in ["table", *names("table")])


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("<http://a/é>", "http://a/é"),
        ("'é'", "é"),
        ("'é'@fr", "é"),
        ("12", 12),
        ("'7'^^xsd:nonNegativeInteger", 7),
        ("'7'^^xsd:short", 7),
        ("1.50", Decimal("1.5")),
        ("1e3", 1000.0),
        ("'INF'^^xsd:double", float("inf")),
        ("true", True),
        ("'0'^^xsd:boolean", False),
        ("'2014-05'^^edtf:EDTF", "2014-05"),
        ("'2014'^^xsd:gYear", "2014"),
        ("UNDEF", None),
        ("'many'^^xsd:integer", "many"),
        ("'1,5'^^xsd:decimal", "1,5"),
        ("'1.5.2'^^xsd:double", "1.5.2"),
        ("'oui'^^xsd:boolean", "oui"),
        (f"'{'9' * 5000}'^^xsd:integer", "9" * 5000),
    ],
)
def test_a_cell_is_a_value(term: str, value: object) -> None:
    """Numbers are numbers, text is text, and what is not of its datatype is its characters."""
    prefixes = f"PREFIX xsd: <{XSD}> PREFIX edtf: <{terms.PREFIXES['edtf']}>"
    answer = table(f"{prefixes} SELECT ?x {{ VALUES ?x {{ {term} }} }}")
    ((cell,),) = answer
    assert cell == value
    assert type(cell) is type(value)
    assert len(answer.to_text(10_000).splitlines()) == 4


def test_a_blank_node_is_its_label() -> None:
    """A node without a name is shown as one."""
    ((cell,),) = table("SELECT ?x { BIND(BNODE() AS ?x) }")
    assert str(cell).startswith("_:")


def test_a_table_for_people() -> None:
    """Columns are aligned, numbers to the right, a value on one line; the end counts the rows."""
    answer = table(
        "SELECT ?name ?n ?yes { VALUES (?name ?n ?yes) "
        "{ ('Gu\\néret' 5 true) ('Pontivy' 1250.5 false) (UNDEF UNDEF UNDEF) } }"
    )
    assert answer.to_text().splitlines() == [
        "name          n  yes",
        "───────  ──────  ─────",
        "Gu éret       5  true",
        "Pontivy  1250.5  false",
        "",
        "(3 rows)",
    ]
    assert repr(answer) == "<Table 3 rows: name, n, yes>"


@pytest.mark.parametrize(
    ("query", "end"),
    [("SELECT ?x { FILTER(false) }", "(0 rows)"), ("SELECT * {}", "(1 row)")],
)
def test_an_empty_table_is_a_table(query: str, end: str) -> None:
    """No rows, or no columns, can be printed and written in every format."""
    answer = table(query)
    assert answer.to_text().splitlines()[-1] == end
    assert all(answer.write(format) for format in names("table"))


def test_an_answer_is_read_many_times() -> None:
    """Reading does not use an answer up."""
    answer = table("SELECT ?x { VALUES ?x { 1 2 } }")
    assert list(answer) == list(answer) == [(1,), (2,)]
    assert answer.to_json() == answer.to_json()


@pytest.mark.parametrize("text", ["\\u0000", "\\u0001", "\\u001b", "\\uFFFE"])
def test_xml_that_would_be_none_is_refused(text: str) -> None:
    """XML cannot hold control characters; the other formats can."""
    answer = table(f"SELECT ?x {{ VALUES ?x {{ 'a{text}' }} }}")
    with pytest.raises(CannotRun, match="choose json or tsv"):
        answer.to_xml()
    assert parsed(answer.write("json"), "json") == bindings(answer)


@pytest.mark.parametrize("truth", [True, False])
def test_yes_and_no(truth: bool) -> None:
    """An ASK query is answered by a word, and in the formats that have booleans."""
    answer = ask(f"ASK {{ FILTER({str(truth).lower()}) }}")
    assert isinstance(answer, Truth)
    assert bool(answer) is truth
    assert answer.write("table").decode() == f"{str(truth).lower()}\n"
    for format in ("json", "xml"):
        assert Result.parse(io.BytesIO(answer.write(format)), format=format).askAnswer is truth


@pytest.mark.parametrize("format", [*names("graph"), "table"])
def test_triples_read_back(format: str) -> None:
    """A CONSTRUCT query gives a graph in every format for graphs; for people it is Turtle."""
    node = ox.NamedNode(terms.expand("place:é"))
    kind = ox.NamedNode(terms.expand("ml:ThirdPlace"))
    label = ox.Literal("é\n", language="fr")
    quads = [ox.Quad(node, kind, term, node) for term in (kind, label)]
    answer = ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", *quads)
    assert isinstance(answer, Triples)
    assert len(answer) == 2
    name = "turtle" if format == "table" else format
    engine = ox.RdfFormat.from_media_type(by_name(name).media_type)
    assert {q.triple for q in ox.parse(answer.write(format), engine)} == set(answer)


@pytest.mark.parametrize(
    ("query", "format", "nearest"),
    [
        ("SELECT * {}", "jsn", "json"),
        ("SELECT * {}", "turtle", "table"),
        ("ASK {}", "turtle", "table"),
        ("DESCRIBE <http://a/>", "jsonl", "jsonld"),
        ("DESCRIBE <http://a/>", "csv", "turtle"),
    ],
)
def test_a_format_that_cannot_hold_it_names_those_that_can(
    query: str, format: str, nearest: str
) -> None:
    """A table is no graph, and a graph is no table."""
    with pytest.raises(UnknownName, match=rf"Nearest: .*\b{nearest}\b"):
        ask(query).write(format)


def test_an_error_on_the_way_is_said() -> None:
    """What the engine finds out while it answers is a sentence too."""
    graph = Graph()
    found = graph.query("SELECT * { SERVICE ?nobody { ?s ?p ?o } }")
    with pytest.raises(CannotRun, match="could not be evaluated"):
        snapshot(found)


def test_a_table_for_people_steers_no_terminal() -> None:
    """A control character in the data shows as a replacement character in the aligned table."""
    text = table_of([[ox.Literal("red \x1b[31m alert")]]).to_text()
    assert "\x1b" not in text
    assert "red \N{REPLACEMENT CHARACTER}[31m alert" in text
