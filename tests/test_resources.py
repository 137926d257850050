"""The graph is read thing by thing, without what was only concluded."""

from __future__ import annotations

import pytest

import millelieux_graph as ml
from millelieux_graph import terms
from millelieux_graph.resources import Resources, of_kind

PLACE = f"{terms.ID}place/coboi"


@pytest.fixture(scope="module")
def inferred() -> Resources:
    """The packaged graph with its conclusions."""
    return Resources(ml.open(entailment="owl-rl").graph)


def test_conclusions_are_left_out(inferred: Resources, dataset: ml.Dataset) -> None:
    """What is said of a thing is the same before and after inference."""
    plain = Resources(dataset.graph)
    for iri in plain.things()[::50]:
        assert inferred.about(iri) == plain.about(iri)
        assert inferred.pointing_to(iri) == plain.pointing_to(iri)
        assert inferred.kinds(iri) == plain.kinds(iri)


def test_what_is_a_conclusion_itself_is_described(inferred: Resources) -> None:
    """The dumps name it, so it has an address too: the geometry of a commune."""
    found = [iri for iri in inferred.things() if "/geometry/" in iri]
    assert len(found) == 8
    assert all(inferred.about(iri) for iri in found)


def test_things_are_ours(inferred: Resources) -> None:
    """Below our base, without fragments; what is only mentioned, such as a licence, is not ours."""
    things = inferred.things()
    assert PLACE in things
    assert all(iri.startswith(terms.BASE) and "#" not in iri for iri in things)
    assert terms.BASE not in things


def test_what_points_to_a_thing_is_bounded(inferred: Resources) -> None:
    """So that a concept that everybody uses costs no more than another."""
    report = f"{terms.ID}source/mille-lieux-report"
    assert len(inferred.pointing_to(report, 100)) == 100
    assert len(inferred.pointing_to(report)) > 2000


def test_a_node_is_read_by_names(inferred: Resources) -> None:
    """Texts in the language asked for, values as Python has them, arrows both ways."""
    place = inferred.node(PLACE)
    assert place.label("fr") == "Coboi"
    assert place.text("dcterms:description", "en").startswith("Public social innovation")
    commune = place.one("ml:inCommune")
    assert commune is not None
    assert commune.slug == "sant-boi-de-llobregat"
    assert place in commune.back("ml:inCommune")
    assert str(commune.value("ml:latitude")) == "41.34357"
    assert place.one("ml:payer") is None
    assert place.value("ml:amount") is None
    assert of_kind(place.back("ml:place"), "ml:FundingMix")


def test_what_has_no_name_has_a_short_one(inferred: Resources) -> None:
    """A thing without a label is called by its CURIE."""
    assert inferred.label(f"{terms.ID}passage/2-13", "en") == "passage:2-13"
