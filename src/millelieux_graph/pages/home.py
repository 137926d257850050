"""The front page: what this is, where the places are, the recap table, and questions to ask."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from .. import pictures, queries, terms
from ..errors import NoPicture, UsageError
from ..results import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..metadata import Description
    from ..pictures import Ring
    from ..queries import Query
    from ..resources import Node, Resources
    from .lists import Listing
    from .matrix import Matrix
    from .view import View

__all__ = ["also", "context"]

_MANY = 40  # places that are named; a census has a list
_WIDE = 480  # of the map, beside the words of the page
# Those first that the report answers best; other data answer others.
_ASKED = (
    "impact-disagreements public-funders-behind-impacts worse-than-national places programme "
    "timeline funding-shares figures"
).split()
_FEW = 3


def context(
    view: View,
    told: Description,
    matrix: Matrix,
    lists: Sequence[Listing],
    outlines: Sequence[Ring],
) -> dict[str, Any]:
    """Return what the template of the front page needs."""
    things, is_ours = view.site.resources, told.iri == terms.DATASET
    counts = (
        (len(things.instances("ml:SourceLocator")), "passages-counted"),
        (len(things.instances("ml:Discrepancy")) + matrix.disagreements, "disagreements-counted"),
    )
    return {
        "title": view.site.title[view.lang],
        "tagline": view.word("site-tagline") if is_ours else view.site.title[view.lang],
        "lead": told.text("dcterms:description", view.lang) or view.word("home-lead"),
        "counts": [(many, key) for many, key in counts if many],
        "places": matrix.places[:_MANY],
        "more_places": len(matrix.places) if len(matrix.places) > _MANY else 0,
        "matrix": matrix,
        "map": _map(view, matrix.places[:_MANY], outlines),
        "asked": list(islice(_answered(things), _FEW)),
        "questions": len(queries.catalogue()),
        "lists": also(view, lists),
    }


def _answered(things: Resources) -> Iterator[Query]:
    """Yield the questions that the data have an answer to."""
    for name in _ASKED:
        query = queries.find(name)
        answer = queries.run(things.graph, query, window=queries.Window(1))
        if isinstance(answer, Table) and len(answer):
            yield query


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
