"""What the columns of the CSV files are, as CSV on the Web tells it.

https://www.w3.org/TR/tabular-metadata/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .. import terms
from .words import WORDS

if TYPE_CHECKING:
    from ..columns import Column
    from .sheets import Summary

__all__ = ["schema"]

_CONTEXT = "http://www.w3.org/ns/csvw"
_DATATYPES = {
    "integer": "integer",
    "decimal": "decimal",
    "double": "double",
    "boolean": {"base": "boolean", "format": "true|false"},
    "date": "date",
    "moment": "dateTime",
    "local moment": "dateTime",
    "text": "string",
}


def schema(tables: Iterable[Summary], about: Mapping[str, str]) -> bytes:
    """Return the metadata of a group of tables, whose files stand beside it.

    Args:
        tables: The tables.
        about: The title of the dataset by language, and its ``licence``.
    """
    told = {
        "@context": _CONTEXT,
        "dc:title": [_said(about[lang], lang) for lang in ("fr", "en") if lang in about],
        "dc:license": {"@id": about["licence"]} if "licence" in about else None,
        "dc:source": {"@id": terms.DATASET},
        # SPARQL 1.1 Query Results CSV, section 3; RFC 4180.
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        "tables": [_table(table) for table in sorted(tables, key=lambda t: t.query.name)],
    }
    return (json.dumps(_without_nothing(told), ensure_ascii=False, indent=1) + "\n").encode()


def _table(table: Summary) -> dict[str, Any]:
    query = table.query
    return {
        "url": f"{query.name}.csv",
        "dc:title": [_said(query.question[lang], lang) for lang in ("fr", "en")],
        "dc:source": {"@id": f"{terms.BASE}query/{query.name}"},
        "dc:subject": [*query.keywords],
        "tableSchema": _without_nothing(
            {
                "columns": list(_columns(table)),
                "primaryKey": [*table.key],
                "foreignKeys": [
                    {
                        "columnReference": [*reference.columns],
                        "reference": {
                            "resource": f"{reference.table}.csv",
                            "columnReference": [*reference.columns],
                        },
                    }
                    for reference in table.references
                    # Strict validators want each row to refer to something.
                    if table.required.issuperset(reference.columns)
                ],
            }
        ),
    }


def _columns(table: Summary) -> Iterator[dict[str, Any]]:
    """Yield the columns that the CSV file has: those of the query."""
    for column in table.columns:
        if column.name in table.query.columns:
            french, english = WORDS.get(column.name, ("", ""))
            titles = {"und": column.name, "fr": french, "en": english}
            told = {
                "name": column.name,
                "titles": {lang: title for lang, title in titles.items() if title},
                "dc:description": _said(column.meaning, "en") if column.meaning else None,
                "datatype": _datatype(column),
                "required": column.name in table.required or None,
                "null": "",
            }
            yield {key: value for key, value in told.items() if value is not None}


def _datatype(column: Column) -> object:
    """Return the datatype of a column; one that CSV on the Web does not know by its IRI."""
    if column.datatype == terms.expand("edtf:EDTF"):
        return {"@id": column.datatype, "base": "string"}
    return _DATATYPES[column.kind]


def _said(text: str, lang: str) -> dict[str, str]:
    return {"@value": text, "@language": lang}


def _without_nothing(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if value}
