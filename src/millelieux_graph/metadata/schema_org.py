"""The dataset as search engines read it: schema.org/Dataset, for the JSON-LD of its page.

Has what Google's Dataset Search requires and recommends, and what F-UJI looks for, as far as the
description knows it; a value that nobody has written is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import terms
from ..formats import by_name
from . import coverage
from .citation import cited
from .statements import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..addresses import Language
    from ..distributions import Distribution
    from ..graph import Graph
    from .description import Description

__all__ = ["schema_org"]

_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
# schema.org asks for BCP 47; the EU table has ISO 639-3 in capitals.
_TAGS = {"ENG": "en", "FRA": "fr"}
_VARIABLES = f"""
PREFIX ml: <{terms.ML}> PREFIX skos: <{terms.PREFIXES["skos"]}>
SELECT DISTINCT ?kind ?name WHERE {{ ?figure ml:figureKind ?kind . ?kind skos:prefLabel ?name
                                     FILTER(LANG(?name) = "%s") }} ORDER BY ?name
"""

Json = dict[str, object]


def schema_org(
    graph: Graph, told: Description, files: Iterable[Distribution], lang: Language
) -> Json:
    """Return the dataset as a JSON-LD object.

    Args:
        graph: Its figures are what it measures, its places where.
        told: What it says of itself.
        files: What can be downloaded.
        lang: The language of the page; the other one is kept beside where it is short.
    """
    periods = told.iris("dcterms:temporal")
    page = told.landing_page
    found: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": told.iri,
        "name": told.text("dcterms:title", lang),
        "alternateName": _other(told, lang),
        "description": told.text("dcterms:description", lang),
        "url": page,
        "mainEntityOfPage": page,
        "identifier": told.iri,
        "version": told.text("dcat:version"),
        "datePublished": told.text("dcterms:issued"),
        "dateModified": told.text("dcterms:modified"),
        "license": _alone(told.iris("dcterms:license")),
        "usageInfo": [told.name(rights, lang) for rights in told.iris("dcterms:rights")],
        "isAccessibleForFree": _PUBLIC in told.iris("dcterms:accessRights") or None,
        "creator": _agents(told, "dcterms:creator", lang),
        "publisher": _alone(_agents(told, "dcterms:publisher", lang)),
        "inLanguage": _languages(told),
        "keywords": told.words("dcat:keyword", lang),
        "temporalCoverage": _period(told, periods[0]) if periods else None,
        "spatialCoverage": _places(graph, told, lang),
        "variableMeasured": [row["name"].value for row in rows(graph, _VARIABLES % lang)],
        "citation": cited(told, lang),
        "isBasedOn": told.iris("prov:wasDerivedFrom"),
        "conformsTo": told.iris("dcterms:conformsTo"),
        "includedInDataCatalog": _catalog(told, lang),
        "subjectOf": _records(told),
        "distribution": [_download(told, f, lang) for f in files if f.graph is None],
    }
    return {key: value for key, value in found.items() if value not in (None, [], {}, "")}


def _alone(values: Sequence[object]) -> object:
    return values[0] if len(values) == 1 else values


def _other(told: Description, lang: Language) -> str | None:
    others = [text for tag, text in told.texts("dcterms:title").items() if tag != lang]
    return next(iter(others), None)


def _agents(told: Description, predicate: str, lang: Language) -> list[Json]:
    bare: list[Json] = [
        {"@type": "Organization", "name": name} for name in told.texts(predicate).values()
    ]
    return [_agent(told, agent, lang) for agent in told.agents(predicate)] + bare


def _agent(told: Description, agent: str, lang: Language) -> Json:
    person = terms.expand("foaf:Person") in told.iris("rdf:type", agent)
    pages = told.iris("foaf:homepage", agent) or told.iris("vcard:hasURL", agent)
    found: Json = {
        "@type": "Person" if person else "Organization",
        "name": told.name(agent, lang),
        **({"url": pages[0]} if pages else {}),
    }
    return {**found, "@id": agent} if "://" in agent else found


def _languages(told: Description) -> list[str]:
    codes = map(terms.last_segment, told.iris("dcterms:language"))
    return [_TAGS.get(code, code) for code in codes]


def _period(told: Description, period: str) -> str:
    ends = (told.text(f"dcat:{end}Date", of=period) or ".." for end in ("start", "end"))
    return "/".join(ends)


def _places(graph: Graph, told: Description, lang: Language) -> list[Json]:
    """Return the named locations, and the box around all places."""
    named: list[Json] = [
        {"@type": "Place", "name": told.name(there, lang), "sameAs": there}
        for there in told.iris("dcterms:spatial")
        if not there.startswith(told.home) and told.name(there, lang) != there
    ]
    box = coverage.extent(graph)
    if box is None:
        return named
    west, south, east, north = map(coverage.degrees, box)
    shape = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    return [*named, {"@type": "Place", "geo": shape}]


def _catalog(told: Description, lang: Language) -> Json:
    name = told.text("dcterms:title", lang, told.catalog)
    return {"@type": "DataCatalog", "@id": told.catalog, "name": name, "url": told.base_url}


def _records(told: Description) -> list[Json]:
    formats = {f"catalog{f.suffix}": f.media_type for f in map(by_name, ("turtle", "jsonld"))}
    return [
        {"@type": "DigitalDocument", "encodingFormat": kind, "url": told.base_url + name}
        for name, kind in formats.items()
    ]


def _download(told: Description, file: Distribution, lang: Language) -> Json:
    packed = by_name(file.compressed).media_type if file.compressed else None
    return {
        "@type": "DataDownload",
        "name": file.title[lang],
        "contentUrl": told.base_url + file.name,
        "encodingFormat": [file.format.media_type, packed] if packed else file.format.media_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }
