"""One request to a server under our policy: patient, polite, bounded, and its reply whole.

A host gets one request at a time from this process, whoever in it asks; processes do not know of
each other, and what a server says when they are too many for it (429, ``Retry-After``) is heeded.
Nothing is handed on before it has arrived to its end.
"""

from __future__ import annotations

import gzip
import io
import math
import mmap
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from ssl import SSLError
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Literal, Protocol, Self, cast
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from ..errors import RemoteFailed, TimedOut, UsageError

if TYPE_CHECKING:
    from .credentials import Credentials

__all__ = [
    "POLICY",
    "Body",
    "Deadline",
    "Exchange",
    "Policy",
    "Reply",
    "checked_address",
    "keep",
    "shown",
]

_MIB = 1024 * 1024
_CHUNK = 64 * 1024
_EXPLAINED = 64 * 1024  # of the body of a reply that is no success

_REDIRECTS = (301, 302, 303, 307, 308)
# RFC 9110 §15.6 and RFC 6585 §4: not now, or not by this way.  A query changes nothing, so it may
# be sent again.
_BUSY = (429, 502, 503, 504)
_PLAIN = ("", "identity")
_ZIPPED = ("gzip", "x-gzip")  # RFC 9110 §8.4.1.3

# A host's lock: who holds it is the one who may ask.
_TURNS: dict[str, threading.Lock] = {}


@dataclass(frozen=True, slots=True)
class Policy:
    """How servers are asked.

    Attributes:
        connect: Seconds to wait for a connection.
        silence: Seconds to wait for the next byte, where no time is set for the whole.
        tries: How often a request is sent when a server is busy or hangs up; the first counts.
        pause: Seconds before the second try, where the server names none; doubled each time.
        patience: The longest pause that a server may ask for, in seconds.
        redirects: How many redirects are followed.
        size: Bytes of the largest reply, unpacked, where no other limit is set.
        sleep: Waits for some seconds.
    """

    connect: float = 10.0
    silence: float = 60.0
    tries: int = 4
    pause: float = 0.5
    patience: float = 60.0
    redirects: int = 5
    size: int = 256 * _MIB
    sleep: Callable[[float], None] = time.sleep


POLICY = Policy()


