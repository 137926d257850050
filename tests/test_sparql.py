"""The guard: what calls another server or changes data is refused, and nothing else is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings, strategies as st

from millelieux_graph import sparql
from millelieux_graph.errors import CannotRun, ForbiddenQuery, MillelieuxError, QuerySyntax
from millelieux_graph.graph import Graph

PROLOGUE = "PREFIX ex: <http://example.org/> PREFIX : <http://example.org/> "
GAP = st.lists(
    st.sampled_from([" ", "\n", "\r\n", "\t", "# a comment\n", "#{\n", "# SERVICE\r", "#\n"]),
    max_size=3,
).map("".join)
# Each ends where a clause of a group may begin.
BEFORE = st.sampled_from(
    [
        "",
        "?s ?p ?o .",
        "?s ?p 1",
        "?s ?p 1.5",
        "?s ?p 1e0",
        "?s ?p true",
        "?s ?p 'a'",
        "?s ?p 'a'@en ",
        "?s ?p ?service ",
        "?s ?p ex:service ",
        "?s ?p ex: ",
        "?s ?p ex:;",
        "?s ?p [] ",
        "?s ?p ()",
        "?s ?p <http://example.org/#>",
        "FILTER(true)",
        "BIND(1 AS ?x)",
        "VALUES ?x { 1 }",
        "{ }",
        "OPTIONAL { }",
        "?s ?p '#'",
        "?s ?p '''\n# ''' ",
        '?s ?p "\\"" ',
    ]
)
TARGET = st.sampled_from(
    ["<http://127.0.0.1:9/>", "<>", "?x", "$x", "ex:a", ":", "ex:", "ex:a\\#b", "ex:%23"]
)
AROUND = st.sampled_from(
    [
        "ASK {{ {} }}",
        "SELECT * {{ {} }}",
        "SELECT * WHERE {{ {{ {} }} UNION {{ ?a ?b ?c }} }}",
        "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {} }}",
        "DESCRIBE ?s WHERE {{ {} }}",
        "ASK {{ OPTIONAL {{ {} }} }}",
        "ASK {{ FILTER NOT EXISTS {{ {} }} }}",
        "ASK {{ GRAPH ?g {{ {} }} }}",
        "SELECT * {{ {{ SELECT ?s {{ {} }} }} }}",
    ]
)


@st.composite
def words(draw: st.DrawFn, word: str) -> str:
    """Write a keyword in large and small letters."""
    return "".join(draw(st.sampled_from([c.lower(), c.upper()])) for c in word)


@st.composite
def clauses(draw: st.DrawFn) -> str:
    """Write a SERVICE clause in any way that the grammar allows."""
    silent = draw(words("silent")) if draw(st.booleans()) else ""
    parts = [draw(words("service")), silent, draw(TARGET)]
    return "".join(part + draw(GAP) for part in parts) + "{ ?s ?p ?o }"


@given(AROUND, BEFORE, clauses())
@settings(max_examples=400)
@example("ASK {{ {} }}", "?s ?p 1", "SERVICESILENTex:a{}")
@example("ASK {{ {} }}", "", f"SERVICE ex:{'a' * 5000} {{}}")
@example("ASK {{ {} }}", "", f"SERVICE ?{'a' * 50000} {{}}")
def test_a_call_is_refused_however_it_is_written(around: str, before: str, clause: str) -> None:
    """No case, gap, comment, token before it or kind of target hides a SERVICE clause."""
    with pytest.raises(ForbiddenQuery, match="SERVICE"):
        sparql.judge(PROLOGUE + around.format(before + clause))


@given(AROUND, BEFORE, clauses(), st.data())
def test_escaped_letters_hide_no_call(
    around: str, before: str, clause: str, data: st.DataObject
) -> None:
    """Code points written as escapes (SPARQL 1.1 §19.2) are judged like those they stand for."""
    at = data.draw(st.integers(0, len("service") - 1))
    form = data.draw(st.sampled_from([r"\u{:04x}", r"\u{:04X}", r"\U{:08x}"]))
    escaped = clause[:at] + form.format(ord(clause[at])) + clause[at + 1 :]
    with pytest.raises(ForbiddenQuery, match="SERVICE"):
        sparql.judge(PROLOGUE + around.format(before + escaped))


@pytest.fixture
def server() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server, and the calls that it has had."""
    calls: list[bytes] = []

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            with connection:
                calls.append(connection.recv(10_000))
                if calls[-1] in {b"", b"stop"}:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", calls
        with socket.create_connection(listener.getsockname()) as last:
            last.sendall(b"stop")
        thread.join()


