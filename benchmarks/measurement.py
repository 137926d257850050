"""What the benchmarks share: an environment, processes with their costs, promises, tables.

Needs Linux or macOS and nothing but the standard library.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


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


def verdict(targets: Sequence[Target]) -> int:
    """Print which promises are kept, and return the exit code: 1 when one is not."""
    print_table(("promise", "measured", "target", "kept"), [target.row() for target in targets])
    return 0 if all(target.kept for target in targets) else 1


@contextmanager
def workplace(environment: Path | None) -> Iterator[tuple[Path, Path]]:
    """Give a temporary folder, and the Python of an environment: one that is there, or a new one.

    A new one gets the peers at the versions of constraints/run.txt and this checkout, installed as
    a reader would install it.
    """
    with tempfile.TemporaryDirectory(prefix="millelieux-bench-") as name:
        folder = Path(name)
        os.environ["MILLELIEUX_CACHE"] = str(folder / "cache")  # warm after the run not counted
        yield folder, _python(environment or _environment(folder / "venv"))


def _environment(path: Path) -> Path:
    print("Making an environment…", file=sys.stderr)
    venv.create(path, with_pip=True)
    pip = [str(_python(path)), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", str(CHECKOUT / "constraints/run.txt")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", str(CHECKOUT)], check=True)
    return path


def _python(environment: Path) -> Path:
    # Not resolved: the link is what makes the environment.
    return environment.absolute() / "bin" / "python"


def run(command: Sequence[str]) -> Run:
    """Run one process to its end, with its output thrown away.

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


def interleaved(cases: Mapping[str, Sequence[str]], runs: int) -> dict[str, list[Run]]:
    """Run each case once without counting, then all of them in turn, so many times."""
    for command in cases.values():
        run(command)  # warms the disk's cache
    measured: dict[str, list[Run]] = {name: [] for name in cases}
    for number in range(1, runs + 1):
        with progress(f"Run {number} of {runs}"):
            for name, command in cases.items():
                measured[name].append(run(command))
    return measured


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Show on a terminal what is being done, while it is being done."""
    if sys.stderr.isatty():
        print(f"\r{text}", end="", file=sys.stderr, flush=True)
    yield
    if sys.stderr.isatty():
        print("\r" + " " * len(text) + "\r", end="", file=sys.stderr, flush=True)


def geometric_mean(ratios: Sequence[float]) -> float:
    """Return the mean that treats twice as fast and twice as slow as opposites."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows of text in aligned columns."""
    widths = [max(len(line[i]) for line in (head, *rows)) for i in range(len(head))]
    for line in (head, ["-" * width for width in widths], *rows):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
    print()
