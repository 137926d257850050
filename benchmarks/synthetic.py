"""Make a graph of any size in the shape of the packaged one, as N-Quads or as a store on disk.

    python3 benchmarks/synthetic.py --quads 1000000 large.nq
    python3 benchmarks/synthetic.py --quads 1000000 --store large/

The ontology, the concept schemes and the catalogue stand once.  The rest stands once for each
copy, as if another report told of other places, people, claims and passages: names, codes,
positions and hashes are new, values and concepts stay.  Copies share the countries, and some of
their relations lead to another copy.  The first copy is the packaged graph itself, and the same
size always gives the same bytes.

Needs an environment with millelieux-graph in it.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from millelieux_graph import terms
from millelieux_graph.dumps import canonical
from millelieux_graph.graph import Graph, packaged

_SEED = 4
_SHARED = {ox.NamedNode(terms.graph(name)) for name in ("ontology", "vocab", "catalog")}
_LINKSETS = terms.graph("links/")
_COUNTRY = ox.NamedNode(terms.expand("ml:Country"))

_CODES = set(
    map(
        terms.expand,
        ("dcterms:identifier", "igeo:codeINSEE", "ml:municipalityCode", "ml:nuts3", "ml:siren"),
    )
)
_POSITIONS = {terms.expand("oa:start"), terms.expand("oa:end")}
_HASH = terms.expand("ml:sha256")
_LENGTH = terms.expand("ml:codePoints")

# Links that may lead to another copy, and how many of them do.
_LINKS = set(map(terms.expand, ("ml:involves", "ml:payer", "ml:relationObject")))
_ABROAD = 0.05


@dataclass(frozen=True)
class Template:
    """A graph cut into what stands once and what stands once in each copy.

    Attributes:
        once: The shared quads, as N-Quads.
        copy: The quads of a copy, as N-Quads with a mark such as ``%(copy)s`` for what is its own.
        sizes: How many quads the two hold.
        length: Code points of the text; the positions of a copy begin where the last one ended.
    """

    once: str
    copy: str
    sizes: tuple[int, int]
    length: int

    def copies(self, quads: int) -> int:
        """Return how many copies make a graph of at least so many quads."""
        once, each = self.sizes
        return max(1, math.ceil((quads - once) / each))

    def quads(self, copies: int) -> Iterator[str]:
        """Yield the N-Quads of a graph of so many copies, some megabytes at a time."""
        yield self.once
        for number in range(copies):
            yield self.copy % _Marks(number, copies, self.length)


class _Marks:
    """What stands in a copy where the template has a mark."""

    def __init__(self, number: int, copies: int, length: int) -> None:
        self._number, self._copies, self._length = number, copies, length
        self._random = random.Random(f"{_SEED}/{number}")  # noqa: S311  # drawn again, not secret

    def __getitem__(self, mark: str) -> str:
        kind, _, value = mark.partition(" ")
        match kind:
            case "copy":
                return _suffix(self._number)
            case "link":
                abroad = self._number > 0 and self._random.random() < _ABROAD
                return _suffix(self._random.randrange(self._copies) if abroad else self._number)
            case "nth":
                return f" ({self._number + 1})" if self._number else ""
            case "at":
                return str(int(value) + self._number * self._length)
            case _:
                own = hashlib.sha256(f"{value}{self._number}".encode()).hexdigest()
                return own if self._number else value


def _suffix(number: int) -> str:
    return f"-copy-{number}" if number else ""


def template(graph: Graph) -> Template:
    """Cut a graph into its template, in a fixed order."""
    quads = canonical(graph.quads())  # or the names of blank nodes would differ
    countries = {q.subject for q in quads if q.object == _COUNTRY}
    own = [q for q in quads if q.graph_name not in _SHARED and q.subject not in countries]
    once = [q for q in quads if q.graph_name in _SHARED or q.subject in countries]
    names = {_iri(q.subject) for q in own}
    return Template(
        once="".join(f"{quad} .\n" for quad in once),
        copy="".join(_line(quad, names) for quad in own),
        sizes=(len(once), len(own)),
        length=next(_number(q.object) for q in own if q.predicate.value == _LENGTH),
    )


def _line(quad: ox.Quad, names: set[str]) -> str:
    """Return a quad as a line of N-Quads with marks."""
    predicate, last = quad.predicate.value, quad.object
    if isinstance(last, ox.Literal):
        written = _literal(predicate, last)
    elif _iri(last) in names:
        written = _name(_iri(last), "link" if predicate in _LINKS else "copy")
    else:  # a concept, a country, a web page; in a linkset, the same thing in another data set
        linked = _iri(quad.graph_name).startswith(_LINKSETS)
        written = _marked(str(last), "%(copy)s" if linked else "")
    return f"{_name(_iri(quad.subject))} {quad.predicate} {written} {quad.graph_name} .\n"


def _iri(term: object) -> str:
    assert isinstance(term, ox.NamedNode)  # the data have neither blank nodes nor triples in terms
    return term.value


def _number(term: object) -> int:
    assert isinstance(term, ox.Literal)
    return int(term.value)


def _name(iri: str, mark: str = "copy") -> str:
    """Return the IRI of a thing of a copy; that of a passage is its position."""
    span = terms.passage_range(iri)
    if span:
        return f"<{terms.ID}passage/%(at {span[0]})s-%(at {span[1]})s>"
    return _marked(f"<{iri}>", f"%({mark})s")


def _literal(predicate: str, literal: ox.Literal) -> str:
    if predicate in _POSITIONS:
        return f'"%(at {literal.value})s"^^{literal.datatype}'
    if predicate == _HASH:
        return f'"%(sha256 {literal.value})s"'
    if predicate in _CODES:
        return _marked(str(literal), "%(copy)s")
    return _marked(str(literal), "%(nth)s" if literal.language else "")


def _marked(term: str, mark: str) -> str:
    """Return a term of N-Quads that ends in a mark, before its closing sign."""
    close = term.rindex('"' if term.startswith('"') else ">")
    head, tail = (part.replace("%", "%%") for part in (term[:close], term[close:]))
    return head + mark + tail


def write(quads: int, path: Path) -> None:
    """Write a graph of at least so many quads as N-Quads."""
    cut = template(packaged())
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(cut.quads(cut.copies(quads)))


def build(quads: int, folder: Path) -> None:
    """Write a graph of at least so many quads into a new store on disk."""
    with tempfile.TemporaryDirectory(prefix="millelieux-") as temporary:
        nquads = Path(temporary) / "graph.nq"
        write(quads, nquads)
        store = ox.Store(folder)
        store.bulk_load(path=nquads, format=ox.RdfFormat.N_QUADS)
        store.optimize()


def main(argv: Sequence[str] | None = None) -> int:
    """Write what is asked for, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quads", type=int, default=1_000_000, help="at least (%(default)s)")
    parser.add_argument("--store", action="store_true", help="a store on disk, not N-Quads")
    parser.add_argument("path", type=Path, help="the file, or the store's new folder")
    options = parser.parse_args(argv)
    (build if options.store else write)(options.quads, options.path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
