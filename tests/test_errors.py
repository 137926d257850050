"""The errors: one tree, drawn as it is, whose sentences help."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

from millelieux_graph import errors
from millelieux_graph.errors import Finding, MillelieuxError, QuerySyntax, UnknownName


def drawn(text: str) -> dict[str, str]:
    """Return the parent of each class in a drawing, whose branches are four characters deep."""
    parents, path = {}, list[str]()
    for line in text.splitlines():
        found = re.match(r"    ([│├└─ ]*)([A-Z]\w+)", line)
        if found and (found[1] or found[2] == "MillelieuxError"):
            path = [*path[: len(found[1]) // 4], found[2]]
            parents[path[-1]] = path[-2] if path[1:] else "Exception"
    return parents


def test_the_drawing_is_the_tree() -> None:
    """The tree at the top of the file shows every error below the one that it is a kind of."""
    tree = {
        name: thing.__base__.__name__
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, Exception) and thing.__base__
    }
    assert errors.__doc__
    assert drawn(errors.__doc__) == tree
    assert {*tree, "Finding", "closest"} == set(errors.__all__)


def test_one_net_catches_all() -> None:
    """Whoever catches the root catches whatever the project raises on purpose."""
    assert all(
        issubclass(getattr(errors, name), MillelieuxError)
        for name in errors.__all__
        if name not in {"Finding", "closest"}
    )


@pytest.mark.parametrize(
    ("name", "known", "closest"),
    [
        ("timelin", ["places", "timeline", "people"], ["timeline"]),
        ("kenere", [*map(str, range(9)), "espace-kenere"], ["espace-kenere"]),
        ("?", ["b", "a"], ["a", "b"]),
        ("", ["b", "a"], ["a", "b"]),
    ],
)
def test_an_unknown_name_comes_with_the_nearest(
    name: str, known: list[str], closest: list[str]
) -> None:
    """The right name is told: by its letters, by a part of it, or all when there are few."""
    error = UnknownName("thing", name, known)
    assert error.closest == closest
    assert str(error) == f"Unknown thing {name!r}. Nearest: {', '.join(closest)}."


def test_of_many_names_a_few_are_told() -> None:
    """Nobody is shown a thousand names."""
    assert len(UnknownName("thing", "x", [f"a{i}" for i in range(1000)]).closest) == 3


def test_no_name_at_all_is_said() -> None:
    """When nothing could have been right, the message says so."""
    assert str(UnknownName("thing", "x", [])) == "Unknown thing 'x'. There are none."


@pytest.mark.parametrize("line", ["SELECT ?x WHERE", "\tSELECT\t?x", "é ê 日本 ?x", "short"])
@pytest.mark.parametrize("column", [1, 4, 9])
def test_the_pointer_stands_under_the_column(line: str, column: int) -> None:
    """Whatever the width of a tab, the mark stands below the character, or beyond the end."""
    first, shown, pointer = str(QuerySyntax("odd", 3, column, line)).split("\n")
    assert first == f"Query syntax, line 3, column {column}: odd."
    assert pointer.index("^") == column + 1
    assert shown == f"  {line}"
    above, below = shown[2 : column + 1], pointer[2:-1]
    assert [c == "\t" for c in above] == [c == "\t" for c in below[: len(above)]]


def test_findings_sort_by_rule_then_place() -> None:
    """A report has one order, however its findings were found."""
    ordered = [Finding("a", "1", "x"), Finding("a", "2", "w"), Finding("b", "1", "v")]
    assert all(sorted(found) == ordered for found in permutations(ordered))
