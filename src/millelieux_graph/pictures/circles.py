"""Who stands around whom: a graph taken apart into circles, each around one hub.

A hub is a node with many relations and no relation to a greater hub.  Each relation is told once:
around its hub, or beyond the node through which it hangs on to one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Circle", "Relation", "Tie", "arrange"]

_HUB_DEGREE = 3
_DEPTH = 2

Graph = Mapping[str, Mapping[str, None]]  # neighbours, in their order


@dataclass(frozen=True, slots=True)
class Relation:
    """What a subject is to an object, or what goes from one to the other.

    Attributes:
        note: What else is known of it: when, how much.
    """

    subject: str
    kind: str
    object: str
    status: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation as it is seen from one end.

    Attributes:
        relation: The relation.
        node: The other end.
        is_out: Whether it is seen from its subject.
        beyond: The ties of the other end that no hub tells.
    """

    relation: Relation
    node: str
    is_out: bool
    beyond: Sequence[Tie] = ()


@dataclass(frozen=True, slots=True)
class Circle:
    """A hub and its ties."""

    hub: str
    ties: Sequence[Tie]


def arrange(relations: Sequence[Relation]) -> list[Circle]:
    """Return the circles, the greatest first; the same relations always give the same circles."""
    graph = _neighbours(relations)
    homes = _settle(graph)
    hubs = {node for node, (hub, _) in homes.items() if hub == node}
    owned: dict[str, list[Relation]] = defaultdict(list)
    for relation in relations:
        owned[_owner(relation, homes)].append(relation)
    circles = [_draw_circle(hub, homes, owned) for hub in homes if hub in hubs]
    return sorted(circles, key=lambda circle: (-len(circle.ties), circle.hub))


def _neighbours(relations: Iterable[Relation]) -> Graph:
    graph: dict[str, dict[str, None]] = defaultdict(dict)
    for relation in relations:
        graph[relation.subject][relation.object] = None
        graph[relation.object][relation.subject] = None
    return graph


def _settle(graph: Graph) -> dict[str, tuple[str, int]]:
    """Return the hub of each node, and how many steps away it is."""
    by_degree = sorted(graph, key=lambda node: (-len(graph[node]), node))
    hubs: dict[str, None] = {}
    for node in by_degree:
        if len(graph[node]) >= _HUB_DEGREE and not graph[node].keys() & hubs.keys():
            hubs[node] = None
    homes: dict[str, tuple[str, int]] = {}
    _spread(graph, list(hubs), homes)
    for node in by_degree:
        if node not in homes:
            _spread(graph, [node], homes)
    return homes


def _spread(graph: Graph, hubs: Sequence[str], homes: dict[str, tuple[str, int]]) -> None:
    """Give a home to what lies within reach of new hubs and has none, the nearest hub first."""
    homes.update((hub, (hub, 0)) for hub in hubs)
    edge = list(hubs)
    for depth in range(1, _DEPTH + 1):
        reached = {
            neighbour: (homes[node][0], depth)
            for node in reversed(edge)
            for neighbour in graph[node]
            if neighbour not in homes
        }
        homes.update(reached)
        edge = sorted(reached)


def _owner(relation: Relation, homes: Mapping[str, tuple[str, int]]) -> str:
    """Return the end that is nearer to its hub: the relation is told with that one's."""
    ends = relation.subject, relation.object
    return min(ends, key=lambda node: (homes[node][1], node))


def _draw_circle(
    hub: str, homes: Mapping[str, tuple[str, int]], owned: Mapping[str, Sequence[Relation]]
) -> Circle:
    told: set[str] = {hub}

    def see(node: str) -> list[Tie]:
        """Return the ties that a node owns, and once, what is beyond those who are at home here."""
        ties = []
        for relation in owned.get(node, ()):
            is_out = relation.subject == node
            other = relation.object if is_out else relation.subject
            is_farther = homes[other] == (hub, homes[node][1] + 1)
            fresh = is_farther and other not in told
            if fresh:
                told.add(other)
            ties.append(Tie(relation, other, is_out, see(other) if fresh else ()))
        return ties

    return Circle(hub, see(hub))
