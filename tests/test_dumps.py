"""Dumps: the same graph in every format, for every reader, with the same bytes each time."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings, strategies as st

import millelieux_graph as ml
from millelieux_graph import terms
from millelieux_graph.dumps import Dumps, canonical
from millelieux_graph.formats import by_name, by_suffix, names
from millelieux_graph.graph import Graph
from millelieux_graph.sources import rdf, shipped

if TYPE_CHECKING:
    from stages import Released

pytest_plugins = ["stages"]

TRIPLES, QUADS = names("graph"), names("dataset")
PACKED = ("ntriples", "nquads")
RDFLIB = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
RDFLIB |= {"nquads": "nquads", "trig": "trig"}


def data_of(folder: Path, name: str, stem: str = "millelieux") -> bytes:
    """Return the dump of a format in a release, unpacked."""
    path = folder / "dumps" / f"{stem}{by_name(name).suffix}"
    if name in PACKED:
        return gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes())
    return path.read_bytes()


def parsed(data: bytes, name: str) -> Iterator[ox.Quad]:
    """Read a dump as pyoxigraph does."""
    return ox.parse(data, ox.RdfFormat.from_media_type(by_name(name).media_type))


def dump(graph: Graph, bound: int | None = None) -> dict[str, bytes]:
    """Return the dumps of a graph, unpacked, by their names in the folder.

    Args:
        graph: What to dump.
        bound: Bytes of lines that may be in memory; None: as usual.
    """
    with Dumps(graph) as dumps:
        if bound is not None:
            dumps._shelf.bound = bound
        written = {name.removeprefix("dumps/"): b"".join(data) for name, data in dumps.files()}
    return {
        name.removesuffix(".gz"): gzip.decompress(data) if name.endswith(".gz") else data
        for name, data in written.items()
    }


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
    return hash_of(parsed(data_of(released.folder, "nquads"), "nquads"))


@pytest.fixture(scope="module")
def merged(released: Released) -> str:
    """The canonical hash of their union, from N-Triples."""
    return hash_of(parsed(data_of(released.folder, "ntriples"), "ntriples"))


def promised() -> Iterator[str]:
    """Yield what the dumps of the packaged graph are called."""
    graphs = "catalog inferred links-geonames links-insee links-wikidata ontology report"
    for stem in ("millelieux", *graphs.split(), "territories", "vocab"):
        for name in [*TRIPLES, *(QUADS if stem == "millelieux" else ())]:
            packed = ".gz" if name in PACKED else ""
            yield f"{stem}{by_name(name).suffix}{packed}"


def test_there_is_a_dump_of_every_format(released: Released) -> None:
    """Of the whole, all RDF formats of the table; of each named graph, those of triples."""
    found = {path.name for path in (released.folder / "dumps").iterdir()}
    assert found == set(promised())
    assert {"millelieux.nq.gz", "links-insee.ttl", "inferred.nt.gz"} <= found


@pytest.mark.parametrize("name", [*TRIPLES, *QUADS])
def test_pyoxigraph_reads_the_same_graph(
    released: Released, whole: str, merged: str, name: str
) -> None:
    """Every dump has the same canonical form: the named graphs, or their union."""
    quads = parsed(data_of(released.folder, name), name)
    assert hash_of(quads) == (whole if name in QUADS else merged)


@pytest.mark.parametrize("name", [*TRIPLES, *QUADS])
def test_rdflib_reads_the_same_graph(
    released: Released, whole: str, merged: str, as_written: None, name: str
) -> None:
    """So does every dump that rdflib has read and written again as N-Quads or N-Triples."""
    dataset = rdflib.Dataset() if name in QUADS else rdflib.Graph()
    dataset.parse(data=data_of(released.folder, name), format=RDFLIB[name])
    lines = dataset.serialize(format="nquads" if name in QUADS else "nt", encoding="utf-8")
    format = ox.RdfFormat.N_QUADS if name in QUADS else ox.RdfFormat.N_TRIPLES
    assert hash_of(ox.parse(lines, format)) == (whole if name in QUADS else merged)


def test_triples_are_the_union_of_the_named_graphs(released: Released, merged: str) -> None:
    """Whoever takes the triples misses none of the quads but the names of their graphs."""
    assert hash_of(union(parsed(data_of(released.folder, "nquads"), "nquads"))) == merged


@pytest.mark.parametrize("name", TRIPLES)
@pytest.mark.parametrize("short", ["links/insee", "ontology", "report"])
def test_a_named_graph_is_what_the_whole_says_of_it(
    released: Released, name: str, short: str
) -> None:
    """A dump of one graph has its quads, with the same names of blank nodes, and no others."""
    node = ox.NamedNode(terms.graph(short))
    whole = parsed(data_of(released.folder, "nquads"), "nquads")
    told = {quad.triple for quad in whole if quad.graph_name == node}
    found = parsed(data_of(released.folder, name, short.replace("/", "-")), name)
    assert {quad.triple for quad in found} == told != set()


@pytest.mark.parametrize("name", ["millelieux.nq.gz", "report.nt.gz"])
def test_packed_dumps_tell_no_time(released: Released, name: str) -> None:
    """RFC 1952: no time, no name, no system; only what is packed decides on the bytes."""
    data = (released.folder / "dumps" / name).read_bytes()
    assert data[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


@pytest.mark.skipif(shutil.which("gzip") is None, reason="gzip is not installed")
def test_gzip_agrees(released: Released) -> None:
    """The tool that everybody has finds no fault in what we packed."""
    packed = sorted((released.folder / "dumps").glob("*.gz"))
    assert subprocess.run(["gzip", "--test", *map(str, packed)], check=False).returncode == 0


def test_what_is_read_for_people_is_ordered(released: Released) -> None:
    """Subjects stand in their order, each once, and what a thing is comes first."""
    subjects: list[str] = []
    for quad in parsed(data_of(released.folder, "turtle"), "turtle"):
        subject = str(quad.subject)
        if not subjects or subjects[-1] != subject:
            subjects.append(subject)
    assert subjects == sorted(set(subjects))
    text = data_of(released.folder, "turtle", "report").decode()
    assert "\nplace:bliiida a ml:ThirdPlace ;" in text


def test_a_packed_dump_is_opened_as_it_is(released: Released) -> None:
    """Whoever downloads the N-Quads can ask them without unpacking."""
    asked = ml.open(released.folder / "dumps" / "millelieux.nq.gz").query("impact-matrix")
    assert isinstance(asked, ml.Table)
    assert len(asked) == 64


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
    dumped = {comparable(q) for q in parsed(data_of(released.folder, "nquads"), "nquads")}
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
    lines = data_of(released.folder, name).splitlines()
    assert lines == sorted(set(lines))


def test_json_ld_is_compact(released: Released) -> None:
    """Names are short wherever the context has a prefix, and plain words are plain strings."""
    document = json.loads(data_of(released.folder, "jsonld"))
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
    text = data_of(released.folder, name).decode()
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


@few
@given(st.lists(_QUADS, max_size=12))
def test_any_graph_survives_every_format(quads: list[ox.Quad]) -> None:
    """Quotes, line breaks, blank nodes and emptiness included, what is dumped is read back."""
    graph = Graph()
    graph.extend(quads)
    expected = {"dataset": hash_of(graph.quads()), "graph": hash_of(union(graph.quads()))}
    for name, data in dump(graph).items():
        format = by_suffix(PurePath(name))
        assert format
        if name.startswith("millelieux."):
            assert hash_of(parsed(data, format.name)) == expected[format.kind], name


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
    digest = sha256(dump(graph)["millelieux.nq"]).hexdigest()
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


# Hostile content.

ODD_WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(
        ["_:a", " _:a .", "\n_:a", f"x <{terms.expand('rdf:type')}> y", ">> .\n", "<<(", "\\u0000"]
    ),
)
_ODD_IRIS = st.sampled_from(
    [
        f"{terms.ID}place/a",
        f"{terms.ID}place/a/b",
        f"{terms.ID}place/",
        f"{terms.ID}place/1",
        "place:a",
        "urn:x:y",
        "http://example.org/1",
        "http://example.org/a#é",
        terms.expand("rdf:type"),
        terms.expand("ml:form"),
    ]
).map(ox.NamedNode)
_ODD_LITERALS = st.one_of(
    st.builds(ox.Literal, ODD_WORDS),
    st.builds(lambda text: ox.Literal(text, language="fr-be"), ODD_WORDS),
    st.builds(lambda text, datatype: ox.Literal(text, datatype=datatype), ODD_WORDS, _ODD_IRIS),
)
_ODD_GRAPHS = st.one_of(
    st.sampled_from(
        [terms.graph(x) for x in ("report", "a/b", "a-b", "millelieux", "../../etc", "a b/é")]
        + ["http://example.org/graph", "urn:g"]
    ).map(lambda iri: ox.NamedNode(iri.replace(" ", "%20"))),
    _BLANKS,
    st.just(ox.DefaultGraph()),
)
_ODD_QUADS = st.builds(
    ox.Quad,
    st.one_of(_ODD_IRIS, _BLANKS),
    _ODD_IRIS,
    st.one_of(_ODD_IRIS, _BLANKS, _ODD_LITERALS),
    _ODD_GRAPHS,
)


def graph_of(quads: Iterable[ox.Quad]) -> Graph:
    """Return a graph with some quads."""
    graph = Graph()
    graph.extend(quads)
    return graph


@settings(max_examples=200)
@given(st.lists(_ODD_QUADS, max_size=12))
def test_the_lines_are_the_canonical_form_of_anything(quads: list[ox.Quad]) -> None:
    """Default graph, graphs named by blank nodes, texts that look like lines: it is RDFC-1.0's."""
    graph = graph_of(quads)
    with Dumps(graph) as dumps:
        assert dumps.canonical_hash == hash_of(graph.quads())
    lines = dump(graph)["millelieux.nq"]
    assert sha256(lines).hexdigest() == dumps.canonical_hash


