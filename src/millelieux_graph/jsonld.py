"""Triples as compact JSON-LD: one object a subject, names shortened, values always typed.

Written here since pyoxigraph writes it expanded and rdflib in an order that changes with the run.
Values stay strings, so that no JSON reader turns 1.50 into 1.5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby

import pyoxigraph as ox

from . import terms
from .errors import CannotRun

__all__ = ["pieces", "write"]

_TYPE = terms.expand("rdf:type")
_STRING = terms.expand("xsd:string")


def write(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> bytes:
    """Return triples as a JSON-LD document, in the order they come.

    Args:
        triples: What to write.
        prefixes: Short forms, such as `sources.rdf.used_prefixes` returns.

    Raises:
        CannotRun: An object is a triple itself (RDF 1.2), which JSON-LD 1.1 does not know.
    """
    by_subject: dict[object, list[ox.Triple]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject, []).append(triple)
    return b"".join(pieces(chain.from_iterable(by_subject.values()), prefixes))


def pieces(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """Yield what `write` returns, piece by piece.

    Args:
        triples: What to write; those of one subject stand together.
        prefixes: Short forms.

    Raises:
        CannotRun: As `write`.
    """
    name, separator = _JsonLd(prefixes), "\n"
    yield f'{{"@context": {_members(dict(sorted(prefixes.items())))},\n"@graph": ['.encode()
    for subject, about in groupby(triples, key=_subject):
        node: dict[str, list[object]] = {}
        for triple in about:
            key, value = name.property(triple.predicate, triple.object)
            node.setdefault(key, []).append(value)
        told = {"@id": name.iri(subject), **{k: _alone(v) for k, v in node.items()}}
        yield f"{separator}{_members(told)}".encode()
        separator = ",\n"
    yield b"\n]}\n"


def _members(object: Mapping[str, object]) -> str:
    """Return an object with a line for each member: readable, and thrice as fast as `indent`."""
    lines = ",\n ".join(f"{_json(key)}: {_json(value)}" for key, value in object.items())
    return f"{{\n {lines}\n}}" if lines else "{}"


# The encoder in C, which `json.dumps` makes anew each time that it is called with options.
_json = json.JSONEncoder(ensure_ascii=False).encode


def _subject(triple: ox.Triple) -> object:
    return triple.subject


class _JsonLd:
    """Names and values as JSON-LD has them, short where the context explains the short form."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes

    def property(self, predicate: ox.NamedNode, object: object) -> tuple[str, object]:
        if predicate.value == _TYPE and not isinstance(object, ox.Literal):
            return "@type", self.iri(object)
        return self._short(predicate.value), self._value(object)

    def iri(self, term: object) -> str:
        return self._short(term.value) if isinstance(term, ox.NamedNode) else str(term)

    def _short(self, iri: str) -> str:
        curie = terms.curie(iri)
        return curie if curie.partition(":")[0] in self._prefixes else iri

    def _value(self, term: object) -> object:
        if isinstance(term, ox.Triple):
            raise CannotRun("JSON-LD knows no triple as an object; choose turtle or ntriples.")
        if not isinstance(term, ox.Literal):
            return {"@id": self.iri(term)}
        if term.language:
            turned = {"@direction": term.direction.value} if term.direction else {}
            return {"@language": term.language, **turned, "@value": term.value}
        if term.datatype.value == _STRING:
            return term.value
        return {"@type": self._short(term.datatype.value), "@value": term.value}


def _alone(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values
