"""Labels: what an answer shows beside an IRI is what the graph calls it, in the language asked."""

from __future__ import annotations

import pytest

import millelieux_graph as ml
from millelieux_graph import terms
from millelieux_graph.labels import Labels

PLACES = """
PREFIX ml: <https://w3id.org/millelieux/ontology#>
SELECT ?place ?form { ?place a ml:ThirdPlace ; ml:legalForm ?form } ORDER BY ?place ?form
"""


@pytest.mark.parametrize(("lang", "label"), [("fr", "association"), ("en", "association")])
def test_a_table_shows_labels_beside_iris(dataset: ml.Dataset, lang: str, label: str) -> None:
    """A short name and a label, where the data itself has an IRI."""
    answer = dataset.query(PLACES, lang=lang)
    assert isinstance(answer, ml.Table)
    assert "place:in-ess (IN’ESS)" in answer.to_text(200) or "place:in-ess (IN'ESS)" in (
        answer.to_text(200)
    )
    assert f"legalForm:association ({label})" in answer.to_text(200)
    assert f"{terms.ID}place/in-ess" in answer.to_csv()


def test_a_language_is_preferred_and_never_required(dataset: ml.Dataset) -> None:
    """French and English labels differ, and what has only one of them shows that."""
    iri = f"{terms.VOCAB}stance/supports"
    found = {lang: Labels(dataset.source, lang).of_iris([iri])[iri] for lang in ("fr", "en", "de")}
    assert found["fr"] != found["en"]
    assert found["de"] in (found["fr"], found["en"])


def test_codes_are_labelled_by_their_column(dataset: ml.Dataset) -> None:
    """The column of a parameter tells what its codes are; other codes are looked up anywhere."""
    matrix = dataset.query("impact-matrix", lang="en")
    assert isinstance(matrix, ml.Table)
    assert matrix.labels is not None
    assert matrix.labels.of_codes("verdict", ["yes", "no"]).keys() == {"yes", "no"}
    assert matrix.labels.of_codes("verdict", ["bliiida"]) == {}
    assert matrix.labels.of_codes("elsewhere", ["bliiida"]) == {"bliiida": "Bliiida"}


def test_many_things_are_looked_up_in_several_questions(dataset: ml.Dataset) -> None:
    """However many IRIs an answer holds, each has its label."""
    answer = dataset.query(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        "SELECT DISTINCT ?x { ?x skos:prefLabel ?l } LIMIT 1500"
    )
    assert isinstance(answer, ml.Table)
    iris = [str(iri) for (iri,) in answer]
    assert len(iris) > 800
    assert Labels(dataset.source).of_iris(iris).keys() == set(iris)
