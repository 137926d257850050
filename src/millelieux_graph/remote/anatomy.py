"""The parts of a query's text, and the queries that count what it should find.

The text is not understood here, only cut where SPARQL 1.1 §19.8 says that its parts begin: at
words that stand in no comment, string or IRI.  A text that is no query has no parts, or wrong
ones, and whoever evaluates it will say so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Anatomy", "count", "dissect", "solutions"]

# §19.2, [139], [156]–[159], [173]: what may hold any word without meaning it.  All loops are
# possessive: no text makes the search slow.
_QUOTED = re.compile(
    r"""
    <[^<>"{}|^`\\\x00-\x20]*+>
    | \"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*+\"{3}
    | '{3}(?:[^'\\]|\\.|'{1,2}(?!'))*+'{3}
    | "(?:[^"\\\n\r]|\\.)*+"
    | '(?:[^'\\\n\r]|\\.)*+'
    | \#[^\n\r]*+
    | \\.
    """,
    re.VERBOSE | re.DOTALL,
)
_ALONE = r"(?<![\w:?$.@-]){}(?![\w:.-])"  # neither a part of a name nor a prefix
_FORM = re.compile(_ALONE.format("(SELECT|ASK|CONSTRUCT|DESCRIBE)"), re.IGNORECASE)
_FROM = re.compile(
    r"(?<![\w:?$.@-])FROM\s*+(?:(?<=\s)NAMED\s*+)?+(?:<[^>]*+>|[^\s<>{}:]*+:[^\s<>{}]*+)",
    re.IGNORECASE,
)
_PATTERN = re.compile(_ALONE.format("WHERE") + r"|\{", re.IGNORECASE)
_BRACE = re.compile("[{}]")


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A query in parts.

    Attributes:
        prologue: Before the form: prefixes and a base.
        form: ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``; empty when it is none of them.
        dataset: Its ``FROM`` clauses.
        body: The rest without them: of a SELECT with its form and columns, else from the pattern
            on; empty where there is no pattern.
    """

    prologue: str
    form: str
    dataset: str
    body: str


def dissect(text: str) -> Anatomy:
    """Return the parts of a query."""
    bare = _QUOTED.sub(_blank, text)
    form = _FORM.search(bare)
    if form is None:
        return Anatomy("", "", "", text)
    clauses = [match.span() for match in _FROM.finditer(bare, form.end())]
    word = form[1].upper()
    start = form.start() if word in ("SELECT", "ASK") else _pattern(bare, form.end())
    return Anatomy(
        text[: form.start()],
        word,
        " ".join(text[i:j] for i, j in clauses),
        _without(text, start, [span for span in clauses if span[0] >= start]),
    )


def count(text: str) -> str | None:
    """Return the query that counts the rows of a SELECT, or the solutions of another query.

    None where there is nothing to count.
    """
    query = dissect(text)
    if query.form in ("", "ASK") or not query.body:
        return None
    counted = query.body if query.form == "SELECT" else f"SELECT * {query.body}"
    head = f"{query.prologue}SELECT (COUNT(*) AS ?n) {query.dataset}"
    return f"{head} WHERE {{ {{\n{counted}\n}} }}"


def solutions(text: str) -> str | None:
    """Return the query that gives a short row for each solution of a CONSTRUCT or DESCRIBE.

    None for other queries, and where there is no pattern to solve.
    """
    query = dissect(text)
    if query.form not in ("CONSTRUCT", "DESCRIBE") or not query.body:
        return None
    return f"{query.prologue}SELECT (1 AS ?one) {query.dataset} {query.body}"


def _blank(quoted: re.Match[str]) -> str:
    """Return as much blank, between the same brackets when it is an IRI."""
    space = " " * (len(quoted[0]) - 2)
    return f"<{space}>" if quoted[0][0] == "<" else f" {space} "[: len(quoted[0])]


def _pattern(bare: str, start: int) -> int:
    """Return where the pattern of a CONSTRUCT or DESCRIBE begins, after template and names."""
    if bare[start:].lstrip().startswith("{"):  # only a template stands there
        start = _closing(bare, bare.index("{", start))
    found = _PATTERN.search(bare, start)
    return found.start() if found else len(bare)


def _closing(bare: str, start: int) -> int:
    """Return the position after the bracket that closes the one at a position."""
    depth = 0
    for brace in _BRACE.finditer(bare, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
    return len(bare)


def _without(text: str, start: int, spans: list[tuple[int, int]]) -> str:
    """Return a text from a position on, without some spans."""
    ends = [start, *(end for _, end in spans)]
    starts = [*(begin for begin, _ in spans), len(text)]
    return "".join(text[i:j] for i, j in zip(ends, starts, strict=True))
