"""FAIR: what harvesters and checkers would give a release, point by point."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import pyshacl
import pytest
import rdflib
from command import TEMPLATE
from conftest import missing
from fair import Held, foops, fuji, mqa, told
from rdflib import DCAT, OWL, RDF, SH, URIRef

import millelieux_graph as ml
from millelieux_graph import metadata, terms
from millelieux_graph.check import check_sources
from millelieux_graph.distributions import Distribution
from millelieux_graph.formats import by_suffix
from millelieux_graph.sources import rdf

if TYPE_CHECKING:
    from stages import Released

pytest_plugins = ["stages"]

DATASET = URIRef(terms.DATASET)
EXCELLENT = 351  # of 405, by the portal's own scale


@pytest.fixture(scope="module")
def catalog(released: Released) -> rdflib.Graph:
    """The catalog of the release."""
    return rdflib.Graph().parse(released.folder / "catalog.ttl")


@pytest.fixture(scope="session")
def standards() -> Path:
    """The shapes of DCAT-AP 3.0.1, as they are published."""
    home = os.environ.get("MILLELIEUX_STANDARDS", "")
    if not home or not (folder := Path(home) / "dcat-ap-3.0.1").is_dir():
        missing("The SHACL shapes of DCAT-AP", "Set MILLELIEUX_STANDARDS to the published files.")
    return folder


def judged(catalog: rdflib.Graph, standards: Path, *names: str) -> set[tuple[str, str, str]]:
    """Return what the shapes say: severity, property or constraint, and which constraint."""
    shapes = rdflib.Graph()
    for name in names:
        shapes.parse(standards / name)
    # The files name vocabularies to be fetched, and property shapes that no file has.
    shapes.remove((None, OWL.imports, None))
    for shape, part in list(shapes.subject_objects(SH.property)):
        if (part, None, None) not in shapes:
            shapes.remove((shape, SH.property, part))
    outcome = pyshacl.validate(catalog, shacl_graph=shapes, inference="none")
    report: rdflib.Graph = outcome[1]
    found = set()
    for result in report.objects(None, SH.result):
        parts = (SH.resultSeverity, SH.resultPath, SH.sourceConstraintComponent)
        severity, path, constraint = (str(report.value(result, p) or "") for p in parts)
        found.add((terms.curie(severity), terms.curie(path), terms.curie(constraint)))
    return found


# All that must hold, as the profile has it in two forms, with the classes of the values.
REQUIRED = (("shapes.ttl",), ("dcat-ap-SHACL.ttl", "ranges.ttl"), ("range.ttl",))


@pytest.mark.parametrize("names", REQUIRED, ids=" + ".join)
@pytest.mark.parametrize("which", ["released", "own_release"])
def test_the_catalog_conforms_to_dcat_ap(
    request: pytest.FixtureRequest, standards: Path, which: str, names: tuple[str, ...]
) -> None:
    """The official shapes object to nothing, in our release and in one of somebody's own place."""
    release = request.getfixturevalue(which)
    folder = release if isinstance(release, Path) else release.folder
    assert judged(rdflib.Graph().parse(folder / "catalog.ttl"), standards, *names) == set()


@pytest.mark.parametrize("names", REQUIRED, ids=" + ".join)
def test_a_description_of_ones_own_conforms(standards: Path, names: tuple[str, ...]) -> None:
    """The one to start from passes the check, and its catalog the official shapes."""
    paths = [TEMPLATE, TEMPLATE.with_name("my-dataset.ttl")]
    assert check_sources(rdf.discover(paths)).findings == ()
    files = metadata.files(
        ml.open(*paths).graph, [], base_url="https://example.org/", canonical_hash="0" * 64
    )
    catalog = rdflib.Graph().parse(data=dict(files)["catalog.ttl"], format="turtle")
    assert (URIRef("https://example.org/data"), RDF.type, DCAT.Dataset) in catalog
    assert judged(catalog, standards, *names) == set()


def test_the_shapes_would_object(catalog: rdflib.Graph, standards: Path) -> None:
    """They are not silent: a dataset without its title is found."""
    broken = rdflib.Graph()
    broken += catalog
    broken.remove((DATASET, rdflib.DCTERMS.title, None))
    assert ("sh:Violation", "dcterms:title", "sh:MinCountConstraintComponent") in judged(
        broken, standards, "shapes.ttl"
    )


def test_what_is_recommended_and_missing_is_known(catalog: rdflib.Graph, standards: Path) -> None:
    """Five recommendations are not followed, since following them would be a guess.

    How long a file stays available is no promise of ours; of what type an agent is, nobody has
    said; a country and a commune have no box or centre in our sources; and the list of formats
    has none for SQLite.
    """
    missing_ones = {"dcatap:availability", "dcterms:type", "dcat:bbox", "dcat:centroid"}
    missing_ones |= {"dcterms:format"}
    uncoded = set(catalog.subjects(RDF.type, DCAT.Distribution))
    uncoded -= set(catalog.subjects(rdflib.DCTERMS["format"], None))
    assert [str(file) for file in uncoded] == [f"{terms.BASE}catalog#tables/millelieux.sqlite"]
    assert judged(catalog, standards, "shapes_recommended.ttl") == {
        ("sh:Warning", path, "sh:MinCountConstraintComponent") for path in missing_ones
    }


