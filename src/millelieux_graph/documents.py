"""What a release says of one thing, as RDF: the same triples in each format.

A description is bounded: the thing, what it says, what points to it, and what those are called
(Concise Bounded Description, https://www.w3.org/Submission/CBD/, with the arrows that come in).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import addresses, terms
from .dumps import reading_order
from .formats import by_name
from .resources import MOST
from .sources import rdf

if TYPE_CHECKING:
    from .contexts import Context
    from .resources import Resources

__all__ = ["FORMATS", "describe", "documents", "written"]

FORMATS = tuple(by_name(name) for name in ("turtle", "jsonld", "ntriples", "rdfxml"))

_LABEL = rdf.node("rdfs:label")
_CUT = "The first {} statements that point to it; the dump of the dataset has all."


def describe(resources: Resources, iri: str) -> list[ox.Triple]:
    """Return the description of a thing, in reading order, the thing itself first."""
    own = resources.about(iri)
    others = resources.pointing_to(iri, MOST)
    thing = ox.NamedNode(iri)
    near = {t.object for t in own if isinstance(t.object, ox.NamedNode)}
    near |= {t.predicate for t in (*own, *others) if t.predicate.value.startswith(terms.ML)}
    near |= {t.subject for t in others if isinstance(t.subject, ox.NamedNode)}
    document = _document(iri, len(others) == MOST)
    said = {*own, *others, *document, *_labels(resources, near - {thing})}
    return sorted(said, key=lambda t: (t.subject != thing, reading_order(t)))


def documents(resources: Resources, iri: str, context: Context) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a thing's description: their path in a release, and their bytes.

    Args:
        resources: The graph, thing by thing.
        iri: The thing.
        context: By which JSON-LD is made short.
    """
    yield from written(describe(resources, iri), iri, addresses.stem(iri), context)


def written(
    triples: list[ox.Triple], iri: str, stem: str, context: Context
) -> Iterator[tuple[str, bytes]]:
    """Yield the files that say some triples about a thing, one a format, at a stem."""
    prefixes = rdf.used_prefixes(triples)
    for format in FORMATS:
        if format.name == "jsonld":
            yield stem + format.suffix, context.compact(triples, iri)
        else:
            yield stem + format.suffix, rdf.write(triples, format, prefixes)


def _document(iri: str, is_cut: bool) -> Iterator[ox.Triple]:
    """Yield what the description says of itself, whatever its format."""
    document = ox.NamedNode(terms.BASE + addresses.stem(iri) + ".html")
    yield rdf.said(document, "rdf:type", rdf.node("foaf:Document"))
    yield rdf.said(document, "foaf:primaryTopic", ox.NamedNode(iri))
    yield rdf.said(document, "void:inDataset", ox.NamedNode(terms.DATASET))
    if is_cut:
        yield rdf.said(document, "rdfs:comment", ox.Literal(_CUT.format(MOST), language="en"))


def _labels(resources: Resources, nodes: set[ox.NamedNode]) -> Iterator[ox.Triple]:
    for node in nodes:
        for lang, name in resources.names(node.value).items():
            label = ox.Literal(name, language=lang) if lang else ox.Literal(name)
            yield ox.Triple(node, _LABEL, label)
