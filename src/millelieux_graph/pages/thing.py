"""The page of any other thing: what it is, what is said of it, where, and what points to it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from markupsafe import Markup

from .. import terms
from ..resources import MOST, Node
from ..values import Term, value
from . import words
from .claims import Claim, claim, claims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .matrix import Matrix
    from .view import View

__all__ = ["context", "facts"]

# What the page shows elsewhere, or what only machines need.
_ELSEWHERE = {
    terms.expand(name)
    for name in (
        "rdf:type skos:prefLabel rdfs:label dcterms:title dcterms:description dcterms:identifier "
        "ml:evidence ml:otherEvidence ml:earliest ml:latest ml:reading ml:paraphrase ml:rationale "
        "ml:form skos:definition foaf:name oa:start oa:end ml:order"
    ).split()
}
_TEXTS = ("dcterms:description", "ml:paraphrase", "ml:reading", "ml:rationale", "skos:definition")
_FIRST = 100  # of each kind, on the page


def context(view: View, node: Node, matrix: Matrix) -> dict[str, Any]:
    """Return what the template of a thing needs."""
    shown = claim(view, node)
    return {
        "node": node,
        "claim": shown,
        "texts": [text for name in _TEXTS if (text := view.text(node, name))],
        "facts": list(facts(view, node)),
        "where": shown.where,
        "other": view.where(node, "ml:otherEvidence"),
        "is_passage": node.is_a("ml:SourceLocator"),
        "cell": _cell(node, matrix),
        "groups": list(_pointing(view, node)),
        "most": MOST,
    }


def _cell(node: Node, matrix: Matrix) -> Any:  # noqa: ANN401  # what the template takes
    if not node.is_a("ml:MatrixCell"):
        return None
    place, impact = node.one("ml:place"), node.one("ml:impact")
    return matrix.cell(place, impact) if place and impact else None


def facts(view: View, node: Node) -> Iterator[tuple[Markup, Markup]]:
    """Yield what is said of a thing, property by property."""
    said: dict[str, list[Term]] = defaultdict(list)
    for triple in node.resources.about(node.iri):
        if triple.predicate.value not in _ELSEWHERE:
            said[triple.predicate.value].append(triple.object)
    for predicate, values in said.items():
        spoken = _in_language(values, view)
        yield property_name(view, predicate), Markup(", ").join(_value(view, v) for v in spoken)


def property_name(view: View, iri: str) -> Markup:
    """Return what a property is called, linked to its definition if it is one of ours."""
    curie = terms.curie(iri)
    if iri.startswith(terms.ML):
        return view.link(view.site.resources.node(iri), view.site.resources.label(iri, view.lang))
    return Markup.escape(words.predicate(view.lang, curie) or curie)


def _in_language(values: list[Term], view: View) -> list[Term]:
    """Leave out what is said in another language too."""
    languages = {getattr(value, "language", None) for value in values}
    if view.lang not in languages:
        return values
    return [v for v in values if getattr(v, "language", None) in (None, view.lang)]


def _value(view: View, term: Term) -> Markup:
    if isinstance(term, ox.NamedNode):
        return view.link(view.site.resources.node(term.value))
    if not isinstance(term, ox.Literal):
        return Markup.escape(str(term))
    if term.datatype.value == terms.expand("edtf:EDTF"):
        return Markup.escape(view.date(term.value))
    if term.language and term.language != view.lang:
        return Markup('<span lang="{}" dir=auto>{}</span>').format(term.language, term.value)
    told = value(term)
    if isinstance(told, bool):
        return Markup.escape(view.word("verdict-yes" if told else "verdict-no"))
    text = told if isinstance(told, str) else view.number(told)
    return Markup("<span dir=auto>{}</span>").format(text)


def _pointing(view: View, node: Node) -> Iterator[tuple[str, list[Claim], int]]:
    """Yield what points to a thing, by class: its name, the first of them, how many there are."""
    groups: dict[str, list[str]] = defaultdict(list)
    for triple in node.resources.pointing_to(node.iri, MOST):
        subject = triple.subject
        assert isinstance(subject, ox.NamedNode)  # the others are left out
        kinds = node.resources.kinds(subject.value)
        kind = kinds[0] if kinds else ""
        if subject.value in view.site.things and subject.value not in groups[kind]:
            groups[kind].append(subject.value)
    for kind in sorted(groups, key=_rank):
        nodes = [node.resources.node(iri) for iri in groups[kind]]
        if nodes:
            yield _plural(view, kind), claims(view, nodes[:_FIRST]), len(nodes)


def _plural(view: View, kind: str) -> str:
    if not kind:  # such as what only says by what it was replaced
        return view.word("of-no-class")
    return words.kind(view.lang, terms.curie(kind)) or view.site.resources.label(kind, view.lang)


def _rank(kind: str) -> tuple[int, str]:
    """Put the claims first, and what only tells a position last."""
    late = kind in (terms.expand("ml:SourceLocator"), terms.expand("ml:SourceSection"))
    return (int(late), kind)
