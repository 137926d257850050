"""Measure how fast a graph is dumped and in how much memory, beside the engine that sorts nothing.

    python benchmarks/dumps.py                     in an environment with millelieux-graph in it
    python benchmarks/dumps.py --runs 9            more runs, steadier medians
    python benchmarks/dumps.py --quads 4000000     a larger graph beside the report's

Both sides write the same statements into files on the same disk, unpacked, in one thread; ours are
sorted, and the names of blank nodes canonical.  What is compared is time of the processor, which
other work on the machine does not change.  The exit code is 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox
from measurement import Target, print_table, progress, run, verdict

from millelieux_graph import terms
from millelieux_graph.dumps import Dumps
from millelieux_graph.graph import Graph

_NQUADS, _NTRIPLES = ox.RdfFormat.N_QUADS, ox.RdfFormat.N_TRIPLES
_MILLION = 1_000_000
_MEMORY = 1000  # MB
_RATIO = 0.7
_TOGETHER = "both, as a release has them"

_Case = Callable[[Graph, ox.Store, Path], None]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each case (%(default)s)")
    parser.add_argument("--quads", type=int, default=_MILLION, help="at least (%(default)s)")
    parser.add_argument("--all", type=Path, nargs=2, help=argparse.SUPPRESS)  # for a child of ours
    options = parser.parse_args(argv)
    if options.all:
        return _write_all(*options.all)
    with tempfile.TemporaryDirectory(prefix="millelieux-bench-") as name:
        folder = Path(name)
        sizes = {"the report": 1, f"{options.quads:,} quads": options.quads}
        targets = [t for size, n in sizes.items() for t in _measured(size, n, options.runs, folder)]
    return verdict(targets)


def _measured(size: str, quads: int, runs: int, folder: Path) -> list[Target]:
    """Make a graph, print what writing it costs, and return how that compares."""
    path = folder / f"{quads}.nq"
    script = Path(__file__).with_name("synthetic.py")
    with progress(f"Making {size}"):
        subprocess.run([sys.executable, script, "--quads", str(quads), path], check=True)
    # First: a child cannot be seen to need less than the process that starts it.
    peak = run([sys.executable, __file__, "--all", str(path), str(folder)])
    store = ox.Store()
    store.bulk_load(path=path, format=_NQUADS)
    graph = Graph(store)
    seconds: dict[str, dict[str, list[float]]] = {name: {"ours": [], "raw": []} for name in _CASES}
    for number in range(runs + 1):  # the first is not counted
        with progress(f"Run {number} of {runs} on {size}"):
            for name, sides in _CASES.items():
                for side, case in sides.items():
                    taken = _timed(case, graph, store, folder)
                    seconds[name][side] += [taken] if number else []
    medians = {n: {s: statistics.median(t) for s, t in told.items()} for n, told in seconds.items()}
    print_table(
        (f"{size}: {len(store):,} quads", "ours s", "engine s", "engine quads/s", "speed"),
        [_row(name, len(store), told) for name, told in medians.items()],
    )
    print(
        f"All dumps of it in {peak.seconds:.1f} s, packed, with {peak.megabytes:.0f} MB at most.\n"
    )
    return [
        *(
            Target(f"{name}, {size}", told["raw"] / told["ours"], "× the engine", _RATIO, True)
            for name, told in medians.items()
            # Alone, a small graph pays for its blank nodes: some milliseconds that do not grow.
            if quads > 1 or name == _TOGETHER
        ),
        Target(f"peak memory of all dumps, {size}", peak.megabytes, "MB", _MEMORY),
    ]


def _row(name: str, quads: int, told: dict[str, float]) -> tuple[str, ...]:
    ours, raw = told["ours"], told["raw"]
    return name, f"{ours:.3f}", f"{raw:.3f}", f"{quads / raw:,.0f}", f"{raw / ours:.0%}"


def _timed(case: _Case, graph: Graph, store: ox.Store, folder: Path) -> float:
    started = time.process_time()
    case(graph, store, folder)
    return time.process_time() - started


def _our_quads(graph: Graph, _: ox.Store, folder: Path) -> None:
    with Dumps(graph, folder) as dumps:
        _put(folder / "out.nq", dumps.lines())


def _raw_quads(_: Graph, store: ox.Store, folder: Path) -> None:
    store.dump(folder / "out.nq", _NQUADS)


def _our_triples(graph: Graph, _: ox.Store, folder: Path) -> None:
    with Dumps(graph, folder) as dumps:
        for name in _names(graph):
            _put(folder / "out.nt", dumps.lines(name))


def _raw_triples(_: Graph, store: ox.Store, folder: Path) -> None:
    for name in store.named_graphs():
        store.dump(folder / "out.nt", _NTRIPLES, from_graph=name)


def _our_both(graph: Graph, _: ox.Store, folder: Path) -> None:
    with Dumps(graph, folder) as dumps:
        _put(folder / "out.nq", dumps.lines())
        for name in _names(graph):
            _put(folder / "out.nt", dumps.lines(name))


def _raw_both(graph: Graph, store: ox.Store, folder: Path) -> None:
    _raw_quads(graph, store, folder)
    _raw_triples(graph, store, folder)


_CASES: dict[str, dict[str, _Case]] = {
    "N-Quads": {"ours": _our_quads, "raw": _raw_quads},
    "N-Triples of each graph": {"ours": _our_triples, "raw": _raw_triples},
    _TOGETHER: {"ours": _our_both, "raw": _raw_both},
}


def _names(graph: Graph) -> list[str]:
    return [name.removeprefix(terms.graph("")) for name in graph.names()]


def _put(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(pieces)


def _write_all(path: Path, folder: Path) -> int:
    """Write every dump of a file's quads, as a release does."""
    store = ox.Store()
    store.bulk_load(path=path, format=_NQUADS)
    with Dumps(Graph(store), folder) as dumps:
        for _, pieces in dumps.files():
            _put(folder / "out", pieces)
    return 0


if __name__ == "__main__":
    sys.exit(main())
