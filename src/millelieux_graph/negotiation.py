"""Which of the documents of a thing somebody wants: by media type and by language.

This is the rule that servers are configured by, and compared with (RFC 9110, section 12.5): the
most specific range that names a document decides its weight, a weight of 0 means never, and of
equal weights the first that is offered wins.

What the standard leaves open is decided here.  A part with a weight that is none is passed over.
Of two parts about the same range, one that states its weight counts, and the first of those.
Parameters other than the weight say nothing: each document is there in one charset and profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from .addresses import LANGUAGES, Language
from .formats import by_name

__all__ = ["ALIASES", "DOCUMENTS", "HTML", "OFFERED", "language", "media_type"]

HTML: Final = "text/html"
_THING = {f.media_type: f.suffix for f in map(by_name, ("turtle", "jsonld", "ntriples", "rdfxml"))}
_ANSWER = {f.media_type: f.suffix for f in map(by_name, ("csv", "json"))}

# Every document that an address without suffix may lead to, the preferred first, and its suffix.
DOCUMENTS: Final[Mapping[str, str]] = {
    HTML: ".html",
    **_THING,
    **_ANSWER,  # a stored query has its answer
    "application/sparql-query": ".rq",
}
# What a thing is offered as: its page, then its description.
OFFERED: Final = (HTML, *_THING)

# Other names under which clients ask for what a document is, or for something that it is as well:
# every Turtle document is N3, every JSON-LD document JSON.  `text/plain`, an old name of N-Triples,
# is none: those who ask for it want words.  `application/xml` is none: old browsers ask for it.
ALIASES: Final[Mapping[str, Sequence[str]]] = {
    HTML: ("application/xhtml+xml",),
    by_name("turtle").media_type: ("application/x-turtle", "text/n3"),
    by_name("jsonld").media_type: ("application/json",),
    by_name("json").media_type: ("application/json",),
}
_ALIASES = frozenset(alias for names in ALIASES.values() for alias in names)

# RFC 9110 §12.4.2: three digits at most.
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_LONGEST = 8_000  # characters; servers refuse longer headers


def media_type(accept: str, offered: Sequence[str] = OFFERED) -> str | None:
    """Return the media type that an ``Accept`` header asks for; None: none of them will do.

    Args:
        accept: The header; empty where there is none.
        offered: Keys of `DOCUMENTS`, the preferred first.

    >>> media_type("video/mp4, text/*;q=0.1")
    'text/html'
    """
    if not offered:
        return None
    if not accept.strip(" \t,"):
        return offered[0]
    ranges = _ranges(accept)
    weights = {name: _weight(name, ranges) for name in offered}
    best = max(offered, key=lambda name: weights[name])
    return best if weights[best] else None


def language(accept_language: str) -> Language:
    """Return the language that an ``Accept-Language`` header prefers; French when in doubt.

    There is always an answer: a page in another language is better than none.

    >>> language("en-GB,en;q=0.9"), language("de")
    ('en', 'fr')
    """
    parts = list(_parts(accept_language))
    others = _ranges(accept_language).get("*", 0)

    def wanted(lang: Language) -> int:
        # Of several regions of a language the first stands for all, as readers list them so.
        found = [value for name, value in parts if name.partition("-")[0] == lang]
        if None in found:
            return 1000
        return next((value for value in found if value is not None), others)

    return max(LANGUAGES, key=wanted)


def _weight(media_type: str, ranges: Mapping[str, int]) -> int:
    """Return the weight of a document, in thousandths."""
    if media_type in ranges:
        return ranges[media_type]
    for alias in ALIASES.get(media_type, ()):
        if alias in ranges:
            return ranges[alias]
    family = media_type.partition("/")[0] + "/*"
    return ranges.get(family, ranges.get("*/*", 0))


def _ranges(header: str) -> dict[str, int]:
    """Return the weight of each range that a header names, in thousandths."""
    bare, stated = {}, dict[str, int]()
    for name, value in _parts(header):
        if value is None:
            bare[name] = 1000
        # Who refuses an alias has not refused what we send.
        elif value or name not in _ALIASES:
            stated.setdefault(name, value)
    return {**bare, **stated}


def _parts(header: str) -> Iterator[tuple[str, int | None]]:
    """Yield what can be read: a range in lower case, and its weight; None where it states none."""
    if len(header) > _LONGEST:
        header = header[:_LONGEST].rpartition(",")[0]
    for part in header.lower().split(","):
        name, *parameters = (word.strip(" \t") for word in part.split(";"))
        stated = [p[2:] for p in parameters if p.startswith("q=")][:1]
        if name and all(_WEIGHT.fullmatch(value) for value in stated):
            yield name, _thousandths(stated[0]) if stated else None


def _thousandths(stated: str) -> int:
    whole, _, digits = stated.partition(".")
    return int(whole) * 1000 + int(digits.ljust(3, "0"))
