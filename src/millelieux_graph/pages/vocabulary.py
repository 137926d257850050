"""The page of the vocabulary: each term with its meaning, its neighbours, and who uses it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from markupsafe import Markup

from .. import queries, terms
from ..graph import Graph
from ..sources import shipped
from . import diagram, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..resources import Node
    from .view import View

__all__ = ["context", "modules"]

_SECTION = re.compile(r"# ── ([^:─]+?)(?:: .+?)? ─+")
_DECLARED = re.compile(r"ml:(\w+) a ")
_NAMED = re.compile(r"(?<![\w:-])ml:(\w+)")
_COMMENT = re.compile(r"^#(?!\+).*$", re.MULTILINE)  # not the header of a stored query
_EDGES = f"""
PREFIX rdfs: <{terms.PREFIXES["rdfs"]}> PREFIX sh: <{terms.PREFIXES["sh"]}>
SELECT DISTINCT ?start ?property ?end
WHERE {{
    {{ ?property rdfs:domain ?start ; rdfs:range ?end }}
    UNION
    {{
        ?shape sh:targetClass ?start ; sh:property ?constraint .
        ?constraint sh:path ?property .
        {{ ?property rdfs:range ?end }} UNION {{ ?constraint sh:class ?end }}
    }}
    FILTER(isIRI(?property))
    FILTER(STRSTARTS(STR(?start), "{terms.ML}") && STRSTARTS(STR(?end), "{terms.ML}"))
}}
"""
_LEADS = (
    ("subclass", "rdfs:subClassOf"),
    ("subproperty", "rdfs:subPropertyOf"),
    ("domain", "rdfs:domain"),
    ("range", "rdfs:range"),
    ("inverse", "owl:inverseOf"),
    ("mapped", "skos:closeMatch"),
)
_TELLS = (("example", "skos:example"), ("scope", "skos:scopeNote"))


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the vocabulary as the page shows it."""

    node: Node
    curie: str
    label: str
    definition: str
    facts: list[tuple[str, Markup]]


@dataclass(frozen=True, slots=True)
class Section:
    """A module: its terms, classes first, and a diagram of how its classes hang together."""

    title: str
    purpose: str
    diagram: Markup
    terms: list[Term]


def context(view: View, node: Node) -> dict[str, Any]:
    """Return what the template of the vocabulary needs."""
    return {
        "node": node,
        "namespace": terms.ML,
        "sections": [_section(view, name, members) for name, members in modules().items()],
        "schemes": sorted(node.resources.instances("skos:ConceptScheme"), key=view.label),
    }


@cache
def modules() -> Mapping[str, tuple[str, ...]]:
    """Return the names of the terms of each module, in the order of the file that declares them."""
    found: dict[str, list[str]] = {}
    module = ""
    text = (shipped.shipped("ontology") / "millelieux.ttl").read_text(encoding="utf-8")
    for line in text.splitlines():
        if section := _SECTION.fullmatch(line):
            module = section[1]
        elif declared := _DECLARED.match(line):
            found.setdefault(module, []).append(declared[1])
    return {name: tuple(members) for name, members in found.items()}


def _section(view: View, name: str, members: tuple[str, ...]) -> Section:
    nodes = [view.site.resources.node(terms.ML + member) for member in members]
    nodes.sort(key=lambda node: (not node.is_a("owl:Class"), view.label(node).casefold()))
    return Section(
        words.module(view.lang, name),
        words.purpose(view.lang, name),
        _diagram(view, words.module(view.lang, name), nodes),
        [_term(view, node) for node in nodes],
    )


def _term(view: View, node: Node) -> Term:
    facts = [
        (view.word(key), Markup(", ").join(_named(view, other) for other in others))
        for key, name in _LEADS
        if (others := node.all(name))
    ]
    facts += [
        (view.word(key), Markup.escape(text))
        for key, name in _TELLS
        if (text := view.text(node, name))
    ]
    asked = _askers().get(node.slug, ())
    if asked:
        found = [Markup('<a href="{}">{}</a>').format(view.page(f"query/{q}"), q) for q in asked]
        facts.append((view.word("used-by"), Markup(", ").join(found)))
    definition = view.text(node, "skos:definition")
    return Term(node, terms.curie(node.iri), view.label(node), definition, facts)


def _named(view: View, node: Node) -> Markup:
    """Return a term by its label, or by its short name where it is another vocabulary's."""
    if node.iri.startswith(terms.ML):
        return view.link(node)
    return Markup("<code>{}</code>").format(terms.curie(node.iri))


@cache
def _askers() -> Mapping[str, list[str]]:
    """Return the stored queries that name each term."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for query in queries.catalogue():
        for name in sorted(set(_NAMED.findall(_COMMENT.sub("", query.text)))):
            found[name].append(query.name)
    return found


@cache
def _edges() -> list[tuple[str, str, str]]:
    """Return which class bears which property that leads where, by the ontology and the shapes."""
    graph = Graph().load([*shipped.ontology(), *shipped.shapes()])
    rows = graph.query(_EDGES)
    assert isinstance(rows, ox.QuerySolutions)  # it is a SELECT
    return sorted({(row["start"].value, row["property"].value, row["end"].value) for row in rows})


def _diagram(view: View, title: str, nodes: list[Node]) -> Markup:
    """Return the properties of a module that lead from class to class, as a picture."""
    label, members = view.site.resources.label, {node.iri for node in nodes}
    return diagram.draw(
        title,
        (
            (label(start, view.lang), label(name, view.lang), label(end, view.lang))
            for start, name, end in _edges()
            if name in members or (start in members and end in members)
        ),
    )
