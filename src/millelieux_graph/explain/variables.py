"""Variables that are used and never bound, or stand alone because they are misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from .facts import Remark
from .names import one_edit_apart
from .outline import (
    Bind,
    Block,
    Call,
    Exists,
    Filter,
    Node,
    Query,
    Sentence,
    Values,
    bound,
    bound_in,
    elements,
    expressions,
    walk,
)

if TYPE_CHECKING:
    from .outline import Element, Expression, Group, Outline

__all__ = ["alone", "unbound"]

Names: TypeAlias = frozenset[str]

_NOTHING: Names = frozenset()
_OF_FILTER = "a FILTER sees what its own braces bind; move it, or the pattern"
_OF_BIND = "a BIND sees what its own braces bind before it; move it down, or out"
_OF_QUERY = "a query sees what its pattern binds and its subqueries select; select it there"
_SHORTEST = 4  # letters: names such as ?s and ?o are near to each other on purpose
# The header of a stored query: its parameters are bound by whoever runs it.
_PARAMETER = re.compile(r"^#\+ +\[param\.(\w+)\]", re.MULTILINE)


class _Use(NamedTuple):
    """A variable that is read, the variables that can be seen there, and why no others."""

    name: str
    at: int
    visible: Names
    rule: str


def unbound(text: str, outline: Outline) -> Iterator[Remark]:
    """Yield a remark for each variable that is read where no pattern has bound it.

    Visible is what SPARQL 1.1 §18.2 lets be seen: a ``FILTER`` sees its own group, and if the group
    is that of an ``OPTIONAL`` what stands before that; a ``BIND`` sees what stands before it; a
    pattern of ``EXISTS`` sees what is around it.  A variable that the query asks about with
    ``BOUND`` or ``COALESCE`` may be unbound on purpose, and so may a branch of ``IF`` whose name is
    like no other.
    """
    somewhere = _somewhere(outline)
    spared = set(_PARAMETER.findall(text)) | _asked_for(outline.query)
    spared |= {b for b in _branches(outline.query) if not any(_alike(b, n) for n in somewhere)}
    told = set()
    for use in _uses_of_query(outline.query, _NOTHING):
        if use.name in use.visible | spared:
            continue
        if use.name in somewhere:
            problem = f"?{use.name} is bound elsewhere, and cannot be seen here: {use.rule}."
            yield Remark(use.at, "unbound-variable", problem)
        elif use.name not in told:
            told.add(use.name)
            near = get_close_matches(use.name, somewhere, n=1)
            advice = f"nearest: ?{near[0]}" if near else "name it in the pattern"
            problem = f"?{use.name} is used, and no pattern binds it; {advice}."
            yield Remark(use.at, "unbound-variable", problem)


def _somewhere(outline: Outline) -> set[str]:
    return {name for element in elements(outline.query) for name in _binds(element)}


def _binds(element: Element) -> set[str]:
    """Return the variables that an element gives a value itself; a query: by ``AS``, ``VALUES``."""
    if not isinstance(element, Query):
        return bound(element)
    columns = (*element.columns, *element.group_by)
    named = {column.alias.variable or "" for column in columns if column.alias}
    return named | (bound(element.values) if element.values else set())


def alone(outline: Outline) -> Iterator[Remark]:
    """Yield a remark for each variable that stands once, where a letter more would join patterns.

    A query that selects everything uses each of its variables, so nothing is said there; nor of
    names that differ by a digit, as they do on purpose.
    """
    queries = [e for e in elements(outline.query) if isinstance(e, Query)]
    if any(query.star for query in queries):
        return
    shown = {name for query in queries for name in _selected(query)} | _asked_for(outline.query)
    joined = _joined(outline.query)
    places = {n: outline.variables[n] for n in sorted(_somewhere(outline)) if n in joined}
    for name, (at, *more) in places.items():
        apart = places.keys() - joined[name]
        near = [n for n in apart if _alike(n, name) and (places[n][0] < at or places[n][1:])]
        if near and not more and name not in shown:
            problem = f"?{name} stands here only, where it joins nothing; is it ?{min(near)}?"
            yield Remark(at, "lone-variable", problem)


def _joined(query: Query) -> dict[str, set[str]]:
    """Return for each variable those that patterns and expressions join it with, at any remove."""
    joined: dict[str, set[str]] = {}
    for element in elements(query):
        for names in _together(element):
            whole = set(names).union(*(joined[name] for name in names if name in joined))
            joined.update(dict.fromkeys(whole, whole))
    return joined


def _together(element: Element) -> Iterator[set[str]]:
    """Yield the sets of variables that an element joins by itself, not by what is in it."""
    if isinstance(element, Sentence | Values):
        yield bound(element)
    elif isinstance(element, Bind):
        yield bound(element) | _read(element.expression)
    else:
        yield from map(_read, expressions(element))


def _read(expression: Expression) -> set[str]:
    parts = (part.variable for part in walk(expression) if isinstance(part, Node))
    return {name for name in parts if name}


def _selected(query: Query) -> Iterator[str]:
    for column in query.columns:
        node = column.alias or column.expression
        if isinstance(node, Node) and node.variable:
            yield node.variable


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST or abs(len(one) - len(other)) > 1:
        return False
    near = one.casefold() == other.casefold() or one_edit_apart(one.casefold(), other.casefold())
    return near and re.sub(r"\d", "", one) != re.sub(r"\d", "", other)


def _asked_for(query: Query) -> set[str]:
    """Return the variables of which a query asks whether they are bound."""
    return {
        node.variable
        for element in elements(query)
        for expression in expressions(element)
        for part in walk(expression)
        if isinstance(part, Call) and part.name in ("BOUND", "COALESCE")
        for node in walk(part)
        if isinstance(node, Node) and node.variable
    }


def _branches(query: Query) -> set[str]:
    """Return the variables that are branches of an ``IF``: unbound, they leave its result so."""
    return {
        branch.variable
        for element in elements(query)
        for expression in expressions(element)
        for part in walk(expression)
        if isinstance(part, Call) and part.name == "IF"
        for branch in part.arguments[1:]
        if isinstance(branch, Node) and branch.variable
    }


def _uses_of_query(query: Query, handed: Names) -> Iterator[_Use]:
    """Yield each variable that a query reads; `handed` are those that an ``EXISTS`` hands in."""
    if query.where:
        yield from _uses_of_group(query.where, handed, _NOTHING)
    seen = set(handed) | bound_in(query.where) | (bound(query.values) if query.values else set())
    for column in (*query.group_by, *query.columns):
        yield from _uses(column.expression, seen, _OF_QUERY)
        seen |= {column.alias.variable} if column.alias and column.alias.variable else set()
    for expression in (*query.having, *query.order_by):
        yield from _uses(expression, seen, _OF_QUERY)
    for triple in query.template:
        for node in (triple.subject, triple.verb.single, triple.object):
            yield from _uses(node, seen, _OF_QUERY) if node else ()


def _uses_of_group(group: Group, handed: Names, left: Names) -> Iterator[_Use]:
    """Yield each variable that a group reads; `left` are bound before it, if it is optional."""
    before = set[str]()
    for element in group.elements:
        match element:
            case Filter(expression=expression):
                yield from _uses(expression, handed | left | bound_in(group), _OF_FILTER)
            case Bind(expression=expression):
                yield from _uses(expression, handed | before, _OF_BIND)
            case Query():
                yield from _uses_of_query(element, handed)
            case Block(word=word, groups=groups) if word != "SERVICE":
                for inner in groups:
                    outer = frozenset(before) if word == "OPTIONAL" else _NOTHING
                    yield from _uses_of_group(inner, handed, outer)
        before |= bound(element)


def _uses(expression: Expression, visible: Names | set[str], rule: str) -> Iterator[_Use]:
    for part in walk(expression):
        if isinstance(part, Node) and part.variable:
            yield _Use(part.variable, part.start, frozenset(visible), rule)
        if isinstance(part, Exists):
            yield from _uses_of_group(part.group, frozenset(visible), _NOTHING)
