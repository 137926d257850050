"""Rows of terms as columns of one type each: an Arrow table, and what is made from one.

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

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyoxigraph as ox

from . import terms
from .errors import MissingExtra
from .sources.shipped import shipped
from .values import plain, value

try:
    import pyarrow as pa
except ModuleNotFoundError:
    raise MissingExtra("pyarrow", "arrow") from None

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from .values import Row, Term, Value

__all__ = ["arrow", "pandas_frame", "polars_frame", "write"]

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
_DIGITS = 38  # of decimal128

Cell: TypeAlias = "Value | date"  # a datetime is a date
Bounds: TypeAlias = tuple[datetime | None, datetime | None]


class _Column(NamedTuple):
    """A column: its name, its values in Arrow, and what is known of it."""

    name: str
    array: pa.Array
    told: Mapping[str, str]


def arrow(
    columns: Sequence[str],
    rows: Sequence[Row],
    meanings: Mapping[str, str],
    question: str = "",
) -> pa.Table:
    """Return rows of terms as an Arrow table.

    Args:
        columns: Their names.
        rows: A term a column, None where unbound.
        meanings: What a column means, where that is known: it becomes metadata of the field, beside
            the IRI of its datatype.
        question: What the rows answer: metadata of the table.
    """
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    made = [
        column
        for name, cells in zip(columns, by_column, strict=True)
        for column in _columns(name, cells, meanings.get(name, ""), columns)
    ]
    fields = [pa.field(c.name, c.array.type, metadata=dict(c.told)) for c in made]
    schema = pa.schema(fields, metadata={"question": question} if question else None)
    return pa.Table.from_arrays([c.array for c in made], schema=schema)


def pandas_frame(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a data frame of pandas.

    Its columns are of the nullable types (``Int64``, ``Float64``, ``boolean``, ``string``) and of
    ``datetime64``.  Decimals, which pandas can count with only one by one, become ``Float64``.
    Metadata is in its ``attrs``.

    Raises:
        MissingExtra: pandas is not installed.
    """
    try:
        import pandas as pd
    except ModuleNotFoundError:
        raise MissingExtra("pandas", "pandas") from None
    types = {
        pa.int64(): pd.Int64Dtype(),
        pa.float64(): pd.Float64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.string(): pd.StringDtype(),
    }
    counted = _without_decimals(table)
    frame: pd.DataFrame = counted.to_pandas(types_mapper=types.get, date_as_object=False)
    of_columns = {field.name: _text(field.metadata) for field in table.schema}
    frame.attrs = {**_text(table.schema.metadata), "columns": of_columns}
    return frame


def polars_frame(table: pa.Table) -> pl.DataFrame:
    """Return an Arrow table as a data frame of polars, which keeps decimals.

    Raises:
        MissingExtra: polars is not installed.
    """
    try:
        import polars as pl
    except ModuleNotFoundError:
        raise MissingExtra("polars", "polars") from None
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)  # it is a Series only of an array
    return frame


def write(table: pa.Table, format: str) -> bytes:
    """Return an Arrow table as a file: ``parquet``, or ``arrow`` (IPC, also called Feather 2)."""
    sink = io.BytesIO()
    if format == "parquet":
        from pyarrow import parquet

        parquet.write_table(table, sink)
    else:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


def _without_decimals(table: pa.Table) -> pa.Table:
    """Return a table whose decimals are doubles, each the nearest: Arrow's own cast is not."""
    for number, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            cells = (None if v is None else float(v) for v in table[number].to_pylist())
            table = table.set_column(number, field.name, pa.array(cells, pa.float64()))
    return table


def _text(metadata: Mapping[bytes, bytes] | None) -> dict[str, str]:
    return {key.decode(): told.decode() for key, told in (metadata or {}).items()}


def _columns(
    name: str, cells: Sequence[Term], meaning: str, taken: Sequence[str]
) -> Iterator[_Column]:
    """Yield the column of some terms, and the two of their intervals when they are EDTF dates."""
    told = {"meaning": meaning} if meaning else {}
    if not _is_edtf(name, cells, meaning):
        yield _Column(name, _typed(name, cells), told | _datatypes(cells))
        return
    texts = [None if term is None else plain(term) for term in cells]
    told |= {"datatype": terms.expand("edtf:EDTF")}
    yield _Column(name, pa.array(texts, pa.string()), told)
    if not {f"{name}_{end}" for end in _ENDS} & set(taken):
        yield from _interval_columns(name, texts)


def _interval_columns(name: str, texts: Sequence[str | None]) -> Iterator[_Column]:
    known = _intervals({text for text in texts if text is not None})
    for side, (end, meaning) in enumerate(_ENDS.items()):
        cells = [None if text is None else known[text][side] for text in texts]
        told = {"meaning": meaning.format(name), "datatype": terms.expand("xsd:dateTime")}
        yield _Column(f"{name}_{end}", pa.array(cells, pa.timestamp("us", tz="UTC")), told)


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


def _intervals(texts: Iterable[str]) -> dict[str, Bounds]:
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


def _datatypes(cells: Iterable[Term]) -> dict[str, str]:
    """Return the IRIs of the datatypes in a column; that of an IRI is `xsd:anyURI`."""
    found = {_datatype(term) for term in cells} - {""}
    return {"datatype": " ".join(sorted(found))} if found else {}


def _datatype(term: Term) -> str:
    if isinstance(term, ox.Literal):
        return term.datatype.value
    return terms.expand("xsd:anyURI") if isinstance(term, ox.NamedNode) else ""


def _typed(name: str, column: Sequence[Term]) -> pa.Array:
    """Return the values of terms in the first type that holds them all, at last as text."""
    cells = [_cell(term) for term in column]
    for kind, read in _types(name, cells):
        try:
            return pa.array([None if cell is None else read(cell) for cell in cells], kind)
        except (ValueError, ArithmeticError):  # out of its range
            continue
    return pa.array([None if term is None else plain(term) for term in column], pa.string())


def _types(name: str, cells: Iterable[Cell]) -> Iterator[tuple[pa.DataType, Callable[..., Cell]]]:
    """Yield the types that may hold some cells, and what makes a cell one of theirs."""
    bound = [cell for cell in cells if cell is not None]
    kinds = {type(cell) for cell in bound}
    if kinds == {int} or (not kinds and name in _WHOLE):
        yield pa.int64(), int
    if kinds in ({int}, {Decimal}, {int, Decimal}):
        yield pa.decimal128(_DIGITS, max(map(_scale, bound))), Decimal
    if float in kinds and kinds <= {int, Decimal, float}:
        yield pa.float64(), float
    if kinds == {bool}:
        yield pa.bool_(), bool
    if kinds == {date}:
        yield pa.date32(), _same
    zones = {cell.tzinfo is not None for cell in bound if isinstance(cell, datetime)}
    if kinds == {datetime} and len(zones) == 1:
        yield pa.timestamp("us", tz="UTC" if zones == {True} else None), _same


def _same(cell: Cell) -> Cell:
    return cell


def _scale(number: Cell) -> int:
    """Return how many digits of a number stand behind its point."""
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    assert isinstance(exponent, int)  # `value` reads no infinite decimals
    return max(0, -exponent)
