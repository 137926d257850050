"""The recap table, and how it agrees with the pages of the places and of the impacts.

Three layers are kept apart: what the table answers, whether the place's page lists the impact, and
whether the impact's page lists the place.  No verdict of ours stands above them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..pictures.palette import threads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..resources import Node, Resources

__all__ = ["Cell", "Matrix"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a place and an impact meet.

    Attributes:
        place, impact: The two.
        node: The cell of the table; None where the table has none.
        verdict: ``yes``, ``no``, ``not-observed``; empty: none.
        listings: What lists one on the page of the other, by the page: ``place`` or ``impact``.
    """

    place: Node
    impact: Node
    node: Node | None
    verdict: str
    listings: Mapping[str, Node]

    @property
    def disagreements(self) -> list[str]:
        """The ways in which the layers disagree, as the stored query of that name has them."""
        listed = len(self.listings)
        found = []
        if listed and self.verdict != "yes":
            found.append("contradiction")
        if not listed and self.verdict == "yes":
            found.append("asserted-only")
        if listed == 1:
            found.append("one-page-only")
        return found


class Matrix:
    """Every place against every impact.

    Attributes:
        places: In the order of their names.
        impacts: In the order of the source.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self.impacts = ordered(resources.instances("ml:Impact"))
        self.places = sorted(resources.instances("ml:ThirdPlace"), key=lambda n: n.label("fr"))

    @cached_property
    def cells(self) -> Mapping[tuple[str, str], Cell]:
        """The cells that a table or a page fills, by the IRIs of place and impact."""
        found: dict[tuple[str, str], Node] = {}
        listings: dict[tuple[str, str], dict[str, Node]] = defaultdict(dict)
        for node in self._resources.instances("ml:MatrixCell"):
            found[_pair(node)] = node
        for node in self._resources.instances("ml:PageListing"):
            page = node.one("ml:page")
            listings[_pair(node)][page.slug if page else ""] = node
        return {
            pair: self._cell(pair, found.get(pair), listings.get(pair, {}))
            for pair in sorted({*found, *listings})
            if all(pair)
        }

    def cell(self, place: Node, impact: Node) -> Cell:
        """Return where a place and an impact meet, empty where nothing is said."""
        pair = (place.iri, impact.iri)
        return self.cells.get(pair) or self._cell(pair, None, {})

    @cached_property
    def shown(self) -> list[Node]:
        """The places that the table or a page speaks of."""
        spoken = {place for place, _ in self.cells}
        return [place for place in self.places if place.iri in spoken]

    @cached_property
    def threads(self) -> Mapping[str, int]:
        """The number of each impact's colour, by its code."""
        return threads(impact.slug for impact in self.impacts)

    @property
    def disagreements(self) -> int:
        """How many disagreements there are, over all cells."""
        return sum(len(cell.disagreements) for cell in self.cells.values())

    @property
    def disputed(self) -> int:
        """How many cells have a disagreement."""
        return sum(bool(cell.disagreements) for cell in self.cells.values())

    def _cell(self, pair: tuple[str, str], node: Node | None, listings: Mapping[str, Node]) -> Cell:
        place, impact = map(self._resources.node, pair)
        verdict = node.one("ml:verdict") if node else None
        return Cell(place, impact, node, verdict.slug if verdict else "", listings)


def ordered(nodes: list[Node]) -> list[Node]:
    """Return things in the order that the source gives them."""
    return sorted(nodes, key=lambda node: (_order(node), node.iri))


def _order(node: Node) -> float:
    order = node.value("ml:order")
    return float(order) if isinstance(order, int | float) else float("inf")


def _pair(node: Node) -> tuple[str, str]:
    place, impact = node.one("ml:place"), node.one("ml:impact")
    return (place.iri if place else "", impact.iri if impact else "")
