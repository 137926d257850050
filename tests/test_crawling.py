"""Programs that come by themselves find every page, every file and what describes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, strategies as st

from millelieux_graph import crawling
from millelieux_graph.addresses import LANGUAGES, page
from millelieux_graph.crawling import Signs, linkset_links, thing_links
from millelieux_graph.distributions import Distribution
from millelieux_graph.formats import by_name

BASE = "https://example.org/data/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
# A link of RFC 8288, section 3, as we write it.
LINK = re.compile(r'<(?P<href>[^<>"\s]+)>(?P<told>(?:; [a-z]+="[^"\s]+")+)')


def file(name: str, format: str, *, packed: bool = False) -> Distribution:
    """Return a file that carries the dataset."""
    title = {"fr": "Fichier", "en": "File"}
    return Distribution(
        name=name, format=by_name(format), size=1, sha256="0" * 64, title=title,
        compressed="gzip" if packed else None,
    )  # fmt: skip


SIGNS = Signs(
    BASE,
    "https://w3id.org/millelieux/dataset/millelieux",
    "dataset/millelieux.html",
    "https://creativecommons.org/licenses/by/4.0/",
    ["https://w3id.org/millelieux/id/org/someone"],
    [("catalog.ttl", "text/turtle"), ("catalog.jsonld", "application/ld+json"),
     ("void.ttl", "text/turtle")],
    [file("dumps/a.ttl", "turtle"), file("dumps/a.nq.gz", "nquads", packed=True),
     file("dumps/links é.csv", "csv")],
)  # fmt: skip


def written(stems: Sequence[str] = ("index",), modified: str = "2026-11-22") -> dict[str, str]:
    """Return the files for crawlers, by name."""
    made = crawling.files(stems, SIGNS, b"<#d> a <http://rdfs.org/ns/void#Dataset> .", modified)
    return {name: data.decode() for name, data in made}


def locations(sitemap: str) -> list[str]:
    """Return the addresses that a sitemap or an index lists."""
    return [each.text or "" for each in ET.fromstring(sitemap).iter(f"{SITEMAP}loc")]  # noqa: S314  # ours


def listed(files: Mapping[str, str]) -> list[str]:
    """Return the addresses of all pages, through the index where there is one."""
    first = files["sitemap.xml"]
    if "<sitemapindex" not in first:
        return locations(first)
    return [address for name in locations(first) for address in locations(files[name[len(BASE) :]])]


@given(st.sets(st.text("aé&<~ /-", min_size=1), max_size=12))
def test_every_page_is_listed_once_in_each_language(stems: set[str]) -> None:
    """Whatever its name holds, it is escaped, and found again."""
    found = [unquote(address) for address in listed(written(sorted(stems)))]
    assert len(found) == len(set(found))
    assert set(found) == {BASE + page(stem, lang) for stem in stems for lang in LANGUAGES}


def test_a_page_names_its_other_languages_and_its_date() -> None:
    """Each of the two names both, and French for everybody else (sitemaps, hreflang)."""
    urls = ET.fromstring(written(["id/place/x"])["sitemap.xml"])  # noqa: S314  # ours
    wanted = {
        "fr": f"{BASE}id/place/x.html",
        "en": f"{BASE}id/place/x.en.html",
        "x-default": f"{BASE}id/place/x.html",
    }
    assert len(urls) == 2
    for url in urls:
        assert url.findtext(f"{SITEMAP}lastmod") == "2026-11-22"
        links = url.findall(f"{XHTML}link")
        assert {link.attrib["hreflang"]: link.attrib["href"] for link in links} == wanted
        assert {link.attrib["rel"] for link in links} == {"alternate"}


def test_a_date_that_nobody_knows_is_not_told() -> None:
    """The day of the build would say that everything has changed."""
    assert "lastmod" not in written(modified="")["sitemap.xml"]


@pytest.mark.parametrize(("limit", "value"), [("AT_ONCE", 4), ("LARGEST", 2_000)])
def test_no_sitemap_is_longer_than_its_protocol_allows(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    """Neither in addresses nor in bytes; then an index leads to several, which hold the same."""
    stems = [f"id/place/{number:03}" for number in range(9)]
    whole = listed(written(stems))
    monkeypatch.setattr(crawling, limit, value)
    files = written(stems)
    parts = [text for name, text in files.items() if re.fullmatch(r"sitemap-\d+\.xml", name)]
    assert len(parts) > 2
    for part in parts:
        size = len(locations(part)) if limit == "AT_ONCE" else len(part.encode())
        assert size <= value
    assert listed(files) == whole
    assert len(locations(files["sitemap.xml"])) == len(parts)


def test_a_site_without_pages_has_a_sitemap_all_the_same() -> None:
    """It lists nothing, and robots.txt does not lead astray."""
    assert listed(written([])) == []


def test_everybody_may_read_everything() -> None:
    """robots.txt forbids nothing and names the sitemap (RFC 9309)."""
    lines = written()["robots.txt"].splitlines()
    assert lines == ["User-agent: *", "Allow: /", f"Sitemap: {BASE}sitemap.xml"]


def test_void_stands_where_it_is_looked_for() -> None:
    """At the well-known address (VoID, section 7.2)."""
    assert "void#Dataset" in written()[".well-known/void"]


def sets() -> dict[str, dict[str, list[dict[str, str | list[str]]]]]:
    """Return the relations in the linkset, by the address that they belong to."""
    told = json.loads(written()["linkset.json"])
    assert list(told) == ["linkset"]
    return {each.pop("anchor"): each for each in told["linkset"]}


def test_a_page_of_the_dataset_has_the_links_of_signposting() -> None:
    """Level 2 of https://signposting.org/FAIR/, for the page in each language."""
    for lang in LANGUAGES:
        page_ = sets()[BASE + page("dataset/millelieux", lang)]
        assert page_["cite-as"] == [{"href": SIGNS.iri}]
        assert {"href": "https://schema.org/AboutPage"} in page_["type"]
        assert {"href": "https://schema.org/Dataset"} in page_["type"]
        assert page_["license"] == [{"href": SIGNS.licence}]
        assert page_["author"] == [{"href": SIGNS.authors[0]}]
        assert page_["describedby"][0] == {
            "href": f"{BASE}catalog.ttl",
            "type": "text/turtle",
            "profile": ["http://www.w3.org/ns/dcat#"],
        }
        assert page_["item"] == [
            {"href": f"{BASE}dumps/a.ttl", "type": "text/turtle"},
            {"href": f"{BASE}dumps/a.nq.gz", "type": "application/gzip"},
            {"href": f"{BASE}dumps/links%20%C3%A9.csv", "type": "text/csv"},
        ]


