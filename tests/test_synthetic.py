"""The generator of large graphs: what the benchmarks measure has the shape of what we ship."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from command import ROOT, environment

import millelieux_graph as ml
from millelieux_graph import queries

QUADS = 60_000  # two copies of the report


def generated(folder: Path, *, seed: str) -> subprocess.Popen[bytes]:
    """Start writing a graph, in a process with a hash seed of its own."""
    return subprocess.Popen(
        [sys.executable, ROOT / "benchmarks/synthetic.py", "--quads", str(QUADS), folder / seed],
        env=environment(PYTHONHASHSEED=seed),
    )


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The same size, written by two processes."""
    folder = tmp_path_factory.mktemp("synthetic")
    runs = [generated(folder, seed=seed) for seed in ("1", "2")]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    return (folder / "1").read_bytes(), (folder / "2").read_bytes()


@pytest.fixture(scope="module")
def store(twice: tuple[bytes, bytes]) -> ox.Store:
    """What was written, in a store."""
    filled = ox.Store()
    filled.bulk_load(twice[0], format=ox.RdfFormat.N_QUADS)
    return filled


def test_the_same_size_gives_the_same_bytes(twice: tuple[bytes, bytes]) -> None:
    """Whoever measures, measures the same graph."""
    assert twice[0] == twice[1]


def test_copies_do_not_fall_together(twice: tuple[bytes, bytes], store: ox.Store) -> None:
    """No quad of a copy is one of another, so a graph is as large as it says."""
    assert len(store) == twice[0].count(b"\n") >= QUADS


def test_the_first_copy_is_the_packaged_graph(dataset: ml.Dataset, store: ox.Store) -> None:
    """All that we ship is in it; blank nodes have other names there."""
    named = (q for q in dataset.graph.quads() if "_:" not in str(q))
    assert all(quad in store for quad in named)


@pytest.mark.parametrize("name", [q.name for q in queries.catalogue() if q.level == "contract"])
def test_a_query_finds_twice_as_much(dataset: ml.Dataset, store: ox.Store, name: str) -> None:
    """Two copies answer a contract query in the same columns, with twice the rows of one."""
    text = queries.find(name).text
    answer = dataset.query(name)
    assert isinstance(answer, ml.Table)
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    assert tuple(v.value for v in found.variables) == answer.columns
    assert len(list(found)) == 2 * len(answer)
