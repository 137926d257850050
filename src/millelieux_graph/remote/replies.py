"""What a server's reply says: results, read once to their end, or a failure.

Servers differ in how they cut an answer, and in how they say that something went wrong; some do
neither properly.  Nothing leaves here that is a part of an answer, as far as a reply shows it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from ..errors import PartialResult, QueryRefused, RemoteFailed
from ..formats import by_name
from ..layout import one_line
from . import credentials
from .transport import keep, shown

if TYPE_CHECKING:
    from ..sparql import Found
    from .credentials import Credentials
    from .transport import Body, Reply

__all__ = ["Result", "accepted", "check_status", "result"]

_GRAPHS = ("CONSTRUCT", "DESCRIBE")
# RFC 9110 §12.5.1: what we can read, what we like best first.
_TABLES = f"{by_name('json').media_type}, {by_name('xml').media_type};q=0.5"
_TRIPLES = f"{by_name('ntriples').media_type}, {by_name('turtle').media_type};q=0.5"

_CUT = "X-SPARQL-MaxRows"  # Virtuoso says so where it has cut a table, and nowhere else
_INTERRUPTED = "S1TAT"  # its state when its own time was over and it gives what it has
_ASKED = "__ASK_RETVAL"  # its only column when it was asked for yes or no
# Its labels of blank nodes are IRIs, which no other engine takes for labels.  Within a string the
# inner quotes would be escaped, so this matches nothing else.
_NODE = re.compile(rb'("type":\s*"bnode",\s*"value":\s*")nodeID://')

_SAID = 300  # characters of what a server says about its failure
_ENDED = 60  # characters of the end of a broken answer
_ADDRESS = "check the address, which often ends in /sparql or /query"
_ADVICE = {
    403: "ask who runs it",
    404: _ADDRESS,
    405: f"{_ADDRESS} and must take queries by POST",
    413: "shorten the query",
    429: "ask again later",
    503: "ask again later, or for less",
    504: "ask again later, or for less",
}
_OTHER_ADVICE = "simplify the query, or tell who runs it"


def accepted(form: str) -> str:
    """Return the media types that we can read as the answer to a query of a form."""
    return _TRIPLES if form in _GRAPHS else _TABLES


@dataclass(frozen=True, slots=True)
class Result:
    """The results that a server has sent, read once to their end.

    Attributes:
        read: Returns them from their beginning, to be read once.
        rows: How many rows or triples there are; 1 for yes or no.
        virtuoso: Whether a Virtuoso says that it has sent them.
        cut: Whether it says that it has cut them.
    """

    read: Callable[[], Found]
    rows: int
    virtuoso: bool
    cut: bool


def result(reply: Reply, form: str) -> Result:
    """Return the results in a reply.

    Raises:
        RemoteFailed: It holds something else, or breaks off.
    """
    read = partial(_read, _format(reply, form), form, reply.url)
    body = reply.body
    try:
        try:
            rows = _length(read(body))
        except SyntaxError:
            body = _mended(body)
            rows = _length(read(body))
    except (SyntaxError, ValueError):
        raise RemoteFailed(
            shown(reply.url),
            f"breaks off its answer, or garbles it; it ends in “{_tail(body)}”",
            "ask again, or for less",
            status=reply.status,
        ) from None
    virtuoso = "Virtuoso" in str(reply.headers.get("Server", ""))
    return Result(partial(read, body), rows, virtuoso, _CUT in reply.headers)


def _format(reply: Reply, form: str) -> ox.RdfFormat | ox.QueryResultsFormat:
    """Return the format of a reply, if it is one that we have asked for.

    Raises:
        RemoteFailed: It is not, or its end cannot be told from a cut.
    """
    server, told = shown(reply.url), reply.media_type
    if form in _GRAPHS:
        triples = ox.RdfFormat.from_media_type(told)
        if triples in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE):
            if not reply.framed:  # lines may end anywhere
                problem = "does not say where its answer ends, so it may be cut"
                raise RemoteFailed(server, problem, "ask for a table, whose end shows", status=200)
            return triples
    else:
        table = ox.QueryResultsFormat.from_media_type(told)
        if table in (ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML):
            return table
    what = "a web page" if told == "text/html" else f"{told or 'something without a type'}"
    raise RemoteFailed(server, f"answers with {what}, not with results", _ADDRESS, status=200)


def _read(format: ox.RdfFormat | ox.QueryResultsFormat, form: str, url: str, body: Body) -> Found:
    """Return what a body holds, to be read once.

    Raises:
        SyntaxError: It does not keep to its format.
        ValueError: It is cut, or no answer to a query of this form.
    """
    body.seek(0)
    if isinstance(format, ox.RdfFormat):
        return (quad.triple for quad in ox.parse(cast("IO[bytes]", body), format, base_iri=url))
    if format == ox.QueryResultsFormat.XML and not _tail(body).endswith("</sparql>"):
        raise ValueError  # the engine would take any number of whole rows for all of them
    found = ox.parse_query_results(cast("IO[bytes]", body), format)
    if form == "ASK" and isinstance(found, ox.QuerySolutions):
        found = _truth(found)
    if form and isinstance(found, ox.QueryBoolean) != (form == "ASK"):
        raise ValueError
    return found


def _truth(found: ox.QuerySolutions) -> ox.QueryBoolean:
    """Return the yes or no that Virtuoso has put into a table."""
    told = [str(row[0].value) for row in found if [v.value for v in found.variables] == [_ASKED]]
    if told not in ([], ["0"], ["1"]):  # no row is its no, too
        raise ValueError
    word = "true" if told == ["1"] else "false"
    truth = ox.parse_query_results(f'{{"head":{{}},"boolean":{word}}}', ox.QueryResultsFormat.JSON)
    return cast("ox.QueryBoolean", truth)


def _length(found: Found) -> int:
    return 1 if isinstance(found, ox.QueryBoolean) else sum(1 for _ in found)


def _mended(body: Body) -> Body:
    """Return results in JSON whose blank nodes have labels that are some."""
    body.seek(0)
    return keep(_NODE.sub(rb"\1", line) for line in iter(body.readline, b""))


def _tail(body: Body) -> str:
    """Return the last characters of a body."""
    body.seek(0, os.SEEK_END)
    size = body.tell()
    body.seek(max(0, size - _ENDED))
    return one_line(body.read().decode(errors="replace"))


def check_status(reply: Reply, known: Credentials | None) -> None:
    """Refuse a reply that is no success, with what the server says about it.

    Raises:
        QueryRefused: The server does not take the query.
        PartialResult: It has given up on the way.
        RemoteFailed: It fails otherwise.
    """
    status, server = reply.status, shown(reply.url)
    interrupted = reply.headers.get("X-SQL-State") == _INTERRUPTED
    if status == 200 and not interrupted:
        return
    if status in (200, 206):
        raise PartialResult(server, "was interrupted, and gives the rows that it had until then")
    if status == 400:
        raise QueryRefused(server, _said(reply))
    said = _said(reply)
    problem = f"answers {status}: {said}" if said else f"answers {status}"
    advice = _who(reply, known) if status == 401 else _ADVICE.get(status, _OTHER_ADVICE)
    raise RemoteFailed(server, problem, advice, status=status)


def _who(reply: Reply, known: Credentials | None) -> str:
    """Return what to do about a server that wants to know who asks."""
    if known is None:
        user, password, token = credentials.USER, credentials.PASSWORD, credentials.TOKEN
        return f"set {user} and {password}, or {token}, or name it in your netrc file"
    if not known.fit(reply.url):
        return "ask it by https: nothing secret is sent to another machine in the clear"
    return f"mend what {known.found} says"


def _said(reply: Reply) -> str:
    """Return what a server says about its failure, on a line; nothing where it is a page."""
    text = reply.body.read().decode(errors="replace")
    if "json" in reply.media_type:
        text = _detail(text)
    elif reply.media_type != "text/plain":
        return ""
    first = one_line(text.strip().partition("\n\n")[0])
    return first if len(first) <= _SAID else f"{first[:_SAID]}…"


def _detail(text: str) -> str:
    """Return the sentence in an error that is told as JSON (RFC 9457, and before it)."""
    with suppress(ValueError):
        told = json.loads(text)
        if isinstance(told, dict):
            words = (told.get(key) for key in ("detail", "message", "exception", "title"))
            return next((word for word in words if isinstance(word, str)), "")
    return ""
