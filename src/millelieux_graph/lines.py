"""Lines in order, however many there are: sorted as bytes, on the disk where memory ends.

The order of bytes of UTF-8 is that of code points, which RDFC-1.0 asks for.  A block is a list of
whole lines; blocks, and never single lines, go from one function to the next, so that nearly all
work is done by the sort and the join of the interpreter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import IO, Self, TypeAlias, cast

__all__ = ["Block", "Shelf", "SortedLines", "merged", "unique", "with_first_words_together"]

Block: TypeAlias = list[bytes]

_HELD = 256 * 1024 * 1024  # bytes of lines in memory
_SPOOLED = 16 * 1024 * 1024  # bytes of such a file in memory
_READ = 1024 * 1024  # of a block
_LINES = 4096  # of a block
_CUT = 512  # writes of the engine, of 8 KiB each, that are cut into lines at once


class Shelf:
    """Where lines lie: in memory up to a bound, then in a folder that goes with it.

    Attributes:
        held: Bytes of lines in memory.
    """

    def __init__(self, folder: Path | None = None, bound: int = _HELD) -> None:
        self.held, self.bound = 0, bound
        self._folder = TemporaryDirectory(prefix="millelieux-", dir=folder)
        self._files = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    @property
    def is_full(self) -> bool:
        """Whether memory holds as much as it may."""
        return self.held > self.bound

    def spool(self) -> IO[bytes]:
        """Return a file without a name that stays in memory while it is small."""
        return cast("IO[bytes]", SpooledTemporaryFile(_SPOOLED, dir=self._folder.name))

    def file(self) -> Path:
        """Return the path of a new file."""
        self._files += 1
        return Path(self._folder.name, str(self._files))


class SortedLines:
    """Lines, written in any order as to a file, and read sorted as often as one likes."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lines: Block = []
        self._pieces: list[bytes] = []
        self._runs: list[Path] = []
        self._size = 0
        self._is_sorted = True

    def write(self, data: bytes) -> int:
        """Take the next bytes; lines may begin and end anywhere in them."""
        self._pieces.append(data)
        if len(self._pieces) >= _CUT:
            self._cut()
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is read is whole."""

    def extend(self, lines: Block) -> None:
        """Take whole lines that were written; a hook for whoever keeps some of them elsewhere."""
        self.take(lines)

    def take(self, lines: Block) -> None:
        """Take whole lines."""
        size = sum(map(len, lines))
        self._lines += lines
        self._size += size
        self._shelf.held += size
        self._is_sorted = self._is_sorted and not lines
        if self._shelf.is_full:
            self._put_away()

    def finish(self) -> None:
        """Take what was written and has not been taken yet."""
        lines = b"".join(self._pieces).splitlines(keepends=True)
        self._pieces = []
        self.extend(lines)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._lines or self._runs)

    def blocks(self) -> Iterator[Block]:
        """Yield the lines in order."""
        self.finish()
        if not self._is_sorted:
            self._lines.sort()
            self._is_sorted = True
        return merged([_of_lines(self._lines), *map(_of_file, self._runs)])

    def _cut(self) -> None:
        lines = b"".join(self._pieces).splitlines(keepends=True)
        self._pieces = [] if lines[-1].endswith(b"\n") else [lines.pop()]
        self.extend(lines)

    def _put_away(self) -> None:
        """Write what is in memory into a file, sorted."""
        self._lines.sort()
        path = self._shelf.file()
        with path.open("wb") as file:
            file.writelines(b"".join(block) for block in _of_lines(self._lines))
        self._runs.append(path)
        self._shelf.held -= self._size
        self._lines, self._size, self._is_sorted = [], 0, True


def merged(runs: Iterable[Iterator[Block]]) -> Iterator[Block]:
    """Yield the lines of several sorted runs as one; a line of two runs stands twice, together.

    All lines up to the least of the runs' last ones are safe to sort; the sort of Python finds the
    runs in them and merges.
    """
    heads = [(block, run) for run in runs if (block := next(run, []))]
    while len(heads) > 1:
        bound = min(block[-1] for block, _ in heads)
        ready: Block = []
        rest = []
        for block, run in heads:
            cut = bisect_right(block, bound)
            ready += block[:cut]
            left = block[cut:] or next(run, [])
            if left:
                rest.append((left, run))
        heads = rest
        ready.sort()
        yield ready
    for block, run in heads:
        yield block
        yield from run


def unique(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield sorted lines once each; equal ones stand in one block, as `merged` leaves them."""
    for block in blocks:
        yield list(dict.fromkeys(block))


def with_first_words_together(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield sorted lines such that those with the same first word are all in one block."""
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


def _of_lines(lines: Block) -> Iterator[Block]:
    return (lines[start : start + _LINES] for start in range(0, len(lines), _LINES))


def _of_file(path: Path) -> Iterator[Block]:
    with path.open("rb") as file:
        while block := file.readlines(_READ):
            yield block
