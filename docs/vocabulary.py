"""Write the reference page of the vocabulary, in one language.

The titles of the sections of ``ontology/millelieux.ttl`` are the modules; definitions, examples and
mappings are those of the ontology; who uses a term is read from shapes, rules and stored queries.
The few words between them stand in ``vocabulary.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import markup
import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, Literal, Node, URIRef

from millelieux_graph import queries, terms
from millelieux_graph.sources import rdf, shipped

__all__ = ["page"]

_SECTION = re.compile(r"# ── ([^:─]+?)(?:: .+?)? ─+")
_DECLARED = re.compile(r"ml:(\w+) a ")
_NAMED = re.compile(r"(?<![\w:-])ml:(\w+)")
_COMMENT = re.compile(r"^#(?!\+).*$", re.MULTILINE)  # not the header of a stored query
_LEADS_TO = ("rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:domain", "rdfs:range", "owl:inverseOf")
_TELLS = ("skos:scopeNote", "skos:example", "ml:exempt")
_MAPS = ("rdfs:subClassOf", "skos:closeMatch", "rdfs:seeAlso")
_FEW = 3  # a property of more classes than that is drawn in its own module only

Edge = tuple[URIRef, URIRef, URIRef]  # a class, a property that it bears, what that leads to


def page(language: str) -> str:
    """Return the page about modules, terms and concepts."""
    words = _words()[language]
    said = _Said(language)
    ontology = URIRef(f"{terms.BASE}ontology")
    version = str(_ontology().value(ontology, OWL.versionInfo))
    parts = [
        markup.title(words["title"], "ontology/", language),
        said.text(_ontology(), ontology, DCTERMS.description),
        words["namespace"].format(terms.ML, version),
        words["other"],
        markup.prose(words["reading"]),
    ]
    for module, members in _modules().items():
        parts += _module(said, module, members)
    return markup.page([*parts, f"## {words['schemes']}", *_schemes(said)])


class _Said:
    """What the ontology and the words of the page say, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: Mapping[str, Any] = _words()[language]

    def text(self, graph: rdflib.Graph, subject: Node, *predicates: Node) -> str:
        """Return what is said of something in the language of the page."""
        for predicate in predicates:
            values = [o for o in graph.objects(subject, predicate) if isinstance(o, Literal)]
            found = sorted(str(value) for value in values if value.language == self.language)
            if found:
                return " ".join(found)
        return ""

    def label(self, term: URIRef) -> str:
        """Return what a term is called."""
        # A foreign term has no label of ours, and a diagram reads its colon as grammar.
        return self.text(_ontology(), term, RDFS.label) or terms.last_segment(str(term))

    def item(self, name: str, value: str) -> str:
        """Return one line about a term, or nothing where there is nothing to say."""
        return f"- {self.words['item'].format(self.words['facts'][name], value)}" if value else ""


