"""The rows that a picture is drawn from: columns by name, each distinct row once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from ..values import Value

__all__ = ["Rows"]

_MOST = 5000


class Rows:
    """Rows of Python values.

    Args:
        columns: The names of the columns.
        rows: One value a column; None where there is none.

    Raises:
        UsageError: A row is longer or shorter than the columns, or there are more rows than
            anybody can look at.
    """

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        if len(rows) > _MOST:
            raise UsageError(
                f"A picture shows up to {_MOST} rows, and there are {len(rows)}: "
                "restrict the query, or choose a table."
            )
        if any(len(row) != len(columns) for row in rows):
            raise UsageError(f"Every row must have one value for each of: {', '.join(columns)}.")
        self.columns, self._rows = tuple(columns), rows

    def pick(self, *columns: str) -> list[tuple[Value, ...]]:
        """Return the distinct rows of some columns, in order; None stands for an absent column.

        The same claim has one row for each passage that it rests on.
        """
        places = [self.columns.index(c) if c in self.columns else None for c in columns]
        return list(
            dict.fromkeys(
                tuple(None if p is None else row[p] for p in places) for row in self._rows
            )
        )
