"""Inference: what follows is told in a graph of its own, valid, new, and with its origin."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import owlrl
import pyoxigraph as ox
import pytest
import rdflib
from command import millelieux

from millelieux_graph import dataset, terms
from millelieux_graph.graph import Graph
from millelieux_graph.infer import infer
from millelieux_graph.sources import rdf

if TYPE_CHECKING:
    from stages import Released

pytest_plugins = ["stages"]

PREFIXES = """\
@base <https://example.org/id/> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix ml: <https://w3id.org/millelieux/ontology#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# What is said, and what must follow from it.
EXAMPLES = {
    "a subclass": ("<town> a ml:Commune .", "<town> a ml:Territory ."),
    "a class of a standard": ("<fair> a ml:TimelineEvent .", "<fair> a prov:Entity , ml:Claim ."),
    "a domain": ("<crew> ml:headcount 3 .", "<crew> a ml:TeamRole ."),
    "a transitive property": (
        "<town> ml:within <county> . <county> ml:within <country> .",
        "<town> ml:within <country> .",
    ),
    "a day": (
        '<day> a ml:TimelineEvent ; ml:date "2020-02-28"^^edtf:EDTF .',
        (
            '<day> ml:earliest "2020-02-28T00:00:00Z"^^xsd:dateTime ;'
            ' ml:latest "2020-02-29T00:00:00Z"^^xsd:dateTime .'
        ),
    ),
    "the month of a leap day": (
        '<february> a ml:TimelineEvent ; ml:date "2000-02"^^edtf:EDTF .',
        (
            '<february> ml:earliest "2000-02-01T00:00:00Z"^^xsd:dateTime ;'
            ' ml:latest "2000-03-01T00:00:00Z"^^xsd:dateTime .'
        ),
    ),
    "the last day of a year": (
        '<eve> a ml:TimelineEvent ; ml:date "1999-12-31"^^edtf:EDTF .',
        '<eve> ml:latest "2000-01-01T00:00:00Z"^^xsd:dateTime .',
    ),
    "an approximate year": (
        '<around> a ml:TimelineEvent ; ml:date "2017~"^^edtf:EDTF .',
        (
            '<around> ml:earliest "2017-01-01T00:00:00Z"^^xsd:dateTime ;'
            ' ml:latest "2018-01-01T00:00:00Z"^^xsd:dateTime .'
        ),
    ),
    "an interval": (
        '<works> a ml:TimelineEvent ; ml:date "2014/2016-03"^^edtf:EDTF .',
        (
            '<works> ml:earliest "2014-01-01T00:00:00Z"^^xsd:dateTime ;'
            ' ml:latest "2016-04-01T00:00:00Z"^^xsd:dateTime .'
        ),
    ),
    "coordinates": (
        (
            "<https://w3id.org/millelieux/id/territory/x> a ml:Commune ;"
            " ml:latitude 46.25 ; ml:longitude -1.875 ."
        ),
        (
            "<https://w3id.org/millelieux/id/geometry/x> a geo:Geometry ;"
            ' geo:asWKT "POINT(-1.875 46.25)"^^geo:wktLiteral .'
        ),
    ),
}
# Dates without a bound on one side or on both, and the bounds that they do have.
UNBOUNDED: dict[str, set[str]] = {
    "2016/..": {"ml:earliest"},
    "/2018": {"ml:latest"},
    "2019-02-29": set(),
    "2001-21": set(),
    "about 2010": set(),
}
CLASH = f"{PREFIXES} <muddle> a ml:Commune , ml:Department ."

INFERRED = ox.NamedNode(terms.graph("inferred"))


def parsed(turtle: str) -> set[ox.Triple]:
    """Return the triples of a piece of Turtle."""
    return {quad.triple for quad in ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE)}


def iris(terms: Iterable[object]) -> list[str]:
    """Return the IRIs among terms."""
    return [term.value for term in terms if isinstance(term, ox.NamedNode)]


@pytest.fixture(scope="module")
def concluded(tmp_path_factory: pytest.TempPathFactory) -> set[ox.Triple]:
    """What follows from all examples together, which share no subject but the town."""
    file = tmp_path_factory.mktemp("examples") / "examples.ttl"
    dates = [f'<unbounded-{i}> ml:date "{d}"^^edtf:EDTF .' for i, d in enumerate(UNBOUNDED)]
    said = [said for said, _ in EXAMPLES.values()]
    file.write_text("\n".join([PREFIXES, *said, *dates]), encoding="utf-8")
    return set(infer(dataset.open(file).graph).triples)


@pytest.fixture(scope="module")
def published(released: Released) -> Graph:
    """The packaged graph as it was published, with what follows from it."""
    return Graph().load(rdf.discover([released.folder / "dumps" / "millelieux.nq"]))


@pytest.fixture(scope="module")
def conclusions(published: Graph) -> set[ox.Triple]:
    """What follows from the packaged graph, without what the inferred graph says of itself."""
    itself = {INFERRED, ox.NamedNode(f"{terms.ID}activity/inference")}
    return {quad.triple for quad in published.quads("inferred") if quad.subject not in itself}


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_must_follow_follows(concluded: set[ox.Triple], example: str) -> None:
    """Subclasses, domains, transitivity and computed values are drawn, under any address."""
    _, follows = EXAMPLES[example]
    assert parsed(follows) <= concluded


