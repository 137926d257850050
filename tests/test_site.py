"""The pages of a release as files: they lead somewhere, say what they should, and weigh little."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from collections import defaultdict
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import pyoxigraph as ox
import pytest
from conftest import missing

import millelieux_graph as ml
from millelieux_graph import addresses, assets, contexts, terms
from millelieux_graph.documents import FORMATS
from millelieux_graph.pages import About, Pages
from millelieux_graph.resources import MOST, Resources
from millelieux_graph.results import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stages import Released

    from millelieux_graph.addresses import Language

pytest_plugins = ["stages"]

NU = Path(__file__).parent / "npm" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
_LINK = re.compile(r'\b(?:href|src)="([^"]*)"')
_ANCHOR = re.compile(r'\bid="([^"]*)"')
_SCHEMED = re.compile(r"[a-z][a-z0-9+.-]*:")
_HOME = "http://localhost/"


def pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every page."""
    for path in sorted(folder.rglob("*.html")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(released: Released) -> Path:
    """A release of the packaged graph."""
    return released.folder


# Links.


def test_every_link_inside_leads_to_a_file_and_a_place_in_it(folder: Path) -> None:
    """No page, in either language, points to what is not there, and no anchor is missing."""
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    anchors: dict[str, set[str]] = {}
    wanted: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for name, text in pages(folder):
        anchors[name] = set(map(unescape, _ANCHOR.findall(text)))
        for href in set(_LINK.findall(text)):
            if not _SCHEMED.match(href) and not name.startswith("404"):
                target = urlsplit(urljoin(_HOME + name, unescape(href)))
                path = unquote(target.path).lstrip("/")
                wanted[path].add((name, unquote(target.fragment)))
    lost = {path: min(users)[0] for path, users in wanted.items() if path not in held}
    assert not lost
    astray = [
        (name, path, fragment)
        for path, users in wanted.items()
        for name, fragment in users
        if fragment and path in anchors and "=" not in fragment and fragment not in anchors[path]
    ]
    assert not astray


def test_every_page_has_its_twin_in_the_other_language(folder: Path) -> None:
    """Both say so by `hreflang`, and each says which language it is in."""
    held = dict(pages(folder))
    for name, text in held.items():
        lang: Language = "en" if name.endswith(".en.html") else "fr"
        stem = name.removesuffix(addresses.page("", lang))
        assert f'<html lang="{lang}">' in text, name
        for other in addresses.LANGUAGES:
            twin = addresses.page(stem, other)
            assert twin in held, name
            assert f'hreflang="{other}" href="{terms.BASE}{twin}"' in text.replace("%7E", "~"), name


def test_pages_ask_nobody_else_for_anything(folder: Path) -> None:
    """No page, style or script loads something from another host."""
    loading = re.compile(r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(?:https?:)?//')
    sheets = re.compile(r'<link rel="(?:stylesheet|icon|preload)"[^>]*href="(?:https?:)?//')
    for name, text in pages(folder):
        assert not loading.search(text), name
        assert not sheets.search(text), name
    for style in folder.glob("assets/*.css"):
        assert "//" not in re.sub(r"/\*.*?\*/", "", style.read_text("utf-8"), flags=re.DOTALL)


def test_pages_for_crawlers_are_those_that_are_there(folder: Path) -> None:
    """The sitemap lists every page once, and nothing else."""
    listed = re.findall(r"<loc>([^<]*)</loc>", (folder / "sitemap.xml").read_text("utf-8"))
    there = {name for name, _ in pages(folder) if not name.startswith("404")}
    assert len(listed) == len(set(listed))
    assert {unquote(unescape(a)).removeprefix(terms.BASE) for a in listed} == there


def test_machines_are_told_where_things_are(folder: Path) -> None:
    """The linkset names the page of the dataset and each file; each file leads back."""
    told = json.loads((folder / "linkset.json").read_text("utf-8"))["linkset"]
    landing, *others = told
    assert landing["anchor"] == f"{terms.BASE}dataset/millelieux.html"
    assert landing["cite-as"] == [{"href": terms.DATASET}]
    items = {item["href"] for item in landing["item"]}
    assert items == {each["anchor"] for each in others if "collection" in each}
    assert all((folder / item.removeprefix(terms.BASE)).is_file() for item in items)
    assert (folder / ".well-known" / "void").read_bytes() == (folder / "void.ttl").read_bytes()


# Documents.


@cache
def graph() -> Resources:
    """The packaged graph, thing by thing."""
    return Resources(ml.open().graph)


def triples(path: Path, context: str) -> set[ox.Triple]:
    """Return what a document says, whatever its format."""
    data = path.read_bytes()
    if path.suffix == ".jsonld":
        address = json.dumps(contexts.ADDRESS).encode()
        data = data.replace(address, json.dumps(json.loads(context)["@context"]).encode(), 1)
    format = next(f for f in FORMATS if f.suffix == path.suffix)
    return {q.triple for q in ox.parse(data, ox.RdfFormat.from_media_type(format.media_type))}


def test_every_thing_has_its_documents(folder: Path) -> None:
    """Two pages and four descriptions, at the address that the IRI says."""
    for iri in graph().things():
        stem = addresses.stem(iri)
        names = [addresses.page(stem, lang) for lang in addresses.LANGUAGES]
        names += [stem + format.suffix for format in FORMATS]
        assert [name for name in names if not (folder / name).is_file()] == []


def test_the_documents_of_a_thing_say_the_same(folder: Path) -> None:
    """In each format the same triples: what the thing says, and what points to it."""
    context = (folder / "context.jsonld").read_text("utf-8")
    described = [iri for iri in graph().things() if not iri.endswith(("/catalog", "/millelieux"))]
    for iri in [*described[::90], f"{terms.ID}place/bliiida"]:
        stem = folder / addresses.stem(iri)
        one, *others = (triples(stem.with_name(stem.name + f.suffix), context) for f in FORMATS)
        assert all(other == one for other in others), iri
        assert set(graph().about(iri)) <= one
        assert set(graph().pointing_to(iri, MOST)) <= one


def test_a_page_carries_its_description(folder: Path) -> None:
    """The JSON-LD within a page is that of the document beside it."""
    for stem in ("id/place/coboi", "id/event/terralab-future-programme", "vocab/use/fablab"):
        text = (folder / f"{stem}.html").read_text("utf-8")
        within = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        assert within
        beside = json.loads((folder / f"{stem}.jsonld").read_text("utf-8"))
        assert json.loads(within[1]) == beside


# What pages show.


def test_every_claim_about_a_place_stands_on_its_page(folder: Path) -> None:
    """With its text and the passage that carries it."""
    place = graph().node(f"{terms.ID}place/la-quincaillerie")
    text = (folder / "id/place/la-quincaillerie.html").read_text("utf-8")
    shown = 0
    for claim in place.back("ml:place", "ml:about"):
        for passage in claim.all("ml:evidence"):
            assert f'passage/{passage.slug}.html"' in text, claim.iri
            shown += 1
    assert shown > 150


def test_the_recap_page_has_the_table_and_its_disagreements(folder: Path) -> None:
    """64 cells, 38, 13 and 13, and the disagreements that the stored query counts."""
    text = (folder / "recap.en.html").read_text("utf-8")
    table = text[text.index("<table") : text.index("</table>")]
    counts = {v: table.count(f'class="dot {v}"') for v in ("yes", "no", "not-observed")}
    assert counts == {"yes": 38, "no": 13, "not-observed": 13}
    found = ml.open().query("impact-disagreements")
    assert isinstance(found, Table)
    cells = {row[:2] for row in found}
    assert f"{len(found)} disagreements over {len(cells)} cells" in text
    assert table.count('class="disputed"') == len(cells)


@pytest.mark.parametrize(
    ("lang", "number"), [("fr", "340\u202f580\u202fm²"), ("en", "340,580\u00a0m²")]
)
def test_numbers_are_written_as_the_language_does(folder: Path, lang: str, number: str) -> None:
    """Thousands, units and marks of French and of English."""
    name = addresses.page("id/place/c-mine", lang)  # type: ignore[arg-type]  # one of the two
    assert number in (folder / name).read_text("utf-8")


def test_french_marks_keep_their_narrow_space() -> None:
    """In the pages' own words, no mark of French stands after a plain space, or none."""
    from millelieux_graph.pages import words

    for table in words._told().values():
        for french, _ in table.values():
            assert not re.search(
                r"[ \u00a0][;:!?»]|«[ \u00a0]|[^\W\d]\s*(?<!\u202f)[;!?](?:\s|$)", french
            ), french
            assert "'" not in french


# What pages weigh, and whether they are valid.


def test_a_place_page_is_light(folder: Path) -> None:
    """With its style, script and fonts, as they travel: under 150 kB."""
    shared = ["assets/style.css", "assets/site.js", "assets/icon.svg", "assets/fonts/fonts.css"]
    fonts = folder.glob("assets/fonts/source-s*-latin-wght-normal.woff2")
    weight = sum(len(gzip.compress((folder / name).read_bytes())) for name in shared)
    weight += sum(font.stat().st_size for font in fonts)
    for page in folder.glob("id/place/*.html"):
        data = page.read_bytes()
        assert len(gzip.compress(data)) + weight < 150_000, page
        assert len(data) < 400_000, page


def test_pages_are_valid_html(folder: Path) -> None:
    """The Nu checker finds no error in any kind of page."""
    java = shutil.which("java")
    if java is None or not NU.is_file():
        missing("The Nu checker", "Type: npm ci --prefix tests/npm (and install Java)")
    kinds: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*.html")):
        kinds[path.parent.relative_to(folder).as_posix()].append(path)
    chosen = [path for paths in kinds.values() for path in paths[:: 1 + len(paths) // 4]]
    chosen += sorted(folder.glob("*.html"))
    command = [str(java), "-jar", str(NU), "--errors-only", "--format", "gnu", *map(str, chosen)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[:4000]


def test_what_a_release_lacks_stands_on_the_page_about_it(dataset: ml.Dataset) -> None:
    """Each reason once, with the names of the files; without any, there is no such section."""
    lost = {f"tables/{name}.parquet": "no <pyarrow>" for name in ("a", "b")}
    for about, told in ((About(left_out=lost), True), (About(), bool(assets.missing()))):
        site = Pages(dataset.graph, about=about)
        page = next(d for n, d in site._dataset() if n == "dataset/millelieux.en.html").decode()
        assert ("What this release leaves out" in page) is told
        shown = "tables/a.parquet, tables/b.parquet: no &lt;pyarrow&gt;"
        assert (shown in page) is (about.left_out == lost)
