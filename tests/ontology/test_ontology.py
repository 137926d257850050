"""The vocabulary: OWL 2 DL and consistent, tidy by its own hygiene rules, its rules right."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, strategies as st

from millelieux_graph import terms
from millelieux_graph.graph import Graph
from millelieux_graph.sources import shipped

PROFILE = Path(__file__).with_name("Profile.java")
FOUND = 2  # its exit code for findings; Java itself exits with 1 when a program breaks down
ROOM = shipped.shipped("ontology")
HYGIENE = {file.stem: file for file in sorted((ROOM / "hygiene").glob("*.rq"))}
RULES = {file.stem: file for file in sorted((ROOM / "rules").glob("*.rq"))}

ML, ID, EDTF = terms.PREFIXES["ml"], terms.ID, terms.PREFIXES["edtf"] + "EDTF"
PROLOGUE = "".join(
    f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in terms.PREFIXES.items()
)
GRAPHS = (
    f"{PROLOGUE}@prefix graph: <{terms.BASE}graph/> .\n"
    f"@prefix id: <{ID}> .\n@prefix scheme: <{terms.VOCAB}> .\n"
)


@pytest.fixture(scope="module")
def vocabulary() -> Graph:
    """The ontology without its alignments, the concept schemes and the shapes."""
    core = [source for source in shipped.ontology() if source.path == ROOM / "millelieux.ttl"]
    return Graph().load([*core, *shipped.vocabularies(), *shipped.shapes()])


@pytest.fixture(scope="module")
def everything() -> Graph:
    """All that we ship, alignments and shapes included."""
    return Graph().load(
        [*shipped.ontology(), *shipped.vocabularies(), *shipped.shapes(), *shipped.data()]
    )


# ── OWL 2 DL ────────────────────────────────────────────────────────────────────────────────────


def require_java() -> str:
    """Return the program that runs Java; without it skip, or fail on CI, where it must exist."""
    java = shutil.which("java")
    if java is None:
        message = "Install a JDK (Debian: apt-get install default-jdk-headless)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return java


def hermit() -> Path:
    """Return the jar of HermiT and the OWL API, which owlready2 carries."""
    spec = find_spec("owlready2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("hermit") / "HermiT.jar"


def judge(triples: Iterable[ox.Triple], folder: Path) -> tuple[int, str]:
    """Return the exit code and the findings of the OWL API and HermiT on some triples."""
    file = folder / "judged.rdf"
    ox.serialize(triples, output=file, format=ox.RdfFormat.RDF_XML)
    run = subprocess.run(
        [require_java(), "-cp", hermit(), PROFILE, file],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def triples_of(graph: Graph, *names: str) -> Iterator[ox.Triple]:
    """Yield the triples of some named graphs."""
    return (quad.triple for name in names for quad in graph.quads(name))


def turtle(text: str) -> Iterator[ox.Triple]:
    """Yield the triples of a piece of Turtle with every prefix of ours."""
    return (quad.triple for quad in ox.parse(GRAPHS + text, format=ox.RdfFormat.TURTLE))


def test_ontology_alone_is_owl_2_dl_and_consistent(vocabulary: Graph, tmp_path: Path) -> None:
    """The ontology is OWL 2 DL, consistent, and every class can have members."""
    code, output = judge(triples_of(vocabulary, "ontology"), tmp_path)
    assert code == 0, output


def test_ontology_and_alignments_are_owl_2_dl_and_consistent(
    everything: Graph, tmp_path: Path
) -> None:
    """So it is with the alignments, whose mappings of classes are between things of a kind."""
    code, output = judge(triples_of(everything, "ontology"), tmp_path)
    assert code == 0, output


def test_ontology_and_data_are_owl_2_dl_and_consistent(everything: Graph, tmp_path: Path) -> None:
    """So is all of it with the concept schemes, the claims, the territories and the linksets.

    The catalog is left out: it is written in the words of DCAT and VoID, which are not ours.
    """
    linksets = [
        name.removeprefix(terms.graph("")) for name in everything.names() if "/links/" in name
    ]
    rooms = ("ontology", "vocab", "report", "territories", *linksets)
    code, output = judge(triples_of(everything, *rooms), tmp_path)
    assert code == 0, output


@pytest.mark.parametrize(
    ("planted", "finding"),
    [
        ("id:place-x a ml:ThirdPlace , ml:Premises .", "inconsistent"),
        ("id:place-x ml:inCommune id:y . id:y a ml:Region .", "inconsistent"),
        ('id:team-x ml:headcount "few" .', "inconsistent"),
        (
            "ml:Odd a owl:Class ; rdfs:subClassOf ml:ThirdPlace , ml:Premises .",
            f"unsatisfiable: {ML}Odd",
        ),
        ("id:place-x ml:undeclared id:y .", "profile: Use of undeclared"),
        ("ml:place a owl:DatatypeProperty .", "profile: Cannot pun between properties"),
        ("ml:within a owl:FunctionalProperty .", "profile: Use of non-simple property"),
    ],
)
def test_a_planted_contradiction_is_found(
    vocabulary: Graph, tmp_path: Path, planted: str, finding: str
) -> None:
    """The check can fail: it finds each kind of contradiction and of departure from OWL 2 DL."""
    code, output = judge(chain(triples_of(vocabulary, "ontology"), turtle(planted)), tmp_path)
    assert code == FOUND
    assert finding in output


def test_a_commune_is_within_all_that_contains_it(vocabulary: Graph, tmp_path: Path) -> None:
    """To deny that Guéret is within France contradicts the ontology."""
    nested = "id:gueret ml:within id:creuse . id:creuse ml:within id:fr ."
    denied = """[] a owl:NegativePropertyAssertion ; owl:sourceIndividual id:gueret ;
        owl:assertionProperty ml:within ; owl:targetIndividual id:fr ."""
    ontology = list(triples_of(vocabulary, "ontology"))
    assert judge([*ontology, *turtle(nested)], tmp_path)[0] == 0
    assert judge([*ontology, *turtle(nested + denied)], tmp_path)[0] == FOUND


# ── Hygiene ─────────────────────────────────────────────────────────────────────────────────────


def breaches(graph: Graph, rule: str) -> list[tuple[str, str]]:
    """Return what a hygiene rule objects to, as (focus, problem)."""
    rows = graph.query(HYGIENE[rule].read_text(encoding="utf-8"))
    assert isinstance(rows, ox.QuerySolutions)
    return [(str(row["focus"]).strip("<>"), row["problem"].value) for row in rows]


@pytest.mark.parametrize("rule", HYGIENE)
def test_what_we_ship_is_tidy(everything: Graph, rule: str) -> None:
    """No hygiene rule finds anything in the ontology, the schemes, the shapes and the data."""
    assert breaches(everything, rule) == []


# The critical and the important pitfalls of OOPS! (https://oops.linkeddata.es/catalogue.jsp), and
# the tests of FOOPS! (https://w3id.org/foops/) that need no network.
OOPS = set("P03 P05 P06 P19 P27 P31 P37 P39 P40 P10 P11 P12 P24 P25 P26 P30 P35 P38 P41".split())
FOOPS = set("PURL1 OM1 OM2 OM3 OM4.1 OM4.2 OM5.1 OM5.2 RDF1 VER1 VOC1 VOC2 VOC3 VOC4".split())
# What no query over the ontology can decide, and what decides it instead.
ELSEWHERE = {
    "P37": "that the ontology is on the web: tests/test_publish.py, for what a release holds",
    "RDF1": "that it is served as RDF: tests/test_publish.py, for the formats of a release",
    "OM4.2": "that the licence can be read at its address: Creative Commons answers for that",
}

# What each rule must object to: (rule, focus, TriG).
PLANTED = [
    (
        "every-term-labelled",
        f"{ML}new",
        'graph:ontology { ml:new a owl:Class ; rdfs:label "a"@en }',
    ),
    ("every-term-defined", f"{ML}new", "graph:ontology { ml:new a owl:ObjectProperty }"),
    (
        "every-term-exemplified",
        f"{ML}new",
        'graph:ontology { ml:new a owl:Class ; skos:example "a"@en }',
    ),
    ("every-term-says-its-home", f"{ML}new", "graph:ontology { ml:new a owl:Class }"),
    (
        "term-not-in-own-definition",
        f"{ML}new",
        'graph:ontology { ml:new rdfs:label "seed bank"@en ; skos:definition "Any seed bank."@en }',
    ),
    (
        "term-not-in-own-definition",
        f"{terms.VOCAB}use/new",
        'graph:vocab { use:new skos:prefLabel "Café"@fr ; skos:definition "Sorte de café."@fr }',
    ),
    (
        "foreign-terms-only-declared",
        terms.PREFIXES["prov"] + "Agent",
        "graph:ontology { prov:Agent rdfs:subClassOf ml:Actor }",
    ),
    (
        "foreign-terms-only-declared",
        terms.PREFIXES["skos"] + "Concept",
        "graph:ontology { ml:Claim owl:disjointWith skos:Concept }",
    ),
    (
        "foreign-terms-only-declared",
        terms.PREFIXES["skos"] + "Concept",
        "graph:ontology { [] a owl:AllDisjointClasses ; owl:members ( ml:Claim skos:Concept ) }",
    ),
    ("unknown-ml-term", f"{ID}place/x", "graph:report { <place/x> ml:comune <territory/y> }"),
    ("unknown-ml-term", f"{ID}place/x", "graph:report { <place/x> a ml:ThridPlace }"),
    (
        "unknown-ml-term",
        terms.PREFIXES["mls"] + "X",
        "graph:shapes { mls:X sh:targetClass ml:ThridPlace }",
    ),
    (
        "unknown-concept",
        f"{ID}item/x",
        "graph:report { <item/x> ml:use use:baar }",
    ),
    (
        "every-concept-in-scheme",
        f"{terms.VOCAB}use/new",
        "graph:vocab { use:new a skos:Concept ; skos:topConceptOf scheme:use }",
    ),
    (
        "every-concept-in-scheme",
        f"{terms.VOCAB}use/new",
        "graph:vocab { use:new a skos:Concept ; skos:inScheme scheme:use ; skos:broader unit:m2 }",
    ),
    (
        "every-concept-in-scheme",
        f"{terms.VOCAB}use/new",
        "graph:vocab { use:new a skos:Concept ; skos:inScheme scheme:use ; skos:broader use:new }",
    ),
    ("every-concept-labelled", f"{terms.VOCAB}use/new", "graph:vocab { use:new a skos:Concept }"),
    (
        "every-concept-defined",
        f"{terms.VOCAB}new",
        "graph:vocab { scheme:new a skos:ConceptScheme }",
    ),
    ("notation-equals-slug", f"{terms.VOCAB}use/new", "graph:vocab { use:new a skos:Concept }"),
    (
        "notation-equals-slug",
        f"{terms.VOCAB}use/new",
        'graph:vocab { use:new a skos:Concept ; skos:notation "new" , "NEW" }',
    ),
    (
        "one-label-per-language",
        f"{ID}place/x",
        'graph:report { <place/x> skos:prefLabel "Bliiida"@fr , "Bliida"@fr }',
    ),
    (
        "no-blank-nodes-in-data",
        f"{ID}place/x",
        "graph:report { <place/x> ml:area [] }",
    ),
    (
        "known-sh-terms-only",
        terms.PREFIXES["mls"] + "X",
        "graph:shapes { mls:X sh:dataType xsd:string }",
    ),
    (
        "known-sh-terms-only",
        terms.PREFIXES["mls"] + "X",
        "graph:shapes { mls:X a sh:PropertyShap }",
    ),
    (
        "no-property-called-is",
        f"{ML}isA",
        "graph:ontology { ml:isA a owl:ObjectProperty }",
    ),
    (
        "no-property-called-is",
        f"{ML}kin",
        'graph:ontology { ml:kin a owl:ObjectProperty ; rdfs:label "est un"@fr }',
    ),
    (
        "inverses-match",
        f"{ML}new",
        "graph:ontology { ml:new owl:inverseOf ml:nameOf ; rdfs:range ml:Place }",
    ),
    (
        "inverses-match",
        f"{ML}new",
        "graph:ontology { ml:new owl:inverseOf ml:mix ; rdfs:domain ml:FundingMix }",
    ),
    (
        "no-circle-of-terms",
        f"{ML}new",
        "graph:ontology { ml:new rdfs:subClassOf [ rdfs:subClassOf ml:new ] }",
    ),
    (
        "no-circle-of-terms",
        f"{ML}new",
        "graph:ontology { ml:new rdfs:subPropertyOf ml:new }",
    ),
    (
        "one-domain-one-range",
        f"{ML}amount",
        "graph:ontology { ml:amount rdfs:domain ml:FundingMix }",
    ),
    (
        "equivalent-properties-agree",
        f"{ML}amount",
        "graph:ontology { ml:amount owl:equivalentProperty ml:percent }",
    ),
    (
        "no-equivalent-classes",
        f"{ML}Impact",
        "graph:ontology { ml:Impact owl:equivalentClass skos:Concept }",
    ),
    (
        "no-circular-definition",
        f"{ML}Claim",
        """graph:ontology { ml:Claim owl:equivalentClass [ a owl:Restriction ;
            owl:onProperty ml:about ; owl:someValuesFrom ml:Claim ] }""",
    ),
    (
        "no-self-inverse",
        f"{ML}about",
        "graph:ontology { ml:about owl:inverseOf ml:about }",
    ),
    (
        "no-inverse-of-symmetric",
        f"{ML}about",
        "graph:ontology { ml:about a owl:SymmetricProperty . ml:new owl:inverseOf ml:about }",
    ),
    (
        "siblings-disjoint",
        f"{ML}Aaa",
        "graph:ontology { ml:Aaa a owl:Class }",
    ),
    (
        "siblings-disjoint",
        f"{ML}Atom",
        "graph:ontology { ml:Atom a owl:Class ; rdfs:subClassOf ml:Territory }",
    ),
    (
        "domain-and-range",
        f"{ML}new",
        "graph:ontology { ml:new a owl:ObjectProperty ; rdfs:range ml:Claim }",
    ),
    (
        "domain-and-range",
        f"{ML}amount",
        'graph:ontology { ml:amount ml:exempt "P11: it once had no range."@en }',
    ),
    (
        "no-property-twice",
        f"{ML}about",
        'graph:ontology { ml:topic a owl:ObjectProperty ; rdfs:label "About"@en }',
    ),
    (
        "no-class-twice",
        f"{ML}Impact",
        'graph:ontology { ml:Theme a owl:Class ; rdfs:label "impact"@en }',
    ),
    (
        "every-property-typed",
        terms.PREFIXES["dcterms"] + "subject",
        'graph:ontology { ml:Claim dcterms:subject "evidence"@en }',
    ),
    (
        "every-property-typed",
        f"{ML}new",
        "graph:ontology { ml:about rdfs:subPropertyOf ml:new }",
    ),
    (
        "known-vocabularies-only",
        "http://schema.org/Place",
        "graph:ontology { <http://schema.org/Place> a owl:Class }",
    ),
    (
        "one-ontology",
        f"{terms.BASE}other",
        f"graph:ontology {{ <{terms.BASE}other> a owl:Ontology }}",
    ),
    (
        "ontology-described",
        f"{terms.BASE}other",
        f'graph:ontology {{ <{terms.BASE}other> a owl:Ontology ; dcterms:title "Other"@en }}',
    ),
    *(
        ("ontology-address", f"{address}other", f"graph:ontology {{ <{address}other> {header} }}")
        for address, header in (
            ("https://example.org/", "a owl:Ontology"),
            (terms.BASE, 'a owl:Ontology ; owl:versionInfo "1" ; owl:versionIRI <v/1>'),
            (
                terms.BASE,
                f"""a owl:Ontology ; owl:versionInfo "1" ; owl:versionIRI <{terms.BASE}other/1> ;
                vann:preferredNamespaceUri "{terms.BASE}other/" """,
            ),
        )
    ),
]


@pytest.mark.parametrize(("rule", "focus", "planted"), PLANTED)
def test_a_planted_fault_is_found(vocabulary: Graph, rule: str, focus: str, planted: str) -> None:
    """Each hygiene rule objects to the fault that it is for, at its focus and nowhere else."""
    store = ox.Store()
    store.extend(vocabulary.quads())
    store.load(f"{GRAPHS}@base <{ID}> .\n{planted}".encode(), format=ox.RdfFormat.TRIG)
    rows = store.query(HYGIENE[rule].read_text(encoding="utf-8"), use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    assert {str(row["focus"]).strip("<>") for row in rows} == {focus}


def test_every_rule_can_fail() -> None:
    """There is a planted fault for every hygiene rule."""
    assert {rule for rule, _, _ in PLANTED} == set(HYGIENE)


def test_a_graph_without_ontology_is_found() -> None:
    """Where no ontology is declared, the rule objects to the graph that lacks it."""
    assert [focus for focus, _ in breaches(Graph(), "one-ontology")] == [terms.graph("ontology")]


def test_an_exemption_with_its_reason_is_respected(vocabulary: Graph) -> None:
    """A class that may share members with its siblings passes once it says so."""
    graph = Graph()
    graph.extend(vocabulary.quads())
    planted = 'graph:ontology { ml:Aaa a owl:Class ; ml:exempt "P10: of any kind."@en }'
    graph.extend(
        quad
        for quad in ox.parse(GRAPHS + planted, format=ox.RdfFormat.TRIG)
        if isinstance(quad, ox.Quad)
    )
    assert breaches(graph, "siblings-disjoint") == []


def test_an_exemption_names_the_rule_in_both_languages(vocabulary: Graph) -> None:
    """Each one begins with the code of a pitfall, in English and in French."""
    codes: dict[str, list[tuple[str, str]]] = {}
    for quad in vocabulary.having(f"{ML}exempt"):
        assert isinstance(quad.object, ox.Literal)
        code, language = re.match(r"P\d\d", quad.object.value), quad.object.language
        assert code is not None
        assert language is not None
        codes.setdefault(str(quad.subject), []).append((code[0], language))
    for said in codes.values():
        assert sorted(said) == sorted(
            (code, lang) for code, _ in said[::2] for lang in ("en", "fr")
        )


def test_every_listed_pitfall_is_decided() -> None:
    """Each pitfall and each test that we promise to pass is named by a rule, or told why not."""
    named = {
        code
        for file in HYGIENE.values()
        for line in re.findall(r"^# Decides: (.*)\.$", file.read_text("utf-8"), re.MULTILINE)
        for code in re.findall(r"\b[A-Z]+\d+(?:\.\d)?", line)
    }
    assert named | set(ELSEWHERE) == OOPS | FOOPS
    assert named & set(ELSEWHERE) == set()


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────


def infer(rule: str, *triples: ox.Triple) -> set[tuple[str, str, str]]:
    """Return what a rule concludes from some triples: (subject, predicate, object's text)."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    found = store.query(RULES[rule].read_text(encoding="utf-8"))
    assert isinstance(found, ox.QueryTriples)
    return {(str(t.subject), str(t.predicate), str(t.object)) for t in found}


def interval(value: str, property_: str = "date") -> tuple[str | None, str | None]:
    """Return the bounds that the interval rule gives to an EDTF date, without their datatype."""
    dated = ox.Triple(
        ox.NamedNode(f"{ID}event/x"),
        ox.NamedNode(ML + property_),
        ox.Literal(value, datatype=ox.NamedNode(EDTF)),
    )
    datatype = f"^^<{terms.PREFIXES['xsd']}dateTime>"
    bounds = {}
    for _, predicate, instant in infer("edtf-interval", dated):
        assert instant.endswith(datatype)
        bounds[predicate.strip("<>").removeprefix(ML)] = instant.removesuffix(datatype).strip('"')
    return bounds.get("earliest"), bounds.get("latest")


def midnight(day: str) -> str:
    """Return the first instant of a day, in UTC."""
    return f"{day}T00:00:00Z"


@pytest.mark.parametrize(
    ("value", "first", "after"),
    [
        ("2014", "2014-01-01", "2015-01-01"),
        ("2012-05", "2012-05-01", "2012-06-01"),
        ("2020-12", "2020-12-01", "2021-01-01"),
        ("2016-02", "2016-02-01", "2016-03-01"),
        ("2018-09-30", "2018-09-30", "2018-10-01"),
        ("2017~", "2017-01-01", "2018-01-01"),
        ("2017-03?", "2017-03-01", "2017-04-01"),
        ("2017%", "2017-01-01", "2018-01-01"),
        ("2017/2018", "2017-01-01", "2019-01-01"),
        ("2017-11~/2018-02-28", "2017-11-01", "2018-03-01"),
        ("0999", "0999-01-01", "1000-01-01"),
        ("9999", "9999-01-01", "10000-01-01"),
    ],
)
def test_an_edtf_date_covers_an_interval(value: str, first: str, after: str) -> None:
    """A date of level 0, qualified or not, covers the days it names, the last included."""
    assert interval(value) == (midnight(first), midnight(after))
    assert interval(value, "period") == (midnight(first), midnight(after))


@pytest.mark.parametrize(
    ("value", "first", "after"),
    [
        ("2016/..", "2016-01-01", None),
        ("../2016", None, "2017-01-01"),
        ("/2016-02", None, "2016-03-01"),
    ],
)
def test_an_open_side_has_no_bound(value: str, first: str | None, after: str | None) -> None:
    """Where an interval is open or unknown, nothing is invented."""
    assert interval(value) == (first and midnight(first), after and midnight(after))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "201X",
        "2016-21",
        "2016-00",
        "2015-02-29",
        "1900-02-29",
        "2016-04-31",
        "2016-1",
        "mars 2016",
    ],
)
def test_what_is_no_plain_date_has_no_interval(value: str) -> None:
    """Seasons, masked digits, impossible days and prose are left without bounds."""
    assert interval(value) == (None, None)


