"""The graph: what is loaded is what is asked, by the union of its named graphs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings, strategies as st

import millelieux_graph as ml
from millelieux_graph import terms
from millelieux_graph.errors import CannotRun, QuerySyntax, SourceSyntax, UnknownName
from millelieux_graph.formats import FORMATS, Format
from millelieux_graph.graph import Graph, packaged
from millelieux_graph.sources import rdf

# The engine counts a triple once for each graph that it stands in.
COUNT = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT * { ?s ?p ?o } }"
NODE = st.integers(0, 5).map(lambda n: ox.NamedNode(f"https://example.org/{n}"))
LITERAL = st.one_of(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=4).map(
        ox.Literal
    ),
    st.sampled_from([ox.Literal("é", language="fr"), ox.Literal(1), ox.Literal(True)]),
)
NAME = st.sampled_from(["report", "territories", "links/insee"])
QUAD = st.builds(
    lambda s, p, o, g: ox.Quad(s, p, o, ox.NamedNode(terms.graph(g))),
    NODE,
    NODE,
    NODE | LITERAL,
    NAME,
)


def graph_of(*quads: ox.Quad) -> Graph:
    """Return a graph of quads."""
    graph = Graph()
    graph.extend(quads)
    return graph


def quad(name: str, subject: str = "a", value: int = 1) -> ox.Quad:
    """Return a quad in a named graph."""
    node = ox.NamedNode(f"https://example.org/{subject}")
    return ox.Quad(node, node, ox.Literal(value), ox.NamedNode(terms.graph(name)))


def count(graph: Graph, *without: str) -> int:
    """Return how many triples the default graph of a query has."""
    found = graph.ask(COUNT, without=without)
    assert isinstance(found, ox.QuerySolutions)
    return int(next(found)["n"].value)


@given(st.lists(QUAD, max_size=12), st.lists(NAME, unique=True))
def test_a_query_asks_the_union_of_what_is_not_left_out(
    quads: list[ox.Quad], left_out: list[str]
) -> None:
    """The default graph of a query has the triples of every graph, but of those left out."""
    graph = graph_of(*quads)
    named = [name for name in left_out if terms.graph(name) in graph.names()]
    hidden = {terms.graph(name) for name in named}
    seen = {q.triple for q in quads if q.graph_name.value not in hidden}  # type: ignore[union-attr]
    assert count(graph, *named) == len(seen)


def test_a_graph_left_out_is_hidden_by_name_too() -> None:
    """GRAPH does not find what was to be left out."""
    graph = graph_of(quad("report"), quad("inferred"))
    found = graph.ask("SELECT ?g { GRAPH ?g { ?s ?p ?o } }", without=["inferred"])
    assert isinstance(found, ox.QuerySolutions)
    assert [row["g"].value for row in found] == [terms.graph("report")]


def test_what_was_never_inferred_may_be_left_out() -> None:
    """A graph without inference has nothing to leave out, which is no error."""
    assert count(graph_of(quad("report")), "inferred") == 1


def test_an_unknown_graph_to_leave_out_names_the_nearest() -> None:
    """A misspelt name would leave nothing out, and nobody would notice."""
    with pytest.raises(UnknownName, match="Nearest: inferred"):
        graph_of(quad("report")).answer(COUNT, without=["infered"])


def test_everything_left_out_leaves_nothing() -> None:
    """No graph means no triple, not all of them."""
    assert count(graph_of(quad("report")), "report") == 0


def test_a_query_cannot_change_what_it_asks() -> None:
    """After a refused update everything is as before."""
    graph = graph_of(quad("report"))
    for text in ("DROP ALL", "DELETE WHERE { ?s ?p ?o }", "ASK {} ; DROP ALL"):
        with pytest.raises(ml.MillelieuxError):
            graph.answer(text)
    assert len(graph) == 1


def test_what_the_engine_cannot_evaluate_is_said() -> None:
    """A function that does not exist is a sentence, not a failure inside."""
    with pytest.raises(CannotRun, match=r"https://example\.org/service"):
        Graph().answer("ASK { FILTER(<https://example.org/service>(1)) }")


def test_a_syntax_error_is_ours() -> None:
    """The engine's error does not come through."""
    with pytest.raises(QuerySyntax, match="line 1"):
        Graph().answer("SELECT")


def test_a_broken_source_leaves_the_ones_before(tmp_path: Path) -> None:
    """Sources are added one by one, each whole or not at all."""
    (tmp_path / "a.ttl").write_text("<http://a/a> a 1 .", encoding="utf-8")
    (tmp_path / "b.ttl").write_text("<http://a/b> a 1 . <http://a/c> a 1 . <", encoding="utf-8")
    (tmp_path / "b.nq").write_text("<http://a/d> <http://a/d> <http://a/d> .\n<", encoding="utf-8")
    graph = Graph()
    for name in ("b.ttl", "b.nq"):
        with pytest.raises(SourceSyntax):
            graph.load(rdf.discover([tmp_path / "a.ttl", tmp_path / name]))
    assert len(graph) == 1


