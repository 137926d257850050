"""The answer to a query: a table, a yes or no, or triples; read as Python values or written out.

An answer is read from the engine, or from a server, to its end: it can be read many times, and
nothing in it is a part that passes for the whole.  `stream` writes what the engine returns without
holding it.
"""

from __future__ import annotations

import csv
import io
import re
from abc import ABC, abstractmethod
from codecs import getincrementaldecoder
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias

import pyoxigraph as ox

from . import __version__, terms
from .errors import CannotRun, UnknownName
from .formats import Format, by_name, names
from .layout import columns_of_text
from .sources import rdf
from .sparql import UNLIMITED
from .values import Row, Term, Value, plain, value

if TYPE_CHECKING:
    from typing import Unpack

    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import rdflib

    from .sparql import Conditions, Found, Limits

__all__ = [
    "STREAMED",
    "Answer",
    "Labels",
    "Queryable",
    "Row",
    "Table",
    "Term",
    "Triples",
    "Truth",
    "Value",
    "snapshot",
    "stream",
]

STREAMED = ("csv", "tsv", "json", "xml", "ntriples")

_SHOWN = 50  # rows in a notebook
# XML 1.0, production [2]: what a document cannot hold, not even escaped.
_NOT_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]")


class Table:
    """The solutions of a SELECT query, in their order.

    Iterating yields a tuple of Python values a row: IRIs and text as `str`, numbers as `int`,
    `Decimal` or `float`, booleans as `bool`, dates (EDTF, xsd) as written, None where unbound.

    Attributes:
        columns: The names of the columns.
        terms: The rows as RDF terms of pyoxigraph, None where unbound.
        labels: Knows what the things in it are called, when whoever asked has told it.
        question: What it answers, in the language of the labels; empty: nobody has said.
        picture: The kind of picture that shows it best; empty: the one that suits its columns.
        meanings: What its columns mean, for those that somebody has explained.
    """

    def __init__(self, columns: Sequence[str], terms: Iterable[Row]) -> None:
        self.columns = tuple(columns)
        self.terms = list(terms)
        self.labels: Labels | None = None
        self.question = ""
        self.picture = ""
        self.meanings: Mapping[str, str] = {}

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return (tuple(map(value, row)) for row in self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __repr__(self) -> str:
        return f"<Table {len(self)} rows: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        from . import markup

        rows = self.terms[:_SHOWN]
        caption = markup.Caption(self.question, self.labels.lang if self.labels else "en")
        return markup.html(self.columns, rows, self._labels(rows), self._total(), caption)

    def dicts(self) -> Iterator[dict[str, Value]]:
        """Yield each row as a dictionary of Python values by the name of their column."""
        return (dict(zip(self.columns, row, strict=True)) for row in self)

    def write(self, format: str) -> bytes:
        """Return the table in a format.

        Args:
            format: ``csv``, ``tsv``, ``json`` or ``xml``, those of SPARQL 1.1
                (https://www.w3.org/TR/sparql11-overview/) to the letter: CSV has lines ending in
                CRLF, IRIs as plain text; ``parquet`` or ``arrow``, typed as `to_arrow` tells;
                ``markdown``, ``svg``, ``png`` or ``table``, all for people.

        Raises:
            UnknownName: The format is none of them.
            CannotRun: XML, and a text holds what XML cannot.
            NoPicture: A picture, and the columns are those of none.
            MissingExtra: Parquet, Arrow or PNG, and what writes them is not installed.
        """
        if format == "table":
            return self.to_text().encode()
        if format == "markdown":
            return self.to_markdown().encode()
        if format in names("picture"):
            return self.to_svg().encode() if format == "svg" else self.to_png()
        if format in names("columns"):
            from . import frames

            return frames.write(self.to_arrow(), format)
        if format not in names("table"):
            known = names("table", "columns", "text", "picture")
            raise UnknownName("format for a table", format, ["table", *known])
        return _streamed(self._solutions(), format)

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

    def to_text(self, width: int = 80) -> str:
        """Return the table for people: aligned to a width, or a record a row where it is too wide.

        An IRI is shown by its short name and, where the graph has one, its label.
        """
        return columns_of_text(self.columns, list(self._shown()), width)

    def to_markdown(self) -> str:
        """Return a table of GitHub's Markdown, in which nothing that a cell says is markup."""
        from . import markup

        return markup.markdown(self.columns, self.terms, self._labels(self.terms))

    def to_svg(self, title: str = "", width: int = 900) -> str:
        """Return a picture of the rows: a matrix, a timeline, bars, a map or a network.

        Args:
            title: What it shows; the question that the table answers when empty.
            width: In CSS pixels; below 600 the layout is that of a phone.

        Raises:
            NoPicture: The columns are those of none; the text tells which each picture needs.
            UsageError: There are more rows than a picture can show.
        """
        from . import pictures

        french = self.labels is not None and self.labels.lang == "fr"
        setting = pictures.Setting(
            title=title or self.question or ", ".join(self.columns),
            source=self._origin(),
            lang="fr" if french else "en",
            names=self._code_names(),
            width=width,
        )
        rows = [tuple(map(_code, row)) for row in self]
        return pictures.draw(self.columns, rows, setting, self.picture)

    def to_png(self, title: str = "", width: int = 900) -> bytes:
        """Return the picture that `to_svg` draws as PNG, two pixels for each of its own.

        Raises:
            NoPicture, UsageError: As `to_svg`.
            MissingExtra: The extra ``png`` is not installed.
        """
        from . import pictures

        return pictures.to_png(self.to_svg(title, width))

    def _origin(self) -> str:
        """Return where the rows come from: the name of the dataset, and the release."""
        named = self.labels.of_iris([terms.DATASET]) if self.labels else {}
        return " · ".join([*named.values(), f"millelieux-graph {__version__}"])

    def _code_names(self) -> Callable[[str, str], str]:
        """Return what tells the name of a code in a column, each column looked up once."""
        known: dict[str, Mapping[str, str]] = {}

        def name(column: str, code: str) -> str:
            if column not in known:
                known[column] = self._column_names(column)
            return known[column].get(code, code)

        return name

    def _column_names(self, column: str) -> Mapping[str, str]:
        if self.labels is None or column not in self.columns:
            return {}
        cells = [row[self.columns.index(column)] for row in self.terms]
        iris = {term.value for term in cells if isinstance(term, ox.NamedNode)}
        codes = {term.value for term in cells if isinstance(term, ox.Literal)}
        named = {str(_code(iri)): label for iri, label in self.labels.of_iris(iris).items()}
        return {**named, **self.labels.of_codes(column, codes)}

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table: each column of one type, null where unbound.

        Numbers, booleans, `xsd:date` and `xsd:dateTime` have types of their own; all else, and
        columns of several kinds, are text.  EDTF dates stay text; beside them the columns
        ``…_earliest`` and ``…_latest`` give the half-open interval that each covers.  Metadata
        holds the question, and of each column its datatype and meaning.

        Raises:
            MissingExtra: pyarrow is not installed.
        """
        from . import frames

        return frames.arrow(self.columns, self.terms, self.meanings, self.question)

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame of pandas: `to_arrow` with nullable types, decimals as ``Float64``.

        Raises:
            MissingExtra: pandas or pyarrow is not installed.
        """
        from . import frames

        return frames.pandas_frame(self.to_arrow())

    def to_polars(self) -> pl.DataFrame:
        """Return a data frame of polars: the types of `to_arrow`.

        Raises:
            MissingExtra: polars or pyarrow is not installed.
        """
        from . import frames

        return frames.polars_frame(self.to_arrow())

    def _total(self) -> str:
        """Return how many rows there are, and how many of them a notebook shows."""
        rows = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        if len(self) <= _SHOWN:
            return rows
        return f"{_SHOWN} of {rows}; to_pandas() or write() gives them all"

    def _labels(self, rows: Iterable[Row]) -> Mapping[str, str]:
        """Return what the IRIs in some rows are called."""
        iris = {term.value for row in rows for term in row if isinstance(term, ox.NamedNode)}
        return self.labels.of_iris(iris) if iris and self.labels else {}

    def _shown(self) -> Iterator[tuple[Value, ...]]:
        """Yield the rows as people want to see them."""
        labels = self._labels(self.terms)
        for row in self.terms:
            yield tuple(
                _named(term.value, labels) if isinstance(term, ox.NamedNode) else value(term)
                for term in row
            )

    def _solutions(self) -> ox.QuerySolutions:
        """Return the rows as the engine has them, which then writes them: it reads our TSV."""
        head = "\t".join(f"?{name}" for name in self.columns)
        lines = ("\t".join(map(_tsv, row)) for row in self.terms)
        parsed = ox.parse_query_results(
            "".join(f"{line}\n" for line in (head, *lines)), ox.QueryResultsFormat.TSV
        )
        assert isinstance(parsed, ox.QuerySolutions)  # TSV has no booleans
        return parsed


def _code(cell: Value) -> Value:
    """Return the code of a thing of ours for its IRI, and anything else as it is."""
    ours = isinstance(cell, str) and cell.startswith(terms.BASE)
    return terms.last_segment(str(cell)) if ours else cell


class Truth:
    """The answer to an ASK query; true or false as `bool` sees it."""

    def __init__(self, value: bool) -> None:
        self._value = value

    def __bool__(self) -> bool:
        return self._value

    def __repr__(self) -> str:
        return f"<Truth {self._value}>"

    def _repr_html_(self) -> str:
        return f"<p><strong>{str(self._value).lower()}</strong></p>"

    def write(self, format: str) -> bytes:
        """Return the answer as a word (``table``, ``markdown``), or as SPARQL 1.1 writes it."""
        word = str(self._value).lower()
        if format in ("table", "markdown"):
            return f"{word}\n".encode()
        json = f'{{"head":{{}},"boolean":{word}}}'
        return _streamed(ox.parse_query_results(json, ox.QueryResultsFormat.JSON), format)


class Triples:
    """The triples of a CONSTRUCT or DESCRIBE query."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._triples = list(triples)

    def __iter__(self) -> Iterator[ox.Triple]:
        return iter(self._triples)

    def __len__(self) -> int:
        return len(self._triples)

    def __repr__(self) -> str:
        return f"<Triples {len(self)}>"

    def _repr_html_(self) -> str:
        return Table(
            ("subject", "predicate", "object"),
            ((t.subject, t.predicate, t.object) for t in self._triples),
        )._repr_html_()

    def write(self, format: str) -> bytes:
        """Return the triples in a format for graphs; ``table`` stands for ``turtle``.

        Raises:
            UnknownName: The format is none.
            CannotRun: JSON-LD, and an object is a triple itself (RDF 1.2).
        """
        known = _graph_format("turtle" if format == "table" else format)
        prefixes = rdf.used_prefixes(self._triples)
        if known.name == "jsonld":
            from . import jsonld

            return jsonld.write(self._triples, prefixes)
        return rdf.write(self._triples, known, prefixes)

    def to_turtle(self) -> str:
        """Return Turtle."""
        return self.write("turtle").decode()

    def to_ntriples(self) -> str:
        """Return N-Triples."""
        return self.write("ntriples").decode()

    def to_jsonld(self) -> str:
        """Return compact JSON-LD."""
        return self.write("jsonld").decode()

    def to_rdfxml(self) -> str:
        """Return RDF/XML."""
        return self.write("rdfxml").decode()

    def to_rdflib(self) -> rdflib.Graph:
        """Hand the triples over as an `rdflib.Graph`, with our prefixes.

        Raises:
            CannotRun: An object is a triple itself (RDF 1.2), which rdflib does not know.
        """
        if any(isinstance(triple.object, ox.Triple) for triple in self._triples):
            raise CannotRun("rdflib knows no triple as an object; write turtle or ntriples.")
        import rdflib  # a second: only for whoever asks

        graph = rdflib.Graph()
        graph.parse(data=self.to_ntriples(), format="nt")
        for prefix, namespace in rdf.used_prefixes(self._triples).items():
            graph.bind(prefix, namespace)
        return graph


Answer: TypeAlias = Table | Truth | Triples


class Labels(Protocol):
    """Knows what things are called, in one language."""

    @property
    def lang(self) -> str:
        """The language, ``fr`` or ``en``."""

    def of_iris(self, iris: Collection[str]) -> Mapping[str, str]:
        """Return the labels of IRIs, for those that have one."""

    def of_codes(self, column: str, codes: Collection[str]) -> Mapping[str, str]:
        """Return the labels of the codes in a column, for those that have one."""


class Queryable(ABC):
    """What can be asked: a graph in this process, or a server."""

    @abstractmethod
    def ask(
        self,
        text: str,
        *,
        without: Collection[str] = (),
        services: Collection[str] = (),
        limits: Limits = UNLIMITED,
    ) -> Found:
        """Evaluate a SPARQL 1.1 query over the union of the named graphs.

        Args:
            text: The query.
            without: Short names of graphs to leave out, such as ``inferred``.
            services: Hosts that ``SERVICE`` may call.
            limits: What the evaluation may cost.

        Returns:
            What was found, to be read once; `answer` reads it.

        Raises:
            UnknownName: No graph to leave out has that name.
            ForbiddenQuery, QuerySyntax: See `sparql`.
            TimedOut: The time is over.
            CannotRun: The evaluation failed, as a ``SERVICE`` call can, or needs more memory.
        """

    @abstractmethod
    def names(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""

    def answer(self, text: str, **conditions: Unpack[Conditions]) -> Answer:
        """Return the whole answer to a query; arguments and errors are those of `ask`."""
        return snapshot(self.ask(text, **conditions))


def snapshot(found: Found) -> Answer:
    """Read what an engine returned, to the end, into an answer that can be read many times.

    Raises:
        CannotRun: The evaluation failed on the way, as a ``SERVICE`` call can.
    """
    try:
        if isinstance(found, ox.QuerySolutions):
            return Table([v.value for v in found.variables], map(tuple, found))
        return Truth(bool(found)) if isinstance(found, ox.QueryBoolean) else Triples(found)
    except (OSError, RuntimeError) as error:
        raise CannotRun(f"The query could not be evaluated: {error}.") from None


def stream(found: Found, format: str, out: BinaryIO) -> None:
    """Write what an engine returned as it comes, without holding it.

    Args:
        found: Is read to its end.
        format: One of `STREAMED`: the four of SPARQL for tables and truths, N-Triples for triples.
        out: Where the bytes go.

    Raises:
        UnknownName: The format cannot hold it.
        CannotRun: A text holds what XML cannot.
        OSError: The bytes cannot be written.
    """
    if not isinstance(found, ox.QuerySolutions | ox.QueryBoolean):
        rdf_format = ox.RdfFormat.from_media_type(_graph_format(format).media_type)
        ox.serialize(found, out, rdf_format)
    elif format == "csv" and isinstance(found, ox.QuerySolutions):
        _write_csv(found, out)
    else:
        media_type = _table_format(format).media_type
        sink: Any = _Xml(out) if format == "xml" else out  # a writer needs write() only
        found.serialize(sink, ox.QueryResultsFormat.from_media_type(media_type))


def _streamed(found: Found, format: str) -> bytes:
    written = io.BytesIO()
    stream(found, format, written)
    return written.getvalue()


def _table_format(name: str) -> Format:
    if name not in names("table"):
        raise UnknownName("format for results", name, ["table", *names("table", "text")])
    return by_name(name)


def _graph_format(name: str) -> Format:
    if name not in names("graph"):
        raise UnknownName("format for triples", name, names("graph"))
    return by_name(name)


def _write_csv(found: ox.QuerySolutions, out: BinaryIO) -> None:
    """Write CSV; the engine's does not quote an IRI that has a comma."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([v.value for v in found.variables])
    writer.writerows([plain(term) for term in row] for row in found)
    text.detach()


class _Xml(io.RawIOBase):
    """XML that says what it was given to say, which the engine's does not for every text."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._decode = getincrementaldecoder("utf-8")().decode

    def writable(self) -> bool:
        return True

    def write(self, chunk: bytes) -> int:  # type: ignore[override]  # the engine sends bytes
        if _NOT_XML.search(self._decode(chunk)):
            raise CannotRun(
                "A text holds a control character, which XML cannot; choose json or tsv."
            )
        self._out.write(chunk.replace(b"\r", b"&#13;"))  # XML 1.0 §2.11: read as \n otherwise
        return len(chunk)


def _tsv(term: Term) -> str:
    # SPARQL 1.2 has triples as terms; the engine writes them without their brackets.
    return f"<<( {term} )>>" if isinstance(term, ox.Triple) else "" if term is None else str(term)


def _named(iri: str, labels: Mapping[str, str]) -> str:
    short, label = terms.curie(iri), labels.get(iri)
    return f"{short} ({label})" if label else short
