"""Tables of a release: the same rows in CSV, Parquet and SQLite, and a description that is true."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from csvw import CSVW, TableGroup
from hypothesis import given, settings, strategies as st
from pyarrow import parquet
from stored import CONTRACTS, HEADERS

import millelieux_graph as ml
from millelieux_graph import queries, terms
from millelieux_graph.columns import typed
from millelieux_graph.graph import Graph
from millelieux_graph.results import Table
from millelieux_graph.sources import rdf
from millelieux_graph.tables import Tables
from millelieux_graph.tables.database import Database
from millelieux_graph.tables.schema import schema
from millelieux_graph.tables.sheets import Sheet
from millelieux_graph.tables.words import WORDS
from millelieux_graph.values import plain

if TYPE_CHECKING:
    from millelieux_graph.values import Term

# Whole cells that spreadsheets, C and databases are known to stumble over.
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+1",
    "-1",
    "a\0b",
    'quotes "inside" and, commas',
    "two\r\nlines\nand\rmore",
    "\ufeffmark",
    "'; DROP TABLE places; --",
    "é" * 100_000,
    "\U0001f600 שלום",
    " ",
]


def written(graph: Graph, folder: Path) -> dict[str, bytes]:
    """Write the tables of a graph into a folder, and return them by name."""
    found = {}
    with Tables(graph) as tables:
        for name, data in tables.files():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else b"".join(data))
            found[name] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, dataset: ml.Dataset) -> Path:
    """The tables of the packaged graph."""
    home = tmp_path_factory.mktemp("tables")
    written(dataset.graph, home)
    return home / "tables"


@pytest.fixture
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database of the packaged graph, which no test changes."""
    address = f"file:{folder / 'millelieux.sqlite'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield connection


def described(folder: Path) -> dict[str, Any]:
    """Return the description of each table, by its name."""
    told = json.loads((folder / "csv-metadata.json").read_bytes())
    return {table["url"].removesuffix(".csv"): table for table in told["tables"]}


def rows_of_csv(data: bytes) -> list[tuple[str, ...]]:
    """Return the rows of a CSV file, its header first."""
    with io.StringIO(data.decode(), newline="") as text:
        return [tuple(row) for row in csv.reader(text)]


# What is there.


def test_there_is_a_file_of_each_contract_query(folder: Path) -> None:
    """CSV and Parquet of each, one database, and two descriptions; no more."""
    expected = {f"{name}{suffix}" for name in CONTRACTS for suffix in (".csv", ".parquet")}
    expected |= {"millelieux.sqlite", "csv-metadata.json", "metadata.json"}
    assert {path.name for path in folder.iterdir()} == expected
    assert len(CONTRACTS) == 21


def test_two_builds_are_equal_to_the_byte(
    folder: Path, dataset: ml.Dataset, tmp_path: Path
) -> None:
    """The database too: it keeps no time, and no page depends on the disk."""
    again = written(dataset.graph, tmp_path)
    assert [
        name for name, data in again.items() if (folder.parent / name).read_bytes() != data
    ] == []


def test_without_pyarrow_there_is_no_parquet(
    dataset: ml.Dataset, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All else is the same to the byte, and what is left out is told with what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "millelieux_graph.frames", raising=False)
    monkeypatch.delattr(ml, "frames", raising=False)
    with Tables(dataset.graph) as tables:
        for name, data in tables.files():
            whole = data if isinstance(data, bytes) else b"".join(data)
            assert whole == (folder.parent / name).read_bytes()
            assert not name.endswith(".parquet")
    assert set(tables.left_out) == {f"tables/{name}.parquet" for name in CONTRACTS}
    assert all("millelieux-graph[arrow]" in reason for reason in tables.left_out.values())


def test_each_file_is_described(folder: Path, dataset: ml.Dataset) -> None:
    """Name, size, hash, format and query are those of the file."""
    files = {f"tables/{path.name}": path.read_bytes() for path in folder.iterdir()}
    sizes = {name: (len(data), sha256(data).hexdigest()) for name, data in files.items()}
    with Tables(dataset.graph) as tables:
        told = tables.distributions(sizes)
    assert {d.name for d in told} == set(files) - {"tables/metadata.json"}
    assert all((d.size, d.sha256) == sizes[d.name] for d in told)
    assert all(d.name.endswith(d.format.suffix) and set(d.title) == {"fr", "en"} for d in told)
    assert {d.table for d in told} == {*CONTRACTS, None}


