"""Rows of terms as columns of one type each, in values of Python: what every typed file is made of.

The type of a column comes from its values.  Whole numbers are 64-bit integers; with decimals among
them the column is decimal, with doubles it is double, as SPARQL promotes them.  Booleans, dates and
moments (`xsd:date`, `xsd:dateTime`) have types of their own.  All else is text: IRIs, strings, and
any column of several kinds or with a value that its type cannot hold, so that nothing is lost.

A column of EDTF dates stays text and is followed by ``…_earliest`` and ``…_latest``, the half-open
interval that each date covers by the ontology's rule; null where a side is open or unknown.

A column without any value, as in an empty answer, is typed by its name alone, so that the answer
has the columns of a full one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import pyoxigraph as ox

from . import terms
from .sources.shipped import shipped
from .values import Value, plain, value

if TYPE_CHECKING:
    from .values import Row, Term

__all__ = ["DIGITS", "Cell", "Column", "Kind", "scale", "typed"]

DIGITS = 38  # of a decimal, as a 128-bit integer holds them

# Names that stored queries use for one thing only.
_EDTF = ("date", "period")
_WHOLE = ("start", "end")
_ENDS = {
    "earliest": "First moment of {}; empty where it is open or unknown.",
    "latest": "First moment after {}; empty where it is open or unknown.",
}

# EDTF level 1 (ISO 8601-2:2019): unspecified digits and seasons too, though they have no interval.
_SIDE = r"-?[0-9X]{4}(-[0-9X]{2}(-[0-9X]{2})?)?[?~%]?"
_EDTF_SHAPE = re.compile(rf"(?=.*[0-9])({_SIDE}|\.\.)?(/({_SIDE}|\.\.)?)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A microsecond is the finest that every library keeps.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)

Cell: TypeAlias = "Value | date"  # a datetime is a date
Kind: TypeAlias = Literal[
    "integer", "decimal", "double", "boolean", "date", "moment", "local moment", "text"
]
_Bounds: TypeAlias = tuple[datetime | None, datetime | None]


class Column(NamedTuple):
    """A column.

    Attributes:
        name: What it is called.
        kind: The type of all its cells; a ``moment`` is in UTC, a ``local moment`` in no zone.
        cells: Its values, None where there is none.
        meaning: What they mean; empty: nobody has said.
        datatype: The IRIs of the datatypes of its terms; that of an IRI is `xsd:anyURI`.
    """

    name: str
    kind: Kind
    cells: list[Cell]
    meaning: str = ""
    datatype: str = ""


def typed(columns: Sequence[str], rows: Sequence[Row], meanings: Mapping[str, str]) -> list[Column]:
    """Return rows of terms as columns.

    Args:
        columns: Their names.
        rows: A term a column, None where unbound.
        meanings: What a column means, where that is known.
    """
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    return [
        column
        for name, cells in zip(columns, by_column, strict=True)
        for column in _columns(name, cells, meanings.get(name, ""), columns)
    ]


def scale(cells: Iterable[Cell]) -> int:
    """Return how many digits stand behind the point of the numbers that have most of them."""
    return max((_places(cell) for cell in cells if cell is not None), default=0)


def _columns(
    name: str, cells: Sequence[Term], meaning: str, taken: Sequence[str]
) -> Iterator[Column]:
    """Yield the column of some terms, and the two of their intervals when they are EDTF dates."""
    if not _is_edtf(name, cells, meaning):
        yield Column(name, *_typed(name, cells), meaning, _datatypes(cells))
        return
    texts = [None if term is None else plain(term) for term in cells]
    yield Column(name, "text", [*texts], meaning, terms.expand("edtf:EDTF"))
    if not {f"{name}_{end}" for end in _ENDS} & set(taken):
        yield from _interval_columns(name, texts)


def _interval_columns(name: str, texts: Sequence[str | None]) -> Iterator[Column]:
    known = _intervals({text for text in texts if text is not None})
    for side, (end, meaning) in enumerate(_ENDS.items()):
        cells: list[Cell] = [None if text is None else known[text][side] for text in texts]
        datatype = terms.expand("xsd:dateTime")
        yield Column(f"{name}_{end}", "moment", cells, meaning.format(name), datatype)


def _is_edtf(name: str, cells: Iterable[Term], meaning: str) -> bool:
    """Tell whether cells are EDTF dates: by their datatype, or by name or meaning and by shape.

    Stored queries return them as plain strings, which every client can read.
    """
    bound = [term for term in cells if term is not None]
    if name in _EDTF or "EDTF" in meaning:
        return all(_is_edtf_literal(term) or _has_edtf_shape(term) for term in bound)
    return bool(bound) and all(map(_is_edtf_literal, bound))


def _is_edtf_literal(term: Term) -> bool:
    return _datatype(term) == terms.expand("edtf:EDTF")


def _has_edtf_shape(term: Term) -> bool:
    is_text = _datatype(term) == terms.expand("xsd:string")
    return is_text and _EDTF_SHAPE.fullmatch(plain(term)) is not None


def _intervals(texts: Iterable[str]) -> dict[str, _Bounds]:
    """Return the interval of each EDTF date, by the rule that infers it for the graph."""
    store, known = ox.Store(), list(texts)
    dated, things = ox.NamedNode(terms.expand("ml:date")), map(_numbered, range(len(known)))
    store.extend(
        ox.Quad(thing, dated, ox.Literal(text)) for thing, text in zip(things, known, strict=True)
    )
    rule = (shipped("ontology") / "rules" / "edtf-interval.rq").read_text(encoding="utf-8")
    found = store.query(rule)
    assert isinstance(found, ox.QueryTriples)  # it constructs
    bounds = {(t.subject, terms.curie(t.predicate.value)): _moment(plain(t.object)) for t in found}
    return {
        text: (
            bounds.get((_numbered(number), "ml:earliest")),
            bounds.get((_numbered(number), "ml:latest")),
        )
        for number, text in enumerate(known)
    }


def _numbered(number: int) -> ox.NamedNode:
    return ox.NamedNode(f"{terms.BASE}#{number}")


def _cell(term: Term) -> Cell:
    """Return a term as a value, dates and moments as such."""
    found = value(term)
    if isinstance(term, ox.Literal) and isinstance(found, str):
        datatype = term.datatype.value
        if datatype == terms.expand("xsd:date"):
            return _day(found) or found
        if datatype == terms.expand("xsd:dateTime"):
            return _moment(found) or found
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:  # 30 February
        return None


def _moment(text: str) -> datetime | None:
    """Return a moment, in UTC if it has a zone; None outside the years 1 to 9999 of Python."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def _datatypes(cells: Iterable[Term]) -> str:
    return " ".join(sorted({_datatype(term) for term in cells} - {""}))