@settings(max_examples=100)
@given(st.lists(_ODD_QUADS, max_size=12))
def test_no_dump_says_anything_else(quads: list[ox.Quad]) -> None:
    """A dump is read back by two libraries as what it was made of, or it is left out."""
    graph = graph_of(quads)
    expected = {"dataset": hash_of(graph.quads()), "graph": hash_of(union(graph.quads()))}
    for name, data in dump(graph).items():
        format = by_suffix(PurePath(name))
        assert format
        if format.name == "rdfxml":  # by a second reader too: it is the one that may be left out
            ET.fromstring(data)  # noqa: S314  # our own
        if re.fullmatch(r"millelieux\.\w+", name):
            assert hash_of(parsed(data, format.name)) == expected[format.kind], name


@given(st.lists(_ODD_QUADS, max_size=30))
def test_each_named_graph_has_files_of_its_own(quads: list[ox.Quad]) -> None:
    """However graphs are called, no two share a file, and none leads out of the folder."""
    graph = graph_of(quads)
    with Dumps(graph) as dumps:
        stems = [stem for _, stem in dumps._named]
        files_ = [
            name for name, pieces in dumps.files() if all(piece is not None for piece in pieces)
        ]
    assert len({stem.lower() for stem in stems}) == len(stems) == len(graph.names())
    assert "millelieux" not in stems
    assert len(files_) == len(set(files_))
    assert all(re.fullmatch(r"dumps/[A-Za-z0-9_~-]+(\.[a-z]+)+", name) for name in files_)


