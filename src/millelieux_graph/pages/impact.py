"""The page of an impact: what it claims, its axes with their findings, conditions and places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..resources import Node, of_kind
from .claims import Claim, as_told, claim, claims, grouped
from .matrix import Matrix, ordered

if TYPE_CHECKING:
    from markupsafe import Markup

    from .view import View

__all__ = ["context"]


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis with what was found along it.

    Attributes:
        claim: The axis itself.
        places: Where the source sees it.
        findings: Those that support it first.
    """

    claim: Claim
    places: Markup
    findings: list[Claim]


def context(view: View, impact: Node, matrix: Matrix) -> dict[str, Any]:
    """Return what the template of an impact needs."""
    near = as_told(impact.back("ml:impact", "ml:about"))
    cells = [matrix.cell(place, impact) for place in matrix.places]
    return {
        "node": impact,
        "number": view.number(impact.value("ml:order")),
        "is_negative": any(p.slug == "negative" for p in impact.all("ml:polarity")),
        "cells": [cell for cell in cells if cell.verdict or cell.listings],
        "axes": [_axis(view, axis) for axis in ordered(of_kind(near, "ml:ImpactAxis"))],
        "conditions": grouped(
            view, of_kind(near, "ml:EnablingCondition"), lambda condition: condition.one("ml:scale")
        ),
        "testimonies": claims(view, of_kind(near, "ml:Testimony")),
        "figures": claims(view, of_kind(near, "ml:Figure")),
        "asserted": [cell for cell in cells if "asserted-only" in cell.disagreements],
        "discrepancies": of_kind(near, "ml:Discrepancy"),
        "where": view.where(impact),
    }


def _axis(view: View, axis: Node) -> Axis:
    findings = of_kind(axis.back("ml:axis"), "ml:ImpactFinding")
    tones = ("supports", "limits", "counter-example", "neutral")

    def rank(finding: Node) -> int:
        stance = finding.one("ml:stance")
        return tones.index(stance.slug) if stance and stance.slug in tones else len(tones)

    return Axis(
        claim(view, axis),
        view.links(axis.all("ml:place")),
        claims(view, sorted(as_told(findings), key=rank)),
    )
