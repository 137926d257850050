"""The JSON-LD context, and compact documents: short to read, and the same graph to everybody."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings, strategies as st

import millelieux_graph as ml
from millelieux_graph import terms
from millelieux_graph.contexts import ADDRESS, Context
from millelieux_graph.errors import CannotRun
from millelieux_graph.graph import packaged
from millelieux_graph.sources import rdf

GRAPH = packaged()
CONTEXT = Context([*GRAPH.quads("ontology"), *GRAPH.quads("vocab")])
NAMES: dict[str, Any] = json.loads(CONTEXT.document())["@context"]
IMPACT = f"{terms.ID}impact/local-pride"
PLACE = f"{terms.ID}place/bliiida"


DECLARED = f"""
PREFIX owl: <{terms.PREFIXES["owl"]}>
SELECT ?term ?kind
WHERE {{
    ?term a ?kind
    FILTER (STRSTARTS(STR(?term), "{terms.ML}"))
    FILTER (?kind IN (owl:Class, owl:ObjectProperty, owl:DatatypeProperty))
}}
"""


def offline(document: bytes) -> bytes:
    """Return a document with the context in the place of its address: no test asks the network."""
    told = json.loads(document)
    given_to = told["@context"] if isinstance(told["@context"], list) else [told["@context"]]
    assert given_to[0] == ADDRESS
    return json.dumps({**told, "@context": [NAMES, *given_to[1:]]}).encode()


def read(document: bytes) -> list[ox.Quad]:
    """Return the triples of a document as the engine reads them."""
    return list(ox.parse(offline(document), ox.RdfFormat.JSON_LD))


def canonical(quads: list[ox.Quad]) -> set[ox.Quad]:
    """Return triples with canonical names of blank nodes."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def as_quads(triples: list[ox.Triple]) -> list[ox.Quad]:
    """Return triples as quads of the default graph."""
    return [ox.Quad(t.subject, t.predicate, t.object) for t in triples]


def test_every_prefix_is_in_the_context() -> None:
    """Names shortened as everywhere in the project are understood."""
    assert terms.PREFIXES.items() <= NAMES.items()


def test_every_term_of_the_vocabulary_is_in_the_context(dataset: ml.Dataset) -> None:
    """Each class and property has a name, which leads to it; properties of things say so."""
    found = dataset.query(DECLARED)
    assert isinstance(found, ml.Table)
    told = [v if isinstance(v, dict) else {"@id": v} for v in NAMES.values() if v != 1.1]
    defined = {terms.expand(v["@id"]): v for v in told if not v["@id"].startswith("@")}
    assert len(list(found)) > 100
    for term, kind in found:
        assert str(term) in defined
        if str(kind).endswith("ObjectProperty"):
            assert defined[str(term)]["@type"] == "@id"


@pytest.mark.parametrize(
    ("name", "definition"),
    [
        ("prefLabel", {"@id": "skos:prefLabel", "@container": "@language"}),
        ("paraphrase", {"@id": "ml:paraphrase", "@container": "@language"}),
        ("evidence", {"@id": "ml:evidence", "@type": "@id"}),
        ("ml:place", {"@id": f"{terms.ML}place", "@type": "@id"}),  # `place` is a prefix
        ("codePoints", {"@id": "ml:codePoints", "@type": "xsd:integer"}),
        ("date", {"@id": "ml:date", "@type": "edtf:EDTF"}),
        ("sha256", "ml:sha256"),
        ("ThirdPlace", "ml:ThirdPlace"),
        ("id", "@id"),
    ],
)
def test_a_name_says_what_its_values_are(name: str, definition: object) -> None:
    """References, languages and datatypes come from the ontology."""
    assert NAMES[name] == definition


def test_a_document_is_read_at_a_glance(dataset: ml.Dataset) -> None:
    """A thing's own names, languages as keys, numbers as numbers; the thing comes first."""
    triples = [quad.triple for quad in dataset.graph.about(PLACE)]
    label = rdf.node("skos:prefLabel")
    other = next(q for q in dataset.graph.about(IMPACT) if q.predicate == label)
    told = json.loads(CONTEXT.compact([other.triple, *triples], PLACE))
    assert told["@context"] == ADDRESS
    place = told["@graph"][0]
    assert place["id"] == "place:bliiida"
    assert place["type"] == "ThirdPlace"
    assert place["prefLabel"]["fr"]
    assert place["identifier"] == "bliiida"
    assert told["@graph"][1]["id"] == "impact:local-pride"


def test_what_is_led_to_once_stands_inside() -> None:
    """A passage that only one claim cites is told there, lists of RDF are lists."""
    turtle = """
    PREFIX ml: <https://w3id.org/millelieux/ontology#> PREFIX oa: <http://www.w3.org/ns/oa#>
    PREFIX place: <https://w3id.org/millelieux/id/place/>
    PREFIX passage: <https://w3id.org/millelieux/id/passage/>
    place:a ml:evidence passage:1-2, passage:3-4 ; ml:about ("x" 2 place:b) .
    passage:1-2 oa:start 1 ; oa:end 2 .
    place:b ml:evidence passage:3-4 . passage:3-4 oa:start 3 .
    """
    triples = [q.triple for q in ox.parse(turtle, ox.RdfFormat.TURTLE)]
    told = json.loads(CONTEXT.compact(triples, f"{terms.ID}place/a"))
    first = told["@graph"][0]
    assert first["evidence"] == [{"id": "passage:1-2", "start": 1, "end": 2}, "passage:3-4"]
    assert first["about"]["@list"][:2] == [{"@value": "x"}, {"@value": 2}]
    assert canonical(read(json.dumps(told).encode())) == canonical(as_quads(triples))


