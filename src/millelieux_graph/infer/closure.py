"""The closure of a graph: rules run over it until nothing new follows.

Rules are SPARQL queries, and the graph's own engine evaluates them.  A rule runs when the graph has
axioms for it, and again when another rule has concluded something that it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from .. import terms
from ..sources import rdf

if TYPE_CHECKING:
    from ..graph import Graph
    from .rules import Rule, Schema

__all__ = ["Term", "ask", "close", "select"]

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_INFERRED = ox.NamedNode(terms.graph("inferred"))
_ALL: frozenset[None] = frozenset((None,))
_LANGUAGE = tuple(terms.PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs"))
_TYPE = rdf.node("rdf:type")
_PREFIXES = "".join(f"PREFIX {p}: <{terms.PREFIXES[p]}> " for p in ("owl", "rdf", "rdfs", "xsd"))


def close(graph: Graph, schema: Schema) -> list[ox.Triple]:
    """Add what follows from a graph to its named graph ``inferred``, and return it.

    Facts may conclude axioms, as those of a property below ``rdfs:subClassOf`` do, and axioms put
    rules to use; both take turns until the facts add no axiom, or none that counts.
    """
    found: list[ox.Triple] = []
    used: list[_Use] | None = None
    while True:
        axioms = _saturate(graph, _uses(graph, schema.axioms))
        uses = sorted(_uses(graph, [*schema.facts, *_made(graph, schema)]), key=_rank)
        if uses == used and not axioms:
            return found
        facts = _saturate(graph, uses)
        found += axioms + facts
        if not any(map(_is_axiom, facts)):
            return found
        used = uses


def select(graph: Graph, query: str) -> list[dict[str, Term]]:
    """Return the rows of a SELECT query, which may use the prefixes of OWL, RDF, RDFS and XSD."""
    rows = graph.query(_PREFIXES + query)
    assert isinstance(rows, ox.QuerySolutions)
    names = [variable.value for variable in rows.variables]
    return [dict(zip(names, row, strict=True)) for row in rows]


def ask(graph: Graph, pattern: str) -> bool:
    """Tell whether a pattern, which may use the same prefixes, matches."""
    answer = graph.query(f"{_PREFIXES}ASK {{ {pattern} }}")
    assert isinstance(answer, ox.QueryBoolean)
    return bool(answer)


@dataclass(frozen=True)
class _Use:
    """A rule that a graph has axioms for, and what it is about there.

    Attributes:
        rule: The rule.
        axioms: What its pattern of axioms matches.
        reads: The properties and classes of the facts that it reads; None among them means all.
        writes: Those of what it concludes, likewise.
    """

    rule: Rule
    axioms: frozenset[frozenset[tuple[str, Term]]]
    reads: frozenset[Term | None]
    writes: frozenset[Term | None]

    def wakes(self, other: _Use) -> bool:
        """Tell whether its conclusions may let another rule, or itself, conclude more."""
        if self is other and self.rule.closed:
            return False
        return None in self.writes | other.reads or not self.writes.isdisjoint(other.reads)


def _saturate(graph: Graph, uses: list[_Use]) -> list[ox.Triple]:
    """Run rules, at each step the first of those that wait, until none waits."""
    found: list[ox.Triple] = []
    waiting = set(range(len(uses)))
    while waiting:
        first = min(waiting)
        waiting.remove(first)
        new = _conclusions(graph, uses[first].rule)
        if new:
            found += new
            graph.extend(ox.Quad(t.subject, t.predicate, t.object, _INFERRED) for t in new)
            waiting.update(i for i, use in enumerate(uses) if uses[first].wakes(use))
    return found


def _conclusions(graph: Graph, rule: Rule) -> list[ox.Triple]:
    triples = graph.query(_PREFIXES + rule.query())
    assert isinstance(triples, ox.QueryTriples)
    return list(triples)


def _is_axiom(triple: ox.Triple) -> bool:
    """Tell whether a triple may put a rule to use: it speaks the language of RDFS or OWL."""
    topic = triple.object if triple.predicate == _TYPE else triple.predicate
    return isinstance(topic, ox.NamedNode) and topic.value.startswith(_LANGUAGE)


def _uses(graph: Graph, rules: Iterable[Rule]) -> list[_Use]:
    """Return the rules that a graph has axioms for."""
    uses = []
    for rule in rules:
        rows = _matches(graph, rule)
        if rows:
            reads = frozenset().union(*(_topics(name, rows) for name in rule.reads()))
            axioms = frozenset(frozenset(row.items()) for row in rows)
            uses.append(_Use(rule, axioms, reads, _topics(rule.writes(), rows)))
    return uses


def _matches(graph: Graph, rule: Rule) -> list[dict[str, Term]]:
    """Return what the axioms of a rule match; one empty row when only that they do matters."""
    if any(name.startswith("?") for name in (*rule.reads(), rule.writes())):
        return select(graph, f"SELECT DISTINCT * WHERE {{ {rule.axioms} }}")
    return [{}] if ask(graph, rule.axioms) else []


def _topics(name: str, rows: list[dict[str, Term]]) -> frozenset[Term | None]:
    """Return what a name in a rule stands for; a variable that no axiom binds stands for all."""
    if not name.startswith("?"):
        return frozenset((ox.NamedNode(name[1:-1]) if name.startswith("<") else rdf.node(name),))
    topics = frozenset(row.get(name[1:]) for row in rows)
    # What is said with rdf:type is said about classes, whichever.
    return topics if _TYPE not in topics else _ALL


def _made(graph: Graph, schema: Schema) -> Iterator[Rule]:
    """Yield the rules that are made for the properties and for the lengths of lists of a graph."""
    for kind, rule_for in schema.kinds.items():
        such = f"?p a {kind} FILTER NOT EXISTS {{ ?p a owl:AnnotationProperty }}"
        properties = [row["p"] for row in select(graph, f"SELECT DISTINCT ?p WHERE {{ {such} }}")]
        yield from (rule_for(p.value) for p in properties if isinstance(p, ox.NamedNode))
    for predicate, rule in schema.lists.items():
        cells = f"?x {predicate} ?list . ?list rdf:rest* ?cell . ?cell rdf:first ?item"
        counted = f"SELECT (COUNT(DISTINCT ?cell) AS ?n) WHERE {{ {cells} }} GROUP BY ?x ?list"
        counts = [row["n"] for row in select(graph, counted)]
        lengths = {int(count.value) for count in counts if isinstance(count, ox.Literal)}
        yield from map(rule, sorted(lengths))


def _rank(use: _Use) -> int:
    """Order the rules so that few run twice: relations first, then identity, then classes."""
    _, predicate, _ = use.rule.conclusion.split()
    return {"owl:sameAs": 1, "a": 2}.get(predicate, 0)
