"""Rows of terms as markup: a table of GitHub's Markdown, and HTML for notebooks.

Whatever a literal says stays text: it becomes no tag, no other cell, and no link to anything but an
address that it spells out.  An IRI of the web is a link, shown by its label and its short name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import terms
from .layout import one_line
from .values import plain, value

if TYPE_CHECKING:
    from .values import Row, Term

__all__ = ["Caption", "html", "markdown"]

# GFM §6.1: any ASCII punctuation may be escaped.  These begin or end something in a cell; the
# dollar begins a formula on GitHub.
_MARKS = re.compile(r"[\\`*_\[\]<>|~&$]")
_WEB = ("http://", "https://")
_LONGEST_WORD = 36  # that does not go on in another line where it has a hyphen


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands above a table.

    Attributes:
        text: The question that it answers; empty: none.
        lang: Its language.
    """

    text: str = ""
    lang: str = "en"


def markdown(columns: Sequence[str], rows: Sequence[Row], labels: Mapping[str, str]) -> str:
    """Return rows as a table of GitHub Flavored Markdown, numbers to the right.

    Args:
        columns: The names of the columns; none: the table is empty too, since Markdown has no such.
        rows: A term a column, None where unbound.
        labels: What IRIs are called.
    """
    if not columns:
        return ""
    rules = ["---:" if right else "---" for right in _numeric(columns, rows)]
    cells = [[_markdown_cell(term, labels) for term in row] for row in rows]
    lines = [list(map(_escaped, columns)), rules, *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def html(
    columns: Sequence[str],
    rows: Sequence[Row],
    labels: Mapping[str, str],
    total: str,
    caption: Caption,
) -> str:
    """Return rows as a table of HTML, which takes its colours and fonts from where it is shown.

    Args:
        columns: The names of the columns.
        rows: A term a column, None where unbound.
        labels: What IRIs are called.
        total: How many rows there are, in words: the last line.
        caption: What the table is about.
    """
    right = _numeric(columns, rows)
    heads = (
        f'<th scope="col" style="text-align:{_side(r)}">{escape(one_line(name))}</th>'
        for name, r in zip(columns, right, strict=True)
    )
    body = ("".join(map(_html_cell, row, right, [labels] * len(row))) for row in rows)
    foot = f'<td colspan="{max(1, len(columns))}" style="text-align:left">{escape(total)}</td>'
    lines = [
        "<table>",
        *_html_caption(caption),
        f"<thead><tr>{''.join(heads)}</tr></thead>",
        "<tbody>",
        *(f"<tr>{cells}</tr>" for cells in body),
        "</tbody>",
        f"<tfoot><tr>{foot}</tr></tfoot>",
        "</table>",
    ]
    return "\n".join(lines)


def _numeric(columns: Sequence[str], rows: Sequence[Row]) -> list[bool]:
    """Tell of each column whether it holds numbers alone."""
    return [_is_numeric(row[number] for row in rows) for number in range(len(columns))]


def _is_numeric(column: Iterable[Term]) -> bool:
    kinds = {type(value(term)) for term in column if term is not None}
    return bool(kinds) and kinds <= {int, float, Decimal}


def _markdown_cell(term: Term, labels: Mapping[str, str]) -> str:
    if not isinstance(term, ox.NamedNode):
        return _escaped(plain(term))
    name, *short = _names(term, labels)
    told = _escaped(" ".join([name, *(f"({code})" for code in short)]))
    address = _escaped(term.value)
    return f"[{told}](<{address}>)" if _is_web(term) else told


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", one_line(text))


def _html_caption(caption: Caption) -> Iterator[str]:
    if caption.text:
        lang, text = escape(caption.lang), escape(one_line(caption.text))
        yield f'<caption lang="{lang}" style="caption-side:top;text-align:left">{text}</caption>'


def _html_cell(term: Term, right: bool, labels: Mapping[str, str]) -> str:
    spoken = isinstance(term, ox.Literal) and term.language
    lang = f' lang="{escape(str(spoken))}"' if spoken else ""
    word = one_line(plain(term))
    whole = ";white-space:nowrap" if len(word) <= _LONGEST_WORD and " " not in word else ""
    return f'<td{lang} style="text-align:{_side(right)}{whole}">{_html_term(term, labels)}</td>'


def _html_term(term: Term, labels: Mapping[str, str]) -> str:
    if not isinstance(term, ox.NamedNode):
        return escape(one_line(plain(term)))
    name, *short = (f"<bdi>{escape(name)}</bdi>" for name in _names(term, labels))
    linked = f'<a href="{escape(term.value)}">{name}</a>' if _is_web(term) else name
    return " ".join([linked, *(f"<code>{code}</code>" for code in short)])


def _names(iri: ox.NamedNode, labels: Mapping[str, str]) -> list[str]:
    """Return what an IRI is called: its label if it has one, and its short name."""
    short, label = terms.curie(iri.value), one_line(labels.get(iri.value, ""))
    return [label, short] if label else [short]


def _is_web(iri: ox.NamedNode) -> bool:
    return iri.value.lower().startswith(_WEB)


def _side(right: bool) -> str:
    return "right" if right else "left"
