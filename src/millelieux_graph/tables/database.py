"""All tables as one SQLite database, the same bytes each time the same library writes it.

A table is called as its query, with ``_`` for ``-``.  ``labels`` says what codes are called, and a
view ``…_in_words`` has them beside the codes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from ..columns import Cell, Column
    from .sheets import Sheet

__all__ = ["Database"]

_PIECE = 1024 * 1024
_PAGE = 4096  # bytes; SQLite's own choice depends on the disk
_LABELS = """
CREATE TABLE labels (
    "table" TEXT NOT NULL, "column" TEXT NOT NULL, code TEXT NOT NULL, fr TEXT, en TEXT,
    PRIMARY KEY ("table", "column", code)
) WITHOUT ROWID
"""


class Database:
    """A database that is being written, in a file of its own."""

    def __init__(self, folder: str) -> None:
        self._path = Path(folder, "tables.sqlite")
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        for setting in (f"page_size = {_PAGE}", "journal_mode = OFF", "synchronous = OFF"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.execute("BEGIN")
        self._connection.execute(_LABELS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._path.unlink(missing_ok=True)

    def add(self, sheet: Sheet) -> None:
        """Add a table, its indexes, and the labels of its codes.

        Raises:
            OSError: The disk refuses.
        """
        try:
            self._add(sheet)
        except sqlite3.OperationalError as error:  # what the disk says, in the words of SQLite
            raise OSError(str(error)) from None

    def _add(self, sheet: Sheet) -> None:
        table, run = _table(sheet.name), self._connection.execute
        types = [_type(column) for column in sheet.columns]
        run(_definition(sheet, [name for name, _ in types]))
        cells = [
            [None if cell is None else write(cell) for cell in column.cells]
            for column, (_, write) in zip(sheet.columns, types, strict=True)
        ]
        slots = ", ".join("?" * len(cells))
        self._connection.executemany(
            f'INSERT INTO "{table}" VALUES ({slots})',  # noqa: S608  # names of ours
            zip(*cells, strict=True),
        )
        for column in sheet.labels:
            if (column,) != sheet.key[:1]:
                run(f'CREATE INDEX "{table}_{column}" ON "{table}" ("{column}")')
        self._add_labels(table, sheet)

    def _add_labels(self, table: str, sheet: Sheet) -> None:
        self._connection.executemany(
            "INSERT INTO labels VALUES (?, ?, ?, ?, ?)",
            [
                (table, column, code, names.get("fr"), names.get("en"))
                for column, codes in sheet.labels.items()
                for code, names in codes.items()
            ],
        )
        if sheet.labels:
            self._connection.execute(_view(table, sheet))

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the file, which is whole then; nothing can be added.

        Raises:
            OSError: The disk refuses.
        """
        try:
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise OSError(str(error)) from None
        self._connection.close()
        with closing(self._path.open("rb")) as file:
            while piece := file.read(_PIECE):
                yield piece


def _table(name: str) -> str:
    return name.replace("-", "_")


def _definition(sheet: Sheet, types: list[str]) -> str:
    """Return the statement that makes the table of a sheet."""
    lines = [f'"{c.name}" {kind}' for c, kind in zip(sheet.columns, types, strict=True)]
    if sheet.key:
        lines.append(f"PRIMARY KEY ({_list(sheet.key)})")
    for reference in sheet.references:
        columns = _list(reference.columns)
        lines.append(f'FOREIGN KEY ({columns}) REFERENCES "{_table(reference.table)}" ({columns})')
    inside = ",\n    ".join(lines)
    return f'CREATE TABLE "{_table(sheet.name)}" (\n    {inside}\n)'


def _view(table: str, sheet: Sheet) -> str:
    """Return the statement that makes the view of a table with the labels of its codes."""
    selected, joined = [], []
    for number, column in enumerate(column.name for column in sheet.columns):
        selected.append(f't."{column}"')
        if column in sheet.labels:
            alias = f"l{number}"
            selected += [f'{alias}.{lang} AS "{column}_{lang}"' for lang in ("fr", "en")]
            joined.append(
                f"LEFT JOIN labels AS {alias} ON {alias}.\"table\" = '{table}'"
                f' AND {alias}."column" = \'{column}\' AND {alias}.code = t."{column}"'
            )
    select = ", ".join(selected)
    joins = "\n".join(joined)
    return f'CREATE VIEW "{table}_in_words" AS\nSELECT {select}\nFROM "{table}" AS t\n{joins}'


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _type(column: Column) -> tuple[str, Callable[..., object]]:
    """Return the type of a column in SQLite, and what makes a value of one.

    SQLite has no decimals: as a number of its own a decimal keeps fifteen digits, and a column in
    which one has more, or a double is not a number, is text instead.
    """
    match column.kind:
        case "integer":
            return "INTEGER", int
        case "boolean":
            return "BOOLEAN", int
        case "decimal":
            exact = all(
                Decimal(repr(float(c))) == c for c in column.cells if isinstance(c, Decimal)
            )
            return ("NUMERIC", float) if exact else ("TEXT", str)
        case "double":
            real = not any(isinstance(c, float) and isnan(c) for c in column.cells)
            return ("REAL", float) if real else ("TEXT", repr)
        case "date" | "moment" | "local moment":
            return "TEXT", _iso
        case "text":
            return "TEXT", str


def _iso(cell: Cell) -> str:
    """Return a day or moment as ISO 8601 writes it, UTC as ``Z``."""
    assert isinstance(cell, date)  # a datetime is one
    text = cell.isoformat()
    return text.replace("+00:00", "Z") if isinstance(cell, datetime) else text
