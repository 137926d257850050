"""The graph as whoever describes a thing reads it: thing by thing, without what was inferred.

Conclusions are left out, since they follow from the rest and would drown it; the dumps have them.
Each thing costs a few look-ups, whatever the size of the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import addresses, terms
from .dumps import reading_order
from .values import Term, Value, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .addresses import Language
    from .graph import Graph

__all__ = ["MOST", "Node", "Resources", "of_kind"]

MOST = 500  # statements of others that a description holds
_CACHED = 50_000  # labels that are kept; a census uses the same few thousand again and again

_INFERRED = ox.NamedNode(terms.graph("inferred"))
_TYPE = terms.expand("rdf:type")
_NAMES = [terms.expand(name) for name in ("skos:prefLabel", "rdfs:label", "dcterms:title")]
_NAMES += [terms.expand(name) for name in ("ml:form", "foaf:name")]
# Subjects that are not below our base are described where they are told to be one of ours.
_OURS = (terms.ML, terms.expand("skos:Concept"), terms.expand("org:Role"))
_ONTOLOGY = terms.BASE + "ontology"


class Resources:
    """Things of a graph, and what is said of them.

    Attributes:
        graph: What is read.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = lru_cache(_CACHED)(self._names)
        self.kinds = lru_cache(_CACHED)(self._kinds)

    def things(self) -> list[str]:
        """Return the IRIs that a release describes, sorted.

        They are the subjects below our base, and those of others that the graph types by the
        vocabulary: what it only mentions, such as a licence, is described elsewhere.
        """
        found = {iri for iri in self._subjects() if iri.startswith(terms.BASE)}
        for kind in self._classes_of_ours():
            found |= {
                quad.subject.value
                for quad in self.graph.pointing_to(kind, _TYPE)
                if isinstance(quad.subject, ox.NamedNode) and quad.graph_name != _INFERRED
            }
        # The front page has an address of its own, and what has a fragment stands in a document.
        return sorted(iri for iri in found - {terms.BASE} if not addresses.fragment(iri))

    def node(self, iri: str) -> Node:
        """Return a thing to be read."""
        return Node(iri, self)

    def instances(self, name: str) -> list[Node]:
        """Return the things that are said to be of a class, given as a CURIE."""
        return self.node(terms.expand(name)).back("rdf:type")

    def about(self, iri: str) -> list[ox.Triple]:
        """Return what is said of a thing, its types first."""
        return sorted({q.triple for q in _said(self.graph.about(iri))}, key=reading_order)

    def pointing_to(self, iri: str, most: int | None = None) -> list[ox.Triple]:
        """Return what points to a thing, in reading order.

        Args:
            iri: The thing.
            most: How many statements at most; the first of those found, so that a concept that a
                million things use costs no more than one that a hundred use.
        """
        found: set[ox.Triple] = set()
        for quad in self.graph.pointing_to(iri):
            if quad.graph_name != _INFERRED and isinstance(quad.subject, ox.NamedNode):
                found.add(quad.triple)
                if len(found) == most:
                    break
        return sorted(found, key=reading_order)

    def label(self, iri: str, lang: Language) -> str:
        """Return what a thing is called, in the language if it can be; else its short name."""
        names = self.names(iri)
        return names.get(lang) or next(iter(names.values()), "") or terms.curie(iri)

    def _names(self, iri: str) -> dict[str, str]:
        """Return the names of a thing by language, of the best property that has one."""
        found: dict[str, dict[str, str]] = {}
        for quad in self.graph.about(iri):
            if quad.predicate.value in _NAMES and isinstance(quad.object, ox.Literal):
                names = found.setdefault(quad.predicate.value, {})
                lang = quad.object.language or ""
                names[lang] = min(quad.object.value, names.get(lang, quad.object.value))
        best = next((found[name] for name in _NAMES if name in found), {})
        return dict(sorted(best.items()))

    def _kinds(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing, those of our vocabulary first."""
        found = {
            quad.object.value
            for quad in _said(self.graph.about(iri, _TYPE))
            if isinstance(quad.object, ox.NamedNode)
        }
        return tuple(sorted(found, key=lambda kind: (not kind.startswith(terms.ML), kind)))

    def _subjects(self) -> Iterator[str]:
        rows = self.graph.query("SELECT DISTINCT ?s WHERE { ?s ?p ?o FILTER(isIRI(?s)) }")
        return (row["s"].value for row in rows)  # type: ignore[union-attr]  # it is a SELECT

    def _classes_of_ours(self) -> Iterator[str]:
        rows = self.graph.query("SELECT DISTINCT ?c WHERE { [] a ?c FILTER(isIRI(?c)) }")
        classes = (row["c"].value for row in rows)  # type: ignore[union-attr]  # it is a SELECT
        return (kind for kind in classes if kind.startswith(_OURS))


@dataclass(frozen=True, slots=True)
class Node:
    """A thing, read by the names of properties.

    Attributes:
        iri: The thing.
        resources: Where it is read.
    """

    iri: str
    resources: Resources

    @property
    def kinds(self) -> tuple[str, ...]:
        """The classes that it is said to be of, as IRIs."""
        return self.resources.kinds(self.iri)

    @property
    def slug(self) -> str:
        """Its code: what its IRI ends in."""
        return terms.last_segment(self.iri)

    def is_a(self, *names: str) -> bool:
        """Whether it is said to be of one of these classes, given as CURIEs."""
        return any(terms.expand(name) in self.kinds for name in names)

    def label(self, lang: Language) -> str:
        """Return what it is called."""
        return self.resources.label(self.iri, lang)

    def terms(self, name: str) -> list[Term]:
        """Return the values of a property, sorted as they are written."""
        quads = self.resources.graph.about(self.iri, terms.expand(name))
        return sorted({q.object for q in quads if q.graph_name != _INFERRED}, key=str)

    def all(self, name: str) -> list[Node]:
        """Return the things that a property leads to."""
        found = (term for term in self.terms(name) if isinstance(term, ox.NamedNode))
        return [Node(term.value, self.resources) for term in found]

    def one(self, name: str) -> Node | None:
        """Return the first thing that a property leads to, or None."""
        return next(iter(self.all(name)), None)

    def value(self, name: str) -> Value:
        """Return the first value of a property as Python has it, or None."""
        return next((value(term) for term in self.terms(name)), None)

    def text(self, name: str, lang: Language) -> str:
        """Return a text in the language, or in another if it is not there; empty: none."""
        said = [term for term in self.terms(name) if isinstance(term, ox.Literal)]
        said.sort(key=lambda term: (term.language != lang, term.language or "", term.value))
        return said[0].value if said else ""

    def back(self, *names: str) -> list[Node]:
        """Return the things that lead here by one of these properties, by IRI."""
        found = {
            quad.subject.value
            for name in names
            for quad in self.resources.graph.pointing_to(self.iri, terms.expand(name))
            if isinstance(quad.subject, ox.NamedNode) and quad.graph_name != _INFERRED
        }
        return [Node(iri, self.resources) for iri in sorted(found)]


def _said(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return what was not concluded; all of it where a thing is itself a conclusion."""
    found = list(quads)
    return [quad for quad in found if quad.graph_name != _INFERRED] or found


def of_kind(nodes: Iterable[Node], *names: str) -> list[Node]:
    """Return those of some things that are of one of these classes, given as CURIEs."""
    return [node for node in nodes if node.is_a(*names)]
