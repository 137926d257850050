"""Work shared among processes: each takes every n-th thing, and tells what it has done.

The hands are forked, so that they have the graph without loading it; they are gone when their work
is done, when one of them fails, and when their parent ends.  Where the system cannot fork, one
process does all of it.
"""

from __future__ import annotations

import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import TypeVar, cast

from .worker import die_with

__all__ = ["hands", "share"]

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE = 64  # results in one message
_FEW = 200  # things for which a process is not worth its making


def hands() -> int:
    """Return how many processes may work at once: as many as this one has processors."""
    if not hasattr(os, "fork"):
        return 1
    told = getattr(os, "sched_getaffinity", None)
    return len(told(0)) if told else os.cpu_count() or 1


def share(things: Sequence[T], work: Callable[[T], R], many: int | None = None) -> Iterator[R]:
    """Yield what `work` returns for each thing, in no order that means anything.

    Args:
        things: What there is to do.
        work: Does one thing; what it returns must be picklable.  Called in other processes.
        many: How many processes; as `hands` when None.

    Raises:
        Exception: What `work` has raised, as it was raised; the other processes are ended.
    """
    crew = min(many or hands(), 1 + len(things) // _FEW)
    if crew == 1:
        yield from map(work, things)
        return
    # fork, not spawn: the graph and the closure are there already.
    context = multiprocessing.get_context("fork")
    processes, readers = [], []
    with warnings.catch_warnings():
        # As in `worker`: the hands use no lock of another thread.
        warnings.simplefilter("ignore", DeprecationWarning)
        for number in range(crew):
            reader, writer = context.Pipe(duplex=False)
            process = context.Process(
                target=_be_a_hand,
                args=(os.getpid(), things[number::crew], work, writer),
                daemon=True,
            )
            process.start()
            writer.close()
            processes.append(process)
            readers.append(reader)
    try:
        yield from _gathered(readers)
    finally:
        for process in processes:
            process.kill()
            process.join()


def _be_a_hand(
    parent: int, things: Sequence[T], work: Callable[[T], R], writer: Connection
) -> None:
    die_with(parent)
    done: list[R] = []
    try:
        for thing in things:
            done.append(work(thing))
            if len(done) == _AT_ONCE:
                writer.send(done)
                done = []
        writer.send(done)
    except Exception as error:  # noqa: BLE001  # it is the parent's to raise
        writer.send(error)


def _gathered(readers: list[Connection]) -> Iterator[R]:
    open_ones = list(readers)
    while open_ones:
        for reader in cast("list[Connection]", wait(open_ones)):
            try:
                told = reader.recv()
            except EOFError:
                open_ones.remove(reader)
                continue
            if isinstance(told, Exception):
                raise told
            yield from told
