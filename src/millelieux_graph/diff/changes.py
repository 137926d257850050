"""What changed between two states, thing by thing.

Memory grows with what has changed, never with what is compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import terms
from . import advice, blanks
from .lines import Block, blocks, has_blank, parsed

if TYPE_CHECKING:
    from .advice import Advice
    from .states import State

__all__ = ["INFERRED", "Changed", "Changes", "Property", "Thing", "Value", "compare", "statements"]

# What follows from the rest: it changes with it, and says nothing more.
INFERRED = frozenset({"inferred"})

Labels = tuple[tuple[str, str], ...]

_TYPE = terms.expand("rdf:type")
# The first of these that a thing has is its label.
_LABELS = tuple(map(terms.expand, ("skos:prefLabel", "rdfs:label", "dcterms:title")))
_TOLD = tuple(f"<{predicate}> ".encode() for predicate in (*_LABELS, _TYPE))
_OURS = f"<{terms.ML}".encode()


@dataclass(frozen=True, order=True)
class Thing:
    """Something that a state describes.

    Attributes:
        kind: The IRI of its class, one of ours if it has one; empty: it has none.
        iri: Its IRI; for what has no name, a text in the form of Turtle, ``[ … ]``.
        labels: Its labels, as pairs of language and text, sorted.
        statements: How many statements about it were added and removed together.
    """

    kind: str
    iri: str
    labels: Labels
    statements: int


@dataclass(frozen=True, order=True)
class Value:
    """A value of a property.

    Attributes:
        term: As in N-Triples; for what has no name, ``[ … ]``.
        graph: Short name of the named graph that says so.
    """

    term: str
    graph: str


@dataclass(frozen=True)
class Property:
    """What changed in one property of a thing.

    Attributes:
        predicate: Its IRI.
        old: The values that are gone, sorted.
        new: The values that are new, sorted.
    """

    predicate: str
    old: tuple[Value, ...]
    new: tuple[Value, ...]


@dataclass(frozen=True)
class Changed:
    """A thing that both states describe, and differently.

    Attributes:
        thing: The thing, as the new state calls it.
        properties: What changed in it, sorted by property.
    """

    thing: Thing
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Changes:
    """What changed between two states.

    Attributes:
        old: The former state.
        new: The later one.
        added: Things that only the new state describes, by class and IRI.
        removed: Things that only the old one describes.
        changed: Things that both describe, differently.
        statements: How many statements were added, and how many removed.
        labels: What values, properties and classes are called, by IRI.
        advice: The kind of version that these changes make, and why.
    """

    old: State
    new: State
    added: tuple[Thing, ...]
    removed: tuple[Thing, ...]
    changed: tuple[Changed, ...]
    statements: tuple[int, int]
    labels: Mapping[str, Labels]
    advice: Advice

    def __bool__(self) -> bool:
        return any(self.statements)

    def label(self, iri: str, lang: str) -> str:
        """Return what an IRI is called in a language, or failing that its short form."""
        return best(self.labels.get(iri, ()), lang) or terms.curie(iri)


def best(labels: Labels, lang: str) -> str:
    """Return the label in a language, or any other; empty: there is none."""
    return min(labels, key=lambda told: (told[0] != lang, told), default=("", ""))[1]


def statements(
    old: State, new: State, without: Collection[str] = ()
) -> Iterator[tuple[bool, bytes]]:
    """Yield what must be done to the old state to have the new one.

    Args:
        old: The former state.
        new: The later one.
        without: Short names of graphs that are not compared.

    Yields:
        Whether a statement is added, and the statement as a line of N-Quads; sorted, those with
        blank nodes after the others.
    """
    merge = _Merge(old, new, without)
    for block in merge.named():
        parsed(block.removed, old.name)  # a patch repeats lines, so they must be lines
        parsed(block.added, new.name)
        yield from heaped(block.removed, block.added)
    removed, added = merge.nameless()
    yield from heaped(_lines(removed), _lines(added))


def heaped(removed: Iterable[bytes], added: Iterable[bytes]) -> list[tuple[bool, bytes]]:
    """Return removed and added lines as one sorted list."""
    both = [*((False, line) for line in removed), *((True, line) for line in added)]
    return sorted(both, key=lambda change: (change[1], change[0]))


def compare(old: State, new: State, without: Collection[str] = INFERRED) -> Changes:
    """Return what changed between two states.

    Args:
        old: The former state.
        new: The later one.
        without: Short names of graphs that are not compared.

    Raises:
        CannotRead: One of them cannot be read, or is not what it should be.
    """
    merge = _Merge(old, new, without)
    found = _Found((old.name, new.name))
    for block in merge.named():
        found.take(block)
    found.take_nameless(merge)
    names = _Names(found.wanted(), without)
    if any(found.counts):
        names.read(old)
        names.read(new)  # the later state has the last word
    return found.changes(old, new, names)


class _Merge:
    """Two states read side by side; what has no name is set aside until the end."""

    def __init__(self, old: State, new: State, without: Collection[str]) -> None:
        self._states = (old, new)
        self._blank: tuple[list[bytes], list[bytes]] = ([], [])
        self._left_out = _endings(without)
        self.groups: tuple[list[blanks.Group], list[blanks.Group]] = ([], [])

    def named(self) -> Iterator[Block]:
        """Yield what differs in the statements without blank nodes."""
        old, new = (
            self._kept(state.lines(), blank)
            for state, blank in zip(self._states, self._blank, strict=True)
        )
        yield from blocks(old, new)

    def nameless(self) -> tuple[list[tuple[ox.Quad, ...]], list[tuple[ox.Quad, ...]]]:
        """Return the groups of statements with blank nodes that only one state has."""
        if self._blank[0] == self._blank[1]:
            return [], []
        self.groups = blanks.groups(self._blank[0]), blanks.groups(self._blank[1])
        return blanks.compare(*self.groups)

    def _kept(self, lines: Iterator[bytes], blank: list[bytes]) -> Iterator[bytes]:
        for line in lines:
            if self._left_out and line.endswith(self._left_out):
                continue
            if has_blank(line):
                blank.append(line)
            else:
                yield line


class _Found:
    """Collects what the merge yields."""

    def __init__(self, names: tuple[str, str]) -> None:
        self.counts = [0, 0]
        self._names = names
        self._whole: tuple[list[Thing], list[Thing]] = ([], [])  # added, removed
        self._parts: dict[str, dict[str, tuple[set[Value], set[Value]]]] = {}

    def take(self, block: Block) -> None:
        """Take what differs in the statements about one subject."""
        self.counts[0] += len(block.added)
        self.counts[1] += len(block.removed)
        if block.stays or (block.added and block.removed):
            self._part(block.removed, 0)
            self._part(block.added, 1)
        else:
            side, lines = (0, block.added) if block.added else (1, block.removed)
            self._whole[side].append(_thing(block.subject, lines, self._names[1 - side]))

    def take_nameless(self, merge: _Merge) -> None:
        """Take the groups of blank nodes, after everything else."""
        for side, groups in enumerate(merge.nameless()):
            self.counts[1 - side] += sum(map(len, groups))
            for group in groups:
                self._group(group, side)

    def _group(self, quads: tuple[ox.Quad, ...], side: int) -> None:
        """Take a group: a value of the things that point to it, or a thing without a name."""
        said = defaultdict(list)
        for quad in quads:
            if isinstance(quad.subject, ox.BlankNode):
                said[quad.subject.value].append(quad)
        nested = blanks.Nested(said)
        pointing = [quad for quad in quads if isinstance(quad.subject, ox.NamedNode)]
        for quad in pointing:
            assert isinstance(quad.subject, ox.NamedNode)  # as chosen above
            self._value(quad.subject.value, quad, side, nested)
        if not pointing:
            node = _root(quads)
            types = (q.object for q in said[node.value] if q.predicate.value == _TYPE)
            kind = kind_of(end.value for end in types if isinstance(end, ox.NamedNode))
            thing = Thing(kind, nested.told(node), (), len(quads))
            self._whole[1 - side].append(thing)

    def _part(self, lines: list[bytes], side: int) -> None:
        nested = blanks.Nested({})
        for quad in parsed(lines, self._names[side]):
            assert isinstance(quad.subject, ox.NamedNode)  # blank nodes are set aside
            self._value(quad.subject.value, quad, side, nested)

    def _value(self, iri: str, quad: ox.Quad, side: int, nested: blanks.Nested) -> None:
        of = self._parts.setdefault(iri, {}).setdefault(quad.predicate.value, (set(), set()))
        of[side].add(Value(nested.told(quad.object), _short(quad.graph_name)))

    def wanted(self) -> set[str]:
        """Return the IRIs whose labels a reader wants: of changed things, and what they name."""
        ends = (
            value.term[1:-1]
            for properties in self._parts.values()
            for sides in properties.values()
            for side in sides
            for value in side
            if value.term.startswith("<") and value.term.endswith(">")
        )
        predicates = (p for properties in self._parts.values() for p in properties)
        return {*self._parts, *ends, *predicates}

    def changes(self, old: State, new: State, names: _Names) -> Changes:
        """Return all of it, sorted."""
        added, removed = (tuple(sorted(things)) for things in self._whole)
        changed = sorted(self._changed(names), key=lambda part: part.thing)
        for thing in (*added, *removed):
            names.labels.setdefault(thing.iri, thing.labels)
        counts = (self.counts[0], self.counts[1])
        advised = advice.advise(old, new, (added, removed, changed), any(counts))
        return Changes(old, new, added, removed, tuple(changed), counts, names.labels, advised)

    def _changed(self, names: _Names) -> Iterator[Changed]:
        whole = {thing.iri for side in self._whole for thing in side}
        for iri, sides in self._parts.items():
            if iri in whole:  # only by what it has that has no name
                continue
            properties = tuple(
                Property(predicate, tuple(sorted(old)), tuple(sorted(new)))
                for predicate, (old, new) in sorted(sides.items())
            )
            count = sum(len(p.old) + len(p.new) for p in properties)
            thing = Thing(kind_of(names.kinds.get(iri, ())), iri, names.labels.get(iri, ()), count)
            yield Changed(thing, properties)


class _Names:
    """Labels and classes of the things that somebody will read about."""

    def __init__(self, wanted: Iterable[str], without: Collection[str]) -> None:
        self.labels: dict[str, Labels] = {}
        self.kinds: dict[str, set[str]] = {}
        self._wanted = sorted(f"<{iri}> ".encode() for iri in wanted)
        self._left_out = _endings(without)

    def read(self, state: State) -> None:
        """Look up one state; both lists are sorted, so they are read side by side."""
        wanted = iter(self._wanted)
        names: dict[str, list[bytes]] = {}
        next_one = next(wanted, None)
        for line in state.lines():
            while next_one is not None and next_one < line and not line.startswith(next_one):
                next_one = next(wanted, None)
            known = next_one is not None and line.startswith(next_one)
            if (known or line.startswith(_OURS)) and _tells(line, self._left_out):
                names.setdefault(line[1 : line.index(b">")].decode(), []).append(line)
        for iri, lines in names.items():
            self._learn(iri, *_kinds_and_labels(lines, state.name))

    def _learn(self, iri: str, kinds: set[str], labels: Labels) -> None:
        if labels:
            self.labels[iri] = labels
        if kinds:
            self.kinds[iri] = kinds


def kind_of(kinds: Iterable[str]) -> str:
    """Return the class that tells most of a thing: one of ours, or any; empty: it has none."""
    return min(kinds, key=lambda kind: (not kind.startswith(terms.ML), kind), default="")


def _thing(subject: bytes, lines: list[bytes], name: str) -> Thing:
    kinds, labels = _kinds_and_labels(lines, name)
    return Thing(kind_of(kinds), subject[1:-2].decode(), labels, len(lines))


def _tells(line: bytes, left_out: tuple[bytes, ...]) -> bool:
    """Tell whether a line has a label or a class."""
    predicate = line[line.index(b" ") + 1 :]
    return predicate.startswith(_TOLD) and not (left_out and line.endswith(left_out))


def _kinds_and_labels(lines: list[bytes], name: str) -> tuple[set[str], Labels]:
    kinds: set[str] = set()
    labels: dict[int, set[tuple[str, str]]] = {}
    for quad in parsed(lines, name):
        if isinstance(quad.object, ox.NamedNode) and quad.predicate.value == _TYPE:
            kinds.add(quad.object.value)
        elif isinstance(quad.object, ox.Literal) and quad.predicate.value in _LABELS:
            told = (quad.object.language or "", quad.object.value)
            labels.setdefault(_LABELS.index(quad.predicate.value), set()).add(told)
    return kinds, tuple(sorted(labels[min(labels)])) if labels else ()


def _root(quads: tuple[ox.Quad, ...]) -> ox.BlankNode:
    """Return the blank node of a group that no other one points to, or any."""
    subjects = {q.subject for q in quads if isinstance(q.subject, ox.BlankNode)}
    ends = {q.object for q in quads if isinstance(q.object, ox.BlankNode) and q.object != q.subject}
    found = min(subjects - ends or subjects or ends, key=str, default=None)
    return found or ox.BlankNode("none")  # blank only as a graph, or within a triple


def _short(graph: object) -> str:
    return graph.value.removeprefix(terms.graph("")) if isinstance(graph, ox.NamedNode) else ""


def _endings(without: Collection[str]) -> tuple[bytes, ...]:
    return tuple(f" <{terms.graph(name)}> .\n".encode() for name in sorted(without))


def _lines(groups: Iterable[Iterable[ox.Quad]]) -> list[bytes]:
    return [f"{quad} .\n".encode() for group in groups for quad in group]
