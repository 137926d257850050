"""Help while writing SPARQL: what is wrong with a query, and why it finds nothing.

Each remark is a fact about the text and the graph, not about style: a query that is right has none,
whatever vocabularies it uses.  Nothing is changed, and nothing of the query is run that could
change anything or call a server that is not allowed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from .. import terms
from ..errors import CannotRun, Finding, QuerySyntax, TimedOut, UsageError
from ..graph import Graph
from ..sparql import UNLIMITED, judge
from . import literals, names, prefixes, solutions, variables
from .facts import Facts, Remark
from .outline import Block, elements
from .reader import Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from ..results import Queryable
    from ..sparql import Conditions, Limits
    from .outline import Outline

__all__ = ["MAX_CHARACTERS", "explain"]

MAX_CHARACTERS = 20_000  # a text that people write and read; beyond, the engine may take very long


def explain(source: Queryable, text: str, **conditions: Unpack[Conditions]) -> list[Finding]:
    """Return what is wrong with a query, in the order of its text.

    Each finding has as `where` the line and column, ``3:12``, both from 1, and as `rule` one of:

    - ``explain:syntax``: it cannot be parsed; then nothing else is told;
    - ``explain:missing-prefix``, ``explain:wrong-prefix``: a prefix is not declared, or for a
      namespace that is misspelt;
    - ``explain:unknown-term``: a term in a namespace of ours that the graph does not hold;
    - ``explain:not-a-property``, ``explain:not-a-class``: a class stands for a property, or the
      other way round;
    - ``explain:unbound-variable``, ``explain:lone-variable``: a variable is read and never bound,
      or stands once and is a letter from another;
    - ``explain:never-equal``, ``explain:no-order``: a literal has a language or datatype that no
      value has, or one that SPARQL cannot put in order;
    - ``explain:no-solution``: the first part of a query without solutions that leaves none;
    - ``explain:not-run``: whether it has solutions could not be found out.

    Args:
        source: The graph that it is to be asked of.
        text: The query.
        conditions: Under which it is asked, see `sparql.Conditions`; a limit of time is one for
            all that explaining asks.

    Raises:
        ForbiddenQuery: It is an update, calls a server that is not allowed, or is too long.
        UsageError: It is no SPARQL 1.1, or nests too deeply to be explained.
        TimedOut, CannotRun: The graph cannot be asked.
    """
    if len(text) > MAX_CHARACTERS:
        raise UsageError(
            f"The query is longer than {MAX_CHARACTERS} characters, too long to be explained; "
            "try a part of it."
        )
    with suppress(QuerySyntax):
        judge(text, services=conditions.get("services", ()))
    outline = _outline(text)
    broken = _syntax_error(text, outline, conditions.get("limits", UNLIMITED))
    if broken:
        return [broken]
    if isinstance(outline, Unreadable):
        line, column = _line_and_column(text, outline.at)
        raise UsageError(
            f"The query {outline.reason} at line {line}, column {column}, and cannot be explained."
        )
    facts = Facts(source, conditions)
    instead = prefixes.corrections(outline, facts)
    mended = read(text, terms.PREFIXES, instead) if instead else outline
    found = {*prefixes.missing(outline), *prefixes.wrong(outline, instead)}
    found |= set(_remarks(text, mended, facts))
    found |= set(_without_solution(text, mended, facts, found))
    return [_finding(text, remark) for remark in sorted(found)]


def _outline(text: str) -> Outline | Unreadable:
    try:
        return read(text, terms.PREFIXES)
    except Unreadable as error:
        return error


def _syntax_error(text: str, outline: Outline | Unreadable, limits: Limits) -> Finding | None:
    """Return what the engine objects to, apart from prefixes that are not declared."""
    lines = "".join(f"PREFIX {prefix}: <{terms.BASE}>\n" for prefix in outline.undeclared)
    try:
        # An empty graph: that the engine reads the text is all that is wanted of it.
        Graph().answer(lines + _at_home(text, outline), limits=limits)
    except QuerySyntax as error:
        problem = f"{error.reason[0].upper()}{error.reason[1:]}."
        where = f"{error.line - len(outline.undeclared)}:{error.column}"
        return Finding("explain:syntax", where, problem)
    except TimedOut:
        raise
    except CannotRun:
        return None  # it has been read: what the engine lacks, a function, is told when it runs
    return None


def _at_home(text: str, outline: Outline | Unreadable) -> str:
    """Return a text of the same places that calls no server: each call is a plain group."""
    if isinstance(outline, Unreadable):
        return text
    for element in elements(outline.query):
        if isinstance(element, Block) and element.word == "SERVICE":
            start, end = element.start, element.groups[0].start
            text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def _remarks(text: str, outline: Outline, facts: Facts) -> Iterator[Remark]:
    yield from names.unknown(outline, facts)
    yield from names.misplaced(outline, facts)
    yield from variables.unbound(text, outline)
    yield from variables.alone(outline)
    yield from literals.never_equal(outline, facts)


def _without_solution(
    text: str, outline: Outline, facts: Facts, known: set[Remark]
) -> Iterator[Remark]:
    """Yield where the solutions end, unless a remark has told what is wrong there."""
    if not outline.undeclared.keys() <= terms.PREFIXES.keys():
        return  # nobody knows what the query means
    try:
        for failure in solutions.failures(text, outline, facts):
            if not any(failure.start <= remark.at < failure.end for remark in known):
                yield solutions.remark(failure)
    except CannotRun as error:
        problem = f"Whether the query has solutions is not known. {error}"
        named = (name.start for name in outline.names if f"<{name.iri}>" in str(error))
        yield Remark(next(named, outline.query.start), "not-run", problem)


def _finding(text: str, remark: Remark) -> Finding:
    line, column = _line_and_column(text, remark.at)
    return Finding(f"explain:{remark.rule}", f"{line}:{column}", remark.problem)


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    """Return both from 1, counted as the engine counts them: lines end with a line feed."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
