"""Names of ours that do not exist, and names that stand where their kind cannot stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from .. import terms
from ..parameters import folded
from .facts import Remark
from .outline import Query, Sentence, elements

if TYPE_CHECKING:
    from .facts import Facts
    from .outline import Name, Node, Outline, Triple

__all__ = ["misplaced", "one_edit_apart", "unknown"]

_SHOWN = 3
_ADVISED = 20  # terms; who has more of them wrong has another vocabulary in mind
_OURS = re.compile(r"https?://(?:www\.)?w3id\.org/millelieux(?=[/#]|$)", re.IGNORECASE)
_RDF = terms.PREFIXES["rdf"]
_TYPE = f"{_RDF}type"
_CLASSES = {terms.expand(name) for name in ("owl:Class", "rdfs:Class", "rdfs:Datatype")}
_PROPERTY = re.compile(rf"(?:{re.escape(terms.PREFIXES['owl'])}|{re.escape(_RDF)})\w*Property")


def unknown(outline: Outline, facts: Facts) -> Iterator[Remark]:
    """Yield a remark for each term in our namespaces that the graph does not hold."""
    first: dict[str, Name] = {}
    for name in outline.names:
        if _judged(name):
            first.setdefault(name.iri, name)
    existing = facts.existing(first)
    missing = [name for name in first.values() if name.iri not in existing]
    for number, name in enumerate(missing):
        problem = f"{_short(name)} does not exist in this graph"
        if number < _ADVISED:
            near = ", ".join(map(terms.curie, _likely(name.iri, facts)))
            problem += f"; nearest: {near}" if near else "; none has such a name"
        yield Remark(name.start, "unknown-term", f"{problem}.")


def _judged(name: Name) -> bool:
    """Whether the graph has to hold a name: one of ours, not a namespace alone, not to be made."""
    if not _OURS.match(name.iri) or name.iri.endswith(("/", "#")):
        return False
    if name.role == "template":  # new things may be called into being, but no new terms of ours
        return name.iri.startswith(terms.ML)
    return name.role not in ("datatype", "function")


def _short(name: Name) -> str:
    return terms.curie(name.iri) if name.prefix is not None else f"<{name.iri}>"


def _likely(iri: str, facts: Facts) -> list[str]:
    """Return the terms that a misspelt one may have meant: of its own namespace, or of any."""
    local = terms.last_segment(iri)
    namespace = _OURS.sub(terms.BASE.rstrip("/"), iri.removesuffix(local))
    if namespace == terms.graph(""):
        return _nearest(local, facts.graphs())
    near = _nearest(local, facts.under(namespace)) if namespace != terms.BASE else []
    if near:
        return near
    anywhere = {iri for iri, _ in facts.under(terms.BASE)}
    same = [iri for iri in sorted(anywhere) if _plain(terms.last_segment(iri)) == _plain(local)]
    if same or namespace in terms.PREFIXES.values():
        return same[:_SHOWN]
    return _nearest(local, facts.under(terms.ML))


def _nearest(local: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """Return up to three IRIs whose local names or labels are like a name.

    Args:
        local: The name.
        known: IRIs, each with a label or nothing.
    """
    wanted = _plain(local)
    by_key: dict[str, list[str]] = {}
    for iri, label in sorted(known):
        for key in dict.fromkeys((_plain(terms.last_segment(iri)), _plain(label))):
            by_key.setdefault(key, []).append(iri)
    keys = [wanted] if wanted in by_key else []
    keys += [key for key in by_key if one_edit_apart(key, wanted)]
    keys = keys or get_close_matches(wanted, by_key, n=_SHOWN, cutoff=0.6)
    return list(dict.fromkeys(iri for key in keys for iri in by_key[key]))[:_SHOWN]


def _plain(name: str) -> str:
    return folded(name).replace(" ", "")


def one_edit_apart(one: str, other: str) -> bool:
    """Tell whether a letter more, less or other, or two letters swapped, make one of the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    different = (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    start = next(different, min(len(one), len(other)))
    rest, beyond = one[start:], other[start:]
    swapped = rest[:2] == beyond[1::-1] and rest[2:] == beyond[2:]
    return swapped or beyond[1:] in (rest, rest[1:]) or beyond == rest[1:]


def misplaced(outline: Outline, facts: Facts) -> Iterator[Remark]:
    """Yield a remark for each class in the place of a property, and the other way round.

    Only what the graph declares is judged, and only where no triple uses it in that place.
    """
    said = list(_triples(outline.query))
    predicates = {n.iri: n for t in reversed(said) for n in reversed(t.verb.names) if n.iri}
    classes = {n.iri: n for n in map(_class, reversed(said)) if n and n.iri}
    types = facts.pairs({*predicates, *classes}, "?t a ?o")
    strange = {iri for iri in predicates if types[iri] and not _is_property(types[iri])}
    for iri in sorted(strange - facts.used(strange, "?s ?t ?o")):
        yield _no_property(predicates[iri], types[iri], facts)
    strange = {iri for iri in classes if types[iri] and not types[iri] & _CLASSES}
    for iri in sorted(strange - facts.used(strange, "?s a ?t")):
        yield _no_class(classes[iri], types[iri])


def _triples(query: Query) -> Iterator[Triple]:
    """Yield every triple pattern of a query, and the triples of its template."""
    for element in elements(query):
        if isinstance(element, Sentence):
            yield from element.triples
    yield from query.template


def _class(triple: Triple) -> Node | None:
    single = triple.verb.single
    return triple.object if single and single.iri == _TYPE else None


def _is_property(types: set[str]) -> bool:
    return any(_PROPERTY.fullmatch(kind) for kind in types)


def _no_property(node: Node, types: set[str], facts: Facts) -> Remark:
    iri, short = node.iri or "", terms.curie(node.iri or "")
    if types & _CLASSES:
        advice = f"write `a {short}`"
        leading = facts.pairs([iri], f"?o <{terms.expand('rdfs:range')}> ?t")
        if leading[iri]:
            advice += f", or a property that leads to it: {_listed(leading[iri])}"
    else:
        advice = "put it in the place of the subject or object"
    problem = f"{short} is {_kind(types)}, no property; {advice}."
    return Remark(node.start, "not-a-property", problem)


def _no_class(node: Node, types: set[str]) -> Remark:
    short = terms.curie(node.iri or "")
    advice = "put a class after `a`"
    if _is_property(types):
        advice = f"write `{short} ?value`"
    return Remark(node.start, "not-a-class", f"{short} is {_kind(types)}, no class; {advice}.")


def _kind(types: set[str]) -> str:
    if types & _CLASSES:
        return "a class"
    return "a property" if _is_property(types) else f"a {_listed(types)}"


def _listed(iris: Iterable[str]) -> str:
    return ", ".join(sorted(map(terms.curie, iris))[:_SHOWN])
