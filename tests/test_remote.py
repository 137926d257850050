"""Asking afar: polite, patient, bounded, and never a part of an answer for the whole."""

from __future__ import annotations

import base64
import gzip
import io
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email.message import Message
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request

import pytest
from command import millelieux
from engines import fill, oxigraph, sign_for_virtuoso, virtuoso

import millelieux_graph as ml
from millelieux_graph import __version__
from millelieux_graph.errors import (
    ForbiddenQuery,
    PartialResult,
    QueryRefused,
    RemoteFailed,
    TimedOut,
    UsageError,
)
from millelieux_graph.remote import Endpoint, credentials, transport
from millelieux_graph.remote.transport import Policy
from millelieux_graph.sparql import Limits

pytest_plugins = ["servers"]

JSON = "application/sparql-results+json"
ROWS = {"head": {"vars": ["s"]}, "results": {"bindings": []}}
ANSWER = json.dumps(ROWS).encode()
NO = b'{"head":{},"boolean":false}'
ASK = "SELECT ?s WHERE { ?s ?p ?o }"

Behave = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """A server that misbehaves as a test wants, after saying that it holds no graphs of ours."""

    protocol_version = "HTTP/1.1"
    behave: Behave
    seen: list[dict[str, str]]

    def do_POST(self) -> None:
        """Answer a query."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        type(self).seen.append({**{k.lower(): v for k, v in self.headers.items()}, "body": body})
        type(self).seen[-1]["path"] = self.path
        if "ASK" in body:  # which graphs there are is asked first
            type(self).seen.pop()
            self.reply(NO)
        else:
            type(self).behave(self)

    do_GET = do_POST  # noqa: N815  # the names of http.server

    def reply(self, body: bytes = ANSWER, status: int = 200, type: str = JSON, **more: str) -> None:
        """Send a whole reply; underscores in the names of headers become hyphens."""
        self.send_response(status)
        headers = {"Content-Type": type, "Content-Length": str(len(body))}
        for name, value in {**headers, **{k.replace("_", "-"): v for k, v in more.items()}}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    """One whose clients may hang up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet."""


@contextmanager
def server(behave: Behave) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield the address of a server that behaves so, and the requests that it has had."""
    kind = type("One", (Handler,), {"behave": staticmethod(behave), "seen": []})
    with Server(("127.0.0.1", 0), kind) as running:
        threading.Thread(target=lambda: running.serve_forever(0.01), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/sparql", kind.seen  # type: ignore[attr-defined]
        running.shutdown()


def patient(slept: list[float], **more: Any) -> Policy:  # noqa: ANN401  # fields of a policy
    """Return a policy that notes its pauses and takes none."""
    return Policy(sleep=slept.append, **more)


def in_turn(*steps: Behave) -> Behave:
    """Behave in one way at the first request, in another at the next, and so on."""
    left = list(steps)

    def behave(handler: Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return behave


def test_a_query_is_a_form_in_a_post_from_somebody_who_says_who_it_is() -> None:
    """Its text is not in the address, and the agent names program, version and home."""
    with server(Handler.reply) as (url, seen):
        assert len(ml.open(url).query(ASK)) == 0  # type: ignore[arg-type]  # a table
    (request,) = seen
    assert request["user-agent"].startswith(f"millelieux-graph/{__version__} (+https://")
    assert request["content-type"] == "application/x-www-form-urlencoded"
    assert request["body"].startswith("query=SELECT")
    assert request["path"] == "/sparql"
    assert JSON in request["accept"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(status: int) -> None:
    """After a pause of our own that grows, as often as the policy says."""
    slept: list[float] = []

    def busy(handler: Handler) -> None:
        handler.reply(b"busy", status, "text/plain")

    with server(in_turn(busy, busy, Handler.reply)) as (url, seen):
        Endpoint(url, patient(slept)).answer(ASK)
    assert len(seen) == 3
    assert slept == [0.5, 1.0]


@pytest.mark.parametrize("asked", ["3", lambda: formatdate(time.time() + 3, usegmt=True)])
def test_a_pause_that_is_asked_for_is_kept(asked: str | Callable[[], str]) -> None:
    """Retry-After, in seconds or as a date, is how long we wait."""
    slept: list[float] = []

    def later(handler: Handler) -> None:
        told = asked if isinstance(asked, str) else asked()
        handler.reply(b"", 429, Retry_After=told)

    with server(in_turn(later, Handler.reply)) as (url, _):
        Endpoint(url, patient(slept)).answer(ASK)
    (pause,) = slept
    assert 1.5 <= pause <= 3.5


def test_a_pause_that_is_too_long_is_refused_at_once() -> None:
    """Nobody waits an hour; the sentence tells for how long the server wants to be left alone."""
    slept: list[float] = []

    def much_later(handler: Handler) -> None:
        handler.reply(b"", 503, Retry_After="3600")

    with (
        server(much_later) as (url, seen),
        pytest.raises(RemoteFailed, match="left alone for 3600 s"),
    ):
        Endpoint(url, patient(slept)).answer(ASK)
    assert (len(seen), slept) == (1, [])


def test_a_server_that_stays_busy_is_given_up() -> None:
    """The number of tries is bounded, and the status is told."""

    def busy(handler: Handler) -> None:
        handler.reply(b"busy", 503, "text/plain")

    with server(busy) as (url, seen), pytest.raises(RemoteFailed, match="503"):
        Endpoint(url, patient([])).answer(ASK)
    assert len(seen) == Policy().tries


def hang_up(handler: Handler) -> None:
    """End the connection without a word."""
    handler.close_connection = True


def test_a_server_that_hangs_up_is_asked_again() -> None:
    """As often as a busy one, and then given up."""
    slept: list[float] = []
    with server(in_turn(hang_up, Handler.reply)) as (url, seen):
        Endpoint(url, patient(slept)).answer(ASK)
    assert (len(seen), slept) == (2, [0.5])
    with server(hang_up) as (url, seen), pytest.raises(RemoteFailed, match="hung up 4 times"):
        Endpoint(url, patient([])).answer(ASK)
    assert len(seen) == Policy().tries


def slow(handler: Handler) -> None:
    """Send a byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.05)


def silent(handler: Handler) -> None:
    """Never answer."""
    time.sleep(30)


@pytest.mark.parametrize("behave", [slow, silent])
def test_time_ends_it(behave: Behave) -> None:
    """Whether a server is silent or talks for ever, the time is that of the asker."""
    with server(behave) as (url, _):
        began = time.monotonic()
        with pytest.raises(TimedOut, match=r"longer than 0\.5 s"):
            ml.open(url).query(ASK, timeout=0.5)
        assert time.monotonic() - began < 5


def cut(body: bytes, type: str = JSON) -> Behave:
    """Promise more than is sent."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", type)
        handler.send_header("Content-Length", str(len(body) + 100))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return behave


def whole(body: bytes, type: str = JSON, **more: str) -> Behave:
    """Send a body as a whole."""
    return lambda handler: handler.reply(body, 200, type, **more)


HALF = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"a"}},'
XML = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/></head>'
ROW = b'<results><result><binding name="s"><uri>urn:a</uri></binding></result>'


