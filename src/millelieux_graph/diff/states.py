"""What can be compared: a release, its dump alone, or any graph, each as sorted lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .. import queries, terms
from ..errors import CannotRead, UsageError
from ..sources import rdf, shipped
from ..workshop import MARK
from .lines import is_sorted, read, sorted_lines

if TYPE_CHECKING:
    from ..graph import Graph
    from ..sources.rdf import Source

__all__ = [
    "DUMPS",
    "MARK",
    "State",
    "is_dump",
    "is_release",
    "mark",
    "of_dump",
    "of_graph",
    "of_release",
    "same_dataset",
    "version_of",
]

# Where a release has its N-Quads; the suffixes also name a dump by itself.
DUMPS = ("dumps/millelieux.nq.gz", "dumps/millelieux.nq")
_QUERIES = ("query", "queries")
_VERSION = terms.expand("dcat:version")


@dataclass(frozen=True)
class State:
    """One state of a dataset.

    Attributes:
        name: What messages call it.
        lines: Yields its sorted N-Quads, from the beginning at each call.
        version: ``dcat:version`` of the dataset; empty: nobody says.
        canonical_hash: SHA-256 of its RDFC-1.0 form, where somebody has computed it.
        base_url: Where it is served, if it is a release that tells.
        dataset: The IRI of the dataset, if it is a release.
        shapes: The statements of its SHACL shapes, sorted; None: it has none with it.
        columns: The columns of its stored queries, by name; None: it has none with it.
    """

    name: str
    lines: Callable[[], Iterator[bytes]]
    version: str = ""
    canonical_hash: str = ""
    base_url: str = ""
    dataset: str = ""
    shapes: tuple[bytes, ...] | None = None
    columns: Mapping[str, str] | None = field(default=None, hash=False)


def is_release(path: Path) -> bool:
    """Tell whether a folder is a release, or what is left of one."""
    return any((path / name).is_file() for name in (MARK, *DUMPS))


def is_dump(path: Path) -> bool:
    """Tell whether a file is the N-Quads dump of a release, by its name and its order.

    Raises:
        CannotRead: It is missing or damaged.
    """
    if path.name.endswith(".nq.gz"):
        return True  # nothing else reads it, so `of_dump` tells what is wrong with it
    return path.suffix == ".nq" and is_sorted(path)


def of_release(folder: Path) -> State:
    """Return the state that a release holds.

    Raises:
        CannotRead: The folder is no release, or it is damaged.
    """
    told = mark(folder)
    dump = next((folder / name for name in DUMPS if (folder / name).is_file()), None)
    if dump is None:
        raise CannotRead(
            f"{folder} is a release without its N-Quads dump ({DUMPS[0]}); fetch it again."
        )
    digest = str(told["canonicalHash"]["value"])
    return State(
        name=str(folder),
        lines=lambda: read(dump, digest),
        version=str(told.get("version") or ""),
        canonical_hash=digest,
        base_url=str(told.get("baseUrl") or ""),
        dataset=str(told["dataset"]),
        shapes=_shapes(folder),
        columns=_columns(folder),
    )


def of_dump(path: Path) -> State:
    """Return the state that a sorted N-Quads dump is, ``.nq`` or ``.nq.gz``."""
    return State(name=str(path), lines=lambda: read(path))


def of_graph(graph: Graph, name: str, *, ours: bool = False) -> State:
    """Return a graph as an state; it must not change as long as that is used.

    Args:
        graph: What to read.
        name: What messages call it.
        ours: Whether the shapes and stored queries that are shipped belong to it.
    """
    return State(
        name=name,
        lines=lambda: sorted_lines(graph.quads()),
        version=version_of(graph) or "",
        dataset=terms.DATASET if ours else "",
        shapes=_statements(shipped.shapes()) if ours else None,
        columns=_shipped_columns() if ours else None,
    )


def version_of(graph: Graph) -> str | None:
    """Return the version that a graph says its dataset has, or None."""
    found = graph.about(terms.DATASET)
    told = (quad.object for quad in found if quad.predicate.value == _VERSION)
    return min((end.value for end in told if isinstance(end, ox.Literal)), default=None)


def same_dataset(old: State, new: State) -> None:
    """Refuse to compare what was never the same thing.

    Raises:
        UsageError: Both are releases, of two datasets.
    """
    if old.dataset and new.dataset and old.dataset != new.dataset:
        raise UsageError(
            f"{old.name} is a release of <{old.dataset}>, {new.name} of <{new.dataset}>; "
            "name two releases of one dataset."
        )


def mark(folder: Path) -> dict[str, Any]:
    """Return what a release tells of itself.

    Raises:
        CannotRead: The folder is no release, or not as `publish` writes it.
    """
    if not folder.is_dir():
        raise CannotRead(f"No such folder: {folder}; name the folder of a release.")
    if not (folder / MARK).is_file():
        raise CannotRead(
            f"{folder} is no release: it has no {MARK}; name a folder that `publish` wrote."
        )
    try:
        told = json.loads((folder / MARK).read_text(encoding="utf-8"))
        told["dataset"], told["canonicalHash"]["value"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotRead(
            f"{folder / MARK} is not what `publish` writes; fetch the release again."
        ) from None
    return dict(told)


def _shapes(folder: Path) -> tuple[bytes, ...] | None:
    files = folder / "ontology" / "shapes"
    return _statements(rdf.discover([files])) if files.is_dir() else None


def _statements(sources: list[Source]) -> tuple[bytes, ...]:
    quads = (quad for source in sources for quad in rdf.read(source))
    return tuple(sorted_lines(ox.Quad(q.subject, q.predicate, q.object) for q in quads))


def _columns(folder: Path) -> dict[str, str] | None:
    """Return the header of each stored query's answer."""
    found = [path for room in _QUERIES for path in sorted((folder / room).glob("*.csv"))]
    return {path.stem: _first_line(path) for path in found} or None


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.readline().strip()
    except (OSError, UnicodeDecodeError):
        raise CannotRead(f"{path} cannot be read; fetch the release again.") from None


def _shipped_columns() -> dict[str, str]:
    return {query.name: ",".join(query.columns) for query in queries.catalogue()}