# The rows.


@pytest.mark.parametrize("name", CONTRACTS)
def test_csv_is_what_the_query_answers(folder: Path, dataset: ml.Dataset, name: str) -> None:
    """To the byte that of SPARQL 1.1, as an endpoint gives it."""
    assert (folder / f"{name}.csv").read_bytes() == dataset.query(name).write("csv")


def comparable(cell: object) -> object:
    """Return what a cell says, whichever way a format writes it."""
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, datetime):
        return cell.isoformat().replace("+00:00", "Z")
    if isinstance(cell, date):
        return cell.isoformat()
    return Decimal(repr(cell)) if isinstance(cell, float) else cell


@pytest.mark.parametrize("name", CONTRACTS)
def test_parquet_and_sqlite_hold_the_same_rows(
    folder: Path, database: sqlite3.Connection, name: str
) -> None:
    """In the same order and columns, numbers as numbers; CSV says the same in characters."""
    frame = parquet.read_table(folder / f"{name}.parquet")
    found = database.execute(f'SELECT * FROM "{name.replace("-", "_")}" ORDER BY rowid')  # noqa: S608  # a name of ours
    rows = [tuple(map(comparable, row)) for row in found]
    assert [tuple(map(comparable, row.values())) for row in frame.to_pylist()] == rows
    assert [column[0] for column in found.description] == frame.column_names
    header, *lines = rows_of_csv((folder / f"{name}.csv").read_bytes())
    kept = [frame.column_names.index(column) for column in header]
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        for text, cell in zip(line, (row[i] for i in kept), strict=True):
            if isinstance(cell, str) or cell is None:
                assert text == (cell or "")
            else:
                assert {"true": 1, "false": 0}.get(text) == cell or Decimal(text) == cell


def test_a_date_has_its_interval_beside_it(database: sqlite3.Connection) -> None:
    """EDTF stays text, and two columns can be compared and sorted."""
    found = database.execute(
        "SELECT period, period_earliest, period_latest FROM figures WHERE period = '2017' LIMIT 1"
    ).fetchone()
    assert found == ("2017", "2017-01-01T00:00:00Z", "2018-01-01T00:00:00Z")


# The database.


def test_the_database_is_sound(database: sqlite3.Connection) -> None:
    """SQLite finds no fault, and every reference leads to a row."""
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_keys_and_references_are_those_that_are_true(database: sqlite3.Connection) -> None:
    """A row of the matrix is named by place and impact; a finding belongs to an axis."""
    info = database.execute("SELECT name, pk FROM pragma_table_info('impact_matrix')")
    assert {name for name, key in info if key} == {"place", "impact"}
    keys = database.execute('SELECT "table", "from" FROM pragma_foreign_key_list(\'findings\')')
    assert set(keys) == {("impacts", "impact"), ("impact_axes", "axis")}


def test_codes_can_be_looked_up_fast(database: sqlite3.Connection) -> None:
    """Whoever asks for one place reads its rows and no others."""
    plan = database.execute("EXPLAIN QUERY PLAN SELECT * FROM timeline WHERE place = 'coboi'")
    assert "USING INDEX timeline_place" in plan.fetchone()[3]


def test_codes_are_told_in_words(database: sqlite3.Connection) -> None:
    """A view has what a code is called in both languages, and as many rows as its table."""
    views = database.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    assert len(views) == len(CONTRACTS)
    for (view,) in views:
        counts = [
            database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()  # noqa: S608  # a name of ours
            for name in (view, view.removesuffix("_in_words"))
        ]
        assert counts[0] == counts[1]
    told = database.execute(
        "SELECT DISTINCT verdict, verdict_fr, verdict_en FROM impact_matrix_in_words"
    )
    assert ("not-observed", "pas observé", "not observed") in set(told)


def test_datasette_finds_its_tables(folder: Path, database: sqlite3.Connection) -> None:
    """Each table and column that the metadata describes is there; licence and source are named."""
    told = json.loads((folder / "metadata.json").read_bytes())
    assert told["title"]
    assert told["license_url"].startswith("https://creativecommons.org/")
    tables = told["databases"]["millelieux"]["tables"]
    assert set(tables) == {name.replace("-", "_") for name in CONTRACTS}
    for name, table in tables.items():
        found = {row[1] for row in database.execute(f"PRAGMA table_info('{name}')")}
        assert set(table["columns"]) <= found
        assert " / " in table["description"]


