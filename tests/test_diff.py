"""What changed between two states: all of it, nothing else, and so that it can be applied."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
from command import TEMPLATE, environment, millelieux
from conftest import missing
from engines import FUSEKI
from hypothesis import given, settings, strategies as st
from markdown_it import MarkdownIt

from millelieux_graph import diff, terms
from millelieux_graph.diff import lines as sorted_files
from millelieux_graph.dumps import canonical
from millelieux_graph.errors import CannotRead, UsageError
from millelieux_graph.graph import Graph, packaged

pytest_plugins = ["stages"]

REPORT, VOCAB, ONTOLOGY, INFERRED = (
    ox.NamedNode(terms.graph(name)) for name in ("report", "vocab", "ontology", "inferred")
)
TURTLE = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in terms.PREFIXES.items())


def graph_of(quads: Iterable[ox.Quad]) -> Graph:
    """Return a graph of quads."""
    graph = Graph()
    graph.extend(quads)
    return graph


def state(quads: Iterable[ox.Quad], name: str = "a graph") -> diff.State:
    """Return quads as something to compare."""
    return diff.of_graph(graph_of(quads), name)


def said(turtle: str, graph: ox.NamedNode = REPORT) -> list[ox.Quad]:
    """Return the quads of some Turtle, in a named graph."""
    triples = ox.parse(TURTLE + turtle, ox.RdfFormat.TURTLE)
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]


def rows(patch: Iterable[bytes]) -> list[bytes]:
    """Return the rows of a patch that change something."""
    return [row for row in patch if row.startswith((b"A ", b"D "))]


def applied(old: Iterable[bytes], patch: Iterable[bytes]) -> set[bytes]:
    """Return the lines of a dump after a patch; it removes what is there, and adds what is not."""
    held = set(old)
    for row in rows(patch):
        line = row[2:]
        if row.startswith(b"D "):
            held.remove(line)
        else:
            assert line not in held
            held.add(line)
    return held


def hash_of(lines: Iterable[bytes]) -> str:
    """Return the hash of the canonical form of N-Quads."""
    quads = canonical(ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS))
    return sha256("".join(f"{quad} .\n" for quad in quads).encode()).hexdigest()


def change(old: str, new: str, graph: ox.NamedNode = REPORT) -> diff.Changes:
    """Return what changed between two pieces of Turtle."""
    return diff.compare(state(said(old, graph)), state(said(new, graph)))


# Laws, for graphs of any content.

few = settings(max_examples=60, deadline=None)

_NAMES = [f"{terms.ID}place/{x}" for x in ("a", "a-b", "a/b", "b", "é")]
_NODES = st.sampled_from([*map(ox.NamedNode, _NAMES), ox.NamedNode("urn:x:_:y")])
_BLANKS = st.sampled_from([ox.BlankNode(x) for x in "stuv"])
_HOSTILE = st.sampled_from(
    [
        "",
        " _:x",
        "> _:x",
        "> <http://x> _:x",
        '" .\n<a> <b> "',
        f'" {INFERRED} .',
        "\r\n\t\\\"'",
        "\u0085\u2028\u0000\x1b[31m",
        "<b>&</b>",
        "\u202eabc",
        "_:x .\nTC .\n",
    ]
)
_WORDS = st.one_of(_HOSTILE, st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
_LITERALS = st.one_of(
    st.builds(ox.Literal, _WORDS),
    st.builds(lambda words: ox.Literal(words, language="fr"), _WORDS),
    st.builds(ox.Literal, st.integers(-99, 99)),
)
_PREDICATES = st.sampled_from(
    [ox.NamedNode(terms.expand(x)) for x in ("ml:form", "rdf:type", "skos:prefLabel")]
)
_TRIPLES = st.builds(
    ox.Triple, st.one_of(_NODES, _BLANKS), _PREDICATES, st.one_of(_NODES, _BLANKS, _LITERALS)
)
_QUADS = st.lists(
    st.builds(
        ox.Quad,
        st.one_of(_NODES, _BLANKS),
        _PREDICATES,
        st.one_of(_NODES, _BLANKS, _LITERALS, _TRIPLES),
        st.one_of(st.sampled_from([REPORT, VOCAB, INFERRED]), _BLANKS),
    ),
    max_size=12,
)


@few
@given(_QUADS)
def test_nothing_differs_from_itself(quads: list[ox.Quad]) -> None:
    """Neither the order of statements nor the names of blank nodes make a difference."""
    text = "".join(f"{quad} .\n" for quad in reversed(quads))
    others = list(ox.parse(text, ox.RdfFormat.N_QUADS, rename_blank_nodes=True))
    changes = diff.compare(state(quads), state(others), ())
    assert not changes
    assert (changes.added, changes.removed, changes.changed) == ((), (), ())
    assert rows(diff.patch(state(quads), state(others))) == []
    assert changes.advice.level == "none"


@few
@given(_QUADS, _QUADS)
def test_a_patch_makes_the_new_of_the_old(old: list[ox.Quad], new: list[ox.Quad]) -> None:
    """Applied to the dump of one graph, line by line, it gives the other graph."""
    one, other = state(old), state(new)
    result = applied(one.lines(), diff.patch(one, other))
    assert hash_of(result) == hash_of(other.lines())


@few
@given(_QUADS, _QUADS)
def test_a_patch_without_blank_nodes_makes_the_same_bytes(
    old: list[ox.Quad], new: list[ox.Quad]
) -> None:
    """Where everything has a name, the patched dump is the new one."""
    one, other = (state(q for q in quads if "_:" not in str(q)) for quads in (old, new))
    assert sorted(applied(one.lines(), diff.patch(one, other))) == list(other.lines())


@few
@given(_QUADS, _QUADS)
def test_the_way_back_undoes(old: list[ox.Quad], new: list[ox.Quad]) -> None:
    """What one direction adds, the other removes; both count the same statements."""
    forth = diff.compare(state(old), state(new), ())
    back = diff.compare(state(new), state(old), ())
    assert forth.statements == back.statements[::-1]
    assert forth.added == back.removed
    assert {c.thing.iri for c in forth.changed} == {c.thing.iri for c in back.changed}


@few
@given(_QUADS, _QUADS)
def test_whatever_changes_can_be_told(old: list[ox.Quad], new: list[ox.Quad]) -> None:
    """Hostile values stay on their line, steer no terminal, and become no markup."""
    changes = diff.compare(state(old), state(new))
    text = diff.to_text(changes, "fr")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    html = MarkdownIt("commonmark").render(diff.to_markdown(changes, "fr"))
    assert set(re.findall(r"<(\w+)", html)) <= {"h1", "h2", "p", "ul", "li", "em", "strong"}
    told = json.loads(diff.to_json(changes))
    assert bool(changes) == bool(told["statements"]["added"] + told["statements"]["removed"])


@few
@given(_QUADS)
def test_lines_are_the_canonical_dump(quads: list[ox.Quad]) -> None:
    """A graph is compared by the lines that its release would have as N-Quads dump."""
    lines = ox.serialize(canonical(graph_of(quads).quads()), format=ox.RdfFormat.N_QUADS)
    assert lines is not None
    assert list(state(quads).lines()) == sorted(lines.splitlines(keepends=True))


def test_many_lines_are_sorted_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that are merged from files give what sorting in memory gives."""
    whole = list(diff.of_graph(packaged(), "packaged").lines())
    monkeypatch.setattr(sorted_files, "_RUN", 1_000)
    assert list(diff.of_graph(packaged(), "packaged").lines()) == whole


