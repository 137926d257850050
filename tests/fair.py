"""Scorers: what harvesters and FAIR checkers would say of a release, without asking the network.

Each point is derived from the files of the release as the checker derives it.  An address counts
as reachable when the release holds the file that it leads to, and in no other case.

- MQA, the metadata quality assessment of data.europa.eu: 405 points.
- FOOPS!, the pitfall scanner for ontologies: the tests that need no network.
- F-UJI 0.5: the metrics that need no registry, on the JSON-LD of the page and on the catalog.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import mean

import rdflib
from rdflib import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SKOS, Namespace, URIRef

BIBO = Namespace("http://purl.org/ontology/bibo/")
VANN = Namespace("http://purl.org/vocab/vann/")

Held = Callable[[str], bool]
Node = rdflib.term.Node


@dataclass(frozen=True)
class Score:
    """What one test gives: its name, the points, and how many there are."""

    test: str
    points: float
    of: float


def told(scores: Iterable[Score]) -> str:
    """Return scores as a table, with their sum."""
    listed = list(scores)
    rows = [f"{s.test:<40} {s.points:>6.1f} / {s.of:g}" for s in listed]
    total, most = sum(s.points for s in listed), sum(s.of for s in listed)
    return "\n".join([*rows, f"{'total':<40} {total:>6.1f} / {most:g}"])


# MQA (https://data.europa.eu/mqa/methodology).

_EU = "http://publications.europa.eu/resource/authority/"
# The portal's own lists of formats (edp-non-proprietary-format, edp-machine-readable-format), as
# far as they bear on files of data; Parquet and SQLite are in neither.
_OPEN = set(
    "CSV GEOJSON GZIP JSON JSON_LD ODS RDF_N_QUADS RDF_N_TRIPLES RDF_TRIG RDF_TURTLE RDF_XML TSV "
    "TXT XML ZIP".split()
)
_MACHINE = set(
    "CSV GEOJSON JSON JSON_LD ODS RDFA RDF_N_QUADS RDF_N_TRIPLES RDF_TRIG RDF_TURTLE RDF_XML XLSX "
    "XML".split()
)
_IANA = re.compile(r"https?://www\.iana\.org/assignments/media-types/[\w.+-]+/[\w.+-]+")


def mqa(
    catalog: rdflib.Graph, dataset: Node, held: Held, conforms: Callable[[], bool]
) -> list[Score]:
    """Return the points of a dataset; those of its distributions are their mean.

    Args:
        catalog: The published catalog.
        dataset: One that it lists.
        held: Whether an address leads to a file of the release.
        conforms: Whether the catalog conforms to the shapes of DCAT-AP.
    """
    at = _Assessed(catalog, dataset, held)
    rights_known = at.coded(dataset, DCTERMS.accessRights, "access-right")
    return [
        Score("findability: keyword", 30 * at.said(DCAT.keyword), 30),
        Score("findability: theme", 30 * at.said(DCAT.theme), 30),
        Score("findability: spatial", 20 * at.said(DCTERMS.spatial), 20),
        Score("findability: temporal", 20 * at.said(DCTERMS.temporal), 20),
        Score("accessibility: accessURL reachable", 50 * at.reached(DCAT.accessURL), 50),
        Score("accessibility: downloadURL", 20 * at.every(DCAT.downloadURL), 20),
        Score("accessibility: downloadURL reachable", 30 * at.reached(DCAT.downloadURL), 30),
        Score("interoperability: format", 20 * at.every(DCTERMS["format"]), 20),
        Score("interoperability: mediaType", 10 * at.every(DCAT.mediaType), 10),
        Score("interoperability: vocabularies", 10 * at.share(at.in_lists), 10),
        Score("interoperability: non-proprietary", 20 * at.of_formats(_OPEN), 20),
        Score("interoperability: machine-readable", 20 * at.of_formats(_MACHINE), 20),
        Score("interoperability: DCAT-AP", 30 * conforms(), 30),
        Score("reusability: licence", 20 * at.every(DCTERMS.license), 20),
        Score("reusability: licence known", 10 * at.share(at.licence_known), 10),
        Score("reusability: accessRights", 10 * at.said(DCTERMS.accessRights), 10),
        Score("reusability: accessRights known", 5 * rights_known, 5),
        Score("reusability: contactPoint", 20 * at.said(DCAT.contactPoint), 20),
        Score("reusability: publisher", 10 * at.said(DCTERMS.publisher), 10),
        Score("context: rights", 5 * at.every(DCTERMS.rights), 5),
        Score("context: byteSize", 5 * at.every(DCAT.byteSize), 5),
        Score("context: issued", 5 * at.dated(DCTERMS.issued), 5),
        Score("context: modified", 5 * at.dated(DCTERMS.modified), 5),
    ]


class _Assessed:
    """A dataset of a catalog, and what share of its distributions satisfies something."""

    def __init__(self, catalog: rdflib.Graph, dataset: Node, held: Held) -> None:
        self._catalog, self._dataset, self._held = catalog, dataset, held
        self._files = list(catalog.objects(dataset, DCAT.distribution))

    def said(self, predicate: URIRef) -> bool:
        return (self._dataset, predicate, None) in self._catalog

    def share(self, holds: Callable[[Node], bool]) -> float:
        return mean(holds(file) for file in self._files) if self._files else 0.0

    def every(self, predicate: URIRef) -> float:
        return self.share(lambda file: (file, predicate, None) in self._catalog)

    def dated(self, predicate: URIRef) -> bool:
        return self.said(predicate) and self.every(predicate) == 1

    def reached(self, predicate: URIRef) -> float:
        def reachable(file: Node) -> bool:
            found = [str(address) for address in self._catalog.objects(file, predicate)]
            return bool(found) and all(map(self._held, found))

        return self.share(reachable)

    def coded(self, node: Node, predicate: URIRef, table: str) -> bool:
        found = [str(value) for value in self._catalog.objects(node, predicate)]
        return bool(found) and all(value.startswith(f"{_EU}{table}/") for value in found)

    def in_lists(self, file: Node) -> bool:
        types = [str(kind) for kind in self._catalog.objects(file, DCAT.mediaType)]
        iana = bool(types) and all(map(_IANA.fullmatch, types))
        return iana and self.coded(file, DCTERMS["format"], "file-type")

    def of_formats(self, codes: set[str]) -> float:
        def among(file: Node) -> bool:
            kinds = map(_code, self._catalog.objects(file, DCTERMS["format"]))
            return bool(codes & set(kinds))

        return self.share(among)

    def licence_known(self, file: Node) -> bool:
        """Tell whether the portal's table has the licence: it lists no national port of 3.0."""
        found = [str(licence) for licence in self._catalog.objects(file, DCTERMS.license)]
        return bool(found) and all(map(_KNOWN_LICENCE.fullmatch, found))


