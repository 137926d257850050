"""Data frames: each column has the right type, and nothing is lost or invented on the way."""

from __future__ import annotations

import calendar
import io
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pyarrow as pa
import pyoxigraph as ox
import pytest
from command import environment, start
from hypothesis import example, given, strategies as st
from pyarrow import parquet

import millelieux_graph as ml
from millelieux_graph import queries, terms
from millelieux_graph.results import Table, Term
from millelieux_graph.values import plain, value

CATALOGUE = queries.catalogue()
MOMENT = pa.timestamp("us", tz="UTC")


def typed(text: object, datatype: str) -> ox.Literal:
    """Return a literal of a datatype, given as a CURIE."""
    return ox.Literal(str(text), datatype=ox.NamedNode(terms.expand(datatype)))


def moments(literals: st.SearchStrategy[datetime]) -> st.SearchStrategy[Term]:
    """Return a strategy of xsd:dateTime literals."""
    return literals.map(lambda moment: typed(moment.isoformat(), "xsd:dateTime"))


INTEGERS = st.integers().map(lambda n: typed(n, "xsd:integer"))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3).map(
    lambda number: typed(f"{number:f}", "xsd:decimal")
)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False).map(lambda n: typed(n, "xsd:double"))
BOOLEANS = st.booleans().map(lambda truth: typed(str(truth).lower(), "xsd:boolean"))
DATES = st.dates().map(lambda day: typed(day.isoformat(), "xsd:date"))
AWARE, NAIVE = moments(st.datetimes(timezones=st.just(UTC))), moments(st.datetimes())
TEXTS = st.text(st.characters(codec="utf-8"), max_size=5).map(ox.Literal)
ODD = st.sampled_from(["2014-02-30", "24:00", "9999-12-31T24:00:00", "1_0", "?"])
ILL_TYPED = st.builds(
    typed, ODD, st.sampled_from(["xsd:integer", "xsd:decimal", "xsd:date", "xsd:dateTime"])
)
IRIS = st.sampled_from(["http://a/", "urn:b", "https://é.example/?a=1&b=2"]).map(ox.NamedNode)
KINDS = (INTEGERS, DECIMALS, DOUBLES, BOOLEANS, DATES, AWARE, NAIVE, TEXTS, ILL_TYPED, IRIS)
# Mostly of one kind, as columns are; sometimes of two.
COLUMN: st.SearchStrategy[list[Term]] = st.tuples(
    st.sampled_from(KINDS), st.sampled_from(KINDS), st.booleans()
).flatmap(lambda two: st.lists(st.none() | (two[0] if two[2] else two[0] | two[1]), max_size=6))


def column(cells: Sequence[Term], name: str = "x") -> pa.Table:
    """Return a table of one column as Arrow has it."""
    return Table([name], [(cell,) for cell in cells]).to_arrow()


def read(term: Term) -> object:
    """Return what a term is worth, dates and moments too, by the standard library."""
    if not isinstance(term, ox.Literal):
        return value(term)
    name = terms.curie(term.datatype.value)
    parse = {"xsd:date": date.fromisoformat, "xsd:dateTime": datetime.fromisoformat}.get(name)
    return parse(term.value) if parse else value(term)


# Types.


