"""A description is bounded, says what it leaves out, and where it belongs."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

import millelieux_graph as ml
from millelieux_graph import documents, terms
from millelieux_graph.resources import MOST, Resources
from millelieux_graph.sources import rdf


@pytest.fixture(scope="module")
def resources(dataset: ml.Dataset) -> Resources:
    """The packaged graph, thing by thing."""
    return Resources(dataset.graph)


def test_neighbours_have_their_names(resources: Resources) -> None:
    """Whatever a thing leads to, or is led to from, is called by its label in both languages."""
    iri = f"{terms.ID}event/terralab-future-programme"
    told = documents.describe(resources, iri)
    assert told[0].subject == ox.NamedNode(iri)
    label = rdf.node("rdfs:label")
    names = {(str(t.subject), str(t.object)) for t in told if t.predicate == label}
    place = f"<{terms.ID}place/terralab>"
    assert {(place, '"TerraLab"@fr'), (place, '"TerraLab"@en')} <= names


def test_a_description_says_what_it_is_part_of(resources: Resources) -> None:
    """The document is about the thing, and in the dataset."""
    iri = f"{terms.ID}place/coboi"
    told = documents.describe(resources, iri)
    document = ox.NamedNode(f"{iri}.html")
    assert rdf.said(document, "foaf:primaryTopic", ox.NamedNode(iri)) in told
    assert rdf.said(document, "void:inDataset", ox.NamedNode(terms.DATASET)) in told


def test_a_cut_is_told(resources: Resources) -> None:
    """A thing that thousands of statements point to says that not all of them are there."""
    comment = rdf.node("rdfs:comment")
    report = documents.describe(resources, f"{terms.ID}source/mille-lieux-report")
    assert any(str(MOST) in str(t.object) for t in report if t.predicate == comment)
    place = documents.describe(resources, f"{terms.ID}place/coboi")
    assert not any(t.predicate == comment for t in place)
