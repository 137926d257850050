"""A file that carries the dataset, or a part of it: what a catalogue must say of each.

The rooms that write such files describe them; whoever writes metadata reads the descriptions, and
never the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .formats import Format

__all__ = ["Distribution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One file of a release that somebody may want to download.

    Attributes:
        name: Its path in the release, with slashes: ``dumps/millelieux.nq.gz``.
        format: What it is once it is unpacked.
        size: Bytes, as it stands there.
        sha256: Of those bytes, in hexadecimal digits.
        title: What it holds, by language (``fr``, ``en``).
        graph: The short name of the one named graph that it holds (``links/insee``); None: all.
        table: The stored query whose answer it is; None: it holds the graph itself, or all tables.
        compressed: How it is packed; None: it is not.
    """

    name: str
    format: Format
    size: int
    sha256: str
    title: Mapping[str, str]
    graph: str | None = None
    table: str | None = None
    compressed: Literal["gzip"] | None = None