@given(COLUMN)
@example([typed(2**63, "xsd:integer")])
@example([typed(2**200, "xsd:integer"), typed("0.001", "xsd:decimal")])
@example([typed(f"0.{'0' * 50}1", "xsd:decimal"), typed(1, "xsd:integer")])
@example([typed(f"{'9' * 30}.{'9' * 30}", "xsd:decimal")])
@example([typed("2014-05-01T00:00:00+02:00", "xsd:dateTime")])
@example([typed("0001-01-01T00:00:00+14:00", "xsd:dateTime")])
@example([typed(2**1100, "xsd:integer"), typed(1.5, "xsd:double")])
def test_a_column_holds_what_the_terms_say(cells: list[Term]) -> None:
    """A cell is the term's value, or its characters in a column of text, and null where unbound."""
    array = column(cells)["x"]
    found = array.to_pylist()
    if pa.types.is_string(array.type):
        assert found == [None if cell is None else plain(cell) for cell in cells]
    elif pa.types.is_floating(array.type):
        assert found == [None if c is None else float(str(value(c))) for c in cells]
    else:
        assert found == [read(cell) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "type"),
    [
        ([typed(1, "xsd:integer"), typed(2, "xsd:int"), None], pa.int64()),
        ([typed(1, "xsd:integer"), typed("14.25", "xsd:decimal")], pa.decimal128(38, 2)),
        ([typed(2**63, "xsd:integer")], pa.decimal128(38, 0)),
        ([typed("1.5", "xsd:decimal"), typed("1e0", "xsd:double")], pa.float64()),
        ([typed("true", "xsd:boolean")], pa.bool_()),
        ([typed("true", "xsd:boolean"), typed(1, "xsd:integer")], pa.string()),
        ([typed("2014-05-01", "xsd:date")], pa.date32()),
        ([typed("2014-05-01T10:00:00Z", "xsd:dateTime")], MOMENT),
        ([typed("2014-05-01T10:00:00", "xsd:dateTime")], pa.timestamp("us")),
        ([typed(f"2014-05-01T10:00:00{zone}", "xsd:dateTime") for zone in ("", "Z")], pa.string()),
        ([typed("2014-05-01Z", "xsd:date")], pa.string()),
        ([ox.NamedNode("http://a/"), ox.Literal("x", language="fr")], pa.string()),
        ([typed("2014", "xsd:gYear")], pa.string()),
        ([typed("many", "xsd:integer"), typed(1, "xsd:integer")], pa.string()),
        ([typed(10**40, "xsd:integer")], pa.string()),
        ([None, None], pa.string()),
        ([], pa.string()),
    ],
)
def test_the_type_comes_from_the_values(cells: list[Term], type: pa.DataType) -> None:
    """The narrowest type that holds all of a column; text where there is none."""
    assert column(cells)["x"].type == type


@given(COLUMN)
def test_polars_has_what_arrow_has(cells: list[Term]) -> None:
    """The same cells, decimals and moments included."""
    frame = Table(["x"], [(cell,) for cell in cells]).to_polars()
    assert isinstance(frame, pl.DataFrame)
    assert frame["x"].to_list() == column(cells)["x"].to_pylist()


@given(COLUMN)
@example([typed("14.2", "xsd:decimal"), typed("48.06835", "xsd:decimal")])
def test_pandas_has_what_arrow_has(cells: list[Term]) -> None:
    """The same cells; a decimal is the double nearest to it, a day its first moment."""
    frame = Table(["x"], [(cell,) for cell in cells]).to_pandas()
    found = [None if frame.x.isna()[row] else frame.x[row] for row in range(len(cells))]
    array = column(cells)["x"]
    expected = array.to_pylist()
    if pa.types.is_decimal(array.type):
        expected = [None if cell is None else float(cell) for cell in expected]
    if pa.types.is_date(array.type):
        found = [cell and cell.date() for cell in found]
    assert found == expected


def test_the_types_of_pandas_are_nullable() -> None:
    """One missing value does not turn a whole number into another kind of number."""
    row = (
        typed(1, "xsd:integer"),
        typed("1.5", "xsd:decimal"),
        typed("true", "xsd:boolean"),
        ox.Literal("x"),
        typed("2014-05-01", "xsd:date"),
        typed("2014-05-01T10:00:00Z", "xsd:dateTime"),
    )
    frame = Table("abcdef", [row, (None,) * 6]).to_pandas()
    types = ["Int64", "Float64", "boolean", "string", "datetime64[ms]", "datetime64[us, UTC]"]
    assert [str(dtype) for dtype in frame.dtypes] == types
    assert frame.isna().sum().tolist() == [1] * 6


# EDTF dates.


def edtf(year: int, month: int | None, day: int | None) -> tuple[str, datetime, datetime]:
    """Return an EDTF date with the first moment of it and the first after it."""
    if month is None:
        return f"{year:04}", datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    if day is None:
        length = calendar.monthrange(year, month)[1]
        first = datetime(year, month, 1, tzinfo=UTC)
        return f"{year:04}-{month:02}", first, first + timedelta(days=length)
    first = datetime(year, month, day, tzinfo=UTC)
    return f"{first.date()}", first, first + timedelta(days=1)


