"""Where things stand in a release: from an IRI to the files that describe it, and to their links.

Site and server use this one scheme, whatever host they run on.  Every link is relative, so that a
release can be moved; absolute addresses are only made where a standard asks for them.

===========================================  ==============================================
``https://w3id.org/millelieux/id/place/x``   ``id/place/x`` and a suffix: ``.html`` (French),
                                             ``.en.html``, ``.ttl``, ``.jsonld``, ``.nt``, ``.rdf``
``https://w3id.org/millelieux/ontology#X``   ``ontology`` and a suffix, at the fragment ``X``
``https://example.org/a/b?c``                ``thing/example~2Eorg/a/b~3Fc`` and a suffix
===========================================  ==============================================
"""

from __future__ import annotations

import posixpath
import re
from hashlib import sha256
from typing import Final, Literal
from urllib.parse import quote, urlsplit

from . import terms

__all__ = ["LANGUAGES", "Language", "fragment", "href", "page", "segment", "stem"]

Language = Literal["fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")

# The report's language has the plain address; the other one says itself.
_PAGES: Final = {"fr": ".html", "en": ".en.html"}
_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")
_OTHERS = "thing/"  # whose IRIs are not below ours
_INDEX = "index"  # what a server offers for the folder itself
_LONGEST = 120  # characters of a file's name; file systems stop at 255 bytes
_KEPT = 80  # of a longer one


def stem(iri: str) -> str:
    """Return the path of what describes an IRI, without suffix; two IRIs never share one.

    The suffix is the only part with a dot, and no part leads out of the release.  An IRI with a
    fragment of one of our own documents is described by that document.

    >>> stem("https://w3id.org/millelieux/id/place/bliiida")
    'id/place/bliiida'
    >>> stem("https://example.org/../café")
    'thing/example~2Eorg/~2E~2E/caf~C3~A9'
    """
    if iri.startswith(terms.BASE):
        filed = _filed(iri.removeprefix(terms.BASE).partition("#")[0])
        return f"~74{filed[1:]}" if filed.startswith(_OTHERS) else filed
    scheme, _, rest = iri.partition(":")
    path = rest.removeprefix("//")
    # http and https are one web; another scheme is a world of its own.
    world = "" if scheme in ("http", "https") else f"{segment(scheme)}/"
    return f"{_OTHERS}{world}{_filed(path)}"


def fragment(iri: str) -> str:
    """Return the fragment of an IRI of ours, by which its document names it; empty: none."""
    return urlsplit(iri).fragment if iri.startswith(terms.BASE) else ""


def page(stem: str, lang: Language) -> str:
    """Return the path of the page in a language."""
    return stem + _PAGES[lang]


def href(target: str, here: str) -> str:
    """Return the relative link from one file of the release to another.

    >>> href("id/place/bliiida.html", "id/impact/local-pride.html")
    '../place/bliiida.html'
    """
    path, mark, anchor = target.partition("#")
    relative = posixpath.relpath(path, posixpath.dirname(here) or ".")
    return quote(relative) + mark + quote(anchor, safe="")


def segment(text: str) -> str:
    """Return a text as the name of a file: letters and digits stay, the rest is ``~`` and hex.

    >>> segment("a.b c")
    'a~2Eb~20c'
    """
    name = _UNSAFE.sub(lambda match: b"~%02X" % match[0][0], text.encode()).decode()
    if name == _INDEX:
        return "~69ndex"
    if len(name) > _LONGEST:
        return f"{name[:_KEPT]}~-{sha256(text.encode()).hexdigest()[:16]}"
    return name or "~"


def _filed(path: str) -> str:
    return "/".join(map(segment, path.split("/"))) if path else _INDEX