def test_a_start_and_an_end_give_one_bound_each() -> None:
    """The start of a state of things gives its first instant, the end the one after its last."""
    assert interval("2014", "startDate") == (midnight("2014-01-01"), None)
    assert interval("2019", "endDate") == (None, midnight("2020-01-01"))


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 30)))
def test_a_day_ends_where_the_next_begins(day: date) -> None:
    """The interval of any day of the calendar runs from its midnight to the next."""
    following = day + timedelta(days=1)
    assert interval(day.isoformat()) == (midnight(f"{day}"), midnight(f"{following}"))


def test_a_territory_with_coordinates_gets_a_point() -> None:
    """Longitude comes first, with the digits of the coordinates, on a geometry of its own."""
    triples = turtle("id:territory\\/pontivy ml:latitude 48.06835 ; ml:longitude -2.96645 .")
    geometry, geo = f"<{ID}geometry/pontivy>", terms.PREFIXES["geo"]
    assert infer("geometry", *triples) == {
        (f"<{ID}territory/pontivy>", f"<{geo}hasGeometry>", geometry),
        (geometry, f"<{terms.PREFIXES['rdf']}type>", f"<{geo}Geometry>"),
        (geometry, f"<{geo}asWKT>", f'"POINT(-2.96645 48.06835)"^^<{geo}wktLiteral>'),
    }


def test_a_territory_with_half_its_coordinates_gets_no_point() -> None:
    """A latitude alone makes no geometry."""
    assert infer("geometry", *turtle("id:territory\\/pontivy ml:latitude 48.06835 .")) == set()