# What is told.

PLACE = """
place:x a ml:ThirdPlace ; skos:prefLabel "Ici"@fr , "Here"@en ; ml:area figure:x ;
    dcterms:description "vieux"@fr .
figure:x a ml:Figure ; skos:prefLabel "surface"@fr ; ml:value 1 .
"""


def test_a_thing_that_is_new_is_told_whole() -> None:
    """It has its class, its labels and the number of its statements, and is not also changed."""
    changes = change("", PLACE)
    figure, place = changes.added
    assert (place.iri, place.kind) == (terms.expand("place:x"), terms.expand("ml:ThirdPlace"))
    assert place.labels == (("en", "Here"), ("fr", "Ici"))
    assert (figure.statements, place.statements) == (3, 5)
    assert (changes.removed, changes.changed, changes.statements) == ((), (), (8, 0))
    assert "+ Ici  place:x  (5 statements)" in diff.to_text(changes, "fr")
    assert "+ Here  place:x  (5 statements)" in diff.to_text(changes, "en")


def test_a_thing_that_is_gone_is_told_by_its_old_label() -> None:
    """Though the new state no longer knows it."""
    changes = change(PLACE, "")
    assert [thing.labels for thing in changes.removed] == [
        (("fr", "surface"),),
        (("en", "Here"), ("fr", "Ici")),
    ]
    assert "- Ici  place:x  (5 statements)" in diff.to_text(changes, "fr")