class Deadline:
    """The moment at which the time of a query is over; None: never."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._end = math.inf if seconds is None else time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimedOut: There are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimedOut(
                f"The query took longer than {self._seconds:g} s; "
                "simplify it, or allow more (--timeout)."
            )
        return left


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes:
        """Return some bytes, or none at the end."""


class Body(_Readable, Protocol):
    """Bytes that can be read many times."""

    def readline(self) -> bytes:
        """Return the next line, or nothing at the end."""

    def seek(self, offset: int, whence: Literal[0, 2] = ..., /) -> object:
        """Go to a position."""

    def tell(self) -> int:
        """Return the position."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server has answered.

    Attributes:
        url: Who has answered, after redirects.
        status: The HTTP status.
        headers: The header fields.
        body: The content, unpacked and whole, at its beginning; of a failure, its beginning only.
        framed: Whether the server said where its content ends, so that a cut would have shown.
    """

    url: str
    status: int
    headers: Message
    body: Body
    framed: bool

    @property
    def media_type(self) -> str:
        """The media type without parameters; empty when none is given."""
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""


def keep(chunks: Iterable[bytes]) -> Body:
    """Return bytes that are kept out of memory as long as somebody has them."""
    with TemporaryFile() as file:
        file.writelines(chunks)
        file.flush()
        if not file.tell():
            return io.BytesIO()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # outlives the file


def checked_address(url: str) -> str:
    """Return the address of a server, if it is one that may be asked.

    Raises:
        UsageError: It is no HTTP address, or holds a name or password.
    """
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        raise UsageError(f"{url!r} is no address of a server.") from None
    if "@" in parts.netloc:
        raise UsageError(
            "An address must hold no name or password, since addresses end up in logs; "
            "use the variables or the netrc file that the guide on remote endpoints names."
        )
    if not fine or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(f"{url!r} is no address of a server; write http://… or https://….")
    return url.partition("#")[0]


def shown(url: str) -> str:
    """Return an address as messages show it: without its query, which may hold a key."""
    return url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Exchange:
    """The requests that one question to a server takes, and what they may cost together.

    Attributes:
        credentials: Sent where they fit.
        deadline: For all of it.
        policy: How servers are asked.
        most: Bytes of the largest reply, unpacked.
    """

    credentials: Credentials | None
    deadline: Deadline
    policy: Policy
    most: int

    def send(self, request: Request) -> Reply:
        """Send a request, again where that may help, follow redirects, and return the reply.

        Raises:
            RemoteFailed: No whole reply is to be had.
            TimedOut: The time is over.
        """
        for _ in range(self.policy.redirects + 1):
            with _turn(request, self.deadline):
                reply = self._insist(request)
            if reply.status not in _REDIRECTS:
                return reply
            request = _redirected(request, reply)
        many = f"is where more than {self.policy.redirects} redirects lead"
        raise RemoteFailed(shown(request.full_url), many, "check the address")

    def _insist(self, request: Request) -> Reply:
        """Send a request until the answer is more than “not now”, or we have asked enough."""
        for number in range(self.policy.tries):
            last = number + 1 == self.policy.tries
            pause = self.policy.pause * 2**number
            try:
                reply = self._once(request)
            except ConnectionResetError:
                if last:
                    hung_up = f"hung up {number + 1} times without an answer"
                    raise RemoteFailed(
                        shown(request.full_url), hung_up, "try again later"
                    ) from None
            else:
                if last or reply.status not in _BUSY:
                    return reply
                pause = self._granted(reply, pause)
            self.policy.sleep(min(pause, self.deadline.left()))
        raise AssertionError("the last try returns or raises")

    def _granted(self, reply: Reply, pause: float) -> float:
        """Return the pause that a busy server asks for, if we may, and will, wait so long."""
        asked = _asked_pause(reply.headers)
        if asked is None:
            return pause
        if asked > min(self.policy.patience, self.deadline.left()):
            problem = f"is busy ({reply.status}) and wants to be left alone for {asked:.0f} s"
            raise RemoteFailed(shown(reply.url), problem, "ask again then", status=reply.status)
        return asked

    def _once(self, request: Request) -> Reply:
        """Send a request once.

        Raises:
            ConnectionResetError: The server hung up before it had begun to answer.
            RemoteFailed, TimedOut: It does not answer, or not to the end.
        """
        with _Watch(self) as watch:
            try:
                with closing(self._opened(request, watch)) as response:
                    return self._received(request, response)
            except (_Problem, OSError, HTTPException, ValueError, EOFError, zlib.error) as error:
                self.deadline.left()
                cause = error.reason if isinstance(error, URLError) else error
                if isinstance(cause, ConnectionResetError):
                    raise cause from None
                problem, advice = _explained(error, self.policy)
                raise RemoteFailed(shown(request.full_url), problem, advice) from None

    def _opened(self, request: Request, watch: _Watch) -> HTTPResponse:
        """Return a response whose head has arrived, whatever its status."""
        # A copy: what signs a request must not sign the one that a redirect makes of it.
        fresh = _request(request.full_url, request, request.data)
        opener = OpenerDirector()  # it knows no other schemes than these handlers do
        signers = self.credentials.sign(fresh) if self.credentials else []
        for handler in (ProxyHandler(), watch, *signers):
            opener.add_handler(handler)
        response = opener.open(fresh, timeout=min(self.policy.connect, self.deadline.left()))
        assert isinstance(response, HTTPResponse)  # the handlers make no other
        return response

    def _received(self, request: Request, response: HTTPResponse) -> Reply:
        framed = response.chunked or response.length is not None
        success = 200 <= response.status < 300
        body = _whole(response, self.most) if success else _beginning(response)
        return Reply(request.full_url, response.status, response.headers, body, framed)


@contextmanager
def _turn(request: Request, deadline: Deadline) -> Iterator[None]:
    """Wait until nobody else in this process asks the same host."""
    turn = _TURNS.setdefault(urlsplit(request.full_url).hostname or "", threading.Lock())
    left = deadline.left()
    if not turn.acquire(timeout=-1 if left == math.inf else left):
        deadline.left()
    try:
        yield
    finally:
        turn.release()


def _redirected(request: Request, reply: Reply) -> Request:
    """Return the request that a redirect asks for.

    RFC 9110 §15.4 lets a client that is redirected by 301 or 302 turn its POST into a GET; the
    query would be lost.  303 alone points to an answer that is there to be got.
    """
    server = shown(request.full_url)
    location = urljoin(request.full_url, str(reply.headers.get("Location", "")))
    try:
        target = checked_address(location)
    except UsageError:
        raise RemoteFailed(server, "redirects to what is no address", "check yours") from None
    if request.type == "https" and not target.startswith("https:"):
        problem = "redirects from https to http, where everybody can read along"
        raise RemoteFailed(server, problem, "tell who runs it")
    return _request(target, request, None if reply.status == 303 else request.data)


def _request(url: str, like: Request, data: object) -> Request:
    """Return a request for a checked address with the headers of another, POST if it has data."""
    assert data is None or isinstance(data, bytes)  # we make no other
    unfit = () if data else ("Content-type",)
    headers = {name: value for name, value in like.header_items() if name not in unfit}
    return Request(url, data, headers)  # noqa: S310  # the address is checked


def _asked_pause(headers: Message) -> float | None:
    """Return for how many seconds a server asks to be left alone (RFC 9110 §10.2.3)."""
    told = str(headers.get("Retry-After", "")).strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        # Its own clock decides, which may go wrong together with the other date.
        until, now = (parsedate_to_datetime(t) for t in (told, str(headers.get("Date", ""))))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):  # no date; one with a zone and one without
        return None


class _Problem(Exception):
    """What is wrong with a reply, and what to do about it."""


def _whole(response: HTTPResponse, most: int) -> Body:
    """Return the content to its end, unpacked.

    Raises:
        _Problem: It is too large, or packed in a way that we did not offer.
        EOFError: It is cut.
    """
    expected = response.length
    arrived = _Counted(response, most)
    unpacked = _unpacked(arrived, str(response.headers.get("Content-Encoding", "")))
    try:
        body = keep(iter(partial(_Counted(unpacked, most).read, _CHUNK), b""))
    except ConnectionResetError:  # too late to ask again: it had begun to answer
        raise EOFError from None
    if expected is not None and arrived.count < expected:
        raise EOFError
    return body


def _unpacked(arrived: _Counted, encoding: str) -> _Readable:
    if encoding.strip().lower() in _PLAIN:
        return arrived
    if encoding.strip().lower() in _ZIPPED:
        return gzip.GzipFile(fileobj=cast("IO[bytes]", arrived), mode="rb")  # it needs read() only
    raise _Problem("packs its answer in a way that we did not offer", "tell who runs it")


def _beginning(response: HTTPResponse) -> Body:
    """Return what a server says about its failure, as far as it comes."""
    try:
        return io.BytesIO(response.read(_EXPLAINED))
    except (OSError, HTTPException):
        return io.BytesIO()


class _Counted:
    """A reader that counts its bytes, and stops where there are too many."""

    def __init__(self, source: _Readable, most: int) -> None:
        self._source, self._most = source, most
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self.count += len(chunk)
        if self.count > self._most:
            raise _Problem(
                f"answers with more than {self._most / _MIB:g} MiB",
                "ask for less, or allow more (--memory)",
            )
        return chunk


def _explained(error: Exception, policy: Policy) -> tuple[str, str]:
    """Return what the network has done to us, and what to do."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, _Problem):
        problem, advice = cause.args
        return problem, advice
    if isinstance(cause, TimeoutError):
        if isinstance(error, URLError):  # before the request was sent
            door = f"lets nobody in within {policy.connect:g} s"
            return door, "check the address and the network"
        return f"says nothing for {policy.silence:g} s", "try again, or allow more (--timeout)"
    if isinstance(cause, EOFError | zlib.error | gzip.BadGzipFile | IncompleteRead):
        return "broke off in the middle of its answer", "ask again, or for less"
    if isinstance(cause, HTTPException | ValueError):
        return "answers with something else than HTTP", "check the address"
    if isinstance(cause, SSLError):
        return f"cannot be trusted ({cause.reason or cause})", "check the address"
    reason = cause.strerror if isinstance(cause, OSError) else cause
    return f"cannot be reached ({reason or cause})", "check the address and the network"


