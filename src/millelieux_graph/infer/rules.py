"""The rules of RDFS and OWL 2 RL, as patterns of triples under the names of the standards.

A rule has the pattern of the axioms that put it to use, the pattern of the facts that it reads
then, and the triple that it concludes.  The axioms of a graph decide which rules run, over which
classes and properties; a rule about a list is made for each length of list that occurs.

Two kinds of rules are left out.  Those that say what is never told, such as that each thing is
itself (eq-ref, scm-cls, dt-type1, rdfs4…), stand here for the few cases alone in which more
follows from it.  Those whose conclusions the others draw, since the axioms are closed first:
cax-eqc1, cax-eqc2, cls-int2, cls-uni, prp-eqp1, prp-eqp2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["OWL_RL", "RDFS", "Rule", "Schema"]

_Atom: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True)
class Rule:
    """One rule of a standard.

    Attributes:
        name: What the standard calls it, such as ``prp-dom``.
        axioms: SPARQL pattern of the axioms that put it to use; empty when it needs none.
        facts: The triples that it reads then, joined by `` . ``, in which ``+`` follows a property
            to the end; ``?x != ?y`` keeps terms apart.
        conclusion: The triple that it concludes.
    """

    name: str
    axioms: str
    facts: str
    conclusion: str

    @property
    def closed(self) -> bool:
        """Whether its own conclusions give it nothing more.

        It follows paths to their end, or the axioms are closed already: what is of a class is put
        into all the wider ones at once.
        """
        ends = any(predicate.endswith("+") for _, predicate, _ in self._triples())
        return ends or self.name in {"cax-sco", "prp-spo1", "rdfs7", "rdfs9"}

    def query(self) -> str:
        """Return the SPARQL query for what it concludes and no graph says.

        Annotations are no facts: they have no meaning for OWL.
        """
        variables = {predicate for _, predicate, _ in self._triples() if predicate[0] == "?"}
        conditions = [
            *(f"FILTER NOT EXISTS {{ {p} a owl:AnnotationProperty }}" for p in sorted(variables)),
            *(f"FILTER (!sameTerm({x}, {y}))" for x, sign, y in self._atoms() if sign == "!="),
            f"FILTER NOT EXISTS {{ {self.conclusion} }}",
        ]
        premises = filter(None, (self.axioms, *map(" ".join, self._triples())))
        where = f"{' . '.join(premises)} {' '.join(conditions)}"
        return f"CONSTRUCT {{ {self.conclusion} }} WHERE {{ {where} }}"

    def reads(self) -> list[str]:
        """Return the properties and classes of its facts, as they are written here."""
        return [_topic(triple) for triple in self._triples()]

    def writes(self) -> str:
        """Return the property or class of its conclusion, as it is written here."""
        return _topic(_atom(self.conclusion))

    def _atoms(self) -> list[_Atom]:
        return [_atom(text) for text in self.facts.split(" . ") if text]

    def _triples(self) -> list[_Atom]:
        return [atom for atom in self._atoms() if atom[1] != "!="]


def _atom(text: str) -> _Atom:
    subject, predicate, end = text.split()
    return subject, predicate, end


def _topic(atom: _Atom) -> str:
    """Return the class of a triple that says what something is, the property of any other."""
    _, predicate, end = atom
    return end if predicate == "a" else predicate.removesuffix("+")


@dataclass(frozen=True)
class Schema:
    """The rules of one regime.

    Attributes:
        axioms: Those that conclude axioms from axioms; nothing new follows before these are done.
        facts: Those that conclude facts.
        lists: How the rule for lists of a given length is made, by the property of its axioms.
        kinds: How the rule for a given property is made, by the class of properties.
    """

    axioms: tuple[Rule, ...]
    facts: tuple[Rule, ...]
    lists: Mapping[str, Callable[[int], Rule]] = field(default_factory=dict)
    kinds: Mapping[str, Callable[[str], Rule]] = field(default_factory=dict)


def _table(text: str) -> tuple[Rule, ...]:
    """Return the rules of a table: name, axioms, facts, conclusion, with ``|`` between them."""
    lines = text.replace("\n ", " ").strip().splitlines()
    return tuple(Rule(*(cell.strip() for cell in line.split("| "))) for line in lines)


def _transitive(iri: str) -> Rule:
    # By name: SPARQL follows no variable to the end, and steps of two take the cube of the length.
    axiom = f"<{iri}> a owl:TransitiveProperty"
    return Rule("prp-trp", axiom, f"?x <{iri}>+ ?y", f"?x <{iri}> ?y")


def _chain(length: int) -> Rule:
    steps = " . ".join(f"?x{i} ?i{i} ?x{i + 1}" for i in range(length))
    axioms = f"?p owl:propertyChainAxiom ?l0 . {_items(length)}"
    return Rule("prp-spo2", axioms, steps, f"?x0 ?p ?x{length}")


def _key(length: int) -> Rule:
    same = " . ".join(f"?x ?i{i} ?z{i} . ?y ?i{i} ?z{i}" for i in range(length))
    facts = f"?x a ?c . {same} . ?y a ?c . ?x != ?y"
    return Rule("prp-key", f"?c owl:hasKey ?l0 . {_items(length)}", facts, "?x owl:sameAs ?y")


def _intersection(length: int) -> Rule:
    facts = " . ".join(f"?x a ?i{i}" for i in range(length))
    return Rule("cls-int1", f"?c owl:intersectionOf ?l0 . {_items(length)}", facts, "?x a ?c")


def _items(length: int) -> str:
    """Return the pattern of the list ``?l0`` of the members ``?i0``, ``?i1``…."""
    ends = [*(f"?l{i}" for i in range(1, length)), "rdf:nil"]
    return " . ".join(f"?l{i} rdf:first ?i{i} ; rdf:rest {end}" for i, end in enumerate(ends))


# https://www.w3.org/TR/rdf11-mt/#patterns-of-rdfs-entailment-informative
RDFS = Schema(
    axioms=_table("""