# CSV on the Web.


def test_a_validator_agrees(folder: Path) -> None:
    """Every row is what the description says: columns, datatypes, keys, references."""
    validated = CSVW(str(folder / "csv-metadata.json"), validate=True)
    assert validated.is_valid
    assert validated.warnings == []
    group = TableGroup.from_file(folder / "csv-metadata.json")
    assert {str(t.url): len(list(t)) for t in group.tables} == {
        f"{name}.csv": len(rows_of_csv((folder / f"{name}.csv").read_bytes())) - 1
        for name in CONTRACTS
    }


@pytest.mark.parametrize("name", CONTRACTS)
def test_columns_are_told_as_the_query_tells_them(folder: Path, name: str) -> None:
    """Names in order, what they mean, and titles in two languages; the header is one of them."""
    table = described(folder)[name]
    columns = table["tableSchema"]["columns"]
    header, *_ = rows_of_csv((folder / f"{name}.csv").read_bytes())
    assert tuple(column["name"] for column in columns) == header
    for column in columns:
        assert column["titles"]["und"] == column["name"]
        assert column["titles"]["fr"]
        assert column["titles"]["en"]
        meaning = {"@value": HEADERS[name]["columns"][column["name"]], "@language": "en"}
        assert column["dc:description"] == meaning
    questions = {title["@language"]: title["@value"] for title in table["dc:title"]}
    assert questions == HEADERS[name]["question"]


def test_datatypes_are_told(folder: Path) -> None:
    """Numbers, dates and truths are said to be such."""
    told = {
        (name, column["name"]): column["datatype"]
        for name, table in described(folder).items()
        for column in table["tableSchema"]["columns"]
    }
    assert told["impact-matrix", "start"] == "integer"
    assert told["places", "latitude"] == "decimal"
    assert told["figures", "period"] == {"@id": terms.expand("edtf:EDTF"), "base": "string"}
    assert told["impact-disagreements", "onPlacePage"]["base"] == "boolean"
    assert told["timeline", "place"] == "string"


def test_every_column_has_words() -> None:
    """Each has a title of its own in French and in English, and none is told that nobody has."""
    assert set(WORDS) == {column for name in CONTRACTS for column in HEADERS[name]["columns"]}


# Data of one's own.


def test_keys_that_data_do_not_keep_are_not_promised(tmp_path: Path) -> None:
    """Two rows of the matrix for one cell: no key, no reference to it, and no error."""
    graph = Graph().load(
        [
            *ml.sources.shipped.ontology(),
            *ml.sources.shipped.vocabularies(),
            *ml.sources.shipped.data(),
        ]
    )
    cell = next(iter(graph.having(terms.expand("ml:verdict")))).subject
    other = rdf.node("verdict:no"), rdf.node("verdict:yes")
    name = ox.NamedNode(terms.graph("report"))
    graph.extend(ox.Quad(cell, rdf.node("ml:verdict"), verdict, name) for verdict in other)
    files = written(graph, tmp_path)
    matrix = described(tmp_path / "tables")["impact-matrix"]["tableSchema"]
    assert "primaryKey" not in matrix
    assert CSVW(str(tmp_path / "tables" / "csv-metadata.json"), validate=True).is_valid
    assert files


def test_a_graph_without_rows_has_tables_all_the_same(tmp_path: Path) -> None:
    """Whoever asks an empty place gets columns, and no row."""
    written(Graph(), tmp_path)
    with closing(sqlite3.connect(tmp_path / "tables" / "millelieux.sqlite")) as database:
        assert database.execute("SELECT COUNT(*) FROM places").fetchone() == (0,)
    assert CSVW(str(tmp_path / "tables" / "csv-metadata.json"), validate=True).is_valid


def sheet_of(cells: list[Term], query: queries.Query | None = None) -> Sheet:
    """Return a table of one column."""
    answer = Table(["label"], [(cell,) for cell in cells])
    made = query or queries.Query("hostile", "x", "", {"fr": "?", "en": "?"}, columns={"label": ""})
    return Sheet(made, answer, typed(answer.columns, answer.terms, {}))


