"""Dumps: the same graph in every format, for every reader, with the same bytes each time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings, strategies as st

from millelieux_graph import terms
from millelieux_graph.dumps import canonical, dump
from millelieux_graph.formats import FORMATS, by_name, names
from millelieux_graph.graph import Graph
from millelieux_graph.sources import rdf, shipped

if TYPE_CHECKING:
    from stages import Released

pytest_plugins = ["stages"]

TRIPLES, QUADS = names("graph"), names("dataset")
RDFLIB = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
RDFLIB |= {"nquads": "nquads", "trig": "trig"}


def path_of(folder: Path, name: str) -> Path:
    """Return where a release keeps the dump of a format."""
    return folder / "dumps" / f"millelieux{by_name(name).suffix}"


def parsed(path: Path, name: str) -> Iterator[ox.Quad]:
    """Read a dump as pyoxigraph does."""
    return ox.parse(path=path, format=ox.RdfFormat.from_media_type(by_name(name).media_type))


def union(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Return the triples of quads, all in the default graph."""
    return (ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)


def hash_of(quads: Iterable[ox.Quad]) -> str:
    """Return the hash of RDFC-1.0 by way of pyoxigraph, without our own code."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS)
    assert lines is not None
    return sha256(b"".join(sorted(lines.splitlines(keepends=True)))).hexdigest()


@pytest.fixture
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rdflib keep literals as they are written, as it does not by default."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    monkeypatch.setattr(rdflib.term, "NORMALIZE_LITERALS", False, raising=False)


@pytest.fixture(scope="module")
def whole(released: Released) -> str:
    """The canonical hash of the named graphs, from N-Quads."""
    return hash_of(parsed(path_of(released.folder, "nquads"), "nquads"))


@pytest.fixture(scope="module")
def merged(released: Released) -> str:
    """The canonical hash of their union, from N-Triples."""
    return hash_of(parsed(path_of(released.folder, "ntriples"), "ntriples"))


def test_there_is_a_dump_of_every_format(released: Released) -> None:
    """All RDF formats of the table are written, under its suffixes, and no others."""
    found = {path.name for path in (released.folder / "dumps").iterdir()}
    assert found == {f"millelieux{f.suffix}" for f in FORMATS if f.is_rdf}


@pytest.mark.parametrize("name", [*TRIPLES, *QUADS])
def test_pyoxigraph_reads_the_same_graph(
    released: Released, whole: str, merged: str, name: str
) -> None:
    """Every dump has the same canonical form: the named graphs, or their union."""
    quads = parsed(path_of(released.folder, name), name)
    assert hash_of(quads) == (whole if name in QUADS else merged)


@pytest.mark.parametrize("name", [*TRIPLES, *QUADS])
def test_rdflib_reads_the_same_graph(
    released: Released, whole: str, merged: str, as_written: None, name: str
) -> None:
    """So does every dump that rdflib has read and written again as N-Quads or N-Triples."""
    dataset = rdflib.Dataset() if name in QUADS else rdflib.Graph()
    dataset.parse(path_of(released.folder, name), format=RDFLIB[name])
    lines = dataset.serialize(format="nquads" if name in QUADS else "nt", encoding="utf-8")
    format = ox.RdfFormat.N_QUADS if name in QUADS else ox.RdfFormat.N_TRIPLES
    assert hash_of(ox.parse(lines, format)) == (whole if name in QUADS else merged)


def test_triples_are_the_union_of_the_named_graphs(released: Released, merged: str) -> None:
    """Whoever takes the triples misses none of the quads but the names of their graphs."""
    assert hash_of(union(parsed(path_of(released.folder, "nquads"), "nquads"))) == merged


def test_the_release_tells_its_canonical_hash(released: Released, whole: str) -> None:
    """The hash in release.json and in the summary is the one of RDFC-1.0."""
    told = json.loads((released.folder / "release.json").read_text(encoding="utf-8"))
    assert told["canonicalHash"] == {"algorithm": "RDFC-1.0 SHA-256", "value": whole}
    assert whole in released.summary


def test_nothing_that_is_said_is_lost(released: Released) -> None:
    """Each statement of the shipped files is in its named graph; numbers keep type and value."""

    def comparable(quad: ox.Quad) -> tuple[object, ...]:
        end = quad.object
        value: object = end
        if isinstance(end, ox.Literal) and end.datatype.value == f"{terms.PREFIXES['xsd']}decimal":
            value = Decimal(end.value)
        if isinstance(end, ox.BlankNode):
            value = "a blank node"
        subject = "a blank node" if isinstance(quad.subject, ox.BlankNode) else quad.subject
        return subject, quad.predicate, value, quad.graph_name

    sources = [*shipped.ontology(), *shipped.vocabularies(), *shipped.data()]
    said = {comparable(quad) for source in sources for quad in rdf.read(source)}
    dumped = {comparable(q) for q in parsed(path_of(released.folder, "nquads"), "nquads")}
    assert len(said) > 10_000
    assert said <= dumped


def test_two_processes_write_the_same_bytes(released: Released) -> None:
    """Whatever the hash seed, the folder and the time zone, every file of a release is the same."""
    one, other = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (released.folder, released.other)
    )
    assert set(one) == set(other)
    assert [name for name in one if one[name] != other[name]] == []


@pytest.mark.parametrize("name", ["ntriples", "nquads"])
def test_lines_are_sorted(released: Released, name: str) -> None:
    """A line is a statement, and lines are sorted, so that two releases can be compared as text."""
    lines = path_of(released.folder, name).read_bytes().splitlines()
    assert lines == sorted(set(lines))


def test_json_ld_is_compact(released: Released) -> None:
    """Names are short wherever the context has a prefix, and plain words are plain strings."""
    document = json.loads(path_of(released.folder, "jsonld").read_text(encoding="utf-8"))
    context = document["@context"]
    assert set(context) <= set(terms.PREFIXES)
    keys = {key for node in document["@graph"] for key in node if not key.startswith("@")}
    assert keys
    assert {key.partition(":")[0] for key in keys} <= set(context)
    ids = [node["@id"] for node in document["@graph"]]
    assert len(ids) == len(set(ids))
    short = [name for name in ids if name.partition(":")[0] in context]
    assert len(short) > 0.9 * len(ids)
    places = {n["@id"]: n for n in document["@graph"] if "ml:ThirdPlace" in n.get("@type", "")}
    assert places["place:la-quincaillerie"]["dcterms:identifier"] == "la-quincaillerie"


@pytest.mark.parametrize("name", ["turtle", "rdfxml", "trig"])
def test_readable_dumps_use_prefixes(released: Released, name: str) -> None:
    """A person finds a place by its short name; prefixes that nothing uses are not declared."""
    text = path_of(released.folder, name).read_text(encoding="utf-8")
    declared = "xmlns:ml=" if name == "rdfxml" else "@prefix ml:"
    assert declared in text
    assert "xmlns:qb=" in text or "qb:" in text
    if name != "rdfxml":
        assert "place:la-quincaillerie" in text
        used = [line.split()[1] for line in text.splitlines() if line.startswith("@prefix")]
        assert all(text.count(prefix) > 1 for prefix in used)


# Laws, for graphs of any content.

few = settings(max_examples=40, deadline=None)

_NODES = st.sampled_from([ox.NamedNode(f"{terms.ID}place/{x}") for x in "abc"])
_BLANKS = st.sampled_from([ox.BlankNode(x) for x in "stu"])
_WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_LITERALS = st.one_of(
    st.builds(ox.Literal, _WORDS),
    st.builds(
        lambda words, lang: ox.Literal(words, language=lang), _WORDS, st.sampled_from(["fr", "en"])
    ),
    st.builds(ox.Literal, st.integers(-(10**6), 10**6)),
)
_PREDICATES = st.sampled_from(
    [ox.NamedNode(terms.expand(x)) for x in ("ml:form", "rdf:type", "skos:note")]
)
_QUADS = st.builds(
    ox.Quad,
    st.one_of(_NODES, _BLANKS),
    _PREDICATES,
    st.one_of(_NODES, _BLANKS, _LITERALS),
    st.sampled_from([ox.NamedNode(terms.graph(x)) for x in ("report", "links/insee")]),
)


def writable(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads that every format can hold: XML has no control characters."""

    def holds(term: object) -> bool:
        text = term.value if isinstance(term, ox.Literal) else ""
        return all(c in "\t\n" or c >= " " for c in text) and not set(text) & {"\ufffe", "\uffff"}

    return [quad for quad in quads if holds(quad.object)]


