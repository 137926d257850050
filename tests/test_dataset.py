"""The public handle: open, ask, hand over; and nothing loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import millelieux_graph as ml
from millelieux_graph import terms
from millelieux_graph.errors import NotConforming, UnknownName
from millelieux_graph.formats import by_name
from millelieux_graph.graph import store
from millelieux_graph.sources import rdf

HEAVY = {"pyoxigraph", "rdflib", "pyshacl", "owlrl", "SPARQLWrapper"}
HEAVY |= {"pandas", "polars", "pyarrow"}

PLACE = """
@base <https://w3id.org/millelieux/id/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ml: <https://w3id.org/millelieux/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<place/la-gare> a ml:ThirdPlace ;
    skos:prefLabel "La Gare"@fr , "La Gare"@en ;
    dcterms:identifier "la-gare" .
"""


def imported(script: str) -> set[str]:
    """Return which of the heavy libraries a process has after a script."""
    script += f"; import sys; print(*sys.modules.keys() & {HEAVY!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("script", "libraries"),
    [
        ("import millelieux_graph", set()),
        ("import millelieux_graph as ml; ml.MillelieuxError, ml.Finding, ml.__version__", set()),
        ("import millelieux_graph as ml; ml.open().query('impact-matrix')", {"pyoxigraph"}),
        ("import millelieux_graph as ml; ml.open().query('ASK {}', timeout=60)", {"pyoxigraph"}),
        ("import millelieux_graph as ml; ml.open().query('places').to_csv()", {"pyoxigraph"}),
        ("import millelieux_graph as ml; ml.open().query('places')._repr_html_()", {"pyoxigraph"}),
        ("import millelieux_graph as ml; ml.open().to_rdflib()", {"pyoxigraph", "rdflib"}),
    ],
)
def test_nothing_is_imported_before_it_is_needed(script: str, libraries: set[str]) -> None:
    """Importing the package loads no library, and asking loads the engine alone."""
    assert imported(script) == libraries


def test_every_public_name_is_there() -> None:
    """What the package promises can be had, from its room, and is documented."""
    assert sorted(ml.__all__) == sorted({*ml._HOMES, "__version__"})
    for name in ml._HOMES:
        assert getattr(ml, name).__doc__
        assert getattr(ml, name).__module__ == f"millelieux_graph.{ml._HOMES[name]}"


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    """Python's own sentence."""
    with pytest.raises(AttributeError, match="has no attribute 'opne'"):
        ml.opne  # noqa: B018  # the access is the test


def test_the_packaged_graph_answers(dataset: ml.Dataset) -> None:
    """A stored query by its name, with a parameter: eight cells for a place."""
    matrix = dataset.query("impact-matrix", place="espace-kenere")
    assert isinstance(matrix, ml.Table)
    assert matrix.columns == ("place", "impact", "verdict", "start", "end")
    assert len(matrix) == 8


def test_a_text_is_told_from_a_name(dataset: ml.Dataset) -> None:
    """One word is a stored query; anything else is SPARQL."""
    assert isinstance(dataset.query("SELECT * {}"), ml.Table)
    assert isinstance(dataset.query("ASK{}"), ml.Truth)
    assert isinstance(dataset.query("DESCRIBE <http://example.org/>"), ml.Triples)
    with pytest.raises(ml.MillelieuxError, match="Unknown stored query 'ASK'"):
        dataset.query("ASK")
    with pytest.raises(ml.MillelieuxError, match="the query ends too early"):
        dataset.query("")


def test_a_query_is_explained_by_text_or_name(dataset: ml.Dataset) -> None:
    """A stored query has no findings; a text has those of its mistakes, in its own places."""
    assert dataset.explain("impact-matrix", timeout=30) == []
    (finding,) = dataset.explain(
        "PREFIX ml: <https://w3id.org/millelieux/ontology#>\nASK { ?x a ml:ThirdPlce }"
    )
    assert (finding.rule, finding.where) == ("explain:unknown-term", "2:12")
    with pytest.raises(UnknownName, match="impact-matrix"):
        dataset.explain("impact-matrices")


def test_parameters_may_be_any_python_value(dataset: ml.Dataset) -> None:
    """None leaves a parameter open, as if it had not been named."""
    open, closed = dataset.query("impact-matrix", place=None), dataset.query("impact-matrix")
    assert isinstance(open, ml.Table)
    assert isinstance(closed, ml.Table)
    assert list(open) == list(closed)


def test_your_own_file_is_asked_like_ours(tmp_path: Path) -> None:
    """A place written by hand is found by the stored queries, beside the ontology alone."""
    path = tmp_path / "my-place.ttl"
    path.write_text(PLACE, encoding="utf-8")
    own = ml.open(path)
    places = own.query("places", lang="en")
    assert isinstance(places, ml.Table)
    assert [row[:2] for row in places] == [("la-gare", "La Gare")]
    assert set(own.graph.names()) == {terms.graph(n) for n in ("ontology", "vocab", "report")}


