"""The graph: named graphs in an embedded store, loaded, queried, handed over.

The default graph of every query is the union of the named graphs (DESIGN: graphs ``ontology``,
``vocab``, ``report``, ``territories``, ``links/…``, ``catalog``, ``inferred``).  Nothing here
knows a place, a shape or a stored query.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from . import sparql, terms
from .errors import CannotRun, UnknownName
from .formats import Format, by_name
from .sources import rdf, shipped

if TYPE_CHECKING:
    import rdflib

    from .sources.rdf import Source

__all__ = ["Graph", "QueryResult", "packaged"]

QueryResult: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class Graph:
    """Quads in memory, in named graphs.

    A fresh one is empty; `load` fills it.  Not safe to change while another thread reads it.
    """

    def __init__(self) -> None:
        self._store = ox.Store()

    def __len__(self) -> int:
        return len(self._store)

    def load(self, sources: Iterable[Source]) -> Graph:
        """Add the quads of sources, and return the graph itself.

        Raises:
            CannotRead, SourceSyntax: As told by `sources.rdf.load`; earlier sources stay loaded.
        """
        for source in sources:
            rdf.load(source, self._store)
        return self

    def extend(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads, in one transaction."""
        self._store.extend(quads)

    def replace(self, name: str, triples: Iterable[ox.Triple | ox.Quad]) -> None:
        """Make these triples the whole content of one named graph, given by its short name."""
        graph = ox.NamedNode(terms.graph(name))
        self._store.remove_graph(graph)
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)

    def names(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(g.value for g in self._store.named_graphs() if isinstance(g, ox.NamedNode))

    def quads(self, name: str | None = None) -> Iterator[ox.Quad]:
        """Yield the quads of one named graph (by its short name), or of all."""
        graph = None if name is None else ox.NamedNode(terms.graph(name))
        return self._store.quads_for_pattern(None, None, None, graph)

    def about(self, iri: str) -> Iterator[ox.Quad]:
        """Yield the quads whose subject is an IRI."""
        return self._store.quads_for_pattern(ox.NamedNode(iri), None, None, None)

    def having(self, predicate: str) -> Iterator[ox.Quad]:
        """Yield the quads of one predicate, given by its IRI."""
        return self._store.quads_for_pattern(None, ox.NamedNode(predicate), None, None)

    def query(
        self,
        text: str,
        *,
        without: Collection[str] = (),
        allow_service: bool = False,
    ) -> QueryResult:
        """Evaluate a SPARQL 1.1 query over the union of the named graphs.

        Args:
            text: The query.
            without: Short names of graphs to leave out, such as ``inferred``.
            allow_service: Whether ``SERVICE`` may call other servers.

        Raises:
            UnknownName: No graph to leave out has that name.
            ForbiddenQuery, QuerySyntax: See `sparql`.
            CannotRun: The evaluation failed, as a ``SERVICE`` call can.
        """
        sparql.judge(text, allow_service=allow_service)
        try:
            return self._store.query(text, **self._scope(without))  # type: ignore[arg-type]  # keywords of two kinds
        except SyntaxError as error:
            raise sparql.syntax_error(text, error) from None
        except (OSError, RuntimeError) as error:
            raise CannotRun(f"The query could not be evaluated: {error}.") from None

    def _scope(self, without: Collection[str]) -> dict[str, object]:
        """Return the arguments that make the default graph the union of what is asked."""
        if not without:
            return {"use_default_graph_as_union": True}
        known = {name.removeprefix(terms.graph("")) for name in self.names()} | {"inferred"}
        for name in without:
            if name not in known:
                raise UnknownName("named graph", name, known)
        left_out = {terms.graph(name) for name in without}
        kept = [ox.NamedNode(name) for name in self.names() if name not in left_out]
        return {"default_graph": kept, "named_graphs": kept}

    def to_rdflib(self) -> rdflib.Dataset:
        """Hand the quads over as an `rdflib.Dataset` with the same named graphs.

        Its default graph is the union, as it is here.
        """
        import rdflib  # a second: only for whoever asks

        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=rdf.write(self.quads(), by_name("nquads")), format="nquads")
        for prefix, namespace in terms.PREFIXES.items():
            dataset.bind(prefix, namespace)
        return dataset

    def serialized(self, name: str, format: Format) -> bytes:
        """Return one named graph, given by its short name, in an RDF format."""
        quads = sorted(self.quads(name), key=str)
        prefixes = rdf.used_prefixes(quads)
        if format.kind == "dataset":
            return rdf.write(quads, format, prefixes)
        return rdf.write([quad.triple for quad in quads], format, prefixes)


def packaged() -> Graph:
    """Return a new graph of everything that we ship: ontology, concept schemes, data."""
    return Graph().load([*shipped.ontology(), *shipped.vocabularies(), *shipped.data()])
