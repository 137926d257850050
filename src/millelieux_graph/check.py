"""Whether a graph keeps the promises of the vocabulary: shapes, then hygiene rules.

pySHACL, the reference implementation, judges the shapes; the hygiene rules are SPARQL queries that
return a row for each breach.  A `CheckedGraph` can only come from here, and publishing accepts
nothing else, so unchecked data cannot go out by mistake.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import SH
from rdflib.plugins.sparql import prepareQuery

from . import terms
from .dumps import canonical_triples
from .errors import Finding, NotConforming, SourceSyntax
from .formats import by_name
from .graph import Graph, packaged
from .sources import rdf, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.plugins.sparql.sparql import Query

    from .sources.rdf import Source

__all__ = ["CheckedGraph", "Report", "check", "check_sources", "require", "validate"]

_SHOWN = 5  # findings that a refusal quotes
_OWN = ("hygiene:", "syntax")  # rules that are no shapes


_REPORT, _RESULT = rdf.node("sh:ValidationReport"), rdf.node("sh:ValidationResult")
# What the report says of itself, which we say anew.
_HEAD = {rdf.node("sh:conforms"), rdf.node("sh:result")}


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        findings: Everything that is wrong, sorted.
        triples: How many triples were judged.
        shacl: What the SHACL engine reported, as N-Triples.
    """

    findings: tuple[Finding, ...]
    triples: int
    shacl: bytes = b""

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def to_text(self) -> str:
        """Return a line a finding: where, what and what to do, the rule."""
        return "".join(f"{finding}\n" for finding in self.findings)

    def to_json(self) -> str:
        """Return the findings as a JSON object with ``conforms``, ``triples`` and ``findings``."""
        found = [asdict(finding) for finding in self.findings]
        told = {"conforms": self.conforms, "triples": self.triples, "findings": found}
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"

    def to_turtle(self) -> str:
        """Return the standard ``sh:ValidationReport`` (https://www.w3.org/TR/shacl/#validation-report)."""
        report = ox.BlankNode("report")
        shacl = [quad.triple for quad in ox.parse(self.shacl, ox.RdfFormat.N_TRIPLES)]
        results = [t for t in shacl if t.predicate not in _HEAD and t.object != _REPORT]
        results += _own_results(f for f in self.findings if f.rule.startswith(_OWN))
        nodes = {t.subject for t in results if t.object == _RESULT}
        head = [
            rdf.said(report, "rdf:type", _REPORT),
            rdf.said(report, "sh:conforms", ox.Literal(self.conforms)),
            *(rdf.said(report, "sh:result", node) for node in nodes),
        ]
        written = canonical_triples([*head, *results])
        return rdf.write(written, by_name("turtle"), rdf.used_prefixes(written)).decode()


@dataclass(frozen=True)
class CheckedGraph:
    """A graph that passed `check`; only `require` makes one.

    Attributes:
        graph: The graph.
        report: What the check judged.
    """

    graph: Graph
    report: Report


def check(graph: Graph) -> Report:
    """Judge a whole graph by the shapes and the hygiene rules."""
    return _judge(graph, None)


def check_sources(sources: Iterable[Source]) -> Report:
    """Judge somebody's own RDF beside the ontology, the concept schemes and the packaged data.

    References to what we ship resolve; only what the sources themselves describe is judged.
    Broken RDF is a finding with file, line and column, and the other sources are still judged.

    Raises:
        CannotRead: A source is missing, unreadable or too large.
    """
    graph, broken = packaged(), []
    lines: dict[str, str] = {}
    for source in sources:
        try:
            lines = _load(graph, source) | lines
        except SourceSyntax as error:
            where = f"{error.where}:{error.line}:{error.column}"
            broken.append(Finding("syntax", where, f"{error.reason}."))
    report = _judge(graph, lines)
    return replace(report, findings=tuple(sorted([*broken, *report.findings])))


def require(graph: Graph) -> CheckedGraph:
    """Return a graph as checked.

    Raises:
        NotConforming: The check found something; the text tells the first findings.
    """
    report = check(graph)
    if not report.conforms:
        first = Report(report.findings[:_SHOWN], 0).to_text()
        raise NotConforming(
            f"The graph has {len(report.findings)} findings; mend them first:\n{first}"
        )
    return CheckedGraph(graph, report)


def validate(
    data: rdflib.Graph, shapes: rdflib.Graph, focus: Iterable[str] | None = None
) -> list[Finding]:
    """Return what the shapes object to, sorted.

    Args:
        data: The triples to judge, with the ontology and the concept schemes they refer to.
        shapes: SHACL shapes; those of the project are in ``ontology/shapes/``.
        focus: IRIs of the only nodes to judge; all targets when None.

    Follows SHACL (https://www.w3.org/TR/shacl/), core and SPARQL constraints, without inference.
    """
    return sorted(_shape_findings(_shacl_report(data, shapes, focus)))


