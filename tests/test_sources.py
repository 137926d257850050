"""What is read: RDF of every kind, with its lines, or a sentence about why not."""

from __future__ import annotations

import gzip
import io
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given, settings, strategies as st

from millelieux_graph import terms
from millelieux_graph.errors import CannotRead, CannotRun, SourceSyntax
from millelieux_graph.formats import FORMATS, Format, by_name
from millelieux_graph.sources import rdf, shipped

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

RDF_FORMATS = [f for f in FORMATS if f.is_rdf]
TRIPLE = "<http://example.org/s> <http://example.org/p> {} .\n"

Read = Callable[[str | Path], list[ox.Quad]]


def loaded(path: str | Path) -> list[ox.Quad]:
    """Return what a store holds after loading."""
    store = ox.Store()
    try:
        for source in rdf.discover([path]):
            rdf.load(source, store)
    except (CannotRead, SourceSyntax):
        assert len(store) == 0  # all of it or nothing
        raise
    return list(store)


def read(path: str | Path) -> list[ox.Quad]:
    """Return what is yielded by reading."""
    return [quad for source in rdf.discover([path]) for quad in rdf.read(source)]


both = pytest.mark.parametrize("way", [loaded, read])


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file and return its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


Write = Callable[[str, str | bytes], Path]


# What is found.


def test_a_folder_is_searched_in_a_fixed_order(file: Write, tmp_path: Path) -> None:
    """Every RDF suffix at every depth, without hidden files, sorted, each in its graph."""
    names = ["b.ttl", "a/z.NT", "a/links/x.rdf", "catalog.ttl", "c.trig", "d.jsonld", "e.nq"]
    names += ["f.nq.gz"]
    for name in [*names, ".hidden.ttl", ".git/x.ttl", "a/.b/x.ttl", "readme.md", "f.csv.gz"]:
        file(name, "")
    (tmp_path / "folder.ttl").mkdir()
    found = rdf.discover([tmp_path])
    assert [s.path for s in found] == sorted(tmp_path / name for name in names)
    graphs = {s.path.name: s.graph for s in found if s.path}
    assert graphs["x.rdf"] == terms.graph("links/x")
    assert graphs["catalog.ttl"] == terms.graph("catalog")
    assert graphs["b.ttl"] == graphs["z.NT"] == terms.graph("report")


def test_paths_keep_their_order(file: Write, tmp_path: Path) -> None:
    """Files come in the order that they were asked for."""
    paths = [file("b.ttl", ""), file("a.ttl", "")]
    assert [s.path for s in rdf.discover([*paths, "-"])] == [*paths, None]


@pytest.mark.parametrize(
    ("path", "graph"),
    [
        ("territories.ttl", "territories"),
        ("places/bliiida.ttl", "report"),
        ("links/insee.ttl", "links/insee"),
        ("import/census.nt", "import/census"),
        ("a/links/geonames.ttl", "links/geonames"),
        ("links.ttl", "report"),
        ("links/insee.nt.gz", "links/insee"),
        ("catalog.ttl.gz", "catalog"),
    ],
)
def test_a_file_belongs_to_a_graph(path: str, graph: str) -> None:
    """The place of a file in a data folder decides on its named graph."""
    assert rdf.graph_of(PurePath(path)) == terms.graph(graph)


def test_nothing_there_is_said(tmp_path: Path) -> None:
    """A path that does not exist is named."""
    with pytest.raises(CannotRead, match=r"No such file or folder: .*nowhere\.ttl"):
        rdf.discover([tmp_path / "nowhere.ttl"])


def test_a_path_through_a_file_is_said(file: Write) -> None:
    """A file is no folder to look into."""
    with pytest.raises(CannotRead, match=r"a\.ttl/b\.ttl"):
        rdf.discover([file("a.ttl", "") / "b.ttl"])


@pytest.mark.parametrize(
    ("path", "reason"),
    [("", "is empty"), ("a\0.ttl", "No such file"), ("a" * 5000, "too long")],
    ids=["empty", "nul", "long"],
)
def test_an_impossible_path_is_said(path: str, reason: str) -> None:
    """What the system calls an error is a sentence here; the empty name is not this folder."""
    with pytest.raises(CannotRead, match=reason):
        rdf.discover([path])


