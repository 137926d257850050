"""What can go wrong, in one tree, and what a check can find.

An exception means that we cannot go on; a `Finding` is a fact about the data, collected and
reported.  The tree is grouped by what the caller can do about it, and `cli` turns the groups into
exit codes:

    MillelieuxError
    ├── UsageError             2  ask differently
    │   ├── UnknownName            a query, a parameter, a value or a thing that does not exist
    │   ├── QuerySyntax            the SPARQL text cannot be parsed
    │   ├── NoPicture              a result that the wanted picture cannot show
    │   ├── QueryRefused           a server does not take the SPARQL text
    │   └── ForbiddenQuery         an update, or a query that would leave this machine
    ├── NotConforming          1  data that must pass the check before this step, and does not
    └── CannotRun              3  something outside the request is missing or broken
        ├── CannotRead             a path, a size limit, an encoding
        ├── SourceSyntax           RDF that cannot be parsed
        ├── WrongEdition           the report is not the edition that the positions refer to
        ├── CannotWrite            the output folder is not ours, the disk is full
        ├── MissingExtra           a library that only some need is not installed
        ├── TimedOut               the query took longer than allowed
        └── RemoteFailed           a server cannot be reached, or does not answer as it should
            └── PartialResult          a server gave a part of an answer for the whole
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "CannotRead",
    "CannotRun",
    "CannotWrite",
    "Finding",
    "ForbiddenQuery",
    "MillelieuxError",
    "MissingExtra",
    "NoPicture",
    "NotConforming",
    "PartialResult",
    "QueryRefused",
    "QuerySyntax",
    "RemoteFailed",
    "SourceSyntax",
    "TimedOut",
    "UnknownName",
    "UsageError",
    "WrongEdition",
    "closest",
]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong with the data.

    Attributes:
        rule: The shape, hygiene rule or source contract that objects, as a CURIE or a name.
        where: The IRI concerned, or a file and line.
        problem: One sentence: what is wrong and what to do.
    """

    rule: str
    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem} [{self.rule}]"


class MillelieuxError(Exception):
    """The root of the tree; its text says what, where, and what to do next."""


class UsageError(MillelieuxError):
    """The request cannot be met as it was put."""


class UnknownName(UsageError):
    """A name that nothing bears; the text names the nearest ones that exist.

    Args:
        kind: What was looked up, with its article: "stored query", "value of place".
        name: The name that was given.
        known: Every name that would have been right.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.closest = closest(name, known)
        hint = f" Nearest: {', '.join(self.closest)}." if self.closest else " There are none."
        super().__init__(f"Unknown {kind} {name!r}.{hint}")


class QuerySyntax(UsageError):
    """A SPARQL text that cannot be parsed.

    Attributes:
        reason: What is wrong there.
        line: Line of the error, from 1.
        column: Column of the error in code points, from 1.
    """

    def __init__(self, reason: str, line: int, column: int, source_line: str) -> None:
        self.reason, self.line, self.column = reason, line, column
        indent = "".join(
            "\t" if c == "\t" else " " for c in source_line[: column - 1].ljust(column - 1)
        )
        pointer = f"\n  {source_line}\n  {indent}^" if source_line else ""
        super().__init__(f"Query syntax, line {line}, column {column}: {reason}.{pointer}")


class QueryRefused(UsageError):
    """A SPARQL text that a server does not take; the text holds what the server says about it.

    Attributes:
        endpoint: The address of the server.
    """

    def __init__(self, endpoint: str, said: str) -> None:
        self.endpoint = endpoint
        super().__init__(f"{endpoint} refuses the query: {said or 'it does not say why'}")


class NoPicture(UsageError):
    """A result whose columns are not those that a picture needs.

    Args:
        columns: The columns of the result.
        needs: Every kind of picture with the columns that it needs.
        kind: The kind that was asked for; empty: any.
    """

    def __init__(
        self, columns: Sequence[str], needs: Iterable[tuple[str, Sequence[str]]], kind: str = ""
    ) -> None:
        said = "; ".join(f"{name} needs {', '.join(needed)}" for name, needed in needs)
        super().__init__(
            f"No {kind or 'picture'} can be drawn from the columns {', '.join(columns)}: {said}. "
            "Name the columns so (AS ?label), or choose a table."
        )


class ForbiddenQuery(UsageError):
    """A query that would change data or call another server."""


class CannotRun(MillelieuxError):
    """Something that the request needs is missing, broken or refused."""


class CannotRead(CannotRun):
    """A file or folder that cannot be read, or is larger than the stated limit."""


class SourceSyntax(CannotRun):
    """RDF that cannot be parsed.

    Attributes:
        where: The file, or ``<stdin>``.
        line: Line of the error, from 1.
        column: Column of the error, from 1.
        reason: What the parser expected or met.
    """

    def __init__(self, where: str, line: int, column: int, reason: str) -> None:
        self.where, self.line, self.column, self.reason = where, line, column, reason
        super().__init__(f"{where}:{line}:{column}: {reason}")


class WrongEdition(CannotRun):
    """A text that is not the edition of the source document that positions refer to."""


class NotConforming(MillelieuxError):
    """Data that must pass the check before this step, and does not."""


class CannotWrite(CannotRun):
    """An output that must not be touched or cannot be written."""


class MissingExtra(CannotRun):
    """A library that only some need, and that is not installed.

    Args:
        library: Its name.
        extra: The extra of ours that installs it.
    """

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(
            f"{library} is not installed; type: pip install 'millelieux-graph[{extra}]'"
        )


class TimedOut(CannotRun):
    """A query that was stopped at its time limit."""


class RemoteFailed(CannotRun):
    """A server that cannot be reached, refuses, or answers with something else than results.

    Attributes:
        endpoint: The address of the server.
        status: The HTTP status that it answered with; None when it did not answer.
    """

    def __init__(
        self, endpoint: str, problem: str, advice: str, *, status: int | None = None
    ) -> None:
        self.endpoint, self.status = endpoint, status
        super().__init__(f"{endpoint} {problem}; {advice}.")


class PartialResult(RemoteFailed):
    """A server that gave a part of an answer as if it were the whole.

    Attributes:
        rows: How many rows, or solutions, it gave; None when nobody knows.
        total: How many there are; None when nobody knows.
    """

    def __init__(
        self, endpoint: str, problem: str, *, rows: int | None = None, total: int | None = None
    ) -> None:
        self.rows, self.total = rows, total
        advice = "ask for it in parts, with ORDER BY, LIMIT and OFFSET, or for less"
        super().__init__(endpoint, problem, advice, status=200)


def closest(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names near to `name`; all of them when they are few."""
    from difflib import get_close_matches  # only for whoever mistyped

    known = list(known)
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    if near:
        return near
    held = sorted(k for k in known if name and (name in k or k in name))
    return held[:3] or (sorted(known) if len(known) <= 6 else sorted(known)[:3])
