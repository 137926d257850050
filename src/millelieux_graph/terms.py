"""Names: namespaces, IRIs of things, and the way from an IRI to its short form and back.

Every prefix of the project is decided here; files in other languages (Turtle, SPARQL) repeat them
only because their syntax asks for it, and a test compares them.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "BASE",
    "DATASET",
    "ID",
    "ML",
    "PREFIXES",
    "SLUG",
    "VOCAB",
    "curie",
    "expand",
    "graph",
    "last_segment",
    "passage",
    "passage_range",
]

BASE = "https://w3id.org/millelieux/"
ID = f"{BASE}id/"
VOCAB = f"{BASE}vocab/"
ML = f"{BASE}ontology#"
DATASET = f"{BASE}dataset/millelieux"

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_STANDARDS = {
    "adms": "http://www.w3.org/ns/adms#",
    "bibo": "http://purl.org/ontology/bibo/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "igeo": "http://rdf.insee.fr/def/geo#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# Vocabularies that ours is aligned to, and that our data never use.
_ALIGNED = {
    "cids": "https://ontology.commonapproach.org/cids#",
    "frapo": "http://purl.org/cerif/frapo/",
    "pair": "http://virtual-assembly.org/ontologies/pair#",
    "schema": "https://schema.org/",
}

# `id/org/` is written `organization:`, since `org:` is the W3C Organization Ontology.
_KINDS = {
    "organization": "org",
    **{
        kind: kind
        for kind in (
            "activity axis cell condition decision discrepancy event figure finding flow geometry "
            "impact item listing mix name occupancy passage person place premises programme "
            "relation section share source space speaker team tenure territory testimony"
        ).split()
    },
}

_SCHEMES = (
    "actor-kind date-basis discrepancy-kind figure-kind flow-kind legal-form location-type "
    "name-kind page phase polarity qualifier relation-kind role scale sector stance status unit "
    "use verdict"
).split()


def _camel(scheme: str) -> str:
    head, *rest = scheme.split("-")
    return head + "".join(part.title() for part in rest)


PREFIXES: dict[str, str] = {
    "ml": ML,
    "mls": f"{BASE}shapes#",
    **_STANDARDS,
    **_ALIGNED,
    **{prefix: f"{ID}{kind}/" for prefix, kind in _KINDS.items()},
    **{_camel(scheme): f"{VOCAB}{scheme}/" for scheme in _SCHEMES},
}

# Each ends in a slash or a hash, which no local name has: so at most one fits.
_PREFIX_OF = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_NAME = re.compile(r"(.*[/#])([A-Za-z0-9_][A-Za-z0-9_-]*)", re.DOTALL)
_PASSAGE = re.compile(re.escape(f"{ID}passage/") + r"(0|[1-9][0-9]{0,8})-(0|[1-9][0-9]{0,8})")


@lru_cache(65_536)  # a release shortens the same names a million times
def curie(iri: str) -> str:
    """Return the short form of an IRI, or the IRI itself when no prefix fits.

    >>> curie("https://w3id.org/millelieux/id/place/la-quincaillerie")
    'place:la-quincaillerie'
    """
    name = _NAME.fullmatch(iri)
    prefix = _PREFIX_OF.get(name[1]) if name else None
    return f"{prefix}:{name[2]}" if name and prefix else iri


def expand(name: str) -> str:
    """Return the IRI of a CURIE; an IRI comes back as it is.

    Raises:
        ValueError: The prefix is not one of `PREFIXES`.

    >>> expand("ml:ThirdPlace")
    'https://w3id.org/millelieux/ontology#ThirdPlace'
    """
    if "://" in name:
        return name
    prefix, colon, local = name.partition(":")
    if not colon or prefix not in PREFIXES:
        raise ValueError(f"{name!r} is neither an IRI nor a name with a known prefix")
    return PREFIXES[prefix] + local


def graph(name: str) -> str:
    """Return the IRI of a named graph: ``report``, ``links/insee``, ``inferred``."""
    return f"{BASE}graph/{name}"


def last_segment(iri: str) -> str:
    """Return what follows the last slash or hash of an IRI: the slug of a thing."""
    return re.split(r"[/#]", iri)[-1]


def passage(start: int, end: int) -> str:
    """Return the IRI of the passage ``[start, end)`` of the report, in Unicode code points."""
    return f"{ID}passage/{start}-{end}"


def passage_range(iri: str) -> tuple[int, int] | None:
    """Return ``(start, end)`` of a passage's IRI, or None when it is not one."""
    match = _PASSAGE.fullmatch(iri)
    return (int(match[1]), int(match[2])) if match else None
