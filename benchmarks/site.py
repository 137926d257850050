"""Publish a census: how many documents a second and processor, and how much memory.

    python benchmarks/site.py              # 10,000 places
    python benchmarks/site.py --places 500 --keep census/

The places are invented, from a seed: each has a commune, an area, two uses, an event and a source.
The check is left out, since it is measured elsewhere; all else is what ``millelieux publish`` does.
Figures are ratios to the promise: a thousand documents a second and processor, a gigabyte at most.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyoxigraph as ox

from millelieux_graph import publish, terms
from millelieux_graph.check import CheckedGraph, Report
from millelieux_graph.graph import Graph
from millelieux_graph.sources import rdf, shipped

BASE = "https://example.org/id/"
GRAPH = ox.NamedNode(terms.graph("report"))
USES = "fablab coworking canteen repair library workshop".split()
PROMISED, MOST = 1_000, 1_000_000_000


def main() -> int:
    """Measure, and return 1 when a promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--places", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="a folder for the release")
    options = parser.parse_args()
    graph = census(options.places)
    print(f"{options.places:,} places, {len(graph):,} quads", file=sys.stderr)
    with tempfile.TemporaryDirectory() as home:
        return measured(graph, options.keep or Path(home) / "site")


def measured(graph: Graph, folder: Path) -> int:
    """Publish, and print what it cost."""
    before, started = processors(), time.perf_counter()
    checked = CheckedGraph(graph, Report((), len(graph)))
    release = publish.publish(checked, folder, base_url="https://example.org/", progress=told)
    seconds, used = time.perf_counter() - started, processors() - before
    documents = sum(1 for _ in folder.rglob("*.*"))
    peak = max(
        resource.getrusage(who).ru_maxrss * 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"\r\x1b[Kdocuments            {release.files:>10,}", file=sys.stderr)
    rate = documents / used
    print(f"seconds              {seconds:10.1f}")
    print(f"documents/s/processor{rate:10.0f}   {rate / PROMISED:.2f} of the promise (1 or more)")
    print(f"peak memory, MB      {peak / 1e6:10.0f}   {peak / MOST:.2f} of the promise (1 or less)")
    return int(rate < PROMISED or peak > MOST)


def told(step: str) -> None:
    """Show a step on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{step}…", end="", file=sys.stderr, flush=True)


def processors() -> float:
    """Return the seconds that this process and its children have kept a processor."""
    whos = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in whos]
    return sum(each.ru_utime + each.ru_stime for each in used)


def census(places: int) -> Graph:
    """Return a graph of invented places, beside the vocabulary."""
    graph = Graph().load([*shipped.ontology(), *shipped.vocabularies()])
    random = Random(2026)  # noqa: S311  # the same places each time
    communes = [f"commune-{number}" for number in range(max(1, places // 5))]
    graph.extend(quad for name in communes for quad in commune(name, random))
    graph.extend(quad for n in range(places) for quad in place(n, random.choice(communes), random))
    return graph


def commune(name: str, random: Random) -> Iterator[ox.Quad]:
    """Yield a commune somewhere in France."""
    node = f"territory/{name}"
    yield says(node, "rdf:type", "ml:Commune")
    yield from named(node, name.title())
    yield says(node, "ml:latitude", ox.Literal(f"{random.uniform(43, 50):.4f}", datatype=DECIMAL))
    yield says(node, "ml:longitude", ox.Literal(f"{random.uniform(-4, 7):.4f}", datatype=DECIMAL))


def place(number: int, where: str, random: Random) -> Iterator[ox.Quad]:
    """Yield a place with what is said of it."""
    slug = f"lieu-{number}"
    node, figure, event = f"place/{slug}", f"figure/{slug}-area", f"event/{slug}-opening"
    yield says(node, "rdf:type", "ml:ThirdPlace")
    yield from named(node, f"Lieu {number}")
    yield says(node, "ml:inCommune", f"{BASE}territory/{where}")
    yield says(node, "ml:locationType", "locationType:town-centre")
    yield says(node, "ml:legalForm", "legalForm:association")
    yield says(node, "ml:area", BASE + figure)
    yield says(figure, "rdf:type", "ml:Figure")
    yield from named(figure, f"Surface du lieu {number}")
    yield says(figure, "ml:about", BASE + node)
    yield says(figure, "ml:figureKind", "figureKind:area")
    yield says(figure, "ml:value", ox.Literal(random.randrange(20, 4000)))
    yield says(figure, "ml:unit", "unit:m2")
    yield says(figure, "ml:qualifier", "qualifier:about")
    yield says(event, "rdf:type", "ml:TimelineEvent")
    yield from named(event, "Ouverture")
    yield says(event, "ml:place", BASE + node)
    yield says(event, "ml:date", ox.Literal(str(random.randrange(1990, 2025)), datatype=EDTF))
    yield says(event, "ml:status", "status:past")
    for use in random.sample(USES, 2):
        item = f"item/{slug}-{use}"
        yield says(item, "rdf:type", "ml:ProgrammeItem")
        yield from named(item, use.title())
        yield says(item, "ml:place", BASE + node)
        yield says(item, "ml:use", f"use:{use}")


def named(node: str, name: str) -> Iterator[ox.Quad]:
    """Yield the labels of a thing, its identifier and its source."""
    for lang in ("fr", "en"):
        yield says(node, "skos:prefLabel", ox.Literal(name, language=lang))
    yield says(node, "dcterms:identifier", ox.Literal(terms.last_segment(node)))
    yield says(node, "dcterms:source", "https://example.org/census")


def says(node: str, predicate: str, value: str | ox.Literal) -> ox.Quad:
    """Return a quad about a thing; a value that is a text is a CURIE or an IRI."""
    told = ox.NamedNode(terms.expand(value)) if isinstance(value, str) else value
    return ox.Quad(ox.NamedNode(BASE + node), rdf.node(predicate), told, GRAPH)


DECIMAL, EDTF = rdf.node("xsd:decimal"), rdf.node("edtf:EDTF")

if __name__ == "__main__":
    sys.exit(main())
