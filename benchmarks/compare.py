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
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent
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


@dataclass(frozen=True)
class Run:
    """One process: how long it took and how much memory it held at its peak."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Target:
    """A promise: what was measured, and the bound that it must keep."""

    name: str
    measured: float
    unit: str
    bound: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the measure is on the right side of the bound."""
        return self.measured >= self.bound if self.at_least else self.measured < self.bound

    def row(self) -> tuple[str, ...]:
        """Return the cells of the printed table."""
        bound = f"{'≥' if self.at_least else '<'} {self.bound:g} {self.unit}"
        return self.name, f"{self.measured:.3g} {self.unit}", bound, "yes" if self.kept else "NO"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9, help="runs of each case (%(default)s)")
    parser.add_argument("--venv", type=Path, help="an environment with millelieux-graph in it")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="millelieux-bench-") as folder:
        python = _python(options.venv or _environment(Path(folder) / "venv"))
        cases = _cases(python, Path(folder))
        _same_answer(cases)
        runs = _interleaved(cases, options.runs)
    _print_table(("case", "median s", "fastest s", "peak MB"), _case_rows(runs))
    targets = _targets(runs)
    _print_table(("promise", "measured", "target", "kept"), [target.row() for target in targets])
    return 0 if all(target.kept for target in targets) else 1


def _environment(path: Path) -> Path:
    """Make an environment with the pinned peers and this checkout, installed as a reader would."""
    print("Making an environment…", file=sys.stderr)
    venv.create(path, with_pip=True)
    pip = [str(_python(path)), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", str(_CHECKOUT / "constraints/run.txt")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", str(_CHECKOUT)], check=True)
    return path


def _python(environment: Path) -> Path:
    # Not resolved: the link is what makes the environment.
    return environment.absolute() / "bin" / "python"


def _cases(python: Path, folder: Path) -> dict[str, list[str]]:
    ours = str(python.with_name("millelieux"))
    peer = folder / "peer.py"
    peer.write_text(_PEER, encoding="utf-8")
    (query,) = (_CHECKOUT / "queries").rglob(f"{_QUERY}.rq")
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
    yield _CHECKOUT / "ontology/millelieux.ttl"
    for part in ("ontology/alignments", "ontology/vocab", "data"):
        yield from sorted((_CHECKOUT / part).rglob("*.ttl"))


def _same_answer(cases: Mapping[str, Sequence[str]]) -> None:
    """Stop unless both sides answer the same: a faster wrong answer is worth nothing."""
    ours, theirs = (
        subprocess.run(cases[name], check=True, capture_output=True, text=True).stdout.split()
        for name in (f"millelieux query {_QUERY}", "the same with rdflib")
    )
    if ours != theirs:
        sys.exit(f"The answers differ: {len(ours)} lines here, {len(theirs)} from rdflib.")


def _interleaved(cases: Mapping[str, Sequence[str]], runs: int) -> dict[str, list[Run]]:
    for command in cases.values():
        _run(command)  # warms the disk's cache, not counted
    measured: dict[str, list[Run]] = {name: [] for name in cases}
    for number in range(1, runs + 1):
        with _progress(f"Run {number} of {runs}"):
            for name, command in cases.items():
                measured[name].append(_run(command))
    return measured


def _run(command: Sequence[str]) -> Run:
    """Run one process with its output thrown away.

    `os.wait4` tells the peak of this one child, where `getrusage` would tell the peak of all.
    """
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], list(command), os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    if code:
        sys.exit(f"{' '.join(command[:4])} … ended with exit code {code}.")
    # ru_maxrss is in KiB on Linux and in bytes on macOS (getrusage(2) of each).
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit / 1e6)


@contextmanager
def _progress(text: str) -> Iterator[None]:
    if sys.stderr.isatty():
        print(f"\r{text}", end="", file=sys.stderr, flush=True)
    yield
    if sys.stderr.isatty():
        print("\r" + " " * len(text) + "\r", end="", file=sys.stderr, flush=True)


def _targets(runs: Mapping[str, Sequence[Run]]) -> list[Target]:
    seconds = {name: statistics.median(r.seconds for r in found) for name, found in runs.items()}
    peak = {name: max(r.megabytes for r in found) for name, found in runs.items()}
    query = f"millelieux query {_QUERY}"
    faster = seconds["the same with rdflib"] / seconds[query]
    start = seconds["millelieux --help"] / seconds["python -c pass"]
    bounds = {"millelieux check": 20, "open the packaged graph": 0.5, "millelieux evidence": 2}
    return [
        Target(f"{query}, against rdflib", faster, "times faster", 5, at_least=True),
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


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(line[i]) for line in (head, *rows)) for i in range(len(head))]
    for line in (head, ["-" * width for width in widths], *rows):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
    print()


if __name__ == "__main__":
    sys.exit(main())