def test_a_value_that_changes_is_told_with_both() -> None:
    """Property by property, the old value and the new one, named in the reader's language."""
    changes = change(PLACE, PLACE.replace("vieux", "neuf").replace("ml:value 1", "ml:value 2"))
    assert [c.thing.iri for c in changes.changed] == list(
        map(terms.expand, ("figure:x", "place:x"))
    )
    (description,) = changes.changed[1].properties
    assert description.predicate == terms.expand("dcterms:description")
    assert [v.term for v in (*description.old, *description.new)] == ['"vieux"@fr', '"neuf"@fr']
    text = diff.to_text(changes, "fr")
    assert '    dcterms:description: "vieux"@fr → "neuf"@fr\n' in text
    assert "    ml:value: 1 → 2\n" in text


def test_values_are_called_by_their_labels() -> None:
    """What a changed value names is shown by its label, though it has not changed itself."""
    other = 'figure:y a ml:Figure ; skos:prefLabel "autre surface"@fr ; ml:value 3 .'
    changes = change(PLACE + other, PLACE.replace("area figure:x", "area figure:y") + other)
    text = diff.to_text(changes, "fr")
    assert "ml:area: surface (figure:x) → autre surface (figure:y)" in text


def test_the_vocabulary_names_properties_and_classes() -> None:
    """In a whole graph, they are told in words."""
    new = graph_of(packaged().quads())
    place = ox.NamedNode(terms.expand("place:bliiida"))
    area = next(q for q in new.quads("report") if q.predicate.value == terms.expand("ml:value"))
    new.extend([ox.Quad(place, area.predicate, ox.Literal(7), REPORT)])
    old = diff.of_graph(packaged(), "old", ours=True)
    text = diff.to_text(diff.compare(old, diff.of_graph(new, "new", ours=True)), "fr")
    assert "── tiers-lieu ──" in text
    assert "~ Bliiida  place:bliiida" in text
    assert "    valeur: + 7" in text


def test_several_values_are_told_one_by_one() -> None:
    """A property with many values shows which are gone and which have come."""
    old, new = (f"place:x ml:form {values} ." for values in ('"a", "b", "c"', '"c", "d", "e"'))
    text = diff.to_text(change(old, new), "fr")
    for line in ('- "a"', '- "b"', '+ "d"', '+ "e"'):
        assert f"    ml:form: {line}\n" in text
    assert '"c"' not in text


def test_a_statement_in_another_graph_has_moved() -> None:
    """The value stays, and the two graphs are named."""
    both = state(said(PLACE)), state([*said(PLACE)[:-1], *said(PLACE, VOCAB)[-1:]])
    text = diff.to_text(diff.compare(*both), "fr")
    assert "ml:value: 1: graph report → vocab" in text