@few
@given(st.lists(_QUADS, max_size=12))
def test_any_graph_survives_every_format(quads: list[ox.Quad]) -> None:
    """Quotes, line breaks, blank nodes and emptiness included, what is dumped is read back."""
    graph = Graph()
    graph.extend(writable(quads))
    expected = {"dataset": hash_of(graph.quads()), "graph": hash_of(union(graph.quads()))}
    for name, data in dump(graph).items():
        format = by_name(name)
        read = ox.parse(data, ox.RdfFormat.from_media_type(format.media_type))
        assert hash_of(read) == expected[format.kind], name


@few
@given(st.lists(_QUADS, max_size=12).flatmap(lambda q: st.tuples(st.just(q), st.permutations(q))))
def test_order_never_changes_a_dump(orders: tuple[list[ox.Quad], list[ox.Quad]]) -> None:
    """A dump depends on what is said, not on the order in which it was."""
    dumps = []
    for quads in orders:
        graph = Graph()
        graph.extend(quads)
        dumps.append(dump(graph))
    assert dumps[0] == dumps[1]


def hash_of_dump(quads: list[ox.Quad]) -> str:
    """Return the hash of the N-Quads dump, having seen that it is the one of RDFC-1.0."""
    graph = Graph()
    graph.extend(quads)
    digest = sha256(dump(graph)["nquads"]).hexdigest()
    assert digest == hash_of(graph.quads())
    return digest


@few
@given(st.lists(_QUADS, max_size=12))
def test_names_of_blank_nodes_do_not_count(quads: list[ox.Quad]) -> None:
    """A graph whose blank nodes have other names has the same canonical form and hash."""
    lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert lines is not None
    others = list(ox.parse(lines, ox.RdfFormat.N_QUADS, rename_blank_nodes=True))
    assert canonical(quads) == canonical(others)
    assert hash_of_dump(quads) == hash_of_dump(others)