def _shacl_report(
    data: rdflib.Graph, shapes: rdflib.Graph, focus: Iterable[str] | None
) -> rdflib.Graph:
    """Return the engine's validation report, with each shape's messages in every language."""
    outcome = pyshacl.validate(
        _Prepared.holding(data),
        shacl_graph=shapes,
        inference="none",
        advanced=False,
        do_owl_imports=False,
        inplace=True,  # the graph is ours already
        focus_nodes=None if focus is None else list(focus),
    )
    report: rdflib.Graph = outcome[1]
    for result, shape in list(report.subject_objects(SH.sourceShape)):
        # From the shape itself: in results of SPARQL constraints pySHACL loses the language.
        messages = list(shapes.objects(shape, SH.message))
        if messages:
            report.remove((result, SH.resultMessage, None))
        for message in messages:
            report.add((result, SH.resultMessage, message))
    return report


class _Prepared(rdflib.Graph):
    """A graph that parses a query once, where pySHACL sends the same one for each focus node."""

    @classmethod
    def holding(cls, triples: Iterable[tuple[rdflib.Node, rdflib.Node, rdflib.Node]]) -> _Prepared:
        graph = cls()
        for triple in triples:
            graph.add(triple)
        return graph

    def query(  # type: ignore[override]  # what pySHACL sends is always text
        self,
        query_object: str,
        *arguments: Any,  # noqa: ANN401  # handed on as they come
        **keywords: Any,  # noqa: ANN401
    ) -> rdflib.query.Result:
        """Evaluate a query, prepared the first time it comes."""
        prefixes = tuple(sorted((prefix, str(iri)) for prefix, iri in self.namespaces()))
        return super().query(_prepared(query_object, prefixes), *arguments, **keywords)


@cache
def _prepared(text: str, prefixes: tuple[tuple[str, str], ...]) -> Query:
    return prepareQuery(text, initNs=dict(prefixes))


def _judge(graph: Graph, lines: Mapping[str, str] | None) -> Report:
    """Judge a graph; with `lines`, only the subjects that they place, named by their line."""
    triples = {quad.triple for quad in graph.quads()}
    shapes = Graph().load(shipped.shapes())
    report = rdflib.Graph()
    if lines is None or lines:
        shacl = _rdflib(quad.triple for quad in shapes.quads())
        report = _shacl_report(_rdflib(triples), shacl, lines)
    found = [*_shape_findings(report), *_hygiene(graph, shapes)]
    if lines is not None:
        found = [
            Finding(f.rule, f"{lines[f.where]} {terms.curie(f.where)}", f.problem)
            for f in found
            if f.where in lines
        ]
    written = report.serialize(format="nt", encoding="utf-8")
    return Report(tuple(sorted(set(found))), len(triples), written)


def _load(graph: Graph, source: Source) -> dict[str, str]:
    """Add a source to a graph, all or nothing; return ``file:line`` of each of its subjects."""
    lines: dict[str, str] = {}
    quads = []
    for line, quad in rdf.read_with_lines(source):
        quads.append(quad)
        lines.setdefault(str(quad.subject).strip("<>"), f"{source.name}:{line}")
    graph.extend(quads)
    return lines


def _rdflib(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=rdf.write(triples, by_name("ntriples")), format="nt")


def _shape_findings(report: rdflib.Graph) -> Iterator[Finding]:
    for result in report.objects(None, SH.result):
        said = report.objects(result, SH.resultMessage)
        messages = {getattr(message, "language", None): str(message) for message in said}
        yield Finding(
            rule=terms.curie(str(report.value(result, SH.sourceShape))),
            where=str(report.value(result, SH.focusNode)),
            problem=messages.get("en") or next(iter(messages.values()), "It breaks this shape."),
        )


def _hygiene(graph: Graph, shapes: Graph) -> Iterator[Finding]:
    """Run the hygiene rules over the graph with the shapes beside it."""
    both = Graph()
    both.extend(graph.quads())
    both.extend(shapes.quads())
    for rule in sorted((shipped.shipped("ontology") / "hygiene").glob("*.rq")):
        yield from _breaches(both, rule)


def _breaches(graph: Graph, rule: Path) -> Iterator[Finding]:
    rows = graph.query(rule.read_text(encoding="utf-8"))
    assert isinstance(rows, ox.QuerySolutions), f"{rule} is not a SELECT query"
    for row in rows:
        yield Finding(f"hygiene:{rule.stem}", str(row["focus"]).strip("<>"), row["problem"].value)


def _own_results(findings: Iterable[Finding]) -> Iterator[ox.Triple]:
    """Yield one ``sh:ValidationResult`` for each finding that no shape has made."""
    for number, finding in enumerate(findings):
        result = ox.BlankNode(f"own{number}")
        yield rdf.said(result, "rdf:type", _RESULT)
        yield rdf.said(result, "sh:resultSeverity", rdf.node("sh:Violation"))
        yield rdf.said(
            result, "sh:sourceConstraintComponent", rdf.node("sh:SPARQLConstraintComponent")
        )
        yield rdf.said(result, "sh:focusNode", _focus(finding.where))
        yield rdf.said(result, "sh:resultMessage", ox.Literal(finding.problem, language="en"))


def _focus(where: str) -> ox.NamedNode | ox.Literal:
    try:
        return ox.NamedNode(terms.expand(where.rsplit(" ", 1)[-1]))
    except ValueError:
        return ox.Literal(where)
