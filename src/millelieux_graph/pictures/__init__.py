"""Pictures from rows: a recap matrix, a timeline, bars, a map, a network; as SVG, and PNG.

>>> from millelieux_graph import pictures
>>> rows = [("bliiida", "local-pride", "yes"), ("coboi", "local-pride", "no")]
>>> setting = pictures.Setting("Who is proud", lang="en")
>>> svg = pictures.draw(("place", "impact", "verdict"), rows, setting)
>>> svg.startswith("<svg")
True

A picture is one self-contained SVG document: text stays text, nothing is fetched, nothing runs, and
the same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import NoPicture, UnknownName
from ..values import Value
from . import bars, maps, matrix, network, shares, timeline
from .png import to_png
from .rows import Rows
from .setting import Names, Ring, Setting

__all__ = ["Names", "Ring", "Setting", "Value", "draw", "kinds", "to_png"]


@dataclass(frozen=True, slots=True)
class _Fit:
    """A kind of picture, the columns that it needs, and what draws it."""

    kind: str
    columns: tuple[str, ...]
    draw: Callable[[Rows, Setting], str]

    def fits(self, columns: Sequence[str]) -> bool:
        return set(self.columns) <= set(columns)


# Of two that fit, the first: the more particular stand above.
_FITS = (
    _Fit("matrix", ("place", "impact", "verdict"), matrix.draw),
    _Fit("timeline", ("place", "date", "label", "status"), timeline.draw),
    _Fit("bars", ("place", "phase", "sector", "percent"), shares.draw),
    _Fit("map", ("name", "latitude", "longitude"), maps.draw),
    _Fit("map", ("place", "latitude", "longitude"), maps.draw),
    _Fit("network", ("subject", "relation", "object"), network.draw_relations),
    _Fit("network", ("organisation", "relation", "place"), network.draw_organisations),
    _Fit("network", ("payer", "kind", "payee"), network.draw_flows),
    _Fit("bars", ("label", "value"), bars.draw),
)


def kinds() -> list[str]:
    """Return the kinds of picture: matrix, timeline, bars, map, network."""
    return list(dict.fromkeys(fit.kind for fit in _FITS))


def draw(
    columns: Sequence[str], rows: Sequence[Sequence[Value]], setting: Setting, kind: str = ""
) -> str:
    """Return a picture of rows as the text of an SVG document.

    Args:
        columns: The names of the columns; those that the picture does not need are left aside.
        rows: One value a column; None where there is none.
        setting: Title, source, language, names, width.
        kind: One of `kinds`; empty: the one that suits the columns.

    Raises:
        UnknownName: There is no such kind.
        NoPicture: The columns are not those that the kind needs.
        UsageError: There are more rows than a picture shows, or one does not match the columns.
    """
    if kind and kind not in kinds():
        raise UnknownName("kind of picture", kind, kinds())
    fitting = (fit for fit in _FITS if kind in ("", fit.kind) and fit.fits(columns))
    fit = next(fitting, None)
    if fit is None:
        raise NoPicture(columns, [(known.kind, known.columns) for known in _FITS], kind)
    return fit.draw(Rows(columns, rows), setting)
