"""Every IRI has a place of its own in a release, and none leads out of it."""

from __future__ import annotations

import posixpath
import re

import pytest
from hypothesis import example, given, strategies as st

from millelieux_graph import addresses, terms

_LOCAL = st.text(st.characters(codec="utf-8"), max_size=300)
_IRIS = st.builds(
    str.__add__, st.sampled_from([terms.BASE, "https://example.org/", "urn:"]), _LOCAL
)
_FILE = re.compile(r"[A-Za-z0-9_~-]{1,160}")


@pytest.mark.parametrize(
    ("iri", "stem"),
    [
        (f"{terms.ID}place/bliiida", "id/place/bliiida"),
        (f"{terms.VOCAB}use/fablab", "vocab/use/fablab"),
        (f"{terms.ML}ThirdPlace", "ontology"),
        (terms.BASE, "index"),
        ("https://example.org/place/a.b", "thing/example~2Eorg/place/a~2Eb"),
    ],
)
def test_a_thing_has_the_address_that_its_iri_says(iri: str, stem: str) -> None:
    """A path of ours is kept as it is; what belongs to others is filed under their host."""
    assert addresses.stem(iri) == stem


@given(_IRIS)
@example(f"{terms.BASE}../../etc/passwd")
@example("https://example.org//../..\\..")
def test_no_iri_leads_out_of_the_release(iri: str) -> None:
    """Each part of a path is a plain file name, short enough for every file system."""
    parts = addresses.stem(iri).split("/")
    assert all(_FILE.fullmatch(part) for part in parts)
    assert posixpath.normpath(addresses.stem(iri)) == addresses.stem(iri)


@given(_IRIS, _IRIS)
@example(f"{terms.BASE}thing/example~2Eorg/x", "https://example.org/x")
@example(f"{terms.BASE}thing/a", "https://a")
@example(f"{terms.BASE}id/index", f"{terms.BASE}id/")
@example("https://example.org/é", "https://example.org/~C3~A9")
def test_two_things_never_share_a_file(one: str, other: str) -> None:
    """Different IRIs have different stems, except for fragments of a document of ours."""
    shared = addresses.stem(one) == addresses.stem(other)
    ours = one.startswith(terms.BASE) and other.startswith(terms.BASE)
    same = one.partition("#")[0] == other.partition("#")[0] if ours else one == other
    assert shared <= same


@given(_IRIS, _IRIS)
def test_a_relative_link_leads_back(one: str, other: str) -> None:
    """A link from one page, resolved there, is the page that it was made for."""
    from urllib.parse import unquote, urljoin

    here, there = (f"{addresses.stem(iri)}.html" for iri in (one, other))
    found = urljoin(f"http://localhost/{here}", addresses.href(there, here))
    assert unquote(found).removeprefix("http://localhost/") == there
