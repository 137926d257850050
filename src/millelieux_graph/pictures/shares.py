"""How public and private money share a hundred percent: one bar a place and phase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..values import Value
from .phrases import as_number, percentage, phrase, written
from .sheet import HEAD, ON, SMALL, SOFT, TEXT, Sheet, box, titled

if TYPE_CHECKING:
    from .rows import Rows
    from .setting import Setting

__all__ = ["draw"]

_BAR = 22.0
_GAP = 24.0
_MOST_BESIDE = 3
_NAMES = 0.19  # of the width, for the names of places
_SIGNS = ("bulk", "hollow", "faint")

Share = tuple[str, Value]  # a sector and its percent
Mixes = Mapping[tuple[str, str], Sequence[Share]]  # by place and phase


@dataclass(frozen=True, slots=True)
class _Track:
    """Where the bars of one phase stand."""

    phase: str
    left: float
    length: float


def draw(rows: Rows, setting: Setting) -> str:
    """Return the bars of the columns place, phase, sector and percent."""
    mixes = _read(rows, setting)
    sectors = dict.fromkeys(sector for mix in mixes.values() for sector, _ in mix)
    signs = {sector: _SIGNS[min(number, 2)] for number, sector in enumerate(sectors)}
    sheet = Sheet(setting)
    sheet.key((box(-7, -6, 14, 12, s), setting.name("sector", c)) for c, s in signs.items())
    phases = list(dict.fromkeys(phase for _, phase in mixes))
    places = dict.fromkeys(place for place, _ in mixes)
    if setting.is_narrow or len(phases) > _MOST_BESIDE:
        for place in places:
            _print_stacked(sheet, place, phases, mixes, signs)
    else:
        tracks = list(_place_tracks(sheet, phases))
        _print_phases(sheet, tracks)
        for place in places:
            _print_row(sheet, place, tracks, mixes, signs)
    return sheet.close(_described(mixes, setting))


def _read(rows: Rows, setting: Setting) -> Mixes:
    mixes: dict[tuple[str, str], list[Share]] = defaultdict(list)
    for *key, percent in rows.pick("place", "phase", "sector", "percent"):
        place, phase, sector = (written(value, setting.lang) for value in key)
        mixes[place, phase].append((sector, percent))
    return mixes


def _place_tracks(sheet: Sheet, phases: Sequence[str]) -> Iterator[_Track]:
    """Yield one track a phase, beside each other."""
    start = sheet.left + sheet.room * _NAMES
    length = (sheet.right - start) / max(1, len(phases)) - _GAP
    for number, phase in enumerate(phases):
        yield _Track(phase, start + _GAP + number * (length + _GAP), length)


def _print_phases(sheet: Sheet, tracks: Sequence[_Track]) -> None:
    sheet.y += 18
    for track in tracks:
        name = sheet.setting.name("phase", track.phase)
        sheet.write(track.left, sheet.y, SOFT.cut(name, track.length), SOFT)
    sheet.y += 8


def _print_row(
    sheet: Sheet, place: str, tracks: Sequence[_Track], mixes: Mixes, signs: Mapping[str, str]
) -> None:
    """Print a place and beside it its phases; a phase without shares says so."""
    top = sheet.y + 4
    lines = HEAD.wrap(sheet.setting.name("place", place), sheet.room * _NAMES, 3)
    bottom = sheet.write_lines(sheet.left, top + 17, lines, HEAD) - 8
    for track in tracks:
        mix = mixes.get((place, track.phase), ())
        bottom = max(bottom, _print_bar(sheet, track, top, mix, signs))
    sheet.y = bottom + 8


def _print_stacked(
    sheet: Sheet, place: str, phases: Sequence[str], mixes: Mixes, signs: Mapping[str, str]
) -> None:
    """Print a place and below it its phases; where phases are many, only those it has."""
    sheet.y += 26
    name = sheet.setting.name("place", place)
    sheet.write(sheet.left, sheet.y, HEAD.cut(name, sheet.room), HEAD)
    for phase in phases:
        mix = mixes.get((place, phase), ())
        if mix or len(phases) <= _MOST_BESIDE:
            sheet.y += 18
            said = SOFT.cut(sheet.setting.name("phase", phase), sheet.room)
            sheet.write(sheet.left, sheet.y, said, SOFT)
            track = _Track(phase, sheet.left, sheet.room)
            sheet.y = _print_bar(sheet, track, sheet.y + 6, mix, signs) + 4


def _print_bar(
    sheet: Sheet, track: _Track, y: float, mix: Sequence[Share], signs: Mapping[str, str]
) -> float:
    """Print a bar with its shares in it, and below it what does not fit; return its bottom."""
    lang = sheet.setting.lang
    if not mix:
        sheet.write(track.left, y + 16, phrase(lang, "no-share"), SOFT)
        return y + _BAR
    total = sum(map(_size, mix))
    x, scale, notes = track.left, track.length / max(100.0, total), []
    for share in mix:
        wide = _size(share) * scale
        notes.append(_print_share(sheet, (x, y, wide), share, signs[share[0]]))
        x += wide
    if total < 99.95:
        sheet.add(box(x, y, track.left + track.length - x, _BAR, "dashed"))
        notes.append(phrase(lang, "rest", percentage(round(100 - total, 2), lang)))
    if total > 100.05:
        notes.append(phrase(lang, "total", percentage(round(total, 2), lang)))
    below = " · ".join(filter(None, notes))
    return (
        sheet.write_lines(
            track.left, y + _BAR + 13, SMALL.wrap(below, track.length) if below else (), SMALL
        )
        - 9
    )


def _print_share(sheet: Sheet, place: tuple[float, float, float], share: Share, sign: str) -> str:
    """Print one share, and return what its part of the bar has no room for."""
    x, y, wide = place
    sector, percent = sheet.setting.name("sector", share[0]), _say_percent(share, sheet.setting)
    if wide:
        sheet.add(titled(f"{sector} {percent}", box(x, y, wide, _BAR, sign)))
    for said in (f"{sector} {percent}", percent):
        if TEXT.measure(said) + 14 <= wide:
            sheet.write(x + 8, y + 15.5, said, ON if sign == "bulk" else TEXT)
            return ""
    return f"{sector} {percent}"


def _size(share: Share) -> float:
    return max(0.0, as_number(share[1]) or 0.0)


def _say_percent(share: Share, setting: Setting) -> str:
    percent = share[1]
    return percentage(percent, setting.lang) or phrase(setting.lang, "unsaid")


def _described(mixes: Mixes, setting: Setting) -> Iterator[str]:
    for (place, phase), mix in mixes.items():
        names = f"{setting.name('place', place)}, {setting.name('phase', phase)}"
        shares = ", ".join(
            f"{setting.name('sector', share[0])} {_say_percent(share, setting)}" for share in mix
        )
        yield f"{phrase(setting.lang, 'pair', names, shares)}."
