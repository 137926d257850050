"""Real web servers in front of a release, with the rules that a release brings."""

from __future__ import annotations

import http.client
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from conftest import missing
from engines import free_port, running

from millelieux_graph import hosting

BASE = "https://example.org/data/millelieux/"
PATH = "/data/millelieux/"
MODULES = "mpm_event authz_core dir alias mime headers setenvif rewrite filter deflate".split()
# What an Apache may bring that could spoil the answers, as Debian's does.
_TYPES = next(file for file in ("/etc/mime.types", "/dev/null") if Path(file).exists())
_USUAL = f"TypesConfig {_TYPES}\nAddLanguage en .en\nAddLanguage fr .fr\n"
_USUAL += '<FilesMatch "^\\.ht">\nRequire all denied\n</FilesMatch>\n'


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
        self,
        path: str,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        method: str = "GET",
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Ask for a path as it is written; return status, headers in lower case, and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items() if isinstance(headers, Mapping) else headers:
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            told: dict[str, str] = {}
            for name, value in answer.getheaders():
                told[name.lower()] = ", ".join(filter(None, (told.get(name.lower()), value)))
            return answer.status, told, answer.read()
        finally:
            connection.close()


@contextmanager
def nginx(release: Path, base_url: str = BASE) -> Iterator[Host]:
    """Serve a folder with nginx and the rules for it."""
    program = shutil.which("nginx") or ""
    if not program:
        missing("nginx", "Type: apt-get install nginx-light")
    with _home(base_url) as home:
        port = free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        places = "".join(
            f"{kind}_temp_path {home}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (home / "main.conf").write_text(
            f"{user} daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log;"
            "events {} http { access_log off;"
            f"{places} include {home}/hosting/nginx.conf; server {{"
            f"listen 127.0.0.1:{port}; set $release {release};"
            f"include {home}/hosting/nginx-server.conf; }} }}"
        )
        run = [program, "-e", str(home / "error.log"), "-c", str(home / "main.conf")]
        with running(run, home, f"http://127.0.0.1:{port}/"):
            yield Host("nginx", port)


@contextmanager
def apache(
    release: Path, base_url: str = BASE, rules: str = "apache.conf", path: str = ""
) -> Iterator[Host]:
    """Serve a folder with Apache and the rules for it.

    With a file ``.htaccess`` in the folder, the rules are those, and nothing else is set.
    """
    program = shutil.which("apache2") or ""
    if not program:
        missing("Apache", "Type: apt-get install apache2-bin")
    with _home(base_url) as home:
        port = free_port()
        folder = "/usr/lib/apache2/modules"
        modules = "\n".join(f"LoadModule {m}_module {folder}/mod_{m}.so" for m in MODULES)
        user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        at = (path or unquote(urlsplit(base_url).path)).rstrip("/")
        place = f'Alias "{at}" {release}' if at else f"DocumentRoot {release}"
        beside = (release / ".htaccess").exists()
        told = "AllowOverride All" if beside else f"Include {home}/hosting/{rules}"
        (home / "main.conf").write_text(
            f"{modules}\n{user}\nServerName localhost\nListen 127.0.0.1:{port}\n{_USUAL}"
            f"PidFile {home}/pid\nMutex file:{home}\nErrorLog {home}/error.log\n"
            f"DocumentRoot {home}/empty\n{place}\n"
            f"<Directory {release}>\nRequire all granted\n{told}\n</Directory>\n",
            encoding="utf-8",
        )
        (home / "empty").mkdir()
        run = [program, "-D", "FOREGROUND", "-f", str(home / "main.conf")]
        with running(run, home, f"http://127.0.0.1:{port}/"):
            yield Host("apache", port)


@contextmanager
def _home(base_url: str) -> Iterator[Path]:
    """Yield a folder with the rules, which a server that gives up its rights can read."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)
        for file, data in hosting.files(base_url):
            (home / file).parent.mkdir(exist_ok=True)
            (home / file).write_bytes(data)
        yield home
