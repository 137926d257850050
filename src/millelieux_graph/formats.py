"""The one table of formats: name, media type, file suffix, and what each can hold.

Nothing else in the project knows a media type or a suffix.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from .errors import UnknownName

__all__ = ["FORMATS", "Format", "by_name", "by_suffix", "is_packed", "names"]

Kind = Literal[
    "graph", "dataset", "table", "columns", "text", "picture", "tables", "schema", "packed"
]

# What people call a format, where that is not its name in capitals.
_TITLES = {
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF/XML",
    "jsonld": "JSON-LD",
    "nquads": "N-Quads",
    "trig": "TriG",
    "parquet": "Parquet",
    "arrow": "Arrow",
    "markdown": "Markdown",
    "sqlite": "SQLite",
    "csvw": "CSV on the Web",
    "gzip": "gzip",
}


@dataclass(frozen=True, slots=True)
class Format:
    """A serialisation.

    Attributes:
        name: The word for it on the command line.
        media_type: As registered with IANA, or named by the W3C recommendation.
        suffix: Of files, with its dot.
        kind: ``graph`` (triples), ``dataset`` (quads), ``table`` (query solutions, by SPARQL),
            ``columns`` (query solutions, in columns of one type each), ``text`` or ``picture``
            (both for people), ``tables`` (many of them in one file), ``schema`` (what the columns
            of tables are), ``packed`` (any other file, made smaller).
        spec: The recommendation that defines it.
    """

    name: str
    media_type: str
    suffix: str
    kind: Kind
    spec: str

    @property
    def title(self) -> str:
        """What people call it."""
        return _TITLES.get(self.name, self.name.upper())

    @property
    def is_rdf(self) -> bool:
        """Whether it holds triples or quads."""
        return self.kind in ("graph", "dataset")


FORMATS = (
    Format("turtle", "text/turtle", ".ttl", "graph", "https://www.w3.org/TR/turtle/"),
    Format("ntriples", "application/n-triples", ".nt", "graph", "https://www.w3.org/TR/n-triples/"),
    Format(
        "rdfxml",
        "application/rdf+xml",
        ".rdf",
        "graph",
        "https://www.w3.org/TR/rdf-syntax-grammar/",
    ),
    Format("jsonld", "application/ld+json", ".jsonld", "graph", "https://www.w3.org/TR/json-ld11/"),
    Format("nquads", "application/n-quads", ".nq", "dataset", "https://www.w3.org/TR/n-quads/"),
    Format("trig", "application/trig", ".trig", "dataset", "https://www.w3.org/TR/trig/"),
    Format("csv", "text/csv", ".csv", "table", "https://www.w3.org/TR/sparql11-results-csv-tsv/"),
    Format(
        "tsv",
        "text/tab-separated-values",
        ".tsv",
        "table",
        "https://www.w3.org/TR/sparql11-results-csv-tsv/",
    ),
    Format(
        "json",
        "application/sparql-results+json",
        ".srj",
        "table",
        "https://www.w3.org/TR/sparql11-results-json/",
    ),
    Format(
        "xml",
        "application/sparql-results+xml",
        ".srx",
        "table",
        "https://www.w3.org/TR/rdf-sparql-XMLres/",
    ),
    Format(
        "parquet",
        "application/vnd.apache.parquet",
        ".parquet",
        "columns",
        "https://parquet.apache.org/docs/file-format/",
    ),
    Format(
        "arrow",
        "application/vnd.apache.arrow.file",
        ".arrow",
        "columns",
        "https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format",
    ),
    Format("markdown", "text/markdown", ".md", "text", "https://github.github.com/gfm/"),
    Format("svg", "image/svg+xml", ".svg", "picture", "https://www.w3.org/TR/SVG2/"),
    Format("png", "image/png", ".png", "picture", "https://www.w3.org/TR/png-3/"),
    Format(
        "sqlite",
        "application/vnd.sqlite3",
        ".sqlite",
        "tables",
        "https://www.sqlite.org/fileformat2.html",
    ),
    Format(
        "csvw",
        "application/csvm+json",
        "-metadata.json",
        "schema",
        "https://www.w3.org/TR/tabular-metadata/",
    ),
    Format("gzip", "application/gzip", ".gz", "packed", "https://www.rfc-editor.org/rfc/rfc1952"),
)


def names(*kinds: Kind) -> list[str]:
    """Return the names of the formats of these kinds, in the table's order."""
    return [f.name for f in FORMATS if f.kind in kinds]


def by_name(name: str) -> Format:
    """Return the format of this name.

    Raises:
        UnknownName: No format has it.
    """
    for candidate in FORMATS:
        if candidate.name == name:
            return candidate
    raise UnknownName("format", name, [f.name for f in FORMATS])


def by_suffix(path: PurePath) -> Format | None:
    """Return the RDF format that a file's suffix names, packed or not; None: another suffix."""
    named = path.with_suffix("") if is_packed(path) else path
    return next((f for f in FORMATS if f.is_rdf and f.suffix == named.suffix.lower()), None)


def is_packed(path: PurePath) -> bool:
    """Tell whether a file's suffix says that it is packed with gzip."""
    return path.suffix.lower() == by_name("gzip").suffix
