"""What follows from the graph: OWL 2 RL entailments and computed values, in a graph of their own.

owlrl, the reference implementation, draws the conclusions; SPARQL rules in ``ontology/rules/``
compute what OWL cannot (the interval behind an EDTF date, the geometry behind coordinates).  What
was said and what was concluded never mix: all of it goes into the named graph ``inferred``, which
says where it comes from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import owlrl
import pyoxigraph as ox
import rdflib
from rdflib import OWL, URIRef

from . import terms
from .errors import Finding
from .formats import by_name
from .sources import rdf
from .sources.shipped import shipped

if TYPE_CHECKING:
    from .graph import Graph

__all__ = ["Inference", "infer"]

_TYPE = terms.expand("rdf:type")
_ERROR = "http://www.daml.org/2002/03/agents/agent-ont#error"
# True of everything, or of the language rather than of the things described.
_TRIVIAL_CLASSES = {
    terms.expand(name)
    for name in (
        "owl:Thing owl:Nothing owl:NamedIndividual rdfs:Resource rdfs:Literal rdfs:Datatype "
        "rdfs:Class rdf:Property rdf:List owl:Class"
    ).split()
}
_REFLEXIVE = {
    terms.expand(name)
    for name in (
        "owl:sameAs rdfs:subClassOf rdfs:subPropertyOf owl:equivalentClass owl:equivalentProperty"
    ).split()
}


@dataclass(frozen=True)
class Inference:
    """What was concluded.

    Attributes:
        triples: The new triples, sorted, none of which the graph holds.
        clashes: What the graph says that cannot all be true.
    """

    triples: tuple[ox.Triple, ...]
    clashes: tuple[Finding, ...]


def infer(graph: Graph) -> Inference:
    """Conclude from a graph, and put the conclusions into its named graph ``inferred``.

    Follows OWL 2 RL/RDF (https://www.w3.org/TR/owl2-profiles/#OWL_2_RL).  Annotations take no part,
    since they have no meaning for OWL; conclusions about the language itself are left out.
    """
    graph.replace("inferred", ())
    said = {quad.triple for quad in graph.quads()}
    computed = set(_computed(graph))
    closure = _closure(said - set(_annotations(graph)))
    described = {str(triple.subject).strip("<>") for triple in said}
    concluded = {t for t in _triples(closure) if _worth_saying(t, described)}
    new = tuple(sorted((computed | concluded) - said, key=str))
    graph.replace("inferred", [*new, *_provenance(graph)])
    return Inference(new, tuple(sorted(set(_clashes(closure)))))


def _computed(graph: Graph) -> Iterator[ox.Triple]:
    """Yield what the rules construct."""
    for rule in sorted((shipped("ontology") / "rules").glob("*.rq")):
        result = graph.query(rule.read_text(encoding="utf-8"))
        assert isinstance(result, ox.QueryTriples), f"{rule} is not a CONSTRUCT query"
        yield from result


def _annotations(graph: Graph) -> Iterator[ox.Triple]:
    declared = terms.expand("owl:AnnotationProperty")
    for quad in graph.having(_TYPE):
        if isinstance(quad.object, ox.NamedNode) and quad.object.value == declared:
            assert isinstance(quad.subject, ox.NamedNode)  # a property has an IRI
            yield from (found.triple for found in graph.having(quad.subject.value))


def _closure(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    closure = rdflib.Graph()
    closure.parse(data=rdf.write(triples, by_name("ntriples")), format="nt")
    rules = owlrl.DeductiveClosure(_Rules, axiomatic_triples=False, datatype_axioms=False)
    rules.expand(closure)
    return closure


class _Rules(owlrl.OWLRL_Semantics):  # type: ignore[misc]  # owlrl publishes no types
    """OWL 2 RL but for eq-ref, which says of each thing that it is the same as itself.

    That rule takes half of the time, nothing else follows from it, and its conclusions are not
    worth saying.
    """

    def _equality(self, triple: tuple[rdflib.Node, ...], cycle_num: int) -> None:
        if triple[1] == OWL.sameAs or triple[2] == OWL.AllDifferent:
            super()._equality(triple, cycle_num)


def _triples(closure: rdflib.Graph) -> Iterator[ox.Triple]:
    """Yield the valid triples of a closure whose ends have names.

    owlrl also concludes about literals as subjects, which RDF 1.1 does not allow, and about the
    blank nodes of class expressions, which nobody can ask for.
    """
    from rdflib import Graph as Rdflib, URIRef

    named = Rdflib()
    for s, p, o in closure:
        if isinstance(s, URIRef) and isinstance(p, URIRef) and isinstance(o, URIRef):
            named.add((s, p, o))
    for quad in ox.parse(named.serialize(format="nt", encoding="utf-8"), ox.RdfFormat.N_TRIPLES):
        yield ox.Triple(quad.subject, quad.predicate, quad.object)


def _worth_saying(triple: ox.Triple, described: Collection[str]) -> bool:
    """Tell whether a conclusion says something about a thing that the graph describes."""
    subject, predicate, end = (_iri(n) for n in (triple.subject, triple.predicate, triple.object))
    if subject not in described:
        return False
    if end in _TRIVIAL_CLASSES or predicate == _ERROR:
        return False
    return not (predicate in _REFLEXIVE and subject == end)


def _clashes(closure: rdflib.Graph) -> Iterator[Finding]:
    for message in closure.objects(None, URIRef(_ERROR)):
        yield Finding("owl-rl", "graph", f"The data contradicts itself: {message}")


def _provenance(graph: Graph) -> Iterator[ox.Triple]:
    """Yield what the inferred graph says about itself (PROV-O)."""
    inferred, activity = (
        ox.NamedNode(terms.graph("inferred")),
        ox.NamedNode(f"{terms.ID}activity/inference"),
    )
    yield rdf.said(inferred, "rdf:type", rdf.node("prov:Entity"))
    yield rdf.said(inferred, "prov:wasGeneratedBy", activity)
    yield rdf.said(activity, "rdf:type", rdf.node("prov:Activity"))
    yield rdf.said(
        activity,
        "rdfs:label",
        ox.Literal(
            f"OWL 2 RL entailment with owlrl {version('owlrl')} and the rules of the ontology",
            language="en",
        ),
    )
    yield rdf.said(
        activity,
        "rdfs:label",
        ox.Literal(
            f"Inférence OWL 2 RL avec owlrl {version('owlrl')} et les règles de l’ontologie",
            language="fr",
        ),
    )
    for name in graph.names():
        if name != inferred.value:
            yield rdf.said(inferred, "prov:wasDerivedFrom", ox.NamedNode(name))
            yield rdf.said(activity, "prov:used", ox.NamedNode(name))


def _iri(term: object) -> str:
    assert isinstance(term, ox.NamedNode)  # `_triples` lets nothing else pass
    return term.value