@pytest.mark.parametrize("name", ["ontology", "vocab", "report", "catalog"])
def test_two_libraries_read_a_whole_graph(name: str, as_written: None) -> None:
    """Everything that the project says can be said in a compact document."""
    triples = [quad.triple for quad in GRAPH.quads(name)]
    document = CONTEXT.compact(triples, terms.DATASET)
    expected = canonical(as_quads(triples))
    assert canonical(read(document)) == expected
    if name != "report":  # whose size is no other case
        lines = (
            rdflib.Graph().parse(data=offline(document), format="json-ld").serialize(format="nt")
        )
        assert canonical(list(ox.parse(lines, ox.RdfFormat.N_TRIPLES))) == expected


@pytest.fixture
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rdflib keep literals as they are written, as it does not by default."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    monkeypatch.setattr(rdflib.term, "NORMALIZE_LITERALS", False, raising=False)


# Hostile content.

_IRIS = st.sampled_from(
    [
        *map(terms.expand, ("place:a", "ml:place", "ml:evidence", "skos:prefLabel", "ml:date")),
        *map(terms.expand, ("rdf:first", "rdf:rest", "rdf:nil", "rdf:type", "ml:ThirdPlace")),
        *map(terms.expand, ("ml:codePoints", "ml:closed", "dcterms:date", "skos:notation")),
        *("place:a", "ml:x", "id:1", "type:2", "date:2020", "prefLabel:x", "evidence:y", "urn:z"),
        *("http://example.org/a b", "http://example.org/<>", f"{terms.ID}place/", f"{terms.ML}é"),
    ]
).map(lambda iri: ox.NamedNode(iri.replace(" ", "%20").replace("<>", "")))
_BLANKS = st.sampled_from("stu").map(ox.BlankNode)
_WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.sampled_from(
        ["1", "-0", "007", "9007199254740993", "true", "1.50", "@id", "</script>", "1\n"]
    ),
)
_LITERALS = st.one_of(
    st.builds(ox.Literal, _WORDS),
    st.builds(
        lambda text, lang: ox.Literal(text, language=lang), _WORDS, st.sampled_from(["fr", "en-gb"])
    ),
    st.builds(
        lambda text, name: ox.Literal(text, datatype=rdf.node(name)),
        _WORDS,
        st.sampled_from(
            ["xsd:integer", "xsd:boolean", "xsd:decimal", "edtf:EDTF", "xsd:double", "ml:x"]
        ),
    ),
    st.builds(lambda text: ox.Literal(text, language="he", direction=ox.BaseDirection.RTL), _WORDS),
)
_TRIPLES = st.builds(ox.Triple, _IRIS | _BLANKS, _IRIS, st.one_of(_IRIS, _BLANKS, _LITERALS))


def directed(triples: list[ox.Triple]) -> bool:
    """Say whether a text has a direction, which the engine reads from no JSON-LD."""
    return any(isinstance(t.object, ox.Literal) and t.object.direction for t in triples)


@settings(max_examples=400)
@given(st.lists(_TRIPLES, max_size=10))
def test_what_is_written_reads_back(triples: list[ox.Triple]) -> None:
    """Whatever the values are, and whatever IRIs look like: the same triples, valid in JSON."""
    document = CONTEXT.compact(triples, f"{terms.ID}place/a")
    if not directed(triples):
        assert canonical(read(document)) == canonical(as_quads(triples))


@settings(max_examples=200)
@given(st.lists(_TRIPLES, max_size=10))
def test_order_of_nodes_is_the_order_of_triples(triples: list[ox.Triple]) -> None:
    """The same triples in the same order are the same bytes."""
    first, second = (Context(GRAPH.quads("ontology")).compact(triples, PLACE) for _ in "ab")
    assert first == second


def test_a_chain_without_end_in_sight_is_no_recursion() -> None:
    """Ten thousand nodes, each leading to the next, are told flat at some depth."""
    nodes = [ox.BlankNode(str(n)) for n in range(10_000)]
    triples = [ox.Triple(a, rdf.node("ml:about"), b) for a, b in pairwise(nodes)]
    assert len(read(CONTEXT.compact(triples, PLACE))) == len(triples)


def test_a_triple_as_an_object_is_refused() -> None:
    """JSON-LD 1.1 has no word for it, so nothing is written in its place."""
    node = rdf.node("place:bliiida")
    inner = ox.Triple(node, rdf.node("skos:note"), ox.Literal("x"))
    with pytest.raises(CannotRun, match="choose turtle or ntriples"):
        CONTEXT.compact([ox.Triple(node, node, inner)], PLACE)


_SUBJECTS = st.sampled_from([PLACE, IMPACT]).map(ox.NamedNode) | _BLANKS
_PROPERTIES = st.sampled_from(
    "ml:form skos:prefLabel ml:date ml:codePoints ml:closed skos:notation ml:evidence".split()
).map(rdf.node)


@settings(max_examples=200)
@given(st.lists(st.builds(ox.Triple, _SUBJECTS, _PROPERTIES, _SUBJECTS | _LITERALS), max_size=8))
def test_rdflib_reads_the_same(triples: list[ox.Triple]) -> None:
    """A second library understands names, languages and datatypes of hostile texts as we do."""
    told = [t for t in triples if not directed([t])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        patch.setattr(rdflib.term, "NORMALIZE_LITERALS", False, raising=False)
        graph = rdflib.Graph()
        graph.parse(data=offline(CONTEXT.compact(told, PLACE)), format="json-ld")
        lines = graph.serialize(format="nt")
    assert canonical(list(ox.parse(lines, ox.RdfFormat.N_TRIPLES))) == canonical(as_quads(told))
