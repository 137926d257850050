"""Inference: what follows is told in a graph of its own, valid, new, and with its origin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import entailments
import owlrl
import pyoxigraph as ox
import pytest
import rdflib
from command import environment, millelieux
from hypothesis import given, settings, strategies as st

from millelieux_graph import dataset, terms
from millelieux_graph.errors import CannotRun, Finding, UnknownName
from millelieux_graph.graph import Graph, packaged
from millelieux_graph.infer import (
    REGIMES,
    Inference,
    Regime,
    datatypes,
    gaps,
    infer,
    reference,
    rules,
)
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
    return Graph().load(rdf.discover([released.folder / "dumps" / "millelieux.nq.gz"]))


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
    assert all("OWL 2 RL" in tool and "on pyoxigraph" in tool for _, tool in told)


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
    ours = infer(dataset.open(own, equal).graph, engine="owlrl")
    monkeypatch.setattr(reference, "_OwlRl", owlrl.OWLRL_Semantics)
    whole = infer(dataset.open(own, equal).graph, engine="owlrl")
    assert ours == whole
    assert any("hamlet" in str(t.subject) and "canton" in str(t.object) for t in ours.triples)


# ── How much follows ────────────────────────────────────────────────────────────────────────────


def graph_of(turtle: str) -> Graph:
    """Return a graph of nothing but a piece of Turtle."""
    graph = Graph()
    report = ox.NamedNode(terms.graph("report"))
    parsed = ox.parse(entailments.PREFIXES + turtle, ox.RdfFormat.TURTLE)
    graph.extend(ox.Quad(q.subject, q.predicate, q.object, report) for q in parsed)
    return graph


def triples_of(turtle: str) -> set[ox.Triple]:
    """Return the triples of a piece of Turtle, numbers spelled as the store does."""
    return {quad.triple for quad in graph_of(turtle).quads()}


def tools(graph: Graph) -> list[str]:
    """Return what the inferred graph says it was made with."""
    labels = (q.object for q in graph.quads("inferred") if "label" in q.predicate.value)
    return sorted(label.value for label in labels if isinstance(label, ox.Literal))


def test_nothing_follows_in_the_regime_none() -> None:
    """What was inferred before is gone, and so is its graph."""
    graph = graph_of("<urn:x> a :A . :A rdfs:subClassOf :B .")
    before = set(graph.quads())
    assert infer(graph).triples
    assert infer(graph, "none") == Inference((), (), "none", "")
    assert set(graph.quads()) == before
    assert terms.graph("inferred") not in graph.names()


@pytest.mark.parametrize("engine", ["rules", "owlrl"])
@pytest.mark.parametrize(("regime", "title"), [("rdfs", "RDFS"), ("owl-rl", "OWL 2 RL")])
def test_the_inferred_graph_names_its_regime_and_engine(
    regime: Regime, title: str, engine: str
) -> None:
    """In English and in French; the engine with its version."""
    graph = graph_of(":x a :A . :A rdfs:subClassOf :B .")
    inference = infer(graph, regime, engine)  # type: ignore[arg-type]  # one of them
    assert (inference.regime, inference.engine) == (regime, engine)
    for label in tools(graph):
        assert title in label
        assert {"rules": "pyoxigraph 0.", "owlrl": "owlrl 7."}[engine] in label


@pytest.mark.parametrize("regime", ["rdfs", "owl-rl"])
def test_values_are_computed_in_each_regime_but_none(regime: Regime) -> None:
    """Bounds of dates and geometries need no axiom."""
    said, follows = EXAMPLES["an interval"]
    graph = Graph()
    report = ox.NamedNode(terms.graph("report"))
    graph.extend(ox.Quad(t.subject, t.predicate, t.object, report) for t in parsed(said))
    assert parsed(follows) <= set(infer(graph, regime).triples)


def test_rdfs_knows_no_owl() -> None:
    """Classes, properties, domains and ranges count; transitivity and disjointness do not."""
    said = (
        ":p a owl:TransitiveProperty ; rdfs:range :C . :a :p :b . :b :p :c . :A owl:disjointWith :C"
    )
    inference = infer(graph_of(f"{said} . :b a :A ."), "rdfs")
    assert set(inference.triples) == triples_of(":b a :C .")
    assert inference.clashes == ()


def test_an_unknown_regime_or_engine_is_told_with_the_known_ones() -> None:
    """A wrong name is a usage error, and the graph keeps what it has."""
    graph = graph_of(":x a :A . :A rdfs:subClassOf :B .")
    infer(graph)
    before = set(graph.quads())
    with pytest.raises(UnknownName, match="owl-rl"):
        infer(graph, "owl-el")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="rules"):
        infer(graph, "rdfs", "reasonable")  # type: ignore[arg-type]
    assert set(graph.quads()) == before


def test_choosing_inference_needs_no_slow_import() -> None:
    """Conclusions by rules are drawn without rdflib and owlrl, whose import takes a second."""
    program = (
        "import sys; from millelieux_graph.graph import packaged;"
        "from millelieux_graph.infer import infer;"
        "assert infer(packaged()).triples; print(sorted({'rdflib', 'owlrl'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, check=True
    )
    assert run.stdout.strip() == b"[]"


# ── The rules and the reference ─────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def reference_closures() -> dict[Regime, Inference]:
    """What owlrl concludes from the packaged graph, once for all tests."""
    graph = packaged()
    return {regime: infer(graph, regime, "owlrl") for regime in REGIMES if regime != "none"}


@pytest.mark.parametrize("regime", ["rdfs", "owl-rl"])
def test_rules_and_reference_agree_on_the_packaged_graph(
    regime: Regime, reference_closures: dict[Regime, Inference]
) -> None:
    """Triple by triple, and without a contradiction."""
    graph, expected = packaged(), reference_closures[regime]
    inference = infer(graph, regime)
    assert (inference.engine, expected.engine) == ("rules", "owlrl")
    assert inference.gap == ""
    assert inference.triples == expected.triples
    assert inference.clashes == expected.clashes == ()
    assert len(inference.triples) > 8000


def test_each_rule_has_an_example() -> None:
    """Those of the tables, those about lists and those about kinds of properties."""
    made = [
        *(rule(1) for rule in rules.OWL_RL.lists.values()),
        *(rule("urn:p") for rule in rules.OWL_RL.kinds.values()),
    ]
    of_owl = {rule.name for rule in (*rules.OWL_RL.axioms, *rules.OWL_RL.facts, *made)}
    assert of_owl == set(entailments.OWL_RL)
    of_rdfs = {rule.name for rule in (*rules.RDFS.axioms, *rules.RDFS.facts)}
    assert of_rdfs == set(entailments.RDFS)


@pytest.mark.parametrize(
    ("regime", "said", "follows"),
    [
        *(pytest.param("rdfs", *e, id=name) for name, e in entailments.RDFS.items()),
        *(pytest.param("owl-rl", *e, id=name) for name, e in entailments.OWL_RL.items()),
        *(pytest.param("owl-rl", *e, id=name) for name, e in entailments.TOGETHER.items()),
    ],
)
def test_a_rule_concludes_what_the_reference_does(regime: Regime, said: str, follows: str) -> None:
    """From its example follows what the standard says, and nothing else than with owlrl."""
    ours, theirs = infer(graph_of(said), regime), infer(graph_of(said), regime, "owlrl")
    assert (ours.engine, theirs.engine) == ("rules", "owlrl")
    assert triples_of(follows) - triples_of(said) <= set(ours.triples)
    assert ours.triples == theirs.triples
    assert ours.clashes == ()


# Statements with gaps to fill, among which each kind of axiom that OWL 2 RL has rules for.
CLASSES, PROPERTIES, THINGS = (":A", ":B", ":C"), (":p", ":q", ":r"), (":x", ":y", ":z")
EXPRESSIONS = (
    "[ owl:onProperty PROPERTY ; owl:someValuesFrom CLASS ]",
    "[ owl:onProperty PROPERTY ; owl:someValuesFrom owl:Thing ]",
    "[ owl:onProperty PROPERTY ; owl:allValuesFrom CLASS ]",
    "[ owl:onProperty PROPERTY ; owl:hasValue THING ]",
    "[ owl:onProperty PROPERTY ; owl:maxCardinality 1 ]",
    "[ owl:onProperty PROPERTY ; owl:maxQualifiedCardinality 1 ; owl:onClass CLASS ]",
    "[ owl:unionOf ( CLASS CLASS ) ]",
    "[ owl:intersectionOf ( CLASS CLASS [ owl:onProperty PROPERTY ; owl:hasValue THING ] ) ]",
    "[ owl:oneOf ( THING THING ) ]",
    "owl:Nothing",
)
AXIOMS = (
    "CLASS rdfs:subClassOf EXPRESSION .",
    "EXPRESSION rdfs:subClassOf CLASS .",
    "CLASS owl:equivalentClass EXPRESSION .",
    "CLASS owl:disjointWith EXPRESSION .",
    "CLASS a owl:Class .",
    "CLASS owl:hasKey ( PROPERTY PROPERTY ) .",
    "[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) .",
    "PROPERTY rdfs:domain EXPRESSION .",
    "PROPERTY rdfs:range EXPRESSION .",
    "PROPERTY rdfs:subPropertyOf PROPERTY .",
    "PROPERTY owl:equivalentProperty PROPERTY .",
    "PROPERTY owl:inverseOf PROPERTY .",
    "PROPERTY owl:propertyChainAxiom ( PROPERTY PROPERTY ) .",
    "PROPERTY owl:propertyDisjointWith PROPERTY .",
    "PROPERTY a owl:ObjectProperty .",
    "PROPERTY a owl:TransitiveProperty .",
    "PROPERTY a owl:SymmetricProperty .",
    "PROPERTY a owl:FunctionalProperty .",
    "PROPERTY a owl:InverseFunctionalProperty .",
    "PROPERTY a owl:IrreflexiveProperty .",
    "THING owl:sameAs THING .",
    "THING owl:differentFrom THING .",
)
FACTS = ("THING PROPERTY THING .", "THING a CLASS .", "THING :value 1 .", "THING :value 2 .")


@st.composite
def statements(draw: st.DrawFn, patterns: tuple[str, ...]) -> str:
    """Return a statement: a pattern whose gaps are filled with any of a few names."""
    names = {"CLASS": CLASSES, "PROPERTY": PROPERTIES, "THING": THINGS}
    text = draw(st.sampled_from(patterns))
    if "EXPRESSION" in text:
        text = text.replace("EXPRESSION", draw(st.sampled_from((*EXPRESSIONS, *CLASSES))))
    return " ".join(draw(st.sampled_from(names.get(word, (word,)))) for word in text.split())


@given(
    st.lists(statements(AXIOMS), min_size=1, max_size=6),
    st.lists(statements(FACTS), min_size=1, max_size=8),
    st.sampled_from(["rdfs", "owl-rl"]),
)
@settings(max_examples=150)
def test_rules_and_reference_agree_on_any_ontology(
    axioms: list[str], facts: list[str], regime: Regime
) -> None:
    """The same triples follow, unless the ontology contradicts itself, which both notice.

    From a contradiction anything follows, so what is concluded beside one is nobody's claim.
    """
    said = "\n".join([*axioms, *facts])
    ours, theirs = infer(graph_of(said), regime), infer(graph_of(said), regime, "owlrl")
    assert (ours.engine, ours.gap) == ("rules", "")
    assert bool(ours.clashes) >= bool(theirs.clashes)
    if not ours.clashes:
        assert ours.triples == theirs.triples


# ── Contradictions ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rule", entailments.CLASHES)
def test_each_rule_finds_its_contradiction(rule: str) -> None:
    """The last statement alone makes it; the finding names the rule, the thing and what to do."""
    before, last = entailments.CLASHES[rule]
    assert infer(graph_of(before)).clashes == ()
    found = infer(graph_of(before + last)).clashes
    assert {f.rule for f in found} == {"owl-rl"}
    assert [f for f in found if f.where == "https://example.org/x"]
    assert all(f.problem.startswith(f"{rule}: ") for f in found)
    assert all("take back" in f.problem for f in found)


def test_every_contradiction_of_the_standard_is_known() -> None:
    """OWL 2 RL has sixteen rules in tables 4 to 7 that conclude one, and dt-not-type in table 8."""
    assert len(set(entailments.CLASHES) - {"dt-not-type"}) == 16


@pytest.mark.parametrize("rule", entailments.CLASHES)
def test_the_reference_alone_would_miss_some(rule: str) -> None:
    """It is silent about three of the seventeen; where it concludes, we tell of those too."""
    said = "".join(entailments.CLASHES[rule])
    premises = [quad.triple for quad in graph_of(said).quads()]
    _, messages = reference.close(premises, "owl-rl")
    assert bool(messages) == (rule not in entailments.MISSED_BY_OWLRL)
    assert infer(graph_of(said), engine="owlrl").clashes == infer(graph_of(said)).clashes


@pytest.mark.parametrize("case", entailments.FARTHER)
def test_a_contradiction_is_found_through_what_follows(case: str) -> None:
    """By wider classes, properties, identity, values and ranges."""
    rule, said = entailments.FARTHER[case]
    found = infer(graph_of(said)).clashes
    assert {f.problem.partition(":")[0] for f in found if f.where.endswith("/x")} == {rule}


@pytest.mark.parametrize("case", entailments.PEACEFUL)
def test_what_may_be_true_is_no_contradiction(case: str) -> None:
    """Equal values, unknown datatypes and things that may be the same are left in peace."""
    assert infer(graph_of(entailments.PEACEFUL[case])).clashes == ()


def test_a_contradiction_is_told_once() -> None:
    """Two axioms that say the same of two classes make one finding, which names both."""
    said = ":A owl:disjointWith :B . :B owl:disjointWith :A . :x a :A , :B ."
    (found,) = infer(graph_of(said)).clashes
    assert found == Finding(
        "owl-rl",
        "https://example.org/x",
        "cax-dw: it is in https://example.org/A and in https://example.org/B, which have no member "
        "in common; take back one of the statements that say so.",
    )


# ── Literals ────────────────────────────────────────────────────────────────────────────────────


def literal(text: str, datatype: str) -> ox.Literal:
    """Return a literal of a datatype, given as a CURIE."""
    return ox.Literal(text, datatype=rdf.node(datatype))


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("xsd:decimal", ["1", "-0.5", "+.5", "1."], ["1e3", "", "a", ".", " 1"]),
        ("xsd:integer", ["0", "-12", "9" * 5000], ["1.0", "0x1"]),
        ("xsd:unsignedByte", ["0", "255"], ["256", "-1"]),
        ("xsd:negativeInteger", ["-1"], ["0"]),
        ("xsd:double", ["1E6", "INF", "-INF", "NaN", "1"], ["inf", "1E"]),
        ("xsd:boolean", ["true", "0"], ["True", "yes"]),
        (
            "xsd:dateTime",
            ["2020-02-29T23:59:59.5+14:00", "-0044-03-15T24:00:00", "2000-02-29T00:00:00Z"],
            ["2019-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2020-01-01", "2020-01-01T24:30:00"],
        ),
        ("xsd:dateTimeStamp", ["2020-01-01T00:00:00Z"], ["2020-01-01T00:00:00"]),
        (
            "xsd:date",
            ["2024-12-31", f"1{'0' * 5000}-01-01"],
            ["2024-04-31", "2024-13-01", "24-1-1"],
        ),
        ("xsd:time", ["12:00:00"], ["12:00"]),
        ("xsd:hexBinary", ["", "0aFF"], ["0", "zz"]),
        ("xsd:base64Binary", ["", "YQ==", "YWI=", "YW Jj"], ["YQ=", "Y"]),
        ("xsd:language", ["fr", "fr-FR"], ["français", "fr_FR"]),
        ("xsd:NCName", ["étage", "a-1"], ["1a", "a:b"]),
        ("xsd:token", ["a b"], ["a  b", " a"]),
        ("edtf:EDTF", ["2017~", "anything"], []),
    ],
)
def test_a_literal_has_a_value_when_it_is_written_right(
    datatype: str, good: list[str], bad: list[str]
) -> None:
    """As XML Schema writes them; of an unknown datatype, anything may be right."""
    assert [text for text in good if not datatypes.well_formed(literal(text, datatype))] == []
    assert [text for text in bad if datatypes.well_formed(literal(text, datatype))] == []


@pytest.mark.parametrize(
    ("text", "datatype", "inside", "outside"),
    [
        (
            "5",
            "xsd:integer",
            ["xsd:decimal", "xsd:byte", "xsd:positiveInteger", "rdfs:Literal", "edtf:EDTF"],
            ["xsd:negativeInteger", "xsd:double", "xsd:string", "xsd:boolean"],
        ),
        ("5.0", "xsd:decimal", ["xsd:integer", "xsd:byte"], ["xsd:float"]),
        ("5.5", "xsd:decimal", ["xsd:decimal"], ["xsd:integer"]),
        (
            "fr",
            "xsd:string",
            ["xsd:language", "xsd:token", "rdf:PlainLiteral"],
            ["xsd:anyURI", "rdf:langString"],
        ),
        ("1 2", "xsd:string", ["xsd:token"], ["xsd:NCName", "xsd:language"]),
        (
            "2020-01-01T00:00:00",
            "xsd:dateTime",
            ["xsd:dateTime"],
            ["xsd:dateTimeStamp", "xsd:date", "xsd:string"],
        ),
        ("2017~", "edtf:EDTF", ["xsd:string", "xsd:date"], []),
    ],
)
def test_a_value_belongs_to_the_datatypes_that_hold_it(
    text: str, datatype: str, inside: list[str], outside: list[str]
) -> None:
    """Derived datatypes share values, the others never do; where one is unknown, none objects."""
    value = literal(text, datatype)
    assert [d for d in inside if not datatypes.fits(value, terms.expand(d))] == []
    assert [d for d in outside if datatypes.fits(value, terms.expand(d))] == []


def test_text_in_a_language_is_no_plain_string() -> None:
    """Their values are pairs, which only rdf:PlainLiteral shares with strings."""
    text = ox.Literal("tiers-lieu", language="fr")
    assert datatypes.fits(text, terms.expand("rdf:PlainLiteral"))
    assert not datatypes.fits(text, terms.expand("xsd:string"))


# ── Beyond the rules ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("gap", entailments.GAPS)
def test_owlrl_stands_in_where_the_rules_do_not_reach(gap: str) -> None:
    """Nothing is left out in silence: it follows, and we are told by which engine and why."""
    said, follows = entailments.GAPS[gap]
    graph = graph_of(said)
    inference = infer(graph)
    assert (inference.engine, inference.gap) == ("owlrl", gap)
    assert triples_of(follows) <= set(inference.triples)
    assert all("owlrl" in label for label in tools(graph))
    assert inference.triples == infer(graph_of(said), engine="owlrl").triples


def test_an_inverse_leads_both_ways() -> None:
    """Whichever of two inverse properties the axiom is written at, an annotation may follow."""
    axioms = ":note a owl:AnnotationProperty ; rdfs:range :A . :x :p :y ."
    for inverse in (":note owl:inverseOf :p .", ":p owl:inverseOf :note ."):
        inference = infer(graph_of(axioms + inverse))
        assert inference.engine == "owlrl"
        assert triples_of(":x a :A .") <= set(inference.triples)


def test_each_gap_has_an_example() -> None:
    """What the rules do not cover is known, and each case of it is tried."""
    assert set(entailments.GAPS) == {*gaps._OF_RDFS, *gaps._OF_OWL_RL}


def test_an_axiom_that_owlrl_cannot_read_is_told() -> None:
    """A list without an end: one sentence, and no conclusion is left behind."""
    graph = graph_of(":C owl:unionOf _:l . _:l rdf:first :A ; rdf:rest _:l . :x a :A .")
    assert infer(graph).engine == "rules"
    with pytest.raises(CannotRun, match="a list without an end"):
        infer(graph, engine="owlrl")
    assert list(graph.quads("inferred")) == []


def test_a_literal_without_a_value_is_no_matter_for_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The reference says nothing of it beside the finding."""
    inference = infer(graph_of(':x :p "one"^^xsd:integer .'), engine="owlrl")
    assert [f.problem.partition(":")[0] for f in inference.clashes] == ["dt-not-type"]
    assert caplog.records == []


def test_what_holds_a_triple_is_left_to_the_rules() -> None:
    """The reference cannot read RDF 1.2, and concludes from the rest."""
    said = ":x :says <<( :a :b :c )>> ; a :A . :A rdfs:subClassOf :B ."
    for engine in ("rules", "owlrl"):
        concluded = infer(graph_of(said), "owl-rl", engine).triples
        assert set(concluded) == triples_of(":x a :B .")


def test_annotations_take_no_part() -> None:
    """What is declared an annotation property concludes nothing from what it annotates."""
    said = ":note a owl:AnnotationProperty ; rdfs:domain :A ; rdfs:subPropertyOf :p . :x :note 1 ."
    assert infer(graph_of(said), "owl-rl").triples == ()
    assert infer(graph_of(said), "rdfs").triples == ()
