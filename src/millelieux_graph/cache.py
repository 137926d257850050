"""The packaged graph, kept ready on the disk, so that a command need not parse it each time.

What is kept is made from the shipped files and can be thrown away at any time.  It lies in the
user's cache folder (XDG Base Directory Specification); `MILLELIEUX_CACHE` names another, and an
empty value keeps nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from zlib import crc32

import pyoxigraph as ox

from .errors import MillelieuxError
from .graph import Graph, packaged, stored
from .sources.shipped import shipped

__all__ = ["VARIABLE", "ready"]

VARIABLE = "MILLELIEUX_CACHE"


def ready() -> Graph:
    """Return the packaged graph from the cache, which is filled the first time.

    Where nothing can be kept, the graph is loaded into memory as ever.
    """
    home = _home()
    if home is None:
        return packaged()
    folder = home / _fingerprint()
    if not stored(folder):
        return _kept(packaged(), folder)
    try:
        return Graph.on_disk(folder)
    except MillelieuxError:  # damaged, or removed by a newer version meanwhile
        return packaged()


def _home() -> Path | None:
    told = os.environ.get(VARIABLE)
    if told == "":
        return None
    try:
        home = told or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:  # nobody's home
        return None
    return Path(home) / "millelieux-graph"


def _fingerprint() -> str:
    """Return a name that changes when a shipped file or the engine does."""
    paths = sorted(path for room in ("ontology", "data") for path in shipped(room).rglob("*.ttl"))
    states = [(path, path.stat()) for path in paths]
    told = [f"{path} {state.st_size} {state.st_mtime_ns}" for path, state in states]
    newest = max(state.st_mtime_ns for _, state in states)
    return f"{ox.__version__}-{newest:x}-{crc32(repr(told).encode()):08x}"


def _kept(graph: Graph, folder: Path) -> Graph:
    """Keep a graph in a folder, in the place of those kept before, and return it."""
    with suppress(OSError, MillelieuxError):  # a full or foreign disk: it was only to be faster
        folder.parent.mkdir(parents=True, exist_ok=True)
        import shutil  # only for whoever fills it

        for older in folder.parent.iterdir():
            if stored(older):
                shutil.rmtree(older, ignore_errors=True)
        graph.save(folder)
    return graph