class _Watch(HTTPSHandler, HTTPHandler):
    """Makes connections that end when the time is over, whatever the server is doing."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self._exchange = exchange
        self._timers: list[threading.Timer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for timer in self._timers:
            timer.cancel()

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(self._made, _Plain), req)

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(self._made, _Secure), req)

    def _made(self, kind: type[_Plain], host: str, timeout: float) -> HTTPConnection:
        connection = kind(host, timeout=timeout)
        connection.connected = self.connected
        return connection

    def connected(self, line: socket.socket) -> None:
        """Bound the silence on a new connection, and its life."""
        left = self._exchange.deadline.left()
        if left == math.inf:
            line.settimeout(self._exchange.policy.silence)
            return
        line.settimeout(left)
        timer = threading.Timer(left, _hang_up, [line])
        timer.daemon = True
        timer.start()
        self._timers.append(timer)


def _hang_up(line: socket.socket) -> None:
    """End a connection under whoever reads from it, who then sees its end."""
    with suppress(OSError):  # it has ended meanwhile
        # Not that of TLS, which would first change what the reader is using.
        socket.socket.shutdown(line, socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    """A connection that tells when it is made, and asks to be told where an answer ends.

    Attributes:
        connected: Is told.
    """

    connected: Callable[[socket.socket], None]

    def connect(self) -> None:
        super().connect()
        self.connected(self.sock)

    def putheader(self, header: str | bytes, *values: str | bytes | int) -> None:  # type: ignore[override]
        # urllib says "close", and some servers then end an answer by hanging up, which looks like
        # a cut (RFC 9112 §6.3); the connection is closed after one answer all the same.
        super().putheader(header, *(("keep-alive",) if header == "Connection" else values))


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""
