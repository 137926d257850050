"""The net of a map: parallels and meridians, each named where it leaves the window."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .projection import Point, View

__all__ = ["Line", "lines"]

_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_FEWEST, _SAMPLES = 3, 48
_CORNER, _NAME = 22.0, 60.0  # pixels where no name fits: near an edge, before the right one


@dataclass(frozen=True, slots=True)
class Line:
    """A parallel or a meridian.

    Attributes:
        degrees: North or east, negative for south or west.
        is_parallel: Whether it is a parallel.
        points: In the window, from west to east or from south to north.
        name_at: Where it leaves the window, on the left or at the bottom; None where it does not.
    """

    degrees: float
    is_parallel: bool
    points: Sequence[Point]
    name_at: Point | None


def lines(view: View) -> Iterator[Line]:
    """Yield the parallels and meridians of a view."""
    across, upwards = view.reach
    step = _step(2 * min(across, upwards))
    south, north = max(-90.0, view.north - upwards), min(90.0, view.north + upwards)
    west, east = view.east - across, view.east + across
    for parallel in _multiples(step, south, north):
        points = _visible(view, [(x, parallel) for x in _samples(west, east)])
        yield Line(parallel, True, points, _leave(points, view, 0))
    for meridian in _multiples(step, west, east):
        points = _visible(view, [(meridian, y) for y in _samples(south, north)])
        around = (meridian + 180) % 360 - 180
        yield Line(around, False, points, _leave(points, view, 1))


def _step(degrees: float) -> float:
    fitting = (step for step in reversed(_STEPS) if degrees / step >= _FEWEST)
    return next(fitting, _STEPS[0])


def _multiples(step: float, first: float, last: float) -> list[float]:
    return [n * step for n in range(ceil(first / step), floor(last / step) + 1)]


def _samples(first: float, last: float) -> list[float]:
    return [first + (last - first) * n / _SAMPLES for n in range(_SAMPLES + 1)]


def _visible(view: View, places: Sequence[Point]) -> list[Point]:
    return [point for place in places if (point := view.place(*place))]


def _leave(points: Sequence[Point], view: View, axis: int) -> Point | None:
    """Return where a line crosses the left edge (axis 0) or the bottom (axis 1) of the window."""
    edge, other = (0.0, 1) if axis == 0 else (view.height, 0)
    length = view.height if axis == 0 else view.width
    for before, after in itertools.pairwise(points):
        low, high = sorted((before[axis], after[axis]))
        if low <= edge <= high and high > low:
            part = (edge - before[axis]) / (after[axis] - before[axis])
            along = before[other] + part * (after[other] - before[other])
            if _CORNER <= along <= length - (_CORNER if axis == 0 else _NAME):
                return (edge, along) if axis == 0 else (along, edge)
    return None