def test_long_values_show_where_they_differ() -> None:
    """A difference beyond what is shown of a long text is what is shown of it."""
    old, new = (f'place:x ml:form "{"a" * 5000}{word}{"b" * 5000}" .' for word in ("OLD", "NEW"))
    (line,) = [x for x in diff.to_text(change(old, new), "fr").splitlines() if "ml:form" in x]
    assert "OLD" in line
    assert "NEW" in line
    assert len(line) < 400


def test_conclusions_are_left_out_unless_asked_for() -> None:
    """What is inferred follows from the rest; comparing everything shows it."""
    old, new = said(PLACE), [*said(PLACE), *said("place:x a prov:Entity .", INFERRED)]
    assert not diff.compare(state(old), state(new))
    assert diff.compare(state(old), state(new), ()).statements == (1, 0)
    assert len(rows(diff.patch(state(old), state(new)))) == 1


CLASS = """
ml:A a owl:Class ; rdfs:label "A"@en ;
    rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ml:p ; owl:maxCardinality 1 ] .
[] a owl:Axiom ; owl:annotatedSource ml:A ; rdfs:comment "why" .
ml:C a owl:Class ; owl:unionOf ( ml:A ml:B ) .
"""


def test_what_has_no_name_is_compared_by_what_it_says() -> None:
    """One class expression more leaves the others as they are, whatever their labels become."""
    more = CLASS + "ml:C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ml:q ] ."
    one, other = state(said(CLASS, ONTOLOGY)), state(said(more, ONTOLOGY))
    assert len(rows(diff.patch(one, other))) == 3
    changes = diff.compare(one, other)
    (changed,) = changes.changed
    (value,) = changed.properties[0].new
    assert value.term == "[ a owl:Restriction ; owl:onProperty ml:q ]"
    assert (changes.added, changes.removed, changes.statements) == ((), (), (3, 0))


def test_two_that_say_the_same_are_two() -> None:
    """A second blank node with the same statements is a difference, and a patch can add it."""
    twin = '[] a owl:Axiom ; rdfs:comment "why" .'
    one, other = state(said(twin)), state(said(twin + twin))
    assert len(rows(diff.patch(one, other))) == 2
    assert hash_of(applied(one.lines(), diff.patch(one, other))) == hash_of(other.lines())
    thing = diff.compare(one, other).added[0]
    assert (thing.iri, thing.kind) == (
        '[ a owl:Axiom ; rdfs:comment "why" ]',
        terms.expand("owl:Axiom"),
    )


def test_a_new_class_with_an_expression_is_only_new() -> None:
    """It is not told a second time as changed by what has no name."""
    changes = change("", CLASS, ONTOLOGY)
    assert changes.changed == ()
    assert {t.iri for t in changes.added if t.iri.startswith("http")} == {
        terms.expand("ml:A"),
        terms.expand("ml:C"),
    }


# What kind of version.


def level(old: str, new: str, graph: ox.NamedNode = REPORT) -> str:
    """Return the kind of version that a change makes."""
    return change(old, new, graph).advice.level


def test_the_suggestion_follows_the_rule_of_the_house() -> None:
    """A removed identifier: major; a new one: minor; other values: patch; the gravest counts."""
    more = 'place:y a ml:ThirdPlace ; skos:prefLabel "Là"@fr .'
    assert level(PLACE, PLACE) == "none"
    assert level(PLACE, PLACE.replace("vieux", "neuf")) == "patch"
    assert level(PLACE, PLACE.replace("vieux", "neuf") + more) == "minor"
    assert level(PLACE + more, PLACE) == "major"
    assert level(PLACE + more, PLACE + more.replace("place:y", "place:z")) == "major"
    told = change(PLACE + more, PLACE).advice
    assert str(told) == "major (gone: place:y)"


