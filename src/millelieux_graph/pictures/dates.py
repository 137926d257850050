"""EDTF dates (ISO 8601-2): the stretch of time that each one names, and how it is said.

Level 0 and 1 are read, and the qualifiers and intervals of level 2.  What is none of them is no
error: it has no place on an axis, and is shown as it is written.
"""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .phrases import phrase

if TYPE_CHECKING:
    from .setting import Language

__all__ = ["Span", "read", "say"]

_POINT = re.compile(
    r"(?P<year>-?[0-9]{2}(?:[0-9]{2}|[0-9]X|XX))(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?"
)
_QUALIFIERS = re.compile("[~?%]")
_OPEN = ("", "..")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
_SEASONS = {"fr": "printemps été automne hiver", "en": "spring summer autumn winter"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in years: 2014 is ``[2014, 2015)``, July 2014 ``[2014.5, 2014.583)``.

    Attributes:
        start: None when the start is open or unknown.
        end: None when the end is open or unknown.
        precision: ``year``, ``month`` or ``day`` of the finer bound; ``interval`` of two.
        approximate: Whether the source is not sure of it.
    """

    start: float | None
    end: float | None
    precision: str
    approximate: bool = False


def read(text: str) -> Span | None:
    """Return the stretch of time that an EDTF date names, or None when it is none that we read.

    >>> read("2014-07")
    Span(start=2014.5, end=2014.5833333333333, precision='month', approximate=False)
    >>> read("../2020").end
    2021.0
    """
    unsure = _QUALIFIERS.search(text) is not None
    parts = _QUALIFIERS.sub("", text).split("/")
    bounds = [None if part in _OPEN else _point(part) for part in parts]
    if len(parts) == 1:
        point = bounds[0]
        return point and Span(point.start, point.end, point.precision, unsure)
    misread = any(b is None and p not in _OPEN for b, p in zip(bounds, parts, strict=True))
    if len(parts) != 2 or misread or bounds == [None, None]:
        return None
    start = bounds[0].start if bounds[0] else None
    end = bounds[1].end if bounds[1] else None
    if start is not None and end is not None and start >= end:
        return None
    return Span(start, end, "interval", unsure)


def say(text: str, lang: Language) -> str:
    """Return an EDTF date in words; what is not read comes back as it is.

    >>> say("2012-05", "en"), say("2010~", "fr"), say("2008/2013", "fr")
    ('May 2012', 'vers 2010', '2008–2013')
    """
    if read(text) is None:
        return text
    first, *last = text.split("/")
    if not last:
        return _say_point(first, lang)
    if first in _OPEN:
        until = _say_point(last[0], lang)
        return phrase(lang, "until-day" if _is_day(last[0]) else "until", until)
    if last[0] in _OPEN:
        return phrase(lang, "since-day" if _is_day(first) else "since", _say_point(first, lang))
    return f"{_say_point(first, lang)}–{_say_point(last[0], lang)}"


def _point(text: str) -> Span | None:
    match = _POINT.fullmatch(text)
    if match is None:
        return None
    first = int(match["year"].replace("X", "0"))
    start, end = float(first), float(first + 10 ** match["year"].count("X"))
    month, day = match["month"] or "XX", match["day"] or "XX"
    if month == "XX" or end - start > 1:
        return Span(start, end, "year") if month == day == "XX" else None
    if 21 <= int(month) <= 24:
        return Span(start + (int(month) - 21) / 4, start + (int(month) - 20) / 4, "month")
    if not 1 <= int(month) <= 12:
        return None
    return _within_year(first, int(month), day)


def _within_year(year: int, month: int, day: str) -> Span | None:
    start = year + (month - 1) / 12
    if day == "XX":
        return Span(start, year + month / 12, "month")
    length = _DAYS[month - 1] + (month == 2 and isleap(year))
    if not 1 <= int(day) <= length:
        return None
    one = 1 / 12 / length
    return Span(start + (int(day) - 1) * one, start + int(day) * one, "day")


def _is_day(point: str) -> bool:
    return _QUALIFIERS.sub("", point).replace("-XX", "").count("-") == 2


def _say_point(point: str, lang: Language) -> str:
    plain = _QUALIFIERS.sub("", point)
    match = _POINT.fullmatch(plain)
    assert match is not None  # `read` has read it
    said = _say_parts(match["year"], match["month"] or "XX", match["day"] or "XX", lang)
    if "~" in point or "%" in point:
        said = phrase(lang, "about", said)
    return phrase(lang, "uncertain", said) if "?" in point or "%" in point else said


def _say_parts(year: str, month: str, day: str, lang: Language) -> str:
    if year.endswith("XX"):
        return f"{year.replace('X', '0')}–{year.replace('X', '9')}"
    if year.endswith("X"):
        return phrase(lang, "decade", year.replace("X", "0"))
    if month == "XX":
        return year
    if int(month) > 12:
        return f"{_SEASONS[lang].split()[int(month) - 21]} {year}"
    named = f"{_MONTHS[lang].split()[int(month) - 1]} {year}"
    if day == "XX":
        return named
    first = int(day) == 1 and lang == "fr"
    return f"{'1er' if first else int(day)} {named}"
