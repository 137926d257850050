"""What somebody asks for is what they get, or they are told that it is not there."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from millelieux_graph.addresses import LANGUAGES
from millelieux_graph.negotiation import ALIASES, DOCUMENTS, OFFERED, language, media_type

_RANGES = st.sampled_from(
    [*OFFERED, "text/*", "application/*", "*/*", "image/png", "application/json", "text/n3"]
)
_WEIGHTS = st.sampled_from(["", ";q=0", ";q=0.001", ";q=0.5", ";q=0.55", ";q=0.999", ";q=1"])
_HEADERS = st.lists(st.builds(str.__add__, _RANGES, _WEIGHTS), unique_by=lambda p: p.split(";")[0])

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
OLD_SAFARI = (
    "application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5"
)
JENA = (
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,"
    "application/rdf+xml;q=0.7,*/*;q=0.3"
)
MANY = (
    "application/rdf+xml;q=0.8, application/n-triples;q=0.8, text/turtle, text/n3;q=0.8, "
    "application/trix;q=0.8, application/trig, application/x-binary-rdf, "
    "application/n-quads;q=0.8, application/ld+json;q=0.8, application/rdf+json;q=0.8"
)
# rdflib's, by the format that its caller names.
RDFLIB = {
    "xml": "application/rdf+xml, */*;q=0.1",
    "n3": "text/n3, */*;q=0.1",
    "turtle": "text/turtle, application/x-turtle, */*;q=0.1",
    "nt": "text/plain, */*;q=0.1",
    "json-ld": "application/ld+json, application/json;q=0.9, */*;q=0.1",
}
OWLAPI = (
    "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
)
AXIOS = "application/json, text/plain, */*"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
MIXED = "application/rdf+xml;q=0.9, text/turtle;q=0.95, application/ld+json, */*;q=0.1"
# What is asked for, and what it is answered with.
ASKED = {
    "": "text/html",
    "*/*": "text/html",
    CHROME: "text/html",
    FIREFOX: "text/html",
    OLD_SAFARI: "text/html",
    JENA: "text/turtle",
    MANY: "text/turtle",
    RDFLIB["xml"]: "application/rdf+xml",
    RDFLIB["n3"]: "text/turtle",
    RDFLIB["turtle"]: "text/turtle",
    RDFLIB["nt"]: "text/html",
    RDFLIB["json-ld"]: "application/ld+json",
    OWLAPI: "application/rdf+xml",
    AXIOS: "text/html",
    JAVA: "text/html",
    MIXED: "application/ld+json",
    "text/html": "text/html",
    "text/turtle": "text/turtle",
    "TEXT/Turtle": "text/turtle",
    "application/ld+json": "application/ld+json",
    "application/n-triples": "application/n-triples",
    "application/rdf+xml": "application/rdf+xml",
    "application/rdf+xml;q=0.5": "application/rdf+xml",
    "text/turtle;charset=utf-8": "text/turtle",
    "text/turtle;charset=utf-8;q=0.4, text/html;q=0.3": "text/turtle",
    "text/turtle ; q=0.9 , text/html ; q=0.8": "text/turtle",
    "text/turtle;q=0.9,text/html;q=0.9": "text/html",
    "application/rdf+xml,text/turtle": "text/turtle",
    "text/turtle;q=0.899,application/rdf+xml;q=0.9": "application/rdf+xml",
    "text/turtle;q=0.001,text/html;q=0": "text/turtle",
    "text/turtle;q=0.10,text/html;q=0.9": "text/html",
    "text/turtle;q=0.09,text/html;q=0.1": "text/html",
    "text/html;q=0,*/*": "text/turtle",
    "text/*": "text/html",
    "text/*;q=0.1,application/ld+json;q=0.2": "application/ld+json",
    "text/*,text/html;q=0.2": "text/turtle",
    "application/*": "application/ld+json",
    "*/*;q=0.1,text/*;q=0": "application/ld+json",
    "*/*,text/html;q=0,text/turtle;q=0,application/ld+json;q=0": "application/n-triples",
    "text/turtle;q=1.000,text/html;q=0.999": "text/turtle",
    "text/turtle;q=0.8;v=1,text/html;q=0.7": "text/turtle",
    "text/turtle;q=2,application/rdf+xml;q=0.1": "application/rdf+xml",
    "text/turtle;q=abc,application/rdf+xml;q=0.1": "application/rdf+xml",
    "text/turtle;q=,application/rdf+xml;q=0.1": "application/rdf+xml",
    ", ,text/turtle,": "text/turtle",
    " , ": "text/html",
    "text/turtle/x, application/ld+json": "application/ld+json",
    "xtext/turtle, application/ld+json": "application/ld+json",
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"': "application/ld+json",
    "application/ldxjson,application/rdf+xml": "application/rdf+xml",
    "*": None,
    "text": None,
    "image/png": None,
    "application/json": "application/ld+json",
    "application/json;q=0.9,application/ld+json;q=0.1,text/html;q=0.5": "text/html",
    "application/json,text/html;q=0.9": "application/ld+json",
    "application/json;q=0": None,
    "application/json;q=0,application/*;q=0.3": "application/ld+json",
    "application/xhtml+xml": "text/html",
    "application/xhtml+xml;q=0,text/html;q=0.2": "text/html",
    "application/x-turtle": "text/turtle",
    "text/n3;q=0.3,application/x-turtle;q=0.2,application/rdf+xml;q=0.25": "application/rdf+xml",
    "text/plain": None,
    "application/xml": None,
    "text/csv, application/sparql-results+json": None,
    "text/turtle;q=0,text/*;q=0.5,*/*;q=0.7": "application/ld+json",
    "text/turtle;q=.5": None,
    "text/turtle;q=1.001,*/*;q=0.1": "text/html",
    "text/turtle;q=0.1234": None,
    "text/turtle;Q=0.2,text/html;Q=0.1": "text/turtle",
    "text/turtle;q=0.5;q=0.9,text/html;q=0.7": "text/html",
    "text/turtle;q=0.2,text/turtle,text/html;q=0.5": "text/html",
    "\ttext/turtle\t;\tq=0.9": "text/turtle",
    ";q=1,application/n-triples": "application/n-triples",
    "text/html;q=0": None,
    "*/*;q=0": None,
    "*/*;q=0.0": None,
    "text/turtle;q=0.000": None,
    "image/*,video/mp4;q=0.5": None,
}
SPOKEN = {
    "": "fr",
    "fr": "fr",
    "en": "en",
    "EN-us": "en",
    "en-GB,en;q=0.9": "en",
    "fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7": "fr",
    "fr-FR,fr;q=0.8,en-US;q=0.9,en;q=0.7": "fr",
    "en-US,en;q=0.5": "en",
    "en-US,en;q=0.5,fr;q=0.9": "en",
    "de,en;q=0.8,fr;q=0.7": "en",
    "de,en;q=0.7,fr;q=0.8": "fr",
    "fr-CA,en;q=0.999": "fr",
    "fr;q=0.998,en;q=0.999": "en",
    "de": "fr",
    "*": "fr",
    "fr;q=0.1,*": "en",
    "en;q=0,*;q=0.5": "fr",
    "fr;q=0": "fr",
    "de, en;q=0.001": "en",
    "english": "fr",
    "en_GB": "fr",
    "en;q=9,fr;q=0.1": "fr",
}


@pytest.mark.parametrize(("accept", "wanted"), ASKED.items())
def test_real_headers_get_what_they_ask_for(accept: str, wanted: str | None) -> None:
    """Weights to the thousandth, the most specific range, the order of preference, 0 as never."""
    assert media_type(accept) == wanted


@pytest.mark.parametrize(("accept", "wanted"), SPOKEN.items())
def test_a_page_comes_in_the_language_that_is_preferred(accept: str, wanted: str) -> None:
    """French where neither language is asked for, or both alike."""
    assert language(accept) == wanted


@given(_HEADERS)
def test_the_answer_is_offered_or_there_is_none(parts: list[str]) -> None:
    """Nothing is made up, and what is refused by name never comes."""
    found = media_type(",".join(parts))
    assert found is None or found in OFFERED
    assert f"{found};q=0" not in parts


@given(_HEADERS.flatmap(lambda parts: st.tuples(st.just(parts), st.permutations(parts))))
def test_the_order_of_a_header_means_nothing(both: tuple[list[str], list[str]]) -> None:
    """Only weights and ranges count (RFC 9110, section 12.5.1)."""
    one, other = (media_type(",".join(parts)) for parts in both)
    assert one == other


@given(st.text(max_size=300))
def test_no_header_is_too_odd(accept: str) -> None:
    """Whatever comes, there is an answer."""
    assert media_type(accept) in (*OFFERED, None)
    assert language(accept) in ("fr", "en")


@given(_HEADERS, st.sampled_from(OFFERED), st.sampled_from(["0", "0.0", "0.000"]))
def test_what_has_weight_0_never_comes(parts: list[str], refused: str, none: str) -> None:
    """Whatever else is said, by wildcards or other names (RFC 9110, section 12.4.2)."""
    others = [part for part in parts if part.split(";")[0] != refused]
    assert media_type(",".join([*others, f"{refused};q={none}"])) != refused


@given(_HEADERS, st.permutations(OFFERED))
def test_only_ties_are_decided_by_the_order_of_the_offer(
    parts: list[str], offered: list[str]
) -> None:
    """Two orders of the same documents give two answers of one weight."""
    header = ",".join(parts)
    one, other = media_type(header), media_type(header, offered)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        alone = [media_type(header, [name]) for name in (one, other)]
        assert alone == [one, other]


@given(_HEADERS, st.sampled_from(OFFERED))
def test_what_is_offered_alone_comes_unless_it_is_refused(parts: list[str], name: str) -> None:
    """With fewer documents there is a smaller choice, and never another rule."""
    assert media_type(",".join(parts), [name]) in (name, None)
    assert media_type(",".join(parts), []) is None


def test_a_query_has_its_answer_too() -> None:
    """Its table as CSV or JSON and its text, beside its page."""
    offered = ("text/html", "text/csv", "application/sparql-results+json")
    assert media_type("text/csv", offered) == "text/csv"
    assert media_type("application/json", offered) == "application/sparql-results+json"
    assert media_type("text/turtle", offered) is None


def test_a_long_header_is_read_in_bounds() -> None:
    """What is beyond the length that servers take is not read, and no weight is cut in two."""
    filler = ",".join(["image/x"] * 900)
    assert media_type(f"text/turtle;q=0.1,{filler},text/html") == "text/html"
    assert media_type(f"text/turtle;q=0.1,{filler},{filler},text/html") == "text/turtle"
    assert media_type("text/turtle;q=0.1," + ";" * 100_000) == "text/turtle"
    assert media_type("x" * 8_000 + ",text/html") is None


def test_other_names_belong_to_what_can_be_sent() -> None:
    """Each alias stands for documents, and none is the name of another document."""
    assert set(ALIASES) <= set(DOCUMENTS)
    assert not {alias for names in ALIASES.values() for alias in names} & set(DOCUMENTS)
    assert LANGUAGES[0] == language("")
