"""The releases of a dataset, the latest first: a feed for whoever waits for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .description import Description

__all__ = ["Entry", "atom", "entries"]

_ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Entry(NamedTuple):
    """A release.

    Attributes:
        version: ``0.1.0``.
        date: The day it was issued, ``2026-11-22``.
        summary: What changed, in a sentence or two; empty: nobody has said it.
        url: The page where it stands.
    """

    version: str
    date: str
    summary: str
    url: str


def entries(told: Description, former: Iterable[Entry] = ()) -> list[Entry]:
    """Return this release, if its description has a version and a date, and the former ones."""
    version, date = told.text("dcat:version"), told.date("dcterms:issued")
    if version is None or date is None:
        return list(former)
    latest = max(date, told.date("dcterms:modified") or date)
    summary = told.text("adms:versionNotes") or told.text("dcterms:description") or version
    return [Entry(version, latest, summary, told.landing_page), *former]


def atom(told: Description, former: Iterable[Entry] = (), name: str = "releases.atom") -> bytes:
    """Return the releases as an Atom feed (RFC 4287); empty when none has a date.

    Args:
        told: The dataset.
        former: Earlier releases, the latest first.
        name: Where the feed stands in the release.
    """
    found = entries(told, former)
    if not found:
        return b""
    feed = ET.Element("feed", {"xmlns": _ATOM, _XML_LANG: "fr"})
    address = told.base_url + name
    _text(feed, "id", f"{told.home}catalog#releases")
    _text(feed, "title", told.text("dcterms:title") or told.iri)
    # RFC 4287 §4.2.15 asks for a time; the releases know their day, which begins at midnight.
    _text(feed, "updated", _instant(max(entry.date for entry in found)))
    author = ET.SubElement(feed, "author")
    names = told.names("dcterms:creator", "fr") or told.names("dcterms:publisher", "fr")
    _text(author, "name", ", ".join(names) or told.base_url)  # RFC 4287 §4.1.1 requires one
    ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=address)
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=told.landing_page)
    for entry in found:
        _entry(feed, told, entry)
    ET.indent(feed)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(feed: ET.Element, told: Description, entry: Entry) -> None:
    node = ET.SubElement(feed, "entry")
    _text(node, "id", told.node(f"release-{entry.version}").value)
    _text(node, "title", f"{told.text('dcterms:title')} {entry.version}")
    _text(node, "updated", _instant(entry.date))
    _text(node, "published", _instant(entry.date))
    if entry.summary:
        _text(node, "summary", entry.summary)
    ET.SubElement(node, "link", rel="alternate", type="text/html", href=entry.url)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _instant(date: str) -> str:
    return f"{date}T00:00:00Z"
