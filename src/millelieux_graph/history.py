"""What came before a release: the releases themselves, what has changed, and what is no more.

An identifier that somebody may have cited never falls silent: when a release no longer describes
it, a tombstone says what it was, in which release it was last, and what replaces it.  Tombstones
are handed on from release to release, until their identifier is described again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import addresses, diff, jsonld, terms
from .dumps import canonical_triples
from .errors import CannotRead, UsageError
from .formats import FORMATS, by_name
from .sources import rdf

if TYPE_CHECKING:
    from .formats import Format
    from .graph import Graph

__all__ = [
    "TOMBSTONES",
    "History",
    "Past",
    "Tombstone",
    "carried",
    "check_order",
    "documents",
    "files",
    "issued",
    "past",
    "tell",
    "told_of",
    "tombstones",
]

TOMBSTONES = "tombstones.json"
_DEPRECATED, _REPLACED_BY = map(terms.expand, ("owl:deprecated", "dcterms:isReplacedBy"))
_REPLACES = terms.expand("dcterms:replaces")
# Who says no more of an identifier than these says that it is gone.
_EPITAPH = {_DEPRECATED, _REPLACED_BY}
# Classes of others whose members a release describes, wherever their names are.
_BORROWED = {terms.expand("skos:Concept"), terms.expand("org:Role")}
_DATES = tuple(map(terms.expand, ("dcterms:modified", "dcterms:issued")))
_INFERRED = ox.NamedNode(terms.graph("inferred"))


@dataclass(frozen=True)
class Past:
    """A release that came before.

    Attributes:
        version: ``dcat:version`` of the dataset then; empty: it had none.
        canonical_hash: SHA-256 of its RDFC-1.0 form.
        issued: The date that its catalogue gave it; empty: none.
        base_url: Where it was served.
    """

    version: str
    canonical_hash: str
    issued: str = ""
    base_url: str = ""


@dataclass(frozen=True, order=True)
class Tombstone:
    """What is left of an identifier that no release describes any more.

    Attributes:
        iri: The identifier.
        kind: The IRI of the class that it had; empty: none.
        labels: What it was called, as pairs of language and text.
        last_version: The version of the release that described it last; empty: it had none.
        replaced_by: What the graph says replaces it, sorted.
    """

    iri: str
    kind: str
    labels: tuple[tuple[str, str], ...]
    last_version: str
    replaced_by: tuple[str, ...] = ()

    def triples(self) -> Iterator[ox.Triple]:
        """Yield what a document about it says."""
        node = ox.NamedNode(self.iri)
        yield rdf.said(node, "owl:deprecated", ox.Literal(True))
        for iri in self.replaced_by:
            yield rdf.said(node, "dcterms:isReplacedBy", ox.NamedNode(iri))
        if self.kind:  # no rdf:type: nothing of that class is there
            yield rdf.said(node, "dcterms:type", ox.NamedNode(self.kind))
        for lang, text in self.labels:
            yield rdf.said(node, "rdfs:label", ox.Literal(text, language=lang or None))
        if self.last_version:
            for lang, words in (("en", "Last in version"), ("fr", "Dernière version :")):
                note = ox.Literal(f"{words} {self.last_version}", language=lang)
                yield rdf.said(node, "skos:historyNote", note)


@dataclass(frozen=True)
class History:
    """What a release knows of the time before it.

    Attributes:
        past: The releases before, the latest first.
        changes: What changed since the latest.
        tombstones: The identifiers that are no more, sorted.
    """

    past: tuple[Past, ...]
    changes: diff.Changes
    tombstones: tuple[Tombstone, ...]


def tell(previous: Path, new: diff.State, graph: Graph) -> History:
    """Return what came before a release.

    Args:
        previous: The folder of the release before.
        new: The release itself.
        graph: What the release is made from.

    Raises:
        CannotRead: The folder is no release, or it is damaged.
        UsageError: It is one of another dataset, or of the same version.
    """
    old = diff.of_release(previous)
    check_order(old, new)
    changes = diff.compare(old, new)
    found = tombstones(changes, carried(previous), graph)
    return History(past(previous), changes, found)


def check_order(old: diff.State, new: diff.State) -> None:
    """Refuse a release that cannot come after another.

    Raises:
        UsageError: They are of two datasets, or their versions do not tell them apart.
    """
    diff.same_dataset(old, new)
    if not new.version:
        raise UsageError(
            f"The data tell no version, so nothing can come after {old.name}; write one into "
            f"catalog.ttl: <{terms.DATASET}> dcat:version."
        )
    if new.version == old.version:
        raise UsageError(
            f"{old.name} is version {old.version} too; raise dcat:version in the catalogue, or "
            "leave out --previous."
        )


def past(folder: Path) -> tuple[Past, ...]:
    """Return a release as past, and before it those that it knows, the latest first.

    Raises:
        CannotRead: The folder is no release, or not as `publish` writes it.
    """
    told = diff.mark(folder)
    try:
        before = [told["previous"]] if told.get("previous") else []
        return tuple(map(_past, (told, *before, *told.get("earlier", ()))))
    except (AttributeError, KeyError, TypeError):
        raise _not_ours(folder / diff.MARK) from None


def _past(told: Mapping[str, Any]) -> Past:
    return Past(
        version=str(told.get("version") or ""),
        canonical_hash=str(told["canonicalHash"]["value"]),
        issued=str(told.get("issued") or ""),
        base_url=str(told.get("baseUrl") or ""),
    )


def told_of(past: Past) -> dict[str, object]:
    """Return what ``release.json`` says of a release, whether it is this one or one before."""
    return {
        "version": past.version or None,
        "issued": past.issued or None,
        "baseUrl": past.base_url or None,
        "canonicalHash": {"algorithm": "RDFC-1.0 SHA-256", "value": past.canonical_hash},
    }


def issued(graph: Graph) -> str:
    """Return the date that a graph gives its dataset: of its last change, or of its first issue."""
    dates: dict[str, str] = {}
    for quad in graph.about(terms.DATASET):
        if isinstance(quad.object, ox.Literal) and quad.predicate.value in _DATES:
            dates[quad.predicate.value] = quad.object.value
    return next((dates[name] for name in _DATES if name in dates), "")


def tombstones(
    changes: diff.Changes, carried: Iterable[Tombstone], graph: Graph
) -> tuple[Tombstone, ...]:
    """Return the identifiers that somebody may look for in vain, sorted.

    Args:
        changes: Since the release before.
        carried: The tombstones of that release.
        graph: The present one: it tells what is there again, and what replaces what is not.
    """
    gone = (_tombstone(thing, changes.old.version) for thing in _gone(changes))
    known = {stone.iri: stone for stone in (*carried, *gone)}
    successors = _successors(graph)
    return tuple(
        replace(stone, replaced_by=tuple(sorted(successors.get(iri, stone.replaced_by))))
        for iri, stone in sorted(known.items())
        if not _is_described(graph, iri)
    )


def _tombstone(thing: diff.Thing, version: str) -> Tombstone:
    return Tombstone(thing.iri, thing.kind, thing.labels, version)


def _gone(changes: diff.Changes) -> Iterator[diff.Thing]:
    """Yield the things of ours that are gone, or of which the graph now says just that."""
    for thing in changes.removed:
        if _had_address(thing):
            yield thing
    for changed in changes.changed:
        added = {p.predicate for p in changed.properties if p.new}
        if _had_address(changed.thing) and added & _EPITAPH:
            yield changed.thing


def _had_address(thing: diff.Thing) -> bool:
    """Whether a release has a place for a thing: it is below our base, or of our vocabulary."""
    return diff.is_ours(thing) or thing.kind in _BORROWED


def _is_described(graph: Graph, iri: str) -> bool:
    """Whether a graph says more of an identifier than that it is gone."""
    return any(
        quad.graph_name != _INFERRED and quad.predicate.value not in _EPITAPH
        for quad in graph.about(iri)
    )


def _successors(graph: Graph) -> dict[str, set[str]]:
    """Return what replaces what, whichever of the two says so."""
    found: dict[str, set[str]] = {}
    for predicate in (_REPLACED_BY, _REPLACES):
        for quad in graph.having(predicate):
            ends = (quad.subject, quad.object)
            gone, new = ends if predicate == _REPLACED_BY else ends[::-1]
            if isinstance(gone, ox.NamedNode) and isinstance(new, ox.NamedNode):
                found.setdefault(gone.value, set()).add(new.value)
    return found


def files(history: History) -> Iterator[tuple[str, bytes]]:
    """Yield what a release says of the time before it: names in the release, and bytes.

    The changes as RDF Patch, JSON and Markdown; the tombstones as JSON, which the next release
    reads, as Turtle together, and each at the address of its identifier in every format.
    """
    changes, stones = history.changes, history.tombstones
    yield "changes.patch", b"".join(diff.patch(changes.old, changes.new))
    yield "changes.json", diff.to_json(changes).encode()
    yield "changes.md", diff.to_markdown(changes, "en").encode()
    yield TOMBSTONES, _json([_told(stone) for stone in stones])
    said = [triple for stone in stones for triple in stone.triples()]
    yield "tombstones.ttl", _written(said, by_name("turtle"))
    for stone in stones:
        yield from documents(stone)


def documents(stone: Tombstone) -> Iterator[tuple[str, bytes]]:
    """Yield the documents of a tombstone; a fragment of another document has none of its own."""
    if addresses.fragment(stone.iri):
        return
    for format in FORMATS:
        if format.kind == "graph":
            yield addresses.stem(stone.iri) + format.suffix, _written(stone.triples(), format)


def _written(said: Iterable[ox.Triple], format: Format) -> bytes:
    written = canonical_triples(said)
    prefixes = rdf.used_prefixes(written)
    if format.name == "jsonld":
        return jsonld.write(written, prefixes)
    return rdf.write(written, format, prefixes)


def _told(stone: Tombstone) -> dict[str, object]:
    return {
        "iri": stone.iri,
        "class": stone.kind or None,
        "labels": [{"language": lang, "value": text} for lang, text in stone.labels],
        "lastVersion": stone.last_version or None,
        "replacedBy": list(stone.replaced_by),
    }


def carried(folder: Path) -> list[Tombstone]:
    """Return the tombstones of a release.

    Raises:
        CannotRead: Their file is damaged.
    """
    path = folder / TOMBSTONES
    if not path.exists():  # nothing came before that release
        return []
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        return [_read(listed[number]) for number in range(len(listed))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _not_ours(path) from None


def _read(told: Mapping[str, Any]) -> Tombstone:
    return Tombstone(
        iri=ox.NamedNode(told["iri"]).value,  # a ValueError when it is none
        kind=str(told["class"] or ""),
        labels=tuple((str(label["language"]), str(label["value"])) for label in told["labels"]),
        last_version=str(told["lastVersion"] or ""),
        replaced_by=tuple(ox.NamedNode(iri).value for iri in told["replacedBy"]),
    )


def _not_ours(path: Path) -> CannotRead:
    return CannotRead(f"{path} is not what `publish` writes; fetch the release again.")


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
