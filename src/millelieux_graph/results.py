"""The answer to a query: a table, a yes or no, or triples; read as Python values or written out.

The W3C result formats are written by the engine, from one snapshot of the answer, so that every
format says the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from unicodedata import category

import pyoxigraph as ox

from .errors import CannotRun, UnknownName
from .formats import by_name, names
from .sources import rdf

if TYPE_CHECKING:
    from .graph import QueryResult

__all__ = ["Answer", "Table", "Triples", "Truth", "Value", "snapshot"]

Value: TypeAlias = str | int | float | bool | Decimal | None
Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS = {
    f"{_XSD}{name}"
    for name in (
        "byte int integer long negativeInteger nonNegativeInteger nonPositiveInteger "
        "positiveInteger short unsignedByte unsignedInt unsignedLong unsignedShort"
    ).split()
}
_FLOATS = {f"{_XSD}double", f"{_XSD}float"}
# XML 1.0, production [2]: what a document cannot hold, not even escaped.
_NOT_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]")
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Table:
    """The solutions of a SELECT query, in their order.

    Iterating yields a tuple of Python values a row: IRIs and text as `str`, numbers as `int`,
    `Decimal` or `float`, booleans as `bool`, dates (EDTF, xsd) as written, None where unbound.

    Attributes:
        columns: The names of the columns.
    """

    def __init__(self, json: bytes) -> None:
        self._json = json
        self.columns: tuple[str, ...] = tuple(v.value for v in self._solutions().variables)

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return (tuple(map(_value, row)) for row in self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __repr__(self) -> str:
        return f"<Table {len(self)} rows: {', '.join(self.columns)}>"

    @cached_property
    def terms(self) -> list[tuple[Term, ...]]:
        """The rows as RDF terms of pyoxigraph."""
        return [tuple(row) for row in self._solutions()]

    def write(self, format: str) -> bytes:
        """Return the table in a format: ``table``, ``csv``, ``tsv``, ``json`` or ``xml``.

        The last four are those of SPARQL 1.1 (https://www.w3.org/TR/sparql11-overview/), to the
        letter: CSV has lines ending in CRLF, IRIs as plain text.

        Raises:
            UnknownName: The format is none of them.
        """
        if format == "table":
            return self.to_text().encode()
        if format == "csv":
            return self._csv()
        return _written(self._solutions(), format)

    def to_csv(self) -> str:
        """Return SPARQL 1.1 Query Results CSV."""
        return self.write("csv").decode()

    def to_tsv(self) -> str:
        """Return SPARQL 1.1 Query Results TSV: terms keep their type and language."""
        return self.write("tsv").decode()

    def to_json(self) -> str:
        """Return SPARQL 1.1 Query Results JSON."""
        return self.write("json").decode()

    def to_xml(self) -> str:
        """Return SPARQL Query Results XML."""
        return self.write("xml").decode()

    def to_text(self) -> str:
        """Return an aligned table for people, with numbers to the right and a line of totals."""
        cells = [["" if v is None else _one_line(v) for v in row] for row in self]
        widths = [max(map(len, column)) for column in zip(self.columns, *cells, strict=True)]
        right = [
            bool(cells) and all(_is_number(row[i]) for row in self) for i in range(len(widths))
        ]
        lines = [
            _aligned(list(self.columns), widths, right),
            _aligned(["─" * w for w in widths], widths, right),
        ]
        lines += [_aligned(row, widths, right) for row in cells]
        return "\n".join([*lines, f"({len(self)} row{'' if len(self) == 1 else 's'})"]) + "\n"

    def _csv(self) -> bytes:
        """Return CSV; the engine's does not quote an IRI that has a comma."""
        written = io.StringIO(newline="")
        writer = csv.writer(written, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows([_plain(term) for term in row] for row in self.terms)
        return written.getvalue().encode()

    def _solutions(self) -> ox.QuerySolutions:
        parsed = ox.parse_query_results(self._json, ox.QueryResultsFormat.JSON)
        assert isinstance(parsed, ox.QuerySolutions)  # it was written from solutions
        return parsed


class Truth:
    """The answer to an ASK query; true or false as `bool` sees it."""

    def __init__(self, json: bytes) -> None:
        self._json = json

    def __bool__(self) -> bool:
        return bool(self._result())

    def write(self, format: str) -> bytes:
        """Return the answer as ``table`` (a word), ``csv``, ``tsv``, ``json`` or ``xml``."""
        return (
            f"{str(bool(self)).lower()}\n".encode()
            if format == "table"
            else _written(self._result(), format)
        )

    def _result(self) -> ox.QueryBoolean:
        parsed = ox.parse_query_results(self._json, ox.QueryResultsFormat.JSON)
        assert isinstance(parsed, ox.QueryBoolean)  # it was written from a boolean
        return parsed


class Triples:
    """The triples of a CONSTRUCT or DESCRIBE query."""

    def __init__(self, triples: list[ox.Triple]) -> None:
        self._triples = triples

    def __iter__(self) -> Iterator[ox.Triple]:
        return iter(self._triples)

    def __len__(self) -> int:
        return len(self._triples)

    def write(self, format: str) -> bytes:
        """Return the triples in a format for graphs; ``table`` stands for ``turtle``."""
        name = "turtle" if format == "table" else format
        if name not in names("graph"):
            raise UnknownName("format for triples", format, names("graph"))
        return rdf.write(self._triples, by_name(name), rdf.used_prefixes(self._triples))


Answer: TypeAlias = Table | Truth | Triples


def snapshot(result: QueryResult) -> Answer:
    """Read what the engine returned, to the end, into an answer that can be read many times.

    Raises:
        CannotRun: The evaluation failed on the way, as a ``SERVICE`` call can.
    """
    try:
        if isinstance(result, ox.QueryTriples):
            return Triples(list(result))
        json = _written(result, "json")
    except (OSError, RuntimeError) as error:
        raise CannotRun(f"The query could not be evaluated: {error}.") from None
    return Table(json) if isinstance(result, ox.QuerySolutions) else Truth(json)


def _written(result: ox.QuerySolutions | ox.QueryBoolean, format: str) -> bytes:
    if format not in names("table"):
        raise UnknownName("format for results", format, ["table", *names("table")])
    media_type = by_name(format).media_type
    written = result.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))
    assert written is not None  # it is when no output is given
    return _xml(written) if format == "xml" else written


