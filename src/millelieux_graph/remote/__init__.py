"""A SPARQL server, asked as a graph in this process is.

Servers differ in what their default graph is and in how long their answers may be; what comes back
from here is the whole answer over the graphs that were meant, or an error.  How a request travels
is decided in `transport`, how an answer is read in `replies`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from .. import __version__, sparql, terms
from ..errors import PartialResult, QueryRefused, RemoteFailed, UnknownName, UsageError
from ..results import Queryable
from ..sparql import UNLIMITED, Limits
from . import anatomy, credentials, replies
from .transport import POLICY, Deadline, Exchange, Policy, checked_address, shown

if TYPE_CHECKING:
    from urllib.request import Request

    from ..sparql import Found
    from .replies import Result

__all__ = ["Endpoint"]

_AGENT = f"millelieux-graph/{__version__} (+{terms.BASE})"

# Grouped: for DISTINCT, Virtuoso 7.2.5 takes seconds.
_NAMES = "SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_OURS = (
    f"ASK {{ {{ GRAPH <{terms.graph('ontology')}> {{ ?s ?p ?o }} }}"
    f" UNION {{ GRAPH <{terms.graph('report')}> {{ ?s ?p ?o }} }} }}"
)
_UNITED = "ASK { ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }"
_NOTHING = terms.graph("none")  # a graph that no server has, where every graph is left out

_VIRTUOSO = "http://www.openlinksw.com/schemas/virtrdf#"  # a graph that every Virtuoso has
_LEAST = 1_000  # rows; no server that we know of cuts shorter


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which graphs a query sees on this server.

    Attributes:
        names: The named graphs that make the default graph; None: the server's own choice.
    """

    names: tuple[str, ...] | None = None

    def parameters(self) -> list[tuple[str, str]]:
        """Return it as parameters of the SPARQL 1.1 protocol (§2.1.4)."""
        if self.names is None:
            return []
        graphs = self.names or (_NOTHING,)
        return [(k, g) for k in ("default-graph-uri", "named-graph-uri") for g in graphs]


