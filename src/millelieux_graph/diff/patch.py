"""Changes as an RDF Patch (https://afs.github.io/rdf-patch/), for a store that follows releases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import pyoxigraph as ox

from .. import terms
from .changes import statements

if TYPE_CHECKING:
    from .states import State

__all__ = ["patch"]


def patch(old: State, new: State, without: Collection[str] = ()) -> Iterator[bytes]:
    """Yield the rows of a patch that makes the new state of the old one.

    Every row is a statement of the dump after ``A`` or ``D``; a blank node has the label that the
    old state's dump gives it, or one that is not there.  It is one transaction, and the same two
    states give the same bytes.

    Args:
        old: The former state.
        new: The later one.
        without: Short names of graphs that are left as they are.

    Raises:
        CannotRead: One of them cannot be read; what was yielded is not committed.
    """
    for key, value in _header(old, new):
        yield f"H {key} {value} .\n".encode()
    yield b"TX .\n"
    for is_new, line in statements(old, new, without):
        yield (b"A " if is_new else b"D ") + line
    yield b"TC .\n"


def _header(old: State, new: State) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    """Yield who the patch is, and what it leads from and to.

    ``prev`` is not said: it would be the patch before, and a first release has none.
    """
    if old.canonical_hash and new.canonical_hash:
        seed = f"{terms.DATASET}#{old.canonical_hash}-{new.canonical_hash}"
        yield "id", ox.NamedNode(f"uuid:{uuid5(NAMESPACE_URL, seed)}")
    for side, state in (("old", old), ("new", new)):
        if state.version:
            yield f"{side}-version", ox.Literal(state.version)
        if state.canonical_hash:
            yield f"{side}-hash", ox.Literal(state.canonical_hash)
