"""How to cite the dataset: in words, as BibTeX, as DataCite metadata (kernel 4.6).

No DOI is invented: the identifier is the dataset's own address.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from .. import terms
from .authorities import licence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..addresses import Language
    from ..distributions import Distribution
    from .description import Description

__all__ = ["bibtex", "cited", "datacite_json", "datacite_xml"]

_SCHEMA = "http://datacite.org/schema/kernel-4"
_UNKNOWN = ":unav"  # DataCite 4.6, appendix 3: value unavailable, possibly unknown
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TEX = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def cited(told: Description, lang: Language) -> str:
    """Return the citation in words: who, when, what, which version, where."""
    year = _year(told) or ("s. d." if lang == "fr" else "n.d.")
    version = told.text("dcat:version")
    kind = "jeu de données" if lang == "fr" else "dataset"
    numbered = f" (version {version})" if version else ""
    title = told.text("dcterms:title", lang)
    authors = _authors(told, lang)
    if not authors:
        return f"{title}{numbered} [{kind}] ({year}). {told.iri}"
    return f"{authors} ({year}). {title}{numbered} [{kind}]. {told.iri}"


def bibtex(told: Description) -> bytes:
    """Return the citation as a BibTeX entry, in UTF-8."""
    authors = _authors(told, "en")
    fields = {
        # Braces around a body keep BibTeX from reading it as a first and a last name.
        "author": f"{{{authors.translate(_TEX)}}}" if authors else None,
        "title": (told.text("dcterms:title", "fr") or told.iri).translate(_TEX),
        "year": _year(told),
        "version": told.text("dcat:version"),
        "publisher": _names(told, "dcterms:publisher", "en").translate(_TEX),
        "howpublished": f"\\url{{{told.iri}}}",
        "url": told.iri,
        "note": "Dataset",
    }
    slug = re.sub(r"[^a-z0-9]+", "-", _slug(told).lower()).strip("-")
    key = f"{slug}-{_year(told)}" if _year(told) else slug
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items() if text)
    return f"@misc{{{key},\n{lines}}}\n".encode()


def datacite_json(told: Description, files: Iterable[Distribution]) -> bytes:
    """Return the metadata as DataCite's JSON; empty when no year is known, which it requires."""
    found = _datacite(told, list(files))
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode() if found else b""


def datacite_xml(told: Description, files: Iterable[Distribution]) -> bytes:
    """Return the metadata as DataCite's XML; empty when no year is known, which it requires."""
    found = _datacite(told, list(files))
    if not found:
        return b""
    root = ET.Element("resource", {"xmlns": _SCHEMA})
    (identifier,) = found["identifiers"]
    _element(root, "identifier", identifier, "identifier")
    creators = ET.SubElement(root, "creators")
    for creator in found["creators"]:
        name = ET.SubElement(ET.SubElement(creators, "creator"), "creatorName")
        name.text, name.attrib["nameType"] = creator["name"], creator["nameType"]
    _list(root, "titles", "title", found["titles"])
    ET.SubElement(root, "publisher").text = found["publisher"]["name"]
    ET.SubElement(root, "publicationYear").text = found["publicationYear"]
    kind = ET.SubElement(root, "resourceType", resourceTypeGeneral="Dataset")
    kind.text = found["types"]["resourceType"]
    _list(root, "subjects", "subject", found["subjects"])
    _list(root, "dates", "date", found["dates"])
    for plain in ("language", "version"):
        if found.get(plain):
            ET.SubElement(root, plain).text = found[plain]
    _list(
        root,
        "relatedIdentifiers",
        "relatedIdentifier",
        found["relatedIdentifiers"],
        "relatedIdentifier",
    )
    for plural in ("sizes", "formats"):
        listed = ET.SubElement(root, plural)
        for text in found[plural]:
            ET.SubElement(listed, plural[:-1]).text = text
    _list(root, "rightsList", "rights", found["rightsList"])
    _list(root, "descriptions", "description", found["descriptions"])
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


# What one field is made of: always names and texts.
Field = dict[str, str]


class _Metadata(dict):  # type: ignore[type-arg]  # JSON: its shape is DataCite's, not ours
    """The metadata as DataCite's JSON has them, from which the XML is made too."""