def test_several_paths_make_one_dataset(tmp_path: Path) -> None:
    """Files and folders are read together."""
    (tmp_path / "a").mkdir()
    for name in ("a/one.ttl", "two.ttl"):
        slug = Path(name).stem
        (tmp_path / name).write_text(PLACE.replace("la-gare", slug), encoding="utf-8")
    places = ml.open(tmp_path / "a", str(tmp_path / "two.ttl")).query("places")
    assert isinstance(places, ml.Table)
    assert [row[0] for row in places] == ["one", "two"]


def test_a_path_that_is_not_there_is_said() -> None:
    """The error is one of ours, and names the path."""
    with pytest.raises(ml.MillelieuxError, match=r"nowhere\.ttl"):
        ml.open("nowhere.ttl")


def test_a_dataset_shows_what_it_is(dataset: ml.Dataset) -> None:
    """In a notebook one sees how much there is."""
    assert repr(dataset) == f"<Dataset of {len(dataset)} quads in 8 named graphs>"
    assert len(dataset) == len(dataset.graph)


def test_rdflib_gets_everything(dataset: ml.Dataset) -> None:
    """As many triples in each named graph, and our prefixes."""
    handed = dataset.to_rdflib()
    theirs = Counter(str(g) for *_, g in handed.quads((None, None, None, None)))
    ours = Counter(getattr(quad.graph_name, "value", "") for quad in dataset.graph.quads())
    assert theirs == ours
    bound = {prefix: str(namespace) for prefix, namespace in handed.namespaces()}
    assert terms.PREFIXES.items() <= bound.items()


# Where a dataset comes from, and what follows from it.

CLAIMS = "PREFIX ml: <https://w3id.org/millelieux/ontology#> SELECT ?x { ?x a ml:Claim }"
CLASH = """
@prefix ml: <https://w3id.org/millelieux/ontology#> .
<https://example.org/muddle> a ml:Commune , ml:Department .
"""


def claims(dataset: ml.Dataset) -> int:
    """Return how many claims are known as such, which only follows from their classes."""
    found = dataset.query(CLAIMS)
    assert isinstance(found, ml.Table)
    return len(found)


def test_what_follows_is_a_choice() -> None:
    """Nothing follows unless it is asked for; then it does, by RDFS and by OWL 2 RL."""
    assert claims(ml.open()) == claims(ml.open(entailment="none")) == 0
    assert claims(ml.open(entailment="rdfs")) == claims(ml.open(entailment="owl-rl")) > 1000


def test_a_dump_is_as_it_was_shipped(tmp_path: Path) -> None:
    """What was inferred before is there by default, and can be left out."""
    dump = tmp_path / "dump.nq"
    inferred = ml.open(entailment="owl-rl").graph
    dump.write_bytes(rdf.write(inferred.quads(), by_name("nquads")))
    assert claims(ml.open(dump)) > 1000
    assert claims(ml.open(dump, entailment="none")) == 0


def test_nothing_follows_from_a_contradiction(tmp_path: Path) -> None:
    """Everything would; the things that clash are named instead."""
    own = tmp_path / "own.ttl"
    own.write_text(CLASH, encoding="utf-8")
    with pytest.raises(NotConforming, match=r"example\.org/muddle"):
        ml.open(own, entailment="owl-rl")


def test_an_unknown_regime_is_corrected() -> None:
    """A misspelt regime is no other one."""
    with pytest.raises(ml.MillelieuxError, match="Nearest: owl-rl"):
        ml.open(entailment="owlrl")  # type: ignore[arg-type]  # the mistake is the test


def test_a_store_is_opened_by_its_folder(tmp_path: Path, dataset: ml.Dataset) -> None:
    """The same answers from the disk; a store can be inferred into when it is made only."""
    dataset.graph.save(tmp_path / "plain.store")
    kept = ml.open(tmp_path / "plain.store")
    assert len(kept) == len(dataset)
    assert list(kept.query("places")) == list(dataset.query("places"))  # type: ignore[arg-type]
    with pytest.raises(ml.MillelieuxError, match="load --entailment"):
        ml.open(tmp_path / "plain.store", entailment="rdfs")


def test_a_store_is_never_written_over(tmp_path: Path, dataset: ml.Dataset) -> None:
    """What is there stays, whatever it is."""
    (tmp_path / "mine").mkdir()
    with pytest.raises(ml.MillelieuxError, match="name a new folder"):
        dataset.graph.save(tmp_path / "mine")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]


def test_a_broken_source_leaves_no_store(tmp_path: Path) -> None:
    """A store appears whole or not at all."""
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:b> 1 . <urn:c> <", encoding="utf-8")
    with pytest.raises(ml.MillelieuxError, match=r"a\.ttl:1"):
        store(rdf.discover([tmp_path / "a.ttl"]), tmp_path / "new.store")
    assert [path.name for path in tmp_path.iterdir()] == ["a.ttl"]


def test_an_address_is_a_server() -> None:
    """It is not asked before there is a question, and its graph cannot be handed over."""
    afar = ml.open("http://127.0.0.1:9/sparql")
    assert "http://127.0.0.1:9/sparql" in repr(afar)
    with pytest.raises(ml.MillelieuxError, match="asked where it is"):
        afar.to_rdflib()
    with pytest.raises(ml.MillelieuxError, match="cannot be reached"):
        afar.query("places")
