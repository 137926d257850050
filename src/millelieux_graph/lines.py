"""Statements in order, however many there are: sorted as bytes, on the disk where memory ends.

A statement is a line of N-Triples without its end, ` .` and a line feed, which nothing else in it
can look like.  The order of bytes of UTF-8 is that of code points, which RDFC-1.0 asks for; it is
the same with any end, since no term goes on with a sign as low as a space.  A block is a list of
statements; blocks, and never single statements, go from one function to the next, so that nearly
all work is done by the sort and the join of the interpreter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import IO, Self, TypeAlias, cast

__all__ = [
    "END",
    "Block",
    "Shelf",
    "SortedLines",
    "joined",
    "merged",
    "ranges",
    "unique",
    "with_first_words_together",
]

Block: TypeAlias = list[bytes]

END = b" .\n"

_HELD = 256 * 1024 * 1024  # bytes of statements in memory
_SPOOLED = 16 * 1024 * 1024  # bytes of such a file in memory
_READ = 1024 * 1024  # of a block
_LINES = 4096  # of a block
_CUT = 128  # writes of the engine, of 8 KiB each, that are cut into lines at once


class Shelf:
    """Where statements lie: in memory up to a bound, then in a folder that goes with it.

    Attributes:
        bound: Bytes of statements that memory may hold.
    """

    def __init__(self, folder: Path | None = None, bound: int = _HELD) -> None:
        self.bound = bound
        self._folder = TemporaryDirectory(prefix="millelieux-", dir=folder)
        self._files = 0
        self._held = 0
        self._holders: list[SortedLines] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._holders = []  # who know the shelf: without this they would live until a collection
        self._folder.cleanup()

    def hold(self, holder: SortedLines, size: int) -> None:
        """Count bytes that somebody holds; when they are too many, the largest go to the disk."""
        if holder not in self._holders:
            self._holders.append(holder)
        self._held += size
        while self._held > self.bound:
            self._held -= max(self._holders, key=lambda each: each.size).put_away()

    def spool(self) -> IO[bytes]:
        """Return a file without a name that stays in memory while it is small."""
        return cast("IO[bytes]", SpooledTemporaryFile(_SPOOLED, dir=self._folder.name))

    def file(self) -> Path:
        """Return the path of a new file."""
        self._files += 1
        return Path(self._folder.name, str(self._files))


class SortedLines:
    """Statements, written in any order as to a file, and read sorted as often as one likes.

    Attributes:
        size: Bytes of those in memory.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._block: Block = []
        self._pieces: list[bytes] = []
        self._runs: list[Path] = []
        self.size = 0
        self._is_sorted = True

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._block or self._runs)

    def write(self, data: bytes) -> int:
        """Take the next bytes; statements may begin and end anywhere in them."""
        self._pieces.append(data)
        if len(self._pieces) >= _CUT:
            self.finish()
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is read is whole."""

    def finish(self) -> None:
        """Take the statements that are whole, of what was written."""
        text = b"".join(self._pieces)
        block = text.split(END)
        self._pieces = [block.pop()]
        self.take(self.sift(block, text), len(text))

    def sift(self, block: Block, text: bytes) -> Block:  # noqa: ARG002  # for whoever looks into it
        """Return what to keep of statements: all of them; a hook for whoever keeps fewer.

        Args:
            block: The statements.
            text: What they were cut from.
        """
        return block

    def take(self, block: Block, size: int) -> None:
        """Take statements of about so many bytes together."""
        self._block += block
        self._is_sorted = self._is_sorted and not block
        self.size += size
        self._shelf.hold(self, size)

    def blocks(self) -> Iterator[Block]:
        """Yield the statements in order."""
        self.finish()
        if not self._is_sorted:
            self._block.sort()
            self._is_sorted = True
        return merged([_of_block(self._block), *map(_of_file, self._runs)])

    def put_away(self) -> int:
        """Write what is in memory into a file, sorted, and return how many bytes that frees."""
        self._block.sort()
        path = self._shelf.file()
        with path.open("wb") as file:
            file.writelines(joined(block) for block in _of_block(self._block))
        self._runs.append(path)
        freed, self.size = self.size, 0
        self._block, self._is_sorted = [], True
        return freed


def joined(block: Block, end: bytes = END) -> bytes:
    """Return statements as lines, each with an end."""
    return end.join((*block, b"")) if block else b""


def ranges(runs: Iterable[Iterator[Block]]) -> Iterator[list[tuple[int, Block]]]:
    """Yield what sorted runs hold, range by range: each run's part of it, with the run's number.

    All of a range comes before all of the next; statements that are equal are in one range.
    """
    heads = [(n, block, run) for n, run in enumerate(runs) if (block := next(run, []))]
    while len(heads) > 1:
        bound = min(block[-1] for _, block, _ in heads)
        ready = []
        rest = []
        for number, block, run in heads:
            cut = bisect_right(block, bound)
            if cut:
                ready.append((number, block[:cut]))
            left = block[cut:] or next(run, [])
            if left:
                rest.append((number, left, run))
        heads = rest
        yield ready
    for number, block, run in heads:
        yield [(number, block)]
        yield from ([(number, block)] for block in run)


def merged(runs: Iterable[Iterator[Block]]) -> Iterator[Block]:
    """Yield several sorted runs as one; what two runs have stands twice, together."""
    for parts in ranges(runs):
        if len(parts) == 1:
            yield parts[0][1]
        else:  # the sort of Python finds the runs in a list, and merges them
            yield sorted(chain.from_iterable(block for _, block in parts))


def unique(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield sorted statements once each; equal ones stand in one block, as `merged` leaves them."""
    for block in blocks:
        yield list(dict.fromkeys(block))


def with_first_words_together(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield sorted statements such that those with the same first word are all in one block."""
    kept: Block = []
    for block in blocks:
        kept += block
        word = kept[-1][: kept[-1].index(b" ") + 1]
        cut = bisect_left(kept, word)
        if cut:
            yield kept[:cut]
            kept = kept[cut:]
    if kept:
        yield kept


def _of_block(block: Block) -> Iterator[Block]:
    return (block[start : start + _LINES] for start in range(0, len(block), _LINES))


def _of_file(path: Path) -> Iterator[Block]:
    with path.open("rb") as file:
        while lines := file.readlines(_READ):
            yield [line[: -len(END)] for line in lines]
