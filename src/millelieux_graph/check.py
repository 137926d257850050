"""Whether a graph keeps the promises of the vocabulary: shapes, then hygiene rules.

pySHACL, the reference implementation, judges the shapes; the hygiene rules are SPARQL queries that
return a row for each breach.  A `CheckedGraph` can only come from here, and publishing accepts
nothing else, so unchecked data cannot go out by mistake.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import SH
from rdflib.plugins.sparql import prepareQuery

from . import terms
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


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        findings: Everything that is wrong, sorted.
        triples: How many triples were judged.
    """

    findings: tuple[Finding, ...]
    triples: int

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def to_text(self) -> str:
        """Return a line a finding: where, what and what to do, the rule."""
        return "".join(f"{f.where}: {f.problem} [{f.rule}]\n" for f in self.findings)

    def to_json(self) -> str:
        """Return the findings as a JSON object with ``conforms``, ``triples`` and ``findings``."""
        found = [{"rule": f.rule, "where": f.where, "problem": f.problem} for f in self.findings]
        told = {"conforms": self.conforms, "triples": self.triples, "findings": found}
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"

    def to_turtle(self) -> str:
        """Return the standard ``sh:ValidationReport`` (https://www.w3.org/TR/shacl/#validation-report)."""
        report, results = ox.BlankNode("report"), list(_results(self.findings))
        head = [
            ox.Triple(report, _node("rdf:type"), _node("sh:ValidationReport")),
            ox.Triple(report, _node("sh:conforms"), ox.Literal(self.conforms)),
        ]
        links = {t.subject: ox.Triple(report, _node("sh:result"), t.subject) for t in results}
        triples = [*head, *links.values(), *results]
        return rdf.write(triples, by_name("turtle")).decode()


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
            lines |= _load(graph, source)
        except SourceSyntax as error:
            where = f"{error.where}:{error.line}:{error.column}"
            broken.append(Finding("syntax", where, f"{error.reason}."))
    report = _judge(graph, lines)
    return Report(tuple(sorted([*broken, *report.findings])), report.triples)


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
    _, report, _ = pyshacl.validate(
        _Prepared.holding(data),
        shacl_graph=shapes,
        inference="none",
        advanced=False,
        do_owl_imports=False,
        inplace=True,  # the graph is ours already
        focus_nodes=None if focus is None else list(focus),
    )
    return sorted(_shape_findings(report, shapes))


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
    found: list[Finding] = []
    if lines is None or lines:
        found = validate(_rdflib(triples), _rdflib(q.triple for q in shapes.quads()), lines)
    found += _hygiene(graph, shapes)
    if lines is not None:
        found = [
            Finding(f.rule, f"{lines[f.where]} {terms.curie(f.where)}", f.problem)
            for f in found
            if f.where in lines
        ]
    return Report(tuple(sorted(set(found))), len(triples))


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


def _shape_findings(report: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Finding]:
    for result in report.objects(None, SH.result):
        shape = report.value(result, SH.sourceShape)
        # From the shape itself: in results of SPARQL constraints pySHACL loses the language.
        said = shapes.objects(shape, SH.message)
        messages = {getattr(message, "language", None): str(message) for message in said}
        yield Finding(
            rule=terms.curie(str(shape)),
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


def _results(findings: Iterable[Finding]) -> Iterator[ox.Triple]:
    """Yield one ``sh:ValidationResult`` a finding."""
    for number, finding in enumerate(findings):
        result = ox.BlankNode(f"result{number}")
        yield ox.Triple(result, _node("rdf:type"), _node("sh:ValidationResult"))
        yield ox.Triple(result, _node("sh:resultSeverity"), _node("sh:Violation"))
        yield ox.Triple(
            result, _node("sh:sourceConstraintComponent"), _node("sh:SPARQLConstraintComponent")
        )
        yield ox.Triple(result, _node("sh:focusNode"), _focus(finding.where))
        yield ox.Triple(
            result, _node("sh:resultMessage"), ox.Literal(finding.problem, language="en")
        )


def _focus(where: str) -> ox.NamedNode | ox.Literal:
    try:
        return ox.NamedNode(terms.expand(where.rsplit(" ", 1)[-1]))
    except ValueError:
        return ox.Literal(where)


def _node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(terms.expand(curie))
