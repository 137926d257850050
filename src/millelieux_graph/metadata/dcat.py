"""The catalog: DCAT-AP 3.0.1 (https://semiceu.github.io/DCAT-AP/releases/3.0.1/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import terms
from ..formats import by_name
from ..sources import rdf
from . import authorities, graphs
from .statements import about, count, day, iri, iris, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..distributions import Distribution
    from ..graph import Graph
    from .description import Description
    from .releases import Entry

__all__ = ["catalog", "checksum", "release"]

# RDFC-1.0; the SHA-256 of a dataset's canonical form names it whatever file it comes in.
_CANONICAL = "https://www.w3.org/TR/rdf-canon/"
_TABLES = ""  # no graph's name
_SHARED = (
    "dcterms:creator dcterms:publisher dcterms:accessRights dcterms:rights dcterms:language "
    "dcterms:spatial dcterms:temporal dcterms:issued dcterms:modified dcterms:conformsTo "
    "dcterms:provenance dcat:contactPoint dcat:keyword dcat:theme dcat:version"
).split()
# What a value is follows from the property; harvesters check it without asking anybody.
_TYPED = (
    ("dcterms:conformsTo", "dcterms:Standard"),
    ("dcat:landingPage", "foaf:Document"),
    ("foaf:page", "foaf:Document"),
    ("foaf:homepage", "foaf:Document"),
    ("dcat:contactPoint", "vcard:Kind"),
    ("dcterms:license", "dcterms:LicenseDocument"),
    ("dcterms:provenance", "dcterms:ProvenanceStatement"),
    ("dcterms:rights", "dcterms:RightsStatement"),
    ("dcterms:spatial", "dcterms:Location"),
    ("dcterms:temporal", "dcterms:PeriodOfTime"),
    ("dcterms:publisher", "foaf:Agent"),
    ("dcterms:creator", "foaf:Agent"),
)
_CODED = (
    "dcterms:language dcterms:spatial dcterms:accessRights dcat:theme dcterms:format "
    "dcat:mediaType dcat:compressFormat dcat:themeTaxonomy dcterms:accrualPeriodicity "
    "dcterms:license"
).split()


def catalog(
    graph: Graph,
    told: Description,
    distributions: Iterable[Distribution],
    canonical_hash: str,
    former: Sequence[Entry] = (),
) -> Iterator[ox.Triple]:
    """Yield the catalog: the dataset, its files, its named graphs, its releases.

    Args:
        graph: The graph, for the licences of its parts.
        told: What it says of itself.
        distributions: Every file that carries it or a part of it.
        canonical_hash: SHA-256 of the canonical dataset, in hexadecimal digits.
        former: Earlier releases, the latest first.
    """
    triples = [*told.triples, *_releases(told, canonical_hash, former)]
    parts: dict[str, list[Distribution]] = {}
    for file in distributions:
        if not file.format.is_rdf:
            parts.setdefault(_TABLES, []).append(file)
        elif file.graph is not None:
            parts.setdefault(file.graph, []).append(file)
        else:
            triples += _distribution(told, told.iri, file, _licence(told))
            triples += about(release(told), dcat_distribution=told.node(file.name))
    for name, files in sorted(parts.items()):
        triples += _part(graph, told, name, files)
    yield from triples
    yield from _meant(triples)


def release(told: Description, version: str | None = None) -> ox.NamedNode:
    """Return the node of a release: the dataset in one version, which never changes."""
    version = version or told.text("dcat:version")
    return told.node(f"release-{version}" if version else "release")


def checksum(node: ox.NamedNode, owner: ox.NamedNode, digest: str) -> Iterator[ox.Triple]:
    """Yield that something has this SHA-256, in the words of SPDX."""
    algorithm = rdf.node("spdx:checksumAlgorithm_sha256")
    yield rdf.said(owner, "spdx:checksum", node)
    yield from about(
        node,
        "spdx:Checksum",
        spdx_algorithm=algorithm,
        spdx_checksumValue=ox.Literal(digest, datatype=rdf.node("xsd:hexBinary")),
    )
    yield from about(algorithm, "spdx:ChecksumAlgorithm")


def _licence(told: Description) -> list[str]:
    return told.iris("dcterms:license")[:1]  # DCAT-AP: at most one


def _distribution(
    told: Description, owner: str, file: Distribution, licence: Sequence[str]
) -> Iterator[ox.Triple]:
    node, address = told.node(file.name), iri(told.base_url + file.name)
    kind = authorities.file_type(file.format)
    packed = by_name(file.compressed).media_type if file.compressed else None
    yield from about(iri(owner), dcat_distribution=node)
    yield from about(
        node,
        "dcat:Distribution",
        dcterms_title=spoken(file.title),
        dcterms_description=spoken(_worded(file)),
        dcat_accessURL=address,
        dcat_downloadURL=address,
        dcterms_format=iris([kind] if kind else []),
        dcat_mediaType=iri(authorities.media_type(file.format.media_type)),
        dcat_compressFormat=iris([authorities.media_type(packed)] if packed else []),
        dcat_byteSize=count(file.size),
        dcterms_license=iris(licence),
        dcterms_conformsTo=iri(file.format.spec),
    )
    # Of several statements each is read apart: DCAT-AP has at most one on a distribution.
    for predicate in ("dcterms:rights", "dcterms:issued", "dcterms:modified"):
        for value in told.values(predicate)[:1]:
            yield ox.Triple(node, rdf.node(predicate), value)
    yield from checksum(told.node(f"{file.name}-sha256"), node, file.sha256)


def _worded(file: Distribution) -> dict[str, str]:
    packed_fr = ", comprimé avec gzip" if file.compressed else ""
    packed_en = ", compressed with gzip" if file.compressed else ""
    return {
        "fr": f"{file.title.get('fr', file.name)} ({file.format.media_type}{packed_fr}).",
        "en": f"{file.title.get('en', file.name)} ({file.format.media_type}{packed_en}).",
    }


def _part(
    graph: Graph, told: Description, name: str, files: Iterable[Distribution]
) -> Iterator[ox.Triple]:
    """Yield a named graph, or the tables, as a dataset of its own.

    It shares what the whole says.  A table is no form of the graph: it answers one question.
    """
    node = told.node("tables") if name == _TABLES else told.part(name)
    words = graphs.TABLES if name == _TABLES else graphs.about(name)
    licence = _own_licence(graph, name) or _licence(told)
    yield from about(iri(told.iri), dcterms_hasPart=node)
    yield from about(iri(told.catalog), dcat_dataset=node)
    yield from about(
        node,
        "dcat:Dataset",
        dcterms_title=spoken(_within(told, words.title)),
        dcterms_description=spoken(words.description),
        dcterms_identifier=spoken({"": terms.graph(name) if name else node.value}),
        dcterms_license=iris(licence),
        dcterms_isPartOf=iri(told.iri),
        dcat_landingPage=iri(told.landing_page),
    )
    for predicate in _SHARED:
        for value in told.values(predicate):
            yield ox.Triple(node, rdf.node(predicate), value)
    for file in files:
        yield from _distribution(told, node.value, file, licence)


def _within(told: Description, title: dict[str, str]) -> dict[str, str]:
    wholes = {lang: told.text("dcterms:title", lang) for lang in title}
    return {lang: f"{whole} – {title[lang]}" for lang, whole in wholes.items()}


def _own_licence(graph: Graph, name: str) -> list[str]:
    """Return the licence that all documents in a named graph agree on, if they state one."""
    predicate = rdf.node("dcterms:license")
    heads = {rdf.node("owl:Ontology"), rdf.node("skos:ConceptScheme")}
    quads = list(graph.quads(name)) if name in ("ontology", "vocab") else []
    documents = {q.subject for q in quads if q.object in heads}
    found = {
        q.object.value
        for q in quads
        if q.predicate == predicate
        and q.subject in documents
        and isinstance(q.object, ox.NamedNode)
    }
    return sorted(found) if len(found) == 1 else []


def _releases(
    told: Description, canonical_hash: str, former: Sequence[Entry]
) -> Iterator[ox.Triple]:
    node = release(told)
    yield from about(iri(told.iri), dcat_hasVersion=node)
    # The range of dcat:hasVersion is dcat:Dataset in DCAT-AP.
    yield from about(
        node,
        "dcat:Dataset",
        dcterms_title=spoken(_numbered(told, told.text("dcat:version"))),
        dcat_isVersionOf=iri(told.iri),
    )
    for predicate in ("dcterms:description", "dcterms:license", "adms:versionNotes", *_SHARED):
        yield from (ox.Triple(node, rdf.node(predicate), v) for v in told.values(predicate))
    digest = told.node("canonical-sha256")
    yield from checksum(digest, node, canonical_hash)
    yield from about(digest, dcterms_conformsTo=iri(_CANONICAL))
    later = [iri(told.iri), node]
    for entry in former:
        old = release(told, entry.version)
        yield from (rdf.said(newer, "dcat:previousVersion", old) for newer in later)
        yield from _former(told, old, entry)
        later = [old]


def _dated(entry: Entry) -> dict[str, str]:
    return {
        "fr": f"Version {entry.version}, publiée le {entry.date}. {entry.summary}".strip(),
        "en": f"Version {entry.version}, issued on {entry.date}. {entry.summary}".strip(),
    }


def _numbered(told: Description, version: str | None) -> dict[str, str]:
    titles = told.texts("dcterms:title")
    return {lang: f"{text} {version or ''}".strip() for lang, text in titles.items()}


def _former(told: Description, node: ox.NamedNode, entry: Entry) -> Iterator[ox.Triple]:
    yield from about(iri(told.iri), dcat_hasVersion=node)
    yield from about(
        node,
        "dcat:Dataset",
        dcterms_title=spoken(_numbered(told, entry.version)),
        dcterms_description=spoken(_dated(entry)),
        dcat_isVersionOf=iri(told.iri),
        dcat_version=spoken({"": entry.version}),
        dcterms_issued=day(entry.date),
        adms_versionNotes=spoken({"": entry.summary} if entry.summary else {}),
        dcat_landingPage=iri(entry.url),
    )


def _meant(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield what the values are that stand in other people's vocabularies."""
    coded = {rdf.node(predicate) for predicate in _CODED}
    typed = {rdf.node(predicate): kind for predicate, kind in _TYPED}
    codes = set()
    for triple in triples:
        value = triple.object
        if triple.predicate in typed and isinstance(value, ox.NamedNode | ox.BlankNode):
            yield rdf.said(value, "rdf:type", rdf.node(typed[triple.predicate]))
        if triple.predicate in coded and isinstance(value, ox.NamedNode):
            codes.add(value.value)
    yield from authorities.described(codes)
