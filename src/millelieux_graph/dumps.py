"""The whole graph and each named graph in every format, the same bytes each time.

Each graph is read from the engine once, as lines of N-Triples, which are sorted; everything else
is made from those lines.  Only the few that hold blank nodes (the ontology's class expressions;
data has none) become terms first: they get their canonical labels from RDFC-1.0, which depend on
no other line.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

import pyoxigraph as ox

from . import jsonld, terms
from .addresses import segment
from .distributions import Distribution
from .formats import FORMATS, Format, by_name
from .lines import (
    END,
    Block,
    Shelf,
    SortedLines,
    joined,
    merged,
    ranges,
    unique,
    with_first_words_together,
)
from .sources import rdf

if TYPE_CHECKING:
    from .graph import Graph

__all__ = ["Dumps", "canonical", "canonical_triples", "files", "reading_order"]

Node: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.DefaultGraph"
Pieces: TypeAlias = Iterable[bytes]

FOLDER = "dumps/"
_WHOLE = "millelieux"
_TYPE = terms.expand("rdf:type")
_TYPE_WORD = f" <{_TYPE}> ".encode()
_PIECE = 1024 * 1024

# In a line of N-Triples: an IRI cut where a prefix could end, and the scheme of any other.
_NAME = re.compile(rb'<(?:(https?:[^<>"\s]*[/#])[\w-]+|([A-Za-z][A-Za-z0-9+.-]*):[^<>"\s]*)>')
# What becomes an element of XML: properties, and the classes of things.
_ELEMENTS = re.compile(
    rb"^\S+ <(?:" + re.escape(_TYPE).encode() + rb"> <([^>]*)|([^>]*))>", re.MULTILINE
)
# XML 1.0, production [2]: what a document cannot hold; N-Triples always writes them escaped.
_NOT_XML = re.compile(
    rb"(?<!\\)(?:\\\\)*\\(?:u00(?:0[0-8BCEF]|1[0-9A-F])|uFFF[EF]|[bf])", re.IGNORECASE
)
# An element's name is what an IRI ends in: Namespaces in XML 1.0, productions [4] and [5].
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAMED = re.compile(f"[{_START}][{_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-]*\\Z")
_INNER_TRIPLE = b">>" + END


def canonical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return quads with canonical blank node labels (https://www.w3.org/TR/rdf-canon/), sorted."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(dataset, key=str)


def canonical_triples(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return triples with canonical blank node labels, in reading order."""
    quads = canonical(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return sorted((quad.triple for quad in quads), key=reading_order)


def reading_order(triple: ox.Triple) -> tuple[str, bool, str, str]:
    """Sort by subject, its type first, as a person would read it."""
    predicate = triple.predicate.value
    return str(triple.subject), predicate != _TYPE, predicate, str(triple.object)


def files(graph: Graph) -> Iterator[tuple[str, Pieces]]:
    """Yield the name of each dump with its bytes, piece by piece, as `Dumps.files` does."""
    with Dumps(graph) as dumps:
        yield from dumps.files()


class Dumps:
    """The dumps of one graph: sorted once, written as `files` are asked for.

    Triple formats hold the union of all graphs, or one named graph; quad formats keep the graphs
    apart.  The N-Quads are the canonical form of the dataset to the byte, so their hash, before
    they are packed, is that of RDFC-1.0.

    Memory is bounded, whatever the size of the graph; lines that it cannot hold lie in a temporary
    folder, which is gone at the end of the ``with`` block.

    Args:
        graph: What to dump; it must not change meanwhile.
        folder: Where temporary files go; the system's own place when None.

    Attributes:
        left_out: The dumps that their format cannot hold, by name, each with the reason.
    """

    def __init__(self, graph: Graph, folder: Path | None = None) -> None:
        self.left_out: dict[str, str] = {}
        self._graph = graph
        self._shelf = Shelf(folder)
        self._hash = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._shelf.__exit__()

    def files(self) -> Iterator[tuple[str, Pieces]]:
        """Yield the name of each dump with its bytes; they are read before the next is asked for.

        Names are paths in the release, such as ``dumps/millelieux.nq.gz`` for everything and
        ``dumps/links-insee.ttl`` for a named graph.
        """
        for dump in self._planned():
            reason = _obstacle(dump.content.facts, dump.format)
            if reason:
                self.left_out[dump.name] = reason
                continue
            pieces = self._written(dump)
            yield dump.name, _packed(pieces) if dump.packed else pieces

    def lines(self, name: str | None = None) -> Pieces:
        """Yield lines that are not packed, sorted, piece by piece.

        Args:
            name: The short name of a graph, to have its N-Triples; None: all graphs, as N-Quads.
        """
        if name is None:
            return self._quad_lines()
        parts = (part for part in self._parts if part.short == name)
        return (joined(block) for part in parts for block in part.blocks())

    @property
    def canonical_hash(self) -> str:
        """SHA-256 of the canonical N-Quads (RDFC-1.0), in hexadecimal digits."""
        if not self._hash:
            for _ in self._hashed(self._quad_lines()):
                pass
        return self._hash

    def distributions(self, written: Mapping[str, tuple[int, str]]) -> list[Distribution]:
        """Describe the dumps.

        Args:
            written: Size and SHA-256 of each file, by its name; what is missing in it is left out.
        """
        return [
            Distribution(
                name=dump.name,
                format=dump.format,
                size=written[dump.name][0],
                sha256=written[dump.name][1],
                title=dump.title,
                graph=dump.content.short,
                compressed="gzip" if dump.packed else None,
            )
            for dump in self._planned()
            if dump.name in written
        ]

    def _planned(self) -> Iterator[_Dump]:
        """Yield each dump, in the order in which they are written."""
        contents: list[tuple[_Part | _Union, str]] = [(self._union, _WHOLE), *self._named]
        for content, stem in contents:
            for format in FORMATS:
                if format.kind == "graph" or (format.kind == "dataset" and stem == _WHOLE):
                    yield _Dump(content, format, stem)

    def _written(self, dump: _Dump) -> Pieces:
        if dump.format.name == "nquads":
            return self._hashed(self._quad_lines())
        if dump.format.name == "ntriples":
            return map(joined, dump.content.blocks())
        prefixes = dump.content.facts.prefixes()
        triples = _triples(dump.content.blocks())
        if dump.format.name == "jsonld":
            return jsonld.pieces(triples, prefixes)
        pieces = self._spooled(
            self._quads() if dump.format.kind == "dataset" else triples, dump.format, prefixes
        )
        # XML 1.0, section 2.11: readers turn a carriage return into a line feed, unless escaped.
        is_xml = dump.format.name == "rdfxml"
        return (piece.replace(b"\r", b"&#13;") for piece in pieces) if is_xml else pieces

    def _spooled(
        self,
        statements: Iterator[ox.Triple] | Iterator[ox.Quad],
        format: Format,
        prefixes: Mapping[str, str],
    ) -> Pieces:
        """Yield what the engine writes into a file."""
        with self._shelf.spool() as file:
            rdf.write_to(file, statements, format, prefixes)
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece

    def _quads(self) -> Iterator[ox.Quad]:
        for part in self._parts:
            for t in _triples(part.blocks()):
                yield ox.Quad(t.subject, t.predicate, t.object, part.node)

    def _quad_lines(self) -> Pieces:
        ends = [part.end for part in self._parts]
        for found in ranges([part.blocks() for part in self._parts]):
            if len(found) == 1:
                yield from (joined(block, ends[number]) for number, block in found)
            else:  # the name of the graph decides between statements that are equal without it
                quads = [line + ends[number] for number, block in found for line in block]
                quads.sort()
                yield b"".join(quads)

    def _hashed(self, pieces: Pieces) -> Pieces:
        digest = sha256()
        for piece in pieces:
            digest.update(piece)
            yield piece
        self._hash = digest.hexdigest()

    @cached_property
    def _parts(self) -> list[_Part]:
        """The graphs that are not empty, by name, their blank nodes called as RDFC-1.0 wants."""
        parts: dict[Node, _Part] = {}
        blank: list[ox.Quad] = []
        for node in sorted(self._graph.parts(), key=str):
            part = _Part(node, _Sifted(self._shelf, everything=isinstance(node, ox.BlankNode)))
            self._graph.write_lines(node, part.lines)
            blank += part.lines.blank(node)
            if not isinstance(node, ox.BlankNode):
                parts[node] = part
        for node, block in _canonical_blocks(blank):
            part = parts.setdefault(node, _Part(node, _Sifted(self._shelf)))
            part.lines.take(block, sum(map(len, block)))
        return [part for _, part in sorted(parts.items(), key=lambda p: str(p[0])) if part.lines]

    @cached_property
    def _union(self) -> _Union:
        return _Union(self._parts)

    @cached_property
    def _named(self) -> list[tuple[_Part, str]]:
        """The named graphs, each with what its files are called."""
        named = [part for part in self._parts if isinstance(part.node, ox.NamedNode)]
        plain = [_dashed(part.short) for part in named]
        return [(part, _stem(part.short, plain)) for part in named]


def _dashed(short: str) -> str:
    return segment(short.replace("/", "-"))


def _stem(short: str, taken: list[str]) -> str:
    """Return what the files of a named graph are called; two graphs never share a name."""
    stem = _dashed(short)
    if stem == _WHOLE:
        return f"{_WHOLE}~"
    return stem if taken.count(stem) == 1 else segment(short)


@dataclass
class _Facts:
    """What must be known of some lines before they are written in a format for people.

    Attributes:
        namespaces: What their IRIs begin with, as far as a prefix could stand for it.
        schemes: The schemes of their IRIs.
        reason: Why XML cannot hold them; empty: it can.
        nested: Whether a triple is the object of another.
    """

    namespaces: set[bytes] = field(default_factory=set)
    schemes: set[bytes] = field(default_factory=set)
    reason: str = ""
    nested: bool = False

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> _Facts:
        facts, elements = cls(), set[bytes]()
        for block in blocks:
            text = joined(block)
            for namespace, scheme in set(_NAME.findall(text)):
                facts.namespaces.add(namespace)
                facts.schemes.add(scheme)
            elements.update(chain.from_iterable(set(_ELEMENTS.findall(text))))
            facts.nested = facts.nested or _INNER_TRIPLE in text
            if not facts.reason and _NOT_XML.search(text):
                facts.reason = "a text has a character that no XML document can have"
        iris = (iri.decode() for iri in sorted(elements) if iri)
        unnamed = next((iri for iri in iris if not _NAMED.search(iri)), None)
        if unnamed:
            facts.reason = f"no XML element can be named after {unnamed}"
        return facts

    def __or__(self, other: _Facts) -> _Facts:
        return _Facts(
            self.namespaces | other.namespaces,
            self.schemes | other.schemes,
            self.reason or other.reason,
            self.nested or other.nested,
        )

    def prefixes(self) -> dict[str, str]:
        """Return the prefixes that shorten something, and that are no scheme of an IRI here."""
        return {
            prefix: namespace
            for prefix, namespace in terms.PREFIXES.items()
            if namespace.encode() in self.namespaces and prefix.encode() not in self.schemes
        }


class _Sifted(SortedLines):
    """Statements of which those that may hold a blank node lie apart."""

    def __init__(self, shelf: Shelf, *, everything: bool = False) -> None:
        super().__init__(shelf)
        self._everything = everything
        self._suspects: Block = []

    def sift(self, block: Block, text: bytes) -> Block:
        if self._everything:
            self._suspects += block
            return []
        # The first question is cheap, and answers the second for most texts.
        if b"_" not in text or b"_:" not in text:
            return block
        self._suspects += [line for line in block if b"_:" in line]
        return [line for line in block if b"_:" not in line]

    def blank(self, node: Node) -> Iterator[ox.Quad]:
        """Yield what holds a blank node, and forget it; put the rest where it belongs."""
        self.finish()
        parsed = ox.parse(joined(self._suspects), ox.RdfFormat.N_TRIPLES)
        innocent = []
        for line, quad in zip(self._suspects, parsed, strict=True):
            found = ox.Quad(quad.subject, quad.predicate, quad.object, node)
            if isinstance(node, ox.BlankNode) or _holds_blank(quad.triple):
                yield found
            else:
                innocent.append(line)
        self._suspects = []
        self.take(innocent, sum(map(len, innocent)))


def _canonical_blocks(quads: Iterable[ox.Quad]) -> Iterator[tuple[Node, Block]]:
    """Yield each graph's statements, with canonical names of blank nodes."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    triples: dict[Node, list[ox.Triple]] = defaultdict(list)
    for quad in dataset:
        triples[quad.graph_name].append(quad.triple)
    for node, found in triples.items():
        yield node, rdf.write(found, by_name("ntriples")).split(END)[:-1]


def _holds_blank(term: object) -> bool:
    if isinstance(term, ox.Triple):
        return _holds_blank(term.subject) or _holds_blank(term.object)
    return isinstance(term, ox.BlankNode)


@dataclass(eq=False)
class _Part:
    """One graph."""

    node: Node
    lines: _Sifted

    @property
    def short(self) -> str:
        """The short name of a graph of ours, the IRI of another."""
        iri = self.node.value if isinstance(self.node, ox.NamedNode) else ""
        return iri.removeprefix(terms.graph(""))

    @cached_property
    def facts(self) -> _Facts:
        """What is known of it."""
        return _Facts.of(self.blocks())

    def blocks(self) -> Iterator[Block]:
        """Yield its statements, sorted."""
        return self.lines.blocks()

    @property
    def end(self) -> bytes:
        """How its lines of N-Quads end."""
        default = isinstance(self.node, ox.DefaultGraph)
        return END if default else f" {self.node}".encode() + END


@dataclass
class _Union:
    """All graphs as one."""

    parts: list[_Part]
    short: None = None

    @cached_property
    def facts(self) -> _Facts:
        """What is known of it."""
        known = _Facts()
        for part in self.parts:
            known |= part.facts
        return known

    def blocks(self) -> Iterator[Block]:
        """Yield its statements, sorted, each once."""
        return unique(merged([part.blocks() for part in self.parts]))


@dataclass
class _Dump:
    """A file to write."""

    content: _Part | _Union
    format: Format
    stem: str

    @property
    def packed(self) -> bool:
        """Whether it is packed: the formats of lines are, which nobody reads with the eye."""
        return self.format.name in ("ntriples", "nquads")

    @property
    def name(self) -> str:
        """Its path in the release."""
        packed = by_name("gzip").suffix if self.packed else ""
        return f"{FOLDER}{self.stem}{self.format.suffix}{packed}"

    @property
    def title(self) -> dict[str, str]:
        """What it holds, by language."""
        short = self.content.short
        if short is not None:
            en, fr = f"Named graph “{short}”", f"Graphe nommé « {short} »"
        elif self.format.kind == "dataset":
            en, fr = "All named graphs", "Tous les graphes nommés"
        else:
            en, fr = "The union of the named graphs", "L’union des graphes nommés"
        return {"fr": f"{fr}, {self.format.title}", "en": f"{en}, {self.format.title}"}


def _obstacle(facts: _Facts, format: Format) -> str:
    """Return why a format cannot hold some lines; empty: it can."""
    if format.name == "rdfxml":
        return facts.reason
    if format.name == "jsonld" and facts.nested:
        return "a triple is the object of another, which JSON-LD 1.1 does not know"
    return ""


def _triples(blocks: Iterable[Block]) -> Iterator[ox.Triple]:
    """Yield the triples of sorted lines by subject, its types first."""
    for block in with_first_words_together(blocks):
        block.sort(key=_type_first)
        yield from (quad.triple for quad in ox.parse(joined(block), ox.RdfFormat.N_TRIPLES))


def _type_first(line: bytes) -> bytes:
    # An exclamation mark comes before any sign that a term can begin with.
    return line.replace(_TYPE_WORD, b" ! ", 1)


def _packed(pieces: Pieces) -> Pieces:
    """Yield bytes packed with gzip (RFC 1952), without a time or a name."""
    # ID1, ID2, CM: deflate, FLG: nothing, MTIME: none, XFL: nothing, OS: unknown.
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    packer, crc, size = zlib.compressobj(wbits=-zlib.MAX_WBITS), 0, 0
    for piece in pieces:
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        yield packer.compress(piece)
    yield packer.flush()
    yield crc.to_bytes(4, "little") + (size % 2**32).to_bytes(4, "little")