rdfs5  | | ?p rdfs:subPropertyOf+ ?q | ?p rdfs:subPropertyOf ?q
rdfs11 | | ?c rdfs:subClassOf+ ?d | ?c rdfs:subClassOf ?d
rdfs12 | | ?p a rdfs:ContainerMembershipProperty | ?p rdfs:subPropertyOf rdfs:member
"""),
    facts=_table("""
rdfs7 | ?p rdfs:subPropertyOf ?q | ?x ?p ?y | ?x ?q ?y
rdfs2 | ?p rdfs:domain ?c        | ?x ?p ?y | ?x a ?c
rdfs3 | ?p rdfs:range ?c         | ?x ?p ?y | ?y a ?c
rdfs9 | ?c rdfs:subClassOf ?d    | ?x a ?c  | ?x a ?d
"""),
)

# https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules,
# tables 4 to 7 and 9 without the rules that conclude a contradiction.
OWL_RL = Schema(
    axioms=_table("""
scm-sco  | | ?c rdfs:subClassOf+ ?d . ?c != ?d | ?c rdfs:subClassOf ?d
scm-eqc1 | | ?c owl:equivalentClass ?d . ?c != ?d | ?c rdfs:subClassOf ?d
scm-eqc1 | | ?c owl:equivalentClass ?d . ?c != ?d | ?d rdfs:subClassOf ?c
scm-eqc2 | | ?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?c . ?c != ?d | ?c owl:equivalentClass ?d
scm-spo  | | ?p rdfs:subPropertyOf+ ?q . ?p != ?q | ?p rdfs:subPropertyOf ?q
scm-eqp1 | | ?p owl:equivalentProperty ?q . ?p != ?q | ?p rdfs:subPropertyOf ?q
scm-eqp1 | | ?p owl:equivalentProperty ?q . ?p != ?q | ?q rdfs:subPropertyOf ?p
scm-eqp2 | | ?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?p . ?p != ?q
         | ?p owl:equivalentProperty ?q
scm-int  | ?c owl:intersectionOf/rdf:rest*/rdf:first ?d | | ?c rdfs:subClassOf ?d
scm-uni  | ?d owl:unionOf/rdf:rest*/rdf:first ?c | | ?c rdfs:subClassOf ?d
scm-cls  | ?r owl:someValuesFrom|owl:allValuesFrom ?c . ?c a owl:Class | | ?c rdfs:subClassOf ?c
scm-cls  | ?r owl:someValuesFrom|owl:allValuesFrom owl:Thing | | owl:Thing rdfs:subClassOf owl:Thing
scm-cls  | ?r owl:someValuesFrom|owl:allValuesFrom owl:Thing . ?c a owl:Class .
           ?q owl:someValuesFrom|owl:allValuesFrom ?c | | ?c rdfs:subClassOf owl:Thing
scm-cls  | ?r rdfs:domain|rdfs:range|owl:someValuesFrom|owl:allValuesFrom owl:Nothing .
           ?c a owl:Class | | owl:Nothing rdfs:subClassOf ?c
scm-cls  | ?c a owl:Class | ?d rdfs:subClassOf owl:Nothing | owl:Nothing rdfs:subClassOf ?c
scm-cls  | | ?c owl:sameAs ?d . ?c a owl:Class | ?c rdfs:subClassOf ?c
scm-op   | | ?p owl:sameAs ?q . ?p a owl:ObjectProperty | ?p rdfs:subPropertyOf ?p
scm-dp   | | ?p owl:sameAs ?q . ?p a owl:DatatypeProperty | ?p rdfs:subPropertyOf ?p
scm-op   | ?r owl:onProperty ?p . ?p a owl:ObjectProperty | | ?p rdfs:subPropertyOf ?p
scm-dp   | ?r owl:onProperty ?p . ?p a owl:DatatypeProperty | | ?p rdfs:subPropertyOf ?p
scm-dom1 | | ?p rdfs:domain ?c . ?c rdfs:subClassOf ?d | ?p rdfs:domain ?d
scm-dom2 | | ?q rdfs:domain ?c . ?p rdfs:subPropertyOf ?q | ?p rdfs:domain ?c
scm-rng1 | | ?p rdfs:range ?c . ?c rdfs:subClassOf ?d | ?p rdfs:range ?d
scm-rng2 | | ?q rdfs:range ?c . ?p rdfs:subPropertyOf ?q | ?p rdfs:range ?c
scm-hv   | ?c owl:hasValue ?i ; owl:onProperty ?p . ?d owl:hasValue ?i ; owl:onProperty ?q
         | ?p rdfs:subPropertyOf ?q | ?c rdfs:subClassOf ?d
