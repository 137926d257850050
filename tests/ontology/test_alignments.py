"""Alignments: each maps a term of ours to one that exists elsewhere, says why, and can go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, URIRef

from millelieux_graph import terms
from millelieux_graph.sources.shipped import shipped

ROOM = shipped("ontology")
FILES = {file.stem: file for file in sorted((ROOM / "alignments").glob("*.ttl"))}
NAMES = Path(__file__).with_name("terms")
MAPPINGS = {RDFS.subClassOf, SKOS.closeMatch, RDFS.seeAlso}
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}
PARTS = (OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget)


def read(file: Path) -> rdflib.Graph:
    """Return the triples of a Turtle file."""
    return rdflib.Graph().parse(file, format="turtle")


@pytest.fixture(params=FILES)
def name(request: pytest.FixtureRequest) -> str:
    """The prefix of a vocabulary that ours is aligned to."""
    return str(request.param)


@pytest.fixture
def alignment(name: str) -> rdflib.Graph:
    """The mappings to that vocabulary."""
    return read(FILES[name])


def mappings(graph: rdflib.Graph) -> Iterator[tuple[rdflib.Node, rdflib.Node, rdflib.Node]]:
    """Yield the triples that are neither a declaration nor the annotation of an axiom."""
    for s, p, o in graph:
        if isinstance(s, URIRef) and p != RDF.type:
            yield s, p, o


def test_every_alignment_names_only_terms_that_exist(name: str, alignment: rdflib.Graph) -> None:
    """The vocabulary, in the version that its list of names tells, defines each foreign term."""
    head, *names = (NAMES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    namespace = terms.PREFIXES[name]
    assert f"<{namespace}>" in head
    assert names == sorted(set(names))
    used = {str(o) for _, _, o in mappings(alignment)}
    assert used <= {namespace + each for each in names}


def test_every_list_of_names_serves_an_alignment() -> None:
    """There is one list of names for each alignment, and none besides."""
    assert {file.stem for file in NAMES.glob("*.txt")} == set(FILES)


def test_mappings_start_from_terms_of_ours(alignment: rdflib.Graph) -> None:
    """The subject is a term or a concept that we define: no axiom is about a foreign term."""
    ours = read(ROOM / "millelieux.ttl")
    for file in (ROOM / "vocab").glob("*.ttl"):
        ours.parse(file, format="turtle")
    for s, p, _ in mappings(alignment):
        assert p in MAPPINGS
        assert (s, RDF.type, None) in ours


def test_foreign_terms_are_declared_and_nothing_else(alignment: rdflib.Graph) -> None:
    """Each foreign term has one kind, and each one declared is used."""
    declared = [(s, o) for s, o in alignment.subject_objects(RDF.type) if isinstance(s, URIRef)]
    assert {kind for _, kind in declared} <= KINDS
    used = {str(o) for _, _, o in mappings(alignment)}
    assert sorted(str(s) for s, _ in declared) == sorted(used)


def test_every_mapping_says_why(alignment: rdflib.Graph) -> None:
    """An annotation of its axiom gives the reason in French and in English."""
    reasons = {
        tuple(alignment.value(axiom, part) for part in PARTS): {
            getattr(why, "language", None) for why in alignment.objects(axiom, RDFS.comment)
        }
        for axiom in alignment.subjects(RDF.type, OWL.Axiom)
    }
    assert reasons == {mapping: {"fr", "en"} for mapping in mappings(alignment)}


def test_an_impact_is_no_outcome() -> None:
    """Impacts are editorial themes: they lead to themes of CIDS, never to its measured outcomes."""
    impact, cids = URIRef(f"{terms.ML}Impact"), terms.PREFIXES["cids"]
    graph = read(FILES["cids"])
    assert list(graph.objects(impact)) == [URIRef(f"{cids}Theme")]
    assert URIRef(f"{cids}Outcome") not in graph.all_nodes()


def test_alignments_can_be_removed_without_loss(name: str) -> None:
    """Nothing that we ship names a term of the other vocabulary, except its own alignment.

    The rule that lists the vocabularies we know names the namespace alone.
    """
    namespace = terms.PREFIXES[name]
    rooms = (ROOM, shipped("data"), shipped("queries"))
    files = [f for room in rooms for f in room.rglob("*.*") if f.suffix in {".ttl", ".rq"}]
    users = {f.name for f in files if namespace in f.read_text(encoding="utf-8")}
    assert users == {FILES[name].name, "known-vocabularies-only.rq"}