def _datatype(term: Term) -> str:
    if isinstance(term, ox.Literal):
        return term.datatype.value
    return terms.expand("xsd:anyURI") if isinstance(term, ox.NamedNode) else ""


def _typed(name: str, column: Sequence[Term]) -> tuple[Kind, list[Cell]]:
    """Return the values of terms in the first type that holds them all, at last as text."""
    cells = [_cell(term) for term in column]
    for kind, read in _types(name, cells):
        try:
            return kind, [None if cell is None else read(cell) for cell in cells]
        except ArithmeticError:  # out of its range
            continue
    return "text", [None if term is None else plain(term) for term in column]


def _types(name: str, cells: Iterable[Cell]) -> Iterator[tuple[Kind, Callable[..., Cell]]]:
    """Yield the types that may hold some cells, and what makes a cell one of theirs."""
    bound = [cell for cell in cells if cell is not None]
    kinds = {type(cell) for cell in bound}
    if kinds == {int} or (not kinds and name in _WHOLE):
        yield "integer", _whole
    if kinds in ({int}, {Decimal}, {int, Decimal}):
        places = scale(bound)
        yield "decimal", lambda cell: _decimal(cell, places)
    if float in kinds and kinds <= {int, Decimal, float}:
        yield "double", float
    if kinds == {bool}:
        yield "boolean", bool
    if kinds == {date}:
        yield "date", _same
    zones = {cell.tzinfo is not None for cell in bound if isinstance(cell, datetime)}
    if kinds == {datetime} and len(zones) == 1:
        yield "moment" if zones == {True} else "local moment", _same


def _whole(cell: int) -> int:
    if not -(2**63) <= cell < 2**63:
        raise OverflowError
    return cell


def _decimal(cell: int | Decimal, places: int) -> Decimal:
    number = Decimal(cell)
    # The digits before the point, and as many behind it as the column has.
    if max(number.adjusted() + 1, 0) + places > DIGITS:
        raise OverflowError
    return number


def _same(cell: Cell) -> Cell:
    return cell


def _places(number: Cell) -> int:
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    assert isinstance(exponent, int)  # `value` reads no infinite decimals
    return max(0, -exponent)
