"""Why a query finds nothing: the first of its parts that leaves no solution.

The parts are tried as they stand in the text, each with all that stands before it.  Filters come
last, since they apply to their whole group wherever they stand (SPARQL 1.1 §5.2.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .facts import Remark
from .outline import Bind, Block, Filter, Query, Sentence, Triple, Values, elements

if TYPE_CHECKING:
    from .facts import Facts
    from .outline import Element, Group, Outline

__all__ = ["Failure", "failures", "remark"]

_ANYTHING = "?anySubject ?anyPredicate ?anyObject"
_LONGEST = 60  # characters of the query that a remark repeats


class Failure(NamedTuple):
    """A part of a query that leaves no solution.

    Attributes:
        start: Offset of it.
        end: Offset after it.
        problem: What there is to say.
    """

    start: int
    end: int
    problem: str


class _Step(NamedTuple):
    """A part of an element, and the text of the element up to there, brackets closed."""

    part: Element | Triple
    text: str


class _Place(NamedTuple):
    """Where a group stands: what is to be written before and after it to try it there.

    Attributes:
        head: All that stands before it.
        tail: The braces to close.
        graphs: The beginnings of the ``GRAPH`` blocks around it.
    """

    head: str = ""
    tail: str = ""
    graphs: tuple[str, ...] = ()

    def inside(self, before: str, opening: str, *, graph: bool) -> _Place:
        """Return the place within another pair of braces."""
        graphs = (*self.graphs, opening) if graph else self.graphs
        return _Place(f"{self.head}{before}{opening}", f" }}{self.tail}", graphs)

    def alone(self) -> _Place:
        """Return the place without what stands beside it."""
        return _Place("".join(self.graphs), " }" * len(self.graphs), self.graphs)


def failures(text: str, outline: Outline, facts: Facts) -> Iterator[Failure]:
    """Yield the first part that leaves no solution; of alternatives that all do, each its own.

    Nothing comes of a query that has solutions, nor of one that calls another server, since what
    that holds is not known here.
    """
    query = outline.query
    if query.where is None or any(map(_calls, elements(query))):
        return
    trial = _Trial(text, outline, facts)
    if not trial.has_solution(query, _Place()):
        yield from trial.failures_of(query, _Place())
    elif query.late and not facts.rows(outline.prologue + text[query.start : query.end]):
        word, start, end = query.late
        yield Failure(start, end, f"The pattern has solutions, and {word} leaves none.")


def remark(failure: Failure) -> Remark:
    """Return a failure as a remark."""
    return Remark(failure.start, "no-solution", failure.problem)


def _calls(element: Element) -> bool:
    return isinstance(element, Block) and element.word == "SERVICE"


class _Trial:
    """Tries parts of a query on a graph."""

    def __init__(self, text: str, outline: Outline, facts: Facts) -> None:
        self._text, self._facts = text, facts
        self._ask = f"{outline.prologue}ASK {outline.query.dataset} {{"

    def has_solution(self, query: Query, place: _Place) -> bool:
        """Tell whether a query's pattern has a solution."""
        where = query.where
        return where is None or self._holds(place, self._text[where.start : where.end])

    def failures_of(self, query: Query, place: _Place) -> Iterator[Failure]:
        """Yield the failures in a query's pattern, which has no solution."""
        if query.where:
            yield from self._failures_in(query.where, place)

    def _failures_in(self, group: Group, place: _Place) -> Iterator[Failure]:
        done = ""
        for element in sorted(group.elements, key=lambda element: isinstance(element, Filter)):
            for step in self._steps(element):
                if not self._holds(place, done + step.text):
                    yield from self._failures_at(step, done, place)
                    return
            done += self._whole(element)

    def _steps(self, element: Element) -> Iterator[_Step]:
        """Yield the parts of an element, from the first triple of a sentence to the whole."""
        triples = element.triples if isinstance(element, Sentence) else ()
        for triple in triples:
            if triple.cut is not None:
                yield _Step(triple, self._text[element.start : triple.cut] + triple.close)
        if not triples or triples[-1].cut != element.end:
            yield _Step(element, self._whole(element))

    def _whole(self, element: Element) -> str:
        text = self._text[element.start : element.end]
        if isinstance(element, Sentence):
            return f" {text} . "
        return f" {{ {text} }} " if isinstance(element, Query) else f" {text} "

    def _failures_at(self, step: _Step, done: str, place: _Place) -> Iterator[Failure]:
        match step.part:
            case Block(word="" | "UNION", groups=groups):
                for group in groups:
                    yield from self._failures_in(group, place.inside(done, "{", graph=False))
            case Block(word="GRAPH", groups=(group,), start=start):
                opening = self._text[start : group.start + 1]
                if self._holds(place, f"{opening} {_ANYTHING} }}"):
                    inner = place.inside(done, opening, graph=True)
                    yield from self._failures_in(group, inner)
                else:
                    yield Failure(start, group.start, "There is no such named graph.")
            case Query() as query if not self.has_solution(query, place.alone()):
                yield from self.failures_of(query, place.alone())
            case Triple() as triple:
                yield self._failure_of_triple(triple, place)
            case part:
                yield Failure(part.start, part.end, _told(part))

    def _failure_of_triple(self, triple: Triple, place: _Place) -> Failure:
        nodes = (triple.subject, triple.verb, triple.object)
        written = " ".join(self._written(node.start, node.end) for node in nodes)
        if self._holds(place.alone(), written):
            reason = "has matches, and none together with what stands before it"
        else:
            reason = "has no match in this graph"
        end = triple.object.end if triple.cut is None else triple.cut
        return Failure(triple.start, end, f"{_cut(written)} {reason}.")

    def _written(self, start: int, end: int) -> str:
        text = self._text[start:end]
        return "[]" if text.startswith("[") else text

    def _holds(self, place: _Place, pattern: str) -> bool:
        return bool(self._facts.rows(f"{self._ask}{place.head} {pattern} {place.tail} }}"))


def _told(element: Element) -> str:
    match element:
        case Filter():
            return "No solution passes this FILTER."
        case Values():
            return "No row of these VALUES fits what stands before them."
        case Block(word="MINUS"):
            return "This MINUS takes every solution away."
        case Query():
            return "This subquery has no row that fits what stands before it."
        case Bind() | Block(word="OPTIONAL"):
            return "What this binds fits nothing that stands before its group."
        case _:
            return "Nothing fits both this and what stands before it."


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
