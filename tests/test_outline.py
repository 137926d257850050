"""The outline of a query: what stands in its text, and where."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping

import pyoxigraph as ox
import pytest
from hypothesis import assume, example, given, settings, strategies as st
from pyparsing import ParseBaseException
from rdflib import URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query as Algebra

from millelieux_graph import queries, terms
from millelieux_graph.explain.outline import (
    Block,
    Call,
    Filter,
    Node,
    Outline,
    Sentence,
    Values,
    bound_in,
    elements,
    expressions,
    walk,
)
from millelieux_graph.explain.reader import Unreadable, read

PROLOGUE = (
    "PREFIX ex: <http://example.org/>\n"
    "PREFIX : <http://example.org/ns#>\n"
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
)
STANDARD = (terms.PREFIXES["rdf"], terms.PREFIXES["xsd"])

VARIABLE = st.sampled_from(["?a", "?b", "$c", "?dé", "?e_1"])
IRI = st.sampled_from(
    ["ex:p", ":q", "ex:a.b", "ex:a\\-b", "ex:%41", "<http://example.org/r#>", "ex:", "ex:é"]
)
PLAIN = ["1", "-2", "+.5", "1.5", "1e3", "true", "FALSE", "'a'", '"b"@en-GB', '"1"^^xsd:int']
QUOTED = ["''", '"#"', "'''c\n'd\"'''", '"""e"f\\""""', "'\\u00e9'", '"{ ?x }"']
LITERAL = st.sampled_from([*PLAIN, *QUOTED])
GAP = st.sampled_from([" ", "\n", "\t", " # ?none <none:none> {\n", "\r\n"])


@st.composite
def nodes(draw: st.DrawFn, depth: int = 2) -> str:
    """Write a subject or object."""
    kinds = [VARIABLE, IRI, st.sampled_from(["[]", "()"])]
    return draw(st.one_of([*kinds, bracketed(depth - 1)] if depth else kinds))


@st.composite
def bracketed(draw: st.DrawFn, depth: int) -> str:
    """Write a blank node with its properties, or a collection."""
    if draw(st.booleans()):
        return f"[{draw(GAP)}{draw(properties(depth))} ]"
    return f"( {' '.join(draw(st.lists(objects(depth), min_size=1, max_size=3)))} )"


def objects(depth: int) -> st.SearchStrategy[str]:
    """Write an object."""
    return st.one_of(LITERAL, nodes(depth))


@st.composite
def verbs(draw: st.DrawFn) -> str:
    """Write a predicate or a path."""
    forms = ["{0}", "a", "{0}/{1}", "^{0}", "{0}|a", "({0}/{1})*", "{0}+", "a?", "!({0}|^{1})"]
    forms += ["!a", "(^{0}|{1})/a*", "^({0}/{1})", "!^{0}", "({0})", "{0}/({1}/{0})"]
    one, other = draw(IRI), draw(IRI)
    return draw(st.one_of(VARIABLE, st.sampled_from(forms).map(lambda f: f.format(one, other))))


@st.composite
def properties(draw: st.DrawFn, depth: int = 2) -> str:
    """Write verbs and their objects."""
    one = st.tuples(verbs(), st.lists(objects(depth), min_size=1, max_size=2))
    said = draw(st.lists(one, min_size=1, max_size=2))
    between = f"{draw(GAP)};{draw(GAP)}"
    return between.join(f"{verb} {', '.join(values)}" for verb, values in said)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """Write a subject and what is said of it."""
    end = draw(st.sampled_from(["", " ;", " .", " ; ."]))
    return f"{draw(nodes())}{draw(GAP)}{draw(properties())}{end}"


def filled(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Write a form with `%` for each part."""
    return st.tuples(*parts).map(lambda found: form.replace("%", "{}").format(*found))


