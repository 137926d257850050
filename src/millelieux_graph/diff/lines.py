"""Sorted N-Quads, line by line: read from a dump or made from quads, and two of them merged.

A line is a statement, and the dumps of a release have them in the order of their bytes, so two
releases of any size are compared as two sorted lists, of which a line each is held at a time.
"""

from __future__ import annotations

import gzip
import heapq
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO

import pyoxigraph as ox

from ..dumps import canonical
from ..errors import CannotRead
from ..formats import by_name
from ..sources import rdf

if TYPE_CHECKING:
    from _hashlib import HASH

__all__ = [
    "Block",
    "blocks",
    "has_blank",
    "is_sorted",
    "parsed",
    "read",
    "sorted_lines",
    "subject_of",
]

_CHUNK = 1 << 20  # bytes of a dump that are read at once
_RUN = 200_000  # lines that are sorted in memory; more are merged from the disk
# A blank node as subject, object or graph; a triple within a triple may hold one.
_BLANK = re.compile(rb"_:|<[^>]*> <[^>]*> (?:_:|<<\()|.* _:[^ \"<>]+ \.\n\Z", re.DOTALL)


def has_blank(line: bytes) -> bool:
    """Tell whether a statement may name a blank node; never False when it does."""
    return b"_:" in line and _BLANK.match(line) is not None


def subject_of(line: bytes) -> bytes:
    """Return the subject of a line, as it is written."""
    return line[: line.index(b" ")]


def parsed(lines: Iterable[bytes], name: str = "The dump") -> list[ox.Quad]:
    """Return the quads of lines.

    Args:
        lines: N-Quads.
        name: What a message calls the state that has them.

    Raises:
        CannotRead: They are no N-Quads.
    """
    try:
        return list(ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise CannotRead(
            f"{name} holds a line that is no N-Quads ({error.msg}); fetch the release again."
        ) from None


def read(path: Path, digest: str = "") -> Iterator[bytes]:
    """Yield the lines of a sorted dump, ``.nq`` or ``.nq.gz``.

    Args:
        path: The file.
        digest: SHA-256 that the unpacked bytes must have, in hexadecimal; empty: any.

    Raises:
        CannotRead: It is missing, damaged or not sorted.
    """
    seen, last = sha256(), b""
    for number, line in enumerate(_lines_of(path, seen, digest), start=1):
        if line <= last:
            raise CannotRead(
                f"{path}, line {number}: not sorted as the dump of a release is; "
                "fetch the release again, or name the file that it was made from."
            )
        last = line
        yield line
    if digest and seen.hexdigest() != digest:
        raise CannotRead(
            f"{path} is not the dump that its release.json tells (canonicalHash); "
            "fetch the release again."
        )


def is_sorted(path: Path) -> bool:
    """Tell whether a file is N-Quads in the order of a release's dump, as far as lines tell.

    Raises:
        CannotRead: It is missing or damaged.
    """
    last = b""
    for line in _lines_of(path, sha256(), ""):
        if line <= last or not line.endswith(b" .\n"):
            return False
        last = line
    return True


def _lines_of(path: Path, seen: HASH, digest: str) -> Iterator[bytes]:
    try:
        with _open(path) as file:
            yield from _split(file, seen, digest)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise CannotRead(f"{path} is damaged or cut off; fetch it again.") from None
    except OSError as error:
        raise CannotRead(f"Cannot read {path}: {error.strerror or error}.") from None


def _open(path: Path) -> BinaryIO | gzip.GzipFile:
    # Opened by its content: a server may have unpacked it on the way.
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")


def _split(file: BinaryIO | gzip.GzipFile, seen: HASH, digest: str) -> Iterator[bytes]:
    rest = b""
    while chunk := file.read(_CHUNK):
        if digest:
            seen.update(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest + b"\n"


def sorted_lines(quads: Iterable[ox.Quad]) -> Iterator[bytes]:
    """Yield the canonical lines of quads, sorted; the blank nodes' labels are those of RDFC-1.0.

    Memory does not grow with the quads, unless they have blank nodes.
    """
    quads, blank = iter(quads), []
    runs: list[Iterator[bytes]] = []
    while some := list(islice(quads, _RUN)):
        lines = sorted(_written(some))
        blank += [line for line in lines if has_blank(line)]
        named = [line for line in lines if not has_blank(line)]
        runs.append(iter(named) if len(some) < _RUN else _kept(named))
    # RDFC-1.0 looks at no statement without blank node, so these alone get the same labels.
    runs.append(iter(sorted(_written(canonical(parsed(blank))))))
    last = b""
    for line in heapq.merge(*runs):
        if line != last:
            yield line
        last = line


def _written(quads: Sequence[ox.Quad]) -> list[bytes]:
    return rdf.write(quads, by_name("nquads")).splitlines(keepends=True)


def _kept(lines: list[bytes]) -> Iterator[bytes]:
    """Put lines on the disk now, to be read back when they are asked for."""
    file = TemporaryFile()  # noqa: SIM115  # closed when it has been read
    file.writelines(lines)
    file.seek(0)
    return _given_back(file)


def _given_back(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from file


@dataclass(slots=True)
class Block:
    """What differs in the statements about one subject.

    Attributes:
        subject: As it is written, with the space after it.
        removed: Its lines that only the old state has.
        added: Its lines that only the new state has.
        stays: Whether both have some line about it.
    """

    subject: bytes
    removed: list[bytes] = field(default_factory=list)
    added: list[bytes] = field(default_factory=list)
    stays: bool = False


def blocks(old: Iterator[bytes], new: Iterator[bytes]) -> Iterator[Block]:
    """Merge two sorted lists of lines and yield what differs, subject by subject."""
    block, common = Block(b""), b""
    one, other = next(old, b""), next(new, b"")
    while one or other:
        if one == other:
            common = one
            if common.startswith(block.subject):
                block.stays = True
            one, other = next(old, b""), next(new, b"")
            continue
        gone = bool(one) and (not other or one < other)
        line = one if gone else other
        if not block.subject or not line.startswith(block.subject):
            if block.subject:
                yield block
            subject = subject_of(line) + b" "
            block = Block(subject, stays=common.startswith(subject))
        (block.removed if gone else block.added).append(line)
        if gone:
            one = next(old, b"")
        else:
            other = next(new, b"")
    if block.subject:
        yield block
