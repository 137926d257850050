"""The sheet that every picture is printed on: title, key, marks, source; and its styles of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING, TypeVar

from . import text as measuring
from .palette import stylesheet
from .phrases import phrase
from .svg import element, words

if TYPE_CHECKING:
    from .setting import Setting

__all__ = [
    "ACCENT",
    "HEAD",
    "ON",
    "SMALL",
    "SMALL_ACCENT",
    "SMALL_STRONG",
    "SOFT",
    "TEXT",
    "TITLE",
    "Sheet",
    "Style",
    "box",
    "dot",
    "titled",
]

T = TypeVar("T")

_SCOPE = ".millelieux-picture"
_MARGIN = 24.0
_LONGEST_DESCRIPTION = 6000


@dataclass(frozen=True, slots=True)
class Style:
    """A style of text.

    Attributes:
        name: Its classes in the style sheet.
        size: Font size in pixels.
        leading: From one line to the next.
        wide: How much wider than the plain sans it runs.
        anchor: ``end`` or ``middle``; None starts at the given point.
        turn: Degrees, clockwise, around the given point.
    """

    name: str
    size: float
    leading: float
    wide: float = 1.0
    anchor: str | None = None
    turn: float | None = None

    @property
    def end(self) -> Style:
        """The style, ending at the given point."""
        return replace(self, anchor="end")

    @property
    def middle(self) -> Style:
        """The style, centred on the given point."""
        return replace(self, anchor="middle")

    def turned(self, degrees: float) -> Style:
        """The style, turned clockwise around the given point."""
        return replace(self, turn=degrees)

    def measure(self, text: str) -> float:
        """Return how wide a text is at most."""
        return measuring.measure(measuring.clean(text), self.size * self.wide)

    def cut(self, text: str, room: float) -> str:
        """Return as much of a text as fits."""
        return measuring.cut(measuring.clean(text), room, self.size * self.wide)

    def wrap(self, text: str, room: float, lines: int = 99) -> list[str]:
        """Break a text into lines that fit."""
        return measuring.wrap(measuring.clean(text), room, self.size * self.wide, lines)


TITLE = Style("serif", 22, 28, 1.2)
HEAD = Style("serif", 15, 20, 1.2)
TEXT = Style("", 13, 17)
SOFT = Style("soft", 13, 17)
ON = Style("on", 13, 17)
SMALL = Style("soft", 11.5, 15)
SMALL_STRONG = Style("soft strong", 11.5, 15, 1.2)
ACCENT = Style("accent", 13, 17)
SMALL_ACCENT = Style("accent", 11.5, 15)


class Sheet:
    """A sheet that is filled from top to bottom.

    Attributes:
        y: Where the next thing goes.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.width = float(setting.width)
        self._marks: list[str] = []
        self.y = _MARGIN
        for line in TITLE.wrap(setting.title, self.room, 8):
            self.y += TITLE.leading
            self.write(self.left, self.y - 6, line, TITLE)

    @property
    def left(self) -> float:
        """The left edge of what is printed."""
        return 16.0 if self.setting.is_narrow else _MARGIN

    @property
    def right(self) -> float:
        """The right edge of what is printed."""
        return self.width - self.left

    @property
    def room(self) -> float:
        """From the left edge to the right."""
        return self.right - self.left

    def add(self, *marks: str) -> None:
        """Print marks, given as markup."""
        self._marks += marks

    def write(self, x: float, y: float, text: str, style: Style = TEXT, lead: str = "") -> None:
        """Print a line of text, `y` being its base line and `lead` a beginning that is soft."""
        self.add(label(x, y, text, style, lead))

    def write_lines(
        self, x: float, y: float, lines: Sequence[str], style: Style = TEXT, lead: str = ""
    ) -> float:
        """Print lines below each other, and return where the next would stand."""
        for number, line in enumerate(lines):
            self.write(x, y + number * style.leading, line, style, "" if number else lead)
        return y + len(lines) * style.leading

    def in_columns(
        self, items: Sequence[T], columns: int
    ) -> Iterator[tuple[float, float, Sequence[T]]]:
        """Yield columns that fill the width: where each begins, its room, and its items."""
        gap = 24.0
        room = (self.room - gap * (columns - 1)) / columns
        each = max(1, ceil(len(items) / columns))
        for number, first in enumerate(range(0, len(items), each)):
            yield self.left + number * (room + gap), room, items[first : first + each]

    def key(self, entries: Iterable[tuple[str, str]]) -> None:
        """Say what the signs mean: marks drawn around (0, 0), each with its words."""
        x, self.y = self.left, self.y + 22
        for mark, said in entries:
            meaning = SOFT.cut(said, self.room - 20)
            wide = 20 + SOFT.measure(meaning) + 18
            if x + wide > self.right + 18 and x > self.left:
                x, self.y = self.left, self.y + 20
            self.add(element("g", mark, transform=f"translate({x + 7:.1f} {self.y - 4.5:.1f})"))
            self.write(x + 20, self.y, meaning, SOFT)
            x += wide
        self.y += 12

    def close(self, description: Iterable[str]) -> str:
        """Print the source in the corner, and return the whole picture.

        Args:
            description: Sentences that say all that is shown, for those who do not see it; without
                any, the picture says that there is nothing to show.
        """
        said = " ".join(description)
        if not said:
            said = phrase(self.setting.lang, "nothing")
            self.y = self.write_lines(self.left, self.y + 24, SOFT.wrap(said, self.room), SOFT) - 17
        self.y += 14
        for line in SMALL.wrap(self.setting.source, self.room, 3) if self.setting.source else ():
            self.y += SMALL.leading
            self.write(self.right, self.y, line, SMALL.end)
        return self._document(self.y + 16, said)

    def _document(self, height: float, description: str) -> str:
        body = "\n".join(self._marks)
        # Several pictures may stand in one page; the same picture always bears the same names.
        name = f"p{sha256((self.setting.title + body).encode(errors='replace')).hexdigest()[:10]}"
        return (
            element(
                "svg",
                "\n",
                element("title", words(self.setting.title), id=f"{name}-title"),
                element("desc", words(description, _LONGEST_DESCRIPTION), id=f"{name}-desc"),
                f"\n<style>\n{stylesheet(_SCOPE)}</style>\n",
                element("rect", class_="paper", width=self.width, height=height),
                f"\n{body}\n",
                xmlns="http://www.w3.org/2000/svg",
                class_=_SCOPE.removeprefix("."),
                role="img",
                lang=self.setting.lang,
                width=self.width,
                height=height,
                viewBox=f"0 0 {self.width:.0f} {height:.1f}",
                aria_labelledby=f"{name}-title",
                aria_describedby=f"{name}-desc",
            )
            + "\n"
        )


