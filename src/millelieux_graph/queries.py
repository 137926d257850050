"""The stored queries: a catalogue of files, their typed parameters, and how any query is run.

A stored query is a SPARQL file that runs as it is in any client.  Its header, the lines that begin
with ``#+``, is TOML: the question in French and English, keywords, parameters, columns.
"""

from __future__ import annotations

import re
import threading
import tomllib
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from . import terms
from .errors import CannotRead, TimedOut, UnknownName, UsageError
from .results import Answer, snapshot
from .sources.shipped import shipped

if TYPE_CHECKING:
    from .graph import Graph

__all__ = ["Param", "Query", "bind", "catalogue", "find", "run"]

T = TypeVar("T")

# The engine recurses.  A text of `sparql.MAX_CHARACTERS` that only nests takes about 200 MiB of
# stack, and less would end the process; what is not touched takes no memory.
_STACK = 512 * 1024 * 1024

_EDTF = re.compile(r"\d{4}(-\d{2}){0,2}[~?%]?(/\d{4}(-\d{2}){0,2}[~?%]?)?", re.ASCII)
_PATTERN = re.compile(r"^WHERE \{$", re.MULTILINE)
_PREFIXES = "".join(f"PREFIX {p}: <{terms.PREFIXES[p]}>\n" for p in ("dcterms", "rdfs", "skos"))
_LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a stored query.

    Attributes:
        type: A class of the ontology (``ml:ThirdPlace``: the value is an instance's
            ``dcterms:identifier``), a concept scheme (``vocab:stance``: a ``skos:notation``),
            ``xsd:integer``, ``edtf`` or ``lang``.
        description: What it restricts, by language.
        default: The value that the query takes when none is given; empty: it restricts nothing.
    """

    type: str
    description: Mapping[str, str]
    default: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A stored query.

    Attributes:
        name: The name it is run by; also of its file.
        topic: The folder it lives in.
        text: The SPARQL, header included.
        question: What it answers, by language.
        params: Its parameters, by name.
        columns: The meaning of each column, in order.
        keywords: Words to find it by.
        level: ``contract`` when its columns are public API.
    """

    name: str
    topic: str
    text: str
    question: Mapping[str, str]
    params: Mapping[str, Param] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    level: str = ""


def catalogue() -> list[Query]:
    """Return every stored query, by topic and name."""
    return [_read(path) for path in sorted(shipped("queries").glob("*/*.rq"))]


def find(name: str) -> Query:
    """Return the stored query of this name.

    Raises:
        UnknownName: There is none; the text names the nearest.
    """
    files = {path.stem: path for path in shipped("queries").glob("*/*.rq")}
    if name not in files:
        raise UnknownName("stored query", name, files)
    return _read(files[name])


def run(
    graph: Graph,
    query: Query | str,
    params: Mapping[str, object] | None = None,
    *,
    without: Collection[str] = (),
    allow_service: bool = False,
    timeout: float | None = None,
) -> Answer:
    """Run a stored query, or any SPARQL 1.1 text, and return its whole answer.

    Args:
        graph: What to ask.
        query: A stored query, or the text of one.
        params: Values of the stored query's parameters, by name.
        without: Short names of graphs to leave out, such as ``inferred``.
        allow_service: Whether ``SERVICE`` may call other servers.
        timeout: Seconds after which to give up; None waits.

    Raises:
        UnknownName: A parameter or value does not exist.
        QuerySyntax, ForbiddenQuery: The text cannot or must not run.
        TimedOut: The time is over.
    """
    if isinstance(query, str) and params:
        raise UsageError(
            "Parameters belong to stored queries; write the values into the query text."
        )
    text = query if isinstance(query, str) else bind(graph, query, params or {})

    def evaluate() -> Answer:
        return snapshot(graph.query(text, without=without, allow_service=allow_service))

    return _within(timeout, evaluate)


