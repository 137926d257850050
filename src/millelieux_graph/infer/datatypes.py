"""Literals that are no value of a datatype they must have: the OWL 2 RL rule dt-not-type.

A literal must be a value of its own datatype, as ``"abc"^^xsd:integer`` is not, and of those that
the range of its property (prp-rng) or a class of its subject (cls-avf) asks for.  Judged are the
datatypes of OWL 2 RL (https://www.w3.org/TR/owl2-profiles/#Entities_3), and dates and times beside
them; of another nothing is known here, and nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import terms
from .closure import select

if TYPE_CHECKING:
    from ..graph import Graph
    from .closure import Term

__all__ = ["Misfit", "fits", "misfits", "well_formed"]

# XML Schema 1.1 part 2, §3: which datatype each one is derived from.  What stands under no other
# is a value space of its own, without a value in common with the others.
_WIDER = {
    "xsd:integer": "xsd:decimal",
    "xsd:nonNegativeInteger": "xsd:integer",
    "xsd:positiveInteger": "xsd:nonNegativeInteger",
    "xsd:nonPositiveInteger": "xsd:integer",
    "xsd:negativeInteger": "xsd:nonPositiveInteger",
    "xsd:long": "xsd:integer",
    "xsd:int": "xsd:long",
    "xsd:short": "xsd:int",
    "xsd:byte": "xsd:short",
    "xsd:unsignedLong": "xsd:nonNegativeInteger",
    "xsd:unsignedInt": "xsd:unsignedLong",
    "xsd:unsignedShort": "xsd:unsignedInt",
    "xsd:unsignedByte": "xsd:unsignedShort",
    "rdf:langString": "rdf:PlainLiteral",
    "xsd:string": "rdf:PlainLiteral",
    "xsd:normalizedString": "xsd:string",
    "xsd:token": "xsd:normalizedString",
    "xsd:language": "xsd:token",
    "xsd:NMTOKEN": "xsd:token",
    "xsd:Name": "xsd:token",
    "xsd:NCName": "xsd:Name",
    "xsd:dateTimeStamp": "xsd:dateTime",
}
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "xsd:integer": (None, None),
    "xsd:nonNegativeInteger": (0, None),
    "xsd:positiveInteger": (1, None),
    "xsd:nonPositiveInteger": (None, 0),
    "xsd:negativeInteger": (None, -1),
    "xsd:long": (-(2**63), 2**63 - 1),
    "xsd:int": (-(2**31), 2**31 - 1),
    "xsd:short": (-(2**15), 2**15 - 1),
    "xsd:byte": (-(2**7), 2**7 - 1),
    "xsd:unsignedLong": (0, 2**64 - 1),
    "xsd:unsignedInt": (0, 2**32 - 1),
    "xsd:unsignedShort": (0, 2**16 - 1),
    "xsd:unsignedByte": (0, 2**8 - 1),
}

_DECIMAL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_FLOAT = rf"{_DECIMAL}([eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_DATE = "-?([1-9][0-9]{3,}|0[0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_ZONE = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_BASE64 = "[A-Za-z0-9+/] ?"
# How the values are written.  Names are held to letters and digits of any script, which is all but
# the rarest of what XML says of them.
_FORMS = {
    "xsd:decimal": _DECIMAL,
    **dict.fromkeys(_BOUNDS, "[+-]?[0-9]+"),
    "xsd:float": _FLOAT,
    "xsd:double": _FLOAT,
    "xsd:boolean": "true|false|0|1",
    "xsd:dateTime": f"{_DATE}T{_TIME}{_ZONE}?",
    "xsd:dateTimeStamp": f"{_DATE}T{_TIME}{_ZONE}",
    "xsd:date": f"{_DATE}{_ZONE}?",
    "xsd:time": f"{_TIME}{_ZONE}?",
    "xsd:hexBinary": "([0-9A-Fa-f]{2})*",
    "xsd:base64Binary": f"(({_BASE64}){{4}})*(({_BASE64}){{2}}({_BASE64}|= ?)=)?",
    "xsd:anyURI": ".*",
    "xsd:string": ".*",
    "xsd:normalizedString": r"[^\t\r\n]*",
    "xsd:token": r"([^\t\r\n ]+( [^\t\r\n ]+)*)?",
    "xsd:language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "xsd:NMTOKEN": r"[\w:.-]+",
    "xsd:Name": r"[^\W\d][\w:.-]*|:[\w:.-]*",
    "xsd:NCName": r"[^\W\d][\w.-]*",
    "rdf:langString": ".*",
    "rdf:PlainLiteral": ".*",
}
_PATTERNS = {name: re.compile(form, re.DOTALL) for name, form in _FORMS.items()}
_DAY = re.compile(r"-?([0-9]{4,})-([0-9]{2})-([0-9]{2})")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Where a literal must be a value of a datatype.
_DEMANDS = (
    "?p rdfs:range ?d . ?x ?p ?v",
    "?c owl:allValuesFrom ?d ; owl:onProperty ?p . ?x a ?c . ?x ?p ?v",
)
_MEANT = "FILTER NOT EXISTS { ?p a owl:AnnotationProperty }"
# All but numbers and texts, which the store keeps by their value and which need no look.
_ODD = "isLiteral(?v) && !isNumeric(?v) && DATATYPE(?v) NOT IN (xsd:string, rdf:langString)"


@dataclass(frozen=True)
class Misfit:
    """A literal that is no value of a datatype that it must have.

    Attributes:
        thing: What it is said of.
        property: By which property.
        value: The literal.
        datatype: The IRI of the datatype.
    """

    thing: Term
    property: Term
    value: ox.Literal
    datatype: str


def misfits(graph: Graph) -> Iterator[Misfit]:
    """Yield the literals of a graph that are no value of their datatype, or of one asked for."""
    yield from _without_value(graph)
    known = ", ".join(f"<{terms.expand(name)}>" for name in _PATTERNS)
    for demand in _DEMANDS:
        yield from _out_of_place(graph, f"{demand} FILTER (?d IN ({known}) && isLiteral(?v))")


def well_formed(literal: ox.Literal) -> bool:
    """Tell whether a literal has a value; one of an unknown datatype is believed to."""
    datatype = terms.curie(literal.datatype.value)
    return datatype not in _PATTERNS or _is_written(literal.value, datatype)


def fits(literal: ox.Literal, datatype: str) -> bool:
    """Tell whether a well-formed literal is a value of a datatype, given by its IRI.

    Where one of the two datatypes is unknown, it is believed to be.
    """
    own, asked = terms.curie(literal.datatype.value), terms.curie(datatype)
    if own not in _PATTERNS or asked not in _PATTERNS or asked in _lineage(own):
        return True
    if _lineage(own)[-1] != _lineage(asked)[-1] or "rdf:langString" in {own, asked}:
        return False
    if asked in _BOUNDS:
        return _is_within(Decimal(literal.value), asked)
    return _is_written(literal.value, asked)


def _without_value(graph: Graph) -> Iterator[Misfit]:
    pattern = f"?x ?p ?v FILTER ({_ODD})"
    bad = {value for value in _values(graph, pattern) if not well_formed(value)}
    for row in _standing(graph, pattern) if bad else ():
        value = row["v"]
        if isinstance(value, ox.Literal) and value in bad:
            yield Misfit(row["x"], row["p"], value, value.datatype.value)


def _out_of_place(graph: Graph, demand: str) -> Iterator[Misfit]:
    """Yield the misfits of a demand, and look at values only where datatypes do not settle it."""
    for row in select(graph, f"SELECT DISTINCT ?d (DATATYPE(?v) AS ?t) WHERE {{ {demand} }}"):
        asked, own = row["d"], row["t"]
        assert isinstance(asked, ox.NamedNode)
        assert isinstance(own, ox.NamedNode)
        if terms.curie(asked.value) not in _lineage(terms.curie(own.value)):
            yield from _unfit(
                graph, f"{demand} FILTER (?d = {asked} && DATATYPE(?v) = {own})", asked
            )


def _unfit(graph: Graph, pattern: str, asked: ox.NamedNode) -> Iterator[Misfit]:
    values = filter(well_formed, _values(graph, pattern))
    bad = {value for value in values if not fits(value, asked.value)}
    for row in _standing(graph, pattern) if bad else ():
        value = row["v"]
        if isinstance(value, ox.Literal) and value in bad:
            yield Misfit(row["x"], row["p"], value, asked.value)


def _values(graph: Graph, pattern: str) -> Iterator[ox.Literal]:
    for row in select(graph, f"SELECT DISTINCT ?v WHERE {{ {pattern} }}"):
        if isinstance(row["v"], ox.Literal):
            yield row["v"]


def _standing(graph: Graph, pattern: str) -> list[dict[str, Term]]:
    """Return where literals stand, annotations left out."""
    return select(graph, f"SELECT DISTINCT ?x ?p ?v WHERE {{ {pattern} {_MEANT} }}")


def _lineage(datatype: str) -> list[str]:
    """Return a datatype and all that it is derived from, the nearest first."""
    wider = _WIDER.get(datatype)
    return [datatype, *(_lineage(wider) if wider else ())]


def _is_written(text: str, datatype: str) -> bool:
    """Tell whether a text is the writing of a value of a datatype."""
    if not _PATTERNS[datatype].fullmatch(text):
        return False
    if datatype in _BOUNDS:
        return _is_within(Decimal(text), datatype)
    day = _DAY.match(text) if "date" in datatype else None
    return day is None or _exists(*day.groups())


def _is_within(number: Decimal, datatype: str) -> bool:
    low, high = _BOUNDS[datatype]
    whole = number == number.to_integral_value()
    return whole and (low is None or number >= low) and (high is None or number <= high)


def _exists(year: str, month: str, day: str) -> bool:
    """Tell whether a day stands in the calendar, which repeats every 400 years."""
    turn = int(year[-4:])
    leap = turn % 4 == 0 and (turn % 100 != 0 or turn % 400 == 0)
    return int(day) <= _LENGTHS[int(month) - 1] + (leap and month == "02")