def test_files_and_descriptions_lead_back_to_the_page() -> None:
    """By `collection` and `describes`, so that who finds one of them finds the rest."""
    found = sets()
    landing = {"href": f"{BASE}dataset/millelieux.html", "type": "text/html"}
    for path, _ in SIGNS.described:
        assert found[BASE + path] == {"describes": [landing]}
    for item in found[landing["href"]]["item"]:
        assert found[str(item["href"])] == {"collection": [landing]}
    assert len(found) == 2 + len(SIGNS.described) + len(SIGNS.distributions)


def test_both_linksets_say_the_same() -> None:
    """The one as JSON, the other as a Link header would say it (RFC 9264)."""
    in_text = set()
    for line in written()["linkset.txt"].rstrip("\n").split(",\n"):
        link = LINK.fullmatch(line)
        assert link, line
        told = re.findall(r'([a-z]+)="([^"]*)"', link["told"])
        in_text.add((link["href"], *sorted(told)))
    in_json = set()
    for anchor, relations in sets().items():
        for relation, targets in relations.items():
            for target in targets:
                said = {n: v if isinstance(v, str) else v[0] for n, v in target.items()}
                href = said.pop("href")
                told = sorted({**said, "rel": relation, "anchor": anchor}.items())
                in_json.add((href, *told))
    assert in_text == in_json


def test_what_nobody_knows_is_left_out() -> None:
    """Without licence, author or files there are no empty links."""
    bare = Signs(BASE, "https://example.org/d", "data.html")
    relations = {dict(link)["rel"] for link in linkset_links(bare)}
    assert relations == {"cite-as", "type", "linkset"}


def test_pages_show_the_same_links() -> None:
    """The page of the dataset has those of the linkset but the files, and leads to both sets."""
    links = [dict(link) for link in linkset_links(SIGNS)]
    linksets = {link["href"] for link in links if link["rel"] == "linkset"}
    assert linksets == {f"{BASE}linkset.json", f"{BASE}linkset.txt"}
    shown = {link["rel"] for link in links}
    assert shown == {"cite-as", "type", "license", "author", "describedby", "linkset"}
    assert {name for link in links for name in link} == {"rel", "href", "type"}  # as HTML has them


def test_the_page_of_a_thing_says_what_it_is_about() -> None:
    """Its identifier, its licence, its descriptions and the dataset that it is part of."""
    iri = "https://w3id.org/millelieux/id/place/x"
    links = [dict(link) for link in thing_links(iri, "id/place/x", SIGNS, "../../")]
    assert {"rel": "cite-as", "href": iri} in links
    assert {"rel": "license", "href": SIGNS.licence} in links
    assert {"rel": "type", "href": "https://schema.org/AboutPage"} in links
    assert {"rel": "collection", "href": "../../dataset/millelieux.html"} in links
    linksets = [link["href"] for link in links if link["rel"] == "linkset"]
    assert linksets == ["../../linkset.json", "../../linkset.txt"]
    described = {link["type"]: link["href"] for link in links if link["rel"] == "describedby"}
    assert described["text/turtle"] == "../../id/place/x.ttl"
    assert described["application/ld+json"] == "../../id/place/x.jsonld"
