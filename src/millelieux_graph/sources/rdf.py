"""RDF files and standard input: found, bounded in size, read as a stream, with line numbers."""

from __future__ import annotations

import codecs
import io
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import BinaryIO, Protocol, cast

import pyoxigraph as ox

from .. import terms
from ..errors import CannotRead, SourceSyntax
from ..formats import Format, by_name, by_suffix, is_packed, names

__all__ = [
    "MAX_BYTES",
    "Source",
    "SupportsWrite",
    "discover",
    "graph_of",
    "load",
    "node",
    "read",
    "read_with_lines",
    "said",
    "used_prefixes",
    "write",
    "write_to",
]

# Of all files of a request together, and of each stream; such a graph took 1.5 GB of memory.
# More belongs on a SPARQL server.
MAX_BYTES = 128 * 1024 * 1024
MAX_FILES = 10_000
_CHUNK = 1 << 20

_OWN_GRAPH = {"territories", "catalog"}
_GRAPH_FOLDERS = {"links", "import"}


class SupportsWrite(Protocol):
    """What bytes can be written into."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes, and return how many."""

    def flush(self) -> None:
        """Keep nothing back."""


@dataclass(frozen=True, slots=True)
class Source:
    """A stretch of RDF to read.

    Attributes:
        path: The file, or None for standard input.
        graph: IRI of the named graph for triples that do not name one.
        format: Its serialisation.
        limit: Bytes that are read at most.
    """

    path: Path | None
    graph: str
    format: Format
    limit: int = MAX_BYTES

    @property
    def name(self) -> str:
        """What messages call it."""
        return "<stdin>" if self.path is None else str(self.path)


def discover(paths: Iterable[str | Path], limit: int | None = None) -> list[Source]:
    """Return the sources behind files, folders and ``-`` (standard input, Turtle).

    Folders are searched for every RDF suffix, hidden files left out, in a fixed order.

    Args:
        paths: What to look for.
        limit: Bytes that all of them together, and each of them, may have; `MAX_BYTES` when None.

    Raises:
        CannotRead: A path is missing, of no RDF format, a folder without RDF, or all of them
            together are larger than the limit.
    """
    names = list(map(str, paths))
    limit = MAX_BYTES if limit is None else limit
    try:
        found = [replace(source, limit=limit) for name in names for source in _sources(name)]
        size = sum(map(_size, found))
    except OSError as error:
        raise CannotRead(f"Cannot read {error.filename}: {error.strerror}.") from None
    if size > limit:
        raise CannotRead(_too_large(", ".join(names), limit))
    return found


def graph_of(relative: PurePath) -> str:
    """Return the named graph that a file of a data folder belongs to, by its place there.

    ``territories.ttl`` and ``catalog.ttl`` have graphs of their own, ``links/insee.ttl`` is the
    linkset ``links/insee``; all else is ``report``.
    """
    name = (relative.with_suffix("") if is_packed(relative) else relative).stem
    if len(relative.parts) > 1 and relative.parts[-2] in _GRAPH_FOLDERS:
        return terms.graph(f"{relative.parts[-2]}/{name}")
    return terms.graph(name if name in _OWN_GRAPH else "report")


def load(source: Source, store: ox.Store) -> None:
    """Add a source to a store, in one transaction: all of it or nothing.

    Raises:
        CannotRead: It is missing, unreadable or larger than its limit.
        SourceSyntax: It is not the RDF that its suffix promises.
    """
    if source.format.kind == "dataset":  # `Store.load` would leave in no graph what names none
        store.extend(read(source))
        return
    rdf = ox.RdfFormat.from_media_type(source.format.media_type)
    with _stream(source) as stream:
        store.load(stream, rdf, to_graph=ox.NamedNode(source.graph))  # type: ignore[arg-type]  # a reader needs read() only


def read(source: Source) -> Iterator[ox.Quad]:
    """Yield the quads of a source as they are parsed.

    Raises:
        CannotRead: It is missing, unreadable or larger than its limit.
        SourceSyntax: It is not the RDF that its suffix promises.
    """
    return (quad for _, quad in read_with_lines(source))


