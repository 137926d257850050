"""What the text of a query may do, and what is wrong with it when it cannot be parsed.

Engines follow ``SERVICE`` over the network by default and none of them can be told not to, so the
text is judged before it is evaluated.  This module parses, and evaluates nothing but a query over
an empty store that can call nobody.
"""

from __future__ import annotations

import re

import pyoxigraph as ox

from .errors import ForbiddenQuery, QuerySyntax

__all__ = ["MAX_CHARACTERS", "judge", "syntax_error"]

MAX_CHARACTERS = 100_000
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
# §19.2: a code point may be written as an escape anywhere in a query.
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PROLOGUE = re.compile(r"(?:\s++|#[^\n\r]*+|(?:BASE|PREFIX\s*+\S*?:)\s*+<[^>]*+>)*+", re.IGNORECASE)
_UPDATE = re.compile(
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b", re.IGNORECASE
)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def judge(text: str, *, allow_service: bool = False) -> None:
    """Refuse a query text that would change data or call another server.

    Raises:
        ForbiddenQuery: It is an update (SPARQL 1.1 Update), holds a ``SERVICE`` clause while those
            are not allowed, is longer than `MAX_CHARACTERS`, or is no Unicode text.
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
    if not allow_service and _WORD.search(plain):
        _refuse_service(text, plain)


def _refuse_service(text: str, plain: str) -> None:
    # One letter for another: positions stay, and so does what is the same name and what is not.
    renamed = _WORD.sub(lambda word: ("X" if word[1] == "S" else "x") + word[0][1:], text)
    try:
        ox.Store().query(renamed)
    except RuntimeError:
        return  # a function that the engine lacks: it has read the text to its end
    except SyntaxError as error:
        if not _SERVICE.search(plain):
            raise syntax_error(text, error) from None
        raise ForbiddenQuery(
            "The query holds a SERVICE clause, which would call another server; "
            "remove it, or allow it (--allow-service, allow_service=True)."
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


def _end_of_prologue(text: str) -> int:
    match = _PROLOGUE.match(text)
    return match.end() if match else 0
