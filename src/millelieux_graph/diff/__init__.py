"""What changed between two releases, or any two graphs: thing by thing, and as an RDF Patch.

Two dumps are read side by side, so memory grows with what has changed alone.  Conclusions are left
out unless asked for, since they follow from the rest.  What has no name is compared by what it
says (RDFC-1.0, group by group).  Nothing here writes or prints.
"""

from __future__ import annotations

from .advice import Advice, is_ours
from .changes import INFERRED, Changed, Changes, Property, Thing, Value, compare, statements
from .patch import patch
from .states import (
    MARK,
    State,
    is_dump,
    is_release,
    mark,
    of_dump,
    of_graph,
    of_release,
    same_dataset,
    version_of,
)
from .telling import to_json, to_markdown, to_text

__all__ = [
    "INFERRED",
    "MARK",
    "Advice",
    "Changed",
    "Changes",
    "Property",
    "State",
    "Thing",
    "Value",
    "compare",
    "is_dump",
    "is_ours",
    "is_release",
    "mark",
    "of_dump",
    "of_graph",
    "of_release",
    "patch",
    "same_dataset",
    "statements",
    "to_json",
    "to_markdown",
    "to_text",
    "version_of",
]