def expressions_of(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Write an expression that holds others."""
    operator = st.sampled_from(["=", "<", "&&", "||", "+", "*", "!=", ">=", "-", "/"])
    return st.one_of(
        filled("(% % %)", inner, operator, inner),
        filled("(%<%&&%>%)", VARIABLE, VARIABLE, VARIABLE, VARIABLE),
        filled("(% IN (%, %))", inner, inner, inner),
        filled("(% NOT  IN ())", inner),
        filled("(!%)", VARIABLE),
        filled("COALESCE(%, %)", inner, inner),
        filled("if(bound(%), %, %)", VARIABLE, inner, inner),
        filled("xsd:integer(%)", inner),
        filled("(- %)", VARIABLE),
    )


EXPRESSION = st.recursive(st.one_of(VARIABLE, LITERAL, IRI), expressions_of, max_leaves=4)
NEW = st.integers(0, 10**6).map(str)  # no variable is bound twice


def groups_of(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Write a group that holds others."""
    condition = EXPRESSION.map("({})".format)
    row = "{{ SELECT ?a (COUNT(DISTINCT *) AS ?n%) {{ % }} GROUP BY ?a HAVING (COUNT(?b) > 1)"
    return st.one_of(
        filled("{{ % }} {{ % }}", inner, inner),
        filled("{{ % }} UNION {{ % }} union {{}}", inner, inner),
        filled("% optional {{ % FILTER % }}", sentences(), inner, condition),
        filled("{{ % }} MINUS {{ % }} .", inner, inner),
        filled("GRAPH % {{ % }}", st.one_of(VARIABLE, IRI), inner),
        filled("FILTER NOT exists {{ % }} %", inner, sentences()),
        filled("{{ % BIND(% AS ?new%) }}", sentences(), EXPRESSION, NEW),
        filled("VALUES (% ?other) {{ (% UNDEF) }}", VARIABLE, LITERAL),
        filled("VALUES % {{ % }} %", VARIABLE, IRI, sentences()),
        filled(f"{row} ORDER BY DESC(?a) STR(?a) LIMIT 1 OFFSET 2 }}}}", NEW, inner),
        filled("{{ SELECT DISTINCT * WHERE {{ % }} VALUES ?b {{ UNDEF }} }}", inner),
    )


SENTENCES = st.lists(sentences(), max_size=3).map(" .\n".join).map(lambda s: s.replace(". .", "."))
GROUP = st.recursive(SENTENCES, groups_of, max_leaves=4)


def parsed(text: str) -> bool:
    """Whether the engine reads a text."""
    try:
        ox.Store().query(text)
    except SyntaxError:
        return False
    except RuntimeError:
        return True  # a function that it lacks
    return True


def outlined(text: str) -> Outline:
    """Return the outline of a text that relies on its own prefixes alone."""
    return read(text, {})


def leaves(tree: object) -> Iterator[object]:
    """Yield the terms in rdflib's reading of a query."""
    parts: list[object] = []
    match tree:
        case SequencePath() | AlternativePath() | NegatedPath():
            parts = list(tree.args)
        case InvPath():
            parts = [tree.arg]
        case MulPath():
            parts = [tree.path]
        case Algebra():
            parts = [tree.algebra]
        case Mapping():
            parts = [value for key, value in tree.items() if key not in ("_vars", "lazy")]
        case list() | tuple() | set():
            parts = list(tree)
        case _:
            yield tree
    for part in parts:
        yield from leaves(part)


@given(GROUP)
@settings(max_examples=50)
def test_nothing_is_overlooked(pattern: str) -> None:
    """All variables and names that rdflib's parser finds are there, and none of a comment."""
    text = f"{PROLOGUE}SELECT * WHERE {{ {pattern} }}"
    assume(parsed(text))
    try:
        found = list(leaves(translateQuery(parseQuery(text))))
    except (ParseBaseException, TypeError):
        assume(False)  # rdflib's grammar lacks a few forms of paths
    outline = outlined(text)
    variables = {str(term) for term in found if isinstance(term, Variable)}
    # rdflib keeps the backslashes of names.
    iris = {str(term).replace("\\", "") for term in found if isinstance(term, URIRef)}
    assert {v for v in variables if not v.startswith("__agg")} <= outline.variables.keys()
    assert {i for i in iris if not i.startswith(STANDARD)} <= {n.iri for n in outline.names}
    assert not outline.variables.keys() & {"none", "x"}


@given(GROUP)
def test_everything_selected_is_what_is_bound(pattern: str) -> None:
    """The variables that a pattern binds are those that the engine returns for `SELECT *`."""
    text = f"{PROLOGUE}SELECT * WHERE {{ {pattern} }}"
    assume(parsed(text))
    rows = ox.Store().query(text)
    assert isinstance(rows, ox.QuerySolutions)
    assert bound_in(outlined(text).query.where) == {v.value for v in rows.variables}


@given(GROUP, st.sampled_from(["ASK", "SELECT *", "CONSTRUCT { ?a ex:p ?b }", "DESCRIBE ?a"]))
def test_whatever_the_engine_reads_is_read(pattern: str, form: str) -> None:
    """No query of SPARQL 1.1 is refused, and every place is where the text has the thing."""
    text = f"{PROLOGUE}{form} WHERE {{ {pattern} }}"
    assume(parsed(text))
    outline = outlined(text)
    for name, places in outline.variables.items():
        assert {text[at + 1 : at + 1 + len(name)] for at in places} == {name}
    for found in outline.names:
        assert re.match(r"<|[^\W\d]*:", text[found.start : found.end])
    for element in elements(outline.query):
        assert element.start <= element.end <= len(text)


@given(GROUP)
def test_a_sentence_can_end_after_each_of_its_triples(pattern: str) -> None:
    """The text up to a triple, with the brackets that it names, is a pattern by itself."""
    text = f"{PROLOGUE}ASK {{ {pattern} }}"
    assume(parsed(text))
    outline = outlined(text)
    for element in elements(outline.query):
        for triple in element.triples if isinstance(element, Sentence) else ():
            if triple.cut is not None:
                part = text[element.start : triple.cut] + triple.close
                assert parsed(f"{outline.prologue}ASK {{ {part} }}"), part
                assert element.start <= triple.start < triple.cut <= element.end


def test_the_stored_queries_are_read() -> None:
    """Every query that we ship has an outline, and declares what it uses."""
    for query in queries.catalogue():
        outline = read(query.text, terms.PREFIXES)
        assert outline.query.where is not None
        assert not outline.undeclared, query.name


def sentence(text: str) -> Sentence:
    """Return the only sentence of a pattern."""
    where = outlined(f"{PROLOGUE}ASK {{ {text} }}").query.where
    assert where is not None
    (element,) = where.elements
    assert isinstance(element, Sentence)
    return element


def test_a_triple_says_what_it_adds_to_the_text() -> None:
    """A triple begins at its subject, or after `;` at its verb, or after `,` at its object."""
    text = "?a ex:p 1 ; :q [ ex:p 2 , ?b ] , (3 ?c)"
    query = f"{PROLOGUE}ASK {{ {text} }}"
    starts = [query[t.start :].split(" ", 1)[0] for t in sentence(text).triples if t.cut]
    assert starts == ["?a", ":q", "ex:p", "?b", "(3"]


@pytest.mark.parametrize(
    ("path", "single", "last"),
    [
        ("ex:p", "p", "p"),
        ("?v", None, None),
        ("ex:p/ex:q", None, "q"),
        ("ex:p*/ex:q", None, "q"),
        ("(ex:p/ex:q)", None, "q"),
        ("ex:p+", "p", "p"),
        ("ex:p*", None, None),
        ("ex:p?", None, None),
        ("^ex:p", None, None),
        ("ex:p|ex:q", None, None),
        ("!ex:p", None, None),
        ("ex:p/^ex:q", None, None),
        ("ex:p/(ex:q|ex:r)", None, None),
        ("(ex:p|ex:q)/ex:r", None, "r"),
    ],
)
def test_the_last_step_of_a_path_is_known(path: str, single: str | None, last: str | None) -> None:
    """It is what leads to the object; where it may be several predicates or none, it is unknown."""
    (triple,) = sentence(f"?a {path} ?b").triples
    names = [
        node.iri.removeprefix("http://example.org/") if node and node.iri else None
        for node in (triple.verb.single, triple.verb.last)
    ]
    assert names[1] == last
    if path != "ex:p+":
        assert names[0] == single


def test_operators_bind_as_the_grammar_says() -> None:
    """`||` is outermost, then `&&`, comparisons, sums and products."""
    outline = outlined("ASK { FILTER (?a + 2 * ?b < 3 && !?c || ?d IN (1, ?e) && ?f = -?g) }")
    (element,) = (e for e in elements(outline.query) if isinstance(e, Filter))
    names = [part.name for part in walk(element.expression) if isinstance(part, Call)]
    assert names == ["||", "&&", "<", "+", "*", "!", "&&", "IN", "=", "-"]


def test_less_than_is_no_bracket() -> None:
    """After an operand `<` compares, even where what follows could be an IRI."""
    outline = outlined("ASK { FILTER (?a<?b&&?c>?d) }")
    assert outline.variables.keys() == {"a", "b", "c", "d"}
    assert outline.names == []


def test_relative_names_are_resolved() -> None:
    """BASE makes relative IRIs whole, an empty fragment included; a prefix may use it."""
    outline = outlined("BASE <http://example.org/a/b> PREFIX p: <c#> ASK { <> <../d> p:e, <#> }")
    assert [name.iri.removeprefix("http://example.org/") for name in outline.names] == [
        *("a/b", "d", "a/c#e", "a/b#"),
    ]
    assert outline.prologue == (
        "BASE <http://example.org/a/b>\nPREFIX p: <http://example.org/a/c#>\n"
    )


def test_what_another_server_is_asked_is_not_ours() -> None:
    """Names within SERVICE are left out; the variables there are bound for us."""
    outline = outlined("ASK { ?a <a:b> ?c SERVICE <a:s> { ?c <a:d> ?e FILTER (?e = <a:f>) } }")
    assert [name.iri for name in outline.names] == ["a:b"]
    assert bound_in(outline.query.where) == {"a", "c", "e"}
    assert sum(isinstance(element, Block) for element in elements(outline.query)) == 1


@pytest.mark.parametrize(
    ("end", "late"),
    [
        ("", None),
        ("LIMIT 1 OFFSET 0", None),
        ("LIMIT 0", "LIMIT"),
        ("OFFSET 3 LIMIT 5", "OFFSET"),
        ("GROUP BY ?a HAVING (COUNT(*) > 1) OFFSET 3", "HAVING"),
        ("ORDER BY ?a VALUES ?a { 1 }", "VALUES"),
    ],
)
def test_clauses_that_may_leave_nothing_are_known(end: str, late: str | None) -> None:
    """The first of HAVING, LIMIT 0, OFFSET and VALUES after the pattern is noted with its place."""
    text = f"SELECT ?a {{ ?a ?b ?c }} {end}"
    found = outlined(text).query.late
    assert (found and found[0]) == late
    if found:
        assert text[found[1] : found[2]].startswith(found[0])


def test_literals_mean_what_the_engine_reads() -> None:
    """Escapes, quotes, languages and datatypes give the terms that the engine gives."""
    written = ["1", "-2.5", "true", "'a'", '"é\\u00e9\\n"@EN', "'''a''b'''", '"1"^^<a:b>']
    text = f"SELECT * {{ VALUES ?x {{ {' '.join(written)} }} }}"
    (values,) = (e for e in elements(outlined(text).query) if isinstance(e, Values))
    rows = ox.Store().query(text)
    assert isinstance(rows, ox.QuerySolutions)
    assert [str(row[0].term) for row in values.rows if row[0]] == [str(row["x"]) for row in rows]


PIECES = st.sampled_from(
    "SELECT ASK WHERE FILTER BIND AS VALUES OPTIONAL GRAPH SERVICE EXISTS NOT IN a PREFIX BASE "
    "{ } ( ) [ ] . ; , ? ! ^ | / * + - = < > && ?x $y <a:b> <> <# ex:a : _:b 'a' \"b\" @en ^^ 1 .5 "
    "''' \\ \\u0041 << >> {| |} ~ \ud800 COUNT DISTINCT * UNDEF # \n".split(" ")
)


@given(st.lists(PIECES, max_size=25).map(" ".join), st.sampled_from(["", "ASK {", "SELECT * {"]))
@example("SELECT ?x { ?x ?y 'a'@abcdefghij }", "")
@example("{ ?x ?y '\\uD800' }", "ASK")
def test_any_text_is_read_or_refused(text: str, begin: str) -> None:
    """Whatever a text is made of, there is an outline or a sentence about a place in it."""
    try:
        outline = outlined(begin + text)
    except Unreadable as error:
        assert 0 <= error.at <= len(begin + text)  # noqa: PT017  # many texts raise nothing
    else:
        assert outline.query.form


NESTED = {
    "groups": "ASK {n}{u}",
    "parentheses": "ASK {{ FILTER {p}1{q} }}",
    "brackets": "ASK {{ ?a ?b {b} ?c {e} }}",
    "paths": "ASK {{ ?a {p}<a:b>{q} ?c }}",
    "conditions": "ASK {{ {f} {u} }}",
    "negations": "ASK {{ FILTER ({x}?a) }}",
}


@pytest.mark.parametrize("form", NESTED.values(), ids=NESTED)
@pytest.mark.parametrize("depth", [100, 3000])
def test_what_nests_too_deeply_is_refused(form: str, depth: int) -> None:
    """The refusal says so; the reader's own stack never ends."""
    marks = {"n": "{", "u": "}", "p": "(", "q": ")", "b": "[ ?x ", "e": "]", "x": "!("}
    marks["f"] = "FILTER EXISTS { "
    text = form.format(**{key: mark * depth for key, mark in marks.items()})
    with pytest.raises(Unreadable, match="nests more than 60 levels"):
        outlined(text)


LONG = 20_000
CHAINS = {
    "or": ("ASK { FILTER (?a", "||?a", ") }"),
    "sum": ("ASK { FILTER (?a", "+?a-?b", ") }"),
    "path": ("ASK { ?a <a:b>", "/<a:b>", " ?c }"),
    "union": ("ASK { {}", "UNION{}", "}"),
    "objects": ("ASK { ?a ?b 1", ",1", "}"),
    "properties": ("ASK { ?a ?b 1", ";?a 1", "}"),
    "values": ("ASK { VALUES ?a {", " 1", "}}"),
    "open string": ("ASK { ?a ?b '", "'''", ""),
    "open IRI": ("ASK { ?a ?b ", "<a", ""),
    "comments": ("ASK {", "#\n", "}"),
}


@pytest.mark.parametrize(("begin", "piece", "end"), CHAINS.values(), ids=CHAINS)
def test_no_text_makes_the_reader_slow(begin: str, piece: str, end: str) -> None:
    """A long text takes a fraction of a second; anything quadratic would take minutes."""
    text = begin + piece * (LONG // len(piece)) + end
    before = time.process_time()
    try:
        for element in elements(outlined(text).query):
            for expression in expressions(element):
                assert sum(isinstance(part, Node) for part in walk(expression)) > 0
    except Unreadable as error:
        assert error.reason  # noqa: PT017  # some are no queries
    assert time.process_time() - before < 2
