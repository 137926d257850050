"""What follows from a graph: entailments and computed values, in a graph of their own.

A reader chooses how much follows: nothing, RDFS, or OWL 2 RL.  Rules made from the axioms of the
graph conclude it on the graph's own engine; owlrl, the reference implementation, does so where they
do not reach, and whenever it is asked for.  SPARQL rules in ``ontology/rules/`` compute what no
axiom can say: the interval behind an EDTF date, the geometry behind coordinates.  What was said and
what was concluded never mix: all of it goes into the named graph ``inferred``, which says where it
comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import pyoxigraph as ox

from .. import terms
from ..errors import Finding, UnknownName
from ..sources import rdf
from ..sources.shipped import shipped
from . import clashes, closure, gaps, rules

if TYPE_CHECKING:
    from ..graph import Graph

__all__ = ["ENGINES", "REGIMES", "Engine", "Inference", "Regime", "infer"]

Regime = Literal["none", "rdfs", "owl-rl"]
REGIMES: tuple[Regime, ...] = get_args(Regime)
Engine = Literal["rules", "owlrl"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

_TITLES = {"rdfs": "RDFS", "owl-rl": "OWL 2 RL"}
_RULES = {"rdfs": rules.RDFS, "owl-rl": rules.OWL_RL}
# True of everything, or of the language rather than of the things described.
_TRIVIAL_CLASSES = {
    rdf.node(name)
    for name in (
        "owl:Thing owl:Nothing owl:NamedIndividual rdfs:Resource rdfs:Literal rdfs:Datatype "
        "rdfs:Class rdf:Property rdf:List owl:Class"
    ).split()
}
_REFLEXIVE = {
    rdf.node(name)
    for name in (
        "owl:sameAs rdfs:subClassOf rdfs:subPropertyOf owl:equivalentClass owl:equivalentProperty"
    ).split()
}
_LANGUAGE = tuple(terms.PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))


@dataclass(frozen=True)
class Inference:
    """What was concluded.

    Attributes:
        triples: The new triples, sorted, none of which the graph holds.
        clashes: What the graph says that cannot all be true; RDFS cannot tell.
        regime: How much was to follow.
        engine: What concluded it: ``rules``, or ``owlrl``; nothing in the regime ``none``.
        gap: Why the rules were not enough and owlrl stood in for them, in words; else empty.
    """

    triples: tuple[ox.Triple, ...]
    clashes: tuple[Finding, ...]
    regime: Regime
    engine: str
    gap: str = ""


def infer(graph: Graph, regime: Regime = "owl-rl", engine: Engine = "rules") -> Inference:
    """Conclude from a graph, and make the conclusions the whole of its named graph ``inferred``.

    Annotations take no part, since they have no meaning for OWL.  Conclusions about the language
    itself, and about nodes without a name, are left out.

    Args:
        graph: The graph, which holds the axioms beside the facts.
        regime: ``none`` removes what was inferred; ``rdfs`` follows RDF 1.1 Semantics §9;
            ``owl-rl`` follows OWL 2 RL/RDF (https://www.w3.org/TR/owl2-profiles/#OWL_2_RL).  The
            last two compute values too.
        engine: ``rules``, which owlrl stands in for where they do not reach, or ``owlrl``.

    Raises:
        UnknownName: There is no such regime or engine.
        CannotRun: owlrl stumbles over an axiom.
    """
    _require("entailment regime", regime, REGIMES)
    _require("inference engine", engine, ENGINES)
    graph.replace("inferred", ())
    if regime == "none":
        return Inference((), (), regime, "")
    try:
        inference = _inference(graph, regime, engine)
        graph.replace("inferred", [*inference.triples, *_provenance(graph, inference)])
    except BaseException:
        graph.replace("inferred", ())  # half of the conclusions would pass for all of them
        raise
    return inference


def _require(kind: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise UnknownName(kind, name, known)


def _inference(graph: Graph, regime: Regime, engine: Engine) -> Inference:
    computed = _unsaid(graph, set(_computed(graph)))
    concluded, found, gap = set[ox.Triple](), set[Finding](), ""
    if engine == "rules":
        concluded, gap = _by_rules(graph, regime)
    if engine == "owlrl" or gap:
        engine = "owlrl"
        concluded, found = _by_reference(graph, regime)
    if regime == "owl-rl":
        found = set(clashes.find(graph)) or found
    graph.replace("inferred", ())
    new = sorted(computed | set(_worth_saying(graph, concluded)), key=str)
    return Inference(tuple(new), tuple(sorted(found)), regime, engine, gap)


def _by_rules(graph: Graph, regime: Regime) -> tuple[set[ox.Triple], str]:
    """Return what the rules conclude, or why they are not enough; conclusions may be why."""
    gap = gaps.find(graph, regime)
    concluded = set() if gap else set(closure.close(graph, _RULES[regime]))
    return concluded, gap or gaps.find(graph, regime)


def _by_reference(graph: Graph, regime: Regime) -> tuple[set[ox.Triple], set[Finding]]:
    """Return what owlrl concludes, and the contradictions in its words; fill ``inferred``."""
    from . import reference  # a second: only where it is needed

    graph.replace("inferred", ())
    said = {quad.triple for quad in graph.quads()}
    closed, messages = reference.close(said - set(_annotations(graph)), regime)
    concluded = closed - said
    graph.replace("inferred", concluded)
    return concluded, {Finding("owl-rl", "graph", f"{m}; take one of them back.") for m in messages}


def _computed(graph: Graph) -> Iterator[ox.Triple]:
    """Yield what the rules of the ontology construct."""
    for rule in sorted((shipped("ontology") / "rules").glob("*.rq")):
        result = graph.query(rule.read_text(encoding="utf-8"))
        assert isinstance(result, ox.QueryTriples), f"{rule} is not a CONSTRUCT query"
        yield from result


def _unsaid(graph: Graph, triples: set[ox.Triple]) -> set[ox.Triple]:
    """Return those of some triples, whose subjects have names, that a graph does not say."""
    subjects = {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}
    return triples - {quad.triple for iri in subjects for quad in graph.about(iri)}


def _annotations(graph: Graph) -> Iterator[ox.Triple]:
    declared = rdf.node("owl:AnnotationProperty")
    for quad in graph.having(terms.expand("rdf:type")):
        if quad.object == declared and isinstance(quad.subject, ox.NamedNode):
            yield from (found.triple for found in graph.having(quad.subject.value))


def _worth_saying(graph: Graph, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield the conclusions about things that a graph describes, without what goes without saying.

    Their ends have names or are literals: nobody can ask for the node of a class expression.
    """
    known: dict[str, bool] = {}
    for triple in triples:
        subject, predicate, end = triple.subject, triple.predicate, triple.object
        if not isinstance(subject, ox.NamedNode) or isinstance(end, ox.BlankNode):
            continue
        iri = subject.value
        if iri not in known:
            known[iri] = not iri.startswith(_LANGUAGE) and any(True for _ in graph.about(iri))
        trivial = end in _TRIVIAL_CLASSES or (predicate in _REFLEXIVE and subject == end)
        if known[iri] and not trivial:
            yield triple


def _provenance(graph: Graph, inference: Inference) -> Iterator[ox.Triple]:
    """Yield what the inferred graph says about itself (PROV-O)."""
    inferred, activity = (
        ox.NamedNode(terms.graph("inferred")),
        ox.NamedNode(f"{terms.ID}activity/inference"),
    )
    regime, tools = _TITLES[inference.regime], _tools(inference.engine)
    labels = {
        "en": f"{regime} entailment with {tools['en']} and the rules of the ontology",
        "fr": f"Inférence {regime} avec {tools['fr']} et les règles de l’ontologie",
    }
    yield rdf.said(inferred, "rdf:type", rdf.node("prov:Entity"))
    yield rdf.said(inferred, "prov:wasGeneratedBy", activity)
    yield rdf.said(activity, "rdf:type", rdf.node("prov:Activity"))
    for language, label in labels.items():
        yield rdf.said(activity, "rdfs:label", ox.Literal(label, language=language))
    for name in graph.names():
        if name != inferred.value:
            yield rdf.said(inferred, "prov:wasDerivedFrom", ox.NamedNode(name))
            yield rdf.said(activity, "prov:used", ox.NamedNode(name))


def _tools(engine: str) -> dict[str, str]:
    """Return what an engine is called, by language."""
    if engine == "owlrl":
        from . import reference

        return dict.fromkeys(("en", "fr"), reference.NAME)
    store = f"pyoxigraph {ox.__version__}"
    return {
        "en": f"rules made from its axioms on {store}",
        "fr": f"des règles tirées de ses axiomes sur {store}",
    }
