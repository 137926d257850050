"""Pages in a real browser: for everyone, with and without scripts, whatever the data say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command import TEMPLATE
from visits import offences

import millelieux_graph as ml
from millelieux_graph import check, publish

if TYPE_CHECKING:
    from browser import Serve
    from playwright.sync_api import Browser, Page
    from stages import Released

pytest_plugins = ["browser", "stages"]

KINDS = [
    "index.html",
    "id/place/la-quincaillerie.html",
    "id/place/bliiida.en.html",
    "id/impact/breaking-silos.html",
    "id/impact/ecological-transition.en.html",
    "recap.html",
    "id/cell/bliiida-breaking-silos.en.html",
    "id/org/grand-gueret.html",
    "id/person/index.html",
    "id/event/terralab-future-programme.html",
    "id/figure/c-mine-area.en.html",
    "id/passage/6254-6296.html",
    "id/discrepancy/index.en.html",
    "vocab/use/fablab.html",
    "vocab/use.html",
    "ontology.en.html",
    "query/index.html",
    "query/impact-matrix.html",
    "query/timeline.en.html",
    "dataset/millelieux.html",
    "cite.en.html",
    "search.html",
    "404.html",
]
# Labels that try to be more than text.
HOSTILE = [
    "</script><script>window.pwned = 1</script>",
    '"><img src=x onerror="window.pwned = 1">',
    "<svg onload=window.pwned=1>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnidaer tfel ot thgir\u202c",
    "شكرا لكم جميعا",
    "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301\u0301\u0301",
    "]]>--><!--<![CDATA[",
    "javascript:window.pwned=1",
    "a" * 100_000,
]


@pytest.fixture(scope="module")
def site(released: Released, serve: Serve) -> str:
    """The address of a release of the packaged graph."""
    return serve(released.folder, "/millelieux/")  # where its 404 page thinks it is


@pytest.mark.parametrize("name", KINDS)
def test_pages_are_for_everyone(page: Page, site: str, name: str) -> None:
    """No violation of axe's rules (WCAG 2.2 A and AA), and no page scrolls sideways on a phone.

    What is too wide, a table or a picture, scrolls within its own frame.
    """
    page.goto(site + name)
    assert offences(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", KINDS[1::4])
def test_pages_are_accessible_on_a_phone_by_night(page: Page, site: str, name: str) -> None:
    """The same at 390 pixels in the dark."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto(site + name)
    assert offences(page) == []


def test_pages_are_whole_without_scripts(chromium: Browser, site: str) -> None:
    """One gets from the front page to a passage by links alone."""
    visitor = chromium.new_context(java_script_enabled=False)
    page = visitor.new_page()
    page.goto(site)
    page.get_by_role("link", name="La Quincaillerie").first.click()
    assert "Une ancienne" not in page.title()
    page.locator("#timeline .where").first.click()
    assert page.locator("h1").inner_text().startswith("Passage")
    assert page.locator("text=SHA-256").count()
    visitor.close()


def test_search_folds_accents(page: Page, site: str) -> None:
    """“gueret” finds Guéret, and a result leads to its page."""
    page.goto(f"{site}search.html")
    page.get_by_role("searchbox").fill("gueret")
    found = page.locator("#search li a", has_text="Guéret").first
    found.click()
    page.wait_for_url("**/id/**")
    assert "Guéret" in page.locator("h1").inner_text()


def test_a_list_can_be_filtered(page: Page, site: str) -> None:
    """Only what matches is left, accents aside."""
    page.goto(f"{site}id/person/index.html")
    everybody = page.locator(".entries li:visible").count()
    page.get_by_role("searchbox").fill("camille")
    assert 0 < page.locator(".entries li:visible").count() < everybody / 4


def test_the_map_can_be_enlarged(page: Page, site: str) -> None:
    """Its buttons have names, and bring it nearer and back."""
    page.goto(site)
    before = page.locator(".map svg").first.get_attribute("viewBox")
    page.get_by_role("button", name="Agrandir").click()
    assert page.locator(".map svg").first.get_attribute("viewBox") != before
    page.get_by_role("button", name="Tout voir").click()
    assert page.locator(".map svg").first.get_attribute("viewBox") == before


def test_the_keyboard_reaches_the_content_first(page: Page, site: str) -> None:
    """The first stop of Tab leads past the menu."""
    page.goto(f"{site}id/place/coboi.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def test_disagreements_can_be_seen_alone(page: Page, site: str) -> None:
    """The switch of the recap page dims what nobody disputes."""
    page.goto(f"{site}recap.html")
    plain = page.locator("td:not(.disputed) .dot").first
    assert plain.evaluate("dot => getComputedStyle(dot).opacity") == "1"
    page.get_by_role("checkbox").check()
    assert float(plain.evaluate("dot => getComputedStyle(dot).opacity")) < 0.5


# Whatever the data say.


def hostile(label: str, number: int) -> str:
    """Return a place whose words are hostile, beside odd IRIs."""
    said = json.dumps(label, ensure_ascii=False)
    text = TEMPLATE.read_text("utf-8")
    text = text.replace('"La Navette"', said).replace('"atelier de réparation"', said)
    text = text.replace("https://example.org/id/", f"https://example.org/id/{number}/")
    return text.replace(
        "<https://example.org/la-navette/history>", f"<javascript:window.pwned={number}>"
    )


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of data that want to be more than data."""
    home = tmp_path_factory.mktemp("hostile")
    for number, label in enumerate(HOSTILE):
        (home / f"place-{number}.ttl").write_text(hostile(label, number), encoding="utf-8")
    odd = "<https://example.org/../..//%2e%2e/etc;a=1,b'(c)?q=d&e=f~!$*é/place/la-navette>"
    extra = hostile("Étrange", 99).replace("<place/la-navette>", odd)
    (home / "odd.ttl").write_text(extra, encoding="utf-8")
    checked = check.require(ml.open(home).graph)
    publish.publish(checked, home / "site", base_url="https://example.org/x/")
    return home / "site"


def test_no_iri_is_filed_outside(attacked: Path) -> None:
    """Only the folder of the release was written, and every name in it is plain."""
    assert {p.name for p in attacked.parent.iterdir() if p.suffix != ".ttl"} == {"site"}
    assert all(".." not in path.parts for path in attacked.rglob("*"))


def test_nothing_that_the_data_say_runs(attacked: Path, serve: Serve, page: Page) -> None:
    """Each hostile word is shown as it is written; no script of it runs, nothing is asked for."""
    home = serve(attacked)
    for path in sorted((attacked / "thing").rglob("place/la-navette.html")):
        page.goto(home + path.relative_to(attacked).as_posix())
        assert page.evaluate("window.pwned") is None, path
        assert page.evaluate("document.querySelectorAll('a[href^=javascript]').length") == 0
    for name in ("index.html", "search.html", "query/places.html", "dataset.html", "data.html"):
        if (attacked / name).is_file():
            page.goto(home + name)
            assert page.evaluate("window.pwned") is None, name
    page.goto(home + "thing/example~2Eorg/id/3/place/la-navette.html")
    assert "{{ 7 * 7 }}" in page.locator("h1").inner_text()


def test_hostile_words_can_be_found(attacked: Path, serve: Serve, page: Page) -> None:
    """The search shows them as text."""
    page.goto(f"{serve(attacked)}search.html")
    page.get_by_role("searchbox").fill("window.pwned")
    page.locator("#search li").first.wait_for()
    assert page.evaluate("window.pwned") is None
    assert "<script>" in page.locator("#search").inner_text()
