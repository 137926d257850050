"""The reference implementation, owlrl: the rules are compared with it, and it stands in for them.

It is slow, and its import alone takes a second: whoever needs it imports this module, nobody else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import product

import owlrl
import pyoxigraph as ox
import rdflib
from rdflib import OWL, RDF, BNode, Literal, URIRef

from ..errors import CannotRun

__all__ = ["NAME", "close"]

NAME = f"owlrl {version('owlrl')}"

_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")


def close(triples: Iterable[ox.Triple], regime: str) -> tuple[set[ox.Triple], list[str]]:
    """Return triples and what follows from them, and owlrl's sentences on what contradicts itself.

    Of the premises, those that hold a triple take no part, since rdflib cannot read them; of the
    conclusions, those about a literal or by a nameless property are left out, which are not RDF.

    Raises:
        CannotRun: owlrl stumbles over an axiom, such as a list without an end.
    """
    graph = rdflib.Graph()
    rules = _Rdfs if regime == "rdfs" else _OwlRl
    with _quiet():
        for s, p, o in triples:
            if not isinstance(o, ox.Triple):
                graph.add((_to_rdflib(s), _to_rdflib(p), _to_rdflib(o)))
        reasoner = owlrl.DeductiveClosure(rules, axiomatic_triples=False, datatype_axioms=False)
        try:
            reasoner.expand(graph)
        except (AttributeError, ValueError) as error:
            raise CannotRun(
                f"owlrl cannot read an axiom of the graph ({error}); "
                "look for a list without an end or a cardinality that is no number."
            ) from error
    messages = sorted(str(message) for message in graph.objects(None, _ERROR))
    return set(_from_rdflib(graph)), messages


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from logging a traceback for each literal without a value; that is a finding."""
    log = logging.getLogger("rdflib.term")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


class _OwlRl(owlrl.OWLRL_Semantics):  # type: ignore[misc]  # owlrl publishes no types
    """OWL 2 RL but for eq-ref, and with all of prp-key.

    Half of the time goes into eq-ref, that each thing is the same as itself, from which nothing
    else follows.  owlrl does not compare the last property of a key, and so finds things the same
    that are not.
    """

    def _equality(self, triple: tuple[rdflib.Node, ...], cycle_num: int) -> None:
        if triple[1] == OWL.sameAs or triple[2] == OWL.AllDifferent:
            super()._equality(triple, cycle_num)

    def _properties(self, triple: tuple[rdflib.Node, ...], cycle_num: int) -> None:
        if triple[1] == OWL.hasKey:
            self._key(triple[0], self._list(triple[2]))
        else:
            super()._properties(triple, cycle_num)

    def _key(self, of: rdflib.Node, properties: list[rdflib.Node]) -> None:
        bearers: dict[tuple[rdflib.Node, ...], set[rdflib.Node]] = {}
        for thing in self.graph.subjects(RDF.type, of) if properties else ():
            for values in product(*(self.graph.objects(thing, name) for name in properties)):
                bearers.setdefault(values, set()).add(thing)
        for same in bearers.values():
            for one, other in product(same, same):
                if one != other:
                    self.store_triple((one, OWL.sameAs, other))


class _Rdfs(owlrl.RDFS_Semantics):  # type: ignore[misc]
    """RDFS but for the rule that literals of one value stand for each other.

    It compares each literal with each, and only spells anew what is said.
    """

    def one_time_rules(self) -> None:
        """Leave the literals as they are."""


def _to_rdflib(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> rdflib.Node:
    """Return a term with the same characters: parsing would spell numbers anew."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)


def _from_rdflib(graph: rdflib.Graph) -> Iterator[ox.Triple]:
    for s, p, o in graph:
        if isinstance(s, URIRef | BNode) and isinstance(p, URIRef) and p != _ERROR:
            yield ox.Triple(_node(s), ox.NamedNode(str(p)), _term(o))


def _node(node: URIRef | BNode) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(str(node)) if isinstance(node, BNode) else ox.NamedNode(str(node))


def _term(term: rdflib.Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if not isinstance(term, Literal):
        assert isinstance(term, URIRef | BNode)
        return _node(term)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
    return ox.Literal(str(term), datatype=datatype)
