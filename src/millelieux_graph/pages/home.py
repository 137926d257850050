"""The front page: what this is, where the places are, the recap table, and questions to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from .. import pictures, queries
from ..errors import NoPicture, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..metadata import Description
    from ..pictures import Ring
    from ..resources import Node
    from .lists import Listing
    from .matrix import Matrix
    from .view import View

__all__ = ["also", "context"]

_MANY = 40  # places that are named; a census has a list
_WIDE = 480  # of the map, beside the words of the page
_ASKED = ("impact-disagreements", "public-funders-behind-impacts", "worse-than-national")


def context(
    view: View,
    told: Description,
    matrix: Matrix,
    lists: Sequence[Listing],
    outlines: Sequence[Ring],
) -> dict[str, Any]:
    """Return what the template of the front page needs."""
    things = view.site.resources
    counts = (
        (len(things.instances("ml:SourceLocator")), "passages-counted"),
        (len(things.instances("ml:Discrepancy")) + matrix.disagreements, "disagreements-counted"),
    )
    return {
        "title": view.site.title[view.lang],
        "tagline": view.word("site-tagline"),
        "lead": told.text("dcterms:description", view.lang) or view.word("home-lead"),
        "counts": [(many, key) for many, key in counts if many],
        "places": matrix.places[:_MANY],
        "more_places": len(matrix.places) if len(matrix.places) > _MANY else 0,
        "matrix": matrix,
        "map": _map(view, matrix.places[:_MANY], outlines),
        "asked": [queries.find(name) for name in _ASKED],
        "questions": len(queries.catalogue()),
        "lists": also(view, lists),
    }


def also(view: View, lists: Sequence[Listing]) -> list[tuple[str, str, int]]:
    """Return where the lists are, what they are called, and how long they are."""
    return [
        (each.stem, each.title(view.site.resources, view.lang), len(each.things)) for each in lists
    ]


def _map(view: View, places: Sequence[Node], outlines: Sequence[Ring]) -> Markup:
    rows = [
        (
            view.label(place),
            commune.label(view.lang),
            commune.value("ml:latitude"),
            commune.value("ml:longitude"),
        )
        for place in places
        for commune in place.all("ml:inCommune")[:1]
        if commune.value("ml:latitude") is not None
    ]
    if not rows:
        return Markup("")
    setting = pictures.Setting(
        view.word("home-map"), view.site.title[view.lang], view.lang, width=_WIDE, outlines=outlines
    )
    try:
        drawn = pictures.draw(("name", "commune", "latitude", "longitude"), rows, setting)
    except (NoPicture, UsageError):
        return Markup("")
    return Markup(drawn)  # noqa: S704  # pictures escape what they show
