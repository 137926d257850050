"""How long a text is when nobody knows the font, and what of it can be shown.

An SVG names a stack of fonts and is read where only one of them is installed, so every width here
is that of the widest of them (DejaVu): what fits in the estimate fits in each.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

__all__ = ["LONGEST", "clean", "cut", "is_familiar", "measure", "wrap"]

LONGEST = 400  # characters of one value that a picture keeps, on hovering too

# XML 1.0, production [2], and what would turn the text after it around (UAX #9 §2).
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Not \s: it would take the no-break spaces of French along.
_BLANK = re.compile("[ \t\n\x0b\x0c\r\x85\u2028\u2029]+")

# Advance widths in hundredths of an em: the larger of DejaVu Sans and Source Sans Pro.
_ADVANCES = {
    20: "\u202f",
    28: "'ijl",
    30: "I",
    32: " ,.\u00a0’\u2018·",
    34: ":;|",
    35: "/\\",
    36: "-f",
    39: "()[]",
    40: "!t²³",
    42: "r",
    46: '"',
    48: "J",
    50: "*_–°",
    52: "s“”",
    53: "?z",
    55: "`c",
    56: "L",
    58: "Fk",
    60: "vxy•",
    62: "PTYaeo«»ø",
    64: "$0123456789ESbdghnpqu{}€ß",
    69: "ABVXZK",
    70: "CR",
    76: "UNH",
    79: "DG&OQØ",
    84: "#+<=>^~→←×w\u2212",
    87: "M",
    100: "%½mÆWæ@…—",
    107: "œŒ",
}
_WIDTHS = {character: width for width, characters in _ADVANCES.items() for character in characters}
# By general category, for what is not in the table: other scripts, signs, emoji.
_GUESSES = {"Ll": 75, "Lu": 90, "Lo": 85, "Mn": 0, "Me": 0, "Cf": 0, "So": 140}


def clean(value: str, longest: int = LONGEST) -> str:
    """Return a text on one line that an XML document can hold, cut with … where it is too long.

    Control and bidirectional control characters become U+FFFD: a reader sees that something stood
    there, and it cannot reorder what follows.
    """
    text = _BLANK.sub(" ", _UNFIT.sub("\N{REPLACEMENT CHARACTER}", value[: longest + 1])).strip(" ")
    return f"{text[: longest - 1]}…" if len(value) > longest else text


def measure(text: str, size: float) -> float:
    """Return how wide a text is at most, in the unit of `size`."""
    return sum(map(_advance, text)) * size / 100


def is_familiar(text: str) -> bool:
    """Tell whether every width of the text is known rather than guessed."""
    return all(_base(character) in _WIDTHS for character in text)


def cut(text: str, room: float, size: float) -> str:
    """Return the text, or as much of it as fits with … after it."""
    if measure(text, size) <= room:
        return text
    left = room * 100 / size - _advance("…")
    for index, character in enumerate(text):
        left -= _advance(character)
        if left < 0:
            return f"{text[:index].rstrip()}…"
    return text


def wrap(text: str, room: float, size: float, lines: int = 99) -> list[str]:
    """Break a text into lines that fit; the last of `lines` is cut."""
    wrapped: list[str] = []
    rest = text
    while rest and len(wrapped) < lines - 1:
        line, rest = _first_line(rest, room, size)
        wrapped.append(line)
    return [*wrapped, cut(rest, room, size)] if rest else wrapped or [""]


def _first_line(text: str, room: float, size: float) -> tuple[str, str]:
    """Return what fits on a line, and the rest; a word longer than the line is broken."""
    used, space = 0.0, 0
    for index, character in enumerate(text):
        used += _advance(character) * size / 100
        if used > room and index:
            if character == " ":
                return text[:index], text[index + 1 :]
            return (text[:space], text[space + 1 :]) if space else (text[:index], text[index:])
        if character == " ":
            space = index
    return text, ""


@cache
def _advance(character: str) -> int:
    base = _base(character)
    if base in _WIDTHS:
        return _WIDTHS[base]
    if unicodedata.east_asian_width(character) in "WF":
        return 100 if unicodedata.category(character) == "Lo" else 140
    return _GUESSES.get(unicodedata.category(character), 85)


@cache
def _base(character: str) -> str:
    """Return a letter without its accent, which does not make it wider."""
    return unicodedata.normalize("NFD", character)[0]
