"""What the text of a query may do, and what is wrong with it when it cannot be parsed.

Engines follow ``SERVICE`` over the network by default and none of them can be told not to, so the
text is judged before it is evaluated.  This module parses, and evaluates nothing but a query over
an empty store that can call nobody.
"""

from __future__ import annotations

import re
import threading
import traceback
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias, TypedDict, TypeVar

import pyoxigraph as ox

from .errors import ForbiddenQuery, QuerySyntax

__all__ = [
    "MAX_CHARACTERS",
    "STACK",
    "UNLIMITED",
    "Conditions",
    "Found",
    "Limits",
    "deep",
    "judge",
    "syntax_error",
]

T = TypeVar("T")

# What an engine returns, to be read once.
Found: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]

MAX_CHARACTERS = 100_000
# The engine recurses.  A text of that length which only nests takes about 200 MiB of stack, and
# less would end the process; what is not touched takes no memory.
STACK = 512 * 1024 * 1024
_LONGEST_LOCATED = 10_000  # beyond, a second parser would take too long

# The engine's own parser is the judge of where a keyword is: when every "service" of a text is
# written otherwise and the text still parses, none of them was one.
_WORD = re.compile("(s)ervice", re.IGNORECASE)
# What does not parse then is either a SERVICE clause or no query at all; the form tells which
# sentence to say.  SPARQL 1.1 §19.8, rule [59]: SERVICE, an optional SILENT, a variable or IRI, a
# group.  All loops are possessive, names and comments are cut: no text makes the search slow.
_GAP = r"(?:\s|#[^\n\r]{0,2000}+)*+"
_NAME = r"(?:\\\S|[^\s{}#\\<])"
_SERVICE = re.compile(
    rf"SERVICE{_GAP}(?:SILENT)?{_GAP}"
    rf"(?:(?:<[^<>{{}}]*+>|{_NAME}{{1,2000}}+){_GAP}\{{|{_NAME}{{2000}})",
    re.IGNORECASE,
)
# A clause that may be let through.  It holds nothing that could begin or end a string, a comment or
# a line, so that taking it out of a text changes the reading of no other part.
_CALL = re.compile(
    r"SERVICE(\s*)(?:SILENT(\s*))?<(https?://[^<>\"'{}|^`\\#\s]*)>(\s*\{)", re.IGNORECASE
)
# §19.2: a code point may be written as an escape anywhere in a query.
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PROLOGUE = re.compile(r"(?:\s++|#[^\n\r]*+|(?:BASE|PREFIX\s*+\S*?:)\s*+<[^>]*+>)*+", re.IGNORECASE)
_UPDATE = re.compile(
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b", re.IGNORECASE
)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the evaluation of a query may cost; None: no limit.

    Attributes:
        timeout: Seconds.
        memory: Bytes, beyond what is there before it begins.
    """

    timeout: float | None = None
    memory: int | None = None


UNLIMITED = Limits()


class Conditions(TypedDict, total=False):
    """Under which conditions a query is evaluated; every room hands them on by these names.

    Attributes:
        without: Short names of graphs to leave out, such as ``inferred``.
        services: Hosts that ``SERVICE`` may call: ``query.example.org``, or with a port.
        limits: What the evaluation may cost.
    """

    without: Collection[str]
    services: Collection[str]
    limits: Limits


def judge(text: str, *, services: Collection[str] = ()) -> None:
    """Refuse a query text that would change data or call another server.

    Args:
        text: The query.
        services: Hosts that ``SERVICE`` may call: ``query.example.org``, or with a port.

    Raises:
        ForbiddenQuery: It is an update (SPARQL 1.1 Update), holds a ``SERVICE`` clause for a host
            that is not allowed, is longer than `MAX_CHARACTERS`, or is no Unicode text.
        QuerySyntax: It speaks of services and cannot be parsed.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ForbiddenQuery("The query is not Unicode text; save it as UTF-8.") from None
    if len(text) > MAX_CHARACTERS:
        raise ForbiddenQuery(f"The query is longer than {MAX_CHARACTERS} characters; shorten it.")
    plain = _ESCAPE.sub(_unescape, text)
    update = _UPDATE.match(plain, _end_of_prologue(plain))
    if update:
        raise ForbiddenQuery(
            f"{update[0].upper()} is an update; "
            "only queries (SELECT, ASK, CONSTRUCT, DESCRIBE) run here."
        )
    if _WORD.search(plain):
        allowed = _without_allowed(text, frozenset(services)) if services else text
        _refuse_service(allowed, plain)


