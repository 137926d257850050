"""The public handle: open a dataset, ask it, hand it over.

>>> import millelieux_graph as ml
>>> g = ml.open()
>>> g.query("impact-matrix", place="la-quincaillerie").columns
('place', 'impact', 'verdict', 'start', 'end')
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from . import queries
from .graph import Graph, packaged
from .sources import rdf, shipped

if TYPE_CHECKING:
    import rdflib

    from .results import Answer

__all__ = ["Dataset", "open"]


class Dataset:
    """A graph that answers stored and free queries.

    Attributes:
        graph: The named graphs behind it.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __len__(self) -> int:
        return len(self.graph)

    def __repr__(self) -> str:
        return f"<Dataset of {len(self)} quads in {len(self.graph.names())} named graphs>"

    def query(
        self,
        query: str,
        *,
        without: Collection[str] = (),
        allow_service: bool = False,
        timeout: float | None = None,
        **params: object,
    ) -> Answer:
        """Run a stored query by its name, or a SPARQL 1.1 text.

        Args:
            query: ``impact-matrix``, or ``SELECT …``, ``ASK …``, ``CONSTRUCT …``, ``DESCRIBE …``.
            without: Short names of graphs to leave out, such as ``inferred``.
            allow_service: Whether ``SERVICE`` may call other servers; never by default.
            timeout: Seconds after which to give up; None waits.
            params: Values of the stored query's parameters, such as ``place="la-quincaillerie"``.

        Returns:
            A `Table` (SELECT), a `Truth` (ASK) or `Triples` (CONSTRUCT, DESCRIBE).

        Raises:
            UnknownName: No stored query, parameter or value has that name.
            QuerySyntax, ForbiddenQuery: The text cannot or must not run.
            TimedOut: The time is over.
        """
        stored = re.fullmatch(r"[\w-]+", query) is not None
        return queries.run(
            self.graph,
            queries.find(query) if stored else query,
            params,
            without=without,
            allow_service=allow_service,
            timeout=timeout,
        )

    def to_rdflib(self) -> rdflib.Dataset:
        """Hand everything over as an `rdflib.Dataset` with the same named graphs."""
        return self.graph.to_rdflib()


def open(*paths: str | Path) -> Dataset:
    """Open the packaged graph, or RDF files and folders of your own.

    Your own files are read beside the ontology and the concept schemes, so that stored queries
    find their terms.  A release's N-Quads dump carries those already.

    Args:
        paths: Files, folders, ``-`` for standard input; nothing means the packaged graph.

    Raises:
        CannotRead: A path is missing, unreadable, without RDF, or too large.
        SourceSyntax: A file is not the RDF that its suffix promises.
    """
    if not paths:
        return Dataset(packaged())
    own = rdf.discover(paths)
    return Dataset(Graph().load([*shipped.ontology(), *shipped.vocabularies(), *own]))
