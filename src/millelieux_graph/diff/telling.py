"""Changes told to people, as plain text and as Markdown, and to programs, as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from .. import terms
from ..layout import columns_of_text, one_line
from .changes import best

if TYPE_CHECKING:
    from .changes import Changed, Changes, Property, Thing, Value
    from .states import State

__all__ = ["to_json", "to_markdown", "to_text"]

_LONGEST = 160  # characters of a value
_BEFORE = 30  # characters that are kept before the first difference of two long values
_INTEGER = terms.expand("xsd:integer") + ">"
_MARKS = re.compile(r"[\\`*_\[\]<>|~&$#]")  # those that begin or end something in Markdown
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def to_text(changes: Changes, lang: str) -> str:
    """Return changes for a terminal: a summary, then every thing, by class.

    Args:
        changes: What to tell.
        lang: Language of labels, ``fr`` or ``en``.
    """
    if not changes:
        return f"{_title(changes)}\nNo difference.\n{_suggestion(changes)}"
    told = _Told(changes, lang)
    parts = [f"{_title(changes)}\n{_suggestion(changes)}", _summary(changes, lang)]
    for kind, entries in told.kinds():
        lines = [f"── {kind} ──", *(line for entry in entries for line in _entry_lines(entry))]
        parts.append("".join(f"{line}\n" for line in lines))
    return "\n".join(parts)


def to_markdown(changes: Changes, lang: str) -> str:
    """Return changes as a page of Markdown; whatever a literal says stays text."""
    # Not where they were read: the same two states give the same page on any machine.
    versions = (state.version or "no version" for state in (changes.old, changes.new))
    parts = [f"# {_marked(' → '.join(versions))}\n\n{_marked(_suggestion(changes))}"]
    if not changes:
        return f"{parts[0]}\nNo difference.\n"
    rows = [
        f"| {_marked(kind)} | {' | '.join(f'{count:,}' for count in counts)} |\n"
        for kind, *counts in _counts(changes, lang)
    ]
    parts.append(f"| class | added | removed | changed |\n|---|---:|---:|---:|\n{''.join(rows)}")
    for kind, entries in _Told(changes, lang).kinds():
        lines = (line for entry in entries for line in _entry_markdown(entry))
        parts.append(f"## {_marked(kind)}\n\n{''.join(lines)}")
    return "\n".join(parts)


def to_json(changes: Changes) -> str:
    """Return changes as one JSON object, with labels in every language."""
    told = {
        "old": _state(changes.old),
        "new": _state(changes.new),
        "suggests": {"level": changes.advice.level, "reasons": changes.advice.reasons},
        "statements": dict(zip(("added", "removed"), changes.statements, strict=True)),
        "added": [_thing(thing) for thing in changes.added],
        "removed": [_thing(thing) for thing in changes.removed],
        "changed": [
            _thing(part.thing) | {"properties": [_property(p) for p in part.properties]}
            for part in changes.changed
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _state(state: State) -> dict[str, str | None]:
    return {
        "version": state.version or None,
        "canonicalHash": state.canonical_hash or None,
        "baseUrl": state.base_url or None,
    }


def _thing(thing: Thing) -> dict[str, object]:
    labels = [{"language": lang, "value": text} for lang, text in thing.labels]
    return {
        "iri": thing.iri,
        "class": thing.kind or None,
        "labels": labels,
        "statements": thing.statements,
    }


def _property(property: Property) -> dict[str, object]:
    def values(side: Iterable[Value]) -> list[dict[str, str]]:
        return [{"term": value.term, "graph": value.graph} for value in side]

    return {
        "property": property.predicate,
        "old": values(property.old),
        "new": values(property.new),
    }


def _title(changes: Changes) -> str:
    return f"{_called(changes.old)} → {_called(changes.new)}"


def _called(state: State) -> str:
    return state.version or state.name


def _suggestion(changes: Changes) -> str:
    return f"Suggests: {one_line(str(changes.advice))}\n"


def _summary(changes: Changes, lang: str) -> str:
    rows = [(kind, *map(_number, counts)) for kind, *counts in _counts(changes, lang)]
    table = columns_of_text(("class", "added", "removed", "changed"), rows, 100)
    return table[: table.rindex("(")]  # without the number of its rows


def _number(count: int) -> str:
    return f"{count:,}"


def _counts(changes: Changes, lang: str) -> list[tuple[str, int, int, int]]:
    """Return how many things of each class were added, removed and changed, then statements."""
    counts = [
        Counter(thing.kind for thing in things)
        for things in (changes.added, changes.removed, [part.thing for part in changes.changed])
    ]
    kinds = sorted({kind for count in counts for kind in count})
    rows = [
        (_kind(changes, kind, lang), counts[0][kind], counts[1][kind], counts[2][kind])
        for kind in kinds
    ]
    return [*rows, ("statements", *changes.statements, 0)]


def _kind(changes: Changes, kind: str, lang: str) -> str:
    return one_line(changes.label(kind, lang)) if kind else "of no class"


@dataclass(frozen=True)
class _Entry:
    """A thing and what is told of it.

    Attributes:
        sign: ``+``, ``-`` or ``~``.
        name: Its label; empty: it has none.
        iri: Its short form.
        note: What is said beside it.
        lines: One a value that changed: the property, and what happened to it.
    """

    sign: str
    name: str
    iri: str
    note: str
    lines: Sequence[tuple[str, str]] = ()


class _Told:
    """Changes in words, in one language."""

    def __init__(self, changes: Changes, lang: str) -> None:
        self._changes, self._lang = changes, lang

    def kinds(self) -> Iterator[tuple[str, list[_Entry]]]:
        """Yield the classes, and the things of each: removed, changed, added."""
        everything = sorted(
            [
                *((t.kind, 0, t.iri, self._whole(t, "-")) for t in self._changes.removed),
                *((c.thing.kind, 1, c.thing.iri, self._part(c)) for c in self._changes.changed),
                *((t.kind, 2, t.iri, self._whole(t, "+")) for t in self._changes.added),
            ],
            key=lambda entry: entry[:3],
        )
        for kind, entries in groupby(everything, key=lambda entry: entry[0]):
            yield _kind(self._changes, kind, self._lang), [entry for *_, entry in entries]

    def _whole(self, thing: Thing, sign: str) -> _Entry:
        plural = "" if thing.statements == 1 else "s"
        note = f"({thing.statements:,} statement{plural})"
        return _Entry(sign, self._name(thing), _short(thing.iri), note)

    def _part(self, changed: Changed) -> _Entry:
        lines = [line for p in changed.properties for line in self._property(p)]
        return _Entry("~", self._name(changed.thing), _short(changed.thing.iri), "", lines)

    def _name(self, thing: Thing) -> str:
        return one_line(best(thing.labels, self._lang))

    def _property(self, property: Property) -> Iterator[tuple[str, str]]:
        name = one_line(self._changes.label(property.predicate, self._lang))
        graphs = {value.term: value.graph for value in property.new}
        moved = {v.term for v in property.old if graphs.get(v.term, v.graph) != v.graph}
        for value in property.old:
            if value.term in moved:
                where = f"{value.graph} → {graphs[value.term]}"
                yield name, f"{self._value(value)}: graph {where}"
        old, new = (
            [value for value in side if value.term not in moved]
            for side in (property.old, property.new)
        )
        yield from ((name, told) for told in self._values(old, new))

    def _values(self, old: Sequence[Value], new: Sequence[Value]) -> Iterator[str]:
        if len(old) == len(new) == 1:
            start = _first_difference(old[0].term, new[0].term)
            yield f"{self._value(old[0], start)} → {self._value(new[0], start)}"
        else:
            yield from (f"- {self._value(value)}" for value in old)
            yield from (f"+ {self._value(value)}" for value in new)

    def _value(self, value: Value, start: int = 0) -> str:
        if value.term.startswith("<") and value.term.endswith(">"):
            iri = value.term[1:-1]
            label = one_line(best(self._changes.labels.get(iri, ()), self._lang))
            return _cut(f"{label} ({_short(iri)})" if label else _short(iri))
        return _cut(one_line(_spoken(value.term)), start)


def _spoken(term: str) -> str:
    """Return a literal with its datatype as a short name, if it has one."""
    text, quote, datatype = term.rpartition('"^^<')
    if not quote or not term.startswith('"'):
        return term
    return text[1:] if datatype == _INTEGER else f'{text}"^^{terms.curie(datatype[:-1])}'


def _short(iri: str) -> str:
    return one_line(iri if iri.startswith("[") else terms.curie(iri))


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _cut(text: str, start: int = 0) -> str:
    """Return a text in a length that can be read, with what differs at `start` in it."""
    if len(text) <= _LONGEST:
        return text
    begin = max(0, min(start - _BEFORE, len(text) - _LONGEST))
    end = begin + _LONGEST
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def _entry_lines(entry: _Entry) -> Iterator[str]:
    names = (name for name in (entry.name, entry.iri, entry.note) if name)
    yield f"{entry.sign} {'  '.join(names)}"
    yield from (f"    {name}: {told}" for name, told in entry.lines)


def _entry_markdown(entry: _Entry) -> Iterator[str]:
    word = next(word for word, sign in _SIGNS.items() if sign == entry.sign)
    told = (f"**{word}**", _marked(entry.name), f"({_marked(entry.iri)})", _marked(entry.note))
    yield f"- {' '.join(filter(None, told))}\n"
    yield from (f"  - *{_marked(name)}*: {_marked(told)}\n" for name, told in entry.lines)


def _marked(text: str) -> str:
    """Return a text with the signs of Markdown made plain."""
    return _MARKS.sub(r"\\\g<0>", text)
