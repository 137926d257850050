"""What the query page loads beside scripts: the stored queries, and the terms that it completes.

Both are JSON, written for the scripts in ``pages/static/``; the page itself is a template.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import queries, terms
from .parameters import LANGUAGES, bind

if TYPE_CHECKING:
    from .graph import Graph
    from .queries import Query

__all__ = ["files", "stored", "vocabulary"]

# A class or property is a term because it is declared, or because the data use it.
_TERMS = f"""\
PREFIX owl: <{terms.PREFIXES["owl"]}>
PREFIX rdfs: <{terms.PREFIXES["rdfs"]}>
PREFIX skos: <{terms.PREFIXES["skos"]}>
SELECT DISTINCT ?kind ?iri (STR(?said) AS ?label) (LANG(?said) AS ?lang)
WHERE {{
    {{ {{ ?iri a owl:Class }} UNION {{ ?iri a rdfs:Class }} UNION {{ ?thing a ?iri }}
       BIND ("class" AS ?kind) }}
    UNION
    {{ VALUES ?property {{ owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }}
       {{ ?iri a ?property }} UNION {{ ?subject ?iri ?object }}
       BIND ("property" AS ?kind) }}
    UNION
    {{ ?iri a skos:Concept BIND ("concept" AS ?kind) }}
    FILTER (isIRI(?iri))
    OPTIONAL {{ ?iri rdfs:label|skos:prefLabel ?said }}
}}
"""


def files(graph: Graph) -> Iterator[tuple[str, bytes]]:
    """Yield the two files for a release."""
    yield "query/index.json", _json(stored(graph))
    yield "assets/terms.json", _json(vocabulary(graph))


def stored(graph: Graph) -> list[dict[str, object]]:
    """Return the stored queries as the page lists them, by topic and name."""
    return [_entry(graph, query) for query in queries.catalogue()]


def _entry(graph: Graph, query: Query) -> dict[str, object]:
    return {
        "name": query.name,
        "topic": query.topic,
        "question": dict(query.question),
        "keywords": list(query.keywords),
        "picture": query.picture,
        "sparql": {lang: _spoken(graph, query, lang) for lang in LANGUAGES},
    }


def _spoken(graph: Graph, query: Query, lang: str) -> str:
    """Return the text of a query whose labels are in a language."""
    return bind(graph, query.sparql, query.params, queries.spoken(query, {}, lang))


def vocabulary(graph: Graph) -> dict[str, object]:
    """Return prefixes, and the classes, properties and concepts with their labels."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    answer = graph.query(_TERMS)
    assert isinstance(answer, ox.QuerySolutions)  # it is a SELECT
    for kind, iri, label, lang in sorted(answer, key=str):
        labels = found.setdefault((_text(kind), _text(iri)), {})
        if _text(lang) in LANGUAGES:
            labels.setdefault(_text(lang), _text(label))
    entries = [{"kind": kind, "iri": iri, **labels} for (kind, iri), labels in found.items()]
    return {
        "base": terms.BASE,
        "prefixes": terms.PREFIXES,
        "terms": sorted(entries, key=lambda entry: (entry["iri"], entry["kind"])),
    }


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _json(told: object) -> bytes:
    return (json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