def test_a_folder_without_rdf_is_said(file: Write, tmp_path: Path) -> None:
    """Nothing read is not the same as nothing wrong."""
    file("a.txt", "")
    file(".b.ttl", "")
    with pytest.raises(CannotRead, match="holds no RDF file"):
        rdf.discover([tmp_path])


def test_too_many_files_are_refused(
    file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder given by mistake, such as the root of a disk, stops at a stated number."""
    monkeypatch.setattr(rdf, "MAX_FILES", 2)
    for name in "abc":
        file(f"{name}.ttl", "")
    with pytest.raises(CannotRead, match="more than 2 RDF files"):
        rdf.discover([tmp_path])


@pytest.mark.parametrize("name", ["a.ttl.zip", "a.gz", "a.txt", "a", "a.csv"])
def test_other_files_are_refused_with_the_suffixes(file: Write, name: str) -> None:
    """What is not named as RDF is refused with the suffixes that are."""
    with pytest.raises(CannotRead) as caught:
        rdf.discover([file(name, TRIPLE.format(1))])
    assert all(f.suffix in str(caught.value) for f in RDF_FORMATS)


def test_a_loop_of_links_is_no_endless_search(file: Write, tmp_path: Path) -> None:
    """A link to the folder above is not followed for ever."""
    path = file("a/b.ttl", "")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert path in [source.path for source in rdf.discover([tmp_path])]


# What is read.


@both
@pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda f: f.name)
def test_every_format_is_read(file: Write, way: Read, format: Format) -> None:
    """The same triples come out of every serialisation, into the graph of the file."""
    node = ox.NamedNode("https://example.org/é")
    values: list[ox.Literal | ox.NamedNode] = [ox.Literal("é\n", language="fr"), node]
    quads = {ox.Quad(node, node, value, ox.NamedNode(terms.graph("report"))) for value in values}
    engine = ox.RdfFormat.from_media_type(format.media_type)
    content = ox.serialize([quad.triple for quad in quads], format=engine)
    assert content
    assert set(way(file(f"a{format.suffix}", content))) == quads


@both
@pytest.mark.parametrize("suffix", [".nq", ".trig"])
def test_quads_keep_their_graphs(file: Write, way: Read, suffix: str) -> None:
    """A dataset names its graphs; what it says in none goes into the graph of the file."""
    engine = ox.RdfFormat.from_extension(suffix[1:])
    node, other = ox.NamedNode("https://example.org/a"), ox.NamedNode("https://example.org/b")
    content = ox.serialize(
        [ox.Quad(node, node, node), ox.Quad(node, node, node, other)], format=engine
    )
    assert content
    graphs = {quad.graph_name for quad in way(file(f"a{suffix}", content))}
    assert graphs == {ox.NamedNode(terms.graph("report")), other}


@both
@pytest.mark.parametrize("content", ["", "\n", "# nothing\n", "@prefix a: <http://a/> .", "\ufeff"])
def test_an_empty_file_is_no_error(file: Write, way: Read, content: str) -> None:
    """A file may say nothing."""
    assert way(file("a.ttl", content)) == []


@both
def test_a_byte_order_mark_is_skipped(file: Write, way: Read) -> None:
    """A file saved by an editor of Windows is read like any other."""
    content = f"\ufeff@prefix a: <http://a/> .\r\n{TRIPLE.format('a:b')}"
    assert [quad.object for quad in way(file("a.ttl", content))] == [ox.NamedNode("http://a/b")]


@both
def test_standard_input_is_turtle(way: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads the stream, into the graph of the report."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TRIPLE.format(1).encode())))
    (quad,) = way("-")
    assert quad.graph_name == ox.NamedNode(terms.graph("report"))


@both
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_read_to_its_end(way: Read, tmp_path: Path) -> None:
    """What another program writes is read as it comes."""
    pipe = tmp_path / "a.ttl"
    os.mkfifo(pipe)
    turtle = "".join(TRIPLE.format(n) for n in range(5000))
    writer = threading.Thread(target=pipe.write_text, args=(turtle,), daemon=True)
    writer.start()
    assert len(way(pipe)) == 5000
    writer.join()


@both
def test_blank_nodes_of_two_files_stay_apart(file: Write, way: Read) -> None:
    """A label means something within its file only."""
    names = {
        str(quad.subject)
        for name in ("a.ttl", "b.nt", "c.nq")
        for quad in way(file(name, "_:a <http://a/p> _:a .\n_:a <http://a/q> _:a .\n"))
    }
    assert len(names) == 3


@both
@pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda f: f.name)
def test_a_packed_file_is_read_as_what_is_in_it(file: Write, way: Read, format: Format) -> None:
    """Every serialisation may be packed with gzip, in several members too."""
    node = ox.NamedNode("https://example.org/é")
    engine = ox.RdfFormat.from_media_type(format.media_type)
    content = ox.serialize([ox.Triple(node, node, node)], format=engine)
    assert content
    packed = gzip.compress(content[:9]) + gzip.compress(content[9:])
    plain, unpacked = (
        {quad.triple for quad in way(file(name, data))}
        for name, data in ((f"a{format.suffix}", content), (f"b{format.suffix}.GZ", packed))
    )
    assert unpacked == plain != set()


@pytest.mark.parametrize("said", [None, b"\x01\0\0\0"], ids=["honest", "lying"])
def test_a_small_file_that_unpacks_to_a_large_one_is_refused(
    file: Write, said: bytes | None
) -> None:
    """The limit is of what is read; the size that a packed file claims is not believed."""
    packed = gzip.compress(b"#" * 3_000_000)
    path = file("a.ttl.gz", packed[:-4] + said if said else packed)
    assert path.stat().st_size < 10_000
    with pytest.raises(CannotRead, match="larger than the limit of 1 MiB"):
        rdf.discover([path], limit=2**20)
    source = replace(rdf.discover([path])[0], limit=2**20) if not said else None
    if source:
        with pytest.raises(CannotRead, match="larger than the limit of 1 MiB"):
            list(rdf.read(source))


@both
@pytest.mark.parametrize("cut", [5, 20, -3, -9])
def test_a_packed_file_that_is_cut_or_spoilt_is_told(file: Write, way: Read, cut: int) -> None:
    """Nothing of it passes for the whole."""
    packed = gzip.compress("".join(TRIPLE.format(n) for n in range(500)).encode())
    path = file("a.ttl.gz", packed[:cut])
    with pytest.raises(CannotRead, match=re.escape(str(path))):
        way(path)
    path = file("a.ttl.gz", packed[:cut] + b"\xff" * 9 + packed[cut:])
    with pytest.raises(CannotRun):
        way(path)


# What cannot be read.

BROKEN = {
    "truncated": ("<http://a/s> <http://a/p> 1 ;\n    <http://a/q> 'é', <http://a/", 2, 23, "end"),
    "no dot": ("<http://a/s> <http://a/p> 1\n", 2, 1, "end"),
    "two objects": ("\r\n# é\r\n<http://a/s> <http://a/p> 'é日' 'x' .", 3, 32, "'x'|\"x\""),
    "relative IRI": ("\n<s> <http://a/p> 1 .", 2, 1, "add an @base line"),
    "prefix": ("<http://a/s>\n    ex:p 1 .", 2, 5, "prefix ex: has not been declared"),
    "latin 1": ("# a\n<http://a/s> <http://a/p> 'é' .".encode("latin-1"), 2, 28, "not UTF-8"),
    "UTF-16": ("<http://a/s> <http://a/p> 'é' .".encode("utf-16"), 1, 1, "not UTF-8"),
    "compressed": (b"\x1f\x8b\x08\x08\x00\xff\x00", 1, 1, ""),
}


@both
@pytest.mark.parametrize(("content", "line", "column", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken_turtle_tells_where_and_why(
    file: Write, way: Read, content: str | bytes, line: int, column: int, reason: str
) -> None:
    """File, line, column in characters and reason; nothing of the file is kept."""
    path = file("a.ttl", content)
    with pytest.raises(SourceSyntax, match=rf"{path}:{line}:{column}: .*({reason})") as caught:
        way(path)
    assert (caught.value.where, caught.value.line) == (str(path), line)
    assert not caught.value.reason.startswith("Parser error")


@both
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.nt", TRIPLE.format(1), "must be an IRI"),
        ("a.nq", "<http://a/s> .", "."),
        ("a.rdf", "<rdf:RDF", "not closed"),
        ("a.jsonld", '{"@id": "http://a/s", "http://a/p": [', "end of file"),
        ("a.jsonld", '{"@context": "https://schema.org/", "name": 1}', "write it into the file"),
    ],
)
def test_every_format_tells_what_is_wrong(
    file: Write, way: Read, name: str, content: str, reason: str
) -> None:
    """A file that is not what its suffix promises is named, and no context is fetched."""
    with pytest.raises(SourceSyntax, match=reason) as caught:
        way(file(name, content))
    assert caught.value.where.endswith(name)


@both
def test_standard_input_has_a_name_in_messages(way: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken Turtle on standard input is told as such."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n<a> .")))
    with pytest.raises(SourceSyntax, match="<stdin>:2:"):
        way("-")


@both
def test_a_large_file_is_refused_unread(way: Read, tmp_path: Path) -> None:
    """200 MB given by mistake: the limit is stated, and not a byte (none is Turtle) is judged."""
    path = tmp_path / "a.ttl"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(CannotRead, match="larger than the limit of 128 MiB"):
        way(path)


@both
@pytest.mark.parametrize("suffix", [".ttl", ".nq"])
def test_the_limit_is_the_limit(
    file: Write, way: Read, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the limit's size is read, one of a byte more is not."""
    triple = TRIPLE.format('"x"').encode()
    monkeypatch.setattr(rdf, "MAX_BYTES", len(triple))
    assert len(way(file(f"a{suffix}", triple))) == 1
    with pytest.raises(CannotRead, match="larger than"):
        way(file(f"b{suffix}", triple + b"\n"))


def test_the_limit_is_for_all_files_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of many small files is refused when their sum is over the limit."""
    monkeypatch.setattr(rdf, "MAX_BYTES", 100)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.ttl").write_text("# forty characters of no consequence here\n")
    with pytest.raises(CannotRead, match="larger than"):
        rdf.discover([tmp_path])


class Endless(io.RawIOBase):
    """A stream that never ends, and counts what was taken from it."""

    def __init__(self, piece: bytes) -> None:
        self.piece, self.taken = piece, 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer."""
        view = memoryview(buffer)
        view[:] = (self.piece * len(view))[: len(view)]
        self.taken += len(view)
        return len(view)


@both
@pytest.mark.parametrize("piece", [b"#", b"\n", b"'", b" <http://a/s> a 1 . "])
def test_an_endless_stream_is_stopped(
    way: Read, piece: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more than the limit and a buffer is taken from a stream, whether it has lines or not."""
    monkeypatch.setattr(rdf, "MAX_BYTES", 1 << 16)
    endless = Endless(piece)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(endless)))
    with pytest.raises((CannotRead, SourceSyntax), match=r"<stdin>"):
        way("-")
    assert endless.taken <= (1 << 16) + (1 << 21)


@both
@pytest.mark.parametrize("folder", [False, True], ids=["gone", "folder"])
def test_a_file_that_changes_underway_is_said(file: Write, way: Read, folder: bool) -> None:
    """Between finding and reading, a file may go or become a folder."""
    path = file("a.ttl", TRIPLE.format(1))
    (source,) = rdf.discover([path])
    path.unlink()
    if folder:
        path.mkdir()
    with pytest.raises(CannotRead, match=r"Cannot read .*a\.ttl: (No such|Is a dir)"):
        rdf.load(source, ox.Store()) if way is loaded else list(rdf.read(source))


@contextmanager
def nobody() -> Iterator[None]:
    """Lay down the rights of an administrator, who may read everything."""
    usual = os.geteuid()
    if usual == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(usual)


@both
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has other rights")
def test_a_locked_file_is_said(file: Write, way: Read) -> None:
    """A file that may be seen and not read is named with the system's reason."""
    path = file("a.ttl", TRIPLE.format(1))
    sources = rdf.discover([path])
    path.chmod(0)
    with nobody(), pytest.raises(CannotRead, match=r"Cannot read .*a\.ttl: Permission denied"):
        rdf.load(sources[0], ox.Store()) if way is loaded else list(rdf.read(sources[0]))


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has other rights")
def test_a_locked_folder_is_said(file: Write) -> None:
    """A path that may not even be looked up is named with the system's reason."""
    path = file("locked/a.ttl", TRIPLE.format(1))
    path.parent.chmod(0)
    try:
        with nobody(), pytest.raises(CannotRead, match=r"a\.ttl: Permission denied"):
            rdf.discover([path])
    finally:
        path.parent.chmod(0o700)


# Lines.

NUMBER = st.integers(0, 3)
FILLER = st.sampled_from(
    ["", "   ", "# é", "# <http://a/x> <http://a/y> 1 .", "@prefix a: <http://a/> ."]
)


@given(
    blocks=st.lists(st.tuples(st.lists(FILLER, max_size=3), NUMBER, NUMBER), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    mark=st.sampled_from(["", "\ufeff"]),
)
@settings(max_examples=80, deadline=None)
def test_every_quad_knows_its_line(
    blocks: list[tuple[list[str], int, int]], end: str, last: bool, mark: str
) -> None:
    """The line is the one on which a statement is completed, whatever lies between statements."""
    lines, expected = list[str](), dict[str, int]()
    for number, (filler, breaks, newlines) in enumerate(blocks):
        lines += filler
        text = "\n".join(["é"] * (newlines + 1))
        statement = f"<http://a/{number}> <http://a/p>" + "\n" * breaks + f" '''{text}''' ."
        lines += statement.split("\n")
        expected[f"http://a/{number}"] = len(lines)
    content = mark + end.join(lines) + (end if last else "")
    assert lines_of(content.encode()) == expected


def lines_of(content: bytes) -> dict[str, int]:
    """Return the line of each subject."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.ttl"
        path.write_bytes(content)
        (source,) = rdf.discover([path])
        return {
            quad.subject.value: line
            for line, quad in rdf.read_with_lines(source)
            if isinstance(quad.subject, ox.NamedNode)
        }


def test_each_property_has_its_line() -> None:
    """One property a line: each quad is where its property is written."""
    turtle = "<http://a/s>\n  <http://a/p> 1 ;\n  <http://a/p> 2 ,\n    3 ;\n.\n"
    source = rdf.Source(None, terms.graph("report"), by_name("turtle"))
    usual, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(turtle.encode()))
    try:
        assert [line for line, _ in rdf.read_with_lines(source)] == [2, 3, 4]
    finally:
        sys.stdin = usual


@pytest.mark.parametrize("length", [10_000, (1 << 20) - 40, 1 << 20, 3_000_000])
def test_a_very_long_line_is_one(length: int) -> None:
    """A line that is handed over in pieces counts once."""
    turtle = TRIPLE.format(f'"{"x" * length}"') + "\n<http://a/s> <http://a/p> 1 ."
    assert lines_of(turtle.encode()) == {"http://example.org/s": 1, "http://a/s": 3}


# What is written.


def test_only_needed_prefixes_are_declared() -> None:
    """A file declares the prefixes of its IRIs and datatypes, and none that is also a scheme."""
    place = ox.NamedNode(terms.expand("place:a"))
    date = ox.Literal("2014", datatype=ox.NamedNode(terms.expand("edtf:EDTF")))
    geo = ox.NamedNode("geo:1,2")
    triples = [
        ox.Triple(place, ox.NamedNode(terms.expand("ml:date")), date),
        ox.Triple(place, ox.NamedNode(terms.expand("geo:hasGeometry")), geo),
    ]
    assert set(rdf.used_prefixes(triples)) == {"place", "ml", "edtf"}


# What is shipped.


@pytest.mark.parametrize(
    ("sources", "graphs"),
    [
        (shipped.ontology(), {"ontology"}),
        (shipped.vocabularies(), {"vocab"}),
        (shipped.shapes(), {"shapes"}),
        (
            shipped.data(),
            {
                "report",
                "territories",
                "catalog",
                *(f"links/{d}" for d in ("geonames", "insee", "wikidata")),
            },
        ),
    ],
    ids=["ontology", "vocab", "shapes", "data"],
)
def test_what_is_shipped_knows_its_graph(sources: list[rdf.Source], graphs: set[str]) -> None:
    """Each room of shipped files exists, and goes into its named graphs."""
    assert {source.graph for source in sources} == {terms.graph(name) for name in graphs}


def test_every_shipped_file_is_found() -> None:
    """No Turtle file of ours lies where nothing reads it."""
    found = {s.path for s in (*shipped.ontology(), *shipped.vocabularies(), *shipped.shapes())}
    assert found == set(shipped.shipped("ontology").rglob("*.ttl"))
