"""Where a release comes from: PROV-O (https://www.w3.org/TR/prov-o/).

The dates are the dataset's own; no clock is read, so that the same input gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import __version__, terms
from .dcat import checksum, release
from .statements import about, iri, iris, rows, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyoxigraph as ox

    from ..graph import Graph
    from .description import Description

__all__ = ["provenance"]

_SOFTWARE = "millelieux-graph"
_MOST = 50  # sources that are named one by one
_EDITIONS = f"""
PREFIX ml: <{terms.ML}> PREFIX dcterms: <{terms.PREFIXES["dcterms"]}>
SELECT DISTINCT ?source ?sha256 ?title
WHERE {{ ?source a ml:SourceDocument OPTIONAL {{ ?source ml:sha256 ?sha256 }}
         OPTIONAL {{ ?source dcterms:title ?title }} }} ORDER BY ?source ?sha256 ?title
"""
_CITED = f"""
PREFIX dcterms: <{terms.PREFIXES["dcterms"]}>
SELECT DISTINCT ?source WHERE {{ ?claim dcterms:source ?source FILTER(isIRI(?source))
                                 FILTER(!STRSTARTS(STR(?source), "{terms.ID}")) }}
ORDER BY ?source LIMIT {_MOST + 1}
"""
_PLAN = {
    "fr": "Lire les sources, en tirer les conclusions du vocabulaire, vérifier le tout par les "
    "formes SHACL et les règles d’hygiène, exécuter les requêtes enregistrées, écrire les "
    "fichiers.",
    "en": "Read the sources, draw the conclusions of the vocabulary, check all of it by the SHACL "
    "shapes and the hygiene rules, run the stored queries, write the files.",
}


def provenance(graph: Graph, told: Description) -> Iterator[ox.Triple]:
    """Yield how the release came to be: from which sources, by which software, by which plan."""
    activity, software = told.node("publication"), told.node("software")
    plan, made = told.node("plan"), release(told)
    named = {row["source"].value for row in rows(graph, _EDITIONS)} | _cited(graph)
    used = iris(sorted(named | set(told.iris("prov:wasDerivedFrom"))))
    for entity in (iri(told.iri), made):
        yield from about(entity, "prov:Entity", prov_wasGeneratedBy=activity)
        yield from about(entity, prov_wasDerivedFrom=used)
        yield from about(entity, prov_wasAttributedTo=iris(told.iris("dcterms:creator")))
    yield from _editions(graph, told)
    yield from about(
        activity,
        "prov:Activity",
        rdfs_label=spoken({"fr": "publication", "en": "publication"}),
        prov_used=used,
        prov_generated=made,
        prov_wasAssociatedWith=software,
        prov_qualifiedAssociation=told.node("association"),
    )
    yield from about(
        told.node("association"), "prov:Association", prov_agent=software, prov_hadPlan=plan
    )
    yield from about(
        software,
        "prov:SoftwareAgent",
        "foaf:Agent",
        foaf_name=spoken({"": _SOFTWARE}),
        foaf_homepage=iri(terms.BASE),
        dcat_version=spoken({"": __version__}),
    )
    yield from about(plan, "prov:Plan", "prov:Entity", dcterms_description=spoken(_PLAN))


def _editions(graph: Graph, told: Description) -> Iterator[ox.Triple]:
    """Yield the source documents, each with the SHA-256 of the edition that positions count in."""
    for row in rows(graph, _EDITIONS):
        node, sha256 = row["source"], row["sha256"]
        yield from about(node, "prov:Entity", dcterms_title=row["title"])
        if sha256 is not None:
            name = f"source-{terms.last_segment(node.value)}-sha256"
            yield from checksum(told.node(name), node, sha256.value)


def _cited(graph: Graph) -> set[str]:
    """Return the documents on the web that claims are taken from, unless they are too many."""
    found = {row["source"].value for row in rows(graph, _CITED)}
    return found if len(found) <= _MOST else set()
