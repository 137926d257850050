"""What stands around the marks: the finding, the source, the language, the width, the names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..errors import UnknownName, UsageError
from .phrases import phrase

__all__ = ["Language", "Names", "Ring", "Setting"]

Language = Literal["fr", "en"]
Names: TypeAlias = Callable[[str, str], str]
Ring: TypeAlias = Sequence[tuple[float, float]]

_LANGUAGES = ("fr", "en")
_NARROWEST, _WIDEST = 320, 4000  # a small phone; a poster


@dataclass(frozen=True, slots=True)
class Setting:
    """How a picture is set.

    Attributes:
        title: What the picture shows: the finding, or the question that it answers.
        source: Where the rows come from, with the release; it stands in the corner.
        lang: Language of the picture's own words and numbers.
        names: Gives the name of a code in a column; ``(column, code)`` to text, the code itself
            where there is none.
        width: In CSS pixels.  Below 600 the layout is that of a phone.
        outlines: For a map: coasts and borders, each a ring of (longitude, latitude).

    Raises:
        UnknownName: The language is neither.
        UsageError: There is no title, or the width is beyond what can be read.
    """

    title: str
    source: str = ""
    lang: Language = "fr"
    names: Names = field(default=lambda _, code: code)
    width: int = 900
    outlines: Sequence[Ring] = ()

    def __post_init__(self) -> None:
        if self.lang not in _LANGUAGES:
            raise UnknownName("language of a picture", self.lang, _LANGUAGES)
        if not self.title.strip():
            raise UsageError("A picture needs a title: say what it shows, or what it answers.")
        if not _NARROWEST <= self.width <= _WIDEST:
            raise UsageError(
                f"A picture is {_NARROWEST} to {_WIDEST} pixels wide, not {self.width}."
            )

    def name(self, column: str, code: str) -> str:
        """Return the name of a code; an empty one is something that is not said."""
        return self.names(column, code) if code else phrase(self.lang, "unsaid")

    @property
    def is_narrow(self) -> bool:
        """Whether there is room for one thing beside another."""
        return self.width < 600
