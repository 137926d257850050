"""A picture as pixels, for where SVG is not taken."""

from __future__ import annotations

import re
from importlib.util import find_spec
from math import sqrt
from pathlib import Path

from ..errors import CannotRun, MissingExtra

__all__ = ["to_png"]

# The two families of the style sheet, so that a machine without fonts draws the same picture.
_FONTS = {
    "font_source_sans_pro": ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf"),
    "font_source_serif_pro": ("SourceSerifPro-Semibold.ttf",),
}
_SIZE = re.compile(r'<svg[^>]*? width="([0-9.]+)" height="([0-9.]+)"')
_HEAD = 1000  # characters within which the size stands
_MOST_PIXELS = 40e6
_LEAST_ZOOM = 0.75

_PACKAGES = ("resvg_py", *_FONTS)


def to_png(svg: str, zoom: float = 2.0) -> bytes:
    """Return a picture as PNG, by day.

    Args:
        svg: A picture of `draw`.
        zoom: Pixels of the image for one of the picture; a very tall picture gets fewer.

    Raises:
        MissingExtra: The extra ``png`` is not installed.
        CannotRun: The text is no SVG, or it is too large.
    """
    for package in _PACKAGES:
        if find_spec(package) is None:
            raise MissingExtra(package, "png")
    import resvg_py  # compiled, and not needed by those who take SVG

    try:
        return resvg_py.svg_to_bytes(
            # The serif has no U+202F; without this a whole title would fall back to another font.
            svg_string=svg.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"),
            zoom=_affordable(svg, zoom),
            font_files=[str(path) for path in _font_files()],
            sans_serif_family="Source Sans Pro",
            serif_family="Source Serif Pro",
        )
    except ValueError as error:
        raise CannotRun(f"The SVG cannot be drawn: {error}.") from None


def _affordable(svg: str, zoom: float) -> float:
    """Return the zoom at which the image stays of a size that programs can open."""
    size = _SIZE.search(svg, 0, _HEAD)
    area = float(size[1]) * float(size[2]) if size else 1.0
    allowed = min(zoom, sqrt(_MOST_PIXELS / max(1.0, area)))
    if allowed < _LEAST_ZOOM:
        raise CannotRun("The picture is too large for PNG: restrict the query, or take SVG.")
    return allowed


def _font_files() -> list[Path]:
    files = []
    for package, names in _FONTS.items():
        spec = find_spec(package)
        assert spec is not None  # `to_png` has looked
        assert spec.origin is not None  # they are plain packages
        files += [Path(spec.origin).parent / "files" / name for name in names]
    return files