def _without_allowed(text: str, services: Collection[str]) -> str:
    """Return a text in which each call to an allowed host has become a plain group."""
    from urllib.parse import urlsplit  # slow to import, and few allow a host

    def group(call: re.Match[str]) -> str:
        address = urlsplit(call[3])
        allowed = address.hostname in services or address.netloc in services
        return f"{call[1]}{call[2] or ''}{call[4]}" if allowed else call[0]

    return _CALL.sub(group, text)


def _refuse_service(text: str, plain: str) -> None:
    # One letter for another: positions stay, and so does what is the same name and what is not.
    renamed = _WORD.sub(lambda word: ("X" if word[1] == "S" else "x") + word[0][1:], text)

    def parse() -> None:
        ox.Store().query(renamed)

    try:
        deep(parse)
    except RuntimeError:
        return  # a function that the engine lacks: it has read the text to its end
    except SyntaxError as error:
        if not _SERVICE.search(plain):
            raise syntax_error(text, error) from None
        raise ForbiddenQuery(
            "The query holds a SERVICE clause, which would call another server; remove it, "
            "or write the address as <https://host/…> and allow the host "
            "(--allow-service HOST, services=[…])."
        ) from None


def syntax_error(text: str, error: SyntaxError) -> QuerySyntax:
    """Return the engine's syntax error as ours, with the line it points at.

    The engine tells how far any of its attempts went, which is often beyond the mistake; rdflib's
    parser, asked only now that there is one, stops where the text ceases to make sense.
    """
    match = _POSITION.match(error.msg or "")
    line, column = (int(match[1]), int(match[2])) if match else (1, 1)
    lines = text.split("\n")  # the engine counts no other line ends
    at_end = line > len(lines) or (line == len(lines) and column > len(lines[-1]))
    if "Prefix not found" in (error.msg or ""):
        reason = "a prefix is used that no PREFIX line declares"
    else:
        misread = _first_misread(text)
        if at_end and (misread is None or "}" not in _from(lines, *misread)):
            reason = "the query ends too early"
        else:
            line, column = misread or (line, column)
            reason = "the query cannot be understood from here on"
    shown = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    return QuerySyntax(reason, line, column, shown)


def _first_misread(text: str) -> tuple[int, int] | None:
    """Return line and column where rdflib's parser stops, or None when it has nothing to say."""
    if len(text) > _LONGEST_LOCATED or "\\u" in text.lower():
        return None  # too long to read twice, or with escapes, which it would count as one
    from pyparsing import ParseBaseException  # half a second: only for whoever mistyped
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parseQuery(text.replace("\t", " "))  # it would count a tab as many
    except ParseBaseException as error:
        return error.lineno, error.column
    except RecursionError:
        return None
    return None


def _from(lines: list[str], line: int, column: int) -> str:
    return "\n".join([lines[line - 1][column - 1 :], *lines[line:]])


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def deep(work: Callable[[], T]) -> T:
    """Do some work of the engine on a stack that is deep enough for any text that is let in."""
    outcome: list[T] = []
    failure: list[BaseException] = []

    def target() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001  # handed to the caller's thread, whatever it is
            # What the engine began in this thread must end in it, not where the error is shown.
            error.__context__ = None
            traceback.clear_frames(error.__traceback__)
            failure.append(error)

    thread = threading.Thread(target=target, daemon=True)
    usual = threading.stack_size(STACK)
    try:
        thread.start()
    finally:
        threading.stack_size(usual)
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def _end_of_prologue(text: str) -> int:
    match = _PROLOGUE.match(text)
    return match.end() if match else 0
