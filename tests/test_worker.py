"""Work that can be stopped: what it finds is whole, and what is stopped is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings, strategies as st

import millelieux_graph as ml
from millelieux_graph import worker
from millelieux_graph.errors import CannotRun, TimedOut
from millelieux_graph.graph import Graph, store
from millelieux_graph.results import Table, Triples, Truth
from millelieux_graph.sources import shipped
from millelieux_graph.sparql import Limits

pytestmark = pytest.mark.skipif(not worker.POSSIBLE, reason="limits need fork(2)")

AMPLE = Limits(timeout=60.0, memory=2**30)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
# Sorting has to hold every row.
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?d"
REGEX = 'SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), "(((a*)*)*)*b{1,900}(x?){900}$y")) }'
PATH = "SELECT (COUNT(*) AS ?n) { ?a (!<urn:a>|^!<urn:b>)* ?b . ?b (!<urn:a>|^!<urn:b>)* ?c }"


@pytest.fixture
def children() -> Iterator[Callable[[], list[int]]]:
    """A function that tells the processes that this one has started and not yet buried."""
    folder = Path(f"/proc/{os.getpid()}/task")

    def found() -> list[int]:
        files = folder.glob("*/children")
        return [int(pid) for file in files for pid in file.read_text(encoding="ascii").split()]

    before = set(found())
    yield lambda: [pid for pid in found() if pid not in before]
    assert set(found()) == before


TERM = st.one_of(
    st.text(max_size=6).map(ox.Literal),
    st.integers().map(ox.Literal),
    st.builds(lambda n: ox.NamedNode(f"https://example.org/{n}"), st.integers(0, 3)),
)


@given(st.lists(TERM, max_size=5))
@settings(max_examples=15)
def test_an_answer_is_the_same_wherever_it_is_found(terms: list[ox.NamedNode | ox.Literal]) -> None:
    """Rows, truths and triples come back from the child as they are."""
    graph, node = Graph(), ox.NamedNode("https://example.org/s")
    graph.extend(ox.Quad(node, node, term, node) for term in terms)
    for text in (
        "SELECT ?o ?none { ?s ?p ?o } ORDER BY STR(?o)",
        "ASK { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ):
        here, there = graph.answer(text), graph.answer(text, limits=AMPLE)
        assert type(here) is type(there)
        if isinstance(here, Table) and isinstance(there, Table):
            assert (here.columns, here.terms) == (there.columns, there.terms)
        elif isinstance(here, Triples) and isinstance(there, Triples):
            assert set(here) == set(there)
        else:
            assert isinstance(here, Truth)
            assert bool(here) is bool(there)


def test_a_long_answer_comes_whole(dataset: ml.Dataset) -> None:
    """Many megabytes of it: as many rows, and as many triples, as without limits."""
    for text in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
        here, there = dataset.query(text), dataset.query(text, timeout=60)
        assert not isinstance(here, ml.Truth)
        assert not isinstance(there, ml.Truth)
        assert len(here) == len(there) > 30_000


@pytest.mark.parametrize("query", [ENDLESS, GREEDY, PATH])
def test_time_ends_it(dataset: ml.Dataset, children: Callable[[], list[int]], query: str) -> None:
    """Cross products and boundless paths are stopped at their time, and no process is left."""
    with pytest.raises(TimedOut, match=r"longer than 0\.3 s"):
        dataset.query(query, timeout=0.3)
    assert children() == []


def test_memory_ends_it(
    dataset: ml.Dataset, children: Callable[[], list[int]], capfd: pytest.CaptureFixture[str]
) -> None:
    """Who asks for more memory than allowed is refused it, with a sentence and nothing else."""
    with pytest.raises(CannotRun, match=r"more memory than 48 MiB; .*\(--memory\)"):
        dataset.query(GREEDY, memory=48, timeout=60)
    assert children() == []
    assert capfd.readouterr() == ("", "")


def test_a_pattern_of_text_is_no_bomb(dataset: ml.Dataset) -> None:
    """A regular expression that others take for ever on, or run out of memory, matches nothing."""
    answer = dataset.query(REGEX, timeout=60, memory=512)
    assert isinstance(answer, Table)
    assert len(answer) == 0


def test_a_small_answer_fits_into_small_limits(dataset: ml.Dataset) -> None:
    """What is there already is not counted: a limit is for the evaluation."""
    matrix = dataset.query("impact-matrix", memory=64, timeout=60)
    assert isinstance(matrix, Table)
    assert len(matrix) == 64


def test_a_store_on_the_disk_is_asked_in_the_child(tmp_path: Path, dataset: ml.Dataset) -> None:
    """An open store survives the fork: the same rows, again and again."""
    sources = [*shipped.ontology(), *shipped.vocabularies(), *shipped.data()]
    store(sources, tmp_path / "store")
    disk = ml.open(tmp_path / "store")
    expected = list(dataset.query("timeline"))  # type: ignore[arg-type]  # a table
    for limits in ({}, {"timeout": 60.0, "memory": 256}, {"timeout": 60.0}):
        assert list(disk.query("timeline", **limits)) == expected  # type: ignore[arg-type]
    with pytest.raises(TimedOut):
        disk.query(ENDLESS, timeout=0.3)
    assert list(disk.query("timeline", timeout=60.0)) == expected  # type: ignore[arg-type]


def test_threads_ask_side_by_side(dataset: ml.Dataset) -> None:
    """Several askers, each with a limit, get each their own answer."""
    found: dict[str, int] = {}

    def asker(name: str, rows: int) -> None:
        answer = dataset.query(f"SELECT * {{ ?s ?p ?o }} LIMIT {rows}", timeout=60)
        found[name] = len(answer) if isinstance(answer, Table) else -1

    threads = [threading.Thread(target=asker, args=(str(n), n)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {str(n): n for n in range(1, 7)}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_killed_asker_leaves_nothing_behind() -> None:
    """Even when the asker is killed outright, its child ends with it."""
    script = f"""
        import millelieux_graph as ml
        ml.open().query({ENDLESS!r}, timeout=600)
    """
    asker = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)])
    children = Path(f"/proc/{asker.pid}/task/{asker.pid}/children")
    while not (found := children.read_text(encoding="ascii").split()):
        assert asker.poll() is None
        time.sleep(0.01)
    asker.send_signal(signal.SIGKILL)
    asker.wait()
    child = Path(f"/proc/{found[0]}/stat")
    ended = time.monotonic() + 10
    while child.exists() and child.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < ended, "the child goes on without its parent"
        time.sleep(0.01)


def test_a_failing_child_is_a_sentence() -> None:
    """Whatever ends the child before its work is done, the asker gets an error of ours."""

    def die(number: int) -> Callable[[], ox.QuerySolutions]:
        def work() -> ox.QuerySolutions:
            os.kill(os.getpid(), number)
            signal.pause()
            raise AssertionError

        return work

    for number, said in (
        (signal.SIGABRT, "memory"),
        (signal.SIGKILL, "memory"),
        (signal.SIGSEGV, "broke down"),
        (signal.SIGXCPU, "longer than"),
    ):
        with pytest.raises(CannotRun, match=said):
            worker.bounded(die(number), AMPLE)
    with pytest.raises(CannotRun, match="broke down"):
        worker.bounded(lambda: os._exit(9), AMPLE)
