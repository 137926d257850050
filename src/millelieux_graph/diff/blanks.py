"""What has no name, compared by what it says.

The canonical labels of RDFC-1.0 are numbered over a whole data set, so one class expression more
would rename all the others.  Here each group of blank nodes that hang together is canonical by
itself: groups are the same when their canonical forms are, whatever the others became.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from .. import terms
from ..dumps import canonical
from .lines import parsed

__all__ = ["Group", "Nested", "compare", "groups"]

_DEEPEST = 4  # class expressions in each other that are told in full
_BROADEST = 12  # statements about each of them
_LONGEST = 1_000  # characters of each
_TYPE = terms.expand("rdf:type")


@dataclass(frozen=True)
class Group:
    """Blank nodes that hang together, with all that is said with them.

    Attributes:
        key: SHA-256 of its canonical form.
        quads: Its statements, with the labels that the state has.
    """

    key: str
    quads: tuple[ox.Quad, ...]


def groups(lines: Iterable[bytes]) -> list[Group]:
    """Return the groups of the lines that name blank nodes, in a fixed order."""
    parts: dict[str, list[ox.Quad]] = {}
    quads = parsed(lines)
    leader = _leaders(quads)
    for quad in quads:
        nodes = _blanks(quad)
        parts.setdefault(leader[nodes[0]] if nodes else str(quad), []).append(quad)
    return sorted(map(_group, parts.values()), key=lambda group: (group.key, str(group.quads[0])))


def compare(
    old: Sequence[Group], new: Sequence[Group]
) -> tuple[list[tuple[ox.Quad, ...]], list[tuple[ox.Quad, ...]]]:
    """Return the statements of the groups that only one has.

    The removed ones have the labels of the old state; the added ones have labels that it does
    not use, so that both can be applied to it.
    """
    taken = {node for group in old for quad in group.quads for node in _blanks(quad)}
    more = Counter(group.key for group in new)
    more.subtract(group.key for group in old)
    return (
        [group.quads for group in _chosen(old, -more)],
        [_renamed(group, taken) for group in _chosen(new, +more)],
    )


class Nested:
    """Tells blank nodes by what is said of them, nested as in Turtle, within bounds.

    Args:
        quads: The statements about each blank node, by its label.
    """

    def __init__(self, quads: Mapping[str, Sequence[ox.Quad]]) -> None:
        self._quads = quads
        self._node = cache(self._nested)  # many may lead to one

    def told(self, term: object, depth: int = 0) -> str:
        """Return a term as N-Triples has it, but a blank node as ``[ … ]``."""
        if isinstance(term, ox.BlankNode):
            return self._node(term.value, depth)
        if isinstance(term, ox.Triple):
            ends = (self.told(end, depth + 1) for end in (term.subject, term.object))
            return f"<<( {next(ends)} {term.predicate} {next(ends)} )>>"
        return str(term)

    def _nested(self, label: str, depth: int) -> str:
        if depth >= _DEEPEST:
            return "[ … ]"
        said = sorted(self._quads.get(label, ()), key=_unnamed_last)
        told = {
            f"{_verb(q.predicate.value)} {self._short(q.object, depth + 1)}"
            for q in said[:_BROADEST]
        }
        parts = sorted(told, key=_type_first) + ["…"] * (len(said) > _BROADEST)
        text = " ; ".join(parts)
        kept = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        return f"[ {kept} ]" if parts else "[]"

    def _short(self, term: object, depth: int) -> str:
        if isinstance(term, ox.NamedNode):
            return terms.curie(term.value)
        return self.told(term, depth)


def _unnamed_last(quad: ox.Quad) -> tuple[bool, str, str]:
    """Sort statements by what does not depend on the labels of blank nodes."""
    named = not any(_within(quad.object))
    return not named, quad.predicate.value, str(quad.object) if named else ""


def _type_first(part: str) -> tuple[bool, str]:
    return not part.startswith("a "), part


def _verb(predicate: str) -> str:
    return "a" if predicate == _TYPE else terms.curie(predicate)


def _group(quads: list[ox.Quad]) -> Group:
    text = "\n".join(map(str, canonical(quads)))
    return Group(sha256(text.encode()).hexdigest(), tuple(sorted(quads, key=str)))


def _chosen(given: Iterable[Group], wanted: Counter[str]) -> Iterator[Group]:
    """Yield as many groups of each form as are wanted."""
    for group in given:
        if wanted[group.key] > 0:
            wanted[group.key] -= 1
            yield group


def _renamed(group: Group, taken: set[str]) -> tuple[ox.Quad, ...]:
    """Return the statements with labels that nobody has, and take them."""
    canon = canonical(group.quads)
    prefix = f"b{group.key[:16]}"
    labels = sorted({node for quad in canon for node in _blanks(quad)})
    while any(f"{prefix}{label}" in taken for label in labels):
        prefix += "x"
    taken.update(f"{prefix}{label}" for label in labels)
    return tuple(_prefixed_quad(quad, prefix) for quad in canon)


def _prefixed_quad(quad: ox.Quad, prefix: str) -> ox.Quad:
    return ox.Quad(
        _prefixed(quad.subject, prefix),
        quad.predicate,
        _prefixed(quad.object, prefix),
        _prefixed(quad.graph_name, prefix),
    )


def _prefixed(term: Any, prefix: str) -> Any:  # noqa: ANN401  # each kind of term gives its kind
    if isinstance(term, ox.BlankNode):
        return ox.BlankNode(prefix + term.value)
    if isinstance(term, ox.Triple):
        ends = _prefixed(term.subject, prefix), _prefixed(term.object, prefix)
        return ox.Triple(ends[0], term.predicate, ends[1])
    return term


def _leaders(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Return for each blank node one that stands for its whole group (union-find)."""
    above: dict[str, str] = {}

    def top(node: str) -> str:
        while above.setdefault(node, node) != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for quad in quads:
        nodes = _blanks(quad)
        for node in nodes:
            above[top(node)] = top(nodes[0])
    return {node: top(node) for node in above}


def _blanks(quad: ox.Quad) -> list[str]:
    """Return the labels of the blank nodes in a statement, those inside triples too."""
    return [node for term in (quad.subject, quad.object, quad.graph_name) for node in _within(term)]


def _within(term: object) -> Iterator[str]:
    if isinstance(term, ox.BlankNode):
        yield term.value
    elif isinstance(term, ox.Triple):
        yield from _within(term.subject)
        yield from _within(term.object)
