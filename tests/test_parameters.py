"""Parameters: a thing is found by whatever it is called, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import millelieux_graph as ml
from millelieux_graph import parameters, queries, terms
from millelieux_graph.errors import UnknownName, UsageError
from millelieux_graph.parameters import Param

PLACES = ("bliiida", "c-mine", "coboi", "in-ess", "la-quincaillerie", "terralab")

FORMS = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX ml: <https://w3id.org/millelieux/ontology#>
SELECT DISTINCT ?slug ?form
WHERE { ?name ml:nameOf ?place ; ml:form ?form . ?place a ml:ThirdPlace ; dcterms:identifier ?slug }
"""


def code(dataset: ml.Dataset, type: str, value: str) -> str:
    """Return the code that a value is bound as."""
    bound = parameters.bind(
        dataset.source, "WHERE {\n?it\n}\n", {"it": Param(type, {})}, {"it": value}
    )
    return bound.splitlines()[-2].strip('"')


@pytest.mark.parametrize("slug", PLACES)
def test_a_thing_is_found_by_code_iri_and_curie(dataset: ml.Dataset, slug: str) -> None:
    """All three mean the same thing."""
    for value in (slug, f"{terms.ID}place/{slug}", f"place:{slug}"):
        assert code(dataset, "ml:ThirdPlace", value) == slug


def test_a_place_is_found_by_every_spelling_that_is_attested(dataset: ml.Dataset) -> None:
    """Official, former and misspelt names, in any case, lead to the place that bears them."""
    forms = dataset.query(FORMS)
    assert isinstance(forms, ml.Table)
    assert len(forms) > 20
    for slug, form in forms:
        for spelt in (str(form), str(form).upper(), f" {str(form).lower()} "):
            assert code(dataset, "ml:ThirdPlace", spelt) == slug


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        ("ml:Commune", "Guéret", "gueret"),
        ("ml:Commune", "GUERET", "gueret"),
        ("ml:Impact", "impact:local-pride", "local-pride"),
        ("vocab:stance", "supports", "supports"),
        ("vocab:stance", "stance:limits", "limits"),
        ("vocab:sector", "public", "public"),
    ],
)
def test_accents_and_labels_are_understood(
    dataset: ml.Dataset, type: str, value: str, expected: str
) -> None:
    """Territories, impacts and concepts are found as people write them."""
    assert code(dataset, type, value) == expected


@pytest.mark.parametrize(
    "value", ["impact:local-pride", f"{terms.ID}impact/local-pride", "local-pride", "Metz", ""]
)
def test_a_thing_of_another_kind_is_not_found(dataset: ml.Dataset, value: str) -> None:
    """An impact is no place, however it is named; neither is nothing."""
    with pytest.raises(UnknownName, match="value of parameter it"):
        code(dataset, "ml:ThirdPlace", value)


def test_a_near_name_is_answered_with_its_code(dataset: ml.Dataset) -> None:
    """Whoever misspells a name gets the code that works."""
    with pytest.raises(UnknownName, match=r"Nearest: .*\bcoboi\b"):
        code(dataset, "ml:ThirdPlace", "Coboy")


def test_a_name_of_several_things_is_asked_back(tmp_path: Path) -> None:
    """Two places of one name cannot be told apart by it."""
    own = tmp_path / "twins.ttl"
    own.write_text(
        """
        @base <https://example.org/> .
        @prefix dcterms: <http://purl.org/dc/terms/> .
        @prefix ml: <https://w3id.org/millelieux/ontology#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <a> a ml:ThirdPlace ; dcterms:identifier "la-gare-a" ; skos:prefLabel "La Gare"@fr .
        <b> a ml:ThirdPlace ; dcterms:identifier "la-gare-b" ; skos:prefLabel "la gare"@fr .
        """,
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match="several values of it: la-gare-a, la-gare-b"):
        code(ml.open(own), "ml:ThirdPlace", "La Gare")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_choice_is_a_value(dataset: ml.Dataset, lang: str) -> None:
    """What a parameter is said to take, it takes; each choice has a label."""
    types = {p.type for q in queries.catalogue() for p in q.params.values()}
    for kind in sorted(types - {"lang", "edtf", "xsd:integer"}):
        known = parameters.choices(dataset.source, kind, lang)
        assert known, kind
        for choice in known[:3]:
            assert code(dataset, kind, choice.code) == choice.code


def test_numbers_and_dates_have_no_list(dataset: ml.Dataset) -> None:
    """They are free."""
    assert parameters.choices(dataset.source, "edtf") == []
    assert parameters.choices(dataset.source, "xsd:integer") == []
    assert [c.code for c in parameters.choices(dataset.source, "lang")] == ["en", "fr"]
