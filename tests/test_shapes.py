"""The shapes: each constraint passes what meets it, objects to what does not, and says what to do.

Beside every constraint stand an example that meets it, one that breaks it and the approved report.
All valid examples are judged together, and so are all invalid ones: an engine takes longer to
prepare than to judge.  Two tests keep that fair: no example describes what another one describes,
and no finding is about anything outside the examples.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
import rdflib
from rdflib import OWL, RDF, SH

from millelieux_graph.check import validate
from millelieux_graph.errors import Finding
from millelieux_graph.sources import shipped
from millelieux_graph.terms import PREFIXES, last_segment

HERE = Path(__file__).parent / "shapes"
EXAMPLES = sorted(HERE.glob("*/*.ttl"))
VALID = [path for path in EXAMPLES if path.name.endswith(".valid.ttl")]
INVALID = [path for path in EXAMPLES if path.name.endswith(".invalid.ttl")]

Findings = dict[Path, list[Finding]]


def example_id(path: Path) -> str:
    """Return the name of an example in test reports: its topic, constraint and kind."""
    return path.relative_to(HERE).as_posix().removesuffix(".ttl")


def graph(paths: Iterable[Path | None]) -> rdflib.Graph:
    """Return the triples of some files together."""
    merged = rdflib.Graph()
    for path in paths:
        assert path is not None
        merged.parse(path)
    return merged


def report(findings: Iterable[Finding]) -> str:
    """Return findings as approved reports have them, a line each."""
    return "".join(f"{f.rule}\t{f.where}\t{f.problem}\n" for f in sorted(findings))


def approved(path: Path) -> Path:
    """Return the approved report of an invalid example."""
    return path.with_name(path.name.replace(".invalid.ttl", ".report.txt"))


def agree(report: str, path: Path, request: pytest.FixtureRequest) -> None:
    """Compare a report with the approved one, which changes only when somebody says so."""
    if request.config.getoption("--approve"):
        path.write_text(report, encoding="utf-8", newline="\n")
    assert report == path.read_text(encoding="utf-8")


def constraints(shapes: rdflib.Graph) -> set[str]:
    """Return the names of the shapes that speak: those with a message."""
    return {last_segment(str(shape)) for shape in shapes.subjects(SH.message, None)}


def by_example(paths: list[Path], background: rdflib.Graph, shapes: rdflib.Graph) -> Findings:
    """Judge examples together and return what is found in each."""
    merged = rdflib.Graph() + background
    home: dict[str, Path] = {}
    for path in paths:
        triples = graph([path])
        home |= {str(subject): path for subject in triples.subjects()}
        merged += triples
    found: Findings = defaultdict(list)
    for finding in validate(merged, shapes):
        found[home.get(finding.where, HERE)].append(finding)
    return found


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    """The shapes of the project."""
    return graph(source.path for source in shipped.shapes())


@pytest.fixture(scope="module")
def words() -> rdflib.Graph:
    """The ontology and the concept schemes, which the shapes ask about."""
    return graph(source.path for source in [*shipped.ontology(), *shipped.vocabularies()])


@pytest.fixture(scope="module")
def background(words: rdflib.Graph) -> rdflib.Graph:
    """What every example may refer to: the vocabulary and the invented dataset."""
    return words + graph([HERE / "context.ttl"])


@pytest.fixture(scope="module")
def in_valid(background: rdflib.Graph, shapes: rdflib.Graph) -> Findings:
    """What is found in the valid examples."""
    return by_example(VALID, background, shapes)


@pytest.fixture(scope="module")
def in_invalid(background: rdflib.Graph, shapes: rdflib.Graph) -> Findings:
    """What is found in the invalid examples."""
    return by_example(INVALID, background, shapes)


@pytest.mark.parametrize("path", VALID, ids=example_id)
def test_valid_example_gives_no_finding(path: Path, in_valid: Findings) -> None:
    """What meets a constraint is left in peace."""
    assert report(in_valid.get(path, [])) == ""


@pytest.mark.parametrize("path", INVALID, ids=example_id)
def test_invalid_example_gives_the_approved_report(
    path: Path, in_invalid: Findings, request: pytest.FixtureRequest
) -> None:
    """What breaks a constraint is reported, under that constraint's name, as was approved."""
    found = in_invalid.get(path, [])
    assert f"mls:{path.name.split('.')[0]}" in {finding.rule for finding in found}
    agree(report(found), approved(path), request)


