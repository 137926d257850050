"""Real web servers in front of a release, with the rules that a release brings."""

from __future__ import annotations

import http.client
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conftest import missing
from engines import free_port, running

from millelieux_graph import hosting

BASE = "https://example.org/data/millelieux/"
PATH = "/data/millelieux/"
MODULES = "mpm_event authz_core dir alias mime headers setenvif rewrite".split()


@dataclass(frozen=True)
class Host:
    """A server that runs.

    Attributes:
        name: ``nginx`` or ``apache``.
        port: Where it listens on loopback.
    """

    name: str
    port: int

    def ask(
        self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Ask for a path as it is written; return status, headers in lower case, and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, answer.read()
        finally:
            connection.close()


@contextmanager
def nginx(release: Path) -> Iterator[Host]:
    """Serve a folder with nginx and the rules for it."""
    program = shutil.which("nginx") or ""
    if not program:
        missing("nginx", "Type: apt-get install nginx-light")
    with _home() as home:
        port = free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        places = "".join(
            f"{kind}_temp_path {home}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (home / "main.conf").write_text(
            f"{user} daemon off; pid {home}/pid; error_log {home}/error.log;"
            "events {} http { access_log off;"
            f"{places} include {home}/hosting/nginx.conf; server {{"
            f"listen 127.0.0.1:{port}; set $release {release};"
            f"include {home}/hosting/nginx-server.conf; }} }}"
        )
        run = [program, "-e", str(home / "error.log"), "-c", str(home / "main.conf")]
        with running(run, home, f"http://127.0.0.1:{port}/"):
            yield Host("nginx", port)


@contextmanager
def apache(release: Path, rules: str = "apache.conf", path: str = PATH) -> Iterator[Host]:
    """Serve a folder with Apache and the rules for it."""
    program = shutil.which("apache2") or ""
    if not program:
        missing("Apache", "Type: apt-get install apache2-bin")
    with _home() as home:
        port = free_port()
        folder = "/usr/lib/apache2/modules"
        modules = "\n".join(f"LoadModule {m}_module {folder}/mod_{m}.so" for m in MODULES)
        user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        (home / "main.conf").write_text(
            f"{modules}\n{user}\nServerName localhost\nListen 127.0.0.1:{port}\n"
            f"TypesConfig /dev/null\nPidFile {home}/pid\nMutex file:{home}\n"
            f"ErrorLog {home}/error.log\n"
            f"AllowEncodedSlashes NoDecode\nDocumentRoot {home}/empty\n"
            f"Alias {path.rstrip('/')} {release}\n<Directory {release}>\nRequire all granted\n"
            f"Include {home}/hosting/{rules}\n</Directory>\n"
        )
        (home / "empty").mkdir()
        run = [program, "-D", "FOREGROUND", "-f", str(home / "main.conf")]
        with running(run, home, f"http://127.0.0.1:{port}/"):
            yield Host("apache", port)


@contextmanager
def _home() -> Iterator[Path]:
    """Yield a folder with the rules, which a server that gives up its rights can read."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)
        for file, data in hosting.files(BASE):
            (home / file).parent.mkdir(exist_ok=True)
            (home / file).write_bytes(data)
        yield home