def grained(day: date, grain: int) -> tuple[str, datetime, datetime]:
    """Return the year, the month or the day of a day as an EDTF date."""
    return edtf(day.year, day.month if grain else None, day.day if grain == 2 else None)


SIDES = st.builds(grained, st.dates(max_value=date(9998, 12, 31)), st.integers(0, 2))


@given(SIDES, SIDES | st.sampled_from(["", ".."]) | st.none(), st.sampled_from(["", *"~?%"]))
@example(first=edtf(2016, 2, None), last=None, sure="")
@example(first=edtf(1900, 2, 28), last=None, sure="~")
@example(first=edtf(2000, 2, 28), last=edtf(2000, 12, 31), sure="")
def test_an_edtf_date_has_its_interval(
    first: tuple[str, datetime, datetime],
    last: tuple[str, datetime, datetime] | str | None,
    sure: str,
) -> None:
    """From its first moment to the first after it, null where a side is open or unknown."""
    text, start, end = first
    text += sure
    after: datetime | None = end
    if isinstance(last, str):
        text, after = f"{text}/{last}", None
    elif last:
        text, after = f"{text}/{last[0]}{sure}", last[2]
    table = column([ox.Literal(text), None], "date")
    assert table.schema.names == ["date", "date_earliest", "date_latest"]
    assert table.to_pydict() == {
        "date": [text, None],
        "date_earliest": [start, None],
        "date_latest": [after, None],
    }
    assert table.schema.types == [pa.string(), MOMENT, MOMENT]


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("../2020", None, datetime(2021, 1, 1, tzinfo=UTC)),
        ("/2018", None, datetime(2019, 1, 1, tzinfo=UTC)),
        ("2014-21", None, None),
        ("201X", None, None),
        ("2015-02-29", None, None),
        ("0000", None, datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 31, tzinfo=UTC), None),
    ],
)
def test_a_bound_that_nobody_knows_is_null(
    text: str, earliest: datetime | None, latest: datetime | None
) -> None:
    """An open side, a season, a decade, an impossible day, and what lies beyond Python's years."""
    table = column([ox.Literal(text)], "period")
    assert table["period_earliest"].to_pylist() == [earliest]
    assert table["period_latest"].to_pylist() == [latest]


@pytest.mark.parametrize(
    ("name", "cells", "columns"),
    [
        ("x", [typed("2014", "edtf:EDTF"), None], 3),
        ("x", [typed("whenever", "edtf:EDTF")], 3),
        ("x", [ox.Literal("2014")], 1),
        ("x", [typed("2014", "edtf:EDTF"), ox.Literal("2014")], 1),
        ("x", [None], 1),
        ("date", [ox.Literal("2014"), typed("2014-05", "edtf:EDTF")], 3),
        ("date", [ox.Literal("2014"), ox.Literal("in spring")], 1),
        ("date", [typed("2014-05-01", "xsd:date")], 1),
        ("date", [ox.NamedNode("http://a/2014")], 1),
        ("date", [ox.Literal("/"), ox.Literal("")], 1),
        ("period", [None], 3),
        ("period", [], 3),
    ],
)
def test_edtf_is_known_by_datatype_or_by_name(name: str, cells: list[Term], columns: int) -> None:
    """Literals of edtf:EDTF anywhere; plain text of its shape where the name promises dates."""
    assert column(cells, name).num_columns == columns


def test_columns_of_the_same_name_are_left_alone() -> None:
    """A query that selects an interval itself keeps its own."""
    cells = [(ox.Literal("2014"), ox.Literal("mine"))]
    assert Table(["date", "date_latest"], cells).to_arrow().to_pydict() == {
        "date": ["2014"],
        "date_latest": ["mine"],
    }


# What else is known of a column, and of an answer without rows.