_KNOWN_LICENCE = re.compile(
    rf"{_EU}licence/\w+|https?://creativecommons\.org/(licenses/[a-z-]+|publicdomain/zero)/\d\.\d/"
)


def _code(kind: Node) -> str:
    return str(kind).removeprefix(f"{_EU}file-type/")


# FOOPS! (https://w3id.org/foops/catalogue), 0.3; the names of the tests are its own.

_PERSISTENT = ("w3id.org", "doi.org", "purl.org", "data.europa.eu", "www.w3.org")
_METADATA = (RDFS, DCTERMS, VANN, SKOS, FOAF, PROV, BIBO)
_DESCRIBED = {
    "OM1": {
        "title": DCTERMS.title,
        "description": DCTERMS.description,
        "license": DCTERMS.license,
        "version IRI": OWL.versionIRI,
        "author": DCTERMS.creator,
        "namespace URI": VANN.preferredNamespaceUri,
    },
    "OM2": {
        "prefix": VANN.preferredNamespacePrefix,
        "version info": OWL.versionInfo,
        "created": DCTERMS.created,
        "citation": DCTERMS.bibliographicCitation,
    },
    "OM3": {
        "doi": BIBO.doi,
        "publisher": DCTERMS.publisher,
        "logo": FOAF.logo,
        "status": BIBO.status,
        "source": DCTERMS.source,
        "issued": DCTERMS.issued,
    },
    "OM5.1": {"author": DCTERMS.creator, "created": DCTERMS.created},
    "OM5.2": {"issued": DCTERMS.issued, "publisher": DCTERMS.publisher},
}


def foops(ontology: rdflib.Graph) -> list[Score]:
    """Return the tests of FOOPS! that need no network, on the ontology as it is published."""
    (head,) = ontology.subjects(RDF.type, OWL.Ontology)
    version = ontology.value(head, OWL.versionIRI)
    licences = list(ontology.objects(head, DCTERMS.license))
    terms = _terms(ontology, str(head))
    used = {str(p) for p in ontology.predicates()}
    described = [
        Score(test, sum((head, p, None) in ontology for p in asked.values()), len(asked))
        for test, asked in _DESCRIBED.items()
    ]
    return [
        Score("PURL1", any(host in str(head) for host in _PERSISTENT), 1),
        *described,
        Score("OM4.1", bool(licences), 1),
        # Resolvable is what the network says; here, an absolute address on the web.
        Score("OM4.2", all(str(x).startswith("https://") for x in licences) and bool(licences), 1),
        Score("RDF1", len(ontology) > 0, 1),
        Score("VER1", (version is not None) + (version not in (None, head)), 2),
        Score("VOC1", any(p.startswith(str(n)) for p in used for n in _METADATA), 1),
        Score("VOC2", _extends(ontology, terms), 1),
        Score("VOC3", sum((t, RDFS.label, None) in ontology for t in terms), len(terms)),
        Score("VOC4", sum(_has_text(ontology, t) for t in terms), len(terms)),
    ]


