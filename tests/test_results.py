"""The answers: the same in every format, and readable by others."""

from __future__ import annotations

import csv
import io
import json
import random
from decimal import Decimal
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import assume, example, given, settings, strategies as st
from rdflib.query import Result

from millelieux_graph import terms
from millelieux_graph.errors import CannotRun, UnknownName
from millelieux_graph.formats import by_name, names
from millelieux_graph.graph import Graph
from millelieux_graph.results import Answer, Table, Term, Triples, Truth, snapshot, stream

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


# The formats of SPARQL 1.1, as their recommendations print them.

SPARQL_RESULTS = "{http://www.w3.org/2005/sparql-results#}"
XML = '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">'
# The table of the recommendation on CSV and TSV, §3.3 and §4.3.
X, DQUOTE = ox.NamedNode("http://example/x"), ox.Literal('String-with-dquote"')
BLANK = ox.BlankNode("blank1")
EXAMPLE: list[list[Term]] = [
    [X, ox.Literal("String")],
    [X, DQUOTE],
    [ox.BlankNode("blank0"), ox.Literal("Blank node")],
    [None, ox.Literal("Missing 'x'")],
    [None, None],
    [X, None],
    [BLANK, ox.Literal("String-with-lang", language="en")],
    [BLANK, ox.Literal(123)],
]


def example_table() -> Table:
    """Return that table."""
    return Table(["x", "literal"], map(tuple, EXAMPLE))


def test_csv_is_the_recommendation_s() -> None:
    """Its example of CSV: names without a mark, bare IRIs, quotes doubled, lines ending in CRLF."""
    assert example_table().to_csv().split("\r\n") == [
        "x,literal",
        "http://example/x,String",
        'http://example/x,"String-with-dquote"""',
        "_:blank0,Blank node",
        ",Missing 'x'",
        ",",
        "http://example/x,",
        "_:blank1,String-with-lang",
        "_:blank1,123",
        "",
    ]


def test_tsv_is_the_recommendation_s() -> None:
    """Its example of TSV: variables with a mark, terms as in Turtle, numbers short."""
    assert example_table().to_tsv().split("\n") == [
        "?x\t?literal",
        '<http://example/x>\t"String"',
        '<http://example/x>\t"String-with-dquote\\""',
        '_:blank0\t"Blank node"',
        "\t\"Missing 'x'\"",
        "\t",
        "<http://example/x>\t",
        '_:blank1\t"String-with-lang"@en',
        "_:blank1\t123",
        "",
    ]


def test_json_is_the_recommendation_s() -> None:
    """§3 of the recommendation: head and results, a type and a value a term, no unbound key."""
    integer = f"{XSD}integer"
    lang = {"type": "literal", "xml:lang": "en", "value": "String-with-lang"}
    number = {"type": "literal", "datatype": integer, "value": "123"}
    x = {"type": "uri", "value": "http://example/x"}
    assert json.loads(example_table().to_json()) == {
        "head": {"vars": ["x", "literal"]},
        "results": {
            "bindings": [
                {"x": x, "literal": {"type": "literal", "value": "String"}},
                {"x": x, "literal": {"type": "literal", "value": 'String-with-dquote"'}},
                {
                    "x": {"type": "bnode", "value": "blank0"},
                    "literal": {"type": "literal", "value": "Blank node"},
                },
                {"literal": {"type": "literal", "value": "Missing 'x'"}},
                {},
                {"x": x},
                {"x": {"type": "bnode", "value": "blank1"}, "literal": lang},
                {"x": {"type": "bnode", "value": "blank1"}, "literal": number},
            ]
        },
    }


def test_xml_is_the_recommendation_s() -> None:
    """§2 of the recommendation: its namespace, a variable a column, a binding a bound cell."""
    root = ET.fromstring(example_table().to_xml())  # noqa: S314  # we have written it
    assert root.tag == f"{SPARQL_RESULTS}sparql"
    head, results = root
    assert [(e.tag, e.attrib) for e in head] == [
        (f"{SPARQL_RESULTS}variable", {"name": name}) for name in ("x", "literal")
    ]
    assert (head.tag, results.tag) == (f"{SPARQL_RESULTS}head", f"{SPARQL_RESULTS}results")
    xml_lang = "{http://www.w3.org/XML/1998/namespace}lang"
    found = [
        {
            b.attrib["name"]: (b[0].tag.removeprefix(SPARQL_RESULTS), b[0].attrib, b[0].text)
            for b in row
        }
        for row in results
    ]
    x: tuple[str, dict[str, str], str] = ("uri", {}, "http://example/x")
    assert found == [
        {"x": x, "literal": ("literal", {}, "String")},
        {"x": x, "literal": ("literal", {}, 'String-with-dquote"')},
        {"x": ("bnode", {}, "blank0"), "literal": ("literal", {}, "Blank node")},
        {"literal": ("literal", {}, "Missing 'x'")},
        {},
        {"x": x},
        {
            "x": ("bnode", {}, "blank1"),
            "literal": ("literal", {xml_lang: "en"}, "String-with-lang"),
        },
        {
            "x": ("bnode", {}, "blank1"),
            "literal": ("literal", {"datatype": f"{XSD}integer"}, "123"),
        },
    ]


