"""A release as a visitor sees it: a static host on loopback, and Chromium in front of it.

Test modules name this one in ``pytest_plugins``.  A page that complains on its console, fails, or
asks another host for anything fails the test.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import missing
from visits import WIDE, Witness, hosting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Serve = Callable[..., str]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window.

    Of a module, not of the session: while it runs, Playwright keeps an event loop of its own in
    the main thread, and tests that start another (notebooks do) would fail in the same process.
    """
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        missing("Chromium", "Type: apt-get install chromium")
    # Even what no event tells of, such as a prefetched name, finds nobody.
    offline = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[offline])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Serve folders while the tests of a module run: ``serve(folder, below="/")``."""
    with ExitStack() as servers:
        known: dict[tuple[Path, str], str] = {}

        def served(folder: Path, below: str = "/") -> str:
            if (folder, below) not in known:
                known[folder, below] = servers.enter_context(hosting(folder, below))
            return known[folder, below]

        yield served


@pytest.fixture
def witness() -> Witness:
    """What the visit of this test brings to light; a test that expects a complaint takes it out."""
    return Witness()


@pytest.fixture
def context(chromium: Browser, witness: Witness) -> Iterator[BrowserContext]:
    """A visitor who was never here; the test fails at the end when the pages gave offence."""
    width, height = WIDE
    visitor = chromium.new_context(
        viewport={"width": width, "height": height}, locale="fr-FR", accept_downloads=True
    )
    visitor.set_default_timeout(30_000)
    witness.watch(visitor)
    yield visitor
    visitor.close()
    witness.is_content()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of that visitor."""
    return context.new_page()