# What is read once, and the same in both languages.


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _graph(sources: Iterable[rdf.Source]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for source in sources:
        graph.parse(source.path, format="turtle")
    return graph


@cache
def _ontology() -> rdflib.Graph:
    return _graph(s for s in shipped.ontology() if s.path == _core())


@cache
def _alignments() -> rdflib.Graph:
    return _graph(s for s in shipped.ontology() if s.path != _core())


@cache
def _shapes() -> rdflib.Graph:
    return _graph(shipped.shapes())


def _core() -> Path:
    return shipped.shipped("ontology") / "millelieux.ttl"


@cache
def _modules() -> Mapping[str, list[URIRef]]:
    """Return the terms of each module, in the order of the page and of the file."""
    found: dict[str, list[URIRef]] = {module: [] for module in _words()["en"]["modules"]}
    module = ""
    for line in _core().read_text(encoding="utf-8").splitlines():
        if section := _SECTION.fullmatch(line):
            module = section[1]
        elif declared := _DECLARED.match(line):
            found[module].append(_ours(declared[1]))
    return found


def _ours(name: str) -> URIRef:
    return URIRef(terms.ML + name)


# One module.


def _module(said: _Said, module: str, members: list[URIRef]) -> Iterator[str]:
    name, purpose = said.words["modules"][module]
    classes = [term for term in members if (term, RDF.type, OWL.Class) in _ontology()]
    yield f"## {name}"
    yield purpose
    if classes:
        yield markup.block("\n".join(_diagram(said, classes, members)), "mermaid")
    for term in sorted(members, key=lambda t: t not in classes):
        yield f"### {said.label(term)} (`{terms.curie(str(term))}`)"
        yield said.text(_ontology(), term, SKOS.definition)
        yield "\n".join(line for line in _facts(said, term) if line)


def _diagram(said: _Said, classes: list[URIRef], members: list[URIRef]) -> Iterator[str]:
    """Yield the lines of a class diagram (https://mermaid.js.org/syntax/classDiagram.html)."""
    edges = [edge for edge in _edges() if edge[0] in classes and _main(edge[1], members)]
    drawn = {*classes, *(end for _, _, end in edges if end.startswith(terms.ML))}
    yield "classDiagram"
    yield "    direction LR"
    for each in sorted(drawn):
        yield f'    class {_local(each)}["{said.label(each)}"]'
    for each in classes:
        for parent in sorted(_parents(each) & drawn):
            yield f"    {_local(parent)} <|-- {_local(each)}"
    for start, property_, end in edges:
        if end in drawn:
            yield f"    {_local(start)} --> {_local(end)} : {said.label(property_)}"
        elif value := said.words["values"].get(terms.curie(end)):
            yield f"    {_local(start)} : {value} {said.label(property_)}"


def _local(term: URIRef) -> str:
    return term.removeprefix(terms.ML)


def _parents(term: URIRef) -> set[URIRef]:
    return {o for o in _ontology().objects(term, RDFS.subClassOf) if isinstance(o, URIRef)}


def _main(property_: URIRef, members: list[URIRef]) -> bool:
    return property_ in members or len({s for s, p, _ in _edges() if p == property_}) <= _FEW


@cache
def _edges() -> list[Edge]:
    """Return which class bears which property that leads where, by the ontology and the shapes."""
    edges = {*_by_domain(), *_by_shape()}
    inherited = {
        (start, p, end) for start, p, end in edges for parent in _parents(start)
        if any(s == parent and q == p for s, q, _ in edges)
    }  # fmt: skip
    return sorted(edges - inherited)


def _by_domain() -> Iterator[Edge]:
    for property_, start in _ontology().subject_objects(RDFS.domain):
        end = _ontology().value(property_, RDFS.range)
        if isinstance(end, URIRef):
            yield URIRef(str(start)), URIRef(str(property_)), end


def _by_shape() -> Iterator[Edge]:
    for shape, start in _shapes().subject_objects(SH.targetClass):
        for constraint in _shapes().objects(shape, SH.property):
            path = _shapes().value(constraint, SH.path)
            end = _ontology().value(path, RDFS.range) or _shapes().value(constraint, SH["class"])
            if isinstance(path, URIRef) and isinstance(end, URIRef):
                yield URIRef(str(start)), path, end


# One term.


def _facts(said: _Said, term: URIRef) -> Iterator[str]:
    kinds = said.words["kinds"]
    types = sorted(terms.curie(str(o)) for o in _ontology().objects(term, RDF.type))
    yield said.item("kind", ", ".join(kinds[t] for t in types if t in kinds))
    for name in _LEADS_TO:
        yield said.item(name, _codes(_ontology().objects(term, _node(name))))
    for name in _TELLS:
        yield said.item(name, said.text(_ontology(), term, _node(name)))
    for name in _MAPS:
        for other in sorted(_alignments().objects(term, _node(name)), key=str):
            why = _reason(said, term, _node(name), other)
            yield said.item(name, f"{_codes([other])}. {why}")
    shapes, stored, rules = (usage.get(term, []) for usage in (_by_shapes(), *_by_text()))
    yield said.item("shapes", ", ".join(f"`{name}`" for name in shapes))
    yield said.item("queries", ", ".join(f"[{name}](queries.md#{name})" for name in stored))
    yield said.item("rules", ", ".join(f"`{name}`" for name in rules))


def _node(curie: str) -> URIRef:
    return URIRef(terms.expand(curie))


def _codes(nodes: Iterable[Node]) -> str:
    named = sorted(terms.curie(str(node)) for node in nodes if isinstance(node, URIRef))
    return ", ".join(f"`{name}`" for name in named)


def _reason(said: _Said, *mapping: Node) -> str:
    """Return why a term is mapped: the annotation of the axiom."""
    parts = (OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget)
    for axiom in _alignments().subjects(OWL.annotatedTarget, mapping[-1]):
        if tuple(_alignments().value(axiom, part) for part in parts) == mapping:
            return said.text(_alignments(), axiom, RDFS.comment)
    return ""


# Who uses a term.


@cache
def _by_shapes() -> Mapping[Node, list[str]]:
    """Return the shapes that name each term, in a triple or in a constraint in SPARQL."""
    found = defaultdict(set)
    for shape in {s for s in _shapes().subjects() if isinstance(s, URIRef)}:
        for predicate, node in _below(shape):
            if predicate == SH.select:
                for name in _NAMED.findall(str(node)):
                    found[_ours(name)].add(terms.curie(str(shape)))
            elif isinstance(node, URIRef):
                found[node].add(terms.curie(str(shape)))
    return {term: sorted(users) for term, users in found.items()}


def _below(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield what is said of a node, and of the blank nodes that it is made of."""
    for predicate, value in _shapes().predicate_objects(node):
        yield predicate, value
        if isinstance(value, rdflib.BNode):
            yield from _below(value)


@cache
def _by_text() -> tuple[Mapping[Node, list[str]], Mapping[Node, list[str]]]:
    """Return the stored queries that name each term, and the rules that do."""
    rules = sorted(shipped.shipped("ontology").glob("*/*.rq"), key=lambda file: file.stem)
    return (
        _naming((query.name, query.text) for query in queries.catalogue()),
        _naming((file.stem, file.read_text(encoding="utf-8")) for file in rules),
    )


def _naming(texts: Iterable[tuple[str, str]]) -> Mapping[Node, list[str]]:
    found: defaultdict[Node, list[str]] = defaultdict(list)
    for name, text in sorted(texts):
        for term in sorted(set(_NAMED.findall(_COMMENT.sub("", text)))):
            found[_ours(term)].append(name)
    return found


# Concept schemes.


def _schemes(said: _Said) -> Iterator[str]:
    graph = _graph(shipped.vocabularies())
    for scheme in sorted(graph.subjects(RDF.type, SKOS.ConceptScheme, unique=True), key=str):
        concepts = sorted(graph.subjects(SKOS.inScheme, scheme, unique=True), key=str)
        slug = terms.last_segment(str(scheme))
        yield f"### {said.text(graph, scheme, SKOS.prefLabel)} (`{slug}`)"
        yield said.text(graph, scheme, SKOS.definition, DCTERMS.description)
        rows = [_concept(said, graph, concept) for concept in concepts]
        yield markup.table(said.words["columns"], rows) if rows else said.words["empty"]


def _concept(said: _Said, graph: rdflib.Graph, concept: Node) -> tuple[str, ...]:
    above = sorted(terms.last_segment(str(b)) for b in graph.objects(concept, SKOS.broader))
    return (
        f"`{terms.last_segment(str(concept))}`",
        said.text(graph, concept, SKOS.prefLabel),
        ", ".join(f"`{slug}`" for slug in above),
        said.text(graph, concept, SKOS.definition),
    )