@pytest.mark.parametrize(
    ("format", "written"),
    [
        ("csv", "x,y\r\n"),
        ("tsv", "?x\t?y\n"),
        ("json", '{"head":{"vars":["x","y"]},"results":{"bindings":[]}}'),
        (
            "xml",
            XML
            + '<head><variable name="x"/><variable name="y"/></head><results></results></sparql>',
        ),
    ],
)
def test_no_rows_still_have_a_head(format: str, written: str) -> None:
    """An empty answer names its columns in every format."""
    assert table("SELECT ?x ?y { FILTER(false) }").write(format).decode() == written


@pytest.mark.parametrize(
    ("format", "written"),
    [
        ("csv", "{}"),
        ("tsv", "{}"),
        ("json", '{{"head":{{}},"boolean":{}}}'),
        ("xml", XML + "<head></head><boolean>{}</boolean></sparql>"),
        ("markdown", "{}\n"),
    ],
)
@pytest.mark.parametrize("truth", [True, False])
def test_a_truth_in_every_format(format: str, written: str, truth: bool) -> None:
    """JSON and XML have a boolean; CSV and TSV, which have none by the standard, get the word."""
    word = str(truth).lower()
    assert Truth(truth).write(format).decode() == written.format(word)


@given(rows=ROWS)
def test_a_stream_is_what_is_held(rows: list[Row]) -> None:
    """What is written as it comes from the engine is what the whole answer would write."""
    answer = table_of(rows)
    for format in names("table"):
        graph, out = Graph(), io.BytesIO()
        columns = " ".join(f"?{c}" for c in answer.columns)
        values = " ".join(
            f"({' '.join('UNDEF' if t is None else str(t) for t in r)})" for r in rows
        )
        stream(
            graph.query(f"SELECT {columns} {{ VALUES ({columns}) {{ {values} }} }}"), format, out
        )
        assert out.getvalue() == answer.write(format)


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


@pytest.mark.parametrize("format", names("graph"))
def test_triples_have_a_word_for_each_format(format: str) -> None:
    """The method of a format returns its text."""
    answer = ask("CONSTRUCT { <http://a/s> a <http://a/é> } WHERE {}")
    assert getattr(answer, f"to_{format}")() == answer.write(format).decode()


def test_json_ld_is_compact() -> None:
    """Triples are written as dumps are: names by our prefixes, the context beside them."""
    answer = ask(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        "CONSTRUCT { <https://w3id.org/millelieux/id/place/a> skos:note 1.5 } WHERE {}"
    )
    assert isinstance(answer, Triples)
    assert json.loads(answer.to_jsonld()) == {
        "@context": {p: terms.PREFIXES[p] for p in ("place", "skos", "xsd")},
        "@graph": [{"@id": "place:a", "skos:note": {"@type": "xsd:decimal", "@value": "1.5"}}],
    }


def test_rdflib_gets_triples() -> None:
    """A graph of rdflib with the same triples, and prefixes for what is in it."""
    node, label = terms.expand("place:a"), ox.Literal("é\n", language="fr")
    answer = Triples(
        [ox.Triple(ox.NamedNode(node), ox.NamedNode(terms.expand("skos:note")), label)]
    )
    graph = answer.to_rdflib()
    note = rdflib.URIRef(terms.expand("skos:note"))
    assert set(graph) == {(rdflib.URIRef(node), note, rdflib.Literal("é\n", lang="fr"))}
    assert graph.qname(node) == "place:a"


def test_a_triple_as_an_object_is_refused_where_it_is_unknown() -> None:
    """RDF 1.2 has triples as objects; rdflib and JSON-LD do not, and that is said."""
    answer = ask("CONSTRUCT { <http://a/> <http://b/> <<( <http://a/> <http://b/> 1 )>> } WHERE {}")
    assert isinstance(answer, Triples)
    with pytest.raises(CannotRun, match="rdflib knows no triple as an object"):
        answer.to_rdflib()
    with pytest.raises(CannotRun, match="choose turtle or ntriples"):
        answer.to_jsonld()
    assert "<<(" in answer.to_ntriples()


def test_rows_have_names() -> None:
    """A row as a dictionary: Python values by the name of their column, in its order."""
    answer = table("SELECT ?name ?n ?none { VALUES (?name ?n) { ('é' 5) } }")
    assert [list(row.items()) for row in answer.dicts()] == [
        [("name", "é"), ("n", 5), ("none", None)]
    ]


@pytest.mark.parametrize(
    ("query", "format", "nearest"),
    [
        ("SELECT * {}", "jsn", "json"),
        ("SELECT * {}", "parket", "parquet"),
        ("ASK {}", "parquet", "table"),
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