@pytest.mark.parametrize(
    ("query", "behave"),
    [
        (ASK, cut(ANSWER)),
        (ASK, whole(HALF)),
        (ASK, whole(b"")),
        (ASK, whole(XML, "application/sparql-results+xml")),
        (ASK, whole(XML + ROW, "application/sparql-results+xml")),
        ("CONSTRUCT WHERE { ?s ?p ?o }", whole(b"<urn:a> <urn:b> <ur", "application/n-triples")),
        ("CONSTRUCT WHERE { ?s ?p ?o }", cut(b"<urn:a> <urn:b> 1 .\n", "text/turtle")),
        (ASK, whole(gzip.compress(ANSWER)[:-9], Content_Encoding="gzip")),
    ],
)
def test_an_answer_that_breaks_off_is_none(query: str, behave: Behave) -> None:
    """Cut by the network or by the server, in any format: an error, and no rows."""
    with server(behave) as (url, _), pytest.raises(RemoteFailed):
        Endpoint(url, patient([])).answer(query)


def endless(handler: Handler) -> None:
    """Send triples, and do not say where they end."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/n-triples")
    handler.end_headers()
    handler.wfile.write(b"<urn:a> <urn:b> <urn:c> .\n")
    handler.close_connection = True


def test_triples_without_an_end_are_not_taken_for_all() -> None:
    """Lines may be cut between two of them, which nothing else would show."""
    with server(endless) as (url, _), pytest.raises(RemoteFailed, match="where its answer ends"):
        Endpoint(url).answer("CONSTRUCT WHERE { ?s ?p ?o }")


@pytest.mark.parametrize(
    "behave",
    [
        whole(ANSWER, X_SQL_State="S1TAT"),
        lambda handler: handler.reply(ANSWER, 206),
    ],
)
def test_what_a_server_had_until_it_gave_up_is_a_part(behave: Behave) -> None:
    """Virtuoso says so beside status 200; others by the status."""
    with server(behave) as (url, _), pytest.raises(PartialResult, match="interrupted"):
        Endpoint(url).answer(ASK)


@pytest.mark.parametrize(
    "behave",
    [
        whole(b"<!doctype html><p>Welcome", "text/html; charset=utf-8"),
        whole(b"ok", "text/plain"),
        whole(ANSWER, "application/octet-stream"),
        whole(b"<urn:a> <urn:b> <urn:c> .", "text/turtle"),
        whole(ANSWER, JSON, Content_Encoding="br"),
    ],
)
def test_something_else_with_status_200_is_an_error(behave: Behave) -> None:
    """A page that welcomes people is no answer, nor is anything of another type."""
    with server(behave) as (url, _), pytest.raises(RemoteFailed, match=r"127\.0\.0\.1"):
        ml.open(url).query(ASK)


def test_what_a_server_objects_to_is_told_in_a_line() -> None:
    """A status 400 is the asker's mistake; what steers a terminal is taken out of it."""

    def refuse(handler: Handler) -> None:
        handler.reply(b"Parse error: \x1b[31mline 1\n" + b"x" * 100_000, 400, "text/plain")

    with server(refuse) as (url, _), pytest.raises(QueryRefused) as caught:
        ml.open(url).query(ASK)
    assert "Parse error" in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert isinstance(caught.value, UsageError)