def stored(sheet: Sheet, folder: Path) -> list[object]:
    """Return the cells of a table's first column, as SQLite has them."""
    with Database(str(folder)) as database:
        database.add(sheet)
        path = folder / "stored.sqlite"
        path.write_bytes(b"".join(database.pieces()))
    with closing(sqlite3.connect(path)) as connection:
        return [cell for cell, *_ in connection.execute(f'SELECT * FROM "{sheet.name}"')]  # noqa: S608  # a name of ours


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_is_kept_as_it_is(text: str, tmp_path: Path) -> None:
    """CSV, Parquet and SQLite hold the same characters; nothing is run, changed or cut."""
    sheet = sheet_of([ox.Literal(text)])
    assert stored(sheet, tmp_path) == [text]
    frame = parquet.read_table(io.BytesIO(sheet.answer.write("parquet")))
    assert frame.column("label").to_pylist() == [text]
    csv.field_size_limit(max(csv.field_size_limit(), 1_000_000))
    assert rows_of_csv(sheet.answer.write("csv"))[1:] == [(text,)]
    told = json.loads(schema([sheet.summary()], {}))
    assert told["tables"][0]["tableSchema"]["columns"][0]["datatype"] == "string"


@pytest.mark.parametrize(
    ("lexical", "datatype", "kept"),
    [
        ("14.2", "xsd:decimal", 14.2),
        ("750000.0", "xsd:decimal", 750000),
        ("0.12345678901234567890", "xsd:decimal", "0.12345678901234567890"),
        ("9223372036854775807", "xsd:integer", 2**63 - 1),
        ("9223372036854775808", "xsd:integer", "9223372036854775808"),
        ("9" * 60, "xsd:integer", "9" * 60),
        ("NaN", "xsd:double", "nan"),
        ("INF", "xsd:double", float("inf")),
        ("true", "xsd:boolean", 1),
        ("2014-02-28", "xsd:date", "2014-02-28"),
        ("2014-02-28T01:02:03+02:00", "xsd:dateTime", "2014-02-27T23:02:03Z"),
        ("2014-02-28T01:02:03", "xsd:dateTime", "2014-02-28T01:02:03"),
        ("2014-02-30", "xsd:date", "2014-02-30"),
    ],
)
def test_a_value_is_what_sqlite_can_hold_of_it(
    lexical: str, datatype: str, kept: object, tmp_path: Path
) -> None:
    """Numbers are numbers while no digit is lost, and text where one would be."""
    (found,) = stored(sheet_of([ox.Literal(lexical, datatype=rdf.node(datatype))]), tmp_path)
    assert (found, type(found)) == (kept, type(kept))


_CELLS = st.none() | st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6).map(ox.Literal),
    st.integers().map(lambda n: ox.Literal(str(n), datatype=rdf.node("xsd:integer"))),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(
        lambda n: ox.Literal(f"{n:f}", datatype=rdf.node("xsd:decimal"))
    ),
    st.datetimes(timezones=st.just(UTC)).map(
        lambda t: ox.Literal(t.isoformat(), datatype=rdf.node("xsd:dateTime"))
    ),
)


@settings(max_examples=150)
@given(st.lists(_CELLS, max_size=6))
def test_sqlite_loses_nothing(tmp_path_factory: pytest.TempPathFactory, cells: list[Term]) -> None:
    """Whatever a column holds can be told from what is stored."""
    found = stored(sheet_of(cells), tmp_path_factory.mktemp("x"))
    assert len(found) == len(cells)
    for cell, kept in zip(cells, found, strict=True):
        if cell is None:
            assert kept is None
        elif isinstance(kept, int | float):
            assert Decimal(repr(kept)) == Decimal(plain(cell))
        elif kept != plain(cell):
            assert isinstance(kept, str)
            same = kept.replace("Z", "+00:00") == plain(cell)
            assert same or Decimal(kept) == Decimal(plain(cell))


def test_a_disk_without_room_is_told(tmp_path: Path) -> None:
    """What SQLite says of it is an error of the disk, as with every other file of a release."""
    cells: list[Term] = [ox.Literal("x" * 5000)] * 9
    with Database(str(tmp_path)) as database:
        database._connection.execute("PRAGMA max_page_count = 4")
        with pytest.raises(OSError, match="full"):
            database.add(sheet_of(cells))
    assert list(tmp_path.iterdir()) == []
