"""The pages about the dataset: what can be downloaded, how it is checked, cited and reused."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from .. import assets, metadata, terms
from ..formats import by_suffix
from . import words
from .engine import licence_link
from .thing import facts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from markupsafe import Markup

    from ..distributions import Distribution
    from ..metadata import Description
    from .view import View

__all__ = ["NOTHING", "About", "citing", "landing"]

_METADATA = (
    ("catalog.ttl", "DCAT-AP (.ttl)"),
    ("catalog.jsonld", "DCAT-AP (.jsonld)"),
    ("catalog.rdf", "DCAT-AP (.rdf)"),
    ("void.ttl", "VoID"),
)
_BESIDE = (("query/queries.ttl", "SHACL-SPARQL"), ("releases.atom", "Atom"))
_CITATIONS = (
    ("citation/dataset.bib", "BibTeX"),
    ("citation/datacite.json", "DataCite (.json)"),
    ("citation/datacite.xml", "DataCite (.xml)"),
)
_PACKED = {"gzip": ".gz"}


@dataclass(frozen=True)
class About:
    """What a release knows of itself beside the graph.

    Attributes:
        distributions: The files that carry the dataset or a part of it.
        canonical_hash: SHA-256 of the canonical dataset (RDFC-1.0).
        names: The files that are written already: what describes the dataset is among them.
        left_out: The files that could not be written, by name, each with the reason.
    """

    distributions: Sequence[Distribution] = ()
    canonical_hash: str = ""
    names: Collection[str] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def described(self) -> list[tuple[str, str]]:
        """Paths of what describes the dataset for machines, with the media type of each."""
        found = ((path, by_suffix(PurePath(path))) for path, _ in _METADATA if path in self.names)
        return [(path, format.media_type) for path, format in found if format]


NOTHING = About()


def landing(view: View, told: Description, about: About) -> dict[str, Any]:
    """Return what the template of the dataset's page needs."""
    dataset = view.site.resources.node(told.iri)
    whole = [d for d in about.distributions if d.graph is None and d.table is None]
    return {
        "title": view.site.title[view.lang],
        "node": dataset,
        "lead": told.text("dcterms:description", view.lang) or view.word("data-lead"),
        "sections": [
            (view.word("data-whole"), list(_rows(view, whole))),
            (
                view.word("data-graphs"),
                list(_rows(view, (d for d in about.distributions if d.graph))),
            ),
            (
                view.word("data-tables"),
                list(_rows(view, (d for d in about.distributions if d.table))),
            ),
        ],
        "metadata": list(_present(view, about, (*_METADATA, *_BESIDE))),
        "hash": about.canonical_hash,
        "facts": list(facts(view, dataset)),
        "classes": list(_classes(view)),
        "left_out": [*_reasons(about.left_out), *assets.missing()],
    }


def _reasons(left_out: Mapping[str, str]) -> list[str]:
    """Return each reason once, before it the names of the files that are missing for it."""
    names: dict[str, list[str]] = defaultdict(list)
    for name, reason in sorted(left_out.items()):
        names[reason].append(name)
    return [f"{', '.join(files)}: {reason}" for reason, files in names.items()]


def citing(view: View, told: Description, about: About) -> dict[str, Any]:
    """Return what the template of the page about citing and reusing needs."""
    node = view.site.resources.node
    return {
        "title": view.word("cite"),
        "citation": metadata.cited(told, view.lang),
        "files": list(_present(view, about, _CITATIONS)),
        "sources": [view.link(node(iri)) for iri in told.iris("prov:wasDerivedFrom")],
        "licence": licence_link(view),
        "rights": [told.name(iri, view.lang) for iri in told.iris("dcterms:rights")],
    }


def _present(
    view: View, about: About, files: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    return ((view.to(path), name) for path, name in files if path in about.names)


def _rows(view: View, distributions: Iterable[Distribution]) -> Iterator[dict[str, Any]]:
    for each in distributions:
        yield {
            "name": each.name,
            "title": each.title[view.lang],
            "format": each.format.suffix + _PACKED.get(each.compressed or "", ""),
            "size": words.size(each.size, view.lang),
        }


def _classes(view: View) -> Iterator[tuple[Markup, int]]:
    """Yield our classes and how many things are of each, the most frequent first."""
    resources = view.site.resources
    classes = [node for node in resources.instances("owl:Class") if node.iri.startswith(terms.ML)]
    counted = [(len(node.back("rdf:type")), node) for node in classes]
    for many, node in sorted(counted, key=lambda pair: (-pair[0], pair[1].iri)):
        if many:
            yield view.link(node, words.kind(view.lang, terms.curie(node.iri))), many
