"""The packaged graph again: in another order, with more triples, in another library.

Test modules name this one in ``pytest_plugins``; each graph is then made once for all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from stored import FILES, Row, ask

from millelieux_graph import terms

if TYPE_CHECKING:
    import rdflib

    import millelieux_graph as ml

INFERRED = ox.NamedNode(terms.graph("inferred"))
RDFS = f"PREFIX rdfs: <{terms.PREFIXES['rdfs']}>"
ENTAILMENT = [  # RDFS rules 2, 3, 7 and 9, and OWL 2 RL prp-trp
    "CONSTRUCT { ?x a ?class } { ?p rdfs:domain ?class . ?x ?p ?y }",
    "CONSTRUCT { ?y a ?class } { ?p rdfs:range ?class . ?x ?p ?y FILTER (isIRI(?y)) }",
    "CONSTRUCT { ?x ?wider ?y } { ?p rdfs:subPropertyOf ?wider . ?x ?p ?y }",
    "CONSTRUCT { ?x a ?wider } { ?class rdfs:subClassOf ?wider . ?x a ?class }",
    """CONSTRUCT { ?x ?p ?z }
       { ?p a <http://www.w3.org/2002/07/owl#TransitiveProperty> . ?x ?p ?y . ?y ?p ?z }""",
]


@pytest.fixture(scope="session")
def answers(dataset: ml.Dataset) -> dict[str, list[Row]]:
    """Every query's rows, without parameters."""
    return {name: list(ask(dataset, name)) for name in FILES}


@pytest.fixture(scope="session")
def asserted(dataset: ml.Dataset) -> ox.Store:
    """The packaged graph without what is inferred."""
    return _stored(quad for quad in dataset.graph.quads() if quad.graph_name != INFERRED)


@pytest.fixture(scope="session")
def shuffled(asserted: ox.Store) -> ox.Store:
    """The same graph, its quads put in one by one in an order that has no meaning."""
    store = ox.Store()
    for quad in sorted(asserted, key=lambda quad: hashlib.sha256(str(quad).encode()).digest()):
        store.add(quad)
    return store


@pytest.fixture(scope="session")
def entailed(asserted: ox.Store) -> ox.Store:
    """The same with all that RDFS and transitivity entail in the inferred graph.

    That repeats every triple that a rule finds again, as an engine may that does not look.
    """
    store = _stored(asserted)
    before = 0
    while before < len(store):
        before = len(store)
        for rule in ENTAILMENT:
            found = store.query(f"{RDFS} {rule}", use_default_graph_as_union=True)
            assert isinstance(found, ox.QueryTriples)
            store.extend([ox.Quad(t.subject, t.predicate, t.object, INFERRED) for t in found])
    return store


@pytest.fixture(scope="session")
def peer(dataset: ml.Dataset) -> rdflib.Dataset:
    """The packaged graph in rdflib."""
    return dataset.to_rdflib()


def _stored(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.bulk_extend(quads)
    return store
