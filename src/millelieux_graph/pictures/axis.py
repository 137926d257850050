"""The axis of a timeline: from years to points, and the years that are printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .dates import Span

__all__ = ["Axis", "lay_axis"]

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
_TICK_ROOM = 46.0
_OPEN = 40.0
# The few events long before the others get a stretch of their own, this much of the axis.
_EARLY_EVENTS, _EARLY_ROOM = 0.1, 0.16


@dataclass(frozen=True, slots=True)
class Axis:
    """From years to points, in one stretch, or in two with a seam at the year `turn`.

    Attributes:
        left: Where it begins.
        right: Where it ends.
        first: The first year.
        turn: The year where the second stretch begins; the first where there is one only.
        last: The end of the last year.
    """

    left: float
    right: float
    first: int
    turn: int
    last: int

    @property
    def seam(self) -> float:
        """Where the second stretch begins; the left end where there is one only."""
        return self.left + (self.right - self.left) * (_EARLY_ROOM if self.is_broken else 0)

    @property
    def is_broken(self) -> bool:
        """Whether there are two stretches, each with its own scale."""
        return self.turn > self.first

    def x(self, year: float) -> float:
        """Return the point of a year."""
        if year < self.turn:
            part = (year - self.first) / (self.turn - self.first)
            return self.left + part * (self.seam - self.left)
        return self.seam + (year - self.turn) / (self.last - self.turn) * (self.right - self.seam)

    def stretch(self, span: Span) -> tuple[float, float]:
        """Return from where to where a span goes; an open end goes on for a little."""
        start = None if span.start is None else self.x(span.start)
        end = None if span.end is None else self.x(span.end)
        if start is None:
            assert end is not None  # a span has at least one bound
            return max(self.left, end - _OPEN), end
        return start, min(self.right, start + _OPEN) if end is None else end

    def ticks(self) -> list[int]:
        """Return the years to print: as many round ones as have room."""
        later = _round_years(self.turn, self.last, self.right - self.seam)
        if not self.is_broken:
            return later
        early = _round_years(self.first, self.turn, self.seam - self.left)
        free = (self.left + _TICK_ROOM, self.seam - _TICK_ROOM)
        return [self.first, *(y for y in early if free[0] < self.x(y) < free[1]), *later]


def lay_axis(spans: Iterable[Span], left: float, right: float) -> Axis:
    """Return the axis that all spans fit on; there must be one at least."""
    spans = list(spans)
    bounds = [bound for span in spans for bound in (span.start, span.end) if bound is not None]
    first, last = floor(min(bounds)), max(ceil(max(bounds)), floor(min(bounds)) + 1)
    starts = sorted(first if span.start is None else span.start for span in spans)
    turn = floor(starts[int(len(starts) * _EARLY_EVENTS)])
    is_early_long = turn < last and turn - first > 1.5 * (last - turn)
    return Axis(left, right, first, turn if is_early_long else first, last)


def _round_years(first: int, last: int, room: float) -> list[int]:
    fitting = (step for step in _STEPS if room * step / (last - first) >= _TICK_ROOM)
    step = next(fitting, _STEPS[-1])
    return list(range(ceil(first / step) * step, last + 1, step))