# The engine would take each of them; those that name the address itself can be allowed.
CALLS = [
    "ASK { SERVICE <URL> { ?s ?p ?o } }",
    "ASK { ?s ?p 1SERVICE <URL> { ?s ?p ?o } }",
    "ASK { ?s ?p '# SERVICE'SERVICE<URL>{ ?s ?p ?o } }",
    "ASK { FILTER NOT EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    # `ex:SERVICE` would be no valid IRI, so that the engine reads `ex:` and then a keyword.
    "PREFIX ex: <http://a:> ASK { ?s ?p ex:SERVICE <URL> { ?s ?p ?o } }",
]
HIDDEN_CALLS = [
    "BASE <URL> ASK { SERVICE <> { ?s ?p ?o } }",
    "PREFIX ex: <URL> ASK { SERVICEex:{ ?s ?p ?o } }",
    "PREFIX ex: <URL> ASK { SERVICEsilentex:a{ ?s ?p ?o } }",
]


@pytest.fixture
def told() -> Graph:
    """Something for a pattern to find, so that the engine goes on to the next one."""
    graph = Graph()
    node = ox.NamedNode("https://example.org/a")
    for value in (ox.Literal(1), ox.Literal("# SERVICE"), ox.NamedNode("http://a:")):
        graph.extend([ox.Quad(node, node, value, node)])
    return graph


@pytest.mark.parametrize("query", [*CALLS, *HIDDEN_CALLS])
def test_no_query_leaves_this_machine(
    told: Graph, server: tuple[str, list[bytes]], query: str
) -> None:
    """What the engine would send to another server is not sent, unless its host is allowed."""
    url, calls = server
    for services in ((), ("example.org",)):
        with pytest.raises(ForbiddenQuery, match="allow the host"):
            told.answer(query.replace("URL", url), services=services)
    assert calls == []


@pytest.mark.parametrize("query", CALLS)
def test_an_allowed_host_is_called(
    told: Graph, server: tuple[str, list[bytes]], query: str
) -> None:
    """With its host allowed, the call goes out."""
    url, calls = server
    try:
        told.answer(query.replace("URL", url), services=["127.0.0.1"])
    except CannotRun as error:
        assert "could not be evaluated" in str(error)  # noqa: PT017  # a filter raises nothing
    assert calls


@pytest.mark.parametrize("query", HIDDEN_CALLS)
def test_an_address_must_be_written_out(
    told: Graph, server: tuple[str, list[bytes]], query: str
) -> None:
    """Whose host cannot be read beside SERVICE is not called, though it is an allowed one."""
    url, calls = server
    with pytest.raises(ForbiddenQuery, match="write the address"):
        told.answer(query.replace("URL", url), services=["127.0.0.1"])
    assert calls == []


EVIL = "SERVICE <http://evil.example/> { ?a ?b ?c }"
GOOD = "SERVICE <http://good.example/> { ?a ?b ?c }"


@pytest.mark.parametrize(
    "pattern",
    [
        f"{GOOD} {EVIL}",
        f"?s ?p 'SERVICE #' . {EVIL}\n <http://good.example/> {{ }}",
        f"?s ?p 'SERVICE <http://good.example/> {{' . {EVIL}",
        f"# SERVICE\n <http://good.example/>{{ {EVIL}",
        "SERVICE <http://good.example@evil.example/> { }",
        "SERVICE <http://evil.example/?http://good.example/> { }",
        "SERVICE <http://evil.example\\u002fgood.example/> { }",
        f"?s ?p ?o # \\u000A , ''' \n {EVIL} #'''",
        "SERVICE ?good { }",
        GOOD.replace("http:", "ftp:"),
    ],
)
def test_an_allowed_host_hides_no_other(pattern: str) -> None:
    """Strings, comments, escapes and credentials around an allowed address let no other through."""
    with pytest.raises((ForbiddenQuery, QuerySyntax)):
        sparql.judge(f"{PROLOGUE} ASK {{ {pattern} }}", services=["good.example"])


@given(AROUND, BEFORE)
def test_an_allowed_clause_is_let_through(around: str, before: str) -> None:
    """Wherever a clause may stand, it may be allowed; twice as well as once."""
    sparql.judge(
        PROLOGUE + around.format(f"{before} {GOOD} {GOOD.replace('SERVICE', 'service Silent')}"),
        services=["good.example"],
    )


def test_an_allowed_host_cannot_send_the_query_elsewhere(
    told: Graph, server: tuple[str, list[bytes]]
) -> None:
    """A redirect to another address is not followed."""
    url, calls = server
    answer = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n"

    def redirect() -> None:
        connection, _ = first.accept()
        with connection:
            connection.recv(10_000)
            connection.sendall(answer.encode())

    with socket.create_server(("127.0.0.1", 0)) as first:
        thread = threading.Thread(target=redirect)
        thread.start()
        here = f"http://127.0.0.1:{first.getsockname()[1]}/"
        with pytest.raises(CannotRun, match="edirect"):
            told.answer(f"ASK {{ SERVICE <{here}> {{ ?s ?p ?o }} }}", services=["127.0.0.1"])
        thread.join()
    assert calls == []


