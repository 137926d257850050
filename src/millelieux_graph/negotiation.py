"""Which of the documents of a thing somebody wants: by media type and by language.

This is the rule that servers are configured by, and compared with (RFC 9110, section 12.5): the
most specific range that names a document decides its weight, a weight of 0 means never, and of
equal weights the first that is offered wins.  A part with a weight that is none is passed over; of
two parts about the same range, one that states its weight counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .addresses import LANGUAGES, Language
from .formats import by_name

__all__ = ["OFFERED", "language", "media_type", "weight"]

HTML = "text/html"
# What a thing is offered as, the preferred first: its page, then its description.
OFFERED: Final = (
    HTML,
    *(by_name(name).media_type for name in ("turtle", "jsonld", "ntriples", "rdfxml")),
)

# RFC 9110 §12.4.2: three digits at most.
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_LONGEST = 8_000  # characters; servers refuse longer headers


def media_type(accept: str, offered: Sequence[str] = OFFERED) -> str | None:
    """Return the media type that an ``Accept`` header asks for; None: none of them will do.

    >>> media_type("text/turtle;q=0.9, */*;q=0.1")
    'text/turtle'
    """
    if not accept.strip(" \t,"):
        return offered[0]
    ranges = _ranges(accept)
    weights = {
        name: weight(ranges, (name, name.partition("/")[0] + "/*", "*/*")) for name in offered
    }
    best = max(offered, key=lambda name: weights[name])
    return best if weights[best] else None


def language(accept_language: str) -> Language:
    """Return the language that an ``Accept-Language`` header prefers; French when in doubt.

    >>> language("en-GB,en;q=0.9"), language("de")
    ('en', 'fr')
    """
    ranges = [(name.partition("-")[0], value) for name, value in _ranges(accept_language)]
    return max(LANGUAGES, key=lambda lang: weight(ranges, (lang, "*")))


def weight(ranges: Sequence[tuple[str, int | None]], names: Sequence[str]) -> int:
    """Return the weight of something, in thousandths, by the first of its names that has one.

    Args:
        ranges: The parts of a header: a range, and its weight; None where it states none.
        names: What the thing is called, the most specific first.
    """
    for name in names:
        found = [value for known, value in ranges if known == name]
        stated = [value for value in found if value is not None]
        if found:
            return stated[0] if stated else 1000
    return 0


def _ranges(header: str) -> list[tuple[str, int | None]]:
    """Return the parts of a header that can be read, in lower case."""
    parts = header[:_LONGEST].lower().split(",")
    found = []
    for part in parts:
        name, *parameters = (word.strip(" \t") for word in part.split(";"))
        stated = [p[2:] for p in parameters if p.startswith("q=")][:1]
        if name and all(_WEIGHT.fullmatch(value) for value in stated):
            found.append((name, _thousandths(stated[0]) if stated else None))
    return found


def _thousandths(stated: str) -> int:
    whole, _, digits = stated.partition(".")
    return int(whole) * 1000 + int(digits.ljust(3, "0"))
