"""What came before a release: nothing that was ever identified falls silent."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings, strategies as st
from rdflib import DCTERMS, OWL, RDF, RDFS, Namespace, URIRef

from millelieux_graph import addresses, diff, history, terms
from millelieux_graph.errors import CannotRead, UsageError
from millelieux_graph.formats import FORMATS, names
from millelieux_graph.graph import Graph

pytest_plugins = ["stages"]

REPORT = ox.NamedNode(terms.graph("report"))
CANTEEN = "https://example.org/id/item/la-navette-canteen"
RADIO, PODCAST = (terms.expand(f"item:la-navette-{name}") for name in ("radio", "podcast"))

# rdflib's own list of DCAT is that of its second version.
DCAT = Namespace(terms.PREFIXES["dcat"])


def told(folder: Path) -> dict[str, history.Tombstone]:
    """Return the tombstones of a release, by identifier."""
    return {stone.iri: stone for stone in history.carried(folder)}


def mark(folder: Path) -> dict[str, object]:
    """Return what a release says of itself."""
    return dict(json.loads((folder / "release.json").read_text("utf-8")))


def test_a_first_release_has_no_history(successive: Sequence[Path]) -> None:
    """It names no release before it, and has neither changes nor tombstones."""
    assert mark(successive[0])["previous"] is None
    assert not list(successive[0].glob("changes.*"))
    assert not list(successive[0].glob("tombstones.*"))
    assert told(successive[0]) == {}


def test_an_identifier_that_is_gone_keeps_a_tombstone(successive: Sequence[Path]) -> None:
    """It says what it was, its class, and the release that had it last; ours or not by its IRI."""
    stone = told(successive[1])[CANTEEN]
    assert stone.kind == terms.expand("ml:ProgrammeItem")
    assert stone.labels == (("en", "lunch canteen"), ("fr", "cantine du midi"))
    assert (stone.last_version, stone.replaced_by) == ("0.1.0", ())


def test_a_tombstone_tells_what_replaces_it(successive: Sequence[Path]) -> None:
    """When the graph says no more of an identifier than its successor, it is gone all the same."""
    stone = told(successive[1])[RADIO]
    assert stone.labels == (("en", "radio in English"), ("fr", "radio <b>&"))
    assert (stone.last_version, stone.replaced_by) == ("0.1.0", (PODCAST,))


def test_tombstones_are_handed_on(successive: Sequence[Path]) -> None:
    """They stay in every later release, until their identifier is described again."""
    assert set(told(successive[1])) == {CANTEEN, RADIO}
    assert set(told(successive[2])) == {RADIO, PODCAST}
    assert told(successive[2])[RADIO] == told(successive[1])[RADIO]
    assert told(successive[2])[PODCAST].last_version == "0.2.0"


@pytest.mark.parametrize("name", names("graph"))
def test_the_document_of_a_tombstone_stands_where_the_thing_was(
    successive: Sequence[Path], name: str
) -> None:
    """The same statements in each format, at the address of the identifier."""
    format = next(f for f in FORMATS if f.name == name)
    path = successive[2] / (addresses.stem(RADIO) + format.suffix)
    graph = rdflib.Graph().parse(path, format={"jsonld": "json-ld"}.get(name, format.media_type))
    node = URIRef(RADIO)
    assert graph.value(node, OWL.deprecated).toPython() is True  # type: ignore[union-attr]  # a literal
    assert graph.value(node, DCTERMS.isReplacedBy) == URIRef(PODCAST)
    assert graph.value(node, DCTERMS.type) == URIRef(terms.expand("ml:ProgrammeItem"))
    assert graph.value(node, RDF.type) is None
    assert len(list(graph.objects(node, RDFS.label))) == 2
    assert len(graph) == 7
    together = rdflib.Graph().parse(successive[2] / "tombstones.ttl")
    assert set(graph) <= set(together)


def test_a_thing_that_is_there_has_no_tombstone(successive: Sequence[Path]) -> None:
    """Nor a document of one."""
    for folder in successive:
        dump = b"".join(diff.of_release(folder).lines())
        for iri in told(folder):
            assert f"\n<{iri}> <{RDFS.label}>".encode() not in dump
    assert "deprecated" not in (successive[2] / f"{addresses.stem(CANTEEN)}.ttl").read_text("utf-8")


def test_a_release_tells_those_before_it(successive: Sequence[Path]) -> None:
    """Version, hash and address of each, the latest first; its own hash is that of its dump."""
    assert [past.version for past in history.past(successive[2])] == ["0.3.0", "0.2.0", "0.1.0"]
    for folder, past in zip(successive[::-1], history.past(successive[2]), strict=True):
        assert mark(folder)["canonicalHash"] == {
            "algorithm": "RDFC-1.0 SHA-256",
            "value": past.canonical_hash,
        }
        assert past.base_url == terms.BASE
        assert past.issued == "2026-11-22"
        dump = b"".join(diff.of_release(folder).lines())
        assert sha256(dump).hexdigest() == past.canonical_hash


def test_the_catalogue_names_the_version_before(successive: Sequence[Path]) -> None:
    """As DCAT 3 does, by an IRI of that version."""
    found = []
    for folder in successive:
        graph = rdflib.Graph().parse(folder / "catalog.ttl")
        for node in graph.objects(URIRef(terms.DATASET), DCAT.previousVersion):
            found += [str(version) for version in graph.objects(node, DCAT.version)]
    assert found == ["0.1.0", "0.2.0"]


def test_the_feed_has_an_entry_a_release(successive: Sequence[Path]) -> None:
    """The latest first."""
    feed = (successive[2] / "releases.atom").read_text("utf-8")
    assert re.findall(r"<title>.* (0\.\d\.\d)</title>", feed) == ["0.3.0", "0.2.0", "0.1.0"]


def test_a_tombstone_is_a_page_too(successive: Sequence[Path]) -> None:
    """In both languages, with its last release and a link to what replaces it, and no markup."""
    for suffix, words in ((".html", "version 0.1.0"), (".en.html", "release 0.1.0")):
        page = (successive[1] / (addresses.stem(RADIO) + suffix)).read_text("utf-8")
        assert words in page
        assert f'item/la-navette-podcast{suffix}"' in page
        assert "radio <b>" not in page


def test_a_release_has_its_changes_beside_it(successive: Sequence[Path]) -> None:
    """As a page, for programs and as a patch, without a path of the machine that made it."""
    page = (successive[1] / "changes.md").read_text("utf-8")
    assert page.startswith("# 0.1.0 → 0.2.0\n")
    assert "radio \\<b\\>\\&" in page or "radio in English" in page
    changes = json.loads((successive[1] / "changes.json").read_text("utf-8"))
    assert changes["suggests"]["level"] == "major"
    assert [thing["iri"] for thing in changes["removed"]] == [CANTEEN]
    assert [thing["iri"] for thing in changes["added"]] == [PODCAST]
    for name in ("changes.md", "changes.json", "changes.patch", "tombstones.json"):
        assert str(successive[0].parent) not in (successive[1] / name).read_text("utf-8")


def test_a_fragment_has_no_document_of_its_own() -> None:
    """A term of the vocabulary that is gone is told in tombstones.ttl alone."""
    stone = history.Tombstone(terms.expand("ml:Old"), terms.expand("owl:Class"), (), "0.1.0")
    assert list(history.documents(stone)) == []


def graph_of(turtle: str) -> Graph:
    """Return a graph of some Turtle."""
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in terms.PREFIXES.items())
    triples = ox.parse(prefixes + turtle, ox.RdfFormat.TURTLE)
    graph = Graph()
    graph.extend(ox.Quad(t.subject, t.predicate, t.object, REPORT) for t in triples)
    return graph


def stones(
    old: str, new: str, carried: Iterable[history.Tombstone] = ()
) -> dict[str, tuple[str, ...]]:
    """Return the identifiers that are gone, by short name, and what replaces them."""
    graph = graph_of(new)
    changes = diff.compare(diff.of_graph(graph_of(old), "x"), diff.of_graph(graph, "x"))
    found = history.tombstones(changes, carried, graph)
    return {terms.curie(s.iri): tuple(map(terms.curie, s.replaced_by)) for s in found}


PLACE = 'place:x a ml:ThirdPlace ; skos:prefLabel "x"@fr .'


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("", {"place:x": ()}),
        ("place:x owl:deprecated true .", {"place:x": ()}),
        ("place:y dcterms:replaces place:x .", {"place:x": ("place:y",)}),
        (
            "place:x dcterms:isReplacedBy place:z, place:y .",
            {"place:x": ("place:y", "place:z")},
        ),
        (f"{PLACE} place:x owl:deprecated true .", {}),
        ("figure:x ml:about place:x .", {"place:x": ()}),
    ],
)
def test_what_counts_as_gone(new: str, expected: dict[str, tuple[str, ...]]) -> None:
    """What has no statement but that it is gone; a deprecated term that is described is there."""
    assert stones(PLACE, new) == expected


def test_only_what_had_an_address_is_mourned() -> None:
    """A document of somebody else that is mentioned no more leaves no tombstone."""
    old = "<https://example.org/doc> a foaf:Document . <https://example.org/c> a skos:Concept ."
    assert stones(old, "") == {"https://example.org/c": ()}


_IRIS = [f"{terms.ID}place/{x}" for x in "abcd"]
_HELD = st.sets(st.sampled_from(_IRIS))


@settings(max_examples=40, deadline=None)
@given(st.lists(_HELD, min_size=2, max_size=5))
def test_every_identifier_ever_is_there_or_has_a_tombstone(states: list[set[str]]) -> None:
    """Over any number of releases, whatever comes and goes."""
    carried: tuple[history.Tombstone, ...] = ()
    graphs = [graph_of("".join(f"<{iri}> a ml:ThirdPlace ." for iri in held)) for held in states]
    for old, new in pairwise(graphs):
        changes = diff.compare(diff.of_graph(old, "x"), diff.of_graph(new, "x"))
        carried = history.tombstones(changes, carried, new)
    ever = set().union(*states)
    assert {stone.iri for stone in carried} == ever - states[-1]


# Bad input.


@pytest.mark.parametrize(
    "text", ["{", '{"a": 1}', '[{"iri": 1}]', '[{"iri": "not an iri"}]', '["x"]', "[1]"]
)
def test_damaged_tombstones_are_told(successive: Sequence[Path], tmp_path: Path, text: str) -> None:
    """None is lost without a word."""
    folder = tmp_path / "site"
    shutil.copytree(successive[1], folder)
    (folder / "tombstones.json").write_text(text, encoding="utf-8")
    with pytest.raises(CannotRead, match=r"tombstones\.json is not what"):
        history.carried(folder)


@pytest.mark.parametrize("earlier", [1, [1], [{}], "x"])
def test_a_damaged_history_is_told(
    successive: Sequence[Path], tmp_path: Path, earlier: object
) -> None:
    """The file is named."""
    folder = tmp_path / "site"
    shutil.copytree(successive[1], folder)
    told = mark(folder) | {"earlier": earlier}
    (folder / "release.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(CannotRead, match=r"release\.json is not what"):
        history.past(folder)


def test_the_order_of_versions_must_be_told() -> None:
    """A release without version follows none; nor does one of the same version."""

    def state(version: str) -> diff.State:
        return diff.State("site", lambda: iter(()), version=version)

    history.check_order(state(""), state("1"))
    history.check_order(state("1"), state("2"))
    for old, new, words in (("1", "", "tell no version"), ("1", "1", "is version 1 too")):
        with pytest.raises(UsageError, match=words):
            history.check_order(state(old), state(new))
