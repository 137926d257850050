"""A claim as a page shows it: what is said, what kind of claim it is, and where it stands."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup

from .. import terms
from ..resources import Node
from . import words
from .view import View, Where

__all__ = ["SIGNS", "Claim", "Group", "amount", "as_told", "claim", "claims", "figure", "grouped"]

_Summary: TypeAlias = Callable[[View, Node], Markup]

# Signs before colours: for print, colour-blind readers and screen readers (which get the word).
SIGNS = {
    "yes": "●",
    "no": "○",
    "not-observed": "◌",
    "supports": "▲",
    "limits": "▽",
    "counter-example": "◇",
    "neutral": "–",
}
_SYMBOLS = {"m2": "m²", "EUR": "€", "percent": "%"}
_PLANNED = terms.expand("status:planned")
_USUAL = ("current", "done", "past", "planned", "said-by", "unknown")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as a page shows it.

    Attributes:
        node: The claim.
        text: What is said, as markup.
        kind: ``stated``, ``said``, ``asserted``, ``planned`` or ``editorial``.
        told: The kind in words, with who says it.
        where: Where it stands.
        sign: Of its stance or verdict; empty: it has none.
        meaning: The sign in words.
    """

    node: Node
    text: Markup
    kind: str
    told: Markup
    where: tuple[Where, ...]
    sign: str = ""
    meaning: str = ""


def claims(view: View, nodes: Iterable[Node]) -> list[Claim]:
    """Return claims as the page shows them, in their order."""
    return [claim(view, node) for node in nodes]


@dataclass(frozen=True, slots=True)
class Group:
    """Claims under a heading.

    Attributes:
        title: The heading; empty: what the others have in common is not said of these.
        claims: In the order of their source.
    """

    title: Markup
    claims: list[Claim]


def grouped(view: View, nodes: Iterable[Node], key: Callable[[Node], Node | None]) -> list[Group]:
    """Return claims by what they have in common, by its name; those without it come last."""
    groups: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        common = key(node)
        groups[common.iri if common else ""].append(node)
    loose = groups.pop("", [])
    named = [(view.site.resources.node(iri), group) for iri, group in groups.items()]
    named.sort(key=lambda pair: view.label(pair[0]))
    found = [Group(view.link(common), claims(view, group)) for common, group in named]
    return [*found, Group(Markup(""), claims(view, loose))] if loose else found


def as_told(nodes: Iterable[Node]) -> list[Node]:
    """Return claims in the order in which their source tells them; those without position last."""
    return sorted(nodes, key=_position)


def _position(node: Node) -> tuple[float, str]:
    ranges = (terms.passage_range(passage.iri) for passage in node.all("ml:evidence"))
    return min((bounds[0] for bounds in ranges if bounds), default=math.inf), node.iri


def claim(view: View, node: Node) -> Claim:
    """Return one claim as the page shows it."""
    tone = node.one("ml:stance") or node.one("ml:verdict")
    sign = SIGNS.get(tone.slug, "") if tone else ""
    kind, told = _kind(view, node)
    where = tuple(view.where(node))
    return Claim(
        node, summary(view, node), kind, told, where, sign, view.label(tone) if tone else ""
    )


def summary(view: View, node: Node) -> Markup:
    """Return what a claim says, in one line with links."""
    told = next((tell for name, tell in _SUMMARIES.items() if node.is_a(name)), None)
    return told(view, node) if told else view.link(node)


def figure(view: View, node: Node) -> str:
    """Return the value of a figure: ``environ 30 000 m²``."""
    unit = node.one("ml:unit")
    low, high = node.value("ml:low"), node.value("ml:high")
    value = view.number(node.value("ml:value"))
    if low is not None or high is not None:
        value = "–".join(filter(None, (view.number(low), view.number(high))))
    if not value:
        return ""
    qualifier = node.one("ml:qualifier")
    about = view.label(qualifier) if qualifier and qualifier.slug not in ("exact", "range") else ""
    return " ".join(filter(None, (about, _with_unit(view, value, unit))))


def _with_unit(view: View, value: str, unit: Node | None) -> str:
    if unit is None:
        return value
    symbol = _SYMBOLS.get(unit.slug)
    if symbol is None:
        return f"{value}\N{NO-BREAK SPACE}{view.label(unit)}" if unit.slug in _SPOKEN else value
    if view.lang == "fr":
        return f"{value}\N{NARROW NO-BREAK SPACE}{symbol}"
    return {"€": f"€{value}", "%": f"{value}%"}.get(symbol, f"{value}\N{NO-BREAK SPACE}{symbol}")


# Units that are the same for one and for many, in both languages; the others are said by what the
# figure counts.
_SPOKEN = ("minute",)


def amount(view: View, node: Node) -> str:
    """Return what a flow of money amounts to, or nothing where the source gives no figure."""
    if (share := node.value("ml:percent")) is not None:
        base = view.text(node, "ml:rateBase")
        return " ".join(
            filter(None, (words.percent(share, view.lang), f"({base})" if base else ""))
        )
    value = node.value("ml:amount")
    return "" if value is None else _with_unit(view, view.number(value), node.one("ml:currency"))


