"""The page of a third place: fact sheet, impacts, timeline, money, people, and what is disputed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ..resources import Node, of_kind
from . import words
from .claims import Claim, Group, as_told, claims, figure, grouped
from .matrix import ordered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..values import Value
    from .matrix import Cell, Matrix
    from .view import View

__all__ = ["context"]

_POINTING = ("ml:place", "ml:about", "ml:nameOf")
_FLOWS = ("ml:FundingFlow", "ml:FundingTransfer", "ml:FundingCommitment")


@dataclass(frozen=True, slots=True)
class Share:
    """A stretch of a bar of a hundred percent.

    Attributes:
        sector: Its code.
        label: What it is called.
        percent: Its length.
        shown: Its length, written out.
    """

    sector: str
    label: str
    percent: Value
    shown: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What is said of an impact in a place.

    Attributes:
        title: The impact, linked.
        cell: What table and pages say.
        claims: Its axes and findings there.
    """

    title: Markup
    cell: Cell
    claims: list[Claim]


def context(view: View, place: Node, matrix: Matrix) -> dict[str, Any]:
    """Return what the template of a place needs."""
    near = as_told(place.back(*_POINTING))
    relations = _relations(place)
    return {
        "node": place,
        "facts": list(_facts(view, place, near)),
        "impacts": _impacts(view, place, near, matrix),
        "events": claims(view, ordered(of_kind(near, "ml:TimelineEvent"))),
        "walls": claims(view, of_kind(near, "ml:Occupancy", "ml:SubSpace")),
        "programme": grouped(view, of_kind(near, "ml:ProgrammeItem"), _family),
        "team": claims(view, of_kind(near, "ml:TeamRole")),
        "people": claims(view, of_kind(near, "ml:RoleTenure", "ml:AnonymousSpeaker")),
        "relations": grouped(view, relations, lambda relation: relation.one("ml:relationKind")),
        "mixes": [
            (view.label(mix.one("ml:phase") or mix), _shares(view, mix), view.where(mix))
            for mix in of_kind(near, "ml:FundingMix")
        ],
        "flows": claims(view, of_kind(near, *_FLOWS)),
        "figures": claims(view, of_kind(near, "ml:Figure")),
        "testimonies": claims(view, of_kind(near, "ml:Testimony")),
        "conditions": claims(view, of_kind(near, "ml:EnablingCondition")),
        "names": claims(view, of_kind(near, "ml:NameForm")),
        "discrepancies": of_kind(near, "ml:Discrepancy"),
        "decisions": claims(view, of_kind(near, "ml:EditorialDecision")),
        "territories": list(_territories(view, place)),
        "outward": _outward(view, place),
    }


def _facts(view: View, place: Node, near: list[Node]) -> Iterable[tuple[str, Markup]]:
    if communes := place.all("ml:inCommune"):
        yield view.word("fact-commune"), Markup(", ").join(_with_country(view, c) for c in communes)
    for area in place.all("ml:area"):
        yield view.word("fact-area"), view.link(area, figure(view, area))
    if kinds := place.all("ml:locationType"):
        yield view.word("fact-location"), view.links(kinds)
    if forms := place.all("ml:legalForm"):
        # Two sources, two answers: both stand.
        either = Markup(" {} ").format(view.word("or-else"))
        yield view.word("fact-legal"), either.join(map(view.link, forms))
    for team in near:
        if any(kind.slug == "team-size" for kind in team.all("ml:figureKind")):
            yield view.word("fact-team"), view.link(team, figure(view, team))


def _with_country(view: View, commune: Node) -> Markup:
    said, around = view.link(commune), commune.all("ml:within")
    # The département tells a French reader more than the intercommunality.
    nearest = [*of_kind(around, "ml:Department", "ml:Region", "ml:Country"), *around][:1]
    return said + Markup(" ({})").format(view.links(nearest)) if nearest else said


def _impacts(view: View, place: Node, near: list[Node], matrix: Matrix) -> list[Effect]:
    findings: dict[str, list[Node]] = defaultdict(list)
    for found in of_kind(near, "ml:ImpactAxis", "ml:ImpactFinding"):
        axis = found.one("ml:axis") or found
        impact = axis.one("ml:impact")
        findings[impact.iri if impact else ""].append(found)
    cells = [matrix.cell(place, impact) for impact in matrix.impacts]
    return [
        Effect(view.link(cell.impact), cell, claims(view, findings[cell.impact.iri]))
        for cell in cells
        if cell.verdict or cell.listings or findings[cell.impact.iri]
    ]


def _family(item: Node) -> Node | None:
    """Return the use above that of an item, or its use itself."""
    use = item.one("ml:use")
    return (use.one("skos:broader") or use) if use else None


def _relations(place: Node) -> list[Node]:
    """Return the relations between the place and others, both ways."""
    return of_kind(
        as_told(place.back("ml:relationSubject", "ml:relationObject")), "ml:ActorRelation"
    )


def _shares(view: View, mix: Node) -> list[Share]:
    shares = []
    for share in mix.back("ml:mix"):
        sector, percent = share.one("ml:sector"), share.value("ml:percent")
        if sector and percent is not None:
            shown = words.percent(percent, view.lang)
            shares.append(Share(sector.slug, view.label(sector), percent, shown))
    return sorted(shares, key=lambda share: share.sector, reverse=True)


def _territories(view: View, place: Node) -> Iterable[Group]:
    """Yield the territories around a place, nearest first, that have figures."""
    seen: set[str] = set()
    queue = place.all("ml:inCommune")
    while queue:
        territory = queue.pop(0)
        if territory.iri in seen:
            continue
        seen.add(territory.iri)
        queue += territory.all("ml:within")
        found = of_kind(territory.back("ml:about"), "ml:Figure")
        if found:
            yield Group(view.link(territory), claims(view, as_told(found)))


def _outward(view: View, place: Node) -> list[tuple[str, str]]:
    """Return what other datasets call the place or its commune: address and label."""
    near = [place, *place.all("ml:inCommune")]
    names = ("skos:exactMatch", "skos:closeMatch", "skos:relatedMatch")
    return [
        (other.iri, view.label(node))
        for node in near
        for name in names
        for other in node.all(name)
        if view.href(other.iri)
    ]
