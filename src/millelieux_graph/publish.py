"""A release: an immutable folder made from a checked graph.

Here is said what a release holds and in which order it is made; each room writes its own part, and
`workshop` puts the whole into place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from . import (
    __version__,
    addresses,
    assets,
    crawling,
    crew,
    diff,
    editor,
    history,
    hosting,
    metadata,
    queries,
    terms,
    workshop,
)
from .dumps import Dumps
from .errors import CannotWrite
from .pages import About, Pages, Task, static
from .sources.shipped import shipped
from .tables import Tables

if TYPE_CHECKING:
    from .check import CheckedGraph
    from .graph import Graph
    from .workshop import Shop

__all__ = ["Release", "publish", "refuse_other_version"]

_TOLD = 500  # things between two words of progress


@dataclass(frozen=True)
class Release:
    """What was written.

    Attributes:
        folder: Where it stands.
        files: How many files it holds.
        dumps: The names of the formats in which the whole dataset is there.
        canonical_hash: SHA-256 of the canonical dataset (RDFC-1.0).
        history: What it knows of the time before it; None: nothing was named.
        left_out: The files that could not be written, by name, each with the reason.
    """

    folder: Path
    files: int
    dumps: tuple[str, ...]
    canonical_hash: str
    history: history.History | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)


def publish(
    checked: CheckedGraph,
    out: Path,
    *,
    base_url: str = terms.BASE,
    previous: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Release:
    """Write a release of a checked graph into a folder.

    Args:
        checked: The graph, which `check.require` has let through.
        out: The folder: new, empty, or a release that this function wrote before.
        base_url: Where it will be served, with its slash; used in the metadata only.
        previous: The folder of the release before, whose identifiers must not be lost.
        progress: Told each step as it begins.

    Raises:
        CannotWrite: The folder is not ours, or holds another version, or the disk refuses.
        CannotRead: The release before is none, or it is damaged.
        UsageError: This release cannot come after that one.
    """
    workshop.refuse_foreign(out)
    refuse_other_version(out, checked.graph, previous)
    with workshop.opened(out) as shop:
        release = _write(checked, shop, base_url, previous, progress)
        progress("put into place")
    return replace(release, folder=out.resolve())


def refuse_other_version(out: Path, graph: Graph, previous: Path | None) -> None:
    """Stop before a release is written over another version, or after one it cannot follow.

    The same version may be written again, since a release is drafted before it goes out.

    Raises:
        CannotWrite: The folder holds another version, or one with a history that would be lost.
        CannotRead: The release before is none.
        UsageError: This one cannot come after it.
    """
    version = diff.version_of(graph)
    if previous is not None:
        history.check_order(diff.of_release(previous), diff.of_graph(graph, str(out), ours=True))
    if not (out / workshop.MARK).is_file():
        return
    told = diff.mark(out)
    if told.get("version") != version:
        held = told.get("version") or "a release without version"
        raise CannotWrite(
            f"{out} holds {held}, this is {version or 'one without version'}, and a release never "
            f"changes; write beside it: --previous {out} --out {out}-{version or 'new'}."
        )
    if told.get("previous") and previous is None:
        raise CannotWrite(
            f"{out} came after {told['previous'].get('version') or 'another release'}, and would "
            "lose its tombstones; name that release again with --previous."
        )


def _write(
    checked: CheckedGraph,
    shop: Shop,
    base_url: str,
    previous: Path | None,
    progress: Callable[[str], None],
) -> Release:
    graph = checked.graph
    progress("write the dumps")
    with Dumps(graph, shop.folder) as dumps:
        shop.put_all(dumps.files())
        distributions = dumps.distributions(shop.written)
        digest = dumps.canonical_hash
    progress("write the tables")
    with Tables(graph, shop.folder) as tables:
        shop.put_all(tables.files())
        distributions += tables.distributions(shop.written)
    before = None
    if previous is not None:
        progress("compare with the release before")
        before = history.tell(previous, _state(graph, shop.folder, digest, base_url), graph)
    past = before.past if before else ()
    progress("write the metadata")
    former = [metadata.Entry(p.version, p.issued, "", p.base_url) for p in past if p.issued]
    shop.put_all(
        metadata.files(
            graph, distributions, base_url=base_url, canonical_hash=digest, former=former
        )
    )
    shop.put("query/queries.ttl", metadata.executables(queries.catalogue()))
    shop.put_all(_vocabulary())
    shop.put_all(assets.files())
    left_out = {**dumps.left_out, **tables.left_out}
    about = About(distributions, digest, frozenset(shop.written), left_out)
    pages = Pages(graph, base_url, about, assets.outlines() or ())
    _write_pages(pages, shop, progress)
    if before:  # after the pages: what only says that it is gone has a tombstone in its place
        shop.put_all(history.files(before))
        for stone in before.tombstones:
            shop.put_all(pages.of_tombstone(stone))
    shop.put_all(hosting.files(base_url))
    shop.put_all(_for_crawlers(pages, shop))
    now = history.Past(diff.version_of(graph) or "", digest, history.issued(graph), base_url)
    shop.put(workshop.MARK, _mark(now, past, checked.report.triples, left_out))
    shop.close()
    whole = (d.format.name for d in distributions if d.graph is None and d.format.is_rdf)
    return Release(
        shop.folder, len(shop.written), tuple(dict.fromkeys(whole)), digest, before, left_out
    )


def _for_crawlers(pages: Pages, shop: Shop) -> Iterator[tuple[str, bytes]]:
    """Yield what crawlers look for, when all pages are there."""
    english = addresses.page("", "en")
    stems = {name.removesuffix(english) for name in shop.written if name.endswith(english)}
    void = (shop.folder / "void.ttl").read_bytes()
    yield from crawling.files(
        stems - {"404"}, pages.signs, void, pages.told.text("dcterms:modified") or ""
    )


def _write_pages(pages: Pages, shop: Shop, progress: Callable[[str], None]) -> None:
    """Write the pages and the documents of every thing, by all hands."""
    shop.put_all(static())
    tasks: list[Task] = [partial(editor.files, pages.graph), *pages.tasks()]
    for number, written in enumerate(crew.share(tasks, lambda task: shop.write(task()))):
        shop.written.update(written)
        if number % _TOLD == 0:
            progress(f"write the pages: {number:,} of {len(tasks):,}")


def _vocabulary() -> Iterator[tuple[str, bytes]]:
    """Yield the ontology, the concept schemes and the shapes as they were written."""
    home = shipped("ontology")
    rooms = ("", "vocab", "shapes")
    files = [path for room in rooms for path in sorted((home / room).glob("*.ttl"))]
    for path in files:
        yield f"ontology/{path.relative_to(home).as_posix()}", path.read_bytes()


def _state(graph: Graph, folder: Path, digest: str, base_url: str) -> diff.State:
    """Return the release that is being written, to be compared with the one before."""
    dump = diff.of_dump(folder / "dumps" / "millelieux.nq.gz")
    return replace(
        diff.of_graph(graph, "the new release", ours=True),
        lines=dump.lines,
        canonical_hash=digest,
        base_url=base_url,
    )


def _mark(
    now: history.Past, past: Sequence[history.Past], triples: int, left_out: Mapping[str, str]
) -> bytes:
    before = [history.told_of(each) for each in past]
    told = {
        "generator": workshop.GENERATOR,
        "generatorVersion": __version__,
        "dataset": terms.DATASET,
        "triples": triples,
        **history.told_of(now),
        "previous": before[0] if before else None,
        "earlier": before[1:],
        "leftOut": dict(sorted(left_out.items())),
    }
    return (json.dumps(told, indent=2) + "\n").encode()