scm-svf1 | ?c owl:someValuesFrom ?y ; owl:onProperty ?p .
           ?d owl:someValuesFrom ?z ; owl:onProperty ?p
         | ?y rdfs:subClassOf ?z | ?c rdfs:subClassOf ?d
scm-svf2 | ?c owl:someValuesFrom ?y ; owl:onProperty ?p .
           ?d owl:someValuesFrom ?y ; owl:onProperty ?q
         | ?p rdfs:subPropertyOf ?q | ?c rdfs:subClassOf ?d
scm-avf1 | ?c owl:allValuesFrom ?y ; owl:onProperty ?p .
           ?d owl:allValuesFrom ?z ; owl:onProperty ?p
         | ?y rdfs:subClassOf ?z | ?c rdfs:subClassOf ?d
scm-avf2 | ?c owl:allValuesFrom ?y ; owl:onProperty ?p .
           ?d owl:allValuesFrom ?y ; owl:onProperty ?q
         | ?p rdfs:subPropertyOf ?q | ?d rdfs:subClassOf ?c
cls-oo   | ?c owl:oneOf/rdf:rest*/rdf:first ?x | | ?x a ?c
"""),
    facts=_table("""
prp-spo1   | ?p rdfs:subPropertyOf ?q | ?x ?p ?y | ?x ?q ?y
prp-inv1   | ?p owl:inverseOf ?q | ?x ?p ?y | ?y ?q ?x
prp-inv2   | ?p owl:inverseOf ?q | ?x ?q ?y | ?y ?p ?x
prp-symp   | ?p a owl:SymmetricProperty | ?x ?p ?y | ?y ?p ?x
cls-hv1    | ?c owl:hasValue ?v ; owl:onProperty ?p | ?x a ?c | ?x ?p ?v
prp-fp     | ?p a owl:FunctionalProperty | ?x ?p ?y . ?x ?p ?z . ?y != ?z | ?y owl:sameAs ?z
prp-ifp    | ?p a owl:InverseFunctionalProperty | ?x ?p ?z . ?y ?p ?z . ?x != ?y | ?x owl:sameAs ?y
cls-maxc2  | ?c owl:maxCardinality 1 ; owl:onProperty ?p
           | ?x a ?c . ?x ?p ?y . ?x ?p ?z . ?y != ?z | ?y owl:sameAs ?z
cls-maxqc3 | ?c owl:maxQualifiedCardinality 1 ; owl:onProperty ?p ; owl:onClass ?d
           | ?x a ?c . ?x ?p ?y . ?y a ?d . ?x ?p ?z . ?z a ?d . ?y != ?z | ?y owl:sameAs ?z
cls-maxqc4 | ?c owl:maxQualifiedCardinality 1 ; owl:onProperty ?p ; owl:onClass owl:Thing
           | ?x a ?c . ?x ?p ?y . ?x ?p ?z . ?y != ?z | ?y owl:sameAs ?z
eq-sym     | | ?x owl:sameAs ?y | ?y owl:sameAs ?x
eq-trans   | | ?x owl:sameAs+ ?y . ?x != ?y | ?x owl:sameAs ?y
eq-rep-s   | | ?x owl:sameAs ?y . ?x ?p ?z . ?p != owl:sameAs | ?y ?p ?z
eq-rep-p   | | ?p owl:sameAs ?q . ?x ?p ?y | ?x ?q ?y
eq-rep-o   | | ?x owl:sameAs ?y . ?z ?p ?x . ?p != owl:sameAs | ?z ?p ?y
prp-dom    | ?p rdfs:domain ?c | ?x ?p ?y | ?x a ?c
prp-rng    | ?p rdfs:range ?c | ?x ?p ?y | ?y a ?c
cls-hv2    | ?c owl:hasValue ?v ; owl:onProperty ?p | ?x ?p ?v | ?x a ?c
cax-sco    | ?c rdfs:subClassOf ?d | ?x a ?c | ?x a ?d
cls-svf1   | ?c owl:someValuesFrom ?d ; owl:onProperty ?p | ?x ?p ?y . ?y a ?d | ?x a ?c
cls-svf2   | ?c owl:someValuesFrom owl:Thing ; owl:onProperty ?p | ?x ?p ?y | ?x a ?c
cls-avf    | ?c owl:allValuesFrom ?d ; owl:onProperty ?p | ?x a ?c . ?x ?p ?y | ?y a ?d
"""),
    lists={
        "owl:propertyChainAxiom": _chain,
        "owl:hasKey": _key,
        "owl:intersectionOf": _intersection,
    },
    kinds={"owl:TransitiveProperty": _transitive},
)
