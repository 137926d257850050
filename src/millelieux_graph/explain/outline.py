"""The outline of a query: its prefixes, groups, patterns and expressions, each with its place.

The engine's parser keeps no places, and what explains a query has to point at its parts and to try
them alone.  Places are offsets in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import pyoxigraph as ox

__all__ = [
    "Bind",
    "Block",
    "Call",
    "Column",
    "Declaration",
    "Element",
    "Exists",
    "Expression",
    "Filter",
    "Group",
    "Name",
    "Node",
    "Outline",
    "Query",
    "Sentence",
    "Triple",
    "Values",
    "Verb",
    "bound",
    "bound_in",
    "elements",
    "expressions",
    "groups",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Node:
    """A term where it is written; `term` is None for what has no name: ``[]``, ``()``, ``_:b``."""

    term: ox.NamedNode | ox.Literal | ox.Variable | None
    start: int
    end: int

    @property
    def iri(self) -> str | None:
        """The IRI, if it is one."""
        return self.term.value if isinstance(self.term, ox.NamedNode) else None

    @property
    def variable(self) -> str | None:
        """The name of the variable, if it is one."""
        return self.term.value if isinstance(self.term, ox.Variable) else None


@dataclass(frozen=True, slots=True)
class Name:
    """An IRI of the query, however it is written, and what it does there.

    Attributes:
        role: ``pattern`` (subject, predicate, object, data), ``template`` (of CONSTRUCT),
            ``expression``, ``function``, ``datatype``, ``graph`` or ``described``.
        prefix: The prefix that it is written with; None when it is written in full.
    """

    iri: str
    role: str
    prefix: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """A ``PREFIX`` line."""

    prefix: str
    iri: str
    start: int


@dataclass(frozen=True, slots=True)
class Verb:
    """A predicate or a property path.

    Attributes:
        single: The predicate, when it is one IRI or variable.
        last: The predicate that leads to the object, when it is known: of a path, the last step.
        names: Every predicate in it.
    """

    single: Node | None
    last: Node | None
    names: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple pattern.

    Attributes:
        start: Offset of what it adds to the text: the subject, or after ``;`` the verb, or after
            ``,`` the object.
        cut: Offset where the text can end after it; None in a collection, whose members are the
            objects of ``rdf:first``.
        close: The brackets that are then to be closed.
    """

    subject: Node
    verb: Verb
    object: Node
    start: int
    cut: int | None
    close: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function and its arguments; operators go by their sign: ``=``, ``NOT IN``."""

    name: str
    arguments: tuple[Expression, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Exists:
    """``EXISTS { … }`` or ``NOT EXISTS { … }``."""

    group: Group
    start: int
    end: int


Expression: TypeAlias = Node | Call | Exists


@dataclass(frozen=True, slots=True)
class Sentence:
    """A subject and all that is said of it, up to the full stop."""

    triples: tuple[Triple, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filter:
    """``FILTER``."""

    expression: Expression
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Bind:
    """``BIND (… AS ?x)``."""

    expression: Expression
    variable: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Values:
    """``VALUES``: variables, and rows of values; ``UNDEF`` is None."""

    variables: tuple[Node, ...]
    rows: tuple[tuple[Node | None, ...], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """Groups in a group.

    Attributes:
        word: ``UNION`` (of two or more), ``OPTIONAL``, ``MINUS``, ``GRAPH``, ``SERVICE``, or
            nothing.
        target: The graph or service.
    """

    word: str
    groups: tuple[Group, ...]
    target: Node | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """What stands in braces; a subquery is the only element of its group."""

    elements: tuple[Element, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Column:
    """An expression of ``SELECT`` or ``GROUP BY``, and the variable after ``AS``."""

    expression: Expression
    alias: Node | None


@dataclass(slots=True)
class Query:
    """A query or subquery.

    Attributes:
        form: ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``.
        start: Offset of the form.
        end: Offset after the query.
        columns: What ``SELECT`` or ``DESCRIBE`` names.
        star: Whether it selects everything.
        template: What ``CONSTRUCT`` makes.
        dataset: The text of the ``FROM`` clauses.
        where: The pattern; None when ``DESCRIBE`` has none.
        group_by: The grouping.
        having: The conditions on groups.
        order_by: The ordering.
        late: Keyword and offsets of the first clause after the pattern that can leave nothing.
        values: ``VALUES`` after everything.
    """

    form: str
    start: int
    end: int = 0
    columns: tuple[Column, ...] = ()
    star: bool = False
    template: tuple[Triple, ...] = ()
    dataset: str = ""
    where: Group | None = None
    group_by: tuple[Column, ...] = ()
    having: tuple[Expression, ...] = ()
    order_by: tuple[Expression, ...] = ()
    late: tuple[str, int, int] | None = None
    values: Values | None = None


Element: TypeAlias = Sentence | Filter | Bind | Values | Block | Query


@dataclass(slots=True)
class Outline:
    """What a text says, and where.

    Attributes:
        query: The query.
        base: The base IRI, or nothing.
        prefixes: The namespaces of all prefixes that are declared, or used and known.
        declarations: The ``PREFIX`` lines.
        undeclared: The prefixes that are used without, with the offset of the first use.
        names: Every IRI, in the order of the text; those in ``SERVICE`` are another graph's.
        variables: Every place of every variable, by its name.
    """

    query: Query = field(default_factory=lambda: Query("", 0))
    base: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)
    declarations: list[Declaration] = field(default_factory=list)
    undeclared: dict[str, int] = field(default_factory=dict)
    names: list[Name] = field(default_factory=list)
    variables: dict[str, list[int]] = field(default_factory=dict)

    @property
    def prologue(self) -> str:
        """The lines that any part of the query needs before it."""
        base = f"BASE <{self.base}>\n" if self.base else ""
        return base + "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in self.prefixes.items())


def elements(whole: Element) -> Iterator[Element]:
    """Yield an element and all in it, however deep: in blocks, subqueries and ``EXISTS``.

    What stands in ``SERVICE`` is asked elsewhere, and left out.
    """
    yield whole
    for group in groups(whole):
        for element in group.elements:
            yield from elements(element)


def groups(element: Element) -> Iterator[Group]:
    """Yield the groups that stand in an element itself; none of ``SERVICE``."""
    if isinstance(element, Block) and element.word != "SERVICE":
        yield from element.groups
    if isinstance(element, Query) and element.where:
        yield element.where
    for expression in expressions(element):
        for part in walk(expression):
            if isinstance(part, Exists):
                yield part.group


def bound(element: Element) -> set[str]:
    """Return the variables that an element binds for its group (SPARQL 1.1 §18.2.1, in-scope)."""
    match element:
        case Sentence(triples=triples):
            nodes = [node for t in triples for node in (t.subject, t.verb.single, t.object)]
            return {node.variable for node in nodes if node and node.variable}
        case Bind(variable=node):
            return {node.variable or ""}
        case Values(variables=nodes):
            return {node.variable or "" for node in nodes}
        case Block(word=word, groups=groups, target=target):
            inner = set[str]().union(*map(bound_in, groups)) if word != "MINUS" else set()
            return inner | ({target.variable} if target and target.variable else set())
        case Query():
            return _selected(element)
        case Filter():
            return set()


def bound_in(group: Group | None) -> set[str]:
    """Return the variables that the elements of a group bind."""
    return set[str]().union(*map(bound, group.elements)) if group else set()


def _selected(query: Query) -> set[str]:
    """Return the variables that a query selects."""
    if query.star:
        return bound_in(query.where) | (bound(query.values) if query.values else set())
    columns = [column.alias or column.expression for column in query.columns]
    return {node.variable for node in columns if isinstance(node, Node) and node.variable}


def expressions(element: Element) -> Iterator[Expression]:
    """Yield the expressions that stand in an element itself."""
    if isinstance(element, Filter | Bind):
        yield element.expression
    if isinstance(element, Query):
        for column in (*element.columns, *element.group_by):
            yield column.expression
        yield from (*element.having, *element.order_by)


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and all its parts, in the order of the text; not into groups."""
    waiting = [expression]  # a chain of operators is a tree as deep as it is long
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Call):
            waiting.extend(reversed(part.arguments))