def test_codes_are_those_of_the_authorities(catalog: rdflib.Graph, standards: Path) -> None:
    """Formats, themes, languages, media types and licences have codes of the lists.

    The exceptions: we are in no list of EU bodies; the box around the places is in no list of
    places; and the shape wants the algorithm of a checksum under https://spdx.org, where SPDX
    has named it under http://spdx.org.
    """
    found = judged(catalog, standards, "mdr-vocabularies.shape.ttl")
    assert {path for severity, path, _ in found if severity == "sh:Warning"} == {
        "dcterms:publisher",
        "dcterms:spatial",
    }
    assert {path for severity, path, _ in found if severity == "sh:Violation"} <= {
        "",  # the inner results of the three, at their values
        "spdx:algorithm",
        "skos:inScheme",
    }


def test_nothing_deprecated_is_used(catalog: rdflib.Graph, standards: Path) -> None:
    """Properties of earlier editions of the profile are not there."""
    assert judged(catalog, standards, "deprecateduris.ttl") == set()


def test_mqa(
    released: Released,
    catalog: rdflib.Graph,
    standards: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of the 405 points of data.europa.eu the dataset and the catalog have at least 380.

    No part of it is less than excellent.
    """
    held = holder(released.folder)

    @cache
    def conforms() -> bool:
        return not any(judged(catalog, standards, *shapes) for shapes in REQUIRED)

    listed = sorted({URIRef(str(dataset)) for dataset in catalog.objects(None, DCAT.dataset)})
    scores = {dataset: mqa(catalog, dataset, held, conforms) for dataset in listed}
    totals = {name: sum(s.points for s in points) for name, points in scores.items()}
    with capsys.disabled():
        print(f"\nMQA, {DATASET}\n{told(scores[DATASET])}")  # noqa: T201  # is to be seen
        print(f"its catalog: {mean(totals.values()):.1f}, from {min(totals.values()):.1f}")  # noqa: T201
    assert {sum(s.of for s in points) for points in scores.values()} == {405}
    assert totals[DATASET] >= 380
    assert mean(totals.values()) >= 380
    assert min(totals.values()) >= EXCELLENT, totals


def test_mqa_counts_no_address_without_a_file(catalog: rdflib.Graph) -> None:
    """A release that holds nothing loses the points of what can be reached."""
    scores = {s.test: s.points for s in mqa(catalog, DATASET, lambda _: False, lambda: True)}
    assert scores["accessibility: accessURL reachable"] == 0
    assert scores["accessibility: downloadURL reachable"] == 0


def test_foops(released: Released, capsys: pytest.CaptureFixture[str]) -> None:
    """The ontology as published passes every test that needs no network, but for DOI and logo.

    A DOI is given by a registry, and the vocabulary has no logo.
    """
    ontology = rdflib.Graph().parse(released.folder / "ontology" / "millelieux.ttl")
    scores = foops(ontology)
    with capsys.disabled():
        print(f"\nFOOPS!, {terms.ML}\n{told(scores)}")  # noqa: T201  # the score is to be seen
    lost = {score.test: score.of - score.points for score in scores if score.points < score.of}
    assert lost == {"OM3": 2}
    assert len(set(ontology.subjects(RDF.type, OWL.Ontology))) == 1


def test_fuji(
    released: Released,
    catalog: rdflib.Graph,
    dataset: ml.Dataset,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every metric that needs no registry is met; SPDX alone has no name for our licence."""
    scores = fuji(page(released.folder, dataset), catalog, DATASET, holder(released.folder))
    with capsys.disabled():
        print(f"\nF-UJI, {DATASET}\n{told(scores)}")  # noqa: T201  # the score is to be seen
    lost = {score.test for score in scores if score.points < score.of}
    assert lost == {"FsF-R1.1-01M"}


def page(folder: Path, dataset: ml.Dataset) -> dict[str, object]:
    """Return the JSON-LD of the page about the dataset: as it stands there, or as it will."""
    described = metadata.describe(dataset.graph, terms.BASE)
    described.add(metadata.provenance(dataset.graph, described))
    html = folder / described.landing_page.removeprefix(terms.BASE)
    if not html.is_file():
        return metadata.schema_org(dataset.graph, described, carried(folder), "en")
    found = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', html.read_text("utf-8"), re.DOTALL
    )
    assert found is not None
    told: dict[str, object] = json.loads(found[1])
    return told


def carried(folder: Path) -> list[Distribution]:
    """Return the dumps of the whole dataset in a release, as their room describes them."""
    found = []
    for path in sorted(folder.glob("dumps/millelieux.*")):
        packed = path.suffix == ".gz"
        format = by_suffix(path.with_suffix("") if packed else path)
        assert format is not None
        data = path.read_bytes()
        found.append(
            Distribution(
                name=path.relative_to(folder).as_posix(),
                format=format,
                size=len(data),
                sha256=sha256(data).hexdigest(),
                title={"fr": format.title, "en": format.title},
                compressed="gzip" if packed else None,
            )
        )
    return found


def holder(folder: Path) -> Held:
    """Return who knows whether an address leads to a file of a release."""
    files = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    names = {line.split("  ", 1)[1] for line in files}
    return lambda url: url.startswith(terms.BASE) and url.removeprefix(terms.BASE) in names
