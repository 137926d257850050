"""Places by impacts: one dot is one place, a row of dots on a coloured thread is one impact.

Many places become the rows, and the threads hang down.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .palette import THREADS, threads
from .phrases import phrase, written
from .sheet import SOFT, TEXT, Sheet, dot, titled
from .svg import element

if TYPE_CHECKING:
    from .rows import Rows
    from .setting import Setting

__all__ = ["draw"]

_SIGNS = {"yes": "solid", "no": "hollow", "not-observed": "dashed"}
_OTHER = "faint"
_RADIUS = 7.5
_MOST_ACROSS = 24
_LONGEST_HEAD = 150.0
_TURN = -40.0
_RISE, _REACH = 0.65, 0.77  # sine and cosine of the turn, rounded up
_TALLY = 60.0

Thing = tuple[str, str]  # the column that it is from, and its code


@dataclass(frozen=True, slots=True)
class _Recap:
    """Verdicts by place and impact; two in one cell are two sources that disagree."""

    cells: Mapping[tuple[Thing, Thing], Sequence[str]]
    down: Sequence[Thing]
    across: Sequence[Thing]
    verdicts: Sequence[str]

    def at(self, row: Thing, column: Thing) -> Sequence[str]:
        return self.cells.get((row, column)) or self.cells.get((column, row), ())

    def count_yes(self, thing: Thing) -> int:
        mine = (found for pair, found in self.cells.items() if thing in pair)
        return sum(list(found) == ["yes"] for found in mine)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the dots stand; and the room for the names beside or above them."""

    left: float
    pitch: float
    many: int

    @property
    def right(self) -> float:
        return self.left + self.many * self.pitch

    def x(self, column: int) -> float:
        return self.left + (column + 0.5) * self.pitch


def draw(rows: Rows, setting: Setting) -> str:
    """Return the matrix of the columns place, impact and verdict."""
    recap = _read(rows, setting)
    sheet = Sheet(setting)
    grid = _place(sheet, recap)
    sheet.key(_key(recap, setting))
    _print_heads(sheet, grid, recap)
    colours = threads(code for kind, code in [*recap.down, *recap.across] if kind == "impact")
    heights = [_height(sheet, grid, row) for row in recap.down]
    for number, column in enumerate(recap.across):
        if column[0] == "impact":
            line = {"x1": grid.x(number), "y1": sheet.y, "y2": sheet.y + sum(heights)}
            sheet.add(_thread(colours[column[1]], **line, x2=line["x1"]))
    for row, height in zip(recap.down, heights, strict=True):
        _print_row(sheet, grid, recap, row, colours.get(row[1]))
        sheet.y += height
    _print_tallies(sheet, grid, recap)
    return sheet.close(_described(recap, setting))


def _read(rows: Rows, setting: Setting) -> _Recap:
    cells: dict[tuple[Thing, Thing], list[str]] = defaultdict(list)
    for values in rows.pick("impact", "place", "verdict"):
        impact, place, verdict = (written(value, setting.lang) for value in values)
        cells[("impact", impact), ("place", place)].append(verdict)
    found = list(dict.fromkeys(verdict for cell in cells.values() for verdict in cell))
    order = [*(("impact", code) for code in THREADS), *(impact for impact, _ in cells)]
    impacts = sorted({impact for impact, _ in cells}, key=order.index)
    places = list(dict.fromkeys(place for _, place in cells))
    flipped = len(places) > _MOST_ACROSS
    return _Recap(
        cells,
        places if flipped else impacts,
        impacts if flipped else places,
        [*(v for v in _SIGNS if v in found), *(v for v in found if v not in _SIGNS)],
    )


def _key(recap: _Recap, setting: Setting) -> Iterator[tuple[str, str]]:
    counts = Counter(cell[0] for cell in recap.cells.values() if len(cell) == 1)
    for verdict in recap.verdicts:
        sign = dot(0, 0, _RADIUS, _SIGNS.get(verdict, _OTHER))
        yield sign, phrase(setting.lang, "pair", setting.name("verdict", verdict), counts[verdict])
    disagreeing = len(recap.cells) - counts.total()
    if disagreeing:
        said = phrase(setting.lang, "disagree")
        yield dot(0, 0, _RADIUS, "split"), phrase(setting.lang, "pair", said, disagreeing)


