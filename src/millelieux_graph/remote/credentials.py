"""Who we are to a server: a token or a password, from the environment or from netrc.

A secret is never taken from a command line or an address, where other people's eyes and logs are.
It goes to the server that the user named and to no other, and never over plain HTTP to another
machine.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from http.client import HTTPResponse
from ipaddress import ip_address
from netrc import NetrcParseError, netrc
from urllib.parse import urlsplit
from urllib.request import (
    BaseHandler,
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
)

from ..errors import CannotRead, UsageError

__all__ = ["NETRC", "PASSWORD", "TOKEN", "USER", "Credentials", "find"]

USER = "MILLELIEUX_USER"
PASSWORD = "MILLELIEUX_PASSWORD"  # noqa: S105  # the name of a variable
NETRC = "NETRC"  # where other programs look for the name of the file too
TOKEN = "MILLELIEUX_TOKEN"  # noqa: S105  # the name of a variable


@dataclass(frozen=True, slots=True)
class Credentials:
    """What proves to one server who asks.

    Attributes:
        origin: Scheme, host and port of that server.
        found: Where they were found, for messages.
    """

    origin: str
    found: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def fit(self, url: str) -> bool:
        """Tell whether they may be sent to an address."""
        return _origin(url) == self.origin and _private(url)

    def sign(self, request: Request) -> list[BaseHandler]:
        """Add a token to a request; return what answers a server that asks for a password.

        A password waits until the server has said in which way it wants it, Digest (RFC 7616) or
        Basic (RFC 7617), so that it is not shown where a digest would do.
        """
        if not self.fit(request.full_url):
            return []
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")  # RFC 6750 §2.1
            return []
        return [_Answerer(self)]


def find(url: str) -> Credentials | None:
    """Return the credentials for the server of an address, or None.

    The variables `TOKEN`, then `USER` and `PASSWORD` are meant for whichever server is asked;
    netrc (the file that `NETRC` names, or the one at home) has an entry a host, and its entry
    ``default`` is not used.

    Raises:
        UsageError: A variable holds what cannot be sent, or a user is named without password.
        CannotRead: There is a netrc file that cannot be read.
    """
    token, user, password = (os.environ.get(name, "").strip() for name in (TOKEN, USER, PASSWORD))
    if token:
        return Credentials(_origin(url), TOKEN, token=_sendable(TOKEN, token))
    if user or password:
        if not (user and password):
            raise UsageError(f"{USER} and {PASSWORD} go together; set both, or neither.")
        return Credentials(_origin(url), USER, _sendable(USER, user), _sendable(PASSWORD, password))
    return _from_netrc(url)


def _from_netrc(url: str) -> Credentials | None:
    host = urlsplit(url).hostname or ""
    try:
        hosts = netrc(os.environ.get(NETRC) or None).hosts  # None: the one at home
    except FileNotFoundError:
        return None
    except (OSError, NetrcParseError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "msg", None) or "not text"
        raise CannotRead(f"The netrc file cannot be read: {reason}.") from None
    if host not in hosts:
        return None
    user, _, password = hosts[host]
    return Credentials(_origin(url), "the netrc file", user, password or "")


def _sendable(name: str, value: str) -> str:
    if not value.isprintable() or (name == TOKEN and not value.isascii()):
        raise UsageError(f"{name} holds a character that cannot be sent; set it anew.")
    return value


def _origin(url: str) -> str:
    address = urlsplit(url)
    port = address.port or {"http": 80, "https": 443}[address.scheme]
    return f"{address.scheme}://{address.hostname}:{port}"


def _private(url: str) -> bool:
    """Tell whether nobody on the way can read what is sent to an address."""
    address = urlsplit(url)
    if address.scheme == "https" or address.hostname == "localhost":
        return True
    try:
        return ip_address(address.hostname or "").is_loopback
    except ValueError:  # a name
        return False


class _Answerer(HTTPDigestAuthHandler):
    """Answers a server that asks for a password, by Digest where it offers that, else by Basic.

    It answers once: with a wrong password, a second answer would only help to lock the account.
    """

    def __init__(self, credentials: Credentials) -> None:
        known = HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, credentials.origin, credentials.user, credentials.password)
        super().__init__(known)
        self._basic = b64encode(f"{credentials.user}:{credentials.password}".encode()).decode()

    def http_response(self, request: Request, response: HTTPResponse) -> object:
        """Send the request again with an answer to the challenge, or hand on the response."""
        challenges = response.headers.get_all("WWW-Authenticate", [])
        asked = {challenge.split(" ")[0].lower(): challenge for challenge in challenges}
        if response.status != 401 or request.has_header("Authorization"):
            return response
        if "digest" in asked:
            return self.retry_http_digest_auth(request, asked["digest"]) or response
        if "basic" not in asked:
            return response
        request.add_unredirected_header("Authorization", f"Basic {self._basic}")
        return self.parent.open(request, timeout=request.timeout)

    https_response = http_response
