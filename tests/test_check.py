"""The check: what conforms passes in silence; what does not is named with its file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from command import TEMPLATE, Run, millelieux
from rdflib import RDF, SH

from millelieux_graph.check import CheckedGraph, Report, check_sources, require
from millelieux_graph.errors import Finding, NotConforming
from millelieux_graph.graph import Graph
from millelieux_graph.publish import publish
from millelieux_graph.sources import rdf

if TYPE_CHECKING:
    from stages import Released

pytest_plugins = ["stages"]

GOOD = TEMPLATE.read_text(encoding="utf-8")
# A fault, what it replaces, the thing that is then at fault, and a word of what the finding says.
FAULTS = {
    "an unknown concept": ("use:repair", "use:reparation", "<item/la-navette-repair>", "spelling"),
    "a missing property": (
        "ml:locationType locationType:town-centre ;",
        "",
        "<place/la-navette>",
        "ml:locationType",
    ),
    "a sum that is not whole": (
        "ml:percent 65.0",
        "ml:percent 55.0",
        "<mix/la-navette-operation>",
        "100",
    ),
    "a bad date": ('"2021-03"^^', '"spring"^^', "<event/la-navette-opening>", "EDTF"),
    "an unknown property": ("ml:headcount", "ml:headCount", "<team/la-navette-coordinator>", "ml:"),
}


def faulty(fault: str) -> tuple[str, int, str]:
    """Return the template with a fault, the line of the thing at fault, and a word to look for.

    The place gets a name of its own, so that several faulty files can be checked together.
    """
    right, wrong, subject, word = FAULTS[fault]
    name = f"la-navette-{list(FAULTS).index(fault)}"
    assert right in GOOD
    text = GOOD.replace(right, wrong).replace("la-navette", name)
    subject = subject.replace("la-navette", name)
    line = next(n for n, told in enumerate(text.splitlines(), 1) if told.startswith(subject))
    return text, line, word


def test_the_packaged_graph_conforms(released: Released) -> None:
    """What we ship keeps its own promises, with what follows from it."""
    assert "no finding" in released.summary


def test_the_template_conforms() -> None:
    """The file that the guide offers to start from has no finding; data stays silent."""
    run = millelieux("check", TEMPLATE)
    assert (run.code, run.out) == (0, "")
    assert "no findings" in run.err


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A check of all faults together, each in a file of its own."""
    folder = tmp_path_factory.mktemp("faults")
    for number, fault in enumerate(FAULTS):
        (folder / f"{number}.ttl").write_text(faulty(fault)[0], encoding="utf-8")
    return millelieux("check", folder)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_file_and_line(judged: Run, fault: str) -> None:
    """Each finding tells file, line, thing and rule, and says what to do; the exit code is 1."""
    _, line, word = faulty(fault)
    place = f"{list(FAULTS).index(fault)}.ttl:{line} "
    told = [finding for finding in judged.out.splitlines() if place in finding]
    assert judged.code == 1
    assert any(word in finding for finding in told), judged.out
    assert all(finding.endswith("]") for finding in told)


def test_standard_input_is_checked() -> None:
    """A dash reads Turtle from standard input, which findings call by that name."""
    text, line, _ = faulty("an unknown concept")
    run = millelieux("check", "-", stdin=text)
    assert run.code == 1
    assert run.out.startswith(f"<stdin>:{line} ")


