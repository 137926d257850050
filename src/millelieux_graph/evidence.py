"""Positions in the report and their hashes, checked against the reader's own copy.

A passage is ``[start, end)`` in Unicode code points of one plain-text edition, which its SHA-256
names.  The graph carries positions and hashes, never the text; only somebody who holds the report
can see the words, and nothing here sends or stores them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import terms
from .errors import CannotRead, Finding, UnknownName, WrongEdition

if TYPE_CHECKING:
    from .graph import Graph

__all__ = [
    "SHARED_WORDS",
    "Edition",
    "Hit",
    "Passage",
    "behind",
    "describe",
    "locate",
    "open_edition",
    "overlaps",
    "verify",
]

MAX_BYTES = 64 * 1024 * 1024
# A literal that shares this many words in a row with the report repeats its sentence.
SHARED_WORDS = 8
# The printed titles of these are names, and names carry over as they are.
TITLED = ("ml:ThirdPlace", "ml:Impact", "ml:ImpactAxis", "ml:SourceDocument")

_ML = terms.ML
_OA = terms.PREFIXES["oa"]


@dataclass(frozen=True)
class Edition:
    """The reader's copy of the source document.

    Attributes:
        text: Its text.
        document: IRI of the source document whose edition it is.
        sections: ``(start, end, IRI)`` of the document's sections, the innermost last.
    """

    text: str
    document: str
    sections: tuple[tuple[int, int, str], ...]

    def section(self, start: int, end: int) -> str | None:
        """Return the IRI of the smallest section that holds ``[start, end)``."""
        holding = [s for s in self.sections if s[0] <= start and end <= s[1]]
        return min(holding, key=lambda s: s[1] - s[0])[2] if holding else None

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Every run of `SHARED_WORDS` words of the text."""
        return frozenset(_runs(self.text))


@dataclass(frozen=True, order=True)
class Passage:
    """A stretch of the report that carries a claim; `start` and `end` are Unicode code points."""

    start: int
    end: int

    @property
    def iri(self) -> str:
        """Its IRI, which is its position."""
        return terms.passage(self.start, self.end)

    def within(self, edition: Edition) -> str:
        """Return its words."""
        return edition.text[self.start : self.end]


@dataclass(frozen=True)
class Hit:
    """A place where words that were looked for stand.

    Attributes:
        passage: Its position.
        words: What stands there, with the line breaks of the text.
        section: IRI of its section, if the graph describes the document's sections.
    """

    passage: Passage
    words: str
    section: str | None

    @property
    def sha256(self) -> str:
        """The hash that the graph keeps for the passage."""
        return _hash(self.words)


def open_edition(graph: Graph, report: Path) -> Edition:
    """Read the report and make sure that it is the edition that the graph's positions refer to.

    Raises:
        CannotRead: It is missing, unreadable, too large, or not UTF-8 text.
        WrongEdition: Its SHA-256 is not that of a source document of the graph.
    """
    raw = _bytes(report)
    found = sha256(raw).hexdigest()
    known = _editions(graph)
    if found not in known:
        expected = ", ".join(known) or "none (the graph describes no source document)"
        raise WrongEdition(
            f"{report} is another edition: its SHA-256 is {found}, the graph's positions refer to "
            f"{expected}. Use the plain text with that hash: elsewhere the positions would lie."
        )
    document = known[found]
    return Edition(raw.decode("utf-8"), document, tuple(_sections(graph, document)))


def verify(graph: Graph, edition: Edition) -> list[Finding]:
    """Recompute the hash of every passage that a claim leads to, and return what does not fit."""
    kept = dict(_pairs(graph, f"{_ML}sha256"))
    used = cited(graph)
    found = [_fault(passage, edition, kept.get(passage.iri)) for passage in used]
    unused = {iri for iri in kept if terms.passage_range(iri)} - {passage.iri for passage in used}
    found += [
        Finding("evidence", iri, "No claim leads to this passage; --write again.") for iri in unused
    ]
    return sorted(fault for fault in found if fault)


def cited(graph: Graph) -> list[Passage]:
    """Return the passages that anything in the graph points to, in the order of the text."""
    objects = {quad.object.value for quad in graph.quads() if isinstance(quad.object, ox.NamedNode)}
    ranges = filter(None, map(terms.passage_range, objects))
    return sorted(Passage(start, end) for start, end in ranges)


def behind(graph: Graph, iri: str) -> list[Passage]:
    """Return the passages behind a claim, or the passage that an IRI itself names.

    Args:
        graph: Where the claim stands.
        iri: A claim's or a passage's IRI, or its CURIE.

    Raises:
        UnknownName: Nothing in the graph has that IRI.
    """
    own = terms.passage_range(iri)
    if own:
        return [Passage(*own)]
    objects = [q.object.value for q in graph.about(iri) if isinstance(q.object, ox.NamedNode)]
    if not objects and not any(graph.about(iri)):
        subjects = {q.subject.value for q in graph.quads() if isinstance(q.subject, ox.NamedNode)}
        raise UnknownName(
            "thing", terms.curie(iri), [terms.curie(s) for s in subjects if s.startswith(terms.ID)]
        )
    return sorted(Passage(*r) for r in filter(None, map(terms.passage_range, objects)))


