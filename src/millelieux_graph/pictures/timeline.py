"""What happened when: a lane a place, each event as long on the axis as its date is vague.

A year is a long mark, a day a dot; what was planned is hollow, what is about then is dashed.  On a
phone the axis stands upright and is no longer to scale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from . import dates
from .axis import Axis, lay_axis
from .phrases import phrase, written
from .sheet import HEAD, SMALL, TEXT, Sheet, box, dot, titled
from .svg import element

if TYPE_CHECKING:
    from .rows import Rows
    from .setting import Setting

__all__ = ["draw"]

_THICK = 9.0
_SHORTEST = 4.0
_GAP = 7.0
_ARROW = 6.0
_LINE = 19.0
_ENOUGH = 260.0  # room in which words may be broken beside their mark


@dataclass(frozen=True, slots=True)
class _Event:
    place: str
    date: str
    label: str
    status: str
    span: dates.Span | None

    @property
    def order(self) -> tuple[float, float]:
        """Where it comes among the others; the undated come last."""
        span = self.span or dates.Span(inf, inf, "")
        end = inf if span.end is None else span.end
        # What lasts until then, from nobody knows when, stands with what happened then.
        return end - 1 if span.start is None else span.start, end

    @property
    def sign(self) -> str:
        vague = self.span is not None and self.span.approximate
        if self.status == "planned":
            return "dashed" if vague else "hollow"
        return "vague" if vague else "faint" if self.status == "unknown" else "bulk"


@dataclass(frozen=True, slots=True)
class _Placed:
    """An event on its lane.

    Attributes:
        start, end: From where to where it is marked.
        lines: Its words.
        side: Of the mark, where the words stand: ``after``, ``before`` or ``below``.
        left, right: From where to where mark and words go.
    """

    event: _Event
    start: float
    end: float
    lines: Sequence[str]
    side: str
    left: float
    right: float

    @property
    def height(self) -> float:
        below = _LINE if self.side == "below" else 0
        return below + _LINE + (len(self.lines) - 1) * TEXT.leading


Lanes = Mapping[str, Sequence[_Event]]


def draw(rows: Rows, setting: Setting) -> str:
    """Return the timeline of the columns place, date, label and status."""
    lanes = _read(rows, setting)
    events = [event for lane in lanes.values() for event in lane]
    spans = [event.span for event in events if event.span]
    sheet = Sheet(setting)
    sheet.key(_key(events, setting))
    axis = lay_axis(spans, sheet.left, sheet.right - 8) if spans else None
    for place, lane in lanes.items():
        _print_head(sheet, place)
        dated = sorted((event for event in lane if event.span), key=lambda event: event.order)
        if setting.is_narrow:
            _print_upright(sheet, dated)
        elif axis and dated:
            _print_lane(sheet, axis, dated)
        _print_undated(sheet, [event for event in lane if not event.span])
    return sheet.close(_described(events, setting))


def _read(rows: Rows, setting: Setting) -> Lanes:
    lanes: dict[str, list[_Event]] = defaultdict(list)
    for values in rows.pick("place", "date", "label", "status"):
        place, date, label, status = (written(value, setting.lang) for value in values)
        lanes[place].append(_Event(place, date, label, status, dates.read(date)))
    return lanes


def _print_head(sheet: Sheet, place: str) -> None:
    sheet.y += 32
    head = HEAD.cut(sheet.setting.name("place", place), sheet.room)
    sheet.write(sheet.left, sheet.y, head, HEAD)
    sheet.y += 6


def _print_lane(sheet: Sheet, axis: Axis, events: Sequence[_Event]) -> None:
    """Print the events of one place below its own copy of the axis."""
    rows = _stack(_place(axis, event, sheet) for event in events)
    heights = [max(placed.height for placed in row) for row in rows]
    _print_axis(sheet, axis, sum(heights) + 8)
    for row, height in zip(rows, heights, strict=True):
        for placed in row:
            _print_placed(sheet, placed)
        sheet.y += height
    sheet.y += 8


def _place(axis: Axis, event: _Event, sheet: Sheet) -> _Placed:
    """Find room for the words: on a side of the mark, in lines on the roomier side, or below."""
    assert event.span is not None
    start, end = axis.stretch(event.span)
    start = min(start, axis.right - _SHORTEST)
    end = max(end, start + _SHORTEST)
    said = _say(event, sheet.setting)
    wide, after, before = TEXT.measure(said), axis.right - end - _GAP, start - _GAP - axis.left
    if max(after, before) < min(wide, _ENOUGH):
        lines = TEXT.wrap(said, axis.right - axis.left)
        wide = max(map(TEXT.measure, lines))
        left = min(start, axis.right - wide)
        return _Placed(event, start, end, lines, "below", left, max(end, left + wide))
    lines = TEXT.wrap(said, max(after, before)) if wide > after else [said]
    wide = max(map(TEXT.measure, lines))
    if wide <= after:
        return _Placed(event, start, end, lines, "after", start, end + _GAP + wide)
    return _Placed(event, start, end, lines, "before", start - _GAP - wide, end)


def _stack(events: Iterable[_Placed]) -> list[list[_Placed]]:
    """Put events on one line while they follow each other without touching."""
    rows: list[list[_Placed]] = []
    for placed in events:
        if rows and placed.left > rows[-1][-1].right + 2 * _GAP:
            rows[-1].append(placed)
        else:
            rows.append([placed])
    return rows


def _print_axis(sheet: Sheet, axis: Axis, height: float) -> None:
    sheet.y += 15
    for year in axis.ticks():
        x = axis.x(year)
        style = SMALL if x < axis.left + 20 else SMALL.end if x > axis.right - 20 else SMALL.middle
        sheet.write(x, sheet.y, str(year), style)
        sheet.add(element("path", d=f"M{x:.1f} {sheet.y + 5:.1f}v{height:.1f}", class_="line"))
    sheet.y += 5
    sheet.add(
        element("path", d=f"M{axis.left:.1f} {sheet.y:.1f}H{axis.right:.1f}", class_="stroke")
    )
    if axis.is_broken:
        seam = f"M{axis.seam - 14:.1f} {sheet.y + 4:.1f}l5 -8m3 0l-5 8"
        sheet.add(element("path", d=seam, class_="stroke"))
    sheet.y += 8


def _print_placed(sheet: Sheet, placed: _Placed) -> None:
    event, y = placed.event, sheet.y + _LINE / 2
    sheet.add(titled(_tell(event, sheet.setting), *_mark(placed, y)))
    x, style = {
        "after": (placed.end + _GAP, TEXT),
        "before": (placed.start - _GAP, TEXT.end),
        "below": (placed.left, TEXT),
    }[placed.side]
    base = y + 4.5 + (_LINE - 2 if placed.side == "below" else 0)
    sheet.write_lines(x, base, placed.lines, style, dates.say(event.date, sheet.setting.lang))


def _mark(placed: _Placed, y: float) -> Iterator[str]:
    span, sign = placed.event.span, placed.event.sign
    assert span is not None
    start, end = placed.start, placed.end
    if span.precision == "day":
        yield dot((start + end) / 2, y, _THICK / 2, sign)
        return
    start += _ARROW if span.start is None else 0
    end -= _ARROW if span.end is None else 0
    yield box(start, y - _THICK / 2, end - start, _THICK, sign)
    if span.start is None:
        yield _arrow(start, y, -_ARROW, sign)
    if span.end is None:
        yield _arrow(end, y, _ARROW, sign)


def _arrow(x: float, y: float, reach: float, sign: str) -> str:
    half = _THICK / 2 + 2
    shape = f"M{x:.1f} {y - half:.1f}l{reach:g} {half:g}l{-reach:g} {half:g}z"
    return element("path", d=shape, class_=sign)


def _print_upright(sheet: Sheet, events: Sequence[_Event]) -> None:
    """Print dated events below each other, along an upright line."""
    x, top = sheet.left + 9, sheet.y + 6
    marks: list[str] = []
    sheet.y += 8
    for event in events:
        lines = TEXT.wrap(_say(event, sheet.setting), sheet.right - x - 18)
        marks.append(titled(_tell(event, sheet.setting), _upright_mark(event, x, sheet.y + 9)))
        lead = dates.say(event.date, sheet.setting.lang)
        sheet.y = sheet.write_lines(x + 18, sheet.y + 13.5, lines, TEXT, lead) - 8
    if events:
        line = f"M{x:.1f} {top:.1f}V{sheet.y:.1f}"
        sheet.add(element("path", d=line, class_="stroke"), *marks)


def _upright_mark(event: _Event, x: float, y: float) -> str:
    reach = {"month": 4.0, "year": 8.0, "interval": 8.0}
    if event.span is None or event.span.precision not in reach:
        return dot(x, y, _THICK / 2, event.sign)
    half = reach[event.span.precision]
    return box(x - half, y - 3.5, 2 * half, 7, event.sign)


def _print_undated(sheet: Sheet, events: Sequence[_Event]) -> None:
    if not events:
        return
    sheet.y += 16
    sheet.write(sheet.left, sheet.y, phrase(sheet.setting.lang, "undated"), SMALL)
    sheet.y = max(
        _print_list(sheet, x, room, part)
        for x, room, part in sheet.in_columns(events, 1 if sheet.setting.is_narrow else 2)
    )


def _print_list(sheet: Sheet, x: float, room: float, events: Sequence[_Event]) -> float:
    """Print events below each other, and return the bottom."""
    y = sheet.y + 5
    for event in events:
        sheet.add(titled(_tell(event, sheet.setting), dot(x + 4, y + 8.5, 2.4, event.sign)))
        lines = TEXT.wrap(_say(event, sheet.setting), room - 14)
        y = sheet.write_lines(x + 14, y + 13, lines, TEXT, event.date) - 12
    return y


def _say(event: _Event, setting: Setting) -> str:
    return " ".join(filter(None, (dates.say(event.date, setting.lang), event.label)))


def _tell(event: _Event, setting: Setting) -> str:
    """Return all that is known of an event."""
    place = setting.name("place", event.place)
    status = f" ({setting.name('status', event.status)})" if event.status else ""
    return phrase(setting.lang, "pair", place, _say(event, setting)) + status


def _key(events: Sequence[_Event], setting: Setting) -> Iterator[tuple[str, str]]:
    """Say what the marks mean, of those that occur."""
    precisions = {event.span.precision for event in events if event.span}
    signs = {event.sign for event in events}
    half = _THICK / 2
    if "year" in precisions:
        yield box(-8, -half, 16, _THICK, "bulk"), phrase(setting.lang, "year")
    if "month" in precisions:
        yield box(-2.5, -half, 5, _THICK, "bulk"), phrase(setting.lang, "month")
    if "day" in precisions:
        yield dot(0, 0, half, "bulk"), phrase(setting.lang, "day")
    if signs & {"hollow", "dashed"}:
        yield box(-8, -half, 16, _THICK, "hollow"), setting.name("status", "planned")
    if signs & {"vague", "dashed"}:
        yield box(-8, -half, 16, _THICK, "vague"), phrase(setting.lang, "roughly")
    if "faint" in signs:
        yield box(-8, -half, 16, _THICK, "faint"), setting.name("status", "unknown")


def _described(events: Sequence[_Event], setting: Setting) -> Iterator[str]:
    for event in events:
        yield f"{_tell(event, setting)}."