def _datacite(told: Description, files: list[Distribution]) -> _Metadata:
    year = _year(told)
    if year is None:
        return _Metadata()
    creators = told.agents("dcterms:creator") or told.agents("dcterms:publisher")
    bare = _authors(told, "en") or _UNKNOWN
    titles = told.texts("dcterms:title")
    return _Metadata(
        identifiers=[{"identifier": told.iri, "identifierType": "URL"}],
        creators=[{"name": told.name(c, "en"), "nameType": _kind(told, c)} for c in creators]
        or [{"name": bare, "nameType": "Organizational"}],
        titles=_by_language(titles, "title"),
        publisher={"name": _names(told, "dcterms:publisher", "en") or _UNKNOWN},
        publicationYear=year,
        types={"resourceTypeGeneral": "Dataset", "resourceType": "Knowledge graph"},
        subjects=_subjects(told),
        dates=_dates(told),
        language="fr" if "fr" in titles else next(iter(titles), None),
        version=told.text("dcat:version"),
        relatedIdentifiers=_related(told),
        sizes=[f"{file.size} bytes" for file in files if file.graph is None and not file.table],
        formats=sorted({file.format.media_type for file in files}),
        rightsList=_rights(told),
        descriptions=[
            {**text, "descriptionType": "Abstract"}
            for text in _by_language(told.texts("dcterms:description"), "description")
        ],
        schemaVersion=_SCHEMA,
    )


def _by_language(texts: dict[str, str], name: str) -> list[Field]:
    return [{name: text, **({"lang": lang} if lang else {})} for lang, text in texts.items()]


def _subjects(told: Description) -> list[Field]:
    tags = ("fr", "en")
    return [{"subject": w, "lang": tag} for tag in tags for w in told.words("dcat:keyword", tag)]


def _dates(told: Description) -> list[Field]:
    kinds = {"Issued": "dcterms:issued", "Updated": "dcterms:modified"}
    found = ((kind, told.text(predicate)) for kind, predicate in kinds.items())
    return [{"date": date, "dateType": kind} for kind, date in found if date]


def _related(told: Description) -> list[Field]:
    relations = {
        "IsDerivedFrom": told.iris("prov:wasDerivedFrom"),
        "IsDocumentedBy": [told.landing_page],
        "HasMetadata": [f"{told.base_url}catalog.ttl"],
    }
    return [
        {"relatedIdentifier": to, "relatedIdentifierType": "URL", "relationType": relation}
        for relation, targets in relations.items()
        for to in targets
    ]


def _rights(told: Description) -> list[Field]:
    found = []
    for address in told.iris("dcterms:license"):
        known = licence(address)
        named = {"rights": known.name if known else address, "rightsUri": address}
        # Only an identifier of the SPDX list may claim its scheme.
        if known and not known.spdx.startswith("LicenseRef-"):
            named |= {"rightsIdentifier": known.spdx, "rightsIdentifierScheme": "SPDX"}
        found.append(named)
    found += [{"rights": told.name(r, "en"), "lang": "en"} for r in told.iris("dcterms:rights")]
    return found


def _element(parent: ET.Element, name: str, field: Field, text: str) -> None:
    """Add a field: one of its values is the text, the others are attributes."""
    node = ET.SubElement(parent, name)
    node.text = field[text]
    for key, value in field.items():
        if key == "lang":
            node.attrib[_XML_LANG] = value
        elif key != text:
            # The XML writes URI where the JSON writes Uri.
            node.attrib[key.replace("Uri", "URI")] = value


def _list(
    parent: ET.Element, plural: str, name: str, fields: Iterable[Field], text: str | None = None
) -> None:
    listed = ET.SubElement(parent, plural)
    for field in fields:
        _element(listed, name, field, text or name)


def _year(told: Description) -> str | None:
    match = re.match(r"\d{4}", told.text("dcterms:issued") or "")
    return match[0] if match else None


def _slug(told: Description) -> str:
    return told.text("dcterms:identifier") or terms.last_segment(told.iri) or "dataset"


def _authors(told: Description, lang: Language) -> str:
    return _names(told, "dcterms:creator", lang) or _names(told, "dcterms:publisher", lang)


def _names(told: Description, predicate: str, lang: Language) -> str:
    return ", ".join(told.names(predicate, lang))


def _kind(told: Description, agent: str) -> str:
    person = terms.expand("foaf:Person") in told.iris("rdf:type", agent)
    return "Personal" if person else "Organizational"