def node(curie: str) -> ox.NamedNode:
    """Return the node that a CURIE names."""
    return ox.NamedNode(terms.expand(curie))


def said(
    subject: ox.NamedNode | ox.BlankNode, predicate: str, object: ox.NamedNode | ox.Literal
) -> ox.Triple:
    """Return a triple whose predicate is given as a CURIE."""
    return ox.Triple(subject, node(predicate), object)


def write(
    statements: Iterable[ox.Triple] | Iterable[ox.Quad],
    format: Format,
    prefixes: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return triples or quads in an RDF format, in the order they come.

    Args:
        statements: What to write.
        format: An RDF format.
        prefixes: Short forms for IRIs, such as `used_prefixes` returns, where the format has them.
    """
    rdf = ox.RdfFormat.from_media_type(format.media_type)
    written = ox.serialize(statements, format=rdf, prefixes=dict(prefixes))
    assert written is not None  # it is when no output is given
    return written


def write_to(
    file: SupportsWrite,
    statements: Iterable[ox.Triple] | Iterable[ox.Quad],
    format: Format,
    prefixes: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write triples or quads into a file, as they come; the rest is as `write` has it."""
    rdf = ox.RdfFormat.from_media_type(format.media_type)
    ox.serialize(statements, file, rdf, prefixes=dict(prefixes))  # type: ignore[arg-type]  # a writer needs write() and flush() only


def used_prefixes(quads: Iterable[ox.Triple] | Iterable[ox.Quad]) -> dict[str, str]:
    """Return the prefixes under which some IRI of the quads falls.

    One that is also the scheme of such an IRI is left out: JSON-LD could not tell them apart.
    """
    iris = {
        term.value
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode)
    }
    iris |= {q.object.datatype.value for q in quads if isinstance(q.object, ox.Literal)}
    schemes = {iri.partition(":")[0] for iri in iris}
    short = {terms.curie(iri).partition(":")[0] for iri in iris} - schemes
    return {prefix: iri for prefix, iri in terms.PREFIXES.items() if prefix in short}


def read_with_lines(source: Source) -> Iterator[tuple[int, ox.Quad]]:
    """Yield ``(line, quad)``, the line being the one on which the parser completed the quad.

    Raises:
        CannotRead: It is missing, unreadable or larger than its limit.
        SourceSyntax: It is not the RDF that its suffix promises.
    """
    rdf = ox.RdfFormat.from_media_type(source.format.media_type)
    graph = ox.NamedNode(source.graph)
    with _stream(source) as stream:
        lines = _Lines(stream)
        for quad in ox.parse(lines, rdf, rename_blank_nodes=True):  # type: ignore[arg-type]  # a reader needs read() only
            if isinstance(quad, ox.Quad) and quad.graph_name != ox.DefaultGraph():
                yield lines.number, quad
            else:
                yield lines.number, ox.Quad(quad.subject, quad.predicate, quad.object, graph)


class _Bounded(io.RawIOBase):
    """A reader that stops with a sentence when there is more than a source may have."""

    def __init__(self, raw: BinaryIO, source: Source) -> None:
        self._raw, self._source, self._seen = raw, source, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._count(self._raw.read(self._source.limit + 1 if size < 0 else size))

    def readline(self, size: int | None = -1) -> bytes:
        return self._count(self._raw.readline(-1 if size is None else size))

    def _count(self, chunk: bytes) -> bytes:
        first = not self._seen
        self._seen += len(chunk)
        if self._seen > self._source.limit:
            raise CannotRead(_too_large(self._source.name, self._source.limit))
        # Editors on Windows begin a file with a mark that no grammar of RDF knows.
        return chunk.removeprefix(codecs.BOM_UTF8) if first else chunk


