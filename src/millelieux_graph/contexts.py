"""The JSON-LD context of the project, and documents about one thing that use it.

The context is computed from the ontology: a property has a short name and says what its values
are, so that a document reads as JSON that somebody would write by hand.  Names that the context
must keep for a prefix, and values that are not of the kind that a name promises, are written out;
whoever reads the document gets the same triples (JSON-LD 1.1, https://www.w3.org/TR/json-ld11/).
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from typing import Any, NamedTuple, TypeAlias

import pyoxigraph as ox

from . import terms
from .errors import CannotRun

__all__ = ["ADDRESS", "Context"]

Node: TypeAlias = "ox.NamedNode | ox.BlankNode"
Object: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple"
Json: TypeAlias = Any

ADDRESS = f"{terms.BASE}context.jsonld"

_KEYWORDS = {"id": "@id", "type": "@type"}
_TYPE, _RANGE = terms.expand("rdf:type"), terms.expand("rdfs:range")
_FIRST, _REST, _NIL = map(terms.expand, ("rdf:first", "rdf:rest", "rdf:nil"))
_CLASS, _TO_THINGS = terms.expand("owl:Class"), terms.expand("owl:ObjectProperty")
_STRING, _INTEGER, _BOOLEAN = map(terms.expand, ("xsd:string", "xsd:integer", "xsd:boolean"))

# What the values of a name are: IRIs, texts in languages, of a datatype, or what they say they are.
_IRI, _LANGUAGE, _ANY = "@id", "@language", ""
_KINDS = {
    _STRING: _ANY,
    # OWL 2 has this range for what is said in a language.
    terms.expand("rdf:PlainLiteral"): _LANGUAGE,
    terms.expand("rdf:langString"): _LANGUAGE,
    # The engine keeps the value of a number, not the type that its author derived from integers.
    terms.expand("xsd:nonNegativeInteger"): _INTEGER,
    terms.expand("xsd:positiveInteger"): _INTEGER,
}
_INTEGERS = re.compile(r"0|-?[1-9][0-9]{0,15}", re.ASCII)
_EXACT = 2**53  # RFC 8259, section 6: readers of JSON may not agree about a larger number
_DEEP = 20  # nodes inside of nodes


class _Term(NamedTuple):
    """A name in the context: the class or property that it stands for, and the kind of values."""

    iri: str
    kind: str

    def definition(self, name: str) -> Json:
        """Return what the context says of the name."""
        short = terms.curie(self.iri)
        iri = self.iri if name == short else short
        if self.kind == _ANY:
            return iri
        if self.kind == _LANGUAGE:
            return {"@id": iri, "@container": "@language"}
        return {"@id": iri, "@type": self.kind if self.kind == _IRI else terms.curie(self.kind)}


class Context:
    """Prefixes and names, and how a thing is told with them.

    Args:
        ontology: The triples of the ontology and of the concept schemes.
    """

    def __init__(self, ontology: Iterable[ox.Quad] | Iterable[ox.Triple]) -> None:
        self._terms = _named(_kinds(ontology))
        self._names = {*self._terms, *terms.PREFIXES, *_KEYWORDS}
        self._by_iri = {term.iri: (name, term.kind) for name, term in self._terms.items()}

    def document(self) -> bytes:
        """Return the context as the file that `ADDRESS` leads to."""
        names = {name: term.definition(name) for name, term in self._terms.items()}
        told = {"@version": 1.1, **_KEYWORDS, **dict(sorted(terms.PREFIXES.items())), **names}
        return f'{{"@context": {_members(told)}}}\n'.encode()

    def compact(self, triples: Iterable[ox.Triple], root: str) -> bytes:
        """Return triples as a document about one thing, in the order in which they come.

        What only one other node leads to stands inside of that one; the rest stands beside the
        thing that the document is about, which comes first.

        Args:
            triples: What to tell.
            root: The IRI of the thing.

        Raises:
            CannotRun: An object is a triple itself (RDF 1.2), which JSON-LD 1.1 does not know.
        """
        told = _Document(self._by_iri, self._names, triples)
        first, *others = told.nodes(ox.NamedNode(root))
        # Unless the name is taken back, an IRI that begins like one would be read as a short form.
        context = [ADDRESS, dict.fromkeys(sorted(told.schemes))] if told.schemes else ADDRESS
        if not others:
            return f"{_members({'@context': context, **first})}\n".encode()
        nodes = ",\n".join(map(_members, (first, *others)))
        return f'{{"@context": {_json(context)},\n"@graph": [\n{nodes}\n]}}\n'.encode()


def _kinds(ontology: Iterable[ox.Quad] | Iterable[ox.Triple]) -> dict[str, str]:
    """Return the classes and properties that an ontology has and uses, with their values' kind.

    It is what the ontology declares, or else what all values are that it gives itself.
    """
    values, declared = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    ranges: dict[str, str] = {}
    for t in ontology:
        values[t.predicate.value].add(_kind(t.object))
        if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode):
            if t.predicate.value == _TYPE:
                declared[t.object.value].add(t.subject.value)
            elif t.predicate.value == _RANGE:
                ranges[t.subject.value] = t.object.value
    classes = {*declared, *declared[_CLASS]}
    properties = {
        *values,
        *(iri for of in declared if of.endswith("Property") for iri in declared[of]),
    }
    kinds = dict.fromkeys(classes, _ANY)
    for iri in properties - {_TYPE}:
        if iri in declared[_TO_THINGS]:
            kinds[iri] = _IRI
        elif iri in ranges:
            kinds[iri] = _KINDS.get(ranges[iri], ranges[iri])
        else:
            kinds[iri] = next(iter(values[iri])) if len(values[iri]) == 1 else _ANY
    return kinds


def _kind(object: Object) -> str:
    if not isinstance(object, ox.Literal):
        return _IRI
    if object.language:
        return _LANGUAGE
    return _KINDS.get(object.datatype.value, object.datatype.value)


def _named(kinds: Mapping[str, str]) -> dict[str, _Term]:
    """Return the terms by name: short, unless that is a prefix too or would mean two of them.

    The vocabulary's own terms come first.
    """
    short = {iri: terms.curie(iri) for iri in kinds if terms.curie(iri) != iri}
    claims = Counter(terms.last_segment(iri) for iri in short)
    reserved = {*terms.PREFIXES, *_KEYWORDS}
    named = {}
    for iri, curie in short.items():
        name = terms.last_segment(iri)
        wins = claims[name] == 1 or iri == terms.ML + name
        named[name if wins and name not in reserved else curie] = _Term(iri, kinds[iri])
    return dict(sorted(named.items()))


class _Document:
    """The nodes of some triples.

    Attributes:
        schemes: The names of the context that are also the scheme of an IRI here.
    """

    def __init__(
        self,
        by_iri: Mapping[str, tuple[str, str]],
        names: AbstractSet[str],
        triples: Iterable[ox.Triple],
    ) -> None:
        self._about: dict[Node, list[tuple[str, Object]]] = {}
        iris: set[str] = set()
        for t in triples:
            if isinstance(t.subject, ox.Triple) or isinstance(t.object, ox.Triple):
                raise CannotRun("JSON-LD knows no triple as an object; choose turtle or ntriples.")
            self._about.setdefault(t.subject, []).append((t.predicate.value, t.object))
            iris |= set(_iris(t))
        self._leads = Counter(o for told in self._about.values() for _, o in told)
        self.schemes = {iri.partition(":")[0] for iri in iris} & names
        self._id, self._type = (_KEYWORDS[k] if k in self.schemes else k for k in _KEYWORDS)
        self._terms, self._names = by_iri, names
        self._placed: set[Node] = set()

    def nodes(self, root: ox.NamedNode) -> Iterator[dict[str, Json]]:
        """Yield the node of a thing, and then those that stand inside of none."""
        yield self._node(root, 0)
        for alone in (True, False):
            for subject in self._about:
                if subject not in self._placed and (self._leads[subject] != 1) >= alone:
                    yield self._node(subject, 0)

    def _is_free(self, name: str) -> bool:
        """Whether a name means what the context says, and not the scheme of some IRI."""
        return name.partition(":")[0] not in self.schemes

    def _node(self, subject: Node, depth: int) -> dict[str, Json]:
        self._placed.add(subject)
        told: dict[str, Json] = {}
        if isinstance(subject, ox.NamedNode) or self._leads[subject] > (depth > 0):
            told[self._id] = self._reference(subject)
        for predicate, said in self._about.get(subject, ()):
            key, kind = self._key(predicate, said)
            if kind == _LANGUAGE:
                assert isinstance(said, ox.Literal)  # as `_fits` has seen
                _add(told.setdefault(key, {}), said.language or "", said.value)
            else:
                _add(told, key, self._value(said, kind, depth))
        return told

    def _key(self, predicate: str, object: Object) -> tuple[str, str]:
        """Return the name of a property for a value, and the kind that the name promises."""
        if predicate == _TYPE and not isinstance(object, ox.Literal):
            return self._type, _TYPE
        name, kind = self._terms.get(predicate, ("", _ANY))
        if name and self._is_free(name) and _fits(object, kind):
            return name, kind
        short = self._short(predicate)
        return (predicate if short in self._names else short), _ANY

    def _value(self, object: Object, kind: str, depth: int) -> Json:
        if isinstance(object, ox.Literal):
            return self._literal(object, kind)
        assert not isinstance(object, ox.Triple)  # refused before
        if kind == _TYPE:
            name = self._terms.get(object.value, ("", ""))[0]
            return name if name and self._is_free(name) else self._reference(object)
        if self._leads[object] == 1 and object in self._about and object not in self._placed:
            cells = self._cells(object)
            if cells:
                return {"@list": [self._explicit(cell, depth + 1) for cell in cells]}
            if depth < _DEEP:
                return self._node(object, depth + 1)
        reference = self._reference(object)
        return reference if kind == _IRI else {self._id: reference}

    def _explicit(self, object: Object, depth: int) -> Json:
        """Return a value that depends on no name, as in a list."""
        value = self._value(object, _ANY, depth)
        return value if isinstance(value, dict) else {"@value": value}

    def _cells(self, head: Node) -> list[Object]:
        """Return what is in a list of RDF that nothing else leads into; nothing: it is none."""
        cell, cells, found = head, [], []
        while cell != ox.NamedNode(_NIL):
            told = dict(self._about.get(cell, ()))
            usual = len(self._about.get(cell, ())) == 2 and told.keys() == {_FIRST, _REST}
            if not usual or not isinstance(cell, ox.BlankNode) or self._leads[cell] != 1:
                return []
            if isinstance(told[_REST], ox.Literal):
                return []
            cells.append(cell)
            found.append(told[_FIRST])
            cell = told[_REST]  # type: ignore[assignment]  # a node, as was just seen
        self._placed.update(cells)
        return found

    def _literal(self, literal: ox.Literal, kind: str) -> Json:
        datatype, text = literal.datatype.value, literal.value
        if literal.language:
            turned = {"@direction": literal.direction.value} if literal.direction else {}
            return {"@language": literal.language, **turned, "@value": text}
        if datatype == _INTEGER and _is_number(text):
            return int(text)
        if datatype == _BOOLEAN and text in ("true", "false"):
            return text == "true"
        if datatype == (kind or _STRING):
            return text
        return {self._type: self._short(datatype), "@value": text}

    def _reference(self, node: Node) -> str:
        return self._short(node.value) if isinstance(node, ox.NamedNode) else str(node)

    def _short(self, iri: str) -> str:
        curie = terms.curie(iri)
        return curie if self._is_free(curie) else iri


def _iris(triple: ox.Triple) -> Iterator[str]:
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _fits(object: Object, kind: str) -> bool:
    """Tell whether a value is what a name promises."""
    if isinstance(object, ox.Literal) and object.direction:
        return kind == _ANY
    return kind in (_ANY, _kind(object))


def _is_number(text: str) -> bool:
    """Tell whether a reader of JSON keeps an integer as it is written."""
    return _INTEGERS.fullmatch(text) is not None and abs(int(text)) < _EXACT


def _add(members: dict[str, Json], key: str, value: Json) -> None:
    """Add a value to a member, which is a list as soon as it has two."""
    if key not in members:
        members[key] = value
    elif isinstance(members[key], list):
        members[key].append(value)
    else:
        members[key] = [members[key], value]


def _members(object: Mapping[str, Json]) -> str:
    """Return an object with a line for each member, and for each value where it has several."""
    lines = []
    for key, value in object.items():
        many = isinstance(value, list) and len(value) > 1
        told = "[\n  " + ",\n  ".join(map(_json, value)) + "\n ]" if many else _json(value)
        lines.append(f" {_json(key)}: {told}")
    return "{\n" + ",\n".join(lines) + "\n}"


_json = json.JSONEncoder(ensure_ascii=False).encode