def test_a_folder_is_checked_as_one(tmp_path: Path) -> None:
    """Every RDF file of a folder is read, whatever its depth; its files may refer to each other."""
    (tmp_path / "deep").mkdir()
    parts = GOOD.partition("# A number says")
    head = GOOD[: GOOD.index("<territory/")]
    (tmp_path / "deep" / "place.ttl").write_text(parts[0], encoding="utf-8")
    (tmp_path / "claims.ttl").write_text(f"{head}{parts[1]}{parts[2]}", encoding="utf-8")
    (tmp_path / ".hidden.ttl").write_text("no Turtle", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no Turtle", encoding="utf-8")
    assert millelieux("check", tmp_path).code == 0
    alone = millelieux("check", tmp_path / "claims.ttl")
    assert alone.code == 1
    assert f"{tmp_path / 'claims.ttl'}:" in alone.out


def test_broken_turtle_is_a_finding_and_the_rest_is_judged(tmp_path: Path) -> None:
    """A syntax error has file, line, column and reason, and hides no finding of other files."""
    half = GOOD[: GOOD.index('"2021-03"^^')]
    (tmp_path / "broken.ttl").write_text(half, encoding="utf-8")
    (tmp_path / "faulty.ttl").write_text(faulty("an unknown concept")[0], encoding="utf-8")
    (tmp_path / "latin.ttl").write_bytes(GOOD.encode("latin-1", "replace"))
    findings = check_sources(rdf.discover([tmp_path])).findings
    by_file = {Path(f.where.split(".ttl")[0]).name: f for f in findings}
    assert sorted(by_file) == ["broken", "faulty", "latin"]
    assert by_file["broken"].rule == by_file["latin"].rule == "syntax"
    file, line, column = by_file["broken"].where.rsplit(":", 2)
    assert (file, int(line)) == (str(tmp_path / "broken.ttl"), len(half.splitlines()))
    assert int(column) >= 1
    assert "UTF-8" in by_file["latin"].problem


@pytest.mark.parametrize("fault", [None, "a missing property"])
def test_every_format_tells_the_same(tmp_path: Path, fault: str | None) -> None:
    """Text, JSON and the SHACL validation report hold as many findings, and the same ones."""
    file = tmp_path / "mine.ttl"
    file.write_text(faulty(fault)[0] if fault else GOOD, encoding="utf-8")
    report = check_sources(rdf.discover([file]))
    told = json.loads(report.to_json())
    graph = rdflib.Graph().parse(data=report.to_turtle(), format="turtle")
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    results = set(graph.objects(node, SH.result))
    messages = [m for result in results for m in graph.objects(result, SH.resultMessage)]
    said = {str(m) for m in messages if isinstance(m, rdflib.Literal) and m.language == "en"}
    assert told["conforms"] is (fault is None)
    assert graph.value(node, SH.conforms) == rdflib.Literal(fault is None)
    assert len(report.to_text().splitlines()) == len(told["findings"]) == len(results)
    assert {finding["problem"] for finding in told["findings"]} == said
    for result in results:
        assert (result, RDF.type, SH.ValidationResult) in graph
        assert graph.value(result, SH.focusNode) is not None
        assert graph.value(result, SH.resultSeverity) == SH.Violation
        assert graph.value(result, SH.sourceConstraintComponent) is not None


@pytest.mark.parametrize("format", ["json", "turtle"])
def test_the_command_prints_what_programs_read(format: str) -> None:
    """Only the report is on standard output, so a parser takes it as it is."""
    run = millelieux("check", TEMPLATE, "--format", format)
    assert run.code == 0
    if format == "json":
        assert json.loads(run.out)["findings"] == []
    else:
        assert list(ox.parse(run.out, ox.RdfFormat.TURTLE))


def test_what_cannot_be_judged_is_not_called_a_finding(tmp_path: Path) -> None:
    """A missing path, a folder without RDF, another suffix: one sentence, exit code 3, no data."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "table.csv").write_text("a,b\n", encoding="utf-8")
    for path in ("missing.ttl", "empty", "table.csv"):
        run = millelieux("check", tmp_path / path)
        assert (run.code, run.out) == (3, ""), path
        assert path in run.err
        assert len(run.err.splitlines()) == 1
    assert millelieux("check", "--format", "yaml").code == 2


def test_what_we_ship_may_be_referred_to(tmp_path: Path) -> None:
    """One's own place may stand in a commune of the packaged graph."""
    file = tmp_path / "mine.ttl"
    gueret = "<https://w3id.org/millelieux/id/territory/gueret>"
    file.write_text(
        GOOD.replace("ml:inCommune <territory/fontclaire>", f"ml:inCommune {gueret}"), "utf-8"
    )
    assert check_sources(rdf.discover([file])).findings == ()


def test_findings_are_sorted_and_told_once(tmp_path: Path) -> None:
    """The same file given twice has each finding once, in a fixed order."""
    file = tmp_path / "mine.ttl"
    file.write_text(faulty("a missing property")[0].replace("use:repair", "use:no"), "utf-8")
    once = check_sources(rdf.discover([file])).findings
    twice = check_sources(rdf.discover([file, file])).findings
    assert len(once) >= 2
    assert list(once) == sorted(set(once))
    assert [f.problem for f in twice] == [f.problem for f in once]


def test_nothing_unchecked_is_published(tmp_path: Path) -> None:
    """A graph with findings gets no pass, and without a pass there is no release."""
    file = tmp_path / "mine.ttl"
    file.write_text(faulty("an unknown concept")[0], encoding="utf-8")
    graph = Graph().load(rdf.discover([file]))
    with pytest.raises(NotConforming, match="findings"):
        require(graph)
    with pytest.raises(AttributeError):
        # Were this accepted, mypy would complain of an ignore without use.
        publish(graph, tmp_path / "site")  # type: ignore[arg-type]
    assert not (tmp_path / "site").exists()
    run = millelieux("publish", file, "--out", tmp_path / "site")
    assert run.code == 1
    assert "use/reparation" in run.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.ttl"]


def test_a_report_without_findings_conforms() -> None:
    """Conforming is having no finding, no more and no less."""
    assert Report((), 0).conforms
    assert not Report((Finding("rule", "where", "problem"),), 0).conforms
    assert CheckedGraph(Graph(), Report((), 0)).report.to_text() == ""
