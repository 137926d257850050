"""What programs that come by themselves look for: sitemap, robots.txt, VoID, typed links.

Typed links follow FAIR Signposting (https://signposting.org/FAIR/): a page says by what it is
cited and described, and under which licence; a linkset (RFC 9264) says the same of every file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from .addresses import LANGUAGES, page
from .formats import by_name

if TYPE_CHECKING:
    from .distributions import Distribution

__all__ = ["Signs", "files", "linkset_links", "thing_links"]

Link: TypeAlias = tuple[tuple[str, str], ...]  # the attributes of a <link>

AT_ONCE = 50_000  # addresses in a sitemap, by its protocol (https://www.sitemaps.org)
_LINKSET = "linkset.json"
_KINDS = ("https://schema.org/Dataset", "https://schema.org/AboutPage")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_PACKED = "application/gzip"


@dataclass(frozen=True)
class Signs:
    """What the page about a dataset leads to.

    Attributes:
        base_url: Where the release will be served, with its slash.
        iri: The dataset.
        landing: The path of its page.
        licence: Its IRI; empty: unknown.
        authors: Their IRIs.
        described: Paths of what describes it, with the media type of each.
        distributions: The files that carry it.
    """

    base_url: str
    iri: str
    landing: str
    licence: str = ""
    authors: Sequence[str] = ()
    described: Sequence[tuple[str, str]] = ()
    distributions: Sequence[Distribution] = ()

    def relations(self) -> dict[str, list[dict[str, str]]]:
        """Return the typed links of the page, by their relation."""
        found = {
            "cite-as": [{"href": self.iri}],
            "type": [{"href": kind} for kind in _KINDS],
            "license": [{"href": self.licence}] if self.licence else [],
            "author": [{"href": author} for author in self.authors],
            "describedby": [
                {"href": self.base_url + quote(path), "type": media_type}
                for path, media_type in self.described
            ],
            "item": [
                {"href": self.base_url + quote(file.name), "type": _media_type(file)}
                for file in self.distributions
            ],
        }
        return {relation: targets for relation, targets in found.items() if targets}


def _media_type(file: Distribution) -> str:
    return _PACKED if file.compressed else file.format.media_type


def linkset_links(signs: Signs) -> list[Link]:
    """Return the typed links of the page about the dataset, and the one to all of them."""
    found: list[Link] = [
        (("rel", relation), *target.items())
        for relation, targets in signs.relations().items()
        for target in targets
        if relation != "item"  # hundreds; the linkset has them
    ]
    return [*found, (("rel", "linkset"), ("type", "application/linkset+json"),
                     ("href", signs.base_url + _LINKSET))]  # fmt: skip


def thing_links(iri: str, stem: str, signs: Signs, root: str) -> list[Link]:
    """Return the typed links of a thing's page.

    Args:
        iri: The thing.
        stem: Of its documents.
        signs: Of the dataset that it is part of.
        root: The way from the page to the top of the release.
    """
    described = (by_name(name) for name in ("turtle", "jsonld"))
    found: list[Link] = [(("rel", "cite-as"), ("href", iri))]
    if signs.licence:
        found.append((("rel", "license"), ("href", signs.licence)))
    for format in described:
        href = root + quote(stem + format.suffix)
        found.append((("rel", "describedby"), ("type", format.media_type), ("href", href)))
    found.append((("rel", "collection"), ("href", root + quote(signs.landing))))
    return found


def files(
    stems: Iterable[str], signs: Signs, void: bytes, modified: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Yield the files for crawlers.

    Args:
        stems: Of all pages, which each stand there in both languages.
        signs: What the page about the dataset leads to.
        void: The VoID description, for the address where it is looked for.
        modified: The date of the dataset, ``2026-11-22``; empty: unknown.
    """
    yield ".well-known/void", void
    yield "linkset.json", _json(signs)
    yield "linkset.txt", _text(signs)
    yield from _sitemaps(stems, signs.base_url, modified)
    yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {signs.base_url}sitemap.xml\n".encode()


def _json(signs: Signs) -> bytes:
    """Return the linkset as JSON (RFC 9264, section 4.2): the page, and each file's way back."""
    landing = signs.base_url + quote(signs.landing)
    sets: list[dict[str, object]] = [{"anchor": landing, **signs.relations()}]
    back = {"collection": [{"href": landing, "type": "text/html"}]}
    sets += [{"anchor": signs.base_url + quote(f.name), **back} for f in signs.distributions]
    return (json.dumps({"linkset": sets}, ensure_ascii=False, indent=1) + "\n").encode()


def _text(signs: Signs) -> bytes:
    """Return the same links in the syntax of the Link header (RFC 9264, section 4.1)."""
    landing = signs.base_url + quote(signs.landing)
    lines = [
        f'<{t["href"]}>; rel="{relation}"'
        + (f'; type="{t["type"]}"' if "type" in t else "")
        + f'; anchor="{landing}"'
        for relation, targets in signs.relations().items()
        for t in targets
    ]
    lines += [
        f'<{landing}>; rel="collection"; anchor="{signs.base_url}{quote(f.name)}"'
        for f in signs.distributions
    ]
    return (",\n".join(lines) + "\n").encode()


def _sitemaps(stems: Iterable[str], base_url: str, modified: str) -> Iterator[tuple[str, bytes]]:
    """Yield the sitemap; where it would be too long, several of them and their index."""
    listed, most = sorted(stems), AT_ONCE // len(LANGUAGES)
    parts = [listed[start : start + most] for start in range(0, len(listed), most)]
    if len(parts) == 1:
        yield "sitemap.xml", _sitemap(parts[0], base_url, modified)
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield name, _sitemap(part, base_url, modified)
    index = "".join(f"<sitemap><loc>{escape(base_url + n)}</loc></sitemap>\n" for n in names)
    yield "sitemap.xml", f"{_HEAD}<sitemapindex {_SITEMAPS}>\n{index}</sitemapindex>\n".encode()


def _sitemap(stems: Sequence[str], base_url: str, modified: str) -> bytes:
    changed = f"<lastmod>{escape(modified)}</lastmod>" if modified else ""
    urls = "".join(
        f"<url><loc>{_address(base_url, page(stem, lang))}</loc>"
        f"{changed}{_alternates(base_url, stem)}</url>\n"
        for stem in stems
        for lang in LANGUAGES
    )
    head = f'{_HEAD}<urlset {_SITEMAPS} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    return f"{head}{urls}</urlset>\n".encode()


def _alternates(base_url: str, stem: str) -> str:
    known = [*((lang, lang) for lang in LANGUAGES), ("x-default", LANGUAGES[0])]
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" '
        f'href="{_address(base_url, page(stem, lang))}"/>'
        for code, lang in known
    )


def _address(base_url: str, path: str) -> str:
    return escape(base_url + quote(path))
