"""The command line as a user starts it: a process of its own, judged by what comes out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import millelieux_graph as ml

PROGRAM = (
    sys.executable,
    "-c",
    "import sys; from millelieux_graph.cli import main; sys.exit(main())",
)
SOURCE = Path(ml.__file__).parents[1]
ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "docs" / "how-to" / "my-place.ttl"  # a place to start from, which conforms


@dataclass(frozen=True)
class Run:
    """A finished run: its exit code, its data (standard output) and its talk (standard error)."""

    code: int
    out: str
    err: str


def environment(**variables: str) -> dict[str, str]:
    """Return the variables of a run: ours can be imported, and no report is set unless named."""
    inherited = {k: v for k, v in os.environ.items() if k != "MILLELIEUX_REPORT"}
    path = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))
    return {**inherited, "PYTHONPATH": path, **variables}


def start(
    *words: str | Path,
    stdin: int | None = subprocess.DEVNULL,
    stdout: int | None = subprocess.PIPE,
    cwd: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start the command and return at once."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=environment(**variables or {}),
    )


def finish(process: subprocess.Popen[bytes], stdin: bytes | None = None) -> Run:
    """Wait for a run; whatever it was asked, it never shows a traceback."""
    out, err = process.communicate(stdin, timeout=120)
    talk = err.decode("utf-8")
    assert "Traceback" not in talk, talk
    assert "Exception ignored" not in talk, talk
    return Run(process.returncode, (out or b"").decode("utf-8"), talk)


def millelieux(
    *words: str | Path,
    stdin: str | bytes | None = None,
    cwd: Path | None = None,
    **variables: str,
) -> Run:
    """Run the command to its end.

    Args:
        words: Its arguments.
        stdin: What it reads on standard input.
        cwd: The folder it runs in.
        variables: Environment variables to add.
    """
    data = stdin.encode() if isinstance(stdin, str) else stdin
    source = subprocess.DEVNULL if data is None else subprocess.PIPE
    return finish(start(*words, stdin=source, cwd=cwd, variables=variables), data)
