"""The Mille Lieux study on third places as a knowledge graph, and the toolkit that carries it.

    >>> import millelieux_graph as ml
    >>> g = ml.open()  # the packaged graph, in memory
    >>> matrix = g.query("impact-matrix", place="espace-kenere")
    >>> len(matrix)
    8

Nothing is loaded before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "Dataset": "dataset",
    "Finding": "errors",
    "MillelieuxError": "errors",
    "Table": "results",
    "Triples": "results",
    "Truth": "results",
    "open": "dataset",
}

__all__ = [
    "Dataset",
    "Finding",
    "MillelieuxError",
    "Table",
    "Triples",
    "Truth",
    "__version__",
    "open",
]

if TYPE_CHECKING:
    from .dataset import Dataset, open
    from .errors import Finding, MillelieuxError
    from .results import Table, Triples, Truth


def __getattr__(name: str) -> object:
    """Import a public name from its room the first time it is used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
