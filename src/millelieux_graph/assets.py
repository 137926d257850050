"""What the pages are made with and others wrote: fonts, the query editor, its engine, coasts.

The parts come from npm when a wheel is built (``assets/`` in the source tree), and lie in the
package.  They may be missing, where nobody had npm or the network then; a release is whole without
them, and `missing` says what it leaves out.  Nothing is fetched here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["File", "Part", "complete", "files", "missing", "outlines", "parts"]

_HOME = Path(__file__).with_name("_assets")
_FOLDER = "assets/"
# What each part is for, in the order in which a reader would miss them.
_PURPOSES = {
    "@zazuko/yasgui": "the query page (its editor)",
    "oxigraph": "the query page (its engine)",
    "world-atlas": "coasts and borders on maps",
    "@fontsource-variable/source-sans-3": "the font of texts (the reader's own serves)",
    "@fontsource-variable/source-serif-4": "the font of titles (the reader's own serves)",
}
_EDITOR = ("@zazuko/yasgui", "oxigraph")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a part.

    Attributes:
        name: Below ``assets/`` in a release.
        bytes: Its size.
        sha256: Its hash.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """Something of others that releases carry.

    Attributes:
        name: Of the npm package.
        version: Its version.
        licence: As an SPDX expression.
        licence_file: Its text, below ``assets/``.
        files: What is taken from it or made of it, with the text of its licence.
    """

    name: str
    version: str
    licence: str
    licence_file: str
    files: tuple[File, ...]


@cache
def parts() -> tuple[Part, ...]:
    """Return the parts that are there, by name."""
    try:
        told = json.loads((_HOME / "parts.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(_part(part) for part in told["parts"])


def _part(told: dict[str, Any]) -> Part:
    files = tuple(File(**file) for file in told["files"])
    return Part(told["name"], told["version"], told["licence"], told["licenceFile"], files)


def files() -> Iterator[tuple[str, bytes]]:
    """Yield the files of all parts for a release, and the list of them."""
    names = sorted(file.name for part in parts() for file in part.files)
    for name in [*names, "parts.json"] if names else []:
        yield f"{_FOLDER}{name}", (_HOME / name).read_bytes()


def missing() -> list[str]:
    """Return what a release leaves out for want of its parts, in words."""
    known = {part.name for part in parts()}
    return [purpose for name, purpose in _PURPOSES.items() if name not in known]


def complete() -> bool:
    """Tell whether there is all that the query page needs."""
    return {part.name for part in parts()}.issuperset(_EDITOR)


def outlines() -> Sequence[Sequence[tuple[float, float]]] | None:
    """Return coasts and borders of western Europe, each a ring of (longitude, latitude)."""
    if "world-atlas" not in {part.name for part in parts()}:
        return None
    told = json.loads((_HOME / "outlines.json").read_text(encoding="utf-8"))
    return [[(east, north) for east, north in ring] for ring in told["rings"]]
