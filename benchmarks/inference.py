"""Measure inference by rules beside owlrl, on the packaged graph and on many times its data.

    python benchmarks/inference.py                 in an environment with millelieux-graph in it
    python benchmarks/inference.py --runs 9        more runs, steadier medians
    python benchmarks/inference.py --copies 5      less data to see the time grow with

Reading files and starting up are not measured: `compare.py` does that.  The exit code is 1 when a
target is missed.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import owlrl
import pyoxigraph as ox
import rdflib
from measurement import Target, print_table, verdict

from millelieux_graph import terms
from millelieux_graph.formats import by_name
from millelieux_graph.graph import Graph, packaged
from millelieux_graph.infer import Engine, Regime, infer
from millelieux_graph.sources import rdf

# The axioms and the concepts stay as they are, whatever the size of the data.
_ONCE = {ox.NamedNode(terms.graph(name)) for name in ("ontology", "vocab")}

# What prepares a run and times the part that counts.
_Case = Callable[[], float]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each case (%(default)s)")
    parser.add_argument("--copies", type=int, default=25, help="of the data (%(default)s)")
    options = parser.parse_args(argv)
    graph = packaged()
    print(f"The packaged graph has {len(graph):,} quads.")
    _same_triples(graph)
    seconds = _interleaved(_cases(graph), options.runs)
    large = _copied(graph, options.copies)
    print(f"With {options.copies} copies of its data it has {len(large):,}.\n")
    seconds |= _interleaved({"rules, OWL 2 RL, copies": _inference(large, "owl-rl", "rules")}, 1)
    print_table(("case", "median s", "fastest s", "runs"), _case_rows(seconds))
    return verdict(_targets(seconds, len(large) / len(graph)))


def _cases(graph: Graph) -> dict[str, _Case]:
    return {
        "rules, OWL 2 RL": _inference(graph, "owl-rl", "rules"),
        "owlrl, OWL 2 RL, as it comes": _as_it_comes(graph),
        "owlrl, OWL 2 RL, spared": _inference(graph, "owl-rl", "owlrl"),
        "rules, RDFS": _inference(graph, "rdfs", "rules"),
        "owlrl, RDFS, spared": _inference(graph, "rdfs", "owlrl"),
    }


def _inference(graph: Graph, regime: Regime, engine: Engine) -> _Case:
    """Time all of `infer`; it spares owlrl the annotations and the rule that a thing is itself."""

    def run() -> float:
        infer(graph, "none")
        started = time.perf_counter()
        infer(graph, regime, engine)
        return time.perf_counter() - started

    return run


def _as_it_comes(graph: Graph) -> _Case:
    """Time owlrl alone, on the same graph in rdflib."""
    lines = rdf.write({quad.triple for quad in graph.quads()}, by_name("ntriples"))

    def run() -> float:
        copy = rdflib.Graph().parse(data=lines, format="nt")
        started = time.perf_counter()
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(copy)
        return time.perf_counter() - started

    return run


def _same_triples(graph: Graph) -> None:
    """Stop unless both engines conclude the same: a faster wrong answer is worth nothing."""
    regimes: tuple[Regime, ...] = ("owl-rl", "rdfs")
    for regime in regimes:
        ours, theirs = infer(graph, regime, "rules"), infer(graph, regime, "owlrl")
        if ours.engine != "rules" or ours.triples != theirs.triples:
            sys.exit(f"{regime}: {len(ours.triples)} triples here, {len(theirs.triples)} by owlrl.")
    infer(graph, "none")


def _copied(graph: Graph, copies: int) -> Graph:
    """Return a graph with copies of the data, each of which describes things of its own."""
    infer(graph, "none")
    large = Graph()
    large.extend(graph.quads())
    data = [quad for quad in graph.quads() if quad.graph_name not in _ONCE]
    for number in range(2, copies + 1):
        large.extend(_renamed(quad, number) for quad in data)
    return large


def _renamed(quad: ox.Quad, number: int) -> ox.Quad:
    ends = [
        ox.NamedNode(f"{term.value}-{number}")
        if isinstance(term, ox.NamedNode) and term.value.startswith(terms.ID)
        else term
        for term in (quad.subject, quad.object)
    ]
    return ox.Quad(ends[0], quad.predicate, ends[1], quad.graph_name)  # type: ignore[arg-type]  # a subject stays one


def _interleaved(cases: Mapping[str, _Case], runs: int) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(runs):
        for name, case in cases.items():
            gc.collect()
            measured[name].append(case())
    return measured


def _targets(seconds: Mapping[str, Sequence[float]], growth: float) -> list[Target]:
    median = {name: statistics.median(found) for name, found in seconds.items()}
    bounds = {
        ("rules, OWL 2 RL", "owlrl, OWL 2 RL, as it comes"): 30,
        ("rules, OWL 2 RL", "owlrl, OWL 2 RL, spared"): 20,
        ("rules, RDFS", "owlrl, RDFS, spared"): 30,
    }
    longer = median["rules, OWL 2 RL, copies"] / median["rules, OWL 2 RL"] / growth
    return [
        *(
            Target(
                f"rules, against {peer}",
                median[peer] / median[ours],
                "times faster",
                bound,
                at_least=True,
            )
            for (ours, peer), bound in bounds.items()
        ),
        Target("time a quad, with all copies against one", longer, "times", 4),
    ]


def _case_rows(seconds: Mapping[str, Sequence[float]]) -> list[tuple[str, ...]]:
    return [
        (name, f"{statistics.median(found):.3f}", f"{min(found):.3f}", str(len(found)))
        for name, found in seconds.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
