"""What a visitor has and does: a static host on loopback, and an eye for what gives offence.

The host does what any static host does, and nothing more: a file has the type that its suffix says,
and there is one header of policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from conftest import missing

from millelieux_graph.formats import FORMATS

if TYPE_CHECKING:
    from io import BytesIO

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

# The strictest policy under which the pages must work; `style-src` is loose because the query
# editor writes style attributes.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
WIDE, NARROW = (1280, 900), (390, 844)
AXE = Path(__file__).parent / "npm" / "node_modules" / "axe-core" / "axe.min.js"

_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".rq": "application/sparql-query",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    **{format.suffix: format.media_type for format in FORMATS},
}


class _Host(SimpleHTTPRequestHandler):
    """Serves a folder below a path; whatever is above it is not there."""

    extensions_map = _TYPES
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, below: str, **kwargs: object) -> None:
        self.below = below
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed on as they came

    def send_head(self) -> BytesIO | BinaryIO | None:
        if not self.path.startswith(self.below):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        self.path = "/" + self.path.removeprefix(self.below)
        return super().send_head()

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; what went wrong is told by the page."""


@contextmanager
def hosting(folder: Path, below: str = "/") -> Iterator[str]:
    """Serve a folder on a free port until the block ends; yield its address, with its slash.

    Args:
        folder: A release, or any folder.
        below: The path it is served at, between slashes.
    """
    handler = partial(_Host, directory=str(folder), below=below)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        # Asked often whether it is done, since each module of tests waits for that once.
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{below}"
        server.shutdown()


@dataclass
class Witness:
    """What a visit has brought to light beside what is on the page.

    Attributes:
        complaints: Errors and warnings on the console, exceptions that nobody caught.
        foreign: Addresses of other hosts that were asked for; none was let through.
        asked: Every address that was asked for.
    """

    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Note what every page of a browser's context does, its workers included."""
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._requested)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        self.asked.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def is_content(self) -> None:
        """Fail when there is anything to complain about."""
        assert not self.foreign, f"asked another host: {self.foreign}"
        assert not self.complaints, "\n".join(self.complaints)


def offences(page: Page) -> list[str]:
    """Return what axe finds against a page: rule, element, and what would mend it."""
    if not AXE.is_file():
        missing("axe", "Type: npm ci --prefix tests/npm")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
