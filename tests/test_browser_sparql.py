"""The query page in a real browser: the engine answers as Python does, and nothing leaves the page.

The page is that of a release; the host, the policy and the witness are those of `browser`.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from visits import NARROW, offences

from millelieux_graph import addresses, assets, queries, terms
from millelieux_graph.results import Table

if TYPE_CHECKING:
    from browser import Serve
    from playwright.sync_api import Browser, Download, Page
    from stages import Released
    from visits import Witness

    import millelieux_graph as ml

pytest_plugins = ["browser", "stages"]

# As on a host of many sites: nothing may be asked for above it.
BELOW = "/some/where/"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PLACES = f"SELECT ?p WHERE {{ ?p a <{terms.ML}ThirdPlace> }}"


@pytest.fixture(scope="module")
def site(serve: Serve, released: Released) -> str:
    """The address of a release, with its slash."""
    if not assets.complete():
        from conftest import missing

        missing("The query editor", "Type: just assets (needs npm)")
    return serve(released.folder, BELOW)


def open_at(page: Page, address: str) -> Page:
    """Go to a query page, and wait until its script is there."""
    page.goto(address)
    page.wait_for_selector("#sparql[data-ready]")
    return page


def ask(page: Page, text: str) -> None:
    """Put a text into the editor by a link, run it, and wait for what comes of it."""
    page.evaluate("hash => { location.hash = hash; }", f"query={quote(text)}")
    page.wait_for_function(
        "text => document.querySelector('.yasqe .CodeMirror').CodeMirror.getValue() === text",
        arg=text,
    )
    page.click("#sparql-run")
    finish(page)


def finish(page: Page) -> None:
    """Wait until the page is no longer busy and has said something."""
    page.wait_for_function(
        "() => !document.querySelector('#sparql').hasAttribute('aria-busy')"
        " && (document.querySelector('#sparql-status').textContent"
        " || document.querySelector('#sparql-problem').textContent)"
    )


def text(page: Page, selector: str) -> str:
    """Return the text of an element, with plain spaces."""
    return page.inner_text(selector).replace("\u202f", " ").replace("\u00a0", " ")


def downloaded(page: Page, button: str) -> bytes:
    """Return the file that a button offers."""
    with page.expect_download() as waiting:
        page.click(f".sparql-files button:has-text('{button}')")
    file: Download = waiting.value
    return Path(file.path()).read_bytes()


def value(page: Page) -> str:
    """Return what stands in the editor."""
    found: str = page.evaluate(
        "() => document.querySelector('.yasqe .CodeMirror').CodeMirror.getValue()"
    )
    return found


# The engine answers as Python does.


def test_a_stored_query_gives_the_rows_of_python(
    page: Page, site: str, dataset: ml.Dataset
) -> None:
    """The recap table has the same rows in the page, in its CSV and in Python."""
    open_at(page, f"{site}sparql.html#stored=impact-matrix")
    finish(page)
    answer = dataset.query("impact-matrix")
    assert isinstance(answer, Table)
    assert text(page, "#sparql-status").startswith("64 lignes")
    shown = page.locator(".sparql-table tbody tr")
    assert shown.count() == len(answer)
    assert downloaded(page, "CSV") == answer.write("csv")
    assert json.loads(downloaded(page, "JSON")) == json.loads(answer.write("json"))


def rows(body: bytes | str) -> Counter[str]:
    """Return the solutions of a result in JSON, as often as each is there."""
    return Counter(
        json.dumps(row, sort_keys=True) for row in json.loads(body)["results"]["bindings"]
    )


def test_every_stored_query_gives_the_rows_of_the_release(
    page: Page, site: str, released: Released
) -> None:
    """Each of them, over the dump in the browser, has the solutions that Python wrote."""
    open_at(page, f"{site}sparql.html")
    found: dict[str, Any] = page.evaluate(
        """async () => {
            const { Engine } = await import("./assets/sparql-engine.js");
            const here = new URL("./", location.href).href;
            const engine = new Engine(`${here}assets/`, `${here}dumps/millelieux.nq.gz`, "x:");
            const found = {};
            for (const { name, sparql } of await (await fetch("query/index.json")).json())
                found[name] = (await engine.ask(sparql.fr, "fr")).body;
            return found;
        }"""
    )
    assert found.keys() == {query.name for query in queries.catalogue()}
    for name, body in found.items():
        assert rows(body) == rows((released.folder / f"query/{name}.srj").read_bytes()), name


def test_the_english_page_speaks_english(page: Page, site: str, dataset: ml.Dataset) -> None:
    """Its words are English, and so are the labels that a stored query selects."""
    open_at(page, f"{site}sparql.en.html#stored=use-families")
    finish(page)
    answer = dataset.query("use-families", lang="en")
    assert isinstance(answer, Table)
    assert text(page, "#sparql-status").startswith(f"{len(answer)} rows")
    assert downloaded(page, "CSV") == answer.write("csv")
    assert page.locator(".sparql-bars [role=listitem]").count() == len(answer)


def test_other_forms_of_query_are_answered(page: Page, site: str) -> None:
    """ASK says yes or no; CONSTRUCT and DESCRIBE give triples, to look at and to keep."""
    open_at(page, f"{site}sparql.html")
    ask(page, "ASK { ?s ?p ?o }")
    assert text(page, ".sparql-truth") == "Oui"
    ask(page, "ASK { ?s <x:none> ?o }")
    assert text(page, ".sparql-truth") == "Non"
    ask(page, 'CONSTRUCT { <x:s> <x:p> "a\\"é\\n"@fr } WHERE {}')
    assert text(page, "#sparql-status").startswith("1 triplet")
    assert page.locator(".sparql-table tbody td").nth(2).inner_text().split() == ['a"é']
    assert downloaded(page, "N-Triples") == '<x:s> <x:p> "a\\"é\\n"@fr .\n'.encode()
    ask(page, f"DESCRIBE <{terms.ID}place/bliiida>")
    assert page.locator(".sparql-table tbody tr").count() > 10
    ask(page, "SELECT ?s WHERE { ?s <x:none> ?o }")
    assert "Aucune ligne" in text(page, "#sparql-result")


# What cannot run, or must not.


def test_a_mistake_is_told_with_its_line(page: Page, site: str) -> None:
    """The line is named and marked, and a button leads there; so does an unknown prefix."""
    open_at(page, f"{site}sparql.html")
    ask(page, "SELECT ?s\nWHERE {\n  ?s ?p ?o FILTR (?o)\n}")
    assert text(page, "#sparql-problem").startswith("Ligne 3, colonne ")
    assert page.locator(".sparql-wrong").count() == 1
    page.click("#sparql-problem button")
    line = page.evaluate(
        "() => document.querySelector('.yasqe .CodeMirror').CodeMirror.getCursor().line"
    )
    assert line == 2
    assert page.evaluate("() => document.activeElement.closest('.yasqe') !== null")
    ask(page, "SELECT ?s\nWHERE { ?s nope:p ?o }")
    assert "préfixe" in text(page, "#sparql-problem")


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("INSERT DATA { <x:a> <x:b> <x:c> }", "INSERT"),
        ("PREFIX x: <x:>\n# a comment\nDELETE WHERE { ?s ?p ?o }", "DELETE"),
        ("SELECT * WHERE { SERVICE <https://example.org/sparql> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * WHERE { service silent ?x { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * WHERE { \\u0053ERVICE <https://example.org/sparql> { ?s ?p ?o } }", "SERVICE"),
    ],
)
def test_what_would_change_data_or_call_a_server_is_refused(
    page: Page, site: str, query: str, word: str
) -> None:
    """Updates and SERVICE clauses are refused with the reason, and nobody is called."""
    open_at(page, f"{site}sparql.html")
    ask(page, query)
    told = text(page, "#sparql-problem")
    assert word in told
    assert ("mise à jour" in told) is (word != "SERVICE")


def test_a_name_is_no_service_clause(page: Page, site: str) -> None:
    """The word may be a variable, a text or a part of a name."""
    open_at(page, f"{site}sparql.html")
    ask(
        page,
        'PREFIX x: <x:> SELECT ?service WHERE { BIND ("SERVICE <x:y> {" AS ?service) } # SERVICE',
    )
    assert text(page, "#sparql-status").startswith("1 ligne")


def test_a_query_can_be_stopped_and_the_next_one_runs(page: Page, site: str) -> None:
    """The stop button ends an endless query at once; another runs without loading the data anew."""
    open_at(page, f"{site}sparql.html")
    ask(page, PLACES)
    page.evaluate("hash => { location.hash = hash; }", f"query={quote(ENDLESS)}")
    page.wait_for_function("() => document.querySelector('.yasqe .cm-keyword')")
    page.click("#sparql-run")
    page.wait_for_selector("#sparql[aria-busy]")
    assert page.is_enabled("#sparql-stop")
    page.click("#sparql-stop")
    finish(page)
    assert text(page, "#sparql-status") == "La requête est arrêtée."
    ask(page, PLACES)
    assert text(page, "#sparql-status").startswith("8 lignes")


def test_a_query_ends_at_its_time(page: Page, site: str) -> None:
    """What takes longer than it is allowed is ended; the next query is answered."""
    open_at(page, f"{site}sparql.html")
    told = page.evaluate(
        """async ([endless, places]) => {
            const { Engine, TimedOut } = await import("./assets/sparql-engine.js");
            const here = new URL("./", location.href).href;
            const engine = new Engine(`${here}assets/`, `${here}dumps/millelieux.nq.gz`, "x:");
            await engine.load();
            const ended = await engine.ask(endless, "fr", 0.2)
                .catch((error) => error instanceof TimedOut);
            const { body } = await engine.ask(places, "fr", 60);
            return [ended, JSON.parse(body).results.bindings.length];
        }""",
        [ENDLESS, PLACES],
    )
    assert told == [True, 8]


def test_data_that_do_not_come_are_missed_in_words(page: Page, site: str, witness: Witness) -> None:
    """When the dump cannot be had, the page says so, and tries again when it is asked again."""
    page.context.route("**/dumps/*", lambda route: route.fulfill(status=404))
    open_at(page, f"{site}sparql.html")
    page.click("#sparql-load")
    page.wait_for_selector("#sparql-problem p")
    assert "dumps/millelieux.nq.gz" in text(page, "#sparql-problem")
    page.context.unroute("**/dumps/*")
    page.click("#sparql-load")
    page.wait_for_function(
        "() => document.querySelector('#sparql-status').textContent.includes('énoncés')"
    )
    assert page.is_hidden("#sparql-load")
    assert all("404" in told for told in witness.complaints)
    witness.complaints.clear()


def test_a_dump_that_the_host_unpacks_is_read_too(
    page: Page, site: str, released: Released
) -> None:
    """Some hosts send ``.gz`` with its encoding, and the script then sees plain lines."""
    plain = gzip.decompress((released.folder / "dumps/millelieux.nq.gz").read_bytes())
    page.context.route("**/dumps/*", lambda route: route.fulfill(body=plain))
    open_at(page, f"{site}sparql.html")
    ask(page, PLACES)
    assert text(page, "#sparql-status").startswith("8 lignes")


# What is fetched, kept and asked for.


def test_nothing_is_loaded_before_it_is_asked_for(page: Page, site: str, witness: Witness) -> None:
    """The engine and the dump come with the first query; only the editor keeps its text."""
    open_at(page, f"{site}sparql.html")
    heavy = ("web_bg.wasm", "millelieux.nq.gz")
    assert not [url for url in witness.asked if url.endswith(heavy)]
    ask(page, PLACES)
    ask(page, PLACES + " LIMIT 2")
    fetched = Counter(url.rpartition("/")[2] for url in witness.asked if url.endswith(heavy))
    assert fetched == dict.fromkeys(heavy, 1)
    assert all(url.startswith(("blob:", site)) for url in witness.asked)
    page.reload()
    page.wait_for_selector("#sparql[data-ready]")
    assert page.evaluate("() => Object.keys(localStorage)") in (["millelieux_query"], [])


# Links.


def test_things_lead_to_their_pages(page: Page, site: str, released: Released) -> None:
    """A thing of ours, or its code, is a link to its page in the language; the page is there."""
    open_at(page, f"{site}sparql.en.html#stored=impact-matrix")
    finish(page)
    link = page.locator(".sparql-table tbody td a").first
    assert link.get_attribute("href") == "id/place/bliiida.en.html"
    link.click()
    page.wait_for_url(f"{site}id/place/bliiida.en.html")
    assert "Bliiida" in page.title()


def test_scripts_file_things_as_python_does(page: Page, site: str, dataset: ml.Dataset) -> None:
    """Every IRI of ours in the graph, and some odd ones, has the same page in both."""
    odd = ["", "id/place/é b", "id/index", "thing/x", "id//x", "a.b/c#d é", "ontology#ThirdPlace"]
    iris = [terms.BASE + path for path in odd]
    query = f'SELECT DISTINCT ?s WHERE {{ ?s ?p ?o FILTER STRSTARTS(STR(?s), "{terms.BASE}") }}'
    found = dataset.query(query)
    assert isinstance(found, Table)
    iris += sorted(str(row[0]) for row in found)
    pages = page_of_each(open_at(page, f"{site}sparql.html"), iris)
    assert pages == [expected(iri) for iri in iris]


def page_of_each(page: Page, iris: list[str]) -> list[str]:
    """Return the pages that the script gives to IRIs."""
    found: list[str] = page.evaluate(
        """async ([iris, base]) => {
            const { pageOf } = await import("./assets/sparql-answers.js");
            return iris.map((iri) => pageOf(iri, base));
        }""",
        [iris, terms.BASE],
    )
    return found


def expected(iri: str) -> str:
    """Return the page that Python gives to an IRI, as a link from the top."""
    anchor = addresses.fragment(iri)
    target = addresses.page(addresses.stem(iri), "fr") + (f"#{anchor}" if anchor else "")
    return addresses.href(target, "sparql.html")


def test_a_link_reopens_a_query_and_runs_nothing(page: Page, site: str) -> None:
    """The link of a text brings it back, and waits; that of a stored query runs it."""
    open_at(page, f"{site}sparql.html")
    ask(page, PLACES)
    page.click("#sparql-share")
    page.wait_for_function(
        "() => document.querySelector('#sparql-status').textContent.includes('lien')"
    )
    address = page.url
    assert "#query=" in address
    page.goto("about:blank")
    open_at(page, address)
    assert value(page) == PLACES
    assert text(page, "#sparql-status") == ""
    assert page.is_hidden("#sparql-results")
    for way in ("sparql.html?name=places", "sparql.html#stored=places"):
        page.goto("about:blank")
        open_at(page, site + way)
        finish(page)
        assert "10 lignes" in text(page, "#sparql-status")
    page.goto("about:blank")
    open_at(page, f"{site}sparql.html#stored=nope")
    finish(page)
    assert "nope" in text(page, "#sparql-problem")


def test_stored_queries_are_found_without_accents(page: Page, site: str) -> None:
    """A search in any spelling finds questions by their words and keywords; one click runs one."""
    open_at(page, f"{site}sparql.html")
    page.fill("#sparql-search", "recapitulatif VERDICT")
    page.wait_for_function(
        "() => document.querySelector('[data-stored=\"impact-matrix\"]').checkVisibility()"
    )
    found = page.locator("#sparql-stored li:visible").count()
    assert 0 < found < 20
    page.click("[data-stored='impact-matrix']")
    finish(page)
    assert page.url.endswith("#stored=impact-matrix")
    assert text(page, "#sparql-status").startswith("64 lignes")
    assert page.get_attribute("[data-stored='impact-matrix']", "aria-current") == "true"
    page.go_back()
    assert page.is_visible("#sparql-editor")


# Writing.


def write(page: Page, typed: str) -> None:
    """Empty the editor and type a text."""
    page.click(".yasqe .CodeMirror-code")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(typed)


def test_terms_are_completed_by_name_and_by_label(page: Page, site: str) -> None:
    """A term is found by its name, or by a label without accents, and its prefix comes."""
    open_at(page, f"{site}sparql.html")
    write(page, "SELECT * WHERE { ?place a ml:Third")
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hint")
    assert "ml:ThirdPlace" in page.inner_text(".CodeMirror-hint-active")
    assert "tiers-lieu" in page.inner_text(".CodeMirror-hint-active")
    page.keyboard.press("Enter")
    assert "?place a ml:ThirdPlace" in value(page)
    assert value(page).startswith(f"PREFIX ml: <{terms.ML}>")
    write(page, "SELECT * WHERE { ?x ?y evenement")
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hint")
    assert "TimelineEvent" in page.inner_text(".CodeMirror-hints")
    page.keyboard.press("Escape")


def test_prefixes_are_ours(page: Page, site: str) -> None:
    """Typing a name whose prefix is known declares it, as the project writes it."""
    open_at(page, f"{site}sparql.html")
    write(page, "SELECT * WHERE { ?s skos:prefLabel ?o")
    page.wait_for_function(
        "() => document.querySelector('.yasqe .CodeMirror').CodeMirror.lineCount() > 1"
    )
    assert value(page).startswith(f"PREFIX skos: <{terms.PREFIXES['skos']}>")


def test_the_keyboard_is_enough(page: Page, site: str) -> None:
    """Ctrl+Enter runs, Tab leaves the editor and reaches the buttons; a view is chosen by key."""
    open_at(page, f"{site}sparql.html#query={quote(PLACES)}")
    page.focus(".yasqe [role=textbox]")
    page.keyboard.press("Control+Enter")
    finish(page)
    assert "8 lignes" in text(page, "#sparql-status")
    page.focus(".yasqe [role=textbox]")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "sparql-run"
    assert "\t" not in value(page)
    page.focus(".select_response")
    page.keyboard.press("Enter")
    page.wait_for_selector(".select_response[aria-pressed=true]")


# Views.


def test_a_map_shows_places_by_their_coordinates(page: Page, site: str) -> None:
    """Dots stand on drawn coasts, each place once, each a link that the keyboard reaches."""
    open_at(page, f"{site}sparql.html#stored=places")
    finish(page)
    page.wait_for_selector(".sparql-map")
    assert page.locator(".sparql-map circle").count() == 8
    assert len(page.get_attribute(".sparql-map .land", "d") or "") > 10_000
    page.focus(".sparql-map a >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/place/*.html")


def test_a_map_reads_points_as_text(page: Page, site: str) -> None:
    """WKT is read; what has no position is counted, not lost."""
    wkt = "http://www.opengis.net/ont/geosparql#wktLiteral"
    open_at(page, f"{site}sparql.html")
    ask(
        page,
        "SELECT ?name ?where WHERE { VALUES (?name ?where) "
        f'{{ ("a" "POINT(2.35 48.85)"^^<{wkt}>) ("b" "nowhere"^^<{wkt}>) }} }}',
    )
    page.click(".select_map")
    page.wait_for_selector(".sparql-map")
    assert page.locator(".sparql-map circle").count() == 1
    assert "1 ligne sans position" in text(page, "#sparql-result")


def test_a_chart_shows_numbers_by_name(page: Page, site: str) -> None:
    """Bars say their name and number; views that cannot show an answer say what they need."""
    open_at(page, f"{site}sparql.html")
    ask(page, 'SELECT ?x ?n WHERE { VALUES (?x ?n) { ("a" 1) ("b" 2.5) ("c" -1) } }')
    page.click(".select_chart")
    page.wait_for_selector(".sparql-bars")
    bars = page.locator(".sparql-bars [role=listitem]")
    told = [bars.nth(n).get_attribute("aria-label") for n in range(bars.count())]
    assert told == ["a\u202f: 1", "b\u202f: 2,5", "c\u202f: -1"]
    assert page.is_disabled(".select_map")
    assert "latitude" in (page.get_attribute(".select_map", "title") or "")


def test_a_table_is_sorted_and_turned(page: Page, site: str) -> None:
    """Long answers come by pages; a column sorts by number or by name, and says which way."""
    open_at(page, f"{site}sparql.html")
    ask(
        page,
        "SELECT ?n WHERE { ?s <http://www.w3.org/ns/oa#start> ?n } ORDER BY DESC(?n) LIMIT 250",
    )
    page.wait_for_selector(".sparql-table")
    assert page.locator(".sparql-table tbody tr").count() == 100
    page.click(".sparql-turn button >> nth=1")
    assert "101 à 200 sur 250" in text(page, ".sparql-turn")
    page.click(".sparql-table th button")
    assert page.get_attribute(".sparql-table th", "aria-sort") == "ascending"
    numbers = [int(n) for n in page.locator(".sparql-table tbody td").all_inner_texts()]
    assert numbers == sorted(numbers)


def test_markup_in_an_answer_stays_text(page: Page, site: str) -> None:
    """Whatever a literal or an IRI holds, no script runs and no link leads to one."""
    open_at(page, f"{site}sparql.html")
    bad = "<img src=x onerror=document.title=1><script>document.title=1</script>{{y}}"
    ask(
        page,
        f'SELECT ?x ?y ?label ?n WHERE {{ BIND ("{bad}" AS ?x) BIND ("{bad}" AS ?label)'
        f" BIND (<javascript:document.title=1> AS ?y) BIND (1 AS ?n) }}",
    )
    page.wait_for_selector(".sparql-table")
    assert page.locator(".sparql-table tbody td").first.inner_text() == bad
    assert page.locator(".sparql-table td a").count() == 0
    for view in ("chart", "response"):
        page.click(f".select_{view}")
        page.wait_for_selector(f".select_{view}[aria-pressed=true]")
    assert page.title().startswith("Interroger")
    rows = list(csv.reader(io.StringIO(downloaded(page, "CSV").decode())))
    assert rows[1][0] == bad


# Everybody reads it.


@pytest.mark.parametrize("stored", ["impact-matrix", "places", "funding-shares", "organisations"])
def test_a_phone_scrolls_only_downwards(page: Page, site: str, stored: str) -> None:
    """At 390 pixels nothing makes the page wider than the screen; wide tables scroll within."""
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    open_at(page, f"{site}sparql.html#stored={stored}")
    finish(page)
    page.wait_for_selector("#sparql-results:not([hidden])")
    assert page.evaluate("() => document.documentElement.scrollWidth") == NARROW[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("stored", ["impact-matrix", "places", "use-families"])
def test_axe_has_nothing_to_say(page: Page, site: str, scheme: str, stored: str) -> None:
    """Table, map and chart pass the rules of accessibility, by day and by night."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    open_at(page, f"{site}sparql.html#stored={stored}")
    finish(page)
    page.wait_for_selector("#sparql-result [class^=sparql]")
    assert offences(page) == []


def test_axe_has_nothing_to_say_of_errors_and_raw_answers(page: Page, site: str) -> None:
    """So do a message of error, the raw answer, and the open list of completions."""
    open_at(page, f"{site}sparql.en.html")
    ask(page, "SELECT ?s WHERE {")
    assert offences(page) == []
    ask(page, PLACES)
    page.click(".select_response")
    page.wait_for_selector(".select_response[aria-pressed=true]")
    assert offences(page) == []
    write(page, "SELECT * WHERE { ?s a ml:Third")
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hint")
    assert offences(page) == []
    page.keyboard.press("Escape")


def test_without_scripts_the_page_says_what_to_do(chromium: Browser, site: str) -> None:
    """Each stored question then leads to its page, and the data to theirs."""
    with chromium.new_context(java_script_enabled=False) as visitor:
        page = visitor.new_page()
        page.goto(f"{site}sparql.html")
        assert "demande JavaScript" in page.inner_text("main")
        links = page.locator("[data-stored]")
        assert links.count() == len(queries.catalogue())
        page.click("#sparql-stored summary >> nth=3")
        page.click("[data-stored='impact-matrix']")
        assert page.url == f"{site}query/impact-matrix.html"