def big(handler: Handler) -> None:
    """Send two MiB."""
    handler.reply(ANSWER + b" " * 2**21)


def bomb(handler: Handler) -> None:
    """Send two MiB in two KiB."""
    handler.reply(gzip.compress(ANSWER + b" " * 2**21), Content_Encoding="gzip")


@pytest.mark.parametrize("behave", [big, bomb])
def test_a_reply_is_bounded_in_size(behave: Behave) -> None:
    """What is larger than allowed, packed or not, is refused by a limit that is stated."""
    with server(behave) as (url, _), pytest.raises(RemoteFailed, match="more than 1 MiB"):
        Endpoint(url).answer(ASK, limits=Limits(memory=2**20))


def test_redirects_are_followed_so_far_and_no_further() -> None:
    """A few, never in circles, and never to another kind of address."""

    def around(handler: Handler) -> None:
        handler.reply(b"", 307, Location="/sparql?again")

    with server(around) as (url, seen), pytest.raises(RemoteFailed, match="redirects lead"):
        Endpoint(url).answer(ASK)
    assert len(seen) == Policy().redirects + 1
    for target in ("file:///etc/passwd", "ftp://127.0.0.1/", "http://me:secret@127.0.0.1/"):

        def away(handler: Handler, target: str = target) -> None:
            handler.reply(b"", 302, Location=target)

        with server(away) as (url, _), pytest.raises(RemoteFailed, match="no address"):
            Endpoint(url).answer(ASK)


def test_a_redirect_keeps_the_question() -> None:
    """What was posted is posted again, where the server sends it."""
    with server(Handler.reply) as (there, seen):

        def away(handler: Handler) -> None:
            handler.reply(b"", 301, Location=there)

        with server(away) as (url, _):
            Endpoint(url).answer(ASK)
    assert seen[0]["body"].startswith("query=SELECT")


def test_a_host_gets_one_request_at_a_time() -> None:
    """However many ask in this process, and through however many handles."""
    inside, most = [0], [0]
    lock = threading.Lock()

    def count(handler: Handler) -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.05)
        with lock:
            inside[0] -= 1
        handler.reply()

    with server(count) as (url, seen):
        threads = [threading.Thread(target=lambda: Endpoint(url).answer(ASK)) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(seen), most[0]) == (5, 1)


