"""Everything in a release that is written for harvesters, under the names that they look for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .citation import bibtex, cited, datacite_json, datacite_xml
from .dcat import catalog
from .description import describe
from .provenance import provenance
from .releases import Entry, atom
from .statements import turtle, written
from .void import void

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..distributions import Distribution
    from ..graph import Graph

__all__ = ["files"]


def files(
    graph: Graph,
    distributions: Iterable[Distribution],
    *,
    base_url: str,
    canonical_hash: str,
    former: Sequence[Entry] = (),
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file: catalog, VoID, citation, feed.

    Args:
        graph: What is published.
        distributions: Every file that carries it or a part of it.
        base_url: Where the release will be served, with its slash.
        canonical_hash: SHA-256 of the canonical dataset, in hexadecimal digits.
        former: Earlier releases, the latest first.
    """
    carried = sorted(distributions, key=lambda file: file.name)
    told = describe(graph, base_url)
    told.add(provenance(graph, told))
    triples = list(catalog(graph, told, carried, canonical_hash, former))
    for suffix, data in written(triples).items():
        yield f"catalog{suffix}", data
    yield "void.ttl", turtle(void(graph, told, carried))
    optional = {
        "citation/datacite.json": datacite_json(told, carried),
        "citation/datacite.xml": datacite_xml(told, carried),
        "releases.atom": atom(told, former),
    }
    # What lacks a date that its standard requires is not written rather than invented.
    yield from ((name, data) for name, data in optional.items() if data)
    yield "citation/dataset.bib", bibtex(told)
    yield "citation/citation.txt", f"{cited(told, 'fr')}\n".encode()
    yield "citation/citation.en.txt", f"{cited(told, 'en')}\n".encode()