@pytest.mark.parametrize(
    ("predicate", "text", "reason"),
    [
        ("ml:form", "a\0b", "character"),
        ("ml:form", "\x1b[31m", "character"),
        ("ml:form", "\uffff", "character"),
        ("http://example.org/1", "x", "http://example.org/1"),
        ("http://example.org/é", "x", ""),
        ("ml:form", "\r\n\t<&]]>\\u0000\x7f\u2028", ""),
    ],
)
def test_what_xml_cannot_hold_is_left_out_and_told(predicate: str, text: str, reason: str) -> None:
    """There is no RDF/XML of it, rather than one that nobody can read; all else is there."""
    node = ox.NamedNode(f"{terms.ID}place/a")
    quad = ox.Quad(node, rdf.node(predicate), ox.Literal(text), ox.NamedNode(terms.graph("report")))
    with Dumps(graph_of([quad])) as dumps:
        written = {name: b"".join(data) for name, data in dumps.files()}
        told = dumps.left_out
    if reason:
        assert set(told) == {"dumps/millelieux.rdf", "dumps/report.rdf"}
        assert all(reason in why for why in told.values())
    else:
        assert told == {}
        (found,) = rdflib.Graph().parse(data=written["dumps/report.rdf"], format="xml").objects()
        assert str(found) == text
    assert len(written) + len(told) == 10