def test_a_table_tells_what_its_columns_are(dataset: ml.Dataset) -> None:
    """Arrow's metadata has the question, and each column's meaning and datatype; pandas too."""
    answer = dataset.query("timeline", place="terralab", lang="en")
    assert isinstance(answer, Table)
    stored = queries.find("timeline")
    schema = answer.to_arrow().schema
    assert schema.metadata == {b"question": stored.question["en"].encode()}
    told = {name: schema.field(name).metadata for name in ("label", "date", "start")}
    assert {name: t[b"meaning"].decode() for name, t in told.items()} == {
        name: stored.columns[name] for name in told
    }
    assert {name: terms.curie(t[b"datatype"].decode()) for name, t in told.items()} == {
        "label": "xsd:string",
        "date": "edtf:EDTF",
        "start": "xsd:integer",
    }
    frame = answer.to_pandas()
    assert frame.attrs["question"] == stored.question["en"]
    assert frame.attrs["columns"]["label"]["meaning"] == stored.columns["label"]
    assert set(frame.attrs["columns"]) == set(frame.columns)


def test_a_free_query_is_told_by_its_datatypes() -> None:
    """Several datatypes are all named, an IRI is an xsd:anyURI, and nothing is made up."""
    cells: list[Term] = [
        typed(1, "xsd:integer"),
        ox.NamedNode("http://a/"),
        ox.BlankNode("b"),
        None,
    ]
    schema = column(cells).schema
    both = f"{terms.expand('xsd:anyURI')} {terms.expand('xsd:integer')}"
    assert schema.metadata is None
    assert schema.field("x").metadata == {b"datatype": both.encode()}
    assert not column([]).schema.field("x").metadata


@pytest.mark.parametrize("query", CATALOGUE, ids=lambda query: query.name)
def test_no_rows_have_the_columns_of_many(dataset: ml.Dataset, query: queries.Query) -> None:
    """An empty answer has every column, and positions and dates have their types."""
    many, none = dataset.query(query.name), dataset.query(query.name, limit=0)
    assert isinstance(many, Table)
    assert isinstance(none, Table)
    full, empty = many.to_arrow().schema, none.to_arrow().schema
    assert empty.names == full.names
    sure = [n for n in full.names if n in ("start", "end") or n.endswith(("_earliest", "_latest"))]
    assert all(empty.field(name).type == full.field(name).type for name in sure)
    assert none.to_pandas().shape == none.to_polars().shape == (0, len(full.names))


# Files.


@given(COLUMN)
def test_files_read_back(cells: list[Term]) -> None:
    """Parquet and Arrow files give the same table, metadata included, and the same bytes again."""
    answer = Table(["date"], [(cell,) for cell in cells])
    answer.question, answer.meanings = "Quand ?", {"date": "Le jour."}
    written = {format: answer.write(format) for format in ("parquet", "arrow")}
    read = parquet.read_table(io.BytesIO(written["parquet"]))
    assert read.equals(answer.to_arrow(), check_metadata=True)
    with pa.ipc.open_file(written["arrow"]) as file:
        assert file.read_all().equals(answer.to_arrow(), check_metadata=True)
    assert all(answer.write(format) == data for format, data in written.items())


def test_the_command_writes_them() -> None:
    """The bytes on standard output are the file."""
    process = start("query", "timeline", "--param", "place=terralab", "--format", "parquet")
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert parquet.read_table(io.BytesIO(out)).schema.field("date_latest").type == MOMENT


# Libraries that are not there.


@pytest.mark.parametrize(
    ("library", "call"),
    [
        ("pyarrow", "to_arrow()"),
        ("pyarrow", "to_polars()"),
        ("pyarrow", "write('parquet')"),
        ("pandas", "to_pandas()"),
        ("polars", "to_polars()"),
    ],
)
def test_a_missing_library_is_said(library: str, call: str) -> None:
    """The sentence has the words to type; the other formats need no library."""
    script = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {library!r}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Absent())
import millelieux_graph as ml
answer = ml.open().query("SELECT ?x {{ VALUES ?x {{ 1 }} }}")
answer.to_csv(), answer.to_markdown(), answer._repr_html_()
try:
    answer.{call}
except ml.MillelieuxError as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    extra = {"pyarrow": "arrow"}.get(library, library)
    install = f"pip install 'millelieux-graph[{extra}]'"
    assert done.stdout == f"MissingExtra {library} is not installed; type: {install}\n"
