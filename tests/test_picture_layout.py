"""What the eye asks of a picture: no text on text, none cut off, signs that are told apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from xml.etree import ElementTree as ET

import pytest
from command import millelieux
from drawing import SVG, Line, contrast, lines_of, pixels_of, size_of
from hypothesis import given, settings, strategies as st
from stored import ask

import millelieux_graph as ml
from millelieux_graph import pictures
from millelieux_graph.errors import CannotRun, UnknownName, UsageError
from millelieux_graph.pictures import dates, palette, projection
from millelieux_graph.pictures.circles import Relation, Tie, arrange
from millelieux_graph.pictures.sheet import SMALL_STRONG, TEXT, TITLE
from millelieux_graph.pictures.text import clean, cut, measure, wrap

DRAWN = "impact-matrix timeline funding-shares places figures relations funding-flows".split()
COLUMNS = {
    "matrix": ("place", "impact", "verdict"),
    "timeline": ("place", "date", "label", "status"),
    "shares": ("place", "phase", "sector", "percent"),
    "values": ("label", "value", "unit"),
    "map": ("name", "commune", "value", "latitude", "longitude"),
    "network": ("subject", "relation", "object"),
}
WORD = st.sampled_from(
    ["lieu", "Les Riverains", "œuvre", "M" * 60, "一二三", "🌱", "Réseau français des fablabs"]
) | st.text("aeiou lmnÉ’-", min_size=1, max_size=40).filter(str.strip)
VALUES: dict[str, st.SearchStrategy[object]] = {
    "date": st.none()
    | st.sampled_from("2014 2014-05 2014-05-06 1901/1950 ../2020 2018/.. 2010~ soon".split()),
    "status": st.sampled_from(["past", "planned", "unknown"]),
    "verdict": st.sampled_from(["yes", "no", "not-observed", "unheard of"]),
    "percent": st.none() | st.integers(0, 120),
    "value": st.none() | st.integers(-50, 10**9) | st.floats(-1e3, 1e3),
    "latitude": st.floats(40, 52),
    "longitude": st.floats(-5, 9),
}


def clashes(svg: str) -> Iterator[tuple[Line, Line | None]]:
    """Yield lines of text that touch each other, and those that leave the sheet."""
    wide, high = size_of(svg)
    lines = sorted(lines_of(svg), key=lambda line: line.top)
    for number, line in enumerate(lines):
        if line.left < 0 or line.top < 0 or line.right > wide + 0.5 or line.bottom > high:
            yield line, None
        for other in lines[number + 1 :]:
            if other.top >= line.bottom:
                break
            if not (line.is_turned or other.is_turned) and line.touches(other):
                yield line, other


@pytest.mark.parametrize("width", [390, 900])
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", DRAWN)
def test_no_text_on_text(dataset: ml.Dataset, name: str, lang: str, width: int) -> None:
    """In the widest font, no line touches another, and none is cut off by the edge."""
    params = {"lang": lang} if name in {"timeline", "places", "figures"} else {}
    assert list(clashes(ask(dataset, name, **params).to_svg(width=width))) == []


@pytest.mark.parametrize("fit", COLUMNS)
@given(data=st.data(), width=st.sampled_from([320, 599, 600, 900]))
@settings(max_examples=20)
def test_no_text_on_text_whatever_the_names(fit: str, data: st.DataObject, width: int) -> None:
    """Names of any length, in any script: they are broken or cut, never printed over others."""
    columns = COLUMNS[fit]
    row = st.tuples(*(VALUES.get(column, WORD) for column in columns))
    rows = data.draw(st.lists(row, min_size=1, max_size=9))
    setting = pictures.Setting(data.draw(WORD), data.draw(WORD), width=width)
    assert list(clashes(pictures.draw(columns, rows, setting))) == []


@pytest.mark.parametrize("families", ["Source {} Pro", "DejaVu {}"])
def test_no_text_is_longer_than_its_estimate(families: str) -> None:
    """In the fonts of the extra and in the widest one, ink ends where it was reckoned to."""
    texts = [
        "Portez ce vieux whisky au juge blond qui fume, 1 234 567 890 m² – 80 %",
        "LES TIERS-LIEUX : « ŒUVRES » & GARAGES, ÉTÉ À MILAN, JAMMING",
        "non-programmés d’œuvre l’île [jusqu’en] (2018)… → 50 × 3 = 150 €",
        "mmmmmmmmmmMMMMMMMMMMWWWWWWWWWW@@@@@@@@@@%%%%%%%%%%",
        "iiiiiiiiiillllllllll''''''''''....:::::;;;;;,,,,,jjjjj",
    ]
    styled = [(style, text) for style in (TITLE, SMALL_STRONG, TEXT) for text in texts]
    marks = ""
    for n, (style, text) in enumerate(styled):
        kind = "Serif" if "serif" in style.name else "Sans"
        weight = 600 if style.wide > 1 else 400
        marks += (
            f'<text x="0" y="{36 * n + 26}" font-size="{style.size}" font-weight="{weight}" '
            f'font-family="{families.format(kind)}">{escape(text)}</text>'
        )
    size = f'width="1000" height="{36 * len(styled)}"'
    png = pictures.to_png(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{marks}</svg>', 1)
    rows = pixels_of(png)
    for n, (style, text) in enumerate(styled):
        alpha = [row[3::4] for row in rows[36 * n : 36 * n + 36]]
        ends = max(x for line in alpha for x, a in enumerate(line) if a > 32)
        assert 0 < ends <= style.measure(text) + 1


@given(st.text(max_size=80), st.floats(20, 400))
def test_what_is_cut_or_broken_fits(text: str, room: float) -> None:
    """A cut text fits and says so; a broken one fits line by line and loses no word."""
    shown = clean(text)
    short = cut(shown, room, 13)
    assert measure(short, 13) <= room or short == "…"
    assert short == shown or short.endswith("…")
    lines = wrap(shown, room, 13)
    assert all(measure(line, 13) <= room or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(shown.split())


@given(st.text(max_size=600))
def test_a_clean_text_can_stand_in_xml(text: str) -> None:
    """One line that a parser takes, of bounded length, with no control over what follows."""
    shown = clean(text)
    assert len(shown) <= 400
    assert not set(shown) & set("\n\r\t\x00\x1b\u2028\u202e\u2066")
    svg = pictures.draw(COLUMNS["values"], [(text, 1, "")], pictures.Setting("Any"))
    assert ET.fromstring(svg) is not None  # noqa: S314  # our own document


@pytest.mark.parametrize("tints", [palette.LIGHT, palette.DARK], ids=["day", "night"])
def test_text_and_signs_stand_out(tints: dict[str, str]) -> None:
    """Text on land and on bars 4.5 to 1, outlines and fills of signs 3 to 1, also in grey."""
    assert contrast(tints["soft"], tints["tint"]) >= 4.5  # names on a map's land
    assert contrast(tints["paper"], tints["soft"]) >= 4.5  # words on a bar
    for sign in ("ink", "soft", "accent"):
        assert contrast(tints[sign], tints["paper"]) >= 3
    assert contrast(tints["ink"], tints["tint"]) >= 3  # the outline of what is faint


def test_each_impact_has_its_colour_beside_its_name(dataset: ml.Dataset) -> None:
    """The eight impacts are the eight of the palette; others take what is left, then ink."""
    named = [str(row["impact"]) for row in ask(dataset, "impacts").dicts()]
    assert sorted(named) == sorted(palette.THREADS)
    assert sorted(palette.threads(named).values()) == list(range(8))
    mixed = palette.threads(["new", "peer-learning", *"abcdefghij"])
    assert mixed["peer-learning"] == palette.threads(named)["peer-learning"]
    assert Counter(mixed.values()).most_common(1)[0][0] == 7


def titles(svg: str) -> list[str]:
    """Return what the marks of a picture say when they are pointed at."""
    root = ET.fromstring(svg)  # noqa: S314  # our own document
    return [t.text or "" for g in root.iter(f"{SVG}g") for t in g.findall(f"{SVG}title")]


def signs(svg: str) -> Counter[str]:
    """Return how many marks bear each sign, those of the key left aside."""
    root = ET.fromstring(svg)  # noqa: S314  # our own document
    told = (g for g in root.iter(f"{SVG}g") if g.find(f"{SVG}title") is not None)
    return Counter(mark.get("class") or "" for g in told for mark in g if mark.get("class"))


def test_a_row_of_dots_says_what_the_table_says(dataset: ml.Dataset) -> None:
    """As many full, empty and dashed dots as the recap table has yes, no and not observed."""
    answer = ask(dataset, "impact-matrix", lang="en")
    verdicts = Counter(str(row["verdict"]) for row in answer.dicts())
    drawn = signs(answer.to_svg())
    named = {"yes": "solid", "no": "hollow", "not-observed": "dashed"}
    assert drawn == {named[verdict]: count for verdict, count in verdicts.items()}


def test_two_verdicts_for_one_cell_split_the_dot() -> None:
    """Sources that disagree are both told, and the cell looks like neither."""
    rows = [("a", "i", "yes"), ("a", "i", "no"), ("b", "i", "yes")]
    svg = pictures.draw(COLUMNS["matrix"], rows, pictures.Setting("Disagreement", lang="en"))
    assert "i – a: yes, no" in titles(svg)
    assert "sources that disagree: 1" in [line.text for line in lines_of(svg)]


def test_many_places_become_rows() -> None:
    """Forty places stand below each other, and the sheet keeps its width."""
    rows = [(f"place {n}", impact, "yes") for n in range(40) for impact in palette.THREADS]
    svg = pictures.draw(COLUMNS["matrix"], rows, pictures.Setting("Many", width=900))
    wide, high = size_of(svg)
    assert wide == 900
    assert high > 40 * 30
    assert len(titles(svg)) == 320


def test_what_was_planned_is_hollow_and_what_is_vague_is_dashed() -> None:
    """Status and qualifier are seen without reading."""
    rows = [
        ("a", "2014", "done", "past"),
        ("a", "2015", "meant", "planned"),
        ("a", "2016~", "about then", "past"),
        ("a", "2017~", "meant about then", "planned"),
        ("a", None, "some day", "planned"),
    ]
    drawn = signs(pictures.draw(COLUMNS["timeline"], rows, pictures.Setting("Signs")))
    assert drawn == {"bulk": 1, "hollow": 2, "vague": 1, "dashed": 1}


def bars(svg: str, sign: str) -> list[float]:
    """Return how long the bars of one sign are, those of the key left aside."""
    root = ET.fromstring(svg)  # noqa: S314  # our own document
    told = (g for g in root.iter(f"{SVG}g") if g.find(f"{SVG}title") is not None)
    marks = (rect for g in told for rect in g.iter(f"{SVG}rect") if rect.get("class") == sign)
    return [float(rect.get("width") or 0) for rect in marks]


def test_a_mark_is_as_long_as_its_date_is_vague() -> None:
    """Ten years are ten times one, and a month is a twelfth of it."""
    rows = [("a", date, date, "past") for date in ("2000/2009", "2014", "2016-03", "2019")]
    svg = pictures.draw(COLUMNS["timeline"], rows, pictures.Setting("Lengths", width=2400))
    decade, year, month, other = bars(svg, "bulk")
    assert decade == pytest.approx(10 * year, rel=0.01)
    assert other == pytest.approx(year, rel=0.01)
    assert month == pytest.approx(year / 12, rel=0.03)


def test_shares_are_as_long_as_they_say(dataset: ml.Dataset) -> None:
    """The bars of one place and phase are in the proportion of their percents."""
    svg = ask(dataset, "funding-shares", place="bliiida").to_svg()
    (public_then, public_now), (private_then, private_now) = bars(svg, "bulk"), bars(svg, "hollow")
    assert public_then / private_then == pytest.approx(80 / 20, rel=0.01)
    assert public_now / private_now == pytest.approx(56 / 44, rel=0.01)


def test_what_a_mix_leaves_open_is_said() -> None:
    """Less than a hundred percent leaves a dashed rest, more says its sum, none says so."""
    rows = [("a", "x", "public", 60), ("b", "x", "public", 90), ("b", "x", "private", 40)]
    rows += [("c", "y", "public", 100)]
    svg = pictures.draw(COLUMNS["shares"], rows, pictures.Setting("Rests", lang="en"))
    said = " ".join(line.text for line in lines_of(svg))
    assert "40% not said" in said
    assert "total 130%" in said
    assert "no share given" in said


def test_dates_are_read_as_the_graph_computes_them() -> None:
    """Every dated event covers the same stretch on the axis and in the graph `inferred`."""
    answer = ml.open(entailment="rdfs").query("""
        PREFIX ml: <https://w3id.org/millelieux/ontology#>
        SELECT DISTINCT ?date ?earliest ?latest {
            ?event a ml:TimelineEvent ; ml:date ?date .
            OPTIONAL { ?event ml:earliest ?earliest } OPTIONAL { ?event ml:latest ?latest }
        }
    """)
    assert isinstance(answer, ml.Table)
    rows = list(answer)
    assert len(rows) > 40
    for date, *bounds in rows:
        span = dates.read(str(date))
        assert span is not None
        assert [span.start, span.end] == [
            None if bound is None else pytest.approx(in_years(str(bound))) for bound in bounds
        ]


def in_years(moment: str) -> float:
    """Return the beginning of a day in years, each month being a twelfth."""
    year, month, day = (int(part) for part in moment[:10].split("-"))
    days = [31, 28 + (year % 4 == 0), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    return year + (month - 1) / 12 + (day - 1) / 12 / days


@pytest.mark.parametrize(
    ("date", "french", "english"),
    [
        ("2014", "2014", "2014"),
        ("2012-05", "mai 2012", "May 2012"),
        ("2015-07-01", "1er juillet 2015", "1 July 2015"),
        ("2010~", "vers 2010", "about 2010"),
        ("2010?", "2010\u202f(?)", "2010 (?)"),
        ("2008/2013", "2008–2013", "2008–2013"),
        ("../2020", "jusqu’en 2020", "until 2020"),
        ("../2020-05-03", "jusqu’au 3 mai 2020", "until 3 May 2020"),
        ("2018-06/..", "depuis juin 2018", "since June 2018"),
        ("2016-22", "été 2016", "summer 2016"),
        ("201X", "années 2010", "2010s"),
        ("2013/2008", "2013/2008", "2013/2008"),
        ("2014-02-30", "2014-02-30", "2014-02-30"),
        ("one day", "one day", "one day"),
    ],
)
def test_dates_are_said_in_words(date: str, french: str, english: str) -> None:
    """In the way of each language; what is no date stays as it is."""
    assert (dates.say(date, "fr"), dates.say(date, "en")) == (french, english)


NODE = st.sampled_from("abcdefghijklmnop")
RELATIONS = st.lists(st.builds(Relation, NODE, st.sampled_from("xy"), NODE), unique=True)


@given(RELATIONS)
def test_each_relation_is_told_once(relations: Sequence[Relation]) -> None:
    """Around a hub or beyond somebody who stands around one: all of them, and none twice."""

    def told(ties: Sequence[Tie]) -> Iterator[Relation]:
        for tie in ties:
            yield tie.relation
            yield from told(tie.beyond)

    circles = arrange(relations)
    assert Counter(r for circle in circles for r in told(circle.ties)) == Counter(relations)
    assert arrange(relations) == circles


def test_who_stands_around_two_hubs_says_so(dataset: ml.Dataset) -> None:
    """ADEME lives in Bliiida and backs the study: each fan names the other."""
    svg = ask(dataset, "relations", lang="en").to_svg()
    said = [line.text for line in lines_of(svg)]
    assert said.count("ADEME") >= 2
    assert sum(line.startswith("also:") and "Bliiida" in line for line in said) >= 1


DEGREES = st.tuples(st.floats(-175, 175), st.floats(-80, 80))


@given(st.lists(DEGREES, min_size=1, max_size=8), DEGREES)
def test_equal_areas_stay_equal(
    places: list[tuple[float, float]], corner: tuple[float, float]
) -> None:
    """A patch of the globe takes as much of the map as its share of the sphere, wherever it is."""
    view = projection.look_at(places, 900)
    (east, north), step = corner, 0.01
    around = [(0.0, 0.0), (step, 0.0), (step, step), (0.0, step)]
    points = [p for x, y in around if (p := view.place(east + x, north + y))]
    if len(points) < 4 or max(x for x, _ in points) - min(x for x, _ in points) > view.width:
        return  # beyond the horizon, or cut by the edge of the world
    drawn = (
        abs(
            sum(
                a[0] * b[1] - b[0] * a[1]
                for a, b in zip(points, points[1:] + points[:1], strict=True)
            )
        )
        / 2
    )
    band = math.sin(math.radians(north + step)) - math.sin(math.radians(north))
    true = math.radians(step) * band * view.scale**2
    assert drawn == pytest.approx(true, rel=0.02)


@given(st.lists(DEGREES, min_size=1, max_size=12))
def test_all_places_are_within_the_window(places: list[tuple[float, float]]) -> None:
    """Whether they lie in one town or all over the world, across the date line too."""
    view = projection.look_at(places, 900)
    for place in places:
        point = view.place(*place)
        assert point is not None
        assert 0 <= point[0] <= view.width
        assert 0 <= point[1] <= view.height


def test_outlines_are_drawn_where_they_are_brought() -> None:
    """Land lies below the net of a map, and what is out of sight costs nothing."""
    rows = [("a", "", None, 47.0, 2.0), ("b", "", None, 48.0, 3.0)]
    square = [(1.0, 46.0), (4.0, 46.0), (4.0, 49.0), (1.0, 49.0)]
    far = [(x + 120.0, y) for x, y in square]
    setting = pictures.Setting("Land", outlines=[square, far])
    root = ET.fromstring(pictures.draw(COLUMNS["map"], rows, setting))  # noqa: S314  # our own document
    (land,) = [path for path in root.iter(f"{SVG}path") if path.get("class") == "land"]
    assert (land.get("d") or "").count("M") == 1


def test_names_without_room_are_told_below() -> None:
    """Two hundred places in one town: each is named, on the map or under it."""
    rows = [(f"lieu {n}", None, None, 47 + n * 1e-5, 2.0) for n in range(200)]
    svg = pictures.draw(COLUMNS["map"], rows, pictures.Setting("Crowd", lang="en"))
    said = " ".join(line.text for line in lines_of(svg)).split()
    assert all(str(n) in said for n in range(200))
    assert "Unnamed" in said


def test_a_picture_is_the_same_on_every_run() -> None:
    """Whatever the seed of Python's hashes, which orders sets."""
    words = ("query", "relations", "--format", "svg")
    one, other = (millelieux(*words, PYTHONHASHSEED=seed) for seed in "12")
    assert one.out == other.out
    assert one.out.startswith("<svg")


