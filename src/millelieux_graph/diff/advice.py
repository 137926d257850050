"""The kind of version that changes make, by the rule of the house.

An identifier that is gone, a restriction more, or other columns of a stored query break what others
have built: major.  Something new: minor.  Other values: patch (https://semver.org/).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .. import terms
from . import blanks
from .lines import blocks, has_blank, parsed

if TYPE_CHECKING:
    from .changes import Changed, Property, Thing
    from .states import State

__all__ = ["Advice", "Level", "advise", "is_ours"]

Level = Literal["none", "patch", "minor", "major"]

_SHOWN = 3  # names that a reason quotes

# Said of a term that stands already, these forbid what was allowed; of a foreign class they align.
_NARROWING = {
    terms.expand(name)
    for name in (
        "owl:disjointUnionOf owl:disjointWith owl:equivalentClass owl:equivalentProperty "
        "owl:hasKey owl:inverseOf owl:propertyDisjointWith owl:sameAs "
        "rdfs:domain rdfs:range rdfs:subClassOf rdfs:subPropertyOf"
    ).split()
}
_CHARACTERS = {
    f"<{terms.expand(f'owl:{name}Property')}>"
    for name in (
        "Asymmetric Functional InverseFunctional Irreflexive Reflexive Symmetric Transitive".split()
    )
}
_TYPE = terms.expand("rdf:type")
# What shapes say to people and to tools, and what only loosens them.
_HARMLESS = {
    terms.expand(name)
    for name in (
        "sh:message sh:name sh:description sh:order sh:group sh:deactivated sh:declare sh:prefix "
        "sh:namespace sh:prefixes sh:severity rdfs:label rdfs:comment rdfs:seeAlso "
        "rdfs:isDefinedBy dcterms:description dcterms:title skos:example"
    ).split()
}


@dataclass(frozen=True)
class Advice:
    """The kind of version that changes make.

    Attributes:
        level: ``major``, ``minor``, ``patch``, or ``none`` when nothing changed.
        reasons: Why, in English, the gravest only.
    """

    level: Level
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.level} ({'; '.join(self.reasons)})" if self.reasons else self.level


def advise(
    old: State,
    new: State,
    found: tuple[Sequence[Thing], Sequence[Thing], Sequence[Changed]],
    differ: bool,
) -> Advice:
    """Return the kind of version that makes one state of another.

    Args:
        old: The former state.
        new: The later one.
        found: What was added, removed and changed.
        differ: Whether any statement was.
    """
    added, removed, changed = found
    major = (
        _reason("gone", [t.iri for t in removed if is_ours(t)]),
        _reason("restricted", [c.thing.iri for c in changed if any(map(_narrows, c.properties))]),
        _reason("restricted by a new axiom", [t.iri for t in added if _is_axiom(t)]),
        _reason("shape with a new constraint", sorted(set(_constraints(old, new)))),
        _reason("query gone or with other columns", _columns_changed(old, new)),
    )
    if any(major):
        return Advice("major", tuple(filter(None, major)))
    minor = (
        _reason("new", [t.iri for t in added if not t.iri.startswith("[")]),
        _reason("new query", _queries_added(old, new)),
    )
    if any(minor):
        return Advice("minor", tuple(filter(None, minor)))
    shapes = old.shapes is not None and new.shapes is not None and old.shapes != new.shapes
    return Advice("patch") if differ or shapes else Advice("none")


def is_ours(thing: Thing) -> bool:
    """Whether a thing has an identifier that we answer for: under our base, or of our classes."""
    return thing.iri.startswith(terms.BASE) or (
        thing.kind.startswith(terms.ML) and not thing.iri.startswith("[")
    )


def _reason(what: str, names: Sequence[str]) -> str:
    """Return a reason that counts names and quotes the first; empty when there is none."""
    if not names:
        return ""
    shown = ", ".join(map(terms.curie, names[:_SHOWN]))
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{what}: {shown}{more}"


def _narrows(property: Property) -> bool:
    added = [v for v in property.new if v.graph == "ontology" and v not in property.old]
    if property.predicate == _TYPE:
        return any(value.term in _CHARACTERS for value in added)
    return property.predicate in _NARROWING and any(
        value.term.startswith(("[", f"<{terms.BASE}"))
        or property.predicate.endswith(("domain", "range"))
        for value in added
    )


def _is_axiom(thing: Thing) -> bool:
    """Whether a new thing without a name restricts others, as ``owl:AllDisjointClasses`` does."""
    return thing.iri.startswith("[") and thing.kind.startswith(f"{terms.PREFIXES['owl']}All")


def _constraints(old: State, new: State) -> Iterator[str]:
    """Yield the shapes, or the words of SHACL, by which a new constraint is said."""
    if old.shapes is None or new.shapes is None:
        return
    named = [[line for line in lines if not has_blank(line)] for lines in (old.shapes, new.shapes)]
    for block in blocks(iter(named[0]), iter(named[1])):
        if any(quad.predicate.value not in _HARMLESS for quad in parsed(block.added)):
            yield block.subject[1:-2].decode()
    nameless = [list(filter(has_blank, lines)) for lines in (old.shapes, new.shapes)]
    _, added = blanks.compare(blanks.groups(nameless[0]), blanks.groups(nameless[1]))
    for group in added:
        yield from (q.predicate.value for q in group if q.predicate.value not in _HARMLESS)


def _columns_changed(old: State, new: State) -> list[str]:
    if old.columns is None or new.columns is None:
        return []
    return [name for name, columns in old.columns.items() if new.columns.get(name) != columns]


def _queries_added(old: State, new: State) -> list[str]:
    if old.columns is None or new.columns is None:
        return []
    return sorted(set(new.columns) - set(old.columns))
