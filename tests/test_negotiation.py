"""What somebody asks for is what they get, or they are told that it is not there."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from millelieux_graph.negotiation import OFFERED, language, media_type

_RANGES = st.sampled_from([*OFFERED, "text/*", "application/*", "*/*", "image/png"])
_WEIGHTS = st.sampled_from(["", ";q=0", ";q=0.001", ";q=0.5", ";q=0.55", ";q=0.999", ";q=1"])
_HEADERS = st.lists(st.builds(str.__add__, _RANGES, _WEIGHTS), unique_by=lambda p: p.split(";")[0])

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JENA = (
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,"
    "application/rdf+xml;q=0.7,*/*;q=0.3"
)
RDFLIB = "application/rdf+xml;q=0.9, text/turtle;q=0.95, application/ld+json, */*;q=0.1"
# What is asked for, and what it is answered with.
ASKED = {
    "": "text/html",
    "*/*": "text/html",
    CHROME: "text/html",
    JENA: "text/turtle",
    RDFLIB: "application/ld+json",
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
    "application/json": None,
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
    "de,en;q=0.8,fr;q=0.7": "en",
    "de,en;q=0.7,fr;q=0.8": "fr",
    "fr-CA,en;q=0.999": "fr",
    "de": "fr",
    "*": "fr",
    "fr;q=0.1,*": "en",
    "en;q=0,*;q=0.5": "fr",
    "de, en;q=0.001": "en",
    "english": "fr",
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
