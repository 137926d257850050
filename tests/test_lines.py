"""Statements in order: sorted, merged and cut as bytes, whatever fits into memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, groupby, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from millelieux_graph import lines
from millelieux_graph.lines import (
    END,
    Block,
    Shelf,
    SortedLines,
    joined,
    merged,
    ranges,
    unique,
    with_first_words_together,
)

STATEMENT = st.tuples(st.sampled_from("abc"), st.text('xyzé "@.', max_size=4)).map(
    lambda words: " ".join(words).encode()
)
RUN = st.lists(STATEMENT, max_size=12).map(lambda block: sorted(set(block)))
RUNS = st.lists(st.tuples(RUN, st.integers(1, 4)), max_size=5)


def cut(block: Block, size: int) -> Iterator[Block]:
    """Yield a run in blocks of a size."""
    return (block[start : start + size] for start in range(0, len(block), size))


@given(RUNS)
def test_runs_are_merged_in_order(runs: list[tuple[Block, int]]) -> None:
    """All that the runs hold, sorted, what two of them hold twice, in one block."""
    blocks = list(merged(cut(block, size) for block, size in runs))
    assert list(chain.from_iterable(blocks)) == sorted(chain.from_iterable(b for b, _ in runs))
    assert all(blocks)
    edges = [(one[-1], other[0]) for one, other in pairwise(blocks)]
    assert all(end < start for end, start in edges)


@given(RUNS)
def test_a_range_tells_whose_it_is(runs: list[tuple[Block, int]]) -> None:
    """The parts of a run, put together again, are the run."""
    found: dict[int, Block] = {}
    for parts in ranges(cut(block, size) for block, size in runs):
        for number, block in parts:
            found.setdefault(number, []).extend(block)
    assert found == {number: block for number, (block, _) in enumerate(runs) if block}


@given(RUNS)
def test_what_two_runs_hold_can_be_had_once(runs: list[tuple[Block, int]]) -> None:
    """No statement is lost, and none stands twice."""
    blocks = unique(merged(cut(block, size) for block, size in runs))
    assert list(chain.from_iterable(blocks)) == sorted(set(chain.from_iterable(b for b, _ in runs)))


@given(RUN, st.integers(1, 4))
def test_a_subject_is_never_cut_in_two(run: Block, size: int) -> None:
    """What begins with the same word is in one block, and nothing is lost."""
    blocks = list(with_first_words_together(cut(run, size)))
    assert list(chain.from_iterable(blocks)) == run
    words = [word for block in blocks for word, _ in groupby(line.split(b" ")[0] for line in block)]
    assert len(words) == len(set(words))


@settings(max_examples=50)
@given(st.lists(STATEMENT, max_size=20), st.integers(1, 30), st.integers(0, 60), st.randoms())
def test_written_in_pieces_and_read_sorted(
    block: Block, size: int, bound: int, chance: random.Random
) -> None:
    """Pieces may end anywhere, and memory may hold anything or nothing."""
    text = joined(block)
    with pytest.MonkeyPatch.context() as patch, Shelf(bound=bound) as shelf:
        patch.setattr(lines, "_CUT", chance.randint(1, 3))
        patch.setattr(lines, "_LINES", chance.randint(1, 3))
        sorted_ = SortedLines(shelf)
        for start in range(0, len(text), size):
            assert sorted_.write(text[start : start + size]) == len(text[start : start + size])
        for _ in "12":  # as often as one likes
            assert list(chain.from_iterable(sorted_.blocks())) == sorted(block)
        assert bool(sorted_) == bool(block)


def test_the_largest_goes_to_the_disk_first(tmp_path: Path) -> None:
    """A small graph after a large one is not cut into many files for want of memory."""
    with Shelf(tmp_path, bound=100) as shelf:
        large, small = SortedLines(shelf), SortedLines(shelf)
        large.take([b"a"] * 99, 99)
        for _ in range(50):
            small.take([b"b"], 1)
        assert large.size == 0
        assert small.size == 50
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert list(tmp_path.iterdir()) == []


def test_statements_have_ends() -> None:
    """Nothing is nothing; each statement is a line."""
    assert joined([]) == b""
    assert joined([b"a", b"b"]) == b"a" + END + b"b" + END
    assert joined([b"a"], b" <g> .\n") == b"a <g> .\n"
