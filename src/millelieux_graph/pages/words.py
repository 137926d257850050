"""What pages say in their own words, in French and English, and how they write numbers."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..pictures.dates import say
from ..pictures.phrases import percentage, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..addresses import Language
    from ..values import Value

__all__ = [
    "count",
    "date",
    "kind",
    "module",
    "number",
    "percent",
    "property",
    "purpose",
    "size",
    "word",
]

_NARROW = "\u202f"
_UNITS = ("o", "ko", "Mo", "Go"), ("B", "kB", "MB", "GB")


def word(lang: Language, key: str, *values: object) -> str:
    """Return one of the pages' own words or sentences."""
    return _told()["words"][key][lang == "en"].format(*values)


def kind(lang: Language, curie: str) -> str:
    """Return what several things of a class are called, or nothing where nobody has said."""
    return _of("kinds", curie, lang)


def predicate(lang: Language, curie: str) -> str:
    """Return what a property of another vocabulary is called, or nothing."""
    return _of("properties", curie, lang)


def module(lang: Language, name: str) -> str:
    """Return what a module of the vocabulary is called; its own name where nobody has said."""
    return _of("modules", name, lang) or name


def purpose(lang: Language, name: str) -> str:
    """Return what a module of the vocabulary is for."""
    return _of("purposes", name, lang)


def number(value: Value, lang: Language) -> str:
    """Return a number as people of the language write it; anything else as it is."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return quantity(value, lang)
    return "" if value is None else str(value)


def percent(value: Value, lang: Language) -> str:
    """Return a share: ``80 %`` in French, ``80%`` in English."""
    return percentage(value, lang)


def date(value: Value, lang: Language) -> str:
    """Return an EDTF date in words."""
    return "" if value is None else say(str(value), lang)


def count(lang: Language, key: str, many: int) -> str:
    """Return how many there are, in words that take a number."""
    return word(lang, key, quantity(many, lang))


def small(text: str) -> str:
    """Return a text that goes on after a comma; a name or an abbreviation keeps its capital."""
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def size(octets: int, lang: Language) -> str:
    """Return the size of a file in decimal units, as disks and downloads are counted."""
    units = _UNITS[lang == "en"]
    step = 0
    while octets >= 1000 ** (step + 1) and step < len(units) - 1:
        step += 1
    shown = Decimal(octets) / 1000**step
    rounded = round(shown, 0 if step == 0 or shown >= 10 else 1)
    return f"{quantity(rounded, lang)}{_NARROW if lang == 'fr' else ' '}{units[step]}"


def _of(table: str, curie: str, lang: Language) -> str:
    names = _told()[table].get(curie)
    return names[lang == "en"] if names else ""


@cache
def _told() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
