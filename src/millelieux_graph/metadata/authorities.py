"""Codes that others keep and harvesters ask for: the EU Publications Office, IANA, licences.

What a code is stands beside it in our catalog, so that nobody has to fetch a vocabulary to check
it.  A code that this room does not know keeps its own name; nothing is looked up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .statements import about, iri, iris, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..formats import Format

__all__ = ["Licence", "described", "file_type", "language", "licence", "media_type"]

_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_ADMS = "http://purl.org/adms/licencetype/"
_LICENCE_TYPES = ox.NamedNode(f"{_ADMS}1.0")

# Our formats in the authority table "file-type"; SQLite has no entry there.
_FILE_TYPES = {
    "turtle": "RDF_TURTLE",
    "ntriples": "RDF_N_TRIPLES",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON_LD",
    "nquads": "RDF_N_QUADS",
    "trig": "RDF_TRIG",
    "csv": "CSV",
    "tsv": "TSV",
    "json": "JSON",
    "csvw": "JSON",
    "xml": "XML",
    "parquet": "PARQUET",
}
# The tables: a title, and what a value is beside a concept (DCAT-AP 3.0.1, ranges).
_TABLES = {
    "access-right": ("Access right", "dcterms:RightsStatement"),
    "continent": ("Continent", "dcterms:Location"),
    "country": ("Country", "dcterms:Location"),
    "data-theme": ("Data theme", "skos:Concept"),
    "file-type": ("File type", "dcterms:MediaTypeOrExtent"),
    "frequency": ("Frequency", "dcterms:Frequency"),
    "language": ("Language", "dcterms:LinguisticSystem"),
    "licence": ("Licence", "dcterms:LicenseDocument"),
    "place": ("Place", "dcterms:Location"),
    "planned-availability": ("Planned availability", "skos:Concept"),
}
_LABELS = {
    "access-right/PUBLIC": ("public", "public"),
    "country/BEL": ("Belgique", "Belgium"),
    "country/ESP": ("Espagne", "Spain"),
    "country/FRA": ("France", "France"),
    "data-theme/ECON": ("Économie et finances", "Economy and finance"),
    "data-theme/EDUC": ("Éducation, culture et sport", "Education, culture and sport"),
    "data-theme/REGI": ("Régions et villes", "Regions and cities"),
    "data-theme/SOCI": ("Population et société", "Population and society"),
    "language/ENG": ("anglais", "English"),
    "language/FRA": ("français", "French"),
}
_LANGUAGES = {
    "ca": "CAT",
    "de": "DEU",
    "en": "ENG",
    "es": "SPA",
    "fr": "FRA",
    "it": "ITA",
    "nl": "NLD",
    "pt": "POR",
}


def file_type(format: Format) -> str | None:
    """Return the EU code of a format (``dcterms:format``), or None when the table has none."""
    code = _FILE_TYPES.get(format.name)
    return None if code is None else f"{_EU}file-type/{code}"


def media_type(name: str) -> str:
    """Return IANA's address of a media type."""
    return _IANA + name


def language(tag: str) -> str | None:
    """Return the EU code of a language tag (``fr``), or None when we know none."""
    code = _LANGUAGES.get(tag.partition("-")[0].lower())
    return None if code is None else f"{_EU}language/{code}"


def described(values: Iterable[str]) -> Iterator[ox.Triple]:
    """Yield what the codes among these IRIs are: classes, scheme and label."""
    for value in sorted(set(values)):
        if value.startswith(_IANA):
            yield from about(iri(value), "dcterms:MediaType")
        table, _, code = value.removeprefix(_EU).partition("/")
        if value.startswith(_EU) and table in _TABLES:
            yield from _concept(value, table, code) if code else _scheme(value)
        known = licence(value)
        yield from known.triples() if known else ()


def _scheme(value: str) -> Iterator[ox.Triple]:
    """Yield that this is a table of codes."""
    title, _ = _TABLES[value.removeprefix(_EU)]
    yield from about(iri(value), "skos:ConceptScheme", dcterms_title=spoken({"en": title}))


def _concept(value: str, table: str, code: str) -> Iterator[ox.Triple]:
    labels = dict(zip(("fr", "en"), _LABELS.get(f"{table}/{code}", ()), strict=False))
    yield from about(
        iri(value),
        "skos:Concept",
        _TABLES[table][1],
        skos_inScheme=iri(_EU + table),
        skos_prefLabel=spoken(labels or {"": code.replace("_", " ")}),
    )
    yield from _scheme(_EU + table)


# Licences.

_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/licenses/(by(?:-nc)?(?:-nd|-sa)?)/(\d\.\d)/(?:([a-z]{2,3})/)?"
)
_CLAUSES = {
    "by": "Attribution",
    "nc": "NonCommercialUseOnly",
    "nd": "NoDerivativeWork",
    "sa": "ViralEffect-ShareAlike",
}
_OTHERS = {
    "https://creativecommons.org/publicdomain/zero/1.0/": ("CC0-1.0", "CC0 1.0", ("PublicDomain",)),
    "https://www.etalab.gouv.fr/licence-ouverte-open-licence/": (
        "etalab-2.0",
        "Licence Ouverte 2.0",
        ("Attribution",),
    ),
    "https://opendatacommons.org/licenses/odbl/1-0/": (
        "ODbL-1.0",
        "ODbL 1.0",
        ("Attribution", "ViralEffect-ShareAlike"),
    ),
}


@dataclass(frozen=True)
class Licence:
    """A licence that is named by its IRI.

    Attributes:
        iri: Where its text stands.
        spdx: Its identifier in SPDX documents; a ``LicenseRef-`` where the SPDX list has none.
        name: Its short name.
        clauses: What it asks, in the words of ADMS.
        related: The entry of the EU table for the text that it is a national port of, or is.
    """

    iri: str
    spdx: str
    name: str
    clauses: tuple[str, ...]
    related: str | None = None

    def triples(self) -> Iterator[ox.Triple]:
        """Yield its description."""
        clauses = [_ADMS + clause for clause in self.clauses]
        yield from about(
            iri(self.iri),
            "dcterms:LicenseDocument",
            dcterms_title=spoken({"": self.name}),
            dcterms_identifier=spoken({"": self.spdx}),
            dcterms_type=iris(clauses),
            rdfs_seeAlso=iris([self.related] if self.related else []),
        )
        for clause, name in zip(clauses, self.clauses, strict=True):
            yield from about(
                iri(clause),
                "skos:Concept",
                skos_inScheme=_LICENCE_TYPES,
                skos_prefLabel=spoken({"en": name}),
            )
        title = spoken({"en": "Licence type"})
        yield from about(_LICENCE_TYPES, "skos:ConceptScheme", dcterms_title=title)


def licence(iri: str) -> Licence | None:
    """Return a licence that we know by its IRI; None for any other."""
    if iri in _OTHERS:
        return Licence(iri, *_OTHERS[iri])
    match = _CREATIVE_COMMONS.fullmatch(iri)
    if match is None:
        return None
    rights, version, country = match.groups()
    port = f"-{country.upper()}" if country else ""
    spdx = f"CC-{rights.upper()}-{version}{port}"
    code = f"CC_{rights.replace('-', '').upper()}_{version.replace('.', '_')}"
    return Licence(
        iri,
        # SPDX lists few of the national ports, and not the French one.
        f"LicenseRef-{spdx}" if port else spdx,
        f"CC {rights.upper()} {version}{port.replace('-', ' ')}",
        tuple(_CLAUSES[right] for right in rights.split("-")),
        f"{_EU}licence/{code}",
    )
