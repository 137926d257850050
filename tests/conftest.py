"""What the tests share: the packaged graph, the reader's copy of the report, approvals."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import millelieux_graph as ml

# No test waits on time, and on CI each run draws the same examples.
settings.register_profile("house", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Approvals change only when somebody says so."""
    parser.addoption("--approve", action="store_true", help="rewrite approved files from this run")


def missing(component: str, install: str) -> None:
    """Skip a test whose component is absent; on CI nothing may be absent."""
    message = f"{component} is missing. {install}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of the tests' own: nothing is read from the user's, or written there."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILLELIEUX_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def dataset() -> ml.Dataset:
    """The packaged graph; no test changes it."""
    return ml.open()


@pytest.fixture(scope="session")
def report() -> Path:
    """The reader's own copy of the report."""
    path = os.environ.get("MILLELIEUX_REPORT", "")
    if not Path(path).is_file():
        missing("The report's text", "Set MILLELIEUX_REPORT to the plain-text edition.")
    return Path(path)