def _terms(ontology: rdflib.Graph, head: str) -> list[URIRef]:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    found = {term for kind in kinds for term in ontology.subjects(RDF.type, kind)}
    return sorted(t for t in found if isinstance(t, URIRef) and t.startswith(head))


def _has_text(ontology: rdflib.Graph, term: Node) -> bool:
    texts = (SKOS.definition, RDFS.comment, DCTERMS.description)
    return any((term, text, None) in ontology for text in texts)


def _extends(ontology: rdflib.Graph, terms: Iterable[URIRef]) -> bool:
    """Tell whether a term of ours stands below one of another vocabulary."""
    own = set(terms)
    above = (RDFS.subClassOf, RDFS.subPropertyOf)
    parents = {p for term in own for up in above for p in ontology.objects(term, up)}
    return any(isinstance(parent, URIRef) and parent not in own for parent in parents)


# F-UJI 0.5 (https://github.com/pangaea-data-publisher/fuji).


def fuji(
    page: Mapping[str, object], catalog: rdflib.Graph, dataset: Node, held: Held
) -> list[Score]:
    """Return the metrics that need no registry.

    Args:
        page: The JSON-LD that stands in the page about the dataset.
        catalog: The published catalog, to which the page links.
        dataset: What is judged.
        held: Whether an address leads to a file of the release.
    """
    files = page.get("distribution", [])
    assert isinstance(files, list)
    spaces = {re.sub(r"[^/#]*$", "", str(p)) for p in catalog.predicates()}

    def said(*predicates: URIRef) -> bool:
        return all((dataset, predicate, None) in catalog for predicate in predicates)

    def whole(*keys: str) -> bool:
        return bool(files) and all(file.get(key) for file in files for key in keys)

    def has(*keys: str) -> bool:
        return all(page.get(key) for key in keys)

    addresses = [str(file.get("contentUrl", "")) for file in files]
    kinds = {str(file.get("encodingFormat")) for file in files}
    name, licence = str(page.get("identifier", "")), str(page.get("license", ""))
    listed = (dataset, RDF.type, DCAT.Dataset) in catalog
    of_ours = page.get("@type") == "Dataset"
    # SPDX lists CC BY-NC-SA 3.0, but not its French port: stated, and not in the list.
    in_spdx = re.fullmatch(r"https?://creativecommons\.org/licenses/[a-z-]+/\d\.\d/", licence)
    cited = has("creator", "name", "identifier", "publisher", "datePublished")
    measured = of_ours + whole("contentSize", "encodingFormat") + has("variableMeasured")
    return [
        Score("FsF-F1-01D", name.startswith("https://"), 1),
        Score("FsF-F1-02D", any(host in name for host in _PERSISTENT), 1),
        # What a citation needs, and beside it what a search needs.
        Score("FsF-F2-01M", cited + (cited and has("description", "keywords")), 2),
        Score("FsF-F3-01M", whole("contentUrl") and all(map(held, addresses)), 1),
        # For search engines, and for harvesters.
        Score("FsF-F4-01M", of_ours + listed, 2),
        Score("FsF-A1-01M", has("isAccessibleForFree") and said(DCTERMS.accessRights), 1),
        Score("FsF-A1-02M", str(page.get("url", "")).startswith("https://"), 1),
        Score("FsF-A1-03D", whole("contentUrl") and _secure(addresses), 1),
        # In the page, and in a file that it links to.
        Score("FsF-I1-01M", has("@context") + (len(catalog) > 0), 2),
        Score("FsF-I2-01M", {str(DCAT), str(DCTERMS), str(PROV)} <= spaces, 1),
        Score("FsF-I3-01M", said(DCTERMS.hasPart, PROV.wasDerivedFrom), 1),
        Score("FsF-R1-01MD", measured, 3),
        Score("FsF-R1.1-01M", licence.startswith("https://") + (in_spdx is not None), 2),
        Score("FsF-R1.2-01M", has("isBasedOn") + said(*_PROVENANCE), 2),
        Score("FsF-R1.3-01M", listed, 1),
        Score("FsF-R1.3-02D", bool(kinds & _OPEN_TYPES), 1),
    ]


_PROVENANCE = (PROV.wasGeneratedBy, PROV.wasDerivedFrom, PROV.wasAttributedTo)
_OPEN_TYPES = {"text/turtle", "application/n-quads", "application/ld+json", "text/csv"}


def _secure(addresses: Iterable[str]) -> bool:
    return all(address.startswith("https://") for address in addresses)
