"""Real SPARQL servers, started on a free port of this machine and stopped at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox
from conftest import missing

from millelieux_graph.formats import by_name
from millelieux_graph.sources import rdf

if TYPE_CHECKING:
    from millelieux_graph.graph import Graph

Signer = Callable[[urllib.request.Request], None]

FUSEKI = "MILLELIEUX_FUSEKI"
_VIRTUOSO_INI = """\
[Database]
DatabaseFile = {home}/virtuoso.db
ErrorLogFile = {home}/virtuoso.log
LockFile = {home}/virtuoso.lck
TransactionFile = {home}/virtuoso.trx
xa_persistent_file = {home}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {home}/temporary.db
TransactionFile = {home}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
NumberOfBuffers = 20000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
[SPARQL]
ResultSetMaxRows = {rows}
"""
_FUSEKI_TTL = """\
PREFIX : <#>
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX ja: <http://jena.hpl.hp.com/2005/11/Assembler#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
[] a fuseki:Server ; fuseki:services ( :service ) .
:service fuseki:name "ds" ; fuseki:dataset :data ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "sparql" ] ,
        [ fuseki:operation fuseki:gsp-rw ; fuseki:name "data" ] .
:data a tdb2:DatasetTDB2 ; tdb2:location "{home}/tdb" ; tdb2:unionDefaultGraph true .
"""


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def running(command: Sequence[str], home: Path, ready: str) -> Iterator[None]:
    """Run a server until the block ends; it is ready when an address of it answers anything."""
    with (home / "server.log").open("wb") as log:
        # A session of its own, so that those whom the server has started end with it.
        server = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, start_new_session=True)
    try:
        ended = time.monotonic() + 60
        while not _answers(ready):
            assert server.poll() is None, (home / "server.log").read_text(encoding="utf-8")
            assert time.monotonic() < ended, f"{command[0]} does not answer"
            time.sleep(0.05)
        yield
    finally:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # a server of our own
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def fill(graph: Graph, store: str, sign: Signer = lambda _: None) -> None:
    """Put the named graphs of a graph into a server (SPARQL 1.1 Graph Store Protocol)."""
    for name in graph.names():
        quads = (q.triple for q in graph.quads() if q.graph_name == ox.NamedNode(name))
        request = urllib.request.Request(  # noqa: S310  # a server of our own
            store + quote(name, safe=""),
            rdf.write(quads, by_name("ntriples")),
            {"Content-Type": "application/n-triples"},
            method="PUT",
        )
        sign(request)
        with urllib.request.urlopen(request, timeout=60):  # noqa: S310  # as above
            pass


def sign_for_virtuoso(request: urllib.request.Request) -> None:
    """Sign for the user that a new Virtuoso has; it hangs up on a large body without signature."""
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    known.add_password(None, request.full_url, "dba", "dba")
    try:
        bare = urllib.request.Request(request.full_url, b"", method="PUT")  # noqa: S310  # ours
        urllib.request.urlopen(bare, timeout=10).close()  # noqa: S310  # as above
    except urllib.error.HTTPError as refused:
        told = refused.headers["WWW-Authenticate"].partition(" ")[2]
        challenge = urllib.request.parse_keqv_list(urllib.request.parse_http_list(told))
        digest = urllib.request.HTTPDigestAuthHandler(known)
        request.add_header(
            "Authorization", f"Digest {digest.get_authorization(request, challenge)}"
        )


@contextmanager
def oxigraph(home: Path) -> Iterator[str]:
    """Yield the base address of an empty Oxigraph server."""
    program = shutil.which("oxigraph") or f"{sysconfig.get_path('scripts')}/oxigraph"
    if not Path(program).exists():
        missing("Oxigraph's server", "Install it: pip install oxigraph")
    base = f"http://127.0.0.1:{free_port()}"
    command = [program, "serve", "--location", str(home / "store"), "--bind", base[7:]]
    with running(command, home, f"{base}/"):
        yield base


@contextmanager
def virtuoso(home: Path, rows: int = 100_000) -> Iterator[str]:
    """Yield the base address of a Virtuoso that cuts answers at so many rows."""
    program = shutil.which("virtuoso-t")
    if program is None:
        missing("Virtuoso", "Install it: apt-get install virtuoso-opensource-7-bin")
    assert program is not None
    http = free_port()
    ini = home / "virtuoso.ini"
    told = _VIRTUOSO_INI.format(home=home, port=free_port(), http=http, rows=rows)
    ini.write_text(told, encoding="utf-8")
    base = f"http://127.0.0.1:{http}"
    command = [program, "+foreground", "+configfile", str(ini)]
    with running(command, home, f"{base}/sparql?query=ASK%7B%7D"):
        yield base


@contextmanager
def fuseki(home: Path) -> Iterator[str]:
    """Yield the base address of an empty Fuseki."""
    jar = os.environ.get(FUSEKI, "")
    if not Path(jar).is_file() or shutil.which("java") is None:
        missing(
            "Fuseki",
            f"Set {FUSEKI} to the jar of org.apache.jena:jena-fuseki-server, and install Java.",
        )
    (home / "fuseki.ttl").write_text(_FUSEKI_TTL.format(home=home), encoding="utf-8")
    port = free_port()
    command = ["java", "-Xmx512m", "-jar", jar, "--localhost", f"--port={port}"]
    command.append(f"--config={home / 'fuseki.ttl'}")
    with running(command, home, f"http://127.0.0.1:{port}/ds/sparql?query=ASK%7B%7D"):
        yield f"http://127.0.0.1:{port}/ds"