HARMLESS = [
    "?s ?p 'SERVICE <http://example.org/> { ?s ?p ?o }'",
    '?s ?p """\nSERVICE ex:a { } """',
    "?s ?p 'a \\'SERVICE ?x { }'",
    "?s ?p <http://example.org/service>{ ?s ?p ?o }",
    "?s ?p <http://example.org/SERVICE> . { ?s ?p ?o }",
    "?s ?p ?service OPTIONAL { ?s ?p ?o }",
    "?s ?p $Service . { ?s ?p ?o }",
    "?service ?service ?myService{ }",
    "?s a ex:Service OPTIONAL { ?s ?p ?o }",
    "?s a ex:PublicService MINUS { ?s ?p ?o }",
    "?s a ex:service { ?s ?p ?o }",
    "?s a ex:public-service { ?s ?p ?o }",
    "?s a ex:service\\-a { ?s ?p ?o }",
    "?s ?p 'a'@en-service { ?s ?p ?o }",
    "_:service ?p _:b_service { ?s ?p ?o }",
    "?s ?p ?o # SERVICE <http://example.org/> { ?s ?p ?o }\n",
    "?s ?p ?o # a public service\n { ?s ?p ?o }",
    "FILTER(regex(?o, 'service\\\\s{2}')) ?s ?p ?o",
    "FILTER(<http://example.org/service>(?o)) ?s ?p ?o",
    "?s ?p ?service, ?Service",
    "?s ?p '\\u0053ERVICE ?x { }'",
]


@pytest.mark.parametrize("pattern", HARMLESS)
def test_the_word_alone_does_no_harm(pattern: str) -> None:
    """In a string, an IRI, a name, a language tag or a comment the word is a word."""
    for around in ("ASK {{ {} }}", "# of a service\nASK {{ {} }}", "SELECT * {{ {{ {} }} }}"):
        sparql.judge(PROLOGUE + around.format(pattern))


@given(st.text(st.sampled_from(list("service SERVICE<>{}?:x#\n\"'\\u0053")), max_size=40))
def test_any_text_goes_into_a_string(text: str) -> None:
    """What the engine wrote as a string may hold anything, a whole clause too."""
    sparql.judge(f"SELECT * {{ VALUES ?x {{ {ox.Literal(text)} }} }}")


@given(st.text(max_size=60))
@example("SERVICE")
@example("ASK { SERVICE }")
@example("SELECT ?service ?service { }")
@example("ASK { ?s ?p \ud800 }")
@example("\\UFFFFFFFF")
def test_any_text_is_judged(text: str) -> None:
    """A query is let through or refused with a sentence, whatever it is made of."""
    try:
        sparql.judge(text)
    except MillelieuxError as error:
        assert str(error)  # noqa: PT017  # many texts raise nothing


LONG = sparql.MAX_CHARACTERS
SLOW = {
    "words": "service ",
    "names": "serviceservice",
    "silent": "service silent",
    "gaps": "service \n\t",
    "comments": "service #",
    "comment lines": "#\n",
    "open IRIs": "service <",
    "escapes": "\\u0053ervice",
    "open strings": "service '",
    "prologue": "PREFIX a: <b>\n",
    "prologue without end": "BASE <",
    "backslashes": "service \\",
    "points": "service .",
}


