"""Measure what README.md promises, as whole processes, beside what one would do without us.

    python3 benchmarks/compare.py                 makes its own environment, then measures
    python3 benchmarks/compare.py --runs 21       more runs, steadier medians
    python3 benchmarks/compare.py --venv .venv    measures an environment that is there already

Needs Linux or macOS and nothing but the standard library; pip fetches the peers, at the versions
of constraints/run.txt.  The cases take turns, so that a busy minute of the machine hits all of
them.  The exit code is 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from measurement import CHECKOUT, Run, Target, interleaved, print_table, verdict, workplace

_QUERY = "impact-matrix"
# With the reader's own copy of the report, the evidence is measured too.
_REPORT = "MILLELIEUX_REPORT"

# What someone would write with rdflib alone; a plain Graph, which is its fastest store.
_PEER = """
import sys
import rdflib

query, *files = sys.argv[1:]
graph = rdflib.Graph()
for file in files:
    graph.parse(file, format="turtle")
with open(query, encoding="utf-8") as text:
    answer = graph.query(text.read())
sys.stdout.buffer.write(answer.serialize(format="csv"))
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9, help="runs of each case (%(default)s)")
    parser.add_argument("--venv", type=Path, help="an environment with millelieux-graph in it")
    options = parser.parse_args(argv)
    with workplace(options.venv) as (folder, python):
        cases = _cases(python, folder)
        _same_answer(cases)
        runs = interleaved(cases, options.runs)
    print_table(("case", "median s", "fastest s", "peak MB"), _case_rows(runs))
    return verdict(_targets(runs))


def _cases(python: Path, folder: Path) -> dict[str, list[str]]:
    ours = str(python.with_name("millelieux"))
    peer = folder / "peer.py"
    peer.write_text(_PEER, encoding="utf-8")
    (query,) = (CHECKOUT / "queries").rglob(f"{_QUERY}.rq")
    return {
        "python -c pass": [str(python), "-c", "pass"],
        "millelieux --help": [ours, "--help"],
        f"millelieux query {_QUERY}": [ours, "query", _QUERY, "--format", "csv"],
        "the same with rdflib": [str(python), str(peer), str(query), *map(str, _turtle())],
        "millelieux check": [ours, "check"],
        "millelieux publish": [ours, "publish", "--out", str(folder / "site")],
        "open the packaged graph": [
            str(python),
            "-c",
            "import millelieux_graph; millelieux_graph.open()",
        ],
        **({"millelieux evidence": [ours, "evidence"]} if os.environ.get(_REPORT) else {}),
    }


def _turtle() -> Iterator[Path]:
    """Yield the Turtle that the packaged graph is made of."""
    yield CHECKOUT / "ontology/millelieux.ttl"
    for part in ("ontology/alignments", "ontology/vocab", "data"):
        yield from sorted((CHECKOUT / part).rglob("*.ttl"))


def _same_answer(cases: Mapping[str, Sequence[str]]) -> None:
    """Stop unless both sides answer the same: a faster wrong answer is worth nothing."""
    ours, theirs = (
        subprocess.run(cases[name], check=True, capture_output=True, text=True).stdout.split()
        for name in (f"millelieux query {_QUERY}", "the same with rdflib")
    )
    if ours != theirs:
        sys.exit(f"The answers differ: {len(ours)} lines here, {len(theirs)} from rdflib.")


def _targets(runs: Mapping[str, Sequence[Run]]) -> list[Target]:
    seconds = {name: statistics.median(r.seconds for r in found) for name, found in runs.items()}
    peak = {name: max(r.megabytes for r in found) for name, found in runs.items()}
    query = f"millelieux query {_QUERY}"
    faster = seconds["the same with rdflib"] / seconds[query]
    start = seconds["millelieux --help"] / seconds["python -c pass"]
    bounds = {"millelieux check": 20, "open the packaged graph": 0.5, "millelieux evidence": 2}
    return [
        Target(f"{query}, against rdflib", faster, "times faster", 10, at_least=True),
        Target("millelieux --help, against python -c pass", start, "times", 6),
        Target(f"{query}, peak memory", peak[query], "MB", 100),
        Target("millelieux publish, peak memory", peak["millelieux publish"], "MB", 400),
        *(Target(name, seconds[name], "s", bounds[name]) for name in bounds if name in seconds),
    ]


def _case_rows(runs: Mapping[str, Sequence[Run]]) -> list[tuple[str, ...]]:
    return [
        (
            name,
            f"{statistics.median(r.seconds for r in found):.3f}",
            f"{min(r.seconds for r in found):.3f}",
            f"{max(r.megabytes for r in found):.0f}",
        )
        for name, found in runs.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
