"""What the rules do not cover, so that nothing is left out in silence.

The rules run over RDF: a literal is no subject, a property has a name, and no axiom changes what
the terms of RDF, RDFS and OWL mean.  Where a graph goes beyond that, the reference implementation
draws the conclusions in their place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .closure import ask

if TYPE_CHECKING:
    from ..graph import Graph

__all__ = ["find"]

_ABOUT = (
    "rdfs:subClassOf|rdfs:subPropertyOf|rdfs:domain|rdfs:range|owl:sameAs|owl:equivalentClass|"
    "owl:equivalentProperty|owl:inverseOf|owl:propertyChainAxiom|owl:disjointWith|owl:hasKey"
)
# A rule about a list is a join of as many patterns, which the engine orders before it begins.
_LONGEST = 16
_BOTH_WAYS = "|".join(
    f"{name}|^{name}" for name in ("owl:equivalentProperty", "owl:inverseOf", "owl:sameAs")
)
_ANNOTATION = "a owl:AnnotationProperty"
_LANGUAGE = "^http://www.w3.org/(1999/02/22-rdf-syntax-ns|2000/01/rdf-schema|2002/07/owl)#"

# What objects, in words, and the pattern that finds it.  Each begins with axioms, so that a graph
# without them answers at once.
_OF_RDFS = {
    "an axiom about a property without a name": """
        { ?p rdfs:domain|rdfs:range|rdfs:subPropertyOf|owl:inverseOf|owl:propertyChainAxiom ?x }
        UNION { ?x rdfs:subPropertyOf|owl:equivalentProperty|owl:inverseOf|owl:onProperty ?p }
        UNION { ?x (owl:propertyChainAxiom|owl:hasKey)/rdf:rest*/rdf:first ?p }
        FILTER (isBlank(?p))""",
    "an axiom about a term of RDF, RDFS or OWL": f"""
        {{ ?x {_ABOUT} ?y
           FILTER (?x != owl:Nothing && !sameTerm(?x, ?y) && REGEX(STR(?x), "{_LANGUAGE}")) }}
        UNION {{ ?x owl:equivalentClass|owl:complementOf|owl:disjointWith|rdf:first owl:Thing }}""",
    "an axiom about an annotation property that other axioms lead to": f"""
        ?p {_ANNOTATION}
        {{ ?p rdfs:domain|rdfs:range|owl:inverseOf|^owl:inverseOf|^owl:onProperty|^rdf:first ?x }}
        UNION {{ ?p a ?x FILTER (?x IN (owl:SymmetricProperty, owl:TransitiveProperty,
            owl:FunctionalProperty, owl:InverseFunctionalProperty)) }}
        {{ ?q rdfs:subPropertyOf|{_BOTH_WAYS} ?p
           FILTER NOT EXISTS {{ ?q {_ANNOTATION} }} }}
        UNION {{ ?p owl:propertyChainAxiom|^owl:onProperty ?q }}""",
}
_OF_OWL_RL = {
    f"an intersection, a key or a chain of more than {_LONGEST} members": f"""
        {{ SELECT ?list WHERE {{
            ?x owl:intersectionOf|owl:hasKey|owl:propertyChainAxiom ?list . ?list rdf:rest* ?cell
            FILTER (?cell != rdf:nil)
        }} GROUP BY ?list HAVING (COUNT(DISTINCT ?cell) > {_LONGEST}) }}""",
    "owl:sameAs with a text or a number": """
        ?x owl:sameAs ?y FILTER (isLiteral(?y))""",
    "a text or a number under a restriction to things of a class": f"""
        ?r owl:someValuesFrom|owl:onClass ?c FILTER (?c != owl:Thing)
        ?r owl:onProperty ?p FILTER NOT EXISTS {{ ?p {_ANNOTATION} }}
        ?x ?p ?y FILTER (isLiteral(?y))""",
    "a text or a number as a member of a class that has a value": """
        ?r owl:hasValue ?v
        { ?p rdfs:range ?r . ?x ?p ?y }
        UNION { ?a owl:allValuesFrom/rdfs:subClassOf? ?r ; owl:onProperty ?p . ?x ?p ?y }
        UNION { ?r ^rdfs:subClassOf?/owl:oneOf/rdf:rest*/rdf:first ?y }
        FILTER (isLiteral(?y))""",
    "a text or a number as the value of a property that has an inverse": f"""
        {{ ?p owl:inverseOf|^owl:inverseOf ?q }} UNION {{ ?p a owl:SymmetricProperty }}
        FILTER NOT EXISTS {{ ?p {_ANNOTATION} }}
        ?x ?p ?y FILTER (isLiteral(?y))""",
}


def find(graph: Graph, regime: str) -> str:
    """Return what in a graph the rules of a regime do not cover, in words; nothing if they do."""
    gaps = _OF_RDFS if regime == "rdfs" else _OF_RDFS | _OF_OWL_RL
    return next((words for words, pattern in gaps.items() if ask(graph, pattern)), "")