def test_adding_is_all_or_nothing() -> None:
    """When quads fail to come, none of them is added."""
    graph = Graph()
    with pytest.raises(ZeroDivisionError):
        graph.extend(quad("report", value=1 // n) for n in (1, 0))
    assert len(graph) == 0


@given(st.lists(QUAD, max_size=12), st.lists(QUAD, max_size=6))
def test_replacing_makes_a_graph_exactly_that(before: list[ox.Quad], new: list[ox.Quad]) -> None:
    """The named graph has the new triples and no others; the other graphs are as before."""
    graph = graph_of(*before)
    graph.replace("report", new)
    report = ox.NamedNode(terms.graph("report"))
    assert {q.triple for q in graph.quads("report")} == {q.triple for q in new}
    others = {q for q in graph.quads() if q.graph_name != report}
    assert others == {q for q in before if q.graph_name != report}


@given(st.lists(QUAD, max_size=12))
def test_what_is_there_is_found(quads: list[ox.Quad]) -> None:
    """By name, by subject, by predicate: always the same quads."""
    graph = graph_of(*quads)
    assert len(graph) == len(set(quads))
    assert graph.names() == sorted({q.graph_name.value for q in quads})  # type: ignore[union-attr]
    for found in quads:
        assert isinstance(found.subject, ox.NamedNode)
        assert set(graph.about(found.subject.value)) == {
            q for q in quads if q.subject == found.subject
        }
        assert set(graph.having(found.predicate.value)) == {
            q for q in quads if q.predicate == found.predicate
        }


@pytest.mark.parametrize("format", [f for f in FORMATS if f.is_rdf], ids=lambda f: f.name)
@given(data=st.data())
@settings(max_examples=25)
def test_the_order_of_loading_is_not_told(format: Format, data: st.DataObject) -> None:
    """A graph is written in the same bytes, in whatever order its quads came, and reads back."""
    quads = data.draw(st.lists(QUAD, max_size=8))
    written = graph_of(*quads).serialized("report", format)
    assert graph_of(*data.draw(st.permutations(quads))).serialized("report", format) == written
    engine = ox.RdfFormat.from_media_type(format.media_type)
    report = ox.NamedNode(terms.graph("report"))
    assert {q.triple for q in ox.parse(written, engine)} == {
        q.triple for q in quads if q.graph_name == report
    }


@given(st.lists(QUAD, max_size=8))
@settings(max_examples=20, deadline=None)
def test_rdflib_gets_the_same(quads: list[ox.Quad]) -> None:
    """The hand-over has every quad in its named graph, and the union as its default graph."""
    import rdflib

    graph = graph_of(*quads)
    dataset = graph.to_rdflib()
    assert {
        (s.n3(), p.n3(), o.n3(), str(g)) for s, p, o, g in dataset.quads((None, None, None, None))
    } == {
        (str(q.subject), str(q.predicate), rdflib_n3(q.object), q.graph_name.value)  # type: ignore[union-attr]
        for q in graph.quads()
    }
    (row,) = dataset.query(COUNT).bindings
    assert row[rdflib.Variable("n")] == rdflib.Literal(count(graph))


def rdflib_n3(term: object) -> str:
    """Return a term of the engine as rdflib writes it."""
    import rdflib

    if isinstance(term, ox.Literal):
        datatype = None if term.language else rdflib.URIRef(term.datatype.value)
        string = term.datatype.value.endswith("#string")
        return rdflib.Literal(
            term.value, lang=term.language, datatype=None if string else datatype
        ).n3()
    return str(term)


def test_the_packaged_graph_has_its_rooms(dataset: ml.Dataset) -> None:
    """Ontology, concept schemes, report, territories, links and catalogue; nothing inferred."""
    expected = {"ontology", "vocab", "report", "territories", "catalog"}
    expected |= {"links/insee", "links/geonames", "links/wikidata"}
    assert set(dataset.graph.names()) == {terms.graph(name) for name in expected}
    assert all(isinstance(q.graph_name, ox.NamedNode) for q in dataset.graph.quads())


def test_no_packaged_triple_stands_in_two_graphs(dataset: ml.Dataset) -> None:
    """Whoever counts triples in a free query counts each once."""
    triples = [q.triple for q in dataset.graph.quads()]
    assert len(triples) == len(set(triples))


@pytest.mark.parametrize("make", [packaged, Graph])
def test_graphs_share_nothing(make: Callable[[], Graph]) -> None:
    """A graph that one caller changes is not another's."""
    one, other = make(), make()
    before = len(other)
    one.extend([quad("report")])
    assert len(other) == before == len(one) - 1