def test_nothing_is_found_outside_the_examples(in_valid: Findings, in_invalid: Findings) -> None:
    """The invented dataset and the vocabulary are valid, whatever stands beside them."""
    assert report(in_valid.get(HERE, []) + in_invalid.get(HERE, [])) == ""


@pytest.mark.parametrize("paths", [VALID, INVALID], ids=["valid", "invalid"])
def test_examples_judged_together_do_not_meet(paths: list[Path]) -> None:
    """No example describes a thing that another one, or the invented dataset, describes."""
    described = Counter(
        subject
        for path in [HERE / "context.ttl", *paths]
        for subject in set(graph([path]).subjects())
    )
    assert [subject for subject, count in described.items() if count > 1] == []


def test_thing_that_says_only_its_class_is_told_all_it_lacks(
    words: rdflib.Graph, shapes: rdflib.Graph, request: pytest.FixtureRequest
) -> None:
    """Every class asks for what the model asks for: the whole list, approved."""
    found = validate(words + graph([HERE / "bare.ttl"]), shapes)
    agree(report(found), HERE / "bare.report.txt", request)


def test_valid_data_stay_valid_when_owl_has_reasoned(
    background: rdflib.Graph, shapes: rdflib.Graph
) -> None:
    """A shape objects to nothing that OWL 2 RL adds."""
    import owlrl

    merged = rdflib.Graph() + background
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(merged)
    for triple in list(merged):
        if isinstance(triple[0], rdflib.Literal):  # generalised RDF, which no store accepts
            merged.remove(triple)
    assert report(validate(merged, shapes)) == ""


def test_every_constraint_has_its_three_files(shapes: rdflib.Graph) -> None:
    """A constraint without examples, or an example without a constraint, is a mistake."""
    kinds = ("valid.ttl", "invalid.ttl", "report.txt")
    expected = {f"{name}.{kind}" for name in constraints(shapes) for kind in kinds}
    found = Counter(path.name for path in HERE.glob("*/*"))
    assert dict(found) == dict.fromkeys(expected, 1)


def test_examples_stand_under_the_topic_of_their_constraint() -> None:
    """The folder of an example is the file of its shape."""
    for source in shipped.shapes():
        assert source.path is not None
        here = {path.name.split(".")[0] for path in (HERE / source.path.stem).glob("*")}
        assert here == constraints(graph([source.path]))


@pytest.mark.parametrize("path", EXAMPLES, ids=example_id)
def test_example_says_its_case_first(path: Path) -> None:
    """The first line of an example is a comment that tells the case."""
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_every_constraint_speaks_french_and_english(shapes: rdflib.Graph) -> None:
    """Whoever must mend the data reads what to do in either language, once."""
    languages = defaultdict(list)
    for shape, message in shapes.subject_objects(SH.message):
        languages[shape].append(message.language if isinstance(message, rdflib.Literal) else None)
    assert {shape: told for shape, told in languages.items() if set(told) != {"en", "fr"}} == {}
    assert {shape: told for shape, told in languages.items() if len(told) != 2} == {}


def test_every_reporting_shape_speaks(shapes: rdflib.Graph) -> None:
    """A shape that others list, and so may be named in a report, has a name and a message."""
    listed = {
        last_segment(str(listed))
        for shape, listed in shapes.subject_objects(SH.property)
        if (shape, SH.targetClass, None) in shapes
    }
    assert listed <= constraints(shapes)


def test_every_named_property_shape_is_in_use(shapes: rdflib.Graph) -> None:
    """A property shape that no node shape lists would constrain nothing."""
    assert set(shapes.subjects(RDF.type, SH.PropertyShape)) == {
        listed for listed in shapes.objects(None, SH.property) if isinstance(listed, rdflib.URIRef)
    }


def test_every_class_has_a_shape(words: rdflib.Graph, shapes: rdflib.Graph) -> None:
    """Each class of the vocabulary is a target; an actor is judged as what it is."""
    ours = {
        name for name in words.subjects(RDF.type, OWL.Class) if str(name).startswith(PREFIXES["ml"])
    }
    targets = set(shapes.objects(None, SH.targetClass))
    assert ours - targets == {rdflib.URIRef(f"{PREFIXES['ml']}Actor")}
    assert {name for name in targets - ours if not str(name).startswith(PREFIXES["skos"])} == set()
