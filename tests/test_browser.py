"""The host and the witness of the browser tests: a page that gives offence is found out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from browser import Serve
    from playwright.sync_api import Page
    from visits import Witness

pytest_plugins = ["browser"]

_HEAD = "<!doctype html><html lang=en><title>{title}</title><link rel=icon href=data:,>"
_LOUD = """\
console.error("ouch");
fetch("https://example.org/x").catch(() => 0);
setTimeout(() => { throw Error("bang") });
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a page that does what pages must not do, and one that does nothing."""
    (tmp_path / "calm.html").write_text(_HEAD.format(title="calm"), "utf-8")
    (tmp_path / "loud.js").write_text(_LOUD, "utf-8")
    inline = "<script>document.title = 'ran'</script><script src=loud.js></script>"
    (tmp_path / "loud.html").write_text(_HEAD.format(title="loud") + inline, "utf-8")
    return tmp_path


def test_a_calm_page_is_let_through(page: Page, serve: Serve, folder: Path) -> None:
    """A page without fault passes, below a path too, and nothing stands above that path."""
    base = serve(folder, "/some/where/")
    answer = page.goto(f"{base}calm.html")
    assert answer is not None
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert page.title() == "calm"
    above = page.request.get(base.replace("/some/where/", "/calm.html"))
    assert above.status == 404


def test_offences_are_noted(page: Page, serve: Serve, folder: Path, witness: Witness) -> None:
    """Errors, exceptions, inline scripts and requests to other hosts are all told."""
    from playwright.sync_api import Error

    with page.context.expect_event("weberror"):
        page.goto(f"{serve(folder)}loud.html")
    told = "\n".join(witness.complaints)
    assert "ouch" in told
    assert "bang" in told
    assert told.count("Content Security Policy") >= 2
    assert page.title() == "loud"
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")
    assert witness.foreign == ["http://example.org/"]
    with pytest.raises(AssertionError):
        witness.is_content()
    witness.complaints.clear()
    witness.foreign.clear()
