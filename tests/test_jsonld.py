"""JSON-LD: compact, complete, and the same graph to whoever reads it."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given, strategies as st

from millelieux_graph import jsonld, terms
from millelieux_graph.errors import CannotRun
from millelieux_graph.sources import rdf

IRI = st.sampled_from(["place:bliiida", "ml:ThirdPlace", "skos:note", "xsd:date"]).map(rdf.node)
ODD_IRI = st.sampled_from(["skos:a/b", "urn:x:y", "place:", "http://a/?b#c"]).map(ox.NamedNode)
BLANK = st.sampled_from("ab").map(ox.BlankNode)
TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
LITERAL = st.one_of(
    TEXT.map(ox.Literal),
    st.builds(lambda text: ox.Literal(text, language="fr"), TEXT),
    st.builds(lambda text, datatype: ox.Literal(text, datatype=datatype), TEXT, IRI | ODD_IRI),
)
TRIPLE = st.builds(ox.Triple, IRI | ODD_IRI | BLANK, IRI | ODD_IRI, IRI | ODD_IRI | BLANK | LITERAL)


def read(document: bytes) -> set[ox.Triple]:
    """Return the triples of a JSON-LD document as the engine reads it."""
    return {quad.triple for quad in ox.parse(document, ox.RdfFormat.JSON_LD)}


@given(st.lists(TRIPLE, max_size=6))
def test_what_is_written_reads_back(triples: list[ox.Triple]) -> None:
    """Names that look short, datatypes and languages come back as they were."""
    assert read(jsonld.write(triples, rdf.used_prefixes(triples))) == set(triples)


def test_the_direction_of_a_text_is_kept() -> None:
    """A text with a base direction (RDF 1.2) has it in JSON-LD 1.1 too."""
    text = ox.Literal("שלום", language="he", direction=ox.BaseDirection("rtl"))
    triple = ox.Triple(rdf.node("place:bliiida"), rdf.node("skos:note"), text)
    (thing,) = json.loads(jsonld.write([triple], terms.PREFIXES))["@graph"]
    told = {"@language": "he", "@direction": "rtl", "@value": "שלום"}
    assert thing == {"@id": "place:bliiida", "skos:note": told}


def test_a_triple_as_an_object_is_refused() -> None:
    """JSON-LD 1.1 has no word for it, so nothing is written in its place."""
    node = rdf.node("place:bliiida")
    inner = ox.Triple(node, rdf.node("skos:note"), ox.Literal("x"))
    with pytest.raises(CannotRun, match="choose turtle or ntriples"):
        jsonld.write([ox.Triple(node, node, inner)], {})
