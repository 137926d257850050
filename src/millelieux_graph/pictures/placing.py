"""Room for labels: beside their point where nothing stands, else farther off with a line to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .projection import Point

__all__ = ["Box", "Taken", "find_room"]

_GAP = 4.0
_FAR = (20.0, 38.0, 60.0, 86.0)
_TURNS = 16
_SQUARE = 48.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the sheet."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Tell whether two rectangles have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Tell whether the other rectangle lies within this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


class Taken:
    """What of a sheet is taken, kept by squares so that looking around stays quick."""

    def __init__(self, boxes: Iterable[Box] = ()) -> None:
        self._squares: dict[tuple[int, int], list[Box]] = defaultdict(list)
        for box in boxes:
            self.add(box)

    def add(self, box: Box) -> None:
        """Take a rectangle."""
        for square in _squares(box):
            self._squares[square].append(box)

    def meets(self, box: Box) -> bool:
        """Tell whether some of a rectangle is taken."""
        return any(other.meets(box) for s in _squares(box) for other in self._squares.get(s, ()))


def find_room(
    point: Point, radius: float, size: Point, taken: Taken, frame: Box
) -> tuple[Box, bool] | None:
    """Return the first free rectangle around a dot, and whether it is so far to need a line."""
    for candidate, is_far in _candidates(point, radius, size):
        if frame.holds(candidate) and not taken.meets(candidate):
            return candidate, is_far
    return None


def _squares(box: Box) -> Iterator[tuple[int, int]]:
    across = range(int(box.left // _SQUARE), int(box.right // _SQUARE) + 1)
    down = range(int(box.top // _SQUARE), int(box.bottom // _SQUARE) + 1)
    return product(across, down)


def _candidates(point: Point, radius: float, size: Point) -> Iterator[tuple[Box, bool]]:
    x, y = point
    wide, high = size
    near, askew = radius + _GAP, radius * 0.7 + _GAP
    for left, top in (
        (x + near, y - high / 2),
        (x - near - wide, y - high / 2),
        (x - wide / 2, y - near - high),
        (x - wide / 2, y + near),
        (x + askew, y - askew - high),
        (x + askew, y + askew),
        (x - askew - wide, y - askew - high),
        (x - askew - wide, y + askew),
    ):
        yield Box(left, top, left + wide, top + high), False
    for distance in (radius + far for far in _FAR):
        for turn in range(_TURNS):
            angle = 2 * pi * turn / _TURNS
            across, down = x + distance * cos(angle), y + distance * sin(angle)
            left = across if cos(angle) >= 0 else across - wide
            yield Box(left, down - high / 2, left + wide, down + high / 2), True