def _xml(written: bytes) -> bytes:
    """Return XML that says what it was given to say, which the engine's does not for every text."""
    if _NOT_XML.search(written.decode()):
        raise CannotRun("A text holds a control character, which XML cannot; choose json or tsv.")
    return written.replace(b"\r", b"&#13;")  # XML 1.0 §2.11: a bare one would be read as \n


def _plain(term: Term) -> str:
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term.value
    return "" if term is None else str(term)


def _value(term: Term) -> Value:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return term.value
    return _python(term) if isinstance(term, ox.Literal) else str(term)


def _python(literal: ox.Literal) -> Value:
    """Return a literal's value, or its characters when they are not of its datatype."""
    try:
        return _number_or_text(literal)
    except (ValueError, ArithmeticError):
        return literal.value


def _number_or_text(literal: ox.Literal) -> Value:
    datatype = literal.datatype.value
    if datatype in _INTEGERS:
        return int(literal.value)
    if datatype == f"{_XSD}decimal":
        return Decimal(literal.value)
    if datatype in _FLOATS:
        return float(literal.value)
    if datatype == f"{_XSD}boolean":
        return _TRUTHS.get(literal.value, literal.value)
    return literal.value


def _one_line(value: Value) -> str:
    """Return a value on one line, without the characters that would steer a terminal."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "".join(_REPLACEMENT if category(c) == "Cc" else c for c in " ".join(text.split()))


def _is_number(value: Value) -> bool:
    return value is None or (
        isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    )


def _aligned(cells: list[str], widths: list[int], right: list[bool]) -> str:
    padded = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True))
    return "  ".join(padded).rstrip()
