"""The packaged graph kept on the disk: the same graph, and never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command import millelieux

from millelieux_graph import cache
from millelieux_graph.dumps import canonical
from millelieux_graph.graph import packaged


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "millelieux-graph"


def test_what_is_kept_is_the_packaged_graph(home: Path) -> None:
    """The first time it is loaded and kept, then opened: the same quads."""
    expected = canonical(packaged().quads())
    assert canonical(cache.ready().quads()) == expected
    (kept,) = home.iterdir()
    before = kept.stat().st_mtime_ns
    assert canonical(cache.ready().quads()) == expected
    assert [kept.stat().st_mtime_ns for kept in home.iterdir()] == [before]


def test_a_changed_file_is_seen(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was made from other files is replaced, and nothing but what was kept is removed."""
    rooms = tmp_path / "rooms"
    for room in ("ontology", "data"):
        (rooms / room).mkdir(parents=True)
        (rooms / room / "a.ttl").write_text("<urn:a> <urn:b> 1 .", encoding="utf-8")
    monkeypatch.setattr("millelieux_graph.cache.shipped", lambda room: rooms / room)
    first = cache._fingerprint()
    cache.ready()
    (home / "notes").mkdir()
    (home / "mine.txt").write_text("keep", encoding="utf-8")
    (rooms / "data" / "a.ttl").write_text("<urn:a> <urn:b> 12 .", encoding="utf-8")
    second = cache._fingerprint()
    assert first != second
    cache.ready()
    assert {path.name for path in home.iterdir()} == {second, "notes", "mine.txt"}


@pytest.mark.parametrize("spoiled", ["missing", "empty", "garbage"])
def test_a_damaged_cache_is_no_error(home: Path, spoiled: str) -> None:
    """The graph is loaded as ever when what was kept cannot be opened."""
    cache.ready()
    (kept,) = home.iterdir()
    for file in kept.glob("MANIFEST*"):
        if spoiled == "missing":
            file.unlink()
        else:
            file.write_bytes(b"" if spoiled == "empty" else b"garbage" * 100)
    assert len(cache.ready()) == len(packaged())


@pytest.mark.skipif(os.name != "posix", reason="the device is POSIX's")
def test_a_folder_that_cannot_be_written_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place to keep it, the graph is loaded as ever."""
    for home in ("/dev/null", ""):
        monkeypatch.setenv(cache.VARIABLE, home)
        assert len(cache.ready()) == len(packaged())


def test_the_command_answers_from_it_alike(home: Path) -> None:
    """The first run, which fills it, later ones, and one without give the same bytes."""
    words = ("query", "timeline", "--format", "csv")
    first, second = millelieux(*words), millelieux(*words)
    assert list(home.iterdir())
    without = millelieux(*words, MILLELIEUX_CACHE="")
    assert first == second == without
    assert first.code == 0
