"""Columns of one type each as an Arrow table, and what is made from one."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .columns import DIGITS, Column, scale, typed
from .errors import MissingExtra

try:
    import pyarrow as pa
except ModuleNotFoundError:
    raise MissingExtra("pyarrow", "arrow") from None

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from .values import Row

__all__ = ["arrow", "pandas_frame", "polars_frame", "write"]

_TYPES = {
    "integer": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "moment": pa.timestamp("us", tz="UTC"),
    "local moment": pa.timestamp("us"),
    "text": pa.string(),
}


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
    made = typed(columns, rows, meanings)
    arrays = [pa.array(column.cells, _type(column)) for column in made]
    fields = [
        pa.field(column.name, array.type, metadata=_told(column))
        for column, array in zip(made, arrays, strict=True)
    ]
    schema = pa.schema(fields, metadata={"question": question} if question else None)
    return pa.Table.from_arrays(arrays, schema=schema)


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


def _type(column: Column) -> pa.DataType:
    if column.kind == "decimal":
        return pa.decimal128(DIGITS, scale(column.cells))
    return _TYPES[column.kind]


def _told(column: Column) -> dict[str, str]:
    told = {"meaning": column.meaning, "datatype": column.datatype}
    return {key: text for key, text in told.items() if text}