def bind(graph: Graph, query: Query, params: Mapping[str, object]) -> str:
    """Return a stored query's text with values for its parameters, each checked against the graph.

    The values go in as RDF terms that the engine has written, in a ``VALUES`` block at the head of
    the query's pattern, so that no value can change what the query is.

    Raises:
        UnknownName: The query has no such parameter, or the graph no such value.
        UsageError: The value is not of the parameter's type.
    """
    for name in params:
        if name not in query.params:
            raise UnknownName(f"parameter of {query.name}", name, query.params)
    given = {name: str(value) for name, value in params.items() if value is not None}
    found = {n: _term(graph, n, query.params[n].type, v) for n, v in given.items()}
    if not found:
        return query.text
    variables, values = " ".join(f"?{name}" for name in found), " ".join(map(str, found.values()))
    block = f"WHERE {{\n    VALUES ({variables}) {{ ({values}) }}"
    return _PATTERN.sub(lambda _: block, query.text, count=1)


def _term(graph: Graph, name: str, type: str, value: str) -> ox.Literal:
    if type == "xsd:integer":
        return _integer(name, value)
    if type == "edtf":
        return _date(name, value)
    known = _LANGUAGES if type == "lang" else _codes(graph, type)
    if value not in known:
        raise UnknownName(f"value of parameter {name}", value, known)
    return ox.Literal(value)


def _integer(name: str, value: str) -> ox.Literal:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        raise UsageError(f"Parameter {name} takes a whole number, not {value!r}.")
    return ox.Literal(value, datatype=ox.NamedNode(terms.expand("xsd:integer")))


def _date(name: str, value: str) -> ox.Literal:
    if not _EDTF.fullmatch(value):
        raise UsageError(
            f"Parameter {name} takes an EDTF date such as 2014 or 2016-03, not {value!r}."
        )
    return ox.Literal(value, datatype=ox.NamedNode(terms.expand("edtf:EDTF")))


def _codes(graph: Graph, type: str) -> list[str]:
    """Return the codes that a type allows: identifiers of a class, or notations of a scheme."""
    if type.startswith("vocab:"):
        scheme = terms.VOCAB + type.removeprefix("vocab:")
        pattern = f"?thing skos:inScheme <{scheme}> ; skos:notation ?code"
    else:
        pattern = f"?thing a/rdfs:subClassOf* <{terms.expand(type)}> ; dcterms:identifier ?code"
    found = graph.query(f"{_PREFIXES}SELECT DISTINCT ?code WHERE {{ {pattern} }}")
    assert isinstance(found, ox.QuerySolutions)  # it is a SELECT
    return sorted(row["code"].value for row in found)


def _within(seconds: float | None, work: Callable[[], T]) -> T:
    """Run work in a thread with a deep stack, and leave it behind when the time is over.

    The engine has no timeout and cannot be interrupted, but it lets other threads run: the caller
    gets its sentence in time, and the thread dies with the process.
    """
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
    usual = threading.stack_size(_STACK)
    try:
        thread.start()
    finally:
        threading.stack_size(usual)
    thread.join(seconds)
    if thread.is_alive():
        raise TimedOut(
            f"The query took longer than {seconds:g} s; simplify it, or allow more (--timeout)."
        )
    if failure:
        raise failure[0]
    return outcome[0]


@cache
def _read(path: Path) -> Query:
    text = path.read_text(encoding="utf-8")
    header = "\n".join(line[3:] for line in text.splitlines() if line.startswith("#+ "))
    try:
        told = tomllib.loads(header)
    except tomllib.TOMLDecodeError as error:
        raise CannotRead(f"The header of {path} is not TOML: {error}.") from None
    return Query(
        name=path.stem,
        topic=path.parent.name,
        text=text,
        question=told.get("question", {}),
        params={
            name: Param(param["type"], param.get("description", {}), param.get("default", ""))
            for name, param in told.get("param", {}).items()
        },
        columns=told.get("columns", {}),
        keywords=tuple(told.get("keywords", ())),
        level=told.get("level", ""),
    )
