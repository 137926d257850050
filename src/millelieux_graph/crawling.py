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

# What a sitemap holds at most, by its protocol (https://www.sitemaps.org/protocol.html).
AT_ONCE = 50_000  # addresses
LARGEST = 50 * 2**20  # bytes
_LINKSETS = {"application/linkset+json": "linkset.json", "application/linkset": "linkset.txt"}
# What a description follows, beside its format: the vocabularies that a harvester looks for.
_PROFILES = {"catalog": "http://www.w3.org/ns/dcat#", "void": "http://rdfs.org/ns/void#"}
_ABOUT = "https://schema.org/AboutPage"
_KINDS = ("https://schema.org/Dataset", _ABOUT)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_PACKED = by_name("gzip").media_type


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
                {"href": self.base_url + quote(path), "type": media_type, **_profile(path)}
                for path, media_type in self.described
            ],
            "item": [
                {"href": self.base_url + quote(file.name), "type": _media_type(file)}
                for file in self.distributions
            ],
        }
        return {relation: targets for relation, targets in found.items() if targets}


def _profile(path: str) -> dict[str, str]:
    profile = _PROFILES.get(path.partition(".")[0])
    return {"profile": profile} if profile else {}


def _media_type(file: Distribution) -> str:
    return _PACKED if file.compressed else file.format.media_type


def linkset_links(signs: Signs) -> list[Link]:
    """Return the typed links of the page about the dataset, and those to all of them."""
    found: list[Link] = [
        (("rel", relation), *((n, v) for n, v in target.items() if n != "profile"))  # not in HTML
        for relation, targets in signs.relations().items()
        for target in targets
        if relation != "item"  # hundreds; the linkset has them
    ]
    return found + _to_linksets(signs.base_url)


def _to_linksets(top: str) -> list[Link]:
    return [
        (("rel", "linkset"), ("type", media_type), ("href", top + name))
        for media_type, name in _LINKSETS.items()
    ]


def thing_links(iri: str, stem: str, signs: Signs, root: str) -> list[Link]:
    """Return the typed links of a thing's page.

    Args:
        iri: The thing.
        stem: Of its documents.
        signs: Of the dataset that it is part of.
        root: The way from the page to the top of the release.
    """
    described = (by_name(name) for name in ("turtle", "jsonld"))
    found: list[Link] = [(("rel", "cite-as"), ("href", iri)), (("rel", "type"), ("href", _ABOUT))]
    if signs.licence:
        found.append((("rel", "license"), ("href", signs.licence)))
    for format in described:
        href = root + quote(stem + format.suffix)
        found.append((("rel", "describedby"), ("type", format.media_type), ("href", href)))
    found.append((("rel", "collection"), ("href", root + quote(signs.landing))))
    return found + _to_linksets(root)


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


def _sets(signs: Signs) -> Iterator[tuple[str, dict[str, list[dict[str, str]]]]]:
    """Yield each address that has typed links: the pages, what describes them, and the files."""
    stem = signs.landing.removesuffix(page("", "fr"))
    pages = [signs.base_url + quote(page(stem, lang)) for lang in LANGUAGES]
    relations = signs.relations()
    for address in pages:
        yield address, relations
    landing = {"href": pages[0], "type": "text/html"}
    for path, _ in signs.described:
        yield signs.base_url + quote(path), {"describes": [landing]}
    for file in signs.distributions:
        yield signs.base_url + quote(file.name), {"collection": [landing]}


def _json(signs: Signs) -> bytes:
    """Return the linkset as JSON (RFC 9264, section 4.2)."""
    sets = [
        {"anchor": anchor, **{r: [_target(t) for t in found] for r, found in relations.items()}}
        for anchor, relations in _sets(signs)
    ]
    return (json.dumps({"linkset": sets}, ensure_ascii=False, indent=1) + "\n").encode()


def _target(target: dict[str, str]) -> dict[str, str | list[str]]:
    """Return a target; attributes that RFC 8288 does not know are lists (RFC 9264, 4.2.4.3)."""
    return {name: [value] if name == "profile" else value for name, value in target.items()}


def _text(signs: Signs) -> bytes:
    """Return the same links in the syntax of the Link header (RFC 9264, section 4.1)."""
    lines = []
    for anchor, relations in _sets(signs):
        for relation, found in relations.items():
            for target in found:
                href, *others = target.items()
                told = [("rel", relation), *others, ("anchor", anchor)]
                lines.append(f"<{href[1]}>" + "".join(f'; {n}="{value}"' for n, value in told))
    return (",\n".join(lines) + "\n").encode()


def _sitemaps(stems: Iterable[str], base_url: str, modified: str) -> Iterator[tuple[str, bytes]]:
    """Yield the sitemap; where it would be too long, several of them and their index."""
    changed = f"<lastmod>{escape(modified)}</lastmod>" if modified else ""
    parts = list(_parts(_entry(stem, base_url, changed) for stem in sorted(stems)))
    if len(parts) == 1:
        yield "sitemap.xml", parts[0]
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    yield from zip(names, parts, strict=True)
    index = "".join(
        f"<sitemap><loc>{_address(base_url, name)}</loc>{changed}</sitemap>\n" for name in names
    )
    yield "sitemap.xml", f"{_HEAD}<sitemapindex {_SITEMAPS}>\n{index}</sitemapindex>\n".encode()


def _parts(entries: Iterable[bytes]) -> Iterator[bytes]:
    """Yield sitemaps, each as long as one may be; one at least."""
    head = f'{_HEAD}<urlset {_SITEMAPS} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'.encode()
    foot = b"</urlset>\n"
    held: list[bytes] = []
    size = len(head) + len(foot)
    for entry in entries:
        full = (len(held) + 1) * len(LANGUAGES) > AT_ONCE or size + len(entry) > LARGEST
        if held and full:
            yield b"".join((head, *held, foot))
            held, size = [], len(head) + len(foot)
        held.append(entry)
        size += len(entry)
    yield b"".join((head, *held, foot))


def _entry(stem: str, base_url: str, changed: str) -> bytes:
    """Return a page in each language, and where its other languages are."""
    alternates = _alternates(base_url, stem)
    return "".join(
        f"<url><loc>{_address(base_url, page(stem, lang))}</loc>{changed}{alternates}</url>\n"
        for lang in LANGUAGES
    ).encode()


def _alternates(base_url: str, stem: str) -> str:
    known = [*((lang, lang) for lang in LANGUAGES), ("x-default", LANGUAGES[0])]
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" '
        f'href="{_address(base_url, page(stem, lang))}"/>'
        for code, lang in known
    )


def _address(base_url: str, path: str) -> str:
    return escape(base_url + quote(path))
