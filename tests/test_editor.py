"""What the query page loads: the stored queries in both languages, and the terms to complete."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from millelieux_graph import editor, queries, terms

if TYPE_CHECKING:
    import millelieux_graph as ml


@pytest.fixture(scope="module")
def files(dataset: ml.Dataset) -> dict[str, bytes]:
    """The files, by name."""
    return dict(editor.files(dataset.graph))


def test_every_stored_query_is_listed(files: dict[str, bytes], dataset: ml.Dataset) -> None:
    """Each has its question in both languages, and a text in each that runs as it is."""
    listed = json.loads(files["query/index.json"])
    assert [entry["name"] for entry in listed] == [query.name for query in queries.catalogue()]
    for entry in listed:
        assert entry["question"].keys() == {"fr", "en"}, entry["name"]
        assert entry["sparql"]["fr"] == queries.find(entry["name"]).sparql


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_text_in_a_language_answers_as_the_query_does(
    files: dict[str, bytes], dataset: ml.Dataset, lang: str
) -> None:
    """Whoever runs the text has the labels of that language, as Python gives them."""
    for entry in json.loads(files["query/index.json"])[::10]:
        answer = dataset.query(entry["sparql"][lang])
        assert answer.write("csv") == dataset.query(entry["name"], lang=lang).write("csv")


def test_terms_have_their_labels(files: dict[str, bytes]) -> None:
    """Classes, properties and concepts of ours are there in both languages; so is what data use."""
    told = json.loads(files["assets/terms.json"])
    found = {(entry["kind"], terms.curie(entry["iri"])): entry for entry in told["terms"]}
    place = found["class", "ml:ThirdPlace"]
    assert (place["fr"], place["en"]) == ("tiers-lieu", "third place")
    assert found["property", "skos:prefLabel"]
    assert found["concept", "verdict:not-observed"]["fr"]
    ours = [e for e in told["terms"] if e["iri"].startswith(terms.BASE) and "fr" in e and "en" in e]
    assert len(ours) > 400
    assert told["prefixes"] == terms.PREFIXES
    assert told["base"] == terms.BASE


def test_files_are_the_same_each_time(files: dict[str, bytes], dataset: ml.Dataset) -> None:
    """The same graph gives the same bytes."""
    assert dict(editor.files(dataset.graph)) == files
