"""The whole graph in every format, the same bytes each time.

Blank nodes (the ontology's class expressions; data has none) get their canonical labels from
RDFC-1.0, quads are sorted, and nothing depends on the clock or on hash order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import terms
from .formats import by_name
from .sources import rdf

if TYPE_CHECKING:
    from .graph import Graph

__all__ = ["canonical", "canonical_triples", "context", "dump", "reading_order"]

_TYPE = terms.expand("rdf:type")


def canonical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return quads with canonical blank node labels (https://www.w3.org/TR/rdf-canon/), sorted."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(dataset, key=str)


def canonical_triples(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return triples with canonical blank node labels, in reading order."""
    quads = canonical(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return sorted((quad.triple for quad in quads), key=reading_order)


def dump(graph: Graph) -> dict[str, bytes]:
    """Return the graph in every RDF format, by the format's name.

    Triple formats hold the union of the named graphs, quad formats keep them apart.  The N-Quads
    are the canonical form of the dataset to the byte, so their hash is that of RDFC-1.0.
    """
    quads = canonical(graph.quads())
    triples = sorted({quad.triple for quad in quads}, key=reading_order)
    prefixes = rdf.used_prefixes(quads)
    return {
        "turtle": rdf.write(triples, by_name("turtle"), prefixes),
        "ntriples": _lines(triples, "ntriples"),
        "rdfxml": rdf.write(triples, by_name("rdfxml"), prefixes),
        "jsonld": _jsonld(triples, prefixes),
        "nquads": _lines(quads, "nquads"),
        "trig": rdf.write(sorted(quads, key=_graph_order), by_name("trig"), prefixes),
    }


def context(prefixes: dict[str, str]) -> dict[str, str]:
    """Return the JSON-LD ``@context`` for prefixes: all names of the dump are CURIEs over it."""
    return dict(sorted(prefixes.items()))


def _lines(statements: Iterable[ox.Triple] | Iterable[ox.Quad], name: str) -> bytes:
    return b"".join(sorted(rdf.write(statements, by_name(name)).splitlines(keepends=True)))


def reading_order(triple: ox.Triple) -> tuple[str, bool, str, str]:
    """Sort by subject, its type first, as a person would read it."""
    predicate = triple.predicate.value
    return str(triple.subject), predicate != _TYPE, predicate, str(triple.object)


def _graph_order(quad: ox.Quad) -> tuple[str, str, bool, str, str]:
    return str(quad.graph_name), *reading_order(quad.triple)


def _jsonld(triples: Iterable[ox.Triple], prefixes: dict[str, str]) -> bytes:
    """Return compact JSON-LD: one object a subject, names shortened, values always typed.

    Written here since pyoxigraph writes it expanded and rdflib in an order that changes with the
    run.  Values stay strings, so that no JSON reader turns 1.50 into 1.5.
    """
    write = _JsonLd(prefixes)
    nodes: dict[str, dict[str, list[object]]] = {}
    for triple in triples:
        key, value = write.property(triple.predicate, triple.object)
        nodes.setdefault(write.iri(triple.subject), {}).setdefault(key, []).append(value)
    told = [{"@id": iri, **{k: _alone(v) for k, v in node.items()}} for iri, node in nodes.items()]
    document = {"@context": context(prefixes), "@graph": told}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


class _JsonLd:
    """Names and values as JSON-LD has them, short where the context explains the short form."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._prefixes = prefixes

    def property(self, predicate: ox.NamedNode, object: object) -> tuple[str, object]:
        if predicate.value == _TYPE and not isinstance(object, ox.Literal):
            return "@type", self.iri(object)
        return self._short(predicate.value), self._value(object)

    def iri(self, term: object) -> str:
        return self._short(term.value) if isinstance(term, ox.NamedNode) else str(term)

    def _short(self, iri: str) -> str:
        curie = terms.curie(iri)
        return curie if curie.partition(":")[0] in self._prefixes else iri

    def _value(self, term: object) -> object:
        if not isinstance(term, ox.Literal):
            return {"@id": self.iri(term)}
        if term.language:
            return {"@language": term.language, "@value": term.value}
        if term.datatype.value == terms.expand("xsd:string"):
            return term.value
        return {"@type": self._short(term.datatype.value), "@value": term.value}


def _alone(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values
