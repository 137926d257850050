"""What is slow and shared: releases of the packaged graph, and of data of one's own.

Test modules name this one in ``pytest_plugins``; each stage is then made once for all of them.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import TEMPLATE, finish, start
from versions import write_version


@dataclass(frozen=True)
class Released:
    """Two releases of the packaged graph, from two processes, and the summary of the first."""

    folder: Path
    other: Path
    summary: str


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """The packaged graph published twice at the same time, with different hash seeds."""
    home = tmp_path_factory.mktemp("releases")
    runs = [
        start("publish", "--out", home / seed, variables={"PYTHONHASHSEED": seed, "TZ": zone})
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    ]
    ended = [finish(run) for run in runs]
    assert [run.code for run in ended] == [0, 0], ended[0].err
    return Released(home / "1", home / "2", ended[0].err)


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data that is not the report's, small and fit to be published."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copy(TEMPLATE, folder)
    return folder


@pytest.fixture(scope="session")
def own_release(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of that small data; no test changes it, copies serve as former releases."""
    folder = tmp_path_factory.mktemp("own-release") / "site"
    run = finish(start("publish", own, "--out", folder, "--base-url", "https://example.org/old"))
    assert run.code == 0, run.err
    return folder


@pytest.fixture(scope="session")
def successive(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three releases of that small data, each after the one before; no test changes them."""
    home = tmp_path_factory.mktemp("successive")
    made: list[Path] = []
    for version in ("0.1.0", "0.2.0", "0.3.0"):
        data = write_version(home / "data" / version, version)
        before: list[str | Path] = ["--previous", made[-1]] if made else []
        folder = home / f"site-{version}"
        run = finish(start("publish", data, "--out", folder, *before))
        assert run.code == 0, run.err
        made.append(folder)
    return made
