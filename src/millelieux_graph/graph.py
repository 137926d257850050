"""The graph: named graphs in an embedded store, loaded, queried, handed over.

The default graph of every query is the union of the named graphs (DESIGN: graphs ``ontology``,
``vocab``, ``report``, ``territories``, ``links/…``, ``catalog``, ``inferred``).  Nothing here
knows a place, a shape or a stored query.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import sparql, terms, worker
from .errors import CannotRead, CannotRun, CannotWrite, UnknownName
from .formats import Format, by_name
from .results import Queryable
from .sources import rdf, shipped
from .sparql import UNLIMITED, Found, Limits

if TYPE_CHECKING:
    import rdflib

    from .sources.rdf import Source

__all__ = ["Graph", "packaged", "store", "stored"]

_STORE_MARK = "CURRENT"  # the file by which RocksDB knows its folder

# A text of this length does not nest deeper than the usual stack of 8 MiB (see `worker`).
_SHALLOW = 2_000


class Graph(Queryable):
    """Quads in named graphs, in memory unless made by `on_disk`.

    A fresh one is empty; `load` fills it.  Not safe to change while another thread reads it.

    Attributes:
        fixed: Whether it can be read only.
    """

    def __init__(self, store: ox.Store | None = None) -> None:
        self._store = ox.Store() if store is None else store
        self.fixed = False

    @classmethod
    def on_disk(cls, folder: Path) -> Graph:
        """Open the store in a folder, which `store` has made, for reading.

        Several processes may read it at once.

        Raises:
            CannotRead: There is none, or it is damaged.
        """
        try:
            opened = cls(ox.Store.read_only(str(folder)))
        except (OSError, RuntimeError) as error:
            raise CannotRead(
                f"{folder} cannot be opened as a store ({error}); make it anew (millelieux load)."
            ) from None
        opened.fixed = True
        return opened

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

    def about(self, iri: str, predicate: str | None = None) -> Iterator[ox.Quad]:
        """Yield the quads whose subject is an IRI, of all predicates or of one."""
        asked = None if predicate is None else ox.NamedNode(predicate)
        return self._store.quads_for_pattern(ox.NamedNode(iri), asked, None, None)

    def pointing_to(self, iri: str, predicate: str | None = None) -> Iterator[ox.Quad]:
        """Yield the quads whose object is an IRI, of all predicates or of one."""
        asked = None if predicate is None else ox.NamedNode(predicate)
        return self._store.quads_for_pattern(None, asked, ox.NamedNode(iri), None)

    def parts(self) -> list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]:
        """Return the names of all graphs, the default one included, in no order."""
        return [*self._store.named_graphs(), ox.DefaultGraph()]

    def write_lines(
        self, part: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, file: rdf.SupportsWrite
    ) -> None:
        """Write one of the `parts` into a file, as N-Triples, in no order."""
        self._store.dump(file, ox.RdfFormat.N_TRIPLES, from_graph=part)  # type: ignore[arg-type]  # a writer needs write() and flush() only

    def having(self, predicate: str) -> Iterator[ox.Quad]:
        """Yield the quads of one predicate, given by its IRI."""
        return self._store.quads_for_pattern(None, ox.NamedNode(predicate), None, None)

    def query(self, text: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Evaluate a query of ours over the union of the named graphs, and return what it yields.

        For the rooms that bring their own queries; what somebody else wrote goes to `ask`.
        """
        return self._store.query(text, use_default_graph_as_union=True)

    def ask(
        self,
        text: str,
        *,
        without: Collection[str] = (),
        services: Collection[str] = (),
        limits: Limits = UNLIMITED,
    ) -> Found:
        """Evaluate a SPARQL 1.1 query, as `Queryable.ask` tells.

        With limits, or when the text is so long that it may nest deeply, the evaluation runs in a
        process of its own.
        """
        sparql.judge(text, services=services)
        scope = self._scope(without)

        def evaluate() -> Found:
            return self._store.query(text, **scope)  # type: ignore[arg-type]  # keywords of two kinds

        try:
            if limits == UNLIMITED and (len(text) <= _SHALLOW or not worker.POSSIBLE):
                return evaluate()
            return worker.bounded(evaluate, limits)
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

    def save(self, folder: Path) -> None:
        """Write the quads into a new store on the disk.

        Raises:
            CannotWrite: The folder exists, or the disk refuses.
        """
        _written(self.quads(), folder, lambda _: None)

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


def stored(folder: Path) -> bool:
    """Tell whether a folder is a store on the disk."""
    return (folder / _STORE_MARK).is_file()


def store(
    sources: Iterable[Source], folder: Path, finish: Callable[[Graph], None] = lambda _: None
) -> int:
    """Write the quads of sources into a new store on the disk, and return how many there are.

    Memory does not grow with their number.

    Args:
        sources: What to read.
        folder: Where the store goes.
        finish: What is done to the graph before it is in its place; when it fails, so does all.

    Raises:
        CannotRead, SourceSyntax: A source is not what it promises; no folder is left.
        CannotWrite: The folder exists, or the disk refuses.
    """
    quads = (quad for source in sources for quad in rdf.read(source))
    return _written(quads, folder, finish)


def _written(quads: Iterable[ox.Quad], folder: Path, finish: Callable[[Graph], None]) -> int:
    """Write quads into a new store, which appears when it is whole."""
    from tempfile import TemporaryDirectory  # slow to import, and few write

    if folder.exists():
        raise CannotWrite(f"{folder} exists; name a new folder for the store.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as home:
            filled = ox.Store(f"{home}/store")
            filled.bulk_extend(quads)
            finish(Graph(filled))
            filled.flush()
            size = len(filled)
            Path(home, "store").rename(folder)
    except OSError as error:
        raise CannotWrite(
            f"Cannot write {folder}: {error.strerror or error}. Nothing was changed."
        ) from None
    return size


def packaged() -> Graph:
    """Return a new graph of everything that we ship: ontology, concept schemes, data."""
    return Graph().load([*shipped.ontology(), *shipped.vocabularies(), *shipped.data()])
