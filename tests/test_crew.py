"""Work is shared among processes, wholly or not at all."""

from __future__ import annotations

import os

import pytest

from millelieux_graph import crew

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="shared by fork(2) only")


def test_each_thing_is_done_once() -> None:
    """Whatever the number of hands, every result comes, and comes once."""
    things = range(1000)
    for many in (1, 2, 3):
        assert sorted(crew.share(things, lambda n: n * n, many)) == [n * n for n in things]


def test_hands_are_processes() -> None:
    """The work is done elsewhere, by as many as were asked for; few things need no help."""
    assert len({*crew.share(range(1000), lambda _: os.getpid(), 2)} - {os.getpid()}) == 2
    assert {*crew.share(range(10), lambda _: os.getpid(), 2)} == {os.getpid()}


def test_what_fails_is_raised_as_it_was() -> None:
    """A full disk in another process is a full disk here."""

    def work(number: int) -> int:
        if number == 700:
            raise OSError(28, "No space left on device")
        return number

    with pytest.raises(OSError, match="No space left") as caught:
        list(crew.share(range(1000), work, 2))
    assert caught.value.errno == 28


def test_no_hand_is_left() -> None:
    """Whoever stops listening leaves no process behind."""
    import multiprocessing

    shared = crew.share(range(1000), lambda n: n, 2)
    next(shared)
    shared.close()  # type: ignore[attr-defined]  # it is a generator
    assert multiprocessing.active_children() == []
