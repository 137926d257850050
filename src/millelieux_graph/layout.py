"""Rows laid out for people to read: an aligned table, or a record a row where one is too wide.

Nothing is cut: what does not fit a line goes on in the next one, and a code is never broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from textwrap import wrap
from typing import TYPE_CHECKING
from unicodedata import category, combining, east_asian_width

if TYPE_CHECKING:
    from .values import Value

__all__ = ["columns_of_text", "one_line"]

_GAP = "  "
_SPACES = re.compile(r"[ \t\n\v\f\r]+")  # not those that hold French punctuation to its word
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_NARROWEST, _LONGEST_WORD = 12, 36


def columns_of_text(columns: Sequence[str], rows: Sequence[Sequence[Value]], width: int) -> str:
    """Return rows as lines of at most `width` columns, if words allow it, and a line of totals.

    Numbers stand to the right.  Columns share the width, the longest texts giving way first; when
    even their words are too wide side by side, each row becomes a record of a line a column.
    """
    cells = [[one_line(value) for value in row] for row in rows]
    natural = [max(map(_width, column)) for column in zip(columns, *cells, strict=True)]
    widths = _shared(natural, _least(columns, cells), width)
    if widths is None:
        lines = _records(columns, cells, width)
    else:
        right = [bool(rows) and all(_is_number(row[i]) for row in rows) for i in range(len(widths))]
        lines = _table(columns, cells, widths, right)
    return "\n".join([*lines, f"({len(rows)} row{'' if len(rows) == 1 else 's'})"]) + "\n"


def one_line(value: Value) -> str:
    """Return a value on one line, without the characters that would steer a terminal."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    spaced = _SPACES.sub(" ", text).strip(" ")
    return "".join(_REPLACEMENT if category(c) == "Cc" else c for c in spaced)


def _least(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """Return how narrow each column may become: its longest word, within reason."""
    return [
        max(_width(name), min(_LONGEST_WORD, max(map(_longest_word, texts), default=0)))
        for name, *texts in zip(columns, *cells, strict=True)
    ]


def _longest_word(text: str) -> int:
    return max(map(_width, text.split(" ")))


def _shared(natural: list[int], least: list[int], width: int) -> list[int] | None:
    """Return the widths of columns that fit together, or None when they cannot."""
    least = [min(n, max(w, _NARROWEST)) for n, w in zip(natural, least, strict=True)]
    room = width - len(_GAP) * (len(natural) - 1)
    if sum(natural) <= room or not natural:
        return natural
    if sum(least) > room:
        return None
    widest = max(natural)
    while sum(min(n, max(w, widest)) for n, w in zip(natural, least, strict=True)) > room:
        widest -= 1
    return [min(n, max(w, widest)) for n, w in zip(natural, least, strict=True)]


def _table(
    columns: Sequence[str], cells: Sequence[Sequence[str]], widths: list[int], right: list[bool]
) -> Iterator[str]:
    yield _aligned(columns, widths, right)
    yield _aligned(["─" * width for width in widths], widths, right)
    for row in cells:
        folded = [_folded(cell, width) for cell, width in zip(row, widths, strict=True)]
        for number in range(max(map(len, folded), default=1)):
            line = [f[number] if number < len(f) else "" for f in folded]
            yield _aligned(line, widths, right)


def _records(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    head = max(map(_width, columns))
    for number, row in enumerate(cells, 1):
        yield f"── {number} ".ljust(width, "─")
        for name, cell in zip(columns, row, strict=True):
            first, *rest = _folded(cell, max(width - head - len(_GAP), _NARROWEST))
            yield f"{_padded(name, head)}{_GAP}{first}".rstrip()
            yield from (" " * (head + len(_GAP)) + line for line in rest)


def _folded(text: str, width: int) -> list[str]:
    if _width(text) <= width:
        return [text]
    return wrap(text, width, break_on_hyphens=False) or [""]


def _aligned(cells: Sequence[str], widths: list[int], right: list[bool]) -> str:
    padded = (_padded(c, w, right=r) for c, w, r in zip(cells, widths, right, strict=True))
    return _GAP.join(padded).rstrip()


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode TR 11)."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 1 + (east_asian_width(c) in "WF") for c in text)


def _is_number(value: Value) -> bool:
    return value is None or (
        isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    )
