"""Literals that no value can equal: another language, another datatype, text where things stand.

What a predicate leads to is known from the graph.  A variable is judged when each of its values
comes from predicates, so that it can be nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyoxigraph as ox

from .. import terms
from .facts import Kind, Remark
from .outline import (
    Block,
    Call,
    Node,
    Query,
    Sentence,
    Values,
    bound,
    bound_in,
    elements,
    expressions,
    groups,
    walk,
)

if TYPE_CHECKING:
    from .facts import Facts
    from .outline import Element, Expression, Outline, Triple

__all__ = ["never_equal"]

_XSD = terms.PREFIXES["xsd"]
_TEXT = f"{_XSD}string"
_NUMBERS = {
    _XSD + name
    for name in (
        "byte decimal double float int integer long negativeInteger nonNegativeInteger "
        "nonPositiveInteger positiveInteger short unsignedByte unsignedInt unsignedLong "
        "unsignedShort"
    ).split()
}
_BARE = {_XSD + name for name in ("integer", "decimal", "double")}  # written without quotes
# SPARQL 1.1 §17.3: what has an order; engines add the other dates and times of XML Schema.
_ORDERED = _NUMBERS | {
    _XSD + name
    for name in (
        "boolean date dateTime dateTimeStamp dayTimeDuration duration gDay gMonth gMonthDay gYear "
        "gYearMonth string time yearMonthDuration"
    ).split()
}
_ORDERS = ("<", ">", "<=", ">=")
_NUMBER = re.compile(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?", re.ASCII)
_THINGS = ("iri", "blank")

Predicates: TypeAlias = frozenset[str]


class _Comparison(NamedTuple):
    """A constant, what it is compared with, and how.

    Attributes:
        constant: The constant.
        predicates: Where the values come from that it is compared with.
        how: ``is`` (the same term), an operator, ``LANG`` or ``LANGMATCHES`` (of the value).
        variable: The name of the variable that is compared; empty in a pattern.
    """

    constant: Node
    predicates: Predicates
    how: str
    variable: str


def never_equal(outline: Outline, facts: Facts) -> Iterator[Remark]:
    """Yield a remark for each literal that no value can equal, with what to write instead.

    Where one expression compares a variable with several, one that fits is enough.
    """
    found = [*_in_patterns(outline), *_in_expressions(outline), *_in_values(outline)]
    kinds = facts.kinds({p for group in found for c in group for p in c.predicates})
    for group in found:
        if not any(_possible(c, kinds) for c in group) and not _held(group, facts):
            yield _remark(group[0], kinds, facts)


def _in_patterns(outline: Outline) -> Iterator[list[_Comparison]]:
    for triple in _triples(elements(outline.query)):
        if isinstance(triple.object.term, ox.Literal):
            yield [_with_last(triple.object, triple)]


def _in_expressions(outline: Outline) -> Iterator[list[_Comparison]]:
    """Yield what each condition compares one variable with, by value or by language."""
    origins = _Origins(outline.query)
    for element in elements(outline.query):
        for expression in expressions(element):
            for condition in _conditions(expression):
                together: dict[tuple[str, bool], list[_Comparison]] = {}
                for found in _comparisons(condition, origins):
                    key = found.variable, found.how.startswith("LANG")
                    together.setdefault(key, []).append(found)
                yield from together.values()


def _in_values(outline: Outline) -> Iterator[list[_Comparison]]:
    """Yield what each ``VALUES`` lists for a variable that a triple beside it binds too."""
    for element in elements(outline.query):
        after = element.values if isinstance(element, Query) else None
        for group in groups(element):
            beside = (*group.elements, after) if after else group.elements
            for triple in _triples(beside):
                for cells in _listed(beside, triple.object.variable):
                    yield [_with_last(cell, triple) for cell in cells]


def _triples(beside: Iterable[Element]) -> Iterator[Triple]:
    """Yield the triples of some elements whose objects come from one predicate."""
    for element in beside:
        for triple in element.triples if isinstance(element, Sentence) else ():
            if triple.verb.last and triple.verb.last.iri:
                yield triple


def _listed(beside: Iterable[Element], name: str | None) -> Iterator[list[Node]]:
    """Yield what each ``VALUES`` lists for a variable, if it leaves nothing open by ``UNDEF``."""
    for values in beside:
        names = [node.variable for node in values.variables] if isinstance(values, Values) else []
        if isinstance(values, Values) and name and name in names:
            cells = [row[names.index(name)] for row in values.rows]
            if all(cells):
                yield [cell for cell in cells if cell]


def _with_last(node: Node, triple: Triple) -> _Comparison:
    """Return the comparison of a term with what the predicate of a triple leads to."""
    last = triple.verb.last
    predicates = frozenset({last.iri}) if last and last.iri else frozenset[str]()
    return _Comparison(node, predicates, "is", triple.object.variable or "")


class _Origins:
    """Where the values of variables come from."""

    def __init__(self, query: Query) -> None:
        self._predicates: dict[str, set[str]] = {}
        self._elsewhere: set[str] = set()
        for element in elements(query):
            self._note(element)
            if isinstance(element, Block) and element.word == "SERVICE":
                self._elsewhere.update(*map(bound_in, element.groups))

    def of(self, name: str) -> Predicates:
        """Return the predicates that all values of a variable come from; none if others do."""
        if name in self._elsewhere:
            return frozenset()
        return frozenset(self._predicates.get(name, ()))

    def _note(self, element: Element) -> None:
        match element:
            case Sentence(triples=triples):
                for triple in triples:
                    self._note_triple(triple)
            case Query(values=values):
                self._elsewhere.update(bound(values) if values else ())
                for column in (*element.columns, *element.group_by):
                    self._note_elsewhere(column.alias)
            case Block(target=node):
                self._note_elsewhere(node)
            case _:
                self._elsewhere.update(bound(element))

    def _note_triple(self, triple: Triple) -> None:
        self._note_elsewhere(triple.subject)
        self._note_elsewhere(triple.verb.single)
        last, name = triple.verb.last, triple.object.variable
        if name and last and last.iri:
            self._predicates.setdefault(name, set()).add(last.iri)
        else:
            self._note_elsewhere(triple.object)

    def _note_elsewhere(self, node: Node | None) -> None:
        if node and node.variable:
            self._elsewhere.add(node.variable)


def _conditions(expression: Expression) -> Iterator[Expression]:
    """Yield the parts of a condition that must all be true."""
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Call) and part.name == "&&":
            waiting.extend(reversed(part.arguments))
        else:
            yield part


def _comparisons(condition: Expression, origins: _Origins) -> Iterator[_Comparison]:
    for part in walk(condition):
        if isinstance(part, Call):
            for value, how, constant in _sides(part):
                predicates = origins.of(value.variable or "")
                if predicates and isinstance(constant.term, ox.Literal | ox.NamedNode):
                    yield _Comparison(constant, predicates, how, value.variable or "")


def _sides(call: Call) -> Iterator[tuple[Node, str, Node]]:
    """Yield the variable, the comparison and the constant of a call that compares such."""
    hows = {"=": "=", "IN": "=", "SAMETERM": "is", "LANGMATCHES": "LANGMATCHES"}
    how = call.name if call.name in _ORDERS else hows.get(call.name)
    if not how or len(call.arguments) < 2:
        return
    first, *others = call.arguments
    if not _variable(first) and len(others) == 1:
        first, others = others[0], [first]
    if isinstance(first, Call) and first.name == "LANG" and how in ("=", "LANGMATCHES"):
        first, how = first.arguments[0], "LANG" if how == "=" else how
    elif how == "LANGMATCHES":
        return
    for other in others:
        if isinstance(first, Node) and first.variable and isinstance(other, Node):
            yield first, how, other


def _variable(expression: Expression) -> bool:
    """Whether an expression is a variable, or the language of one."""
    if isinstance(expression, Call) and expression.name == "LANG":
        return True
    return isinstance(expression, Node) and expression.variable is not None


def _held(group: list[_Comparison], facts: Facts) -> bool:
    """Tell whether the graph has one of the terms: engines may keep a number as another kind."""
    same = [c.constant.term for c in group if c.how == "is"]
    return facts.holds(group[0].predicates, [term for term in same if isinstance(term, ox.Literal)])


def _possible(comparison: _Comparison, kinds: dict[str, set[Kind]]) -> bool:
    """Tell whether a comparison can be true for any value that the graph has."""
    have = _kinds(comparison.predicates, kinds)
    term, how = comparison.constant.term, comparison.how
    if not have or not isinstance(term, ox.Literal | ox.NamedNode):
        return True
    if how.startswith("LANG"):
        return any(_in_language(kind.language, term.value, how) for kind in have)
    if how == "=":
        return _family(_kind(term)) in map(_family, have)
    if how in _ORDERS:
        return _has_order(_kind(term)) and _family(_kind(term)) in map(_family, have)
    return _exact(_kind(term)) in map(_exact, have)


def _kinds(predicates: Iterable[str], kinds: dict[str, set[Kind]]) -> set[Kind]:
    return set[Kind]().union(*(kinds.get(predicate, set()) for predicate in predicates))


def _kind(term: ox.Literal | ox.NamedNode) -> Kind:
    if isinstance(term, ox.NamedNode):
        return Kind("iri")
    return Kind.of(term.datatype.value, term.language or "")


def _exact(kind: Kind) -> Kind:
    """Return a kind as two terms share it that are the same: languages have no case."""
    return Kind(kind.datatype, kind.language.casefold())


def _family(kind: Kind) -> Kind:
    """Return a kind as two values share it that ``=`` can compare."""
    return Kind("number") if kind.datatype in _NUMBERS else _exact(kind)


def _has_order(kind: Kind) -> bool:
    return kind.datatype in _ORDERED or bool(kind.language)


def _in_language(language: str, wanted: str, how: str) -> bool:
    """Tell whether a language is the wanted one, or by RFC 4647 §3.3.1 within its range."""
    if how == "LANG":
        return language == wanted
    if wanted == "*":
        return bool(language)
    return f"{language.casefold()}-".startswith(f"{wanted.casefold()}-")


def _remark(comparison: _Comparison, kinds: dict[str, set[Kind]], facts: Facts) -> Remark:
    have = _kinds(comparison.predicates, kinds)
    term = comparison.constant.term
    assert isinstance(term, ox.Literal | ox.NamedNode)  # nothing else is compared
    names = ", ".join(sorted(map(terms.curie, comparison.predicates)))
    if comparison.how.startswith("LANG"):
        languages = sorted({kind.language for kind in have if kind.language})
        told = f"are in {', '.join(languages)}" if languages else "have no language"
        problem = f'The values of {names} {told}, so that none is in "{term.value}"'
    elif comparison.how in _ORDERS and _family(_kind(term)) in map(_family, have):
        advice = f"compare {_as_text(comparison)} with a plain text"
        problem = f"SPARQL gives the values of {names} no order: {_described(have)}; {advice}"
        return Remark(comparison.constant.start, "no-order", f"{problem}.")
    else:
        advice = _advice(comparison, term, have, facts)
        problem = f"{_short(term)} can match no value of {names}: {_described(have)}; {advice}"
    return Remark(comparison.constant.start, "never-equal", f"{problem}.")


def _described(have: set[Kind]) -> str:
    languages = sorted({kind.language for kind in have if kind.language})
    datatypes = {kind.datatype for kind in have if not kind.language}
    found = [f"text in a language ({', '.join(languages)})"] if languages else []
    found += ["things, not text"] if datatypes & set(_THINGS) else []
    found += ["plain text"] if _TEXT in datatypes else []
    found += sorted(map(terms.curie, datatypes - {*_THINGS, _TEXT}))
    return f"they are {' or '.join(found)}"


def _advice(
    comparison: _Comparison, term: ox.Literal | ox.NamedNode, have: set[Kind], facts: Facts
) -> str:
    """Return what to write instead, from values of the graph where it has fitting ones."""
    if isinstance(term, ox.NamedNode):
        return "compare with such a literal"
    if comparison.how in _ORDERS and not any(map(_has_order, have)):
        return f"compare {_as_text(comparison)} with a plain text, since SPARQL gives them no order"
    same = facts.spelt(comparison.predicates, term.value)
    if same:
        return f"write {' or '.join(map(_short, same))}"
    if term.datatype.value in _NUMBERS and Kind("number") in map(_family, have):
        return f"a pattern wants the same datatype, FILTER (?value = {_short(term)}) does not"
    if {kind.datatype for kind in have} <= set(_THINGS):
        return _by_property(comparison.predicates, term.value, facts)
    return " or ".join(dict.fromkeys(_rewritten(term.value, kind) for kind in sorted(have)))


def _by_property(predicates: Collection[str], spelling: str, facts: Facts) -> str:
    paths = [
        f"{terms.curie(first)}/{terms.curie(second)} {value}"
        for first, second, value in facts.leading(predicates, spelling)
    ]
    return f"write {' or '.join(paths)}" if paths else "compare their labels or codes"


def _rewritten(value: str, kind: Kind) -> str:
    """Return how a value would be written as another kind."""
    if kind.datatype in _THINGS:
        return "the name of a thing"
    if kind.datatype in _NUMBERS:
        return f"write {value} without quotes" if _NUMBER.fullmatch(value) else "write a number"
    if kind.language:
        return f"write {ox.Literal(value, language=kind.language)}"
    return f"write {_short(ox.Literal(value, datatype=ox.NamedNode(kind.datatype)))}"


def _as_text(comparison: _Comparison) -> str:
    return f"STR(?{comparison.variable})"


def _short(term: ox.Literal | ox.NamedNode) -> str:
    """Return a term as one would write it in a query."""
    if isinstance(term, ox.NamedNode):
        return terms.curie(term.value)
    if term.datatype.value in _BARE and _NUMBER.fullmatch(term.value):
        return term.value
    if term.language or term.datatype.value == _TEXT:
        return str(term)
    return f"{ox.Literal(term.value)}^^{terms.curie(term.datatype.value)}"
