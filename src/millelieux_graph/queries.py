"""The stored queries: a catalogue of files, their typed parameters, and how any query is run.

A stored query is a SPARQL file that runs as it is in any client.  Its header, the lines that begin
with ``#+``, is TOML: the question in French and English, keywords, parameters, columns.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CannotRead, UnknownName, UsageError
from .labels import Labels
from .parameters import Param, bind
from .results import Answer, Table, snapshot
from .sources.shipped import shipped

if TYPE_CHECKING:
    from typing import Unpack

    from .results import Queryable
    from .sparql import Conditions, Found

__all__ = ["WHOLE", "Query", "Window", "ask", "catalogue", "find", "run", "spoken"]

_HEADER = re.compile(r"^#\+ (.*\n)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a stored query: so many, after so many.

    Attributes:
        limit: How many at most; None: all.
        offset: How many to pass over.
    """

    limit: int | None = None
    offset: int = 0

    def clause(self) -> str:
        """Return the end of a SPARQL query that says so.

        Raises:
            UsageError: A number is negative, or none.
        """
        if self.offset < 0 or (self.limit is not None and self.limit < 0):
            raise UsageError("Limit and offset are whole numbers from 0 on.")
        limit = "" if self.limit is None else f"\nLIMIT {self.limit:d}"
        return f"{limit}\nOFFSET {self.offset:d}" if self.offset else limit


WHOLE = Window()


@dataclass(frozen=True)
class Query:
    """A stored query.

    Attributes:
        name: The name it is run by; also of its file.
        topic: The folder it lives in.
        text: The file: header and SPARQL.
        question: What it answers, by language.
        params: Its parameters, by name.
        columns: The meaning of each column, in order.
        keywords: Words to find it by.
        level: ``contract`` when its columns are public API; else ``basic``, ``intermediate`` or
            ``advanced``.
        picture: The kind of picture that shows its answer best; empty: none.
    """

    name: str
    topic: str
    text: str
    question: Mapping[str, str]
    params: Mapping[str, Param] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    level: str = ""
    picture: str = ""

    @cached_property
    def sparql(self) -> str:
        """The SPARQL without the header."""
        return _HEADER.sub("", self.text).lstrip()


def catalogue() -> list[Query]:
    """Return every stored query, by topic and name."""
    return [_read(path) for path in _files().values()]


def find(name: str) -> Query:
    """Return the stored query of this name.

    Raises:
        UnknownName: There is none; the text names the nearest.
    """
    if name not in _files():
        raise UnknownName("stored query", name, _files())
    return _read(_files()[name])


def ask(
    source: Queryable,
    query: Query | str,
    params: Mapping[str, object] | None = None,
    window: Window = WHOLE,
    **conditions: Unpack[Conditions],
) -> Found:
    """Ask a stored query, or any SPARQL 1.1 text, and return what it yields, to be read once.

    Args:
        source: What to ask.
        query: A stored query, or the text of one.
        params: Values of the stored query's parameters, by name.
        window: Which of the stored query's rows.
        conditions: Under which it is evaluated, see `sparql.Conditions`.

    Raises:
        UnknownName: A parameter or value does not exist.
        QuerySyntax, ForbiddenQuery: The text cannot or must not run.
        TimedOut, CannotRun: It costs more than allowed, or cannot be evaluated.
    """
    if isinstance(query, Query):
        return source.ask(_bound(source, query, params or {}) + window.clause(), **conditions)
    if params or window != WHOLE:
        raise UsageError(
            "Parameters, limit and offset belong to stored queries; write them into the query text."
        )
    return source.ask(query, **conditions)


def run(
    source: Queryable,
    query: Query | str,
    params: Mapping[str, object] | None = None,
    window: Window = WHOLE,
    *,
    lang: str = "fr",
    **conditions: Unpack[Conditions],
) -> Answer:
    """Return the whole answer to a stored query, or to any SPARQL 1.1 text.

    Args:
        source: What to ask.
        query: A stored query, or the text of one.
        params: Values of the stored query's parameters, by name.
        window: Which of the stored query's rows.
        lang: The language of labels: of those that the query selects, where it has a parameter
            ``lang``, and of those that are shown beside IRIs and in pictures.
        conditions: Under which it is evaluated, see `sparql.Conditions`.

    Raises:
        UnknownName, UsageError, QuerySyntax, ForbiddenQuery, TimedOut, CannotRun: As `ask`.
    """
    told = spoken(query, params or {}, lang)
    answer = snapshot(ask(source, query, told, window, **conditions))
    if isinstance(answer, Table):
        typed = query.params if isinstance(query, Query) else {}
        spoken_in = str(told.get("lang") or lang)
        answer.labels = Labels(source, spoken_in, typed, conditions.get("without", ()))
        if isinstance(query, Query):
            answer.question = query.question.get(spoken_in, "")
            answer.meanings = query.columns
            answer.picture = query.picture
    return answer


def _bound(source: Queryable, query: Query, params: Mapping[str, object]) -> str:
    for name in params:
        if name not in query.params:
            raise UnknownName(f"parameter of {query.name}", name, query.params)
    return bind(source, query.sparql, query.params, params)


def spoken(query: Query | str, params: Mapping[str, object], lang: str) -> dict[str, object]:
    """Return parameters with a language, where the query takes one that it would not take alone."""
    takes = query.params.get("lang") if isinstance(query, Query) else None
    if takes is None or takes.default == lang or params.get("lang") is not None:
        return dict(params)
    return {**params, "lang": lang}


@cache
def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted(shipped("queries").glob("*/*.rq"))}


@cache
def _read(path: Path) -> Query:
    text = path.read_text(encoding="utf-8")
    header = "".join(_HEADER.findall(text))
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
        picture=told.get("picture", ""),
    )
