"""Measure the stored queries: on graphs of three sizes, beside the engine alone, beside rdflib.

    python3 benchmarks/queries.py                 makes its own environment, then measures all
    python3 benchmarks/queries.py speed memory    only these parts
    python3 benchmarks/queries.py --venv .venv    measures an environment that is there already

Needs Linux or macOS, some GB of disk, much memory for rdflib, and nothing but the standard library.
The exit code is 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from measurement import (
    CHECKOUT,
    Run,
    Target,
    geometric_mean,
    print_table,
    progress,
    run,
    verdict,
    workplace,
)

# What rounds.py tells: for each query, its rows and its seconds.
Measured: TypeAlias = dict[str, dict[str, Any]]

_MILLION = 1_000_000
_REPORTS = 100
_SECONDS_FOR_RDFLIB = 60  # a query; then it is stopped, and its time is a lower bound
_EVERYTHING = "SELECT * WHERE { ?s ?p ?o }"


class Bench:
    """The graphs, each made when it is first asked for, and the processes that ask them."""

    def __init__(self, folder: Path, python: Path) -> None:
        self._folder, self._python = folder, python

    @cached_property
    def packaged(self) -> Path:
        """The packaged graph, as N-Quads."""
        return self._made("packaged.nq", 1)

    @cached_property
    def million(self) -> Path:
        """A million quads, as N-Quads."""
        return self._made("million.nq", _MILLION)

    @cached_property
    def store(self) -> Path:
        """The same million in a store on disk."""
        return self._made("store", _MILLION, "--store")

    @cached_property
    def reports(self) -> Path:
        """A graph so many times the size of the packaged one, as N-Quads."""
        with self.packaged.open("rb") as lines:
            size = sum(1 for _ in lines)
        return self._made("reports.nq", _REPORTS * size)

    def _made(self, name: str, quads: int, *options: str) -> Path:
        path = self._folder / name
        with progress(f"Making {name}"):
            self._script("synthetic.py", "--quads", quads, *options, path)
        return path

    def ours(self, graph: Path, runs: int) -> Measured:
        """Time every stored query on a graph, through the package and on the bare engine."""
        with progress(f"Timing the stored queries on {graph.name}"):
            return dict(json.loads(self._script("rounds.py", "ours", graph, "--runs", runs)))

    def rdflib(self, graph: Path) -> dict[str, tuple[float, str] | None]:
        """Time rdflib on a graph: for each query seconds and digest, or None: not in time."""
        with progress(f"Timing rdflib on {graph.name}"):
            limit = ("--limit", _SECONDS_FOR_RDFLIB)
            return dict(json.loads(self._script("rounds.py", "rdflib", graph, *limit)))

    def asked(self, query: str) -> Run:
        """Ask a stored query, or a query of one's own, of the store by the command line."""
        ours = str(self._python.with_name("millelieux"))
        if query.startswith("SELECT"):
            file = self._folder / "own.rq"
            file.write_text(query, encoding="utf-8")
            query = str(file)
        return run([ours, "query", query, "--data", str(self.store), "--format", "csv"])

    def _script(self, name: str, *arguments: object) -> str:
        command = [self._python, Path(__file__).with_name(name), *arguments]
        return subprocess.run(
            list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True
        ).stdout


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(_PARTS)}")
    parser.add_argument("--venv", type=Path, help="an environment with millelieux-graph in it")
    options = parser.parse_args(argv)
    if unknown := set(options.parts) - set(_PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with workplace(options.venv) as (folder, python):
        bench = Bench(folder, python)
        parts = options.parts or list(_PARTS)
        targets = [target for part in parts for target in _PARTS[part](bench)]
    return verdict(targets)


def _speed(bench: Bench) -> list[Target]:
    """Hold the package against the engine alone, and each query against the clock."""
    packaged = bench.ours(bench.packaged, 21)
    million, disk = bench.ours(bench.million, 5), bench.ours(bench.store, 3)
    print_table(
        ("query", "packaged ms", "× engine", "rows", "million ms", "× engine", "on disk ms"),
        [
            (
                name,
                _milliseconds(median(packaged[name]["api"])),
                f"{_overhead(packaged[name]):.2f}",
                str(million[name]["rows"]),
                _milliseconds(median(million[name]["api"])),
                f"{_overhead(million[name]):.2f}",
                _milliseconds(median(disk[name]["api"])),
            )
            for name in packaged
        ],
    )
    sizes = {"packaged": packaged, "a million": million, "a million, on disk": disk}
    slowest = {size: max(_cases(measured)) for size, measured in sizes.items()}
    print_table(
        ("graph", "ms", "slowest, with a value for a parameter or without"),
        [(size, _milliseconds(seconds), name) for size, (seconds, name) in slowest.items()],
    )
    overhead = geometric_mean([_overhead(told) for told in packaged.values()])
    return [
        Target("stored queries through the package, against the engine", overhead, "times", 1.15),
        Target("slowest stored query, packaged graph", slowest["packaged"][0], "s", 0.05),
        Target("slowest stored query, a million triples", slowest["a million"][0], "s", 2),
    ]


def _against_rdflib(bench: Bench) -> list[Target]:
    """Hold the contract queries against rdflib, on a graph of many reports."""
    ours, theirs = bench.ours(bench.reports, 3), bench.rdflib(bench.reports)
    rows, ratios = [], []
    for name, found in theirs.items():
        seconds = median(ours[name]["api"])
        if found and found[1] != ours[name]["digest"]:
            sys.exit(f"The package and rdflib answer {name} differently.")
        theirs_seconds, least = (found[0], "") if found else (_SECONDS_FOR_RDFLIB, "≥ ")
        ratios.append(theirs_seconds / seconds)
        told = f"{ours[name]['rows']}", f"{seconds:.2f}", f"{least}{theirs_seconds:.1f}"
        rows.append((name, *told, f"{least}{ratios[-1]:.0f}"))
    print_table(("query", "rows", "our s", "rdflib s", "times faster"), rows)
    name = f"contract queries, {_REPORTS} times the report, against rdflib"
    return [Target(name, geometric_mean(ratios), "times faster", 20, at_least=True)]


def _memory(bench: Bench) -> list[Target]:
    """Weigh each stored query on the store on disk, and a result of a million rows."""
    names = sorted(path.stem for path in (CHECKOUT / "queries").rglob("*.rq"))
    first, everything = f"{_EVERYTHING} LIMIT 1000", _EVERYTHING
    runs = {}
    for query in (*names, first, everything):
        with progress(f"Weighing {query}"):
            runs[query] = bench.asked(query)
    print_table(
        ("on disk, a million", "s", "peak MB"),
        [(name, f"{run.seconds:.2f}", f"{run.megabytes:.0f}") for name, run in runs.items()],
    )
    peak = max(runs[name].megabytes for name in names)
    grown = runs[everything].megabytes / runs[first].megabytes
    return [
        Target("peak memory of a stored query, a million triples on disk", peak, "MB", 300),
        Target("peak memory of a million rows as CSV", runs[everything].megabytes, "MB", 300),
        # Not once: the engine keeps the blocks of the store that it has read, up to a bound.
        Target("the same, against the first thousand rows", grown, "times", 4),
    ]


_PARTS = {"speed": _speed, "rdflib": _against_rdflib, "memory": _memory}


def _cases(measured: Measured) -> Iterator[tuple[float, str]]:
    """Yield the median seconds of each query without values, and with each of its values."""
    for name, told in measured.items():
        yield median(told["api"]), name
        yield from ((median(runs), f"{name} {words}") for words, runs in told["bound"].items())


def _overhead(told: Mapping[str, Any]) -> float:
    return float(median(told["api"]) / median(told["raw"]))


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


if __name__ == "__main__":
    sys.exit(main())
