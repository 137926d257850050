"""The public handle: open a dataset, ask it, hand it over.

>>> import millelieux_graph as ml
>>> g = ml.open()
>>> g.query("impact-matrix", place="la-quincaillerie").columns
('place', 'impact', 'verdict', 'start', 'end')
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import queries, terms
from .errors import NotConforming, UsageError
from .graph import Graph, packaged, stored
from .queries import Window
from .results import Table
from .sources import rdf, shipped
from .sparql import Limits
from .values import plain

if TYPE_CHECKING:
    import rdflib

    from .errors import Finding
    from .infer import Regime
    from .results import Answer, Queryable

__all__ = ["Dataset", "open"]

_SHOWN = 5  # contradictions that a refusal quotes
_SIZES = """
SELECT ?graph (COUNT(*) AS ?quads)
WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph
"""


class Dataset:
    """What answers stored and free queries: a graph in this process, or a server.

    Attributes:
        source: What is asked.
        without: Short names of graphs that every query leaves out.
    """

    def __init__(self, source: Queryable, without: Collection[str] = ()) -> None:
        self.source = source
        self.without = frozenset(without)

    def __len__(self) -> int:
        return len(self.graph)

    def __repr__(self) -> str:
        if isinstance(self.source, Graph):
            return f"<Dataset of {len(self)} quads in {len(self.graph.names())} named graphs>"
        return f"<Dataset of {self.source!r}>"

    def _repr_html_(self) -> str:
        if not isinstance(self.source, Graph):
            return f"<p>{escape(repr(self))}</p>"
        found = self.source.answer(_SIZES)
        assert isinstance(found, Table)  # it is a SELECT
        names = [plain(graph).removeprefix(terms.graph("")) for graph, _ in found.terms]
        sizes = zip(names, (size for _, size in found.terms), strict=True)
        kept = [(ox.Literal(name), size) for name, size in sizes if name not in self.without]
        table = Table(found.columns, kept)
        table.question = "Named graphs"
        return table._repr_html_()

    @property
    def graph(self) -> Graph:
        """The named graphs in this process.

        Raises:
            UsageError: A server has them.
        """
        if not isinstance(self.source, Graph):
            raise UsageError(
                f"{self.source!r} is asked where it is; open its dump to have it here."
            )
        return self.source

    def query(  # noqa: PLR0913  # the one door to all of it; each keyword is a word of the shell too
        self,
        query: str,
        *,
        lang: str = "fr",
        limit: int | None = None,
        offset: int = 0,
        without: Collection[str] = (),
        services: Collection[str] = (),
        timeout: float | None = None,
        memory: int | None = None,
        **params: object,
    ) -> Answer:
        """Run a stored query by its name, or a SPARQL 1.1 text.

        Args:
            query: ``impact-matrix``, or ``SELECT …``, ``ASK …``, ``CONSTRUCT …``, ``DESCRIBE …``.
            lang: Language of labels, ``fr`` or ``en``.
            limit: How many rows of a stored query at most; None: all.
            offset: How many rows of a stored query to pass over.
            without: Short names of graphs to leave out, such as ``inferred``.
            services: Hosts that ``SERVICE`` may call; none by default.
            timeout: Seconds after which the evaluation is stopped; None waits.
            memory: MiB that the evaluation may take; None: what there is.
            params: Values of the stored query's parameters: ``place="la-quincaillerie"``, or its
                IRI, a CURIE, or any of its names.

        Returns:
            A `Table` (SELECT), a `Truth` (ASK) or `Triples` (CONSTRUCT, DESCRIBE).

        Raises:
            UnknownName: No stored query, parameter or value has that name.
            QuerySyntax, ForbiddenQuery: The text cannot or must not run.
            TimedOut, CannotRun: It costs more than allowed, or cannot be evaluated.
        """
        return queries.run(
            self.source,
            queries.find(query) if _is_name(query) else query,
            params,
            Window(limit, offset),
            lang=lang,
            without=self.without | set(without),
            services=services,
            limits=_limits(timeout, memory),
        )

    def explain(
        self,
        query: str,
        *,
        without: Collection[str] = (),
        services: Collection[str] = (),
        timeout: float | None = None,
        memory: int | None = None,
    ) -> list[Finding]:
        """Tell what is wrong with a query, and why it finds nothing.

        Args:
            query: A SPARQL 1.1 text, or the name of a stored query.
            without: Short names of graphs to leave out, such as ``inferred``.
            services: Hosts that ``SERVICE`` may name; none is called.
            timeout: Seconds after which to stop; what is known by then is told.
            memory: MiB that an evaluation may take; None: what there is.

        Returns:
            A finding a mistake, in the order of the text; none when nothing is wrong.

        Raises:
            ForbiddenQuery, UsageError, TimedOut, CannotRun: As told by `explain.explain`.
        """
        from .explain import explain  # only for whoever asks

        return explain(
            self.source,
            queries.find(query).text if _is_name(query) else query,
            without=self.without | set(without),
            services=services,
            limits=_limits(timeout, memory),
        )

    def to_rdflib(self) -> rdflib.Dataset:
        """Hand everything over as an `rdflib.Dataset` with the same named graphs."""
        return self.graph.to_rdflib()


def _is_name(query: str) -> bool:
    """Whether a text is the name of a stored query, which no query is."""
    return re.fullmatch(r"[\w-]+", query) is not None


def _limits(timeout: float | None, memory: int | None) -> Limits:
    return Limits(timeout, None if memory is None else memory * 1024 * 1024)


def open(*paths: str | Path, entailment: Regime | None = None) -> Dataset:
    """Open the packaged graph, RDF files and folders of your own, a stored graph, or a server.

    Your own files are read beside the ontology and the concept schemes, so that stored queries
    find their terms.  A release's N-Quads dump carries those already.

    Args:
        paths: Files, folders, ``-`` for standard input; or one folder that ``millelieux load``
            made, which is asked on the disk; or the address of one SPARQL endpoint; nothing means
            the packaged graph.
        entailment: What follows from the graph too: ``rdfs`` or ``owl-rl``, inferred now; ``none``
            leaves out what was inferred before.  By default the graph is as it was shipped: the
            packaged one without inference, a release's dump with that of ``owl-rl``.

    Raises:
        CannotRead: A path is missing, unreadable, without RDF, or too large.
        SourceSyntax: A file is not the RDF that its suffix promises.
        UsageError: The address is none, or there is no inferring where the graph lies.
        NotConforming: Something is to follow from a graph that contradicts itself.
    """
    source = _opened(paths)
    if entailment is None:
        return Dataset(source)
    if entailment == "none":
        return Dataset(source, without=["inferred"])
    return Dataset(_entailed(source, entailment))


def _opened(paths: Sequence[str | Path]) -> Queryable:
    if not paths:
        return packaged()
    if len(paths) == 1 and str(paths[0]).startswith(("http://", "https://")):
        from .remote import Endpoint  # only for whoever asks afar

        return Endpoint(str(paths[0]))
    if len(paths) == 1 and stored(Path(paths[0])):
        return Graph.on_disk(Path(paths[0]))
    own = rdf.discover(paths)
    return Graph().load([*shipped.ontology(), *shipped.vocabularies(), *own])


def _entailed(source: Queryable, regime: Regime) -> Graph:
    """Return a graph with what follows from it."""
    from .infer import infer  # only for whoever wants more than is said

    if not isinstance(source, Graph) or source.fixed:
        raise UsageError(
            f"What follows ({regime}) is inferred into a graph in memory; "
            "open files instead, or infer when you make the store (millelieux load --entailment)."
        )
    found = infer(source, regime).clashes
    if found:
        first = "\n".join(map(str, found[:_SHOWN]))
        raise NotConforming(f"The graph contradicts itself in {len(found)} ways:\n{first}")
    return source
