"""Time the stored queries on one graph, inside one process, and print what was measured as JSON.

    python rounds.py ours large.nq --runs 5       the package, beside the engine that it stands on
    python rounds.py rdflib large.nq --limit 60   rdflib, stopped after so many seconds a query

Run by `queries.py`, in an environment with millelieux-graph in it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox

from millelieux_graph import queries
from millelieux_graph.dataset import Dataset
from millelieux_graph.graph import Graph
from millelieux_graph.parameters import choices
from millelieux_graph.results import Table, Truth

if TYPE_CHECKING:
    import rdflib

Rows: TypeAlias = list[Any]
Params: TypeAlias = Mapping[str, str]


def main() -> int:
    """Measure, print JSON, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("engine", choices=("ours", "rdflib"))
    parser.add_argument("graph", type=Path, help="a file of N-Quads, or the folder of a store")
    parser.add_argument("--runs", type=int, default=1, help="runs of each query (%(default)s)")
    parser.add_argument("--limit", type=float, default=60, help="seconds for rdflib (%(default)s)")
    options = parser.parse_args()
    if options.engine == "ours":
        measured = ours(options.graph, options.runs)
    else:
        measured = peer(options.graph, options.limit)
    json.dump(measured, sys.stdout)
    return 0


def ours(path: Path, runs: int) -> dict[str, Any]:
    """Time each stored query, asked through the package and, as bare text, of the engine.

    Also with a value for each of its parameters, one at a time, through the package alone.
    """
    store = _store(path)
    dataset = Dataset(Graph(store))
    cases = {query.name: (query, list(_params(dataset, query))) for query in queries.catalogue()}
    measured: dict[str, Any] = {name: _blank() for name in cases}
    for number in range(runs):
        for name, (query, params) in cases.items():
            _compare(measured[name], dataset, store, query, package_first=number % 2 == 0)
            _vary(measured[name]["bound"], dataset, name, params)
    return measured


def _blank() -> dict[str, Any]:
    return {"api": [], "raw": [], "bound": {}, "rows": 0, "digest": ""}


def _compare(
    told: dict[str, Any],
    dataset: Dataset,
    store: ox.Store,
    query: queries.Query,
    *,
    package_first: bool,
) -> None:
    """Ask both ways once, and note how long each took.

    The processor's caches favour whoever asks second, so a question that is not counted comes
    first, and the two take turns.
    """
    ways = {"raw": partial(_bare, store, query.text), "api": partial(_asked, dataset, query.name)}
    expected = ways["raw"]()
    for way in sorted(ways, reverse=not package_first):
        seconds, answer = _timed(ways[way])
        told[way].append(seconds)
        if answer != expected:
            sys.exit(f"The package and the engine answer {query.name} differently.")
    told.update(rows=len(expected), digest=_digest(expected))


def _vary(
    bound: dict[str, list[float]], dataset: Dataset, name: str, params: Iterable[Params]
) -> None:
    """Ask through the package with each value, and note how long it took."""
    for given in params:
        words = " ".join(f"{param}={value}" for param, value in given.items())
        seconds, _ = _timed(partial(_asked, dataset, name, **given))
        bound.setdefault(words, []).append(seconds)


def _store(path: Path) -> ox.Store:
    if path.is_dir():
        return ox.Store.read_only(str(path))
    store = ox.Store()
    store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    return store


def _params(dataset: Dataset, query: queries.Query) -> Iterator[Params]:
    """Yield a value for each parameter: the one with most rows, so that the answer is long."""
    answer = dataset.query(query.name)
    for name, param in query.params.items():
        if isinstance(answer, Table) and name in answer.columns:
            at = answer.columns.index(name)
            cells = (row[at] for row in answer.terms)
            counted = Counter(cell.value for cell in cells if isinstance(cell, ox.Literal))
            values = [value for value, _ in counted.most_common(1)]
        else:
            codes = [choice.code for choice in choices(dataset.source, param.type)]
            values = codes[len(codes) // 2 :][:1]
        yield from ({name: value} for value in values)


def _timed(work: Callable[[], Rows]) -> tuple[float, Rows]:
    started = time.perf_counter()
    rows = work()
    return time.perf_counter() - started, rows


def _bare(store: ox.Store, text: str) -> Rows:
    found = store.query(text, use_default_graph_as_union=True)
    return [(bool(found),)] if isinstance(found, ox.QueryBoolean) else list(map(tuple, found))


def _asked(dataset: Dataset, name: str, **params: Any) -> Rows:  # noqa: ANN401  # as Dataset.query
    answer = dataset.query(name, **params)
    if isinstance(answer, Table):
        return answer.terms
    return [(bool(answer),)] if isinstance(answer, Truth) else list(map(tuple, answer))


def _digest(rows: Rows) -> str:
    """Return a short name for rows in their order, the same for the terms of both libraries."""
    cells = [[_text(cell) for cell in row] for row in rows]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def _text(cell: object) -> str:
    return cell.value if isinstance(cell, ox.NamedNode | ox.BlankNode | ox.Literal) else str(cell)


class _TimeIsOver(BaseException):
    """Raised by the clock in the middle of rdflib, which is Python and lets itself be stopped."""


def peer(path: Path, limit: float) -> dict[str, Any]:
    """Time rdflib on the contract queries: seconds and digest, or None where it was stopped."""
    graph = _rdflib(path)
    contract = [query for query in queries.catalogue() if query.level == "contract"]
    return {query.name: _bounded(graph, query.text, limit) for query in contract}


def _rdflib(path: Path) -> rdflib.Graph:
    """Load the triples into a plain Graph, which is the fastest store of rdflib."""
    import rdflib

    triples = path.with_suffix(".nt")
    with path.open(encoding="utf-8") as quads, triples.open("w", encoding="utf-8") as file:
        file.writelines(f"{line[: line.rindex('<')]}.\n" for line in quads)
    graph = rdflib.Graph()
    graph.parse(triples, format="nt")
    return graph


def _bounded(graph: rdflib.Graph, text: str, limit: float) -> tuple[float, str] | None:
    def stop(number: int, frame: object) -> None:  # noqa: ARG001  # what signal.signal asks for
        raise _TimeIsOver

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        seconds, rows = _timed(lambda: list(map(tuple, _solutions(graph, text))))
    except _TimeIsOver:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return seconds, _digest(rows)


def _solutions(graph: rdflib.Graph, text: str) -> Iterable[Any]:
    return graph.query(text)


if __name__ == "__main__":
    sys.exit(main())
