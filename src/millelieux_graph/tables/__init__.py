"""The tables of a release: the answers of the contract queries, for those who do not ask SPARQL.

Each is a CSV file and, where pyarrow is installed, a Parquet file; all of them are one SQLite
database.  Beside them stands what the columns are (CSV on the Web), and what Datasette shows.

CSV is that of SPARQL 1.1, to the letter, so that it equals what an endpoint answers: a text that a
spreadsheet would take for a formula is not changed.  Whoever opens a file of unknown origin there
imports its columns as text; Parquet and SQLite have types, and no such question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

import pyoxigraph as ox

from .. import queries, terms
from ..distributions import Distribution
from ..errors import MissingExtra
from ..formats import Format, by_name
from ..results import Table
from ..values import plain
from .database import Database
from .schema import schema
from .sheets import Sheet, sheets

if TYPE_CHECKING:
    from pathlib import Path

    from ..graph import Graph

__all__ = ["Tables", "files"]

FOLDER = "tables/"
DATASETTE = f"{FOLDER}metadata.json"
_STEM = "millelieux"
_ABOUT = """
SELECT ?licence ?title
WHERE {{ <{dataset}> <{dcterms}license> ?licence ; <{dcterms}title> ?title }}
ORDER BY LANG(?title) ?title ?licence
"""


def files(graph: Graph) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
    """Yield the name of each file with its bytes, as `Tables.files` does."""
    with Tables(graph) as tables:
        yield from tables.files()


class Tables:
    """The tables of one graph.

    Args:
        graph: What the queries are asked of.
        folder: Where temporary files go; the system's own place when None.

    Attributes:
        left_out: The files that could not be written, by name, each with the reason.
    """

    def __init__(self, graph: Graph, folder: Path | None = None) -> None:
        self.left_out: dict[str, str] = {}
        self._graph = graph
        self._folder = TemporaryDirectory(prefix="millelieux-", dir=folder)
        self._queries = {q.name: q for q in queries.catalogue() if q.level == "contract"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def files(self) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
        """Yield the name of each file with its bytes; they are read before the next is asked for.

        Names are paths in the release: ``tables/places.csv``, ``tables/millelieux.sqlite``.
        """
        told = []
        with Database(self._folder.name) as database:
            for sheet in sheets(self._graph, self._queries.values()):
                yield _name(sheet.name, by_name("csv")), sheet.answer.write("csv")
                yield from self._parquet(sheet)
                database.add(sheet)
                told.append(sheet.summary())
            yield _name(_STEM, by_name("sqlite")), database.pieces()
        yield _name("csv", by_name("csvw")), schema(told, self._about)
        yield DATASETTE, self._datasette()

    def distributions(self, written: Mapping[str, tuple[int, str]]) -> list[Distribution]:
        """Describe the files.

        Args:
            written: Size and SHA-256 of each file, by its name; what is missing in it is left out.
        """
        return [
            Distribution(
                name=name,
                format=format,
                size=written[name][0],
                sha256=written[name][1],
                title=title,
                table=table,
            )
            for name, format, title, table in self._planned()
            if name in written
        ]

    def _planned(self) -> Iterator[tuple[str, Format, dict[str, str], str | None]]:
        for query in self._queries.values():
            for format in (by_name("csv"), by_name("parquet")):
                title = {
                    "fr": f"Table « {query.name} », {format.title}",
                    "en": f"Table “{query.name}”, {format.title}",
                }
                yield _name(query.name, format), format, title, query.name
        format = by_name("sqlite")
        title = {
            "fr": f"Toutes les tables, base {format.title}",
            "en": f"All tables, {format.title} database",
        }
        yield _name(_STEM, format), format, title, None
        format = by_name("csvw")
        title = {
            "fr": f"Description des tables, {format.title}",
            "en": f"Description of the tables, {format.title}",
        }
        yield _name("csv", format), format, title, None

    def _parquet(self, sheet: Sheet) -> Iterator[tuple[str, bytes]]:
        name = _name(sheet.name, by_name("parquet"))
        try:
            yield name, sheet.answer.write("parquet")
        except MissingExtra as error:
            self.left_out[name] = str(error)

    @cached_property
    def _about(self) -> dict[str, str]:
        """The title of the dataset by language, and its licence."""
        text = _ABOUT.format(dataset=terms.DATASET, dcterms=terms.PREFIXES["dcterms"])
        told: dict[str, str] = {}
        answer = self._graph.answer(text)
        assert isinstance(answer, Table)  # it is a SELECT
        for licence, title in answer.terms:
            told.setdefault("licence", plain(licence))
            if isinstance(title, ox.Literal):
                told.setdefault(title.language or "", title.value)
        return told

    def _datasette(self) -> bytes:
        """Return the metadata that Datasette shows (https://docs.datasette.io/, “Metadata”)."""
        tables = {
            query.name.replace("-", "_"): {
                "description": " / ".join(query.question[lang] for lang in ("fr", "en")),
                "columns": dict(query.columns),
            }
            for query in self._queries.values()
        }
        about = self._about
        told = {
            "title": about.get("en") or about.get("fr") or terms.DATASET,
            "license_url": about.get("licence", ""),
            "source_url": terms.DATASET,
            "databases": {_STEM: {"tables": tables}},
        }
        return (
            json.dumps({k: v for k, v in told.items() if v}, ensure_ascii=False, indent=1) + "\n"
        ).encode()


def _name(stem: str, format: Format) -> str:
    return f"{FOLDER}{stem}{format.suffix}"
