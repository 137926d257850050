"""Pictures: what an answer says can be read in its picture, and nothing else is in there."""

from __future__ import annotations

import re
import struct
import sys
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from command import millelieux
from drawing import contrast
from hypothesis import given, settings, strategies as st

import millelieux_graph as ml
from millelieux_graph import pictures, queries
from millelieux_graph.errors import MissingExtra, NoPicture, UsageError
from millelieux_graph.pictures import palette

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = ["impact-matrix", "timeline", "funding-shares", "places", "relations", "organisations"]
DRAWN += [query.name for query in queries.catalogue() if query.picture]
COLUMNS = {
    "matrix": ("place", "impact", "verdict"),
    "timeline": ("place", "date", "label", "status"),
    "bars": ("place", "phase", "sector", "percent"),
    "map": ("name", "latitude", "longitude"),
    "network": ("subject", "relation", "object"),
}
# Everything that a label can hold, and that a document must not take for its own.
HOSTILE = st.text(
    st.sampled_from(list("<>&\"'é日🌱\u202e\u2028\x00\x1b\r\n]-;:/= ")) | st.characters(),
    max_size=30,
)
NUMBER = st.integers() | st.floats() | st.decimals(allow_nan=False, allow_infinity=False)
CELL = st.none() | HOSTILE | NUMBER


def table(dataset: ml.Dataset, name: str, **params: object) -> ml.Table:
    """Return the answer of a stored query."""
    answer = dataset.query(name, **params)  # type: ignore[arg-type]  # parameters of the query
    assert isinstance(answer, ml.Table)
    return answer


def text_of(svg: str) -> str:
    """Return all that can be read in a picture, without what sets it."""
    root = ET.fromstring(svg)  # noqa: S314  # our own document
    said = " ".join("".join(e.itertext()) for e in root.iter() if e.tag != f"{SVG}style")
    return " ".join(said.split())


