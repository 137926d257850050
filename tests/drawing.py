"""A picture as a reader sees it: where each line stands, which pixels are inked, and how dark."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from xml.etree import ElementTree as ET

from millelieux_graph.pictures import sheet

SVG = "{http://www.w3.org/2000/svg}"
_STYLES = (
    sheet.TITLE,
    sheet.HEAD,
    sheet.TEXT,
    sheet.SOFT,
    sheet.ON,
    sheet.SMALL,
    sheet.SMALL_STRONG,
    sheet.ACCENT,
    sheet.SMALL_ACCENT,
)
STYLES = {(style.name, style.size): style for style in _STYLES}


@dataclass(frozen=True)
class Line:
    """A line of text: its words, and the corners that it may reach in the widest font."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    is_turned: bool = False

    def touches(self, other: Line) -> bool:
        """Tell whether two lines share more than an edge."""
        return (
            self.left + 0.5 < other.right
            and other.left + 0.5 < self.right
            and self.top + 0.5 < other.bottom
            and other.top + 0.5 < self.bottom
        )


def size_of(svg: str) -> tuple[float, float]:
    """Return the width and height of a picture."""
    wide, high = (ET.fromstring(svg).get("viewBox") or "").split()[2:]  # noqa: S314  # our own document
    return float(wide), float(high)


def lines_of(svg: str) -> Iterator[Line]:
    """Yield every line of text of a picture; none is moved by the group that it stands in."""
    for element in ET.fromstring(svg).iter(f"{SVG}text"):  # noqa: S314  # our own document
        text = "".join(element.itertext())
        style = STYLES[element.get("class") or "", float(element.get("font-size") or 0)]
        x, y, wide = float(element.get("x") or 0), float(element.get("y") or 0), style.measure(text)
        turn = element.get("transform")
        if turn:
            angle = radians(float(turn.removeprefix("rotate(").split()[0]))
            ends = x + wide * cos(angle), y + wide * sin(angle)
            xs, ys = sorted((x, ends[0])), sorted((y, ends[1]))
            yield Line(text, xs[0], ys[0], xs[1], ys[1], is_turned=True)
            continue
        left = x - {"end": wide, "middle": wide / 2}.get(element.get("text-anchor") or "", 0.0)
        yield Line(text, left, y - style.size * 0.75, left + wide, y + style.size * 0.2)


def pixels_of(png: bytes) -> list[bytes]:
    """Return the rows of an image of eight bits a channel, red, green, blue and alpha (PNG 3)."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 6)
    packed, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, stride = zlib.decompress(packed), width * 4
    rows, above = [], bytes(stride)
    for start in range(0, height * (stride + 1), stride + 1):
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + stride], above)
        rows.append(above)
    return rows


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    """Return a row as it was before it was filtered (PNG 3, 9.2)."""
    row = bytearray(line)
    for i, value in enumerate(line):
        a, b, c = (row[i - 4] if i >= 4 else 0), above[i], (above[i - 4] if i >= 4 else 0)
        guess = (0, a, b, (a + b) // 2, _paeth(a, b, c))[kind]
        row[i] = (value + guess) & 255
    return bytes(row)


def _paeth(a: int, b: int, c: int) -> int:
    return min((a, b, c), key=lambda near: (abs(a + b - c - near), (a, b, c).index(near)))


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