class Endpoint(Queryable):
    """A SPARQL 1.1 server, by its address.

    Where it holds graphs of ours, the default graph of every query is their union, as in a
    `graph.Graph`; where it holds none, its default graph is what it says.  Which graphs there are
    is asked before the first query, once.

    Args:
        url: The address that takes queries: ``https://example.org/sparql``.
        policy: How it is asked.

    Raises:
        UsageError: The address is none, or holds a name or password.
        CannotRead: There is a netrc file that cannot be read.
    """

    def __init__(self, url: str, policy: Policy = POLICY) -> None:
        self.url = checked_address(url)
        self._policy = policy
        self._credentials = credentials.find(self.url)
        self._graphs: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"<Endpoint {shown(self.url)}>"

    def ask(
        self,
        text: str,
        *,
        without: Collection[str] = (),
        services: Collection[str] = (),
        limits: Limits = UNLIMITED,
    ) -> Found:
        """Evaluate a SPARQL 1.1 query on the server, as `Queryable.ask` tells.

        The limits are seconds for all that it takes, and bytes of the answer; `services` will be
        called by the server, not by us.

        Raises:
            QueryRefused: The server does not take the query.
            RemoteFailed: It cannot be reached, or gives no answer that can be read.
            PartialResult: It gives a part of the answer only.
        """
        sparql.judge(text, services=services)
        question = _Question(self._exchange(limits), self.url)
        return question.found(text, self._scope(question, text, frozenset(without)))

    def names(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return list(_Question(self._exchange(UNLIMITED), self.url).names())

    def _exchange(self, limits: Limits) -> Exchange:
        most = self._policy.size if limits.memory is None else limits.memory
        return Exchange(self._credentials, Deadline(limits.timeout), self._policy, most)

    def _scope(self, question: _Question, text: str, without: frozenset[str]) -> _Scope:
        """Return which graphs a query sees.

        Raises:
            UnknownName: No graph to leave out has that name.
            UsageError: This server loses rows when a graph is left out.
        """
        if self._graphs is None:
            self._graphs = question.graphs()
        ours = {name for name in self._graphs if name.startswith(terms.graph(""))}
        known = {name.removeprefix(terms.graph("")) for name in ours} | {"inferred"}
        for name in without - known:
            raise UnknownName("named graph", name, known)
        left_out = ours & {terms.graph(name) for name in without}
        if _VIRTUOSO in self._graphs:
            if left_out:
                raise _loses_rows(self.url)
            return _Scope()  # its default graph is the union of all its graphs
        if not ours or (not left_out and anatomy.dissect(text).dataset):
            return _Scope()  # the query says itself what it asks (SPARQL 1.1 §13.2)
        return _Scope(tuple(sorted(ours - left_out)))


def _loses_rows(url: str) -> UsageError:
    """Return why no graph is left out on a Virtuoso.

    However it is told so, it then misses solutions of repeating paths, and counts them alike.
    """
    return UsageError(
        f"{shown(url)} is a Virtuoso, which loses rows without a word when a graph is left out; "
        "load only the graphs that you want to ask, or ask another server."
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """The queries that one question of a user leads to, on one server and one account of time."""

    exchange: Exchange
    url: str

    def found(self, text: str, scope: _Scope) -> Found:
        """Return what a query finds, after making sure that it is whole."""
        result = self._result(text, anatomy.dissect(text).form, scope)
        # A Virtuoso says nothing where it cuts the solutions that triples are made from.
        silent = result.virtuoso and anatomy.solutions(text) is not None
        if result.cut or silent or _is_round(result.rows):
            self._recount(text, scope, result)
        return result.read()

    def names(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, sorted."""
        found = cast("ox.QuerySolutions", self.found(_NAMES, _Scope()))
        return tuple(sorted(row["g"].value for row in found if isinstance(row["g"], ox.NamedNode)))

    def graphs(self) -> tuple[str, ...]:
        """Return the named graphs of a server that has some of ours, or nothing.

        A server without them is not asked to list all that it may have.

        Raises:
            RemoteFailed: It has some, and cannot be asked for their union.
        """
        if not self.found(_OURS, _Scope()):
            return ()
        names = self.names()
        ours = tuple(name for name in names if name.startswith(terms.graph("")))
        if _VIRTUOSO not in names and not self.found(_UNITED, _Scope(ours)):
            raise RemoteFailed(
                shown(self.url),
                "does not let us choose the graphs of a query (default-graph-uri)",
                "let its default graph be the union of its named graphs",
            )
        return names

    def _result(self, text: str, form: str, scope: _Scope) -> Result:
        reply = self.exchange.send(self._request(text, form, scope))
        replies.check_status(reply, self.exchange.credentials)
        return replies.result(reply, form)

    def _request(self, text: str, form: str, scope: _Scope) -> Request:
        """Return the request that the SPARQL 1.1 protocol (§2.1.2) wants for a query."""
        from SPARQLWrapper import SPARQLWrapper

        wrapper = SPARQLWrapper(self.url, agent=_AGENT)
        # A form in the body of a POST: texts of any length, with their graphs beside them, which
        # every server understands; a text as the whole body is not understood by all.
        wrapper.setMethod("POST")
        wrapper.setRequestMethod("urlencoded")
        wrapper.setOnlyConneg(True)
        # Set, not parsed: its own parser would take hours for some texts.
        wrapper.queryString, wrapper.queryType = text, form
        for name, value in scope.parameters():
            wrapper.addParameter(name, value)
        wrapper.addCustomHttpHeader("Accept", replies.accepted(form))
        wrapper.addCustomHttpHeader("Accept-Encoding", "gzip")
        return wrapper._createRequest()  # noqa: SLF001  # query() would send it

    def _recount(self, text: str, scope: _Scope, result: Result) -> None:
        """Make sure that a result is whole, by asking how long it should be.

        Raises:
            PartialResult: It is not, or nobody can tell.
        """
        total, solutions = self._total(text, scope), anatomy.solutions(text)
        if solutions is not None:
            # The number of triples says little about that of the solutions they are made from.
            if total is not None and total < _LEAST:
                return
            result = self._result(solutions, "SELECT", scope)
        given, server = result.rows, shown(self.url)
        if total is not None and given < total:
            told = f"gives {given:,} of {total:,} {'rows' if solutions is None else 'solutions'}"
            raise PartialResult(server, told, rows=given, total=total)
        if total is None and (result.cut or solutions is None or not result.virtuoso):
            told = f"gives {given:,} rows, perhaps by a limit of its own, and cannot count them"
            raise PartialResult(server, told, rows=given)

    def _total(self, text: str, scope: _Scope) -> int | None:
        """Return how many rows, or solutions, a query has; None when that cannot be counted."""
        counting = anatomy.count(text)
        if counting is None:
            return None
        try:
            found = self._result(counting, "SELECT", scope).read()
        except (QueryRefused, RemoteFailed):
            return None
        return int(next(cast("ox.QuerySolutions", found))["n"].value)


def _is_round(rows: int) -> bool:
    """Tell whether a number looks like the limit of a server rather than the size of an answer."""
    return rows >= _LEAST and (rows % _LEAST == 0 or rows & (rows - 1) == 0)
