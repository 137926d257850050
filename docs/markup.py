"""Write Markdown: the few forms that the generated reference pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["block", "cell", "page", "prose", "table", "title"]

_HEADERS = {
    "en": "<!-- Written by docs/generate.py from {}: change that, then run `just docs`. -->",
    "fr": "<!-- Écrit par docs/generate.py d’après {} : changez cela, puis `just docs`. -->",
}


def title(text: str, source: str, language: str = "en") -> str:
    """Return the head of a page, with what it was written from."""
    return f"{_HEADERS[language].format(source)}\n\n# {text}"


def prose(text: str | None) -> str:
    """Return a text without the blanks around its lines."""
    return "\n".join(line.strip() for line in (text or "").strip().splitlines())


def block(text: str, language: str) -> str:
    """Return a fenced block."""
    return f"```{language}\n{text}\n```"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with a line of heads."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(c) for c in line) + " |" for line in lines)


def cell(text: str) -> str:
    """Return a text that fits into one cell of a table."""
    # Not split(): in French it would take the narrow no-break spaces for blanks.
    return " ".join(text.replace("\n", " ").split(" ")).replace("|", "\\|")


def page(parts: Iterable[str]) -> str:
    """Return the parts of a page, those that are empty left out."""
    return "\n\n".join(part for part in parts if part) + "\n"
