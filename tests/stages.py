"""What is slow and shared: releases of the packaged graph, and of data of one's own.

Test modules name this one in ``pytest_plugins``; each stage is then made once for all of them, by
whichever process of the run needs it first.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import TEMPLATE, finish, start
from versions import write_version

VERSIONS = ("0.1.0", "0.2.0", "0.3.0")


@dataclass(frozen=True)
class Released:
    """Two releases of the packaged graph, from two processes, and the summary of the first."""

    folder: Path
    other: Path
    summary: str


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that one process fills, and all processes of the run then share."""
    apart = os.environ.get("PYTEST_XDIST_WORKER")
    base = factory.getbasetemp()
    home = (base.parent if apart else base) / name
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.is_dir():
            making = home.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making)
            making.rename(home)
    return home


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """The packaged graph published twice, with different hash seeds; no test changes it."""
    home = once(tmp_path_factory, "releases", _release)
    return Released(home / "1", home / "2", (home / "summary.txt").read_text("utf-8"))


def _release(home: Path) -> None:
    runs = [
        start("publish", "--out", home / seed, variables={"PYTHONHASHSEED": seed, "TZ": zone})
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    ]
    ended = [finish(run) for run in runs]
    assert [run.code for run in ended] == [0, 0], ended[0].err
    summary = ended[0].err.replace(str(home), str(home.with_suffix("")))
    (home / "summary.txt").write_text(summary, encoding="utf-8")


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data that is not the report's, small and fit to be published."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copy(TEMPLATE, folder)
    return folder


@pytest.fixture(scope="session")
def own_release(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of that small data; no test changes it, copies serve as former releases."""

    def make(home: Path) -> None:
        address = "https://example.org/old"
        run = finish(start("publish", own, "--out", home / "site", "--base-url", address))
        assert run.code == 0, run.err

    return once(tmp_path_factory, "own-release", make) / "site"


@pytest.fixture(scope="session")
def successive(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three releases of that small data, each after the one before; no test changes them."""
    home = once(tmp_path_factory, "successive", _releases)
    return [home / f"site-{version}" for version in VERSIONS]


def _releases(home: Path) -> None:
    made: list[Path] = []
    for version in VERSIONS:
        data = write_version(home / "data" / version, version)
        before: list[str | Path] = ["--previous", made[-1]] if made else []
        folder = home / f"site-{version}"
        run = finish(start("publish", data, "--out", folder, *before))
        assert run.code == 0, run.err
        made.append(folder)
