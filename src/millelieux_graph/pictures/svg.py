"""Elements of SVG as text: nothing gets in unescaped."""

from __future__ import annotations

from html import escape

from .text import clean

__all__ = ["element", "number", "words"]

Attribute = str | float | None


def element(name: str, *children: str, **attributes: Attribute) -> str:
    """Return an element; ``class_`` and ``stroke_width`` stand for ``class`` and ``stroke-width``.

    Children are markup already; a text becomes a child by `words`.  An attribute that is None is
    left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(children)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def words(text: str, longest: int | None = None) -> str:
    """Return a text as markup."""
    return escape(clean(text) if longest is None else clean(text, longest), quote=False)


def number(value: float) -> str:
    """Return a coordinate with one decimal at most; there is no minus zero."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def _attribute(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else number(value)