# Who we are.


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials but those of a test."""
    for name in ("MILLELIEUX_USER", "MILLELIEUX_PASSWORD", "MILLELIEUX_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))


def guarded(challenge: str) -> Behave:
    """Ask for credentials where there are none."""

    def behave(handler: Handler) -> None:
        if handler.headers.get("Authorization"):
            handler.reply()
        else:
            handler.reply(b"", 401, "text/plain", WWW_Authenticate=challenge)

    return behave


def test_a_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent as a bearer token."""
    monkeypatch.setenv("MILLELIEUX_TOKEN", "s3cret")
    with server(guarded("Bearer")) as (url, seen):
        ml.open(url).query(ASK)
    assert {request["authorization"] for request in seen} == {"Bearer s3cret"}


@pytest.mark.parametrize(
    ("challenge", "begins"),
    [
        ('Basic realm="x"', "Basic " + base64.b64encode(b"me:s3cret").decode()),
        ('Digest realm="x", nonce="n", qop="auth", algorithm=MD5', 'Digest username="me"'),
    ],
)
@pytest.mark.parametrize("where", ["environment", "netrc"])
def test_a_password_is_shown_in_the_way_that_is_asked(
    challenge: str, begins: str, where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the environment or netrc, and only after the server has asked for it."""
    if where == "netrc":
        file = tmp_path / "my-netrc"
        file.write_text("machine 127.0.0.1 login me password s3cret\n", encoding="utf-8")
        file.chmod(0o600)
        monkeypatch.setenv("NETRC", str(file))
    else:
        monkeypatch.setenv("MILLELIEUX_USER", "me")
        monkeypatch.setenv("MILLELIEUX_PASSWORD", "s3cret")
    with server(guarded(challenge)) as (url, seen):
        ml.open(url).query(ASK)
    assert "authorization" not in seen[0]
    assert seen[-1]["authorization"].startswith(begins)
    assert "s3cret" not in seen[-1]["authorization"]


def test_a_digest_is_given_where_it_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes both is not shown the password."""
    monkeypatch.setenv("MILLELIEUX_USER", "me")
    monkeypatch.setenv("MILLELIEUX_PASSWORD", "s3cret")

    def both(handler: Handler) -> None:
        if handler.headers.get("Authorization"):
            handler.reply()
            return
        handler.send_response(401)
        handler.send_header("WWW-Authenticate", 'Basic realm="x"')
        handler.send_header("WWW-Authenticate", 'Digest realm="x", nonce="n", qop="auth"')
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with server(both) as (url, seen):
        ml.open(url).query(ASK)
    assert seen[-1]["authorization"].startswith("Digest ")


@pytest.mark.parametrize("challenge", ['Basic realm="x"', 'Digest realm="x", nonce="n"'])
def test_a_wrong_password_is_tried_once(challenge: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More tries would help to lock the account; the sentence tells what to mend."""
    monkeypatch.setenv("MILLELIEUX_USER", "me")
    monkeypatch.setenv("MILLELIEUX_PASSWORD", "s3cret")

    def refuse(handler: Handler) -> None:
        handler.reply(b"", 401, "text/plain", WWW_Authenticate=challenge)

    with server(refuse) as (url, seen), pytest.raises(RemoteFailed, match="mend what"):
        ml.open(url).query(ASK)
    assert ["authorization" in request for request in seen] == [False, True]


def test_an_entry_for_everybody_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The entry ``default`` of netrc names no server, so no server gets it."""
    (tmp_path / "netrc").write_text("default login me password s3cret\n", encoding="utf-8")
    (tmp_path / "netrc").chmod(0o600)
    basic, advice = guarded('Basic realm="x"'), "name it in your netrc file"
    with server(basic) as (url, seen), pytest.raises(RemoteFailed, match=advice):
        ml.open(url).query(ASK)
    assert all("authorization" not in request for request in seen)


def test_a_secret_is_not_sent_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes by https, or to this machine."""
    monkeypatch.setenv("MILLELIEUX_TOKEN", "s3cret")
    for url, fits in (
        ("http://example.org/sparql", False),
        ("https://example.org/sparql", True),
        ("http://localhost/sparql", True),
        ("http://[::1]:81/sparql", True),
    ):
        known = credentials.find(url)
        assert known is not None
        request = Request(url)  # noqa: S310  # it is not sent
        known.sign(request)
        assert (known.fit(url), request.has_header("Authorization")) == (fits, fits)


def test_a_redirect_does_not_leave_https() -> None:
    """Where everybody can read along, the question does not go."""
    headers = Message()
    headers["Location"] = "http://example.org/sparql"
    asked = Request("https://example.org/sparql", b"query=")
    reply = transport.Reply(asked.full_url, 307, headers, io.BytesIO(), framed=True)
    with pytest.raises(RemoteFailed, match="from https to http"):
        transport._redirected(asked, reply)


def test_a_password_in_an_address_is_refused() -> None:
    """Addresses end up in logs: exit code 2, and the password is not repeated."""
    run = millelieux("query", "places", "--endpoint", "http://me:s3cret@127.0.0.1:9/sparql")
    assert (run.code, run.out) == (2, "")
    assert "no name or password" in run.err
    assert "s3cret" not in run.err


def test_a_secret_goes_to_no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect to another port, as to another host, is followed without it."""
    monkeypatch.setenv("MILLELIEUX_TOKEN", "s3cret")
    with server(Handler.reply) as (there, seen):

        def away(handler: Handler) -> None:
            handler.reply(b"", 307, Location=there)

        with server(away) as (url, first):
            Endpoint(url).answer(ASK)
    assert first[0]["authorization"] == "Bearer s3cret"
    assert all("authorization" not in request for request in seen)


# Real servers.


def test_nobody_there_is_said() -> None:
    """Exit code 3, one sentence."""
    run = millelieux("query", "places", "--endpoint", "http://127.0.0.1:9/sparql")
    assert (run.code, run.out) == (3, "")
    assert "cannot be reached" in run.err
    assert len(run.err.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems queue callers otherwise")
def test_who_waits_where_is_said() -> None:
    """A server that lets nobody in, and one that lets us in and says nothing, are told apart."""
    policy = Policy(connect=0.3, silence=0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as callers:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        with pytest.raises(RemoteFailed, match=r"says nothing for 0\.2 s"):
            Endpoint(url, policy).answer(ASK)
        for _ in range(3):  # a queue that nobody serves is soon full
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        with pytest.raises(RemoteFailed, match=r"lets nobody in within 0\.3 s"):
            Endpoint(url, policy).answer(ASK)


def test_a_silent_cut_is_found_out(dataset: ml.Dataset, tmp_path: Path) -> None:
    """A Virtuoso that gives so many rows and says nothing is counted after."""
    everything = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
    with virtuoso(tmp_path, rows=2000) as base:
        fill(dataset.graph, f"{base}/sparql-graph-crud-auth?graph-uri=", sign_for_virtuoso)
        afar = ml.open(f"{base}/sparql")
        with pytest.raises(PartialResult, match=r"2,000 of [0-9,]+ rows") as caught:
            afar.query(everything)
        assert "LIMIT" in str(caught.value)
        with pytest.raises(PartialResult, match=r"2,000 of [0-9,]+ solutions"):
            afar.query("CONSTRUCT WHERE { ?s ?p ?o }")
        assert len(afar.query(f"{everything} LIMIT 500")) == 500  # type: ignore[arg-type]
        run = millelieux(
            "query", "-", "--endpoint", f"{base}/sparql", "--format", "csv", stdin=everything
        )
        assert (run.code, run.out) == (3, "")


def test_two_servers_answer_together_when_that_is_allowed(
    oxigraph_url: str, dataset: ml.Dataset, tmp_path: Path
) -> None:
    """A question may span two servers, from here or from one of them; only to a named host."""
    with oxigraph(tmp_path) as base:
        query = f"""
            PREFIX ml: <https://w3id.org/millelieux/ontology#>
            SELECT (COUNT(DISTINCT ?place) AS ?n) {{
                ?place a ml:ThirdPlace . SERVICE <{base}/query> {{ ?place ml:note ?note }}
            }}"""
        note = "@base <https://w3id.org/millelieux/> . <id/place/coboi> <ontology#note> 'a' ."
        put(f"{base}/store?default", note.encode())
        for source in (dataset, ml.open(oxigraph_url)):
            with pytest.raises(ForbiddenQuery, match="allow the host"):
                source.query(query)
            with pytest.raises(ForbiddenQuery):
                source.query(query, services=["example.org"])
            assert list(source.query(query, services=["127.0.0.1"])) == [(1,)]  # type: ignore[arg-type]


def put(url: str, turtle: bytes) -> None:
    """Put some triples into a server."""
    import urllib.request

    request = urllib.request.Request(  # noqa: S310  # a server of our own
        url, turtle, {"Content-Type": "text/turtle"}, method="PUT"
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310  # as above
