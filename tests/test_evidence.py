"""Evidence: positions and hashes agree with the reader's copy, and only with the right edition.

A small report of our own serves where any text does; the study's text is needed only for what is
said about the study.
"""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
from command import ROOT, Run, millelieux

import millelieux_graph as ml
from millelieux_graph import dataset, evidence, terms
from millelieux_graph.errors import WrongEdition
from millelieux_graph.graph import Graph

DATA = ROOT / "data" / "millelieux"

TEXT = (
    "Chapitre un. L'atelier ouvre à midi,\net l’après-midi les voisins\nviennent y réparer "
    "leurs vélos avec les outils de la maison. Ça dure toute l'année.\n"
)
WORDS = "L'atelier ouvre à midi"


def at(words: str) -> tuple[int, int]:
    """Return where words stand in our small report."""
    start = TEXT.index(words)
    return start, start + len(words)


def description(
    *, start: int | None = None, end: int | None = None, digest: str | None = None, more: str = ""
) -> str:
    """Return a graph with a document, a section, and a claim that rests on a passage."""
    begin, stop = at(WORDS)
    begin, stop = begin if start is None else start, stop if end is None else end
    return f"""
        @base <{terms.ID}> .
        @prefix ml: <{terms.ML}> .
        @prefix oa: <http://www.w3.org/ns/oa#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <source/small> a ml:SourceDocument ;
            ml:sha256 "{sha256(TEXT.encode()).hexdigest()}" ; ml:codePoints {len(TEXT)} .
        <section/all> a ml:SourceSection ;
            ml:inDocument <source/small> ; oa:start 0 ; oa:end {len(TEXT)} .
        <section/one> a ml:SourceSection ;
            ml:inDocument <source/small> ; oa:start 0 ; oa:end {at("Ça")[0]} .
        <figure/hours> a ml:Figure ; ml:evidence <passage/{begin}-{stop}> .
        <passage/{begin}-{stop}> a ml:SourceLocator ;
            ml:inDocument <source/small> ; oa:start {begin} ; oa:end {stop} ;
            ml:sha256 "{digest or sha256(TEXT[begin:stop].encode()).hexdigest()}" .
        {more}
    """


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The text of our small report."""
    path = tmp_path / "small.txt"
    path.write_text(TEXT, encoding="utf-8", newline="\n")
    return path


def judge(small: Path, turtle: str, *words: str) -> Run:
    """Run the command over a graph and our small report."""
    graph = small.with_name("graph.ttl")
    graph.write_text(turtle, encoding="utf-8")
    return millelieux("evidence", graph, "--report", small, *words)


# The study and its report.


def test_every_hash_recomputes(dataset: ml.Dataset, report: Path) -> None:
    """Each cited passage has the SHA-256 of the words that stand at its position."""
    text = report.read_bytes().decode("utf-8")
    kept = {q.subject.value: q.object.value for q in dataset.graph.having(f"{terms.ML}sha256")}  # type: ignore[union-attr]
    passages = evidence.cited(dataset.graph)
    assert len(passages) > 500
    for passage in passages:
        words = text[passage.start : passage.end]
        assert kept[passage.iri] == sha256(words.encode()).hexdigest()
        assert words == words.strip() != ""


def test_the_packaged_graph_and_the_report_agree(report: Path) -> None:
    """The command finds nothing: no wrong hash, no loose position, no borrowed sentence."""
    run = millelieux("evidence", MILLELIEUX_REPORT=str(report))
    assert (run.code, run.out) == (0, "")
    assert "no findings" in run.err


def test_one_changed_byte_makes_another_edition(tmp_path: Path, report: Path) -> None:
    """It is refused with both hashes, exit code 3, before any passage is read."""
    raw = bytearray(report.read_bytes())
    raw[len(raw) // 2] ^= 1
    other = tmp_path / "other.txt"
    other.write_bytes(raw)
    for words in ((), ("--locate", "Guéret"), ("--show", "place:la-quincaillerie")):
        run = millelieux("evidence", "--report", other, *words)
        assert (run.code, run.out) == (3, "")
        assert "another edition" in run.err
        assert sha256(raw).hexdigest() in run.err
        assert sha256(report.read_bytes()).hexdigest() in run.err


def test_passages_are_written_again_byte_for_byte(tmp_path: Path, report: Path) -> None:
    """The committed description of the passages is what the command writes, to a file or out."""
    target = tmp_path / "passages.ttl"
    assert millelieux("evidence", "--report", report, "--write", target).code == 0
    assert target.read_bytes() == (DATA / "passages.ttl").read_bytes()
    printed = millelieux("evidence", "--report", report, "--write", "-")
    assert printed.out.encode() == target.read_bytes()


@pytest.mark.parametrize("name", ["place:la-quincaillerie", f"{terms.ID}place/la-quincaillerie"])
def test_a_claim_shows_its_passage(dataset: ml.Dataset, report: Path, name: str) -> None:
    """The words at its position are printed under the position and the section."""
    text = report.read_bytes().decode("utf-8")
    (passage,) = evidence.behind(dataset.graph, terms.expand(name))
    run = millelieux("evidence", "--report", report, "--show", name)
    assert run.code == 0
    assert run.out.startswith(f"{passage.start}-{passage.end}  section:")
    assert text[passage.start : passage.end] in run.out


def test_what_is_cited_is_found_again(dataset: ml.Dataset, report: Path) -> None:
    """Looking for the words of a passage finds its position, with the hash that is kept."""
    edition = evidence.open_edition(dataset.graph, report)
    for passage in evidence.cited(dataset.graph)[::10]:
        hits = evidence.locate(edition, passage.within(edition))
        assert passage in [hit.passage for hit in hits]
        assert all(hit.sha256 == sha256(hit.words.encode()).hexdigest() for hit in hits)


def test_eight_words_in_a_row_are_borrowed(tmp_path: Path, report: Path) -> None:
    """A planted sentence of eight words is found whatever its capitals; seven words pass."""
    words = report.read_text(encoding="utf-8").split()[2000:2040]
    run = next(run for run in evidence._runs(" ".join(words)))
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    planted = data / "planted.ttl"
    head = f"@prefix dcterms: <http://purl.org/dc/terms/> .\n<{terms.ID}item/x> dcterms:description"
    planted.write_text(f'{head} "{" ".join(run).upper()}"@fr .', encoding="utf-8")
    found = millelieux("evidence", data, "--report", report)
    assert found.code == 1
    assert f"{terms.ID}item/x: dcterms:description repeats" in found.out
    planted.write_text(f'{head} "{" ".join(run[:7])}"@fr .', encoding="utf-8")
    assert millelieux("evidence", data, "--report", report).code == 0


# Any report.


def test_a_graph_that_agrees_has_no_finding(small: Path) -> None:
    """A tight position with its hash passes."""
    run = judge(small, description())
    assert (run.code, run.out) == (0, "")


@pytest.mark.parametrize(
    ("fault", "turtle", "said"),
    [
        ("a wrong hash", description(digest="0" * 64), "hash"),
        ("a loose end", description(end=at(WORDS + ",\n")[1]), "white space"),
        ("a loose start", description(start=at(WORDS)[0] - 1), "white space"),
        ("an end outside", description(end=len(TEXT) + 1), f"ends at {len(TEXT)}"),
        ("nothing inside", description(start=5, end=5), "no stretch"),
        (
            "an unused passage",
            description(
                more=f'<passage/0-8> ml:sha256 "{sha256(TEXT[:8].encode()).hexdigest()}" .'
            ),
            "No claim",
        ),
        (
            "a passage that nobody described",
            description(more="<figure/x> ml:evidence <passage/0-8> ."),
            "No hash",
        ),
    ],
)
def test_a_faulty_passage_is_found(small: Path, fault: str, turtle: str, said: str) -> None:
    """Each fault of a position or hash is one finding that names the passage; exit code 1."""
    run = judge(small, turtle)
    assert run.code == 1
    (line,) = run.out.splitlines()
    assert line.startswith(f"{terms.ID}passage/")
    assert said in line


def test_titles_may_be_as_they_are_printed(small: Path) -> None:
    """The label of a place or an impact is a name, as its spellings are; a description is not."""
    sentence = "et l’après-midi les voisins viennent y réparer leurs vélos"
    exempt = f"""
        <place/x> a ml:ThirdPlace ; skos:prefLabel "{sentence}"@fr .
        <impact/x> a ml:Impact ; skos:prefLabel "{sentence.upper()}"@fr .
        <name/x> a ml:NameForm ; ml:nameOf <impact/x> ; ml:form "Ça, {sentence}"@fr .
    """
    assert judge(small, description(more=exempt)).code == 0
    item = f'<item/x> a ml:ProgrammeItem ; skos:prefLabel "Donc {sentence}"@fr .'
    run = judge(small, description(more=item))
    assert run.code == 1
    assert "item/x: skos:prefLabel repeats" in run.out


def test_words_are_found_across_lines_apostrophes_and_capitals(small: Path) -> None:
    """What the eye takes for the same is found, with its position, section, hash and words."""
    start, end = at("et l’après-midi les voisins\nviennent")
    for words in ("ET L'APRÈS-MIDI les voisins viennent", "et  l’après-midi\tles voisins viennent"):
        run = judge(small, description(), "--locate", words)
        position, section, digest, found = run.out.rstrip("\n").split("\t")
        assert (run.code, position, section) == (0, f"{start}-{end}", "section:one")
        assert digest == sha256(TEXT[start:end].encode()).hexdigest()
        assert found == "et l’après-midi les voisins viennent"


def test_every_place_of_the_words_is_told(small: Path) -> None:
    """Words that stand twice are located twice, in the text's order; punctuation is literal."""
    run = judge(small, description(), "--locate", "les")
    assert [int(line.split("-")[0]) for line in run.out.splitlines()] == [
        i for i in range(len(TEXT)) if TEXT[i : i + 3].casefold() == "les"
    ]
    assert judge(small, description(), "--locate", "un. L").code == 0
    for nowhere in ("un.+", "", "zythum"):
        run = judge(small, description(), "--locate", nowhere)
        assert (run.code, run.out) == (1, "")
        assert "does not hold" in run.err