def label(x: float, y: float, text: str, style: Style, lead: str = "") -> str:
    """Return one line of text as markup, squeezed into its estimate where that was a guess."""
    shown = measuring.clean(text)
    guessed = shown and not measuring.is_familiar(shown)
    softly, space, rest = shown, "", ""
    if lead and shown.startswith(f"{lead} "):
        softly, space, rest = lead, " ", shown[len(lead) + 1 :]
    return element(
        "text",
        element("tspan", words(softly), class_="soft") if lead else words(softly),
        space + words(rest),
        x=x,
        y=y,
        class_=style.name or None,
        font_size=style.size,
        text_anchor=style.anchor,
        transform=None if style.turn is None else f"rotate({style.turn:g} {x:.1f} {y:.1f})",
        textLength=style.measure(shown) if guessed else None,
        lengthAdjust="spacingAndGlyphs" if guessed else None,
    )


def titled(title: str, *marks: str) -> str:
    """Return marks that say their title when pointed at."""
    return element("g", element("title", words(title)), *marks)


def dot(x: float, y: float, radius: float, sign: str) -> str:
    """Return a dot: ``solid``, ``hollow``, ``dashed``, ``faint`` or ``split``."""
    if sign != "split":
        return element("circle", cx=x, cy=y, r=radius, class_=sign)
    half = f"M{x:.1f} {y - radius:.1f}a{radius:g} {radius:g} 0 0 0 0 {2 * radius:g}z"
    return element("circle", cx=x, cy=y, r=radius, class_="hollow") + element(
        "path", d=half, class_="solid"
    )


def box(x: float, y: float, width: float, height: float, sign: str) -> str:
    """Return a rectangle with one of the signs of `dot`."""
    return element("rect", x=x, y=y, width=width, height=height, class_=sign)
