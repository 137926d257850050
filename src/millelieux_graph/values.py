"""What an RDF term is to Python: a number, a truth, or its characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

import pyoxigraph as ox

from . import terms

__all__ = ["Row", "Term", "Value", "plain", "value"]

Value: TypeAlias = str | int | float | bool | Decimal | None
Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None
Row: TypeAlias = tuple[Term, ...]

# XML Schema 1.1 part 2: what Python reads beside is not of the datatype, such as 1_000.
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([Ee][+-]?[0-9]+)?|[+-]?INF|NaN")
_BOOLEAN = re.compile("true|false|1|0")
_WHITE = " \t\n\r"  # may stand around a value, §4.3.6

_Read: TypeAlias = Callable[[str], Value]
_READERS: dict[str, tuple[re.Pattern[str], _Read]] = {
    **{
        terms.expand(f"xsd:{name}"): (_INTEGER, int)
        for name in (
            "byte int integer long negativeInteger nonNegativeInteger nonPositiveInteger "
            "positiveInteger short unsignedByte unsignedInt unsignedLong unsignedShort"
        ).split()
    },
    terms.expand("xsd:decimal"): (_DECIMAL, Decimal),
    terms.expand("xsd:double"): (_DOUBLE, float),
    terms.expand("xsd:float"): (_DOUBLE, float),
    terms.expand("xsd:boolean"): (_BOOLEAN, lambda text: text in ("true", "1")),
}


def value(term: Term) -> Value:
    """Return what a term is to Python.

    IRIs and text are `str`, numbers `int`, `Decimal` or `float`, booleans `bool`; what is not of
    its datatype, or of a datatype that is none of these, is its characters.
    """
    if term is None or not isinstance(term, ox.Literal):
        return None if term is None else plain(term)
    pattern, read = _READERS.get(term.datatype.value, (None, str))
    text = term.value.strip(_WHITE)
    if pattern is None or not pattern.fullmatch(text):
        return term.value
    try:
        return read(text)
    except ValueError:  # thousands of digits
        return term.value


def plain(term: Term) -> str:
    """Return the characters of a term: an IRI, a literal without its datatype and language."""
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term.value
    return "" if term is None else str(term)