def test_pixels_are_those_of_the_picture(dataset: ml.Dataset) -> None:
    """The image decodes, its corner is the paper by day, and a full dot is ink."""
    svg = ask(dataset, "impact-matrix").to_svg(width=390)
    rows = pixels_of(pictures.to_png(svg, 1))
    assert len(rows) == round(size_of(svg)[1])
    assert bytes(rows[2][8:11]).hex() == palette.LIGHT["paper"].removeprefix("#")
    dots = ET.fromstring(svg).iter(f"{SVG}circle")  # noqa: S314  # our own document
    full = next(d for d in dots if d.get("class") == "solid" and d.get("cx") != "0")
    x, y = (int(float(full.get(name) or 0)) for name in ("cx", "cy"))
    assert bytes(rows[y][4 * x : 4 * x + 3]).hex() == palette.LIGHT["ink"].removeprefix("#")


def test_a_picture_beyond_all_screens_stays_svg() -> None:
    """An image of gigabytes is refused with a sentence, before it is drawn."""
    huge = '<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"/>'
    with pytest.raises(CannotRun, match="too large for PNG: restrict the query, or take SVG"):
        pictures.to_png(huge)
    with pytest.raises(CannotRun, match="The SVG cannot be drawn"):
        pictures.to_png("no picture")


def test_wrong_settings_are_said() -> None:
    """A language that pictures do not speak, no title, a width that nobody can read."""
    with pytest.raises(UnknownName, match="language of a picture 'de'"):
        pictures.Setting("Titel", lang="de")  # type: ignore[arg-type]  # the mistake
    with pytest.raises(UsageError, match="needs a title"):
        pictures.Setting(" ")
    with pytest.raises(UsageError, match="320 to 4000 pixels wide, not 100"):
        pictures.Setting("Narrow", width=100)
    with pytest.raises(UnknownName, match="kind of picture 'pie'"):
        pictures.draw(("label", "value"), [], pictures.Setting("Pie"), "pie")
    with pytest.raises(UsageError, match="up to 5000 rows, and there are 5001"):
        pictures.draw(("label", "value"), [("a", 1)] * 5001, pictures.Setting("Long"))