class _Lines(io.RawIOBase):
    """Feeds a parser one line a read, so that what it has completed tells the line it is on."""

    _LONGEST = 1 << 20  # a line longer than this is handed over in pieces

    def __init__(self, raw: _Bounded) -> None:
        self._raw, self.number, self._whole = raw, 0, True

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        line = self._raw.readline(self._LONGEST if size < 0 else min(size, self._LONGEST))
        self.number += self._whole
        self._whole = line.endswith(b"\n")
        return line


@contextmanager
def _stream(source: Source) -> Iterator[_Bounded]:
    """Open a source; turn what Python and the parser raise into our errors."""
    try:
        with _open(source) as raw:
            yield _Bounded(raw, source)
    except SyntaxError as error:
        raise SourceSyntax(
            source.name, error.lineno or 1, error.offset or 1, _reason(error)
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotRead(f"Cannot read {source.name}: {reason}.") from None


@contextmanager
def _open(source: Source) -> Iterator[BinaryIO]:
    if source.path is None:
        yield sys.stdin.buffer
        return
    if source.path.is_file() and source.path.stat().st_size > source.limit:
        raise CannotRead(_too_large(source.name, source.limit))
    with _unpacked(source.path) if is_packed(source.path) else source.path.open("rb") as file:
        yield file


def _size(source: Source) -> int:
    """Return how many bytes of RDF a file holds; of a packed one no more than it may, and one.

    What a packed file says of its size itself is not to be trusted.
    """
    if source.path is None or not source.path.is_file():
        return 0
    if not is_packed(source.path):
        return source.path.stat().st_size
    size = 0
    try:
        with _unpacked(source.path) as file:
            while size <= source.limit and (chunk := file.read(_CHUNK)):
                size += len(chunk)
    except (OSError, EOFError, zlib.error):
        return size  # told when it is read, with the name of the file
    return size


def _unpacked(path: Path) -> BinaryIO:
    import gzip  # only for whoever reads a packed file

    return cast("BinaryIO", gzip.open(path))


def _too_large(name: str, limit: int) -> str:
    return (
        f"{name} is larger than the limit of {limit // 2**20} MiB; "
        "take a part of it, or put it into a store (millelieux load)."
    )


def _reason(error: SyntaxError) -> str:
    """Return the parser's reason without the position that stands beside it already."""
    reason = re.sub(r"^Parser error (?:at|between) [^:]*: ", "", error.msg)
    if "invalid utf-8" in reason.lower():
        return "the text is not UTF-8; save the file as UTF-8"
    if "No scheme found" in reason:
        return f"{reason}; add an @base line, or write the whole IRI"
    if "LoadDocumentCallback" in reason:
        return "its @context is on another server, which is not asked; write it into the file"
    return reason


def _sources(path: str) -> Iterator[Source]:
    if path == "-":
        yield Source(None, terms.graph("report"), by_name("turtle"))
        return
    if not path:
        raise CannotRead("The name of a file or folder is empty; write . for the present folder.")
    here = Path(path)
    if here.is_dir():
        yield from _folder(here)
    elif not here.exists():
        raise CannotRead(f"No such file or folder: {path}.")
    else:
        rdf = by_suffix(here)
        if rdf is None:
            suffixes = ", ".join(by_name(n).suffix for n in names("graph", "dataset"))
            raise CannotRead(
                f"{path} is not named as RDF; the suffixes read are {suffixes}, "
                "and each of them with .gz."
            )
        yield Source(here, graph_of(PurePath(here.name)), rdf)


def _folder(folder: Path) -> Iterator[Source]:
    found = 0
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        rdf = by_suffix(file)
        if rdf is None or not file.is_file() or any(p.startswith(".") for p in relative.parts):
            continue
        found += 1
        if found > MAX_FILES:
            raise CannotRead(f"{folder} holds more than {MAX_FILES} RDF files; name a smaller one.")
        yield Source(file, graph_of(relative), rdf)
    if not found:
        raise CannotRead(
            f"{folder} holds no RDF file (such as .ttl); name another folder or a file."
        )
