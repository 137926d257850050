"""A contract table: its rows as columns of one type, what identifies them, and what they refer to.

Keys and references are declared here, and held only where they are true: a reader of files must
not be promised what somebody's own data do not keep.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..columns import Cell, Column, typed
from ..queries import Query, run
from ..results import Table
from ..terms import expand

if TYPE_CHECKING:
    from ..graph import Graph

__all__ = ["Reference", "Sheet", "Summary", "sheets"]

# What names a row.  Most tables have a row for each passage that bears a claim out, so that only
# the whole row is one of a kind.
_KEYS = {
    "discrepancies": ("discrepancy",),
    "enabling-conditions": ("condition",),
    "impact-axes": ("axis",),
    "impact-disagreements": ("place", "impact"),
    "impact-listings": ("place", "impact", "page"),
    "impact-matrix": ("place", "impact"),
    "impacts": ("impact",),
}
# The tables that others refer to by their key; they are made first.
_TARGETS = ("impacts", "impact-axes", "impact-matrix")
# Texts that are no codes.
_PROSE = {"label", "name", "paraphrase", "sha256", "statedSource", "title", "variant"}

# What is an empty cell in CSV, which knows no other nothing.
_EMPTY: AbstractSet[Cell] = frozenset({None, ""})

Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Reference:
    """Columns of a table that hold the key of another."""

    columns: tuple[str, ...]
    table: str


@dataclass(frozen=True)
class Summary:
    """What is known of a table without its rows.

    Attributes:
        query: The stored query whose answer it is.
        columns: Its typed columns, without cells.
        key: The columns that name a row; empty: none do.
        references: To other tables.
        required: The columns that no row leaves empty.
    """

    query: Query
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    required: frozenset[str]


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes:
        query: The stored query whose answer it is.
        answer: Its rows.
        columns: The rows by column, EDTF dates with their intervals.
        key: The columns that name a row; empty: none do.
        references: To other tables.
        labels: Of the codes in a column, by column, code and language.
    """

    query: Query
    answer: Table
    columns: Sequence[Column]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    labels: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called: as the query is."""
        return self.query.name

    def summary(self) -> Summary:
        """Return what is known of it without its rows."""
        return Summary(
            self.query,
            tuple(column._replace(cells=[]) for column in self.columns),
            self.key,
            self.references,
            frozenset(c.name for c in self.columns if _EMPTY.isdisjoint(c.cells)),
        )


def sheets(graph: Graph, contract: Iterable[Query]) -> Iterator[Sheet]:
    """Yield the table of each query, those that others refer to first."""
    keys: dict[str, set[Row]] = {}
    by_name = {query.name: query for query in contract}
    for name in [
        *(n for n in _TARGETS if n in by_name),
        *(n for n in by_name if n not in _TARGETS),
    ]:
        query = by_name[name]
        answers = {lang: _answer(graph, query, lang) for lang in ("en", "fr")}
        columns = typed(answers["fr"].columns, answers["fr"].terms, query.columns)
        key = _key(name, columns)
        if name in _TARGETS and key:
            keys[name] = set(_rows(columns, key))
        references = tuple(_references(name, columns, keys))
        yield Sheet(query, answers["fr"], columns, key, references, _labels(columns, answers))


def _answer(graph: Graph, query: Query, lang: str) -> Table:
    answer = run(graph, query, lang=lang)
    assert isinstance(answer, Table)  # stored queries are SELECT queries, by test
    return answer


def _key(name: str, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the key of a table, if every row has one of its own."""
    key = _KEYS.get(name, ())
    rows = list(_rows(columns, key)) if key else []
    true = len(set(rows)) == len(rows) and all(_EMPTY.isdisjoint(row) for row in rows)
    return key if true else ()


def _references(
    name: str, columns: Sequence[Column], keys: Mapping[str, Collection[Row]]
) -> Iterator[Reference]:
    """Yield the references that every row keeps: it has the whole key of another row, or none."""
    names = {column.name for column in columns}
    for target, known in keys.items():
        key = _KEYS[target]
        if target != name and names.issuperset(key):
            rows = set(_rows(columns, key)) - {(None,) * len(key)}
            if rows and rows <= set(known):
                yield Reference(key, target)


def _rows(columns: Sequence[Column], names: Sequence[str]) -> Iterator[Row]:
    by_name = {column.name: column.cells for column in columns}
    return zip(*(by_name[name] for name in names), strict=True)


def _labels(
    columns: Sequence[Column], answers: Mapping[str, Table]
) -> dict[str, dict[str, dict[str, str]]]:
    """Return what the codes of each column are called in each language."""
    found = {}
    for column in columns:
        if column.kind != "text" or column.name in _PROSE or column.datatype == expand("edtf:EDTF"):
            continue
        codes = {str(cell) for cell in column.cells if cell is not None}
        named: dict[str, dict[str, str]] = {}
        for lang, answer in sorted(answers.items()):
            known = answer.labels.of_codes(column.name, codes) if answer.labels else {}
            for code, label in known.items():
                named.setdefault(code, {})[lang] = label
        if named:
            found[column.name] = dict(sorted(named.items()))
    return found