@pytest.mark.parametrize("date", UNBOUNDED)
def test_what_a_date_does_not_say_is_not_computed(concluded: set[ox.Triple], date: str) -> None:
    """An impossible day, a season or a text gives no bound, an open side none on that side."""
    subject = ox.NamedNode(f"https://example.org/id/unbounded-{list(UNBOUNDED).index(date)}")
    said = {
        terms.curie(name) for name in iris(t.predicate for t in concluded if t.subject == subject)
    }
    assert said & {"ml:earliest", "ml:latest"} == UNBOUNDED[date]


def test_every_conclusion_is_a_valid_triple(conclusions: set[ox.Triple]) -> None:
    """Subjects and predicates are IRIs, objects IRIs or literals, and another parser agrees."""
    for triple in conclusions:
        assert isinstance(triple.subject, ox.NamedNode)
        assert isinstance(triple.predicate, ox.NamedNode)
        assert isinstance(triple.object, ox.NamedNode | ox.Literal)
    lines = ox.serialize(conclusions, format=ox.RdfFormat.N_TRIPLES)
    assert lines is not None
    assert len(rdflib.Graph().parse(data=lines, format="nt")) == len(conclusions)


def test_nothing_that_is_said_is_concluded_again(
    published: Graph, conclusions: set[ox.Triple]
) -> None:
    """The inferred graph adds; it repeats no triple of another graph."""
    said = {quad.triple for quad in published.quads() if quad.graph_name != INFERRED}
    assert len(conclusions) > 1000
    assert said.isdisjoint(conclusions)


def test_conclusions_say_nothing_trivial(conclusions: set[ox.Triple]) -> None:
    """No owl:Thing, nothing equal to itself, nothing about the languages RDFS and OWL."""
    for triple in conclusions:
        subject, _, end = (terms.curie(getattr(part, "value", "")) for part in triple)
        assert end not in {"owl:Thing", "rdfs:Resource", "owl:NamedIndividual", "rdfs:Literal"}
        assert subject != end
        assert not subject.startswith(("rdf:", "rdfs:", "owl:", "xsd:"))


def test_the_inferred_graph_tells_where_it_comes_from(published: Graph) -> None:
    """It is derived from every other named graph, by an activity that names its tool."""
    query = """
        PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?from ?tool WHERE {
            GRAPH ?inferred { ?inferred prov:wasDerivedFrom ?from ; prov:wasGeneratedBy ?activity .
                              ?activity a prov:Activity ; prov:used ?from ; rdfs:label ?tool }
            FILTER (LANG(?tool) = "en")
        }"""
    rows = published.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    told = [(row["from"], row["tool"].value) for row in rows]
    assert sorted(iris(name for name, _ in told)) == sorted({*published.names()} - {INFERRED.value})
    assert all("owlrl" in tool for _, tool in told)


def test_inferring_twice_concludes_the_same(own: Path) -> None:
    """Conclusions are replaced, not heaped up, and are no premises of their own repetition."""
    graph = dataset.open(own).graph
    first, size = infer(graph), len(graph)
    assert infer(graph) == first
    assert len(graph) == size


def test_a_contradiction_is_a_finding() -> None:
    """An individual of two disjoint classes is named with both of them, and the exit code is 1."""
    run = millelieux("infer", "-", stdin=CLASH)
    assert run.code == 1
    for name in ("https://example.org/id/muddle", f"{terms.ML}Commune", f"{terms.ML}Department"):
        assert name in run.err


def test_a_contradiction_is_not_published(tmp_path: Path) -> None:
    """Publishing stops at it with exit code 1 and leaves nothing behind."""
    run = millelieux("publish", "-", "--out", tmp_path / "site", stdin=CLASH)
    assert run.code == 1
    assert "muddle" in run.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["ntriples", "trig"])
def test_the_command_prints_what_parses(own: Path, format: str) -> None:
    """Conclusions go to standard output in the format that was asked, their number to the talk."""
    run = millelieux("infer", own, "--format", format)
    assert run.code == 0
    quads = set(
        ox.parse(run.out, {"ntriples": ox.RdfFormat.N_TRIPLES, "trig": ox.RdfFormat.TRIG}[format])
    )
    assert len(quads) > 100
    graph = INFERRED if format == "trig" else ox.DefaultGraph()
    assert {quad.graph_name for quad in quads} == {graph}
    assert "new triples" in run.err


def test_what_is_left_out_of_the_rules_changes_nothing(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the rule that each thing is itself, every other conclusion is still drawn."""
    equal = tmp_path / "equal.ttl"
    equal.write_text(
        f"{PREFIXES}@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<hamlet> ml:within <bourg> .\n"
        "<bourg> owl:sameAs <village> . <village> ml:within <canton> .",
        encoding="utf-8",
    )
    ours = infer(dataset.open(own, equal).graph)
    monkeypatch.setattr("millelieux_graph.infer._Rules", owlrl.OWLRL_Semantics)
    whole = infer(dataset.open(own, equal).graph)
    assert ours == whole
    assert any("hamlet" in str(t.subject) and "canton" in str(t.object) for t in ours.triples)
