"""What a graph says of the terms of a query: which exist, what they are, which values they lead to.

A server need not merge its named graphs into the default graph, so every question is put to both.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from .. import terms
from ..errors import TimedOut
from ..results import Table
from ..sparql import UNLIMITED, Limits

if TYPE_CHECKING:
    from ..results import Queryable, Row
    from ..sparql import Conditions

__all__ = ["Facts", "Kind", "Remark"]

_AT_ONCE = 400  # IRIs in one query, whose text is bounded
_MOST = 20_000  # terms that a misspelt one is compared with
_LANGUAGE_TEXT = terms.expand("rdf:langString")
_PREFIXES = "".join(f"PREFIX {p}: <{terms.PREFIXES[p]}>\n" for p in ("rdfs", "skos"))

_EXISTING = """\
SELECT DISTINCT ?t WHERE {{
    VALUES ?t {{ {iris} }}
    FILTER (EXISTS {{ ?t ?p ?o }} || EXISTS {{ ?s ?t ?o }} || EXISTS {{ ?s ?p ?t }}
        || EXISTS {{ GRAPH ?t {{ ?s ?p ?o }} }} || EXISTS {{ GRAPH ?g {{ ?t ?p ?o }} }}
        || EXISTS {{ GRAPH ?g {{ ?s ?t ?o }} }} || EXISTS {{ GRAPH ?g {{ ?s ?p ?t }} }})
}}
"""
_HELD = """\
SELECT ?o WHERE {{
    VALUES ?t {{ {iris} }}
    VALUES ?o {{ {values} }}
    FILTER (EXISTS {{ ?s ?t ?o }} || EXISTS {{ GRAPH ?g {{ ?s ?t ?o }} }})
}}
LIMIT 1
"""
_USED = """\
SELECT DISTINCT ?t WHERE {{
    VALUES ?t {{ {iris} }}
    FILTER (EXISTS {{ {pattern} }} || EXISTS {{ GRAPH ?g {{ {pattern} }} }})
}}
"""
_PAIRS = """\
SELECT DISTINCT ?t ?o WHERE {{
    VALUES ?t {{ {iris} }}
    {{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }}
}}
"""
_UNDER = """\
SELECT DISTINCT ?t ?label WHERE {{
    {{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }}
    FILTER (STRSTARTS(STR(?t), {namespace}))
}}
LIMIT {most}
"""
_GRAPHS = "SELECT DISTINCT ?t WHERE { GRAPH ?t { ?s a ?o } }"
_LABELLED = "?t a ?type OPTIONAL { ?t rdfs:label|skos:prefLabel|skos:altLabel ?label }"
_KINDS = """\
SELECT DISTINCT ?t ?kind ?language WHERE {{
    VALUES ?t {{ {iris} }}
    {{ ?s ?t ?o }} UNION {{ GRAPH ?g {{ ?s ?t ?o }} }}
    BIND (IF(isLiteral(?o), STR(DATATYPE(?o)), IF(isIRI(?o), "iri", "blank")) AS ?kind)
    BIND (IF(isLiteral(?o), LANG(?o), "") AS ?language)
}}
"""
_SPELT = """\
SELECT DISTINCT ?o WHERE {{
    VALUES ?t {{ {iris} }}
    {{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }}
    FILTER (isLiteral(?o) && STR(?o) = {spelling})
}}
ORDER BY ?o
LIMIT 3
"""
_LEADING = """\
SELECT DISTINCT ?t ?via ?o WHERE {{
    VALUES ?t {{ {iris} }}
    {{ ?s ?t ?thing }} UNION {{ GRAPH ?g {{ ?s ?t ?thing }} }}
    {{ ?thing ?via ?o }} UNION {{ GRAPH ?h {{ ?thing ?via ?o }} }}
    FILTER (isLiteral(?o) && STR(?o) = {spelling})
}}
ORDER BY ?via ?o
LIMIT 3
"""


class Remark(NamedTuple):
    """What there is to say of a query, before its offset becomes a line and a column."""

    at: int
    rule: str
    problem: str


class Kind(NamedTuple):
    """What a value is: the IRI of its datatype, ``iri`` or ``blank``; and its language."""

    datatype: str
    language: str = ""

    @classmethod
    def of(cls, datatype: str, language: str) -> Kind:
        """Return the kind of a literal; some servers give text in a language no datatype."""
        return cls(_LANGUAGE_TEXT if language else datatype, language)


class Facts:
    """A graph and the questions that explaining puts to it, within one limit of time for all.

    Args:
        source: The graph.
        conditions: Under which it is asked.
    """

    def __init__(self, source: Queryable, conditions: Conditions) -> None:
        self._source = source
        self._conditions = conditions
        self._limits = conditions.get("limits", UNLIMITED)
        self._began = time.monotonic()
        self._under: dict[str, list[tuple[str, str]]] = {}

    def rows(self, text: str) -> list[Row]:
        """Return the rows of a query; of one that is no SELECT, none or one, as its answer is."""
        conditions: Conditions = {**self._conditions, "limits": self._left()}
        try:
            answer = self._source.answer(text, **conditions)
        except TimedOut:
            raise self._timed_out() from None
        if isinstance(answer, Table):
            return answer.terms
        return [()] if answer else []

    def _left(self) -> Limits:
        seconds = self._limits.timeout
        if seconds is None:
            return self._limits
        left = seconds - (time.monotonic() - self._began)
        if left <= 0:
            raise self._timed_out()
        return Limits(left, self._limits.memory)

    def _timed_out(self) -> TimedOut:
        return TimedOut(
            f"To explain the query took longer than {self._limits.timeout:g} s; simplify it, "
            "or allow more (--timeout)."
        )

    def existing(self, iris: Iterable[str]) -> set[str]:
        """Return those of some IRIs that the graph holds in any position."""
        return {row[0] for row in self._about(_EXISTING, iris)}

    def used(self, iris: Iterable[str], pattern: str) -> set[str]:
        """Return those of some IRIs that fit a pattern in place of ``?t``."""
        return {row[0] for row in self._about(_USED, iris, pattern=pattern)}

    def pairs(self, iris: Iterable[str], pattern: str) -> dict[str, set[str]]:
        """Return what a pattern leads to as ``?o``, for each IRI in place of ``?t``."""
        found = defaultdict(set)
        for iri, value in self._about(_PAIRS, iris, pattern=pattern):
            found[iri].add(value)
        return found

    def under(self, namespace: str) -> list[tuple[str, str]]:
        """Return the things whose IRIs begin so, with a label or nothing, a row a label."""
        if namespace not in self._under:
            text = _PREFIXES + _UNDER.format(
                pattern=_LABELLED, namespace=ox.Literal(namespace), most=_MOST
            )
            self._under[namespace] = [(_text(t), _text(label)) for t, label in self.rows(text)]
        return self._under[namespace]

    def graphs(self) -> list[tuple[str, str]]:
        """Return the named graphs, without labels."""
        return [(_text(iri), "") for (iri,) in self.rows(_GRAPHS)]

    def kinds(self, predicates: Iterable[str]) -> dict[str, set[Kind]]:
        """Return which kinds of value each predicate has."""
        found = defaultdict(set)
        for predicate, kind, language in self._about(_KINDS, predicates):
            found[predicate].add(Kind.of(kind, language))
        return found

    def holds(self, predicates: Collection[str], values: list[ox.Literal]) -> bool:
        """Tell whether predicates have one of some values, as the engine sees them."""
        for start in range(0, len(values), _AT_ONCE):
            written = " ".join(map(str, values[start : start + _AT_ONCE]))
            if self.rows(_HELD.format(iris=_written(predicates), values=written)):
                return True
        return False

    def spelt(self, predicates: Collection[str], spelling: str) -> list[ox.Literal]:
        """Return values of predicates that have these characters, whatever their kind."""
        text = _SPELT.format(
            iris=_written(predicates), pattern="?s ?t ?o", spelling=ox.Literal(spelling)
        )
        return [term for (term,) in self.rows(text) if isinstance(term, ox.Literal)]

    def leading(self, predicates: Collection[str], spelling: str) -> list[tuple[str, str, str]]:
        """Return paths of two steps that lead to these characters, each with the literal."""
        text = _LEADING.format(iris=_written(predicates), spelling=ox.Literal(spelling))
        return [(_text(t), _text(via), str(value)) for t, via, value in self.rows(text)]

    def _about(self, query: str, iris: Iterable[str], **parts: str) -> Iterator[tuple[str, ...]]:
        asked = sorted(set(iris))
        for start in range(0, len(asked), _AT_ONCE):
            text = query.format(iris=_written(asked[start : start + _AT_ONCE]), **parts)
            for row in self.rows(text):
                yield tuple(map(_text, row))


def _written(iris: Iterable[str]) -> str:
    return " ".join(str(ox.NamedNode(iri)) for iri in iris)


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else ""
