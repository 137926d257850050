"""The pages of the stored queries: the question, its answer as table and picture, its text."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from markupsafe import Markup

from .. import assets, queries, terms
from ..errors import NoPicture, UsageError
from ..results import Table
from ..values import value

if TYPE_CHECKING:
    from ..queries import Query
    from ..results import Term
    from .view import View

__all__ = ["catalogue", "context", "editor"]

MOST_ROWS = 10_000  # in a file
_SHOWN = 200  # rows on a page; the file has all


def catalogue(view: View) -> dict[str, Any]:
    """Return what the template of the catalogue needs."""
    topics = groupby(queries.catalogue(), key=lambda query: query.topic)
    return {
        "title": view.word("questions"),
        "topics": [(topic, list(group)) for topic, group in topics],
    }


def editor(view: View) -> dict[str, Any]:
    """Return what the template of the query page needs; without its parts it says what to do."""
    return {
        **catalogue(view),
        "title": view.word("nav-query"),
        "ready": assets.complete(),
        "outlines": assets.outlines() is not None,
    }


def context(view: View, query: Query, answer: Table | None) -> dict[str, Any]:
    """Return what the template of a stored query needs.

    Args:
        view: The page.
        query: The stored query.
        answer: What it answers in the language of the page, `MOST_ROWS` and one more at most;
            None where nobody could wait for it.
    """
    whole = answer is not None and len(answer) <= MOST_ROWS
    found = answer if answer is not None else Table(tuple(query.columns), ())
    suffixes = (".csv", ".srj", ".rq") if whole else (".rq",)
    rows = found.terms[:_SHOWN]
    return {
        "title": query.question[view.lang],
        "query": query,
        "columns": found.columns,
        "rows": [[_cell(view, found, n, term) for n, term in enumerate(row)] for row in rows],
        "told": _told(view, answer),
        "picture": Markup(picture(found)),  # noqa: S704  # pictures escape what they show
        "params": [
            (name, param.description.get(view.lang, "")) for name, param in query.params.items()
        ],
        "files": [(view.to(f"query/{query.name}{suffix}"), suffix) for suffix in suffixes],
    }


def _told(view: View, answer: Table | None) -> str:
    """Return how many rows there are, in words."""
    if answer is None:
        return view.word("question-slow")
    many = len(answer)
    if many > MOST_ROWS:
        return view.word("question-long", view.number(_SHOWN), view.number(MOST_ROWS))
    if many > _SHOWN:
        return view.word("question-cut", view.number(_SHOWN), view.number(many))
    key = ("question-empty", "question-row")[many] if many < 2 else "question-rows"
    return view.word(key, view.number(many))


def picture(answer: Table) -> str:
    """Return the picture of an answer whose query names one; nothing where it cannot be drawn."""
    if not answer.picture or not len(answer):
        return ""
    try:
        return answer.to_svg()
    except (NoPicture, UsageError):  # more rows than a picture can show
        return ""


def _cell(view: View, answer: Table, column: int, term: Term) -> Markup:
    if isinstance(term, ox.NamedNode):
        return view.link(view.site.resources.node(term.value))
    told = value(term)
    if isinstance(told, bool):
        return Markup.escape(view.word("verdict-yes" if told else "verdict-no"))
    name = answer.columns[column]
    if isinstance(told, str):
        return _code(view, name, told)
    return Markup("<span class=num>{}</span>").format(view.number(told))


def _code(view: View, column: str, text: str) -> Markup:
    """Return a text, linked where it is the code of a place or an impact."""
    if column in ("place", "impact"):
        iri = f"{terms.ID}{column}/{text}"
        if iri in view.site.things:
            return view.link(view.site.resources.node(iri))
    return Markup("<span dir=auto>{}</span>").format(text)