@pytest.mark.parametrize(
    "axiom",
    [
        "rdfs:range ml:Figure",
        "rdfs:domain schema:Place",
        "a owl:FunctionalProperty",
        "rdfs:subPropertyOf ml:q",
        "owl:inverseOf ml:q",
    ],
)
def test_a_restriction_of_what_stands_is_major(axiom: str) -> None:
    """The vocabulary forbids what it allowed; taking the axiom away again is not."""
    term = 'ml:p a owl:ObjectProperty ; rdfs:label "p"@en .'
    more = f"{term} ml:p {axiom} ."
    assert level(term, more, ONTOLOGY) == "major"
    assert level(more, term, ONTOLOGY) == "patch"
    assert level("", more, ONTOLOGY) == "minor"


def test_an_alignment_is_no_restriction() -> None:
    """What a term is to somebody else's vocabulary forbids nothing to whoever uses ours."""
    term = 'ml:P a owl:Class ; rdfs:label "p"@en .'
    assert level(term, f"{term} ml:P rdfs:subClassOf schema:Place .", ONTOLOGY) == "patch"
    assert level(term, f"{term} ml:P rdfs:subClassOf [ a owl:Class ] .", ONTOLOGY) == "major"


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    """Replace words in a file of a release."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "level"),
    [
        ("ontology/shapes/place.ttl", "sh:maxCount 1", "sh:maxCount 2 ; sh:maxLength 9", "major"),
        ("ontology/shapes/place.ttl", '"@en', ' indeed"@en', "patch"),
        ("query/places.csv", "place,name", "name,place", "major"),
    ],
)
def test_shapes_and_columns_count_too(
    own_release: Path, tmp_path: Path, file: str, old: str, new: str, level: str
) -> None:
    """A new constraint or other columns are major; another message is not."""
    folder = tmp_path / "site"
    shutil.copytree(own_release, folder)
    rewrite(folder, file, old, new)
    changes = diff.compare(diff.of_release(own_release), diff.of_release(folder))
    assert changes.advice.level == level
    assert not changes


# The command.


def test_two_releases_are_compared(successive: Sequence[Path]) -> None:
    """The summary, each kind of change, and the kind of version; exit code 1."""
    run = millelieux("diff", *successive[:2], "--lang", "en")
    assert (run.code, run.err) == (1, "")
    head = run.out.splitlines()
    assert head[0] == "0.1.0 → 0.2.0"
    assert head[1].startswith("Suggests: major (gone: ")
    assert "- radio <b>&  item:la-navette-radio" not in run.out  # it says what replaces it
    assert "- lunch canteen  https://example.org/id/item/la-navette-canteen" in run.out
    assert "+ podcast in English  item:la-navette-podcast" in run.out
    assert "~ area of La Navette" in run.out
    assert "    value: 420 → 430" in run.out
    assert '    dcat:version: "0.1.0" → "0.2.0"' in run.out


def test_a_release_does_not_differ_from_itself(successive: Sequence[Path]) -> None:
    """Exit code 0, in each format."""
    for format in ("text", "markdown", "json", "rdfpatch"):
        run = millelieux("diff", successive[0], successive[0], "--format", format)
        assert (run.code, run.err) == (0, ""), format


def test_the_patch_of_two_releases_applies(successive: Sequence[Path]) -> None:
    """It makes the second dump of the first, to the hash that the second release tells."""
    old, new = map(diff.of_release, successive[:2])
    run = millelieux("diff", *successive[:2], "--format", "rdfpatch")
    assert run.code == 1
    patch = run.out.encode().splitlines(keepends=True)
    assert hash_of(applied(old.lines(), patch)) == new.canonical_hash
    assert run.out == (successive[1] / "changes.patch").read_text("utf-8")
    keys = [row.split()[1] for row in run.out.splitlines() if row.startswith("H ")]
    assert keys == ["id", "old-version", "old-hash", "new-version", "new-hash"]
    assert [row for row in run.out.splitlines() if row.startswith("T")] == ["TX .", "TC ."]
    named = [row[2:] for row in rows(patch) if b"_:" not in row]
    assert named == sorted(named)


def test_jena_reads_a_patch(successive: Sequence[Path]) -> None:
    """Apache Jena, whose authors have defined RDF Patch, reads ours and writes the same rows."""
    jar = os.environ.get(FUSEKI, "")
    if not Path(jar).is_file() or shutil.which("java") is None:
        missing(
            "Jena",
            f"Set {FUSEKI} to the jar of org.apache.jena:jena-fuseki-server, and install Java.",
        )
    path = successive[1] / "changes.patch"
    command = ["java", "-cp", jar, "rdfpatch.rdfpatch", str(path)]
    run = subprocess.run(command, capture_output=True, check=True)
    # It writes whole numbers as Turtle does.
    whole = rf'"\1"^^<{terms.expand("xsd:integer")}> <'.encode()
    said = re.sub(rb"(?<= )(-?\d+) <", whole, run.stdout)
    assert rows(said.splitlines()) == rows(path.read_bytes().splitlines())


def test_data_can_be_compared_with_their_release(
    own: Path, own_release: Path, tmp_path: Path
) -> None:
    """Own files stand beside the vocabulary, as in the release that was made of them."""
    assert millelieux("diff", own_release, own).code == 0
    assert millelieux("diff", own_release, own, "--all").code == 1
    assert millelieux("load", own, "--store", tmp_path / "store").code == 0
    assert millelieux("diff", own_release, tmp_path / "store").code == 0
    run = millelieux("diff", own, "packaged", "--format", "json")
    told = json.loads(run.out)
    assert run.code == 1
    assert told["suggests"]["level"] == "major"
    assert len(told["removed"]) == 10
    assert len(told["added"]) > 4_000


def test_dumps_alone_can_be_compared(successive: Sequence[Path], tmp_path: Path) -> None:
    """Packed or not, sorted or not."""
    dump = b"".join(diff.of_release(successive[0]).lines())
    (tmp_path / "old.nq").write_bytes(dump)
    (tmp_path / "old.nq.gz").write_bytes(gzip.compress(dump))
    shuffled = b"".join(reversed(dump.splitlines(keepends=True)))
    (tmp_path / "shuffled.nq").write_bytes(shuffled)
    for name in ("old.nq", "old.nq.gz", "shuffled.nq"):
        run = millelieux("diff", successive[0], tmp_path / name, "--all")
        assert (run.code, run.err) == (0, ""), name


# Bad input.


def refused(*words: str | Path) -> str:
    """Return the one sentence by which a comparison is refused, with exit code 3."""
    run = millelieux("diff", *words)
    assert (run.code, run.out) == (3, "")
    assert run.err.startswith("millelieux: ")
    assert len(run.err.splitlines()) == 1
    return run.err


def test_what_is_no_release_is_refused(own_release: Path, tmp_path: Path) -> None:
    """Missing, empty, without its mark or with another one: what, where, and what next."""
    assert "nowhere" in refused(tmp_path / "nowhere", own_release)
    (tmp_path / "empty").mkdir()
    assert "holds no RDF file" in refused(tmp_path / "empty", own_release)
    folder = tmp_path / "site"
    shutil.copytree(own_release, folder)
    (folder / "release.json").write_text("{", encoding="utf-8")
    assert "release.json is not what" in refused(folder, own_release)
    (folder / "release.json").unlink()
    assert "no release: it has no release.json" in refused(folder, own_release)
    shutil.copy(own_release / "release.json", folder)
    shutil.rmtree(folder / "dumps")
    assert "without its N-Quads dump" in refused(folder, own_release)


def dump_of(folder: Path) -> Path:
    """Return the N-Quads dump of a release."""
    (path,) = (folder / "dumps").glob("millelieux.nq*")
    return path


def test_a_damaged_dump_is_refused(own_release: Path, tmp_path: Path) -> None:
    """Cut, changed or disordered: nothing is told from what is not the release."""
    dump = b"".join(diff.of_release(own_release).lines())
    lines = dump.splitlines(keepends=True)
    packed = gzip.compress(dump)
    damages = {
        "damaged or cut off": packed[: len(packed) // 2],
        "not the dump that its release.json tells": gzip.compress(b"".join(lines[:-1])),
        "line 2: not sorted": b"".join(lines[::-1]),
    }
    for number, (words, data) in enumerate(damages.items()):
        folder = tmp_path / str(number)
        shutil.copytree(own_release, folder)
        dump_of(folder).unlink()
        (folder / "dumps" / "millelieux.nq.gz").write_bytes(data)
        assert words in refused(folder, own_release), words
    half = packed[:-20] + b"\0" * 20
    (tmp_path / "half.nq.gz").write_bytes(half)
    assert "half.nq.gz is damaged" in refused(tmp_path / "half.nq.gz", own_release)


def test_a_line_that_is_no_n_quads_is_refused(own_release: Path, tmp_path: Path) -> None:
    """Where it differs; the state that has it is named."""
    dump = list(diff.of_release(own_release).lines())
    broken = sorted([*dump, b"<https://x/> is broken .\n"])
    (tmp_path / "broken.nq").write_bytes(b"".join(broken))
    assert "broken.nq holds a line that is no N-Quads" in refused(
        own_release, tmp_path / "broken.nq"
    )


def test_releases_of_two_datasets_are_not_compared(own_release: Path, tmp_path: Path) -> None:
    """They were never the same thing: exit code 2, both named."""
    folder = tmp_path / "site"
    shutil.copytree(own_release, folder)
    rewrite(folder, "release.json", terms.DATASET, "https://example.org/dataset")
    run = millelieux("diff", folder, own_release)
    assert (run.code, run.out) == (2, "")
    assert "<https://example.org/dataset>" in run.err
    assert f"<{terms.DATASET}>" in run.err


def test_standard_input_is_one_side_at_most(own_release: Path) -> None:
    """It can be read once; the other side must be named."""
    run = millelieux("diff", own_release, "-", stdin=TEMPLATE.read_bytes())
    assert run.code == 0
    assert millelieux("diff", "-", "-", stdin=b"").code == 2


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    """The system's reason stands in the message."""
    with pytest.raises(CannotRead, match="Is a directory"):
        list(diff.of_dump(tmp_path).lines())
    with pytest.raises(CannotRead, match="No such file"):
        list(diff.of_dump(tmp_path / "x.nq").lines())
    with pytest.raises(UsageError):
        diff.same_dataset(
            diff.State("a", lambda: iter(()), dataset="x"),
            diff.State("b", lambda: iter(()), dataset="y"),
        )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no way to measure memory")
def test_memory_does_not_grow_with_what_is_the_same(tmp_path: Path) -> None:
    """Two dumps of forty megabytes that differ in a line take less memory than one of them."""
    one = tmp_path / "one.nq"
    with one.open("w", encoding="utf-8") as file:
        for number in range(300_000):
            file.write(f'<https://x/{number:09}> <https://x/p> "{"x" * 80}" <https://x/g> .\n')
    other = tmp_path / "other.nq"
    shutil.copy(one, other)
    with other.open("a", encoding="utf-8") as file:
        file.write('<https://y/> <https://x/p> "y" <https://x/g> .\n')
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from millelieux_graph import diff\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "changes = diff.compare(*map(diff.of_dump, map(Path, sys.argv[1:])))\n"
        "print(changes.statements, peak() - before)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, one, other],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    found = re.fullmatch(r"\(1, 0\) (\d+)\n", run.stdout)
    assert found is not None, run.stdout
    assert int(found[1]) < 20_000  # KiB
    assert os.path.getsize(one) > 40_000_000  # noqa: PTH202