def is_harmless(svg: str) -> bool:
    """Say whether nothing in a document runs or is fetched."""
    root = ET.fromstring(svg)  # noqa: S314  # our own document
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    attributes = {name for element in root.iter() for name in element.attrib}
    style = "".join(e.text or "" for e in root.iter(f"{SVG}style"))
    return (
        not names & {"script", "image", "use", "foreignObject", "a", "iframe"}
        and not any(name.startswith("on") or name.endswith("href") for name in attributes)
        and "url(" not in style
        and "@import" not in style
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", sorted(set(DRAWN)))
def test_an_answer_is_drawn(dataset: ml.Dataset, name: str, lang: str) -> None:
    """Every query with a picture has one, titled by its question, the same each time, harmless."""
    answer = table(dataset, name, lang=lang)
    svg = answer.to_svg()
    assert svg == table(dataset, name, lang=lang).to_svg()
    assert is_harmless(svg)
    assert ET.fromstring(svg).get("role") == "img"  # noqa: S314  # our own document
    assert " ".join(answer.question.split()) in text_of(svg)
    assert "millelieux-graph" in text_of(svg)


@pytest.mark.parametrize("width", [390, 900])
def test_a_matrix_names_places_impacts_and_verdicts(dataset: ml.Dataset, width: int) -> None:
    """Sixty-four cells, each told in words, on a phone as on a wall."""
    answer = table(dataset, "impact-matrix", lang="en")
    said = text_of(answer.to_svg(width=width))
    for place, impact, verdict, *_ in answer:
        for column, code in (("place", place), ("impact", impact), ("verdict", verdict)):
            assert answer.labels is not None
            name = answer.labels.of_codes(column, [str(code)])[str(code)]
            assert name.split()[0].lower() in said.lower()


def test_a_timeline_leaves_out_nothing(dataset: ml.Dataset) -> None:
    """Dated or not, every event is told."""
    answer = table(dataset, "timeline", place="coboi")
    said = text_of(answer.to_svg())
    for row in answer.dicts():
        assert all(word in said for word in str(row["label"]).split())


def test_shares_are_told_in_percent(dataset: ml.Dataset) -> None:
    """Every share stands there as a number, in the way of the language."""
    values = {row["percent"] for row in table(dataset, "funding-shares").dicts()}
    for lang, percent in (("en", "%"), ("fr", "\u202f%")):
        svg = table(dataset, "funding-shares", lang=lang).to_svg()
        assert all(f"{value}{percent}" in svg for value in values)


@pytest.mark.parametrize("kind", COLUMNS)
@given(data=st.data())
@settings(max_examples=25)
def test_any_rows_make_a_document(kind: str, data: st.DataObject) -> None:
    """Markup, control characters, no values or absurd ones: a picture or a sentence."""
    columns = COLUMNS[kind]
    row = st.tuples(*[CELL] * len(columns))
    setting = pictures.Setting(title=data.draw(HOSTILE.filter(str.strip)), lang="en")
    try:
        svg = pictures.draw(columns, data.draw(st.lists(row, max_size=4)), setting, kind)
    except UsageError as error:
        assert str(error)  # noqa: PT017  # most rows raise nothing
        return
    assert is_harmless(svg)


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("count", [0, 1, 1000])
def test_any_number_of_rows_is_drawn(kind: str, count: int) -> None:
    """None, one, or a thousand."""
    values: dict[str, object] = {
        "latitude": Decimal("47.5"),
        "longitude": Decimal("2.25"),
        "percent": 50,
        "date": "2014-05",
    }
    rows = [tuple(values.get(c, f"{c} {n % 40}") for c in COLUMNS[kind]) for n in range(count)]
    svg = pictures.draw(COLUMNS[kind], rows, pictures.Setting("How many"), kind)  # type: ignore[arg-type]  # values of cells
    assert is_harmless(svg)


def test_a_thing_is_shown_by_its_name(dataset: ml.Dataset) -> None:
    """A query of one's own that answers with IRIs gets their labels."""
    answer = dataset.query(
        """
        PREFIX ml: <https://w3id.org/millelieux/ontology#>
        SELECT ?place ?impact ?verdict
        WHERE { ?cell a ml:MatrixCell ; ml:place ?place ; ml:impact ?impact ; ml:verdict ?verdict }
        """
    )
    assert isinstance(answer, ml.Table)
    said = text_of(answer.to_svg())
    assert "La Quincaillerie" in said
    assert "https://" not in said
    counted = [
        text_of(table(dataset, "impact-matrix").to_svg()).count(word) for word in (" oui", " non")
    ]
    assert [said.count(word) for word in (" oui", " non")] == counted


def test_what_no_picture_shows_is_said(dataset: ml.Dataset) -> None:
    """The sentence tells the columns that there are, and those that each picture needs."""
    answer = dataset.query("SELECT ?a ?b { VALUES (?a ?b) { (1 2) } }")
    assert isinstance(answer, ml.Table)
    with pytest.raises(NoPicture, match=r"columns a, b: matrix needs place, impact, verdict;"):
        answer.to_svg()


@pytest.mark.parametrize("name", ["day", "night"])
def test_text_stands_out_from_its_ground(name: str) -> None:
    """By day and by night, what is read has a contrast of 4.5 to 1."""
    tints = {"day": palette.LIGHT, "night": palette.DARK}[name]
    for ink in ("ink", "soft", "accent"):
        assert contrast(tints[ink], tints["paper"]) >= 4.5


def test_a_picture_becomes_pixels(dataset: ml.Dataset) -> None:
    """A PNG of two pixels for each of the picture's own."""
    answer = table(dataset, "impact-matrix")
    png = answer.to_png()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, _ = struct.unpack(">II", png[16:24])
    assert width == 1800
    found = re.search(r'width="(\d+)"', answer.to_svg(width=390))
    assert found is not None
    assert found[1] == "390"


def test_without_the_extra_the_sentence_says_what_to_type(
    dataset: ml.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SVG needs nothing; PNG names what it needs."""
    monkeypatch.setattr(sys.modules["millelieux_graph.pictures.png"], "find_spec", lambda _: None)
    answer = table(dataset, "impact-matrix")
    assert answer.to_svg()
    with pytest.raises(MissingExtra, match=r"pip install 'millelieux-graph\[png\]'"):
        answer.to_png()


def test_the_command_draws() -> None:
    """A picture goes to standard output; where there is none, exit code 2 and a sentence."""
    run = millelieux("query", "impact-matrix", "--format", "svg", "--lang", "en")
    assert (run.code, run.err) == (0, "")
    assert "La Quincaillerie" in text_of(run.out)
    none = millelieux("query", "concept-use", "--format", "svg")
    assert (none.code, none.out) == (2, "")
    assert "matrix needs" in none.err