@pytest.mark.parametrize("piece", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize("begin", ["", "ASK { ", "service "])
def test_no_text_makes_the_guard_slow(begin: str, piece: str) -> None:
    """The longest text takes a fraction of a second; anything quadratic would take minutes."""
    text = (begin + piece * LONG)[:LONG]
    before = time.process_time()
    try:
        sparql.judge(text)
    except MillelieuxError as error:
        assert str(error)  # noqa: PT017  # some of them are queries
    assert time.process_time() - before < 2


def test_a_longer_text_is_refused_by_its_limit() -> None:
    """The limit is stated, and is no lower than stated."""
    comment = "ASK {} #".ljust(LONG, "x")
    sparql.judge(comment)
    with pytest.raises(ForbiddenQuery, match="longer than 100000 characters"):
        sparql.judge(comment + "x")


VERBS = {
    "INSERT": "INSERT DATA { <a:b> <a:c> 1 }",
    "DELETE": "DELETE WHERE { ?s ?p ?o }",
    "LOAD": "LOAD SILENT <http://127.0.0.1:9/>",
    "CLEAR": "CLEAR ALL",
    "CREATE": "CREATE GRAPH <a:b>",
    "DROP": "DROP GRAPH <a:b>",
    "COPY": "COPY DEFAULT TO <a:b>",
    "MOVE": "MOVE DEFAULT TO <a:b>",
    "ADD": "ADD DEFAULT TO <a:b>",
    "WITH": "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
}


@pytest.mark.parametrize(("verb", "update"), VERBS.items(), ids=VERBS)
@pytest.mark.parametrize(
    "before",
    ["", "# why\n", "PREFIX a: <http://example.org/> # why\n", "base <http://x/>\nprefix : <#>"],
)
def test_an_update_is_refused_by_its_name(verb: str, update: str, before: str) -> None:
    """Each verb of SPARQL 1.1 Update is known behind a prologue, in any case."""
    for text in (update, update.lower()):
        with pytest.raises(ForbiddenQuery, match=f"{verb} is an update"):
            sparql.judge(before + text)


@pytest.mark.parametrize("update", VERBS.values(), ids=VERBS)
def test_no_update_is_a_query(update: str) -> None:
    """Even what the guard would not know, such as a second request, changes nothing."""
    graph = Graph()
    with pytest.raises((ForbiddenQuery, QuerySyntax)):
        graph.answer(f"ASK {{}} ; {update}")
    assert len(graph) == 0


def test_a_query_about_updates_is_a_query() -> None:
    """The verbs of updates are words elsewhere."""
    sparql.judge("SELECT ?insert { ?insert <http://example.org/delete> 'LOAD' }")


BROKEN = {
    "PREFIX ex: <http://example.org/>\nSELECT * {{\n    {} ?s ex:p }}\n": (3, "?s"),
    "SELECT *\n{{ {} ?s ?p ?o ": (2, ""),
    "SELECT ?x {{ {} }} GROUP BY": (1, ""),
}


@pytest.mark.parametrize(("query", "place"), BROKEN.items())
@given(
    lines=st.lists(st.sampled_from(["# é日\u2028\x0b\x85", "", "\t#", "# {"]), max_size=4),
    end=st.sampled_from(["\n", "\r\n"]),
    pattern=st.sampled_from(["", "?é ?p '日本\u2028' .", "\t?s ?p ?service ."]),
)
@settings(max_examples=30)
def test_a_syntax_error_tells_where(
    query: str, place: tuple[int, str], lines: list[str], end: str, pattern: str
) -> None:
    """Line, column in characters and the offending line itself, whatever stands before it."""
    text = end.join([*lines, *query.format(pattern).split("\n")])
    line, at = len(lines) + place[0], place[1]
    shown = text.split("\n")[line - 1].rstrip("\r")
    with pytest.raises(QuerySyntax) as caught:
        Graph().answer(text)
    error = caught.value
    column = shown.rindex(at) + 1 if at else len(shown) + 1
    assert (error.line, error.column) == (line, column)
    assert str(error).startswith(f"Query syntax, line {line}, column {column}: ")
    assert f"\n  {shown}\n" in str(error)


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("SELEC ?x { ?x ?y ?z }", 1),
        ("SELECT ?x { ?x a ?y . FILTR(?x) }", 23),
        ("SELECT ?x { ?x a ?y } ODER BY ?x", 23),
        ("SELECT ?x, ?y { ?x a ?y }", 10),
    ],
)
def test_a_misspelt_word_is_pointed_at(query: str, column: int) -> None:
    """The place told is that of the mistake, not of how far the engine could guess."""
    with pytest.raises(QuerySyntax, match=f"column {column}: the query cannot be understood"):
        Graph().answer(query)


def test_an_undeclared_prefix_is_called_that() -> None:
    """The commonest mistake has a sentence of its own."""
    with pytest.raises(QuerySyntax, match="no PREFIX line declares"):
        Graph().answer("SELECT ?x WHERE { ?x a ml:ThirdPlace }")


def test_an_endless_expectation_is_cut() -> None:
    """Whatever the parser could have read, the reason stays a line."""
    with pytest.raises(QuerySyntax) as caught:
        Graph().answer("SELECT * { ?s ?p ?o FILTER(?o > ) }")
    assert len(str(caught.value).split("\n")[0]) < 220


@pytest.mark.parametrize("query", ["", "ASK {", "SELECT * {\n ?s ?p", "SELECT * {}\nLIMIT"])
def test_an_unfinished_query_is_called_that(query: str) -> None:
    """What stops before it is a query needs its end, not a list of symbols."""
    with pytest.raises(QuerySyntax, match="the query ends too early"):
        Graph().answer(query)


def test_no_unicode_is_refused() -> None:
    """A lone surrogate, as undecodable bytes become on the command line, is named."""
    with pytest.raises(ForbiddenQuery, match="save it as UTF-8"):
        sparql.judge("ASK { ?s ?p '\udcff' }")
