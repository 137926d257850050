"""How the classes of a module hang together, as a picture: class, property, class.

Each property has a line of its own between the two columns of classes, so that no name crosses
another, whatever the number of properties.
"""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Edge", "draw"]

Edge = tuple[str, str, str]  # the labels of a class, a property, and a class that it leads to

_ROW = 26
_TOP = 20
_WIDTH = 760
_COLUMNS = (210, 380, 550)  # where the left classes end, properties stand, the right classes begin


def draw(title: str, edges: Iterable[Edge]) -> Markup:
    """Return the picture of some properties as SVG that takes the colours of its page.

    Args:
        title: What it shows, for whoever cannot see it.
        edges: What leads where; none: an empty text.
    """
    rows = sorted(set(edges))
    if not rows:
        return Markup("")
    left = _middles((start for start, _, _ in rows))
    right = _spread(_middles((end for _, _, end in rows)), len(rows))
    marks = [*_lines(rows, left, right), *_names(rows, left, right)]
    height = _TOP * 2 + _ROW * (len(rows) - 1)
    return Markup(  # noqa: S704  # every text in it is escaped
        f'<svg class="diagram" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(marks)}</svg>'
    )


def _y(row: float) -> float:
    return round(_TOP + _ROW * row, 1)


def _middles(names: Iterable[str]) -> Mapping[str, float]:
    """Return where each name stands: in the middle of its rows."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        rows[name].append(row)
    return {name: sum(places) / len(places) for name, places in rows.items()}


def _spread(middles: Mapping[str, float], rows: int) -> Mapping[str, float]:
    """Return places near the middles, at least a row apart."""
    ordered = sorted(middles, key=lambda name: (middles[name], name))
    placed: dict[str, float] = {}
    floor = 0.0
    for number, name in enumerate(ordered):
        ceiling = rows - (len(ordered) - number)
        placed[name] = floor = min(max(middles[name], floor), max(floor, ceiling))
        floor += 1
    return placed


def _lines(
    rows: Sequence[Edge], left: Mapping[str, float], right: Mapping[str, float]
) -> Iterable[str]:
    start, middle, end = _COLUMNS
    for row, (subject, _, target) in enumerate(rows):
        here = _y(row)
        for (x1, y1), (x2, y2) in (
            ((start + 8, _y(left[subject])), (middle - 86, here)),
            ((middle + 86, here), (end - 8, _y(right[target]))),
        ):
            bend = (x1 + x2) / 2
            yield f'<path d="M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}"/>'


def _names(
    rows: Sequence[Edge], left: Mapping[str, float], right: Mapping[str, float]
) -> Iterable[str]:
    start, middle, end = _COLUMNS
    for name, row in left.items():
        yield _text(name, start, row, "end", "class")
    for row, (_, name, _) in enumerate(rows):
        yield _text(name, middle, row, "middle", "property")
    for name, row in right.items():
        yield _text(name, end, row, "start", "class")


def _text(name: str, x: float, row: float, anchor: str, kind: str) -> str:
    return (
        f'<text class="{kind}" x="{x}" y="{_y(row) + 5:.1f}" text-anchor="{anchor}">'
        f"{escape(name)}</text>"
    )
