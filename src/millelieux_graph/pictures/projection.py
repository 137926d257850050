"""From longitude and latitude to the sheet, with true areas.

A region is seen from above its middle (Lambert's azimuthal projection); what is wider than that can
show is seen as a whole world (Equal Earth).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt
from typing import TypeAlias

__all__ = ["Point", "View", "look_at"]

Point: TypeAlias = tuple[float, float]

_REGION = 60.0  # degrees from the middle to the farthest place
_FARTHEST = -0.2  # cosine of the angle from the middle beyond which shapes are torn
_SMALLEST = radians(2.0)
# Šavrič, Patterson and Jenny, The Equal Earth map projection (2018), equation 5.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796


@dataclass(frozen=True, slots=True)
class View:
    """A window on the globe.

    Attributes:
        east, north: The middle, in degrees.
        is_world: Whether all of it is seen.
        width, height: Of the window, in pixels.
        scale: Pixels a radian, at the middle.
        middle: The projected point that stands in the middle of the window.
    """

    east: float
    north: float
    is_world: bool
    width: float
    height: float
    scale: float
    middle: Point

    def place(self, east: float, north: float) -> Point | None:
        """Return where a point stands in the window, from its top left; None beyond the horizon."""
        point = _project(self.east, self.north, self.is_world, (east, north))
        if point is None:
            return None
        x, y = (p - m for p, m in zip(point, self.middle, strict=True))
        return self.width / 2 + x * self.scale, self.height / 2 - y * self.scale

    @property
    def reach(self) -> Point:
        """How many degrees of longitude and latitude lie between the middle and the edges."""
        if self.is_world:
            return 180.0, 90.0
        north = degrees(self.height / 2 / self.scale)
        nearest_pole = min(85.0, abs(self.north) + north)
        east = degrees(self.width / 2 / self.scale) / cos(radians(nearest_pole))
        return min(180.0, east * 1.1), north * 1.2


def look_at(places: Sequence[Point], width: float) -> View:
    """Return the window that shows all places, given as (longitude, latitude), and their names."""
    east, north = _middle([p[0] for p in places]), _mean_of_ends([p[1] for p in places])
    is_world = max(_distance((east, north), place) for place in places) > _REGION
    if is_world:
        east = north = 0.0  # where outlines are cut: elsewhere they would tear
    points = [p for place in places if (p := _project(east, north, is_world, place))]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    across, upwards = (max(_SMALLEST, max(v) - min(v)) for v in (xs, ys))
    height = width * min(1.1, max(0.5, upwards / across))
    # A fifth on each side stays free for the names.
    scale = min(width * 0.62 / across, height * 0.78 / upwards)
    middle = _mean_of_ends(xs), _mean_of_ends(ys)
    return View(east, north, is_world, width, height, scale, middle)


def _mean_of_ends(values: Sequence[float]) -> float:
    return (min(values) + max(values)) / 2


def _middle(longitudes: Sequence[float]) -> float:
    """Return the middle of the shortest arc that holds all longitudes."""
    around = sorted(longitudes)
    gaps = [b - a for a, b in zip(around, [*around[1:], around[0] + 360], strict=True)]
    widest = gaps.index(max(gaps))
    start = around[(widest + 1) % len(around)]
    return start + (360 - gaps[widest]) / 2


def _distance(a: Point, b: Point) -> float:
    """Return the angle between two points of the globe, in degrees."""
    (east, north), (other_east, other_north) = (map(radians, point) for point in (a, b))
    half = (
        sin((other_north - north) / 2) ** 2
        + cos(north) * cos(other_north) * sin((other_east - east) / 2) ** 2
    )
    return degrees(2 * asin(min(1.0, sqrt(half))))


def _project(east: float, north: float, is_world: bool, point: Point) -> Point | None:
    longitude = radians((point[0] - east + 180) % 360 - 180)
    latitude = radians(point[1])
    if is_world:
        return _equal_earth(longitude, latitude)
    return _azimuthal(longitude, latitude, radians(north))


def _azimuthal(longitude: float, latitude: float, centre: float) -> Point | None:
    away = sin(centre) * sin(latitude) + cos(centre) * cos(latitude) * cos(longitude)
    if away < _FARTHEST:
        return None
    factor = sqrt(2 / (1 + away))
    upwards = cos(centre) * sin(latitude) - sin(centre) * cos(latitude) * cos(longitude)
    return factor * cos(latitude) * sin(longitude), factor * upwards


def _equal_earth(longitude: float, latitude: float) -> Point:
    angle = asin(sqrt(3) / 2 * sin(latitude))
    square = angle * angle
    sixth = square**3
    y = angle * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    slope = _A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)
    return 2 * sqrt(3) * longitude * cos(angle) / (3 * slope), y
