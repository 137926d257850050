"""Where the places are: dots with their names, on a net of meridians and parallels.

Coasts and borders are drawn where the setting brings them; this package carries none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import dist, sqrt
from typing import TYPE_CHECKING

from .net import Line, lines
from .phrases import as_number, phrase, quantity, written
from .placing import Box, Taken, find_room
from .projection import Point, View, look_at
from .sheet import HEAD, SMALL, TEXT, Sheet, dot, titled
from .svg import element

if TYPE_CHECKING:
    from ..values import Value
    from .rows import Rows
    from .setting import Setting

__all__ = ["draw"]

_EARTH = 6371.0  # kilometres
_LENGTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_MANY = 60
_WIDEST = 240.0
_LARGEST = 16.0
_AROUND = ("commune", "country")
_CLOSER = 0.6  # pixels: points of an outline nearer than this to the last are left out


@dataclass(frozen=True, slots=True)
class _Site:
    """What stands at one point.

    Attributes:
        name: Its name, or the names of all that stand there.
        below: What is printed below: the commune and country, a quantity.
        size: The quantity; None where there is none.
    """

    name: str
    below: str
    size: float | None
    east: float
    north: float


def draw(rows: Rows, setting: Setting) -> str:
    """Return the map of the columns name (or place), latitude and longitude.

    The columns commune and country are printed below the name; so is value, which makes the area
    of the dot.
    """
    sites, lost = _read(rows, setting)
    sheet = Sheet(setting)
    sheet.y += 14
    if sites:
        view = look_at([(site.east, site.north) for site in sites], sheet.room)
        taken = _print_ground(sheet, view)
        crowded = _print_sites(sheet, view, sites, taken)
        sheet.y += view.height + 20
        _print_scale(sheet, view)
        _print_names(sheet, "crowded", [_tell(site) for site in crowded])
    _print_names(sheet, "unplaced", lost)
    return sheet.close(_described(sites, lost, setting))


def _read(rows: Rows, setting: Setting) -> tuple[list[_Site], list[str]]:
    """Return what has a place on the map, and the names of what has none."""
    named = "name" if "name" in rows.columns else "place"
    sites: dict[tuple[str, float | None, float, float], list[str]] = defaultdict(list)
    lost: dict[str, None] = {}
    for name, value, north, east, *around in rows.pick(
        named, "value", "latitude", "longitude", *_AROUND
    ):
        shown = written(name, setting.lang)
        shown = shown if named == "name" else setting.name("place", shown)
        said = zip(_AROUND, around, strict=True)
        below = [setting.name(c, written(v, setting.lang)) for c, v in said if v is not None]
        below += [written(value, setting.lang)] if value is not None else []
        where = _where(east, north)
        if where is None:
            lost[", ".join([shown, *below])] = None
        else:
            sites[", ".join(below), as_number(value), *where].append(shown)
    return [_Site(" · ".join(dict.fromkeys(n)), *key) for key, n in sites.items()], list(lost)


def _where(east: Value, north: Value) -> Point | None:
    x, y = as_number(east), as_number(north)
    return (x, y) if x is not None and y is not None and abs(x) <= 180 and abs(y) <= 90 else None


def _print_ground(sheet: Sheet, view: View) -> list[Box]:
    """Print land and net, cut at the edge of the window; return what their names take."""
    net = list(lines(view))
    land = "".join(_shape(view, ring) for ring in sheet.setting.outlines)
    window = {"x": sheet.left, "y": sheet.y, "width": view.width, "height": view.height}
    ground = [element("path", d=land, class_="land")] if land else []
    ground += [element("path", d=_path(line.points), class_="line") for line in net]
    sheet.add(element("svg", *ground, **window), element("rect", **window, class_="stroke"))
    return [_print_degrees(sheet, line, line.name_at) for line in net if line.name_at]


def _path(points: Sequence[Point]) -> str:
    return f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in points)}" if points else ""


def _shape(view: View, ring: Sequence[Point]) -> str:
    """Return an outline as a path; nothing where it is out of sight or too small to see."""
    points: list[Point] = []
    for east, north in ring:
        point = view.place(east, north)
        if point and (not points or dist(point, points[-1]) >= _CLOSER):
            points.append(point)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    seen = len(points) > 2 and max(xs) > 0 and min(xs) < view.width
    return f"{_path(points)}Z" if seen and max(ys) > 0 and min(ys) < view.height else ""


def _print_degrees(sheet: Sheet, line: Line, place: Point) -> Box:
    """Print the name of a parallel or a meridian, and return what it takes."""
    sides = "SN" if line.is_parallel else ("OE" if sheet.setting.lang == "fr" else "WE")
    side = sides[line.degrees > 0] if line.degrees else ""
    said = f"{quantity(abs(line.degrees), sheet.setting.lang)}° {side}".rstrip()
    x = sheet.left + place[0] + 4
    y = sheet.y + place[1] - (3 if line.is_parallel else 6)
    sheet.write(x, y, said, SMALL)
    return Box(x, y - 11, x + SMALL.measure(said), y + 3)


def _print_scale(sheet: Sheet, view: View) -> None:
    """Print below the map a length in kilometres, true in the middle of it."""
    per_kilometre = view.scale / _EARTH
    length = next((n for n in reversed(_LENGTHS) if n * per_kilometre < view.width / 4), 1)
    wide = length * per_kilometre
    shape = f"M{sheet.right - wide:.1f} {sheet.y - 8:.1f}v4h{wide:.1f}v-4"
    sheet.add(element("path", d=shape, class_="stroke"))
    said = f"{quantity(length, sheet.setting.lang)}\u00a0km"
    sheet.write(sheet.right - wide - 8, sheet.y, said, SMALL.end)


def _print_sites(
    sheet: Sheet, view: View, sites: Sequence[_Site], names: Sequence[Box]
) -> list[_Site]:
    """Print dots and names, and return the sites whose name found no room."""
    points = [_on_sheet(sheet, view, site) for site in sites]
    radii = _radii(sites)
    dots = (Box(x - r, y - r, x + r, y + r) for (x, y), r in zip(points, radii, strict=True))
    taken = Taken([*names, *dots])
    frame = Box(sheet.left + 4, sheet.y + 4, sheet.left + view.width - 4, sheet.y + view.height - 4)
    crowded = []
    for site, point, radius in zip(sites, points, radii, strict=True):
        sheet.add(titled(_tell(site), dot(*point, radius, "solid")))
        name, below = HEAD.cut(site.name, _WIDEST), SMALL.cut(site.below, _WIDEST)
        size = max(HEAD.measure(name), SMALL.measure(below)), 20.0 + (14 if below else 0)
        room = find_room(point, radius, size, taken, frame)
        if room is None:
            crowded.append(site)
            continue
        taken.add(room[0])
        _print_name(sheet, point, room, (name, below))
    return crowded


def _radii(sites: Sequence[_Site]) -> list[float]:
    """Return the radius of each dot: the same for all, or such that its area tells the quantity."""
    least = 6.0 if len(sites) <= _MANY else 3.2
    largest = max((site.size or 0.0 for site in sites), default=0.0)
    if largest <= 0:
        return [least] * len(sites)
    return [max(2.0, _LARGEST * sqrt(max(0.0, site.size or 0.0) / largest)) for site in sites]


def _on_sheet(sheet: Sheet, view: View, site: _Site) -> Point:
    point = view.place(site.east, site.north)
    assert point is not None  # the view was chosen for it
    return sheet.left + point[0], sheet.y + point[1]


def _print_name(sheet: Sheet, point: Point, room: tuple[Box, bool], words: tuple[str, str]) -> None:
    box, is_far = room
    is_left = box.right <= point[0]
    centred = not is_far and not is_left and box.left < point[0]
    anchor = "end" if is_left else "middle" if centred else None
    x = box.right if is_left else point[0] if centred else box.left
    if is_far:
        line = f"M{point[0]:.1f} {point[1]:.1f}L{x:.1f} {(box.top + box.bottom) / 2:.1f}"
        sheet.add(element("path", d=line, class_="stroke"))
    sheet.write(x, box.top + 15, words[0], replace(HEAD, anchor=anchor))
    if words[1]:
        sheet.write(x, box.top + 29, words[1], replace(SMALL, anchor=anchor))


def _print_names(sheet: Sheet, heading: str, names: Sequence[str]) -> None:
    """Print below the map what bears no name on it."""
    if not names:
        return
    sheet.y += 22
    sheet.write(sheet.left, sheet.y, phrase(sheet.setting.lang, heading), SMALL)
    sheet.y += TEXT.leading
    bottoms = []
    for x, room, part in sheet.in_columns(names, 1 if sheet.setting.is_narrow else 3):
        y = sheet.y
        for name in part:
            y = sheet.write_lines(x, y, TEXT.wrap(name, room))
        bottoms.append(y)
    sheet.y = max(bottoms) - TEXT.leading


def _tell(site: _Site) -> str:
    return ", ".join(filter(None, (site.name, site.below)))


def _described(sites: Sequence[_Site], lost: Sequence[str], setting: Setting) -> Iterator[str]:
    for site in sites:
        yield f"{_tell(site)} ({_coordinates(site, setting)})."
    if lost:
        yield f"{phrase(setting.lang, 'unplaced')} {', '.join(lost)}."


def _coordinates(site: _Site, setting: Setting) -> str:
    north, east = (quantity(round(angle, 2), setting.lang) for angle in (site.north, site.east))
    return f"{north}°; {east}°"