def test_a_triple_about_a_triple_is_in_all_that_can_hold_it() -> None:
    """JSON-LD 1.1 cannot (RDF 1.2 is newer), so that dump is left out, and said to be."""
    node = ox.NamedNode(f"{terms.ID}place/a")
    inner = ox.Triple(ox.NamedNode(f"{terms.ID}place/b"), node, ox.BlankNode("x"))
    quad = ox.Quad(node, node, inner, ox.NamedNode(terms.graph("report")))
    graph = graph_of([quad])
    with Dumps(graph) as dumps:
        written = [name for name, _ in dumps.files()]
    assert set(dumps.left_out) >= {"dumps/millelieux.jsonld", "dumps/report.jsonld"}
    assert "dumps/millelieux.trig" in written
    assert hash_of(parsed(dump(graph)["millelieux.nq"], "nquads")) == hash_of(graph.quads())


# Size.


@few
@given(st.lists(_ODD_QUADS, max_size=40), st.integers(0, 400), st.integers(1, 4))
def test_what_memory_cannot_hold_changes_nothing(
    quads: list[ox.Quad], bound: int, lines: int
) -> None:
    """A graph larger than memory, sorted on the disk in many runs, gives the same bytes."""
    graph = graph_of(quads)
    expected = dump(graph)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("millelieux_graph.lines._LINES", lines)
        patch.setattr("millelieux_graph.lines._READ", 50 * lines)
        patch.setattr("millelieux_graph.lines._SPOOLED", 10)
        assert dump(graph, bound) == expected


def test_nothing_is_left_in_the_folder_for_what_memory_cannot_hold(tmp_path: Path) -> None:
    """Temporary files lie where one says, and go at the end, also after an error."""
    node = ox.NamedNode(f"{terms.ID}place/a")
    graph = graph_of([ox.Quad(node, node, ox.Literal(n), node) for n in range(100)])

    def fail() -> None:
        with Dumps(graph, tmp_path) as dumps:
            dumps._shelf.bound = 100
            _, pieces = next(dumps.files())
            next(iter(pieces))
            assert any(path.is_file() for path in tmp_path.rglob("*"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_text_of_a_hundred_thousand_characters_is_one_line() -> None:
    """A long literal is neither cut nor folded in any format."""
    node, text = ox.NamedNode(f"{terms.ID}place/a"), 'é\n"<&' * 20_000
    graph = graph_of([ox.Quad(node, rdf.node("skos:note"), ox.Literal(text), node)])
    for name, data in dump(graph).items():
        format = by_suffix(PurePath(name))
        assert format
        (quad,) = parsed(data, format.name)
        assert quad.object == ox.Literal(text)


# What is told of the files.


def test_each_file_is_described(released: Released) -> None:
    """Name, size, hash, graph and packing are those of the file that was written."""
    graph = ml.open(released.folder / "dumps" / "millelieux.nq.gz").graph
    written = {
        path.relative_to(released.folder).as_posix(): (len(data), sha256(data).hexdigest())
        for path in (released.folder / "dumps").iterdir()
        if (data := path.read_bytes())
    }
    with Dumps(graph) as dumps:
        told = dumps.distributions(written)
    assert {d.name: (d.size, d.sha256) for d in told} == written
    assert {d.graph for d in told} == {
        None,
        *(n.removeprefix(terms.graph("")) for n in graph.names()),
    }
    for distribution in told:
        assert (distribution.compressed == "gzip") == distribution.name.endswith(".gz")
        assert distribution.format.suffix in distribution.name
        assert set(distribution.title) == {"fr", "en"}
