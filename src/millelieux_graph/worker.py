"""Work that can be stopped: a query in a process of its own, bounded in time and memory.

The engine can be neither interrupted nor given a budget, but a process can be ended.  The child is
forked, so that it has the store without loading it; it writes its answer into a temporary file,
which is read when the child has ended well: a part of an answer is never seen.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import pyoxigraph as ox

from .errors import CannotRun, TimedOut
from .sparql import STACK, deep

if TYPE_CHECKING:
    from .sparql import Found, Limits

__all__ = ["POSSIBLE", "bounded", "die_with"]

POSSIBLE = hasattr(os, "fork")

_MIB = 1024 * 1024
_JSON = ox.QueryResultsFormat.JSON
_RAISED = {kind.__name__: kind for kind in (SyntaxError, OSError, RuntimeError, MemoryError)}
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def bounded(work: Callable[[], Found], limits: Limits) -> Found:
    """Evaluate a query in a child process, and return what it found, whole.

    Args:
        work: Starts the evaluation, as ``Store.query`` does; called in the child only.
        limits: What it may cost: the child is killed at its time, and gets no more memory.

    Raises:
        SyntaxError, OSError, RuntimeError: As `work` raised it.
        TimedOut: The time was over.
        CannotRun: The memory was used up, the engine broke down, or the system cannot fork.
    """
    if not POSSIBLE:
        raise CannotRun("This system has no fork(2), which a limit needs; ask without limits.")
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as told:
        _wait(_fork(work, limits, answer, told), limits)
        told.seek(0)
        return _read(json.load(told), answer, limits)


def _fork(work: Callable[[], Found], limits: Limits, answer: BinaryIO, told: BinaryIO) -> int:
    parent = os.getpid()
    with warnings.catch_warnings():
        # Python warns of forking beside threads, whose locks stay shut in the child; it uses none
        # of theirs: it reads the store, writes two files of its own and ends.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _be_the_child(parent, work, limits, answer, told)
    return child


def _be_the_child(
    parent: int, work: Callable[[], Found], limits: Limits, answer: BinaryIO, told: BinaryIO
) -> NoReturn:
    code = 1
    try:
        _confine(parent, limits)
        outcome = deep(lambda: _evaluate(work, answer))
        told.write(json.dumps(outcome).encode())
        told.flush()
        code = 0
    finally:
        os._exit(code)  # nothing of the parent's is flushed, closed or cleaned up here


def _confine(parent: int, limits: Limits) -> None:
    """Take from this process what it must not have: signals, a voice, memory, time, a long life."""
    import resource

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an engine out of memory complains there
    faulthandler.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.timeout is not None:  # for when there is no parent left to count the time
        seconds = int(limits.timeout) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if limits.memory is not None:
        most = _address_space() + STACK + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    die_with(parent)


def _address_space() -> int:
    """Return the size of this process in bytes, as RLIMIT_AS counts it; 0 where it is not told."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # no path: a reading
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def die_with(parent: int) -> None:
    """Let this process end when its parent does, where the system can (Linux, prctl(2))."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended already
        os._exit(1)


def _evaluate(work: Callable[[], Found], answer: BinaryIO) -> dict[str, str]:
    """Write what was found, and return what it is, or what went wrong."""
    try:
        found = work()
        if isinstance(found, ox.QuerySolutions | ox.QueryBoolean):
            found.serialize(answer, _JSON)
            form = "results"
        else:
            ox.serialize(found, answer, ox.RdfFormat.N_TRIPLES)
            form = "triples"
        answer.flush()
    except tuple(_RAISED.values()) as error:
        kind = next(name for name, kind in _RAISED.items() if isinstance(error, kind))
        return {"raised": kind, "message": getattr(error, "msg", None) or str(error)}
    return {"form": form}


def _wait(child: int, limits: Limits) -> None:
    """Wait for the child, kill it when its time is over, and leave no process behind."""
    deadline = float("inf") if limits.timeout is None else time.monotonic() + limits.timeout
    status, pause = None, 0.0005
    try:
        while status is None:
            ended, told = os.waitpid(child, os.WNOHANG)
            status = told if ended else None
            left = deadline - time.monotonic()
            if status is None and left <= 0:
                raise _timed_out(limits)
            if status is None:
                time.sleep(min(pause, left))
                pause = min(pause * 1.5, 0.02)
    finally:
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise _broken(-code, limits)


def _broken(number: int, limits: Limits) -> CannotRun:
    """Return why a child has ended before its work was done."""
    if number in (signal.SIGXCPU, signal.SIGALRM):
        return _timed_out(limits)
    if number in (signal.SIGABRT, signal.SIGKILL):
        return _out_of_memory(limits)
    return CannotRun("The engine broke down on this query; simplify it, or nest it less deeply.")


def _timed_out(limits: Limits) -> TimedOut:
    return TimedOut(
        f"The query took longer than {limits.timeout:g} s; simplify it, or allow more (--timeout)."
    )


def _out_of_memory(limits: Limits) -> CannotRun:
    most = "there is" if limits.memory is None else f"{limits.memory // _MIB} MiB"
    return CannotRun(
        f"The query needs more memory than {most}; simplify it, or allow more (--memory)."
    )


class _Whole:
    """A finished answer, read from its beginning piece by piece; it outlives its file object."""

    def __init__(self, answer: BinaryIO) -> None:
        self._file = os.dup(answer.fileno())
        os.lseek(self._file, 0, os.SEEK_SET)

    def read(self, size: int = -1) -> bytes:
        if size >= 0:
            return os.read(self._file, size)
        return b"".join(iter(lambda: os.read(self._file, _MIB), b""))

    def __del__(self) -> None:
        os.close(self._file)


def _read(told: dict[str, str], answer: BinaryIO, limits: Limits) -> Found:
    if told.get("raised") == "MemoryError":
        raise _out_of_memory(limits)
    if "raised" in told:
        raise _RAISED[told["raised"]](told["message"])
    if not os.fstat(answer.fileno()).st_size:
        return iter(())  # no triples
    whole: Any = _Whole(answer)  # a reader needs read() only
    if told["form"] == "results":
        return ox.parse_query_results(whole, _JSON)
    return (quad.triple for quad in ox.parse(whole, ox.RdfFormat.N_TRIPLES))
