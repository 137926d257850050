"""Names: short forms and IRIs are two ways to write the same, and files agree on prefixes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given, strategies as st

from millelieux_graph import terms
from millelieux_graph.sources.shipped import shipped

PREFIX = st.sampled_from(sorted(terms.PREFIXES))
LOCAL = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]*", fullmatch=True)
TAIL = st.text(st.characters(codec="utf-8", exclude_characters='<>"{}|^`\\ '), max_size=12)
NAMESPACE = st.sampled_from([*terms.PREFIXES.values(), "https://example.org/", "ftp://x/"])
POSITION = st.integers(0, 10**9 - 1)

ROOMS: list[Path] = [shipped("ontology"), shipped("data"), shipped("queries")]
FILES = [file for room in ROOMS for file in sorted(room.rglob("*.*")) if file.is_file()]


@given(PREFIX, LOCAL)
def test_a_short_name_comes_back(prefix: str, local: str) -> None:
    """CURIE to IRI and back: the same CURIE."""
    assert terms.curie(terms.expand(f"{prefix}:{local}")) == f"{prefix}:{local}"


@given(NAMESPACE, TAIL)
@example(terms.ML, "")
@example(terms.ID, "place/la-quincaillerie")
@example(f"{terms.ID}place/", "a:b")
@example(f"{terms.ID}place/", "a/b")
@example(f"{terms.ID}place/", "a\n")
def test_an_iri_comes_back(namespace: str, tail: str) -> None:
    """IRI to CURIE and back: the same IRI, also when it has no short form."""
    assert terms.expand(terms.curie(namespace + tail)) == namespace + tail


@given(PREFIX, LOCAL)
def test_a_short_name_is_one_in_turtle(prefix: str, local: str) -> None:
    """What we call a CURIE is a prefixed name of Turtle for the same IRI."""
    turtle = f"@prefix {prefix}: <{terms.PREFIXES[prefix]}> . {prefix}:{local} a {prefix}:{local} ."
    (quad,) = ox.parse(turtle, ox.RdfFormat.TURTLE)
    assert quad.subject == ox.NamedNode(terms.expand(f"{prefix}:{local}"))


@pytest.mark.parametrize("name", ["plcae:x", "place", "", ":x", "urn:x:y"])
def test_an_unknown_prefix_is_refused(name: str) -> None:
    """What is neither an IRI with an authority nor a known CURIE is named as such."""
    with pytest.raises(ValueError, match=re.escape(repr(name))):
        terms.expand(name)


@given(POSITION, POSITION)
def test_a_passage_comes_back(start: int, end: int) -> None:
    """A range to the IRI of its passage and back: the same range."""
    assert terms.passage_range(terms.passage(start, end)) == (start, end)


@given(st.text("0123456789-٣²+ _", max_size=12).map(f"{terms.ID}passage/".__add__))
@example(f"{terms.ID}passage/007-8")
@example(f"{terms.ID}passage/٣-٤")
@example(f"{terms.ID}passage/1-2\n")
@example(f"{terms.ID}place/1-2")
def test_a_passage_has_one_iri(iri: str) -> None:
    """Whatever is read as a range is written as the very IRI it was read from."""
    found = terms.passage_range(iri)
    assert found is None or terms.passage(*found) == iri


def test_a_namespace_has_one_prefix() -> None:
    """No two prefixes stand for the same namespace, and each namespace can be continued."""
    assert Counter(terms.PREFIXES.values()).most_common(1)[0][1] == 1
    assert all(namespace.endswith(("/", "#")) for namespace in terms.PREFIXES.values())


def test_no_prefix_hides_another() -> None:
    """Standards, aligned vocabularies, kinds of things and concept schemes share no prefix."""
    schemes = [terms._camel(scheme) for scheme in terms._SCHEMES]
    groups = (terms._STANDARDS, terms._ALIGNED, terms._KINDS, schemes)
    assert len(terms.PREFIXES) == len(["ml", "mls"]) + sum(map(len, groups))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_agrees_on_its_prefixes(file: Path) -> None:
    """Every prefix that a shipped file declares is the project's one for that namespace."""
    declared = re.findall(
        r"^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>",
        file.read_text("utf-8"),
        re.MULTILINE | re.IGNORECASE,
    )
    assert {p: iri for p, iri in declared if terms.PREFIXES.get(p) != iri} == {}


def test_every_scheme_has_its_prefix() -> None:
    """Each concept scheme that we ship is reached by a prefix."""
    schemes = {f"{terms.VOCAB}{f.stem}/" for f in (shipped("ontology") / "vocab").glob("*.ttl")}
    impacts = f"{terms.VOCAB}impact/"  # whose concepts are things of the report: `impact:`, `axis:`
    assert schemes - {impacts} <= set(terms.PREFIXES.values())


@pytest.mark.parametrize(
    ("iri", "slug"),
    [
        ("https://w3id.org/millelieux/id/place/la-quincaillerie", "la-quincaillerie"),
        ("https://w3id.org/millelieux/ontology#ThirdPlace", "ThirdPlace"),
        ("https://w3id.org/millelieux/vocab/use", "use"),
    ],
)
def test_the_last_segment_is_the_slug(iri: str, slug: str) -> None:
    """A slug is what follows the last slash or hash."""
    assert terms.last_segment(iri) == slug


@pytest.mark.parametrize("text", ["in-ess", "c-mine", "23d", "a"])
def test_slugs(text: str) -> None:
    """Small ASCII letters and digits, in words joined by single dashes."""
    assert terms.SLUG.fullmatch(text)


@pytest.mark.parametrize("text", ["", "-a", "a-", "a--b", "A", "é", "a b", "a\n"])
def test_no_slugs(text: str) -> None:
    """Nothing else is a slug."""
    assert not terms.SLUG.fullmatch(text)


def test_the_iri_of_a_graph() -> None:
    """A named graph is called by its short name, which may have a slash."""
    assert terms.graph("links/insee") == "https://w3id.org/millelieux/graph/links/insee"
