"""What a graph says, with what follows from it, that cannot all be true.

A contradiction goes by the name of the OWL 2 RL rule that concludes it
(https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, tables 4 to
8).  There are seventeen such rules; the last, dt-not-type, is about literals: see `datatypes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import terms
from ..errors import Finding
from . import datatypes
from .closure import select

if TYPE_CHECKING:
    from ..graph import Graph
    from .closure import Term

__all__ = ["find"]

_INFERRED = ox.NamedNode(terms.graph("inferred"))
_ADVICE = "take back one of the statements that say so"


@dataclass(frozen=True)
class _Clash:
    """A pattern that must not match.

    Attributes:
        rule: What OWL 2 RL calls the rule.
        pattern: SPARQL, in which ``?x`` is the thing concerned, and ``?all`` the names of several.
        problem: What is wrong with it, with the other variables in braces.
        pair: Two variables that may change places.
    """

    rule: str
    pattern: str
    problem: str
    pair: str = ""


def _meant(*properties: str) -> str:
    """Return a filter that leaves annotations out, which have no meaning for OWL."""
    return " ".join(
        f"FILTER NOT EXISTS {{ {name} a owl:AnnotationProperty }}" for name in properties
    )


def _listed(axiom: str, cell: str, member: str) -> str:
    """Return the pattern for a member of the list of an axiom, and its cell in the list.

    As it was said: by eq-rep-o all that is the same as a member would stand in its cell.
    """
    return f"""{axiom}/rdf:rest* {cell} .
        GRAPH {cell}_ {{ {cell} rdf:first {member} }} FILTER ({cell}_ != {_INFERRED})"""


def _shared(axiom: str, fact: str, keys: str) -> str:
    """Return the pattern for what two members of a list share, though they must not.

    Counted, not compared pair by pair: the time grows with the list, not with its square.
    """
    return f"""{{ SELECT {keys} (GROUP_CONCAT(DISTINCT STR(?m); SEPARATOR=" ") AS ?all) WHERE {{
        {_listed(axiom, "?cell", "?m")} {fact}
    }} GROUP BY ?axiom {keys} HAVING (COUNT(DISTINCT ?cell) > 1) }}"""


def _different(members: str) -> str:
    """Return the pattern for two members of a list that are the same, or one that is there twice.

    It begins with what is the same, which is less than the pairs of members.
    """
    axiom = f"?axiom a owl:AllDifferent ; {members}"
    return f"""{{ {_listed(axiom, "?one", "?x")} ?x owl:sameAs ?y FILTER (!sameTerm(?x, ?y))
            {_listed(axiom, "?other", "?y")} }}
        UNION {{ SELECT ?x (?x AS ?y) WHERE {{ {_listed(axiom, "?one", "?x")} }}
            GROUP BY ?axiom ?x HAVING (COUNT(DISTINCT ?one) > 1) }}"""


_TWO_VALUES = f"""?x ?p ?v . ?x ?p ?w
    FILTER (isLiteral(?v) && isLiteral(?w) && ?v != ?w) {_meant("?p")}"""
_SAME = "it is the same as {y} and different from it"
_CLASHES = (
    _Clash(
        "eq-diff1",
        "?x owl:differentFrom ?y FILTER (sameTerm(?x, ?y) || EXISTS { ?x owl:sameAs ?y })",
        _SAME,
        "xy",
    ),
    # Values are the same by prp-fp or cls-maxc2, and different by dt-diff.
    _Clash(
        "eq-diff1",
        f"?p a owl:FunctionalProperty . {_TWO_VALUES}",
        "it has the values {v} and {w} of {p}, which has one at most",
        "vw",
    ),
    _Clash(
        "eq-diff1",
        f"?c owl:maxCardinality 1 ; owl:onProperty ?p . ?x a ?c . {_TWO_VALUES}",
        "it has the values {v} and {w} of {p}, of which its class has one at most",
        "vw",
    ),
    _Clash("eq-diff2", _different("owl:members"), _SAME, "xy"),
    _Clash("eq-diff3", _different("owl:distinctMembers"), _SAME, "xy"),
    _Clash(
        "prp-irp",
        f"?p a owl:IrreflexiveProperty . ?x ?p ?x {_meant('?p')}",
        "{p} relates it to itself, and relates nothing to itself",
    ),
    _Clash(
        "prp-asyp",
        f"?p a owl:AsymmetricProperty . ?x ?p ?y . ?y ?p ?x {_meant('?p')}",
        "{p} leads to {y} and back, and never leads back",
        "xy",
    ),
    _Clash(
        "prp-pdw",
        f"?p owl:propertyDisjointWith ?q . ?x ?p ?y . ?x ?q ?y {_meant('?p', '?q')}",
        "{p} and {q} both lead to {y}, and have no pair in common",
        "pq",
    ),
    _Clash(
        "prp-adp",
        _shared(
            "?axiom a owl:AllDisjointProperties ; owl:members", f"?x ?m ?y {_meant('?m')}", "?x ?y"
        ),
        "{all} all lead to {y}, and have no pair in common",
    ),
    _Clash(
        "prp-npa1",
        f"""?n owl:sourceIndividual ?x ; owl:assertionProperty ?p ; owl:targetIndividual ?y .
            ?x ?p ?y {_meant("?p")}""",
        "{p} leads to {y}, which is denied",
    ),
    _Clash(
        "prp-npa2",
        f"""?n owl:sourceIndividual ?x ; owl:assertionProperty ?p ; owl:targetValue ?y .
            ?x ?p ?y {_meant("?p")}""",
        "{y} is a value of {p}, which is denied",
    ),
    _Clash("cls-nothing2", "?x a owl:Nothing", "it is in owl:Nothing, in which there is nothing"),
    _Clash(
        "cls-com",
        "?c owl:complementOf ?d . ?x a ?c . ?x a ?d",
        "it is in {c} and in {d}, of which one is all that the other is not",
        "cd",
    ),
    _Clash(
        "cls-maxc1",
        f"?c owl:maxCardinality 0 ; owl:onProperty ?p . ?x a ?c . ?x ?p ?y {_meant('?p')}",
        "it has the value {y} of {p}, of which its class has none",
    ),
    _Clash(
        "cls-maxqc1",
        f"""?c owl:maxQualifiedCardinality 0 ; owl:onProperty ?p ; owl:onClass ?d .
            ?x a ?c . ?x ?p ?y . ?y a ?d {_meant("?p")} FILTER (?d != owl:Thing)""",
        "it has the value {y} of {p}, and its class has none in {d}",
    ),
    _Clash(
        "cls-maxqc2",
        f"""?c owl:maxQualifiedCardinality 0 ; owl:onProperty ?p ; owl:onClass owl:Thing .
            ?x a ?c . ?x ?p ?y {_meant("?p")}""",
        "it has the value {y} of {p}, of which its class has none",
    ),
    _Clash(
        "cax-dw",
        "?c owl:disjointWith ?d . ?x a ?c . ?x a ?d",
        "it is in {c} and in {d}, which have no member in common",
        "cd",
    ),
    _Clash(
        "cax-adc",
        _shared("?axiom a owl:AllDisjointClasses ; owl:members", "?x a ?m", "?x"),
        "it is in {all}, which have no member in common",
    ),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Yield the contradictions in a graph that holds what follows from it."""
    for clash in _CLASHES:
        for row in select(graph, f"SELECT * WHERE {{ {clash.pattern} }}"):
            yield _finding(clash, row)
    for misfit in datatypes.misfits(graph):
        value, of = _name(misfit.value), _name(misfit.property)
        problem = f"{value}, its value of {of}, is no {misfit.datatype}"
        yield _told("dt-not-type", _name(misfit.thing), problem)


def _finding(clash: _Clash, row: Mapping[str, Term]) -> Finding:
    names = {variable: _name(term) for variable, term in row.items()}
    if "all" in names:
        names["all"] = " and ".join(sorted(names["all"].split()))
    if clash.pair:
        first, second = clash.pair[0], clash.pair[1]
        names[first], names[second] = sorted((names[first], names[second]))
    return _told(clash.rule, names["x"], clash.problem.format_map(names))


def _told(rule: str, where: str, problem: str) -> Finding:
    return Finding("owl-rl", where, f"{rule}: {problem}; {_ADVICE}.")


def _name(term: Term) -> str:
    """Return what a message calls a term."""
    if isinstance(term, ox.BlankNode):
        return "a node without a name"
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