def test_a_passage_shows_itself(small: Path) -> None:
    """A passage's own address shows its words; a thing without evidence shows none, exit code 1."""
    start, end = at(WORDS)
    run = judge(small, description(), "--show", f"passage:{start}-{end}")
    assert run.out == f"{start}-{end}  section:one\n{WORDS}\n\n"
    assert judge(small, description(), "--show", "source:small").code == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [("figure:hour", "figure:hours"), ("nonsense", "CURIE"), ("http://a b", "IRI"), ("", "IRI")],
)
def test_an_unknown_claim_is_a_wrong_question(small: Path, name: str, said: str) -> None:
    """A name that nothing bears names the nearest; one that is no name is told so; exit code 2."""
    run = judge(small, description(), "--show", name)
    assert (run.code, run.out) == (2, "")
    assert said in run.err


def test_what_is_written_agrees_with_the_text(small: Path) -> None:
    """The description written for a graph without passages makes that graph agree."""
    bare = description().split("<passage/")[0] + f"<passage/{'-'.join(map(str, at(WORDS)))}> ."
    assert judge(small, bare).code == 1
    target = small.with_name("passages.ttl")
    assert judge(small, bare, "--write", str(target)).code == 0
    graph = small.with_name("graph.ttl")
    assert millelieux("evidence", graph, target, "--report", small).code == 0


