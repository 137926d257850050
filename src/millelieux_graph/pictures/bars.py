"""Quantities as lengths: a bar a row, one scale a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .phrases import as_number, percentage, phrase, written
from .sheet import HEAD, SOFT, TEXT, Sheet, box, titled

if TYPE_CHECKING:
    from ..values import Value
    from .rows import Rows
    from .setting import Setting

__all__ = ["draw"]

_BAR = 11.0
_NO_FACTS = ("planned", "rejected", "said-by")
_OF_WHOM = ("place", "about", "territory")


@dataclass(frozen=True, slots=True)
class _Bar:
    """One row: its label, and its value or the range that it lies in."""

    label: str
    status: str
    value: Value
    low: Value
    high: Value

    @property
    def sign(self) -> str:
        is_fact = as_number(self.value) is not None and self.status not in _NO_FACTS
        return "bulk" if is_fact else "hollow"

    @property
    def ends(self) -> tuple[float, float] | None:
        """From where to where the bar goes, or None where no number is given."""
        value, low, high = map(as_number, (self.value, self.low, self.high))
        if value is not None:
            return 0.0, value
        known = [end for end in (low, high) if end is not None]
        return (min(known), max(known)) if known else None


Groups = Mapping[str, Sequence[_Bar]]  # by unit


def draw(rows: Rows, setting: Setting) -> str:
    """Return the bars of the columns label and value, by unit where there is one.

    Where a row has no value, the columns low and high give a range; place, about or territory
    tell whose it is, and status that it is planned, rejected or only said.
    """
    groups = _read(rows, setting)
    sheet = Sheet(setting)
    for unit, bars in groups.items():
        _print_group(sheet, unit, bars)
    return sheet.close(_described(groups, setting))


def _read(rows: Rows, setting: Setting) -> Groups:
    groups: dict[str, list[_Bar]] = defaultdict(list)
    of_whom = next((column for column in _OF_WHOM if column in rows.columns), "")
    for label, whom, status, unit, *ends in rows.pick(
        "label", of_whom, "status", "unit", "value", "low", "high"
    ):
        said, state = (written(value, setting.lang) for value in (label, status))
        owner = "" if whom is None else setting.name(of_whom, written(whom, setting.lang))
        doubt = setting.name("status", state) if state in _NO_FACTS else ""
        parts = [said or phrase(setting.lang, "unsaid")]
        parts += [part for part in (owner, doubt) if part.casefold() not in said.casefold()]
        bar = _Bar(" · ".join(parts), state, *ends)
        groups[written(unit, setting.lang)].append(bar)
    return groups


@dataclass(frozen=True, slots=True)
class _Scale:
    """From a quantity to a point between `left` and `right`."""

    left: float
    right: float
    lowest: float
    highest: float

    def x(self, quantity: float) -> float:
        # Divided first: the difference of two very large numbers may not be a number.
        span = self.highest / 2 - self.lowest / 2
        part = (quantity / 2 - self.lowest / 2) / span if span else 0.0
        return self.left + part * (self.right - self.left)


def _print_group(sheet: Sheet, unit: str, bars: Sequence[_Bar]) -> None:
    if unit:
        sheet.y += 30
        head = HEAD.cut(sheet.setting.name("unit", unit), sheet.room)
        sheet.write(sheet.left, sheet.y, head, HEAD)
    sheet.y += 10
    said = {bar: _say(bar, unit, sheet.setting) for bar in bars}
    ends = [0.0, *(end for bar in bars for end in bar.ends or ())]
    left = sheet.left if sheet.setting.is_narrow else sheet.left + sheet.room * 0.44
    right = sheet.right - 10 - min(160.0, max(map(TEXT.measure, said.values())))
    scale = _Scale(left, right, min(ends), max(ends))
    for bar in bars:
        _print_bar(sheet, scale, bar, said[bar])


def _print_bar(sheet: Sheet, scale: _Scale, bar: _Bar, said: str) -> None:
    narrow = sheet.setting.is_narrow
    lines = TEXT.wrap(bar.label, sheet.room if narrow else scale.left - sheet.left - 12, 4)
    bottom = sheet.write_lines(sheet.left, sheet.y + 17, lines) - 17
    y = bottom + 5 if narrow else (sheet.y + 17 + bottom) / 2 - 4.5 - _BAR / 2
    x = scale.x(0)
    if bar.ends:
        start, end = scale.x(bar.ends[0]), scale.x(bar.ends[1])
        mark = box(min(start, end), y, max(1.5, abs(end - start)), _BAR, bar.sign)
        sheet.add(titled(phrase(sheet.setting.lang, "pair", bar.label, said), mark))
        x = max(start, end, x)
    shown = SOFT.cut(said, sheet.right - x - 8)
    sheet.write(x + 8, y + _BAR / 2 + 4.5, shown, TEXT if bar.ends else SOFT)
    sheet.y = (y + _BAR if narrow else bottom) + 6


def _say(bar: _Bar, unit: str, setting: Setting) -> str:
    ends = (bar.value,) if bar.value is not None else (bar.low, bar.high)
    say = percentage if unit == "percent" else written
    said = [say(end, setting.lang) for end in ends if end is not None]
    return "–".join(dict.fromkeys(said)) or phrase(setting.lang, "unsaid")


def _described(groups: Groups, setting: Setting) -> Iterator[str]:
    for unit, bars in groups.items():
        named = f" ({setting.name('unit', unit)})" if unit else ""
        for bar in bars:
            said = f"{_say(bar, unit, setting)}{named}"
            yield f"{phrase(setting.lang, 'pair', bar.label, said)}."
