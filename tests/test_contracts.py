"""The stored queries that tools rely on: their columns, their rows, their parameters.

What they return is public API.  What is asked of every stored query, these among them, is in
``test_catalogue.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stored import CONTRACTS, HEADERS, Row, are_words, ask

if TYPE_CHECKING:
    import millelieux_graph as ml

pytest_plugins = ["graphs"]

POSITION = ("start", "end")
COMPUTED = {"impact-disagreements"}  # no passage says it, so no row has a position
COLUMNS = {
    "places": "place name commune country locationType area areaUnit legalForm latitude longitude",
    "name-variants": "entity name variant kind",
    "programme": "place use label",
    "funding-shares": "place phase sector percent",
    "funding-flows": "payer payee place amount currency percent kind phase period status",
    "figures": "subject about label value low high unit qualifier period statedSource",
    "staff-roles": "place role headcount",
    "people": "person name role organisation place",
    "organisations": "organisation name kind place relation",
    "relations": "subject relation object date status",
    "timeline": "place date label basis status",
    "impacts": "impact title polarity",
    "impact-matrix": "place impact verdict",
    "impact-listings": "place impact page",
    "impact-disagreements": "place impact verdict onPlacePage onImpactPage kind",
    "impact-axes": "impact axis title place stance",
    "findings": "impact axis place label stance",
    "enabling-conditions": "impact condition label scale",
    "testimonies": "testimony speaker role place impact paraphrase sha256",
    "territory-context": "territory indicator value unit period statedSource",
    "discrepancies": "discrepancy kind label otherStart otherEnd",
}
# Of a parameter that is no column: the columns that show its value in a row that must be kept.
SHOWN = {
    ("figures", "place"): {"about"},
    ("name-variants", "place"): {"entity"},
    ("relations", "actor"): {"subject", "object"},
    ("relations", "place"): {"subject", "object"},
}


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns that the contract of a query promises."""
    return (*COLUMNS[name].split(), *(() if name in COMPUTED else POSITION))


def parameters() -> list[tuple[str, str]]:
    """Return every pair of a query and its parameter that is no column, but ``lang``."""
    return [
        (name, parameter)
        for name in CONTRACTS
        for parameter in HEADERS[name].get("param", {})
        if parameter != "lang" and parameter not in columns_of(name)
    ]


def test_every_contract_has_its_file() -> None:
    """The stored queries of level contract are the promised ones, no more and no fewer."""
    assert sorted(CONTRACTS) == sorted(COLUMNS)


@pytest.mark.parametrize("name", CONTRACTS)
def test_columns(dataset: ml.Dataset, name: str) -> None:
    """A query returns the promised columns in the promised order, and its header explains each."""
    assert ask(dataset, name).columns == columns_of(name)
    assert tuple(HEADERS[name]["columns"]) == columns_of(name)


@pytest.mark.parametrize("name", sorted(set(CONTRACTS) - COMPUTED))
def test_every_row_has_a_position(answers: dict[str, list[Row]], name: str) -> None:
    """Each row of a claim leads to a passage that is not empty."""
    assert answers[name]
    assert all(0 <= row[-2] < row[-1] for row in answers[name])


@pytest.mark.parametrize(("name", "parameter"), parameters())
def test_a_parameter_that_is_no_column_keeps_some_rows(
    dataset: ml.Dataset, answers: dict[str, list[Row]], name: str, parameter: str
) -> None:
    """It keeps, in their order, all rows that show its value, and drops others."""
    columns = SHOWN.get((name, parameter), set())
    shown = [i for i, column in enumerate(columns_of(name)) if column in columns]
    for value in {row[0] for row in answers["people" if parameter == "actor" else "places"]}:
        kept = list(ask(dataset, name, **{parameter: value}))
        assert kept == [row for row in answers[name] if row in set(kept)]
        assert {row for row in answers[name] if value in {row[i] for i in shown}} <= set(kept)
        assert len(kept) < len(answers[name])


@pytest.mark.parametrize("name", [n for n in CONTRACTS if "lang" in HEADERS[n].get("param", {})])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_words_are_missing(dataset: ml.Dataset, name: str, lang: str) -> None:
    """What is in words is so in both languages."""
    words = [i for i, column in enumerate(columns_of(name)) if are_words(column)]
    assert all(row[i] for row in ask(dataset, name, lang=lang) for i in words)
