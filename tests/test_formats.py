"""The table of formats: the only one, and one that the engine agrees with."""

from __future__ import annotations

from pathlib import Path, PurePath

import pyoxigraph as ox
import pytest

import millelieux_graph
from millelieux_graph.errors import UnknownName
from millelieux_graph.formats import FORMATS, Format, by_name, by_suffix, is_packed, names

SOURCE = Path(millelieux_graph.__file__).parent
ROOMS = [file for file in sorted(SOURCE.rglob("*.py")) if file.name != "formats.py"]


OF_THE_ENGINE = [f for f in FORMATS if f.is_rdf or f.kind == "table"]


@pytest.mark.parametrize("format", OF_THE_ENGINE, ids=lambda f: f.name)
def test_the_engine_knows_the_format(format: Format) -> None:
    """The engine writes each media type, and its files have the suffix that we give them."""
    engine = ox.QueryResultsFormat if format.kind == "table" else ox.RdfFormat
    known = engine.from_media_type(format.media_type)
    assert known is not None
    assert known.media_type.split(";")[0] == format.media_type
    assert engine.from_extension(format.suffix.removeprefix(".")) == known


@pytest.mark.parametrize("format", [f for f in FORMATS if f.is_rdf], ids=lambda f: f.name)
def test_only_a_dataset_holds_named_graphs(format: Format) -> None:
    """The table says dataset where the engine keeps the names of graphs; JSON-LD we use without."""
    rdf = ox.RdfFormat.from_media_type(format.media_type)
    assert rdf is not None
    assert rdf.supports_datasets == (format.kind == "dataset" or format.name == "jsonld")


def test_the_formats_of_the_standards_are_those() -> None:
    """What counts as SPARQL results is the four of SPARQL, and as RDF all of RDF."""
    assert names("table") == ["csv", "tsv", "json", "xml"]
    assert names("graph", "dataset") == [f.name for f in FORMATS if f.is_rdf]


@pytest.mark.parametrize("attribute", ["name", "media_type", "suffix"])
def test_nothing_is_said_twice(attribute: str) -> None:
    """A name, a media type and a suffix each belong to one format."""
    assert len({getattr(f, attribute) for f in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("room", ROOMS, ids=lambda file: file.name)
def test_no_other_room_knows_a_media_type(room: Path) -> None:
    """A media type is written in the table and nowhere else."""
    text = room.read_text(encoding="utf-8")
    assert [f.media_type for f in FORMATS if f.media_type in text] == []


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.name)
def test_a_format_is_found_by_name(format: Format) -> None:
    """The name leads to the format, and its kind to the name."""
    assert by_name(format.name) is format
    assert format.name in names(format.kind)


def test_an_unknown_format_names_the_nearest() -> None:
    """A misspelt format is corrected."""
    with pytest.raises(UnknownName, match="Nearest: turtle"):
        by_name("turlte")


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.name)
def test_a_suffix_tells_rdf(format: Format) -> None:
    """A file is RDF by its suffix, in capitals too; a table of results is not."""
    expected = format if format.is_rdf else None
    assert by_suffix(PurePath(f"a/b.c{format.suffix}")) is expected
    assert by_suffix(PurePath(f"A{format.suffix.upper()}")) is expected
    assert by_suffix(PurePath(f"a{format.suffix}.gz")) is expected


@pytest.mark.parametrize(("name", "packed"), [("a.nq.gz", True), ("a.GZ", True), ("gz", False)])
def test_a_suffix_tells_what_is_packed(name: str, packed: bool) -> None:
    """So does its last suffix, whatever stands before it."""
    assert is_packed(PurePath(name)) is packed


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.name)
def test_a_format_has_a_title(format: Format) -> None:
    """People's word for it has the letters of its name, but for a standard named in full."""
    letters = "".join(filter(str.isalpha, format.title)).lower()
    assert format.name in (letters, "csvw")


@pytest.mark.parametrize(
    "name", ["a", "a.gz", "a.ttl.gz.gz", "a.ttl.zip", "a.txt", ".ttl", "a.", "ttl", "a.ttl~"]
)
def test_other_suffixes_are_no_rdf(name: str) -> None:
    """What is not named as RDF is not taken for it."""
    assert by_suffix(PurePath(name)) is None