def _kind(view: View, node: Node) -> tuple[str, Markup]:
    speakers = node.all("ml:saidBy") or node.all("ml:speaker")
    if speakers:
        told = Markup("{} {}").format(view.word("kind-said"), view.links(speakers))
        return ("planned" if _is_planned(node) else "said"), told
    if _is_planned(node):
        return "planned", Markup.escape(view.word("kind-planned"))
    if _is_only_asserted(node):
        return "asserted", Markup.escape(view.word("kind-asserted"))
    if node.is_a("ml:EditorialDecision"):
        return "editorial", Markup.escape(view.word("kind-editorial"))
    return "stated", Markup("")


def _is_planned(node: Node) -> bool:
    return any(status.iri == _PLANNED for status in node.all("ml:status"))


def _is_only_asserted(node: Node) -> bool:
    """Whether it is a yes of the recap table that no page shows."""
    verdict = node.one("ml:verdict")
    if verdict is None or verdict.slug != "yes":
        return False
    place, impact = node.one("ml:place"), node.one("ml:impact")
    if place is None or impact is None:
        return False
    return not any(
        listing.is_a("ml:PageListing") and impact in listing.all("ml:impact")
        for listing in place.back("ml:place")
    )


def _event(view: View, node: Node) -> Markup:
    date = view.date(node.value("ml:date")) or view.word("undated")
    return Markup("<span class=date>{}</span> {}").format(date, view.link(node))


def _figure(view: View, node: Node) -> Markup:
    said = Markup("{}{}<b>{}</b>").format(view.link(node), view.word("colon"), figure(view, node))
    population = view.text(node, "ml:population")
    told = (population, view.date(node.value("ml:period")), node.value("ml:statedSource"))
    return _noted(said, [str(note) for note in told if note])


def _flow(view: View, node: Node) -> Markup:
    givers, takers = node.all("ml:payer"), node.all("ml:payee")
    somebody = Markup("<i>{}</i>").format(view.word("somebody"))
    said = Markup("{} <span class=arrow>→</span> {}{}{}").format(
        view.links(givers) or somebody,
        view.links(takers or node.all("ml:place")) or somebody,
        view.word("colon"),
        view.link(node),
    )
    if money := amount(view, node):
        said += Markup(" <b>{}</b>").format(money)
    return _noted(said, [*_labels(view, node, "ml:phase"), *_status(view, node)])


def _relation(view: View, node: Node) -> Markup:
    kinds = ", ".join(_labels(view, node, "ml:relationKind"))
    said = Markup("{} <span class=soft>{}</span> {}").format(
        view.links(node.all("ml:relationSubject")), kinds, view.links(node.all("ml:relationObject"))
    )
    return _noted(said, [*_dates(view, node), *_status(view, node)])


def _tenure(view: View, node: Node) -> Markup:
    members = view.links(node.all("org:member"))
    said = Markup("{}{}{}").format(
        members, ", " if members else "", view.link(node, words.small(view.label(node)))
    )
    return _noted(said, _dates(view, node))


def _team(view: View, node: Node) -> Markup:
    many = node.value("ml:headcount")
    counted = Markup("<b>{}</b> ").format(view.number(many)) if many is not None else Markup("")
    return counted + view.link(node)


def _testimony(view: View, node: Node) -> Markup:
    return Markup("{}{}{}").format(
        view.link(node), view.word("colon"), view.text(node, "ml:paraphrase")
    )


def _name(view: View, node: Node) -> Markup:
    kinds = ", ".join(_labels(view, node, "ml:nameKind"))
    return Markup("{} <span class=soft>{}</span>").format(view.link(node), kinds)


def _discrepancy(view: View, node: Node) -> Markup:
    return Markup("{}{}{}").format(
        view.link(node), view.word("colon"), view.text(node, "ml:reading")
    )


def _decision(view: View, node: Node) -> Markup:
    return Markup("{}{}{}").format(
        view.link(node), view.word("colon"), view.text(node, "ml:rationale")
    )


def _share(view: View, node: Node) -> Markup:
    return Markup("{} <b>{}</b>").format(
        view.link(node), words.percent(node.value("ml:percent"), view.lang)
    )


def _cell(view: View, node: Node) -> Markup:
    return Markup("{}{}{}").format(
        view.link(node), view.word("colon"), ", ".join(_labels(view, node, "ml:verdict"))
    )


def _noted(said: Markup, notes: list[str]) -> Markup:
    return said + Markup(" <span class=soft>{}</span>").format(" · ".join(notes)) if notes else said


def _labels(view: View, node: Node, name: str) -> list[str]:
    return [view.label(other) for other in node.all(name)]


def _dates(view: View, node: Node) -> list[str]:
    date, start, end = (node.value(f"ml:{name}") for name in ("date", "startDate", "endDate"))
    if date is not None:
        return [view.date(date)]
    if start is None and end is None:
        return []
    return [view.date(f"{start or '..'}/{end or '..'}")]


def _status(view: View, node: Node) -> list[str]:
    """Return the status in words, where it is not the one that goes without saying."""
    return [view.label(s) for s in node.all("ml:status") if s.slug not in _USUAL]


_SUMMARIES: dict[str, _Summary] = {
    "ml:TimelineEvent": _event,
    "ml:Figure": _figure,
    "ml:FundingFlow": _flow,
    "ml:FundingTransfer": _flow,
    "ml:FundingCommitment": _flow,
    "ml:FundingShare": _share,
    "ml:ActorRelation": _relation,
    "ml:RoleTenure": _tenure,
    "ml:TeamRole": _team,
    "ml:Testimony": _testimony,
    "ml:NameForm": _name,
    "ml:Discrepancy": _discrepancy,
    "ml:EditorialDecision": _decision,
    "ml:MatrixCell": _cell,
}
