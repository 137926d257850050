"""Templates filled in: the one door from what a page knows to its bytes.

Everything that is not markup of ours is escaped by the templates (Jinja2, autoescape).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .. import addresses
from ..documents import FORMATS
from ..pictures.palette import THREADS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .view import View

__all__ = ["Link", "embedded", "licence_link", "linked_data", "render"]

Link: TypeAlias = "tuple[tuple[str, str], ...]"  # the attributes of a <link>

_MENU = (
    ("places", "nav-places"),
    ("impacts", "nav-impacts"),
    ("recap", "nav-recap"),
    ("questions", "questions"),
    ("sparql", "nav-query"),
    ("data", "nav-data"),
    ("search", "nav-search"),
)
_EXPLORE = (("ontology", "vocabulary"),)
_FIRST_LETTER = re.compile(r"^((?:<[^>]*>)*)(\w)")


def render(view: View, template: str, section: str = "", **told: Any) -> bytes:  # noqa: ANN401  # what templates take
    """Return a page.

    Args:
        view: Its language and address.
        template: The name of its file.
        section: The entry of the menu that it belongs to.
        told: What the template needs; ``title`` at least.
    """
    known: dict[str, Any] = {
        "v": view,
        "menu": _open(view, _MENU),
        "explore": _open(view, _EXPLORE),
        "section": view.site.rooms.get(section, section),
        "site_title": view.site.title[view.lang],
        "licence": licence_link(view),
        "description": "",
        "formats": (),
        "jsonld": None,
        **_languages(view),
        **told,
    }
    known["links"] = [*_alternates(view), *told.get("links", ())]
    return _environment().get_template(template).render(known).encode()


def linked_data(view: View, stem: str, typed: Iterable[Link] = ()) -> dict[str, Any]:
    """Return what a page of a thing says of the same description in other formats.

    Args:
        view: The page.
        stem: Of the documents.
        typed: Links of other relations.
    """
    formats = [(view.to(stem + f.suffix), f.suffix, f.media_type) for f in FORMATS]
    links = [
        (("rel", "alternate"), ("type", media_type), ("href", href))
        for href, _, media_type in formats
    ]
    return {"formats": formats, "links": [*links, *typed]}


def embedded(document: bytes | Mapping[str, Any]) -> Markup:
    """Return JSON to stand within a ``<script>``, which nothing in it can end."""
    text = (
        document.decode()
        if isinstance(document, bytes)
        else json.dumps(document, ensure_ascii=False)
    )
    # HTML §13.2.5.4: only a less-than sign could begin the end tag, or a comment.
    return Markup(text.strip().replace("<", "\\u003c"))  # noqa: S704  # escaped here


def _open(view: View, entries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those pages of a menu that the release has."""
    known = view.site.rooms
    return [(known[name], word) for name, word in entries if name in known]


def _languages(view: View) -> dict[str, str]:
    other = addresses.LANGUAGES[view.lang == addresses.LANGUAGES[0]]
    return {"other_lang": other, "other_path": _in(view, other)}


def _in(view: View, lang: addresses.Language) -> str:
    stem = view.path.removesuffix(addresses.page("", view.lang))
    return addresses.page(stem, lang)


def _alternates(view: View) -> Iterable[Link]:
    base = view.site.base_url
    yield ("rel", "canonical"), ("href", base + view.to(view.path).removeprefix(view.root))
    for lang in addresses.LANGUAGES:
        yield ("rel", "alternate"), ("hreflang", lang), ("href", base + _in(view, lang))
    yield ("rel", "alternate"), ("hreflang", "x-default"), ("href", base + _in(view, "fr"))


def licence_link(view: View) -> Markup:
    """Return a link to the licence of the dataset, by its short name; empty: unknown."""
    iri = view.site.licence
    if not view.href(iri):
        return Markup.escape(iri)
    return Markup('<a rel="license" href="{}">{}</a>').format(iri, _licence_name(iri))


def _licence_name(iri: str) -> str:
    """Return the short name of a Creative Commons licence; of another, its address."""
    match = re.match(r"https?://creativecommons\.org/licenses/([a-z-]+)/([\d.]+)/?(\w*)", iri)
    return f"CC {match[1].upper()} {match[2]} {match[3].upper()}".strip() if match else iri


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["capitalized"] = capitalized
    environment.globals["dots"] = _dots()
    return environment


def capitalized(text: str) -> str:
    """Return a text that begins with a capital, also where it begins with a link."""
    shown = str(Markup.escape(text))
    return Markup(_FIRST_LETTER.sub(lambda m: m[1] + m[2].upper(), shown, count=1))  # noqa: S704  # escaped above


def _dots() -> Markup:
    """Return the mark of the site: a row of places, as in the recap table."""
    signs = "".join(
        f'<circle class="t{n}" cx="{6 + 11 * n}" cy="6" r="4"/>' for n in range(len(THREADS))
    )
    return Markup(
        '<svg viewBox="0 0 89 12" width="89" height="12" aria-hidden="true">{}</svg>'
    ).format(
        Markup(signs)  # noqa: S704  # numbers only
    )