def _place(sheet: Sheet, recap: _Recap) -> _Grid:
    """Return the columns of dots, and widen the sheet where they would be too narrow."""
    many = max(1, len(recap.across))
    left = sheet.left if sheet.setting.is_narrow else sheet.left + sheet.room * 0.37
    beyond = max(_TALLY, _heads_reach(sheet.setting, recap) * _REACH - 10)
    pitch = max(20.0, min(64.0, (sheet.right - left - beyond) / many))
    sheet.width = max(sheet.width, left + pitch * many + beyond + sheet.left)
    return _Grid(left, pitch, many)


def _heads_reach(setting: Setting, recap: _Recap) -> float:
    names = (setting.name(*thing) for thing in recap.across)
    return max((min(_LONGEST_HEAD, TEXT.measure(name)) for name in names), default=0.0)


def _print_heads(sheet: Sheet, grid: _Grid, recap: _Recap) -> None:
    """Print the names of the columns aslant, so that long ones stand beside each other."""
    sheet.y += _heads_reach(sheet.setting, recap) * _RISE + 14
    for number, column in enumerate(recap.across):
        head = TEXT.cut(sheet.setting.name(*column), _LONGEST_HEAD)
        sheet.write(grid.x(number) + 2, sheet.y, head, TEXT.turned(_TURN))
    sheet.y += 10


def _height(sheet: Sheet, grid: _Grid, row: Thing) -> float:
    lines = len(_name_lines(sheet, grid, row)) * TEXT.leading
    return lines + 38 if sheet.setting.is_narrow else max(lines + 12, 34.0)


def _name_lines(sheet: Sheet, grid: _Grid, row: Thing) -> list[str]:
    room = sheet.room if sheet.setting.is_narrow else grid.left - sheet.left - 14
    return TEXT.wrap(sheet.setting.name(*row), room, 4)


def _print_row(sheet: Sheet, grid: _Grid, recap: _Recap, row: Thing, colour: int | None) -> None:
    lines, height = _name_lines(sheet, grid, row), _height(sheet, grid, row)
    block = len(lines) * TEXT.leading
    if sheet.setting.is_narrow:
        sheet.write_lines(sheet.left, sheet.y + 14, lines)
        y = sheet.y + block + 14
    else:
        y = sheet.y + height / 2
        sheet.write_lines(sheet.left, y - block / 2 + 13, lines)
    if colour is not None:
        sheet.add(_thread(colour, x1=grid.left, y1=y, x2=grid.right, y2=y))
    for number, column in enumerate(recap.across):
        _print_cell(sheet, (grid.x(number), y), recap.at(row, column), (row, column))
    if "yes" in recap.verdicts:
        tally = f"{recap.count_yes(row)} {sheet.setting.name('verdict', 'yes')}"
        sheet.write(grid.right + 8, y + 4.5, tally, SOFT)


def _print_cell(
    sheet: Sheet, where: tuple[float, float], cell: Sequence[str], things: tuple[Thing, Thing]
) -> None:
    if not cell:
        return
    sign = _SIGNS.get(cell[0], _OTHER) if len(cell) == 1 else "split"
    said = ", ".join(sheet.setting.name("verdict", verdict) for verdict in cell)
    names = " – ".join(sheet.setting.name(*thing) for thing in things)
    sheet.add(titled(phrase(sheet.setting.lang, "pair", names, said), dot(*where, _RADIUS, sign)))


def _print_tallies(sheet: Sheet, grid: _Grid, recap: _Recap) -> None:
    if "yes" not in recap.verdicts:
        return
    sheet.y += 18
    sheet.write(grid.right + 8, sheet.y, sheet.setting.name("verdict", "yes"), SOFT)
    for number, column in enumerate(recap.across):
        sheet.write(grid.x(number), sheet.y, str(recap.count_yes(column)), SOFT.middle)


def _thread(colour: int, **ends: float) -> str:
    return element("line", class_=f"thread t{colour}", **ends)


def _described(recap: _Recap, setting: Setting) -> Iterator[str]:
    """Say each row: who has which verdict."""
    for row in recap.down:
        by_verdict: dict[str, list[str]] = defaultdict(list)
        for column in recap.across:
            for verdict in recap.at(row, column):
                by_verdict[verdict].append(setting.name(*column))
        said = "; ".join(
            f"{setting.name('verdict', verdict)} ({', '.join(names)})"
            for verdict, names in by_verdict.items()
        )
        yield f"{phrase(setting.lang, 'pair', setting.name(*row), said)}."