def locate(edition: Edition, words: str) -> list[Hit]:
    """Return every place where words stand, whatever the line breaks and capitals.

    Both apostrophes (``'`` and ``’``) are taken for the same.
    """
    pieces = [re.sub("['’]", "['’]", re.escape(word)) for word in words.split()]
    if not pieces:
        return []
    found = re.finditer(r"\s+".join(pieces), edition.text, re.IGNORECASE)
    return [Hit(Passage(*m.span()), m[0], edition.section(*m.span())) for m in found]


def describe(graph: Graph, edition: Edition) -> str:
    """Return the Turtle file of every cited passage: document, position, section, hash.

    Raises:
        WrongEdition: A position lies outside the text.
    """
    return _HEADER + "".join(_described(passage, edition) for passage in cited(graph))


def overlaps(graph: Graph, edition: Edition) -> list[Finding]:
    """Return the literals that share `SHARED_WORDS` words in a row with the report.

    Printed titles of places, impacts and axes, and their attested spellings, are names and pass.
    """
    exempt = _titles(graph)
    found = set()
    for quad in graph.quads():
        if not isinstance(quad.object, ox.Literal) or quad.object.value in exempt:
            continue
        shared = next((run for run in _runs(quad.object.value) if run in edition.runs), None)
        if shared:
            words = " ".join(shared)
            found.add(
                Finding(
                    "own-words",
                    str(quad.subject).strip("<>"),
                    f"{terms.curie(quad.predicate.value)} repeats the report (“{words}”); reword.",
                )
            )
    return sorted(found)


def _bytes(report: Path) -> bytes:
    try:
        if report.stat().st_size > MAX_BYTES:
            raise CannotRead(
                f"{report} is larger than {MAX_BYTES // 2**20} MiB; it is not the report."
            )
        return report.read_bytes()
    except OSError as error:
        raise CannotRead(f"Cannot read the report {report}: {error.strerror}.") from None


def _editions(graph: Graph) -> dict[str, str]:
    """Return the source documents by the SHA-256 of their text."""
    documents = {
        s for s, o in _pairs(graph, terms.expand("rdf:type")) if o == f"{_ML}SourceDocument"
    }
    return {digest: iri for iri, digest in _pairs(graph, f"{_ML}sha256") if iri in documents}


def _sections(graph: Graph, document: str) -> Iterator[tuple[int, int, str]]:
    starts, ends = dict(_pairs(graph, f"{_OA}start")), dict(_pairs(graph, f"{_OA}end"))
    own = {s for s, o in _pairs(graph, f"{_ML}inDocument") if o == document}
    for iri in sorted(own):
        if iri in starts and iri in ends and terms.passage_range(iri) is None:
            yield int(starts[iri]), int(ends[iri]), iri


def _pairs(graph: Graph, predicate: str) -> Iterator[tuple[str, str]]:
    return ((q.subject.value, q.object.value) for q in graph.having(predicate))  # type: ignore[union-attr]  # RDF 1.1: no quoted triples here


def _fault(passage: Passage, edition: Edition, kept: str | None) -> Finding | None:
    """Return what is wrong with a passage, if anything."""
    words = passage.within(edition)
    if passage.start >= passage.end or passage.end > len(edition.text):
        problem = f"It is no stretch of a text that ends at {len(edition.text)}; locate the words."
    elif words != words.strip():
        problem = "The position begins or ends with white space; make it tight."
    elif kept is None:
        problem = "No hash is kept for this passage; run `millelieux evidence --write FILE`."
    elif kept != _hash(words):
        problem = "Other words stand here than were hashed; locate them again, then --write."
    else:
        return None
    return Finding("evidence", passage.iri, problem)


def _described(passage: Passage, edition: Edition) -> str:
    words = passage.within(edition)
    if not words or passage.end > len(edition.text):
        raise WrongEdition(
            f"{passage.iri} lies outside the text of {len(edition.text)} code points."
        )
    section = edition.section(passage.start, passage.end)
    place = f"    ml:inSection <{_relative(section)}> ;\n" if section else ""
    return (
        f"\n<{_relative(passage.iri)}>\n    a ml:SourceLocator ;\n"
        f"    ml:inDocument <{_relative(edition.document)}> ;\n{place}"
        f"    oa:start {passage.start} ;\n"
        f"    oa:end {passage.end} ;\n"
        f'    ml:sha256 "{_hash(words)}" .\n'
    )


_HEADER = f"""# Every passage that a claim leads to: its position, section and hash.
# Generated by `millelieux evidence --write`; change the claims, not this file.
@base <{terms.ID}> .
@prefix ml: <{_ML}> .
@prefix oa: <{_OA}> .
"""


def _titles(graph: Graph) -> set[str]:
    """Return the literals that are printed titles: labels and spellings of what is `TITLED`."""
    classes = {terms.expand(name) for name in TITLED}
    things = {s for s, o in _pairs(graph, terms.expand("rdf:type")) if o in classes}
    spellings = {s for s, o in _pairs(graph, f"{_ML}nameOf") if o in things}
    labels = {o for s, o in _pairs(graph, terms.expand("skos:prefLabel")) if s in things}
    return labels | {o for s, o in _pairs(graph, f"{_ML}form") if s in spellings}


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return zip(*(words[i:] for i in range(SHARED_WORDS)), strict=False)


def _relative(iri: str) -> str:
    return iri.removeprefix(terms.ID)


def _hash(words: str) -> str:
    return sha256(words.encode("utf-8")).hexdigest()