def test_a_refused_target_keeps_what_it_held(small: Path) -> None:
    """A folder, or a file in a folder that is missing: one sentence, exit code 3, nothing left."""
    before = {small.name, "graph.ttl"}
    for target in (str(small.parent), str(small.parent / "no" / "passages.ttl"), ""):
        run = judge(small, description(), "--write", target)
        assert (run.code, run.out) == (3, "")
        assert len(run.err.splitlines()) == 1
    outside = description(end=len(TEXT) + 1)
    assert judge(small, outside, "--write", str(small)).code == 3
    assert {path.name for path in small.parent.iterdir()} == before
    assert small.read_text(encoding="utf-8") == TEXT


def test_without_a_report_the_way_is_shown(tmp_path: Path) -> None:
    """No report named is a usage error that says how to name it; one that is missing exits 3."""
    run = millelieux("evidence", MILLELIEUX_REPORT="")
    assert run.code == 2
    assert "--report" in run.err
    assert "MILLELIEUX_REPORT" in run.err
    run = millelieux("evidence", "--report", tmp_path / "missing.txt")
    assert run.code == 3
    assert "missing.txt" in run.err
    assert millelieux("evidence", "--report", tmp_path).code == 3


def test_a_graph_without_a_document_knows_no_edition(small: Path) -> None:
    """Positions mean nothing where no source document is described."""
    graph = Graph()
    with pytest.raises(WrongEdition, match="describes no source document"):
        evidence.open_edition(graph, small)


def test_the_innermost_section_is_named(small: Path) -> None:
    """A passage is in the smallest section that holds the whole of it."""
    graph = small.with_name("graph.ttl")
    graph.write_text(description(), encoding="utf-8")
    edition = evidence.open_edition(dataset.open(graph).graph, small)
    assert edition.section(*at(WORDS)) == f"{terms.ID}section/one"
    assert edition.section(*at("maison. Ça")) == f"{terms.ID}section/all"
    assert edition.section(0, len(TEXT) + 1) is None


def test_no_word_of_the_report_is_in_what_is_kept(dataset: ml.Dataset) -> None:
    """A passage is described by position, section and hash only: never by its words."""
    kinds = {
        terms.curie(quad.predicate.value)
        for passage in evidence.cited(dataset.graph)
        for quad in dataset.graph.about(passage.iri)
        if isinstance(quad.object, ox.Literal)
    }
    assert kinds == {"oa:start", "oa:end", "ml:sha256"}
