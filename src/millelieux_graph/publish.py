"""A release: an immutable folder made from a checked graph, put into place whole or not at all.

Everything is written into a temporary folder beside the target and then exchanged with it in one
step, so that whoever reads the release sees the old one or the new one, and an interruption leaves
the old one untouched.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__, crew, metadata, queries, terms
from .dumps import Dumps
from .errors import CannotWrite
from .pages import About, Pages, static
from .sources.shipped import shipped

if TYPE_CHECKING:
    from .check import CheckedGraph

__all__ = ["MARK", "Release", "publish", "refuse_foreign"]

# The file by which a folder is known to be a release of ours.
MARK = "release.json"
SUMS = "SHA256SUMS"
_TOLD = 500  # things between two words of progress
_GENERATOR = "millelieux-graph"


@dataclass(frozen=True)
class Release:
    """What was written.

    Attributes:
        folder: Where it stands.
        files: How many files it holds.
        dumps: The names of the formats in which the whole dataset is there.
        canonical_hash: SHA-256 of the canonical dataset (RDFC-1.0).
    """

    folder: Path
    files: int
    dumps: tuple[str, ...]
    canonical_hash: str


def publish(
    checked: CheckedGraph,
    out: Path,
    *,
    base_url: str = terms.BASE,
    progress: Callable[[str], None] = lambda _: None,
) -> Release:
    """Write a release of a checked graph into a folder.

    Args:
        checked: The graph, which `check.require` has let through.
        out: The folder: new, empty, or a release that this function wrote before.
        base_url: Where it will be served, with its slash; used in the metadata only.
        progress: Told each step as it begins.

    Raises:
        CannotWrite: The folder is not ours, or the disk refuses.
    """
    refuse_foreign(out)
    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _workshop(out) as folder:
            release = _write(checked, folder, base_url, progress)
            progress("put into place")
            _exchange(folder, out)
    except OSError as error:
        raise CannotWrite(
            f"Cannot write {out}: {error.strerror or error}. Nothing was changed."
        ) from None
    return Release(out, *release)


def refuse_foreign(out: Path) -> None:
    """Stop at a target that we did not write; whoever has long work before it may ask first.

    Raises:
        CannotWrite: It is a file, a folder with something in it that is no release of ours, or a
            release of ours with more in it than we wrote.
    """
    out = out.resolve()
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise CannotWrite(f"{out} is not a folder; name another with --out.")
    if not any(out.iterdir()):
        return
    if not _is_ours(out):
        raise CannotWrite(
            f"{out} exists and is not a release of ours; name another folder with --out."
        )
    added = _added(out)
    if added:
        raise CannotWrite(
            f"{out} is a release of ours, but somebody has put {added[0]} into it; "
            "move that away, or name another folder with --out."
        )


def _added(folder: Path) -> list[str]:
    """Return the files in a release of ours that it was not made with, by its own list of them."""
    listed = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    made = {line.partition("  ")[2] for line in listed} | {SUMS}
    held = (path for path in sorted(folder.rglob("*")) if not path.is_dir() or path.is_symlink())
    return [name for path in held if (name := path.relative_to(folder).as_posix()) not in made]


def _is_ours(folder: Path) -> bool:
    try:
        told = json.loads((folder / MARK).read_text(encoding="utf-8"))
        (folder / SUMS).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("generator") == _GENERATOR


@contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """Yield a folder beside the target that is gone afterwards, whatever happens."""
    # Named before it exists, so that no interruption falls between making it and knowing it.
    folder = out.with_name(f".{out.name}-{secrets.token_hex(4)}")
    try:
        folder.mkdir()
        yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except KeyboardInterrupt:  # whoever interrupts the cleaning up wants it finished
            shutil.rmtree(folder, ignore_errors=True)


def _write(
    checked: CheckedGraph, folder: Path, base_url: str, progress: Callable[[str], None]
) -> tuple[int, tuple[str, ...], str]:
    graph, shop = checked.graph, _Shop(folder)
    progress("write the dumps")
    with Dumps(graph, folder) as dumps:
        shop.put_all(dumps.files())
        distributions = dumps.distributions(shop.written)
        digest = dumps.canonical_hash
    progress("write the metadata")
    shop.put("catalog.ttl", metadata.catalog(graph, distributions, base_url))
    shop.put("void.ttl", metadata.void(graph, distributions, base_url))
    shop.put("query/queries.ttl", metadata.executables(queries.catalogue()))
    shop.put_all(_vocabulary())
    _write_pages(Pages(graph, base_url, About(distributions, digest)), shop, progress)
    shop.put(MARK, _mark(digest, checked.report.triples, dumps.left_out))
    shop.put(SUMS, metadata.checksums({name: told[1] for name, told in shop.written.items()}))
    formats = dict.fromkeys(d.format.name for d in distributions if d.graph is None)
    return len(shop.written), tuple(formats), digest


def _write_pages(pages: Pages, shop: _Shop, progress: Callable[[str], None]) -> None:
    """Write the pages and documents of every thing, by all hands, and the pages around them."""
    progress("write the pages")
    shop.put_all(pages.others())
    shop.put_all(static())
    done = crew.share(pages.things, lambda iri: shop.write(pages.of_thing(iri)))
    for number, written in enumerate(done):
        shop.written.update(written)
        if number % _TOLD == 0:
            progress(f"describe the things: {number:,} of {len(pages.things):,}")


class _Shop:
    """The folder in which a release is made.

    Attributes:
        written: Size and SHA-256 of each file, by its name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.written: dict[str, tuple[int, str]] = {}

    def put(self, name: str, data: bytes) -> None:
        """Write a file."""
        self.put_all([(name, data)])

    def put_all(self, files: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> None:
        """Write files as they come, each given whole or piece by piece."""
        self.written.update(self.write(files))

    def write(
        self, files: Iterable[tuple[str, bytes | Iterable[bytes]]]
    ) -> dict[str, tuple[int, str]]:
        """Write files, and return what `written` shall keep: another process has kept nothing."""
        return {name: self._write(name, data) for name, data in files}

    def _write(self, name: str, data: bytes | Iterable[bytes]) -> tuple[int, str]:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size = sha256(), 0
        with path.open("wb") as file:
            for piece in (data,) if isinstance(data, bytes) else data:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        return size, digest.hexdigest()


def _vocabulary() -> Iterator[tuple[str, bytes]]:
    """Yield the ontology, the concept schemes and the shapes as they were written."""
    home = shipped("ontology")
    rooms = ("", "vocab", "shapes")
    files = [path for room in rooms for path in sorted((home / room).glob("*.ttl"))]
    for path in files:
        yield f"ontology/{path.relative_to(home).as_posix()}", path.read_bytes()


def _mark(digest: str, triples: int, left_out: Mapping[str, str]) -> bytes:
    told = {
        "generator": _GENERATOR,
        "generatorVersion": __version__,
        "dataset": terms.DATASET,
        "triples": triples,
        "canonicalHash": {"algorithm": "RDFC-1.0 SHA-256", "value": digest},
        "leftOut": dict(sorted(left_out.items())),
    }
    return (json.dumps(told, indent=2) + "\n").encode()


def _exchange(new: Path, out: Path) -> None:
    """Put `new` where `out` is; what was there is then where `new` was, and goes with it."""
    if not out.exists():
        new.rename(out)
    elif not _swapped(new, out):
        old = new.with_name(f"{new.name}-old")
        out.rename(old)
        try:
            new.rename(out)
        except BaseException:
            old.rename(out)
            raise
        old.rename(new)


def _swapped(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can (Linux, renameat2(2)).

    Without it there would be a moment with no release at all between two renames.
    """
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library older than glibc 2.28
        return False
    at_cwd, exchange = -100, 2
    done: int = rename(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange)
    return done == 0
