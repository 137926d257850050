"""The forms of one description: provenance, schema.org, citation, DataCite, feed; ours or not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
import rdflib
from command import TEMPLATE
from hypothesis import given, strategies as st
from rdflib import DCTERMS, FOAF, PROV, RDF, URIRef

import millelieux_graph as ml
from millelieux_graph import metadata, terms
from millelieux_graph.check import check_sources
from millelieux_graph.distributions import Distribution
from millelieux_graph.formats import by_name
from millelieux_graph.metadata.authorities import licence
from millelieux_graph.sources import rdf

if TYPE_CHECKING:
    from pathlib import Path

    from stages import Released

    from millelieux_graph.graph import Graph

pytest_plugins = ["stages"]

SITE = "https://example.org/site/"
DATASET = URIRef(terms.DATASET)
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")  # rdflib knows an earlier edition
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
DATACITE = "{http://datacite.org/schema/kernel-4}"
ATOM = "{http://www.w3.org/2005/Atom}"
ZERO = "0" * 64

DUMP = Distribution(
    name="dumps/millelieux.nq.gz",
    format=by_name("nquads"),
    size=12,
    sha256=ZERO,
    title={"fr": "Tout", "en": "All"},
    compressed="gzip",
)
FORMER = [
    metadata.Entry("0.0.2", "2026-03-04", "Deux.", "https://example.org/0.0.2/"),
    metadata.Entry("0.0.1", "2026-01-02", "Un.", "https://example.org/0.0.1/"),
]

# What somebody says of a place of their own, in the same file.
OWN = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://example.org/data> a dcat:Dataset ;
    dcterms:title "Les lieux de Fontclaire"@fr , "The places of Fontclaire"@en ;
    dcterms:description "Un lieu, par celles et ceux qui le font."@fr ;
    dcterms:publisher <https://example.org/us> ; dcterms:creator <https://example.org/us> ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcterms:issued "2026-01-15"^^xsd:date ; dcat:version "1.2.0" .
<https://example.org/us> a foaf:Organization ; foaf:name "Atelier & Fils" .
"""


@pytest.fixture(scope="module")
def ours(dataset: ml.Dataset) -> metadata.Description:
    """What the packaged graph says of itself."""
    return metadata.describe(dataset.graph, terms.BASE)


def graph_of(*files: Path) -> Graph:
    """Return a graph of one's own data."""
    return ml.open(*files).graph


@pytest.fixture
def bare() -> Graph:
    """One place, of which nobody has said who publishes it."""
    return graph_of(TEMPLATE)


@pytest.fixture
def own(tmp_path: Path) -> Graph:
    """One place, with a description of the dataset."""
    file = tmp_path / "mine.ttl"
    file.write_text(TEMPLATE.read_text("utf-8") + OWN, "utf-8")
    assert check_sources(rdf.discover([file])).findings == ()
    return graph_of(file)


def parsed(data: bytes) -> ET.Element:
    """Return an XML document of ours."""
    return ET.fromstring(data)  # noqa: S314  # we have written it


def files(graph: Graph, former: list[metadata.Entry] | None = None) -> dict[str, bytes]:
    """Return all files of metadata."""
    return dict(
        metadata.files(graph, [DUMP], base_url=SITE, canonical_hash=ZERO, former=former or [])
    )


def catalog(graph: Graph, former: list[metadata.Entry] | None = None) -> rdflib.Graph:
    """Return the catalog as rdflib reads it."""
    return rdflib.Graph().parse(data=files(graph, former)["catalog.ttl"], format="turtle")


# Provenance.


def test_a_release_tells_where_it_comes_from(released: Released) -> None:
    """From the report's edition, by its hash, through our software in a version, by a plan."""
    told = rdflib.Graph().parse(released.folder / "catalog.ttl")
    (release,) = told.objects(DATASET, DCAT.hasVersion)
    (activity,) = told.objects(release, PROV.wasGeneratedBy)
    (agent,) = told.objects(activity, PROV.wasAssociatedWith)
    assert (agent, RDF.type, PROV.SoftwareAgent) in told
    assert str(told.value(agent, DCAT.version)) == ml.__version__
    (association,) = told.objects(activity, PROV.qualifiedAssociation)
    assert (told.value(association, PROV.hadPlan), RDF.type, PROV.Plan) in told
    report = URIRef(f"{terms.ID}source/mille-lieux-report")
    assert report in set(told.objects(activity, PROV.used))
    checksum = told.value(report, SPDX.checksum)
    assert str(told.value(checksum, SPDX.checksumValue)).startswith("d018c3ed")


def test_no_moment_is_told(released: Released) -> None:
    """Every time in the metadata is one that the dataset states; no clock was read."""
    days = set()
    for name in ("catalog.ttl", "void.ttl", "releases.atom", "citation/datacite.xml"):
        text = (released.folder / name).read_text("utf-8")
        days |= set(re.findall(r"\b20\d\d-\d\d-\d\d\b", text))
    written = (released.folder / "dumps" / "catalog.ttl").read_text("utf-8")
    assert days
    assert days <= set(re.findall(r"\b20\d\d-\d\d-\d\d\b", written))


# schema.org.


def test_search_engines_find_what_they_ask_for(
    dataset: ml.Dataset, ours: metadata.Description
) -> None:
    """What Google requires and recommends for a dataset is in the page, in its language."""
    for lang in ("fr", "en"):
        told = metadata.schema_org(dataset.graph, ours, [DUMP], lang)
        asked = (
            "name description license creator publisher distribution temporalCoverage "
            "spatialCoverage keywords version isAccessibleForFree citation includedInDataCatalog "
            "inLanguage variableMeasured identifier url datePublished dateModified isBasedOn"
        )
        assert set(asked.split()) <= set(told)
        assert 50 <= len(str(told["description"])) <= 5000
        assert told["name"] == ours.text("dcterms:title", lang)
        assert told["inLanguage"] == ["en", "fr"]
        assert told["temporalCoverage"] == "2009/2019"
        assert json.loads(json.dumps(told)) == told
    told = metadata.schema_org(dataset.graph, ours, [DUMP], "en")
    downloads = told["distribution"]
    assert isinstance(downloads, list)
    (download,) = downloads
    assert download == {
        "@type": "DataDownload",
        "name": "All",
        "contentUrl": f"{terms.BASE}dumps/millelieux.nq.gz",
        "encodingFormat": ["application/n-quads", "application/gzip"],
        "contentSize": "12 B",
        "sha256": ZERO,
    }


def test_schema_org_leaves_out_what_nobody_said(bare: Graph) -> None:
    """No licence, no date, no publisher: the words are not there, rather than empty."""
    told = metadata.schema_org(bare, metadata.describe(bare, SITE), [DUMP], "fr")
    assert not {"license", "datePublished", "publisher", "creator", "version"} & set(told)
    assert all(value not in (None, "", [], {}) for value in told.values())
    assert told["usageInfo"] == [
        "Aucune licence n’est indiquée : demandez avant de réutiliser ces données."
    ]


# Citation.


def test_the_citation_reads_as_people_write_it(ours: metadata.Description) -> None:
    """Who, year, title, version, kind, address, in either language."""
    address = "https://w3id.org/millelieux/dataset/millelieux"
    assert metadata.cited(ours, "fr") == (
        "projet millelieux-graph (2026). "
        "Mille Lieux\N{NARROW NO-BREAK SPACE}: un graphe des tiers-lieux (version 0.1.0) "
        f"[jeu de données]. {address}"
    )
    assert metadata.cited(ours, "en") == (
        "millelieux-graph project (2026). Mille Lieux: a graph of third places (version 0.1.0) "
        f"[dataset]. {address}"
    )


def test_a_citation_without_author_or_date_says_so(bare: Graph) -> None:
    """The title comes first, and the date is missing by name."""
    told = metadata.describe(bare, SITE)
    assert metadata.cited(told, "fr") == (f"La Navette [jeu de données] (s. d.). {SITE}#dataset")
    assert metadata.cited(told, "en") == f"La Navette [dataset] (n.d.). {SITE}#dataset"


def test_bibtex_escapes_what_tex_would_take(own: Graph) -> None:
    """An ampersand in a name stays one, and a body is one name."""
    told = metadata.bibtex(metadata.describe(own, SITE)).decode()
    assert told.startswith("@misc{data-2026,\n")
    assert r"author = {{Atelier \& Fils}}," in told
    assert "year = {2026}," in told
    assert told.count("{") == told.count("}")


@given(st.text(max_size=60))
def test_bibtex_is_balanced_whatever_a_title_holds(title: str) -> None:
    """Braces and backslashes of a title neither end its field nor begin a command."""
    named = ox.Triple(ox.NamedNode(SITE), rdf.node("dcterms:title"), ox.Literal(title))
    written = metadata.bibtex(metadata.Description(SITE, SITE, [named])).decode()
    unescaped = re.sub(r"\\[&%$#_{}]", "", written)
    assert unescaped.count("{") == unescaped.count("}")


def test_datacite_has_what_is_mandatory(ours: metadata.Description) -> None:
    """Kernel 4.6: identifier, creator, title, publisher, year, type; the two forms agree.

    The identifier is an address: no DOI is invented.
    """
    told = json.loads(metadata.datacite_json(ours, [DUMP]))
    root = parsed(metadata.datacite_xml(ours, [DUMP]))
    assert root.tag == f"{DATACITE}resource"
    identifier = root.find(f"{DATACITE}identifier")
    assert identifier is not None
    assert identifier.attrib == {"identifierType": "URL"}
    assert identifier.text == told["identifiers"][0]["identifier"] == terms.DATASET
    for path in ("creators/creator/creatorName", "titles/title", "publisher", "publicationYear"):
        found = root.find("/".join(DATACITE + part for part in path.split("/")))
        assert found is not None
        assert found.text
    kind = root.find(f"{DATACITE}resourceType")
    assert kind is not None
    assert kind.attrib["resourceTypeGeneral"] == told["types"]["resourceTypeGeneral"] == "Dataset"
    assert told["publicationYear"] == "2026"
    assert "doi" not in json.dumps(told).lower()


def test_datacite_is_not_written_without_a_year(bare: Graph) -> None:
    """It requires one; nobody has said it, and none is invented."""
    written = files(bare)
    assert "citation/datacite.json" not in written
    assert "citation/datacite.xml" not in written
    assert "releases.atom" not in written
    assert {"catalog.ttl", "void.ttl", "citation/dataset.bib", "citation/citation.txt"} <= set(
        written
    )


# The feed, and the chain of releases.


def test_the_feed_is_atom(ours: metadata.Description) -> None:
    """RFC 4287: what a feed and an entry must have, once; the latest release comes first."""
    feed = parsed(metadata.atom(ours, FORMER))
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for node in (feed, *entries):
        for name in ("id", "title", "updated"):
            (found,) = node.findall(ATOM + name)
            assert found.text
        moment = node.findtext(f"{ATOM}updated")
        assert moment is not None
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment)
        assert urlsplit(node.findtext(f"{ATOM}id") or "").scheme == "https"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "projet millelieux-graph"
    (own,) = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own.get("href") == f"{terms.BASE}releases.atom"
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in entries]
    assert [title.rpartition(" ")[2] for title in titles] == ["0.1.0", "0.0.2", "0.0.1"]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 3


def test_releases_make_a_chain(own: Graph) -> None:
    """Each names the one before it; all are versions of the one dataset."""
    told = catalog(own, FORMER)
    node = URIRef("https://example.org/data")
    releases = {str(told.value(r, DCAT.version)): r for r in told.objects(node, DCAT.hasVersion)}
    assert sorted(releases) == ["0.0.1", "0.0.2", "1.2.0"]
    assert told.value(node, DCAT.previousVersion) == releases["0.0.2"]
    assert told.value(releases["1.2.0"], DCAT.previousVersion) == releases["0.0.2"]
    assert told.value(releases["0.0.2"], DCAT.previousVersion) == releases["0.0.1"]
    assert told.value(releases["0.0.1"], DCAT.previousVersion) is None
    for release in releases.values():
        assert (release, DCAT.isVersionOf, node) in told


# Somebody's own data.


def test_a_dataset_of_ones_own_is_taken_as_it_is(own: Graph) -> None:
    """Its IRI, title, licence and publisher are in the catalog; ours are nowhere."""
    told = catalog(own)
    (node,) = [
        d for d in told.objects(None, DCAT.dataset) if (None, DCTERMS.hasPart, d) not in told
    ]
    assert str(node) == "https://example.org/data"
    assert {str(t) for t in told.objects(node, DCTERMS.title)} == {
        "Les lieux de Fontclaire",
        "The places of Fontclaire",
    }
    (publisher,) = told.objects(node, DCTERMS.publisher)
    assert str(told.value(publisher, FOAF.name)) == "Atelier & Fils"
    assert (DATASET, None, None) not in told
    assert "millelieux-graph project" not in files(own)["catalog.ttl"].decode()


def test_what_nobody_has_said_is_said_to_be_missing(bare: Graph) -> None:
    """No licence and no publisher is guessed; title, parts and period come from the places."""
    told = catalog(bare)
    node = URIRef(f"{SITE}#dataset")
    assert told.value(node, DCTERMS.license) is None
    assert told.value(node, DCTERMS.issued) is None
    (publisher,) = told.objects(node, DCTERMS.publisher)
    assert {str(name) for name in told.objects(publisher, FOAF.name)} == {
        "éditeur non indiqué",
        "publisher not stated",
    }
    assert {str(title) for title in told.objects(node, DCTERMS.title)} == {"La Navette"}
    period = told.value(node, DCTERMS.temporal)
    assert str(told.value(period, DCAT.startDate)) == "2021"


def test_names_that_are_computed_are_below_the_site(bare: Graph) -> None:
    """Nobody else's release describes a thing of ours, nor the parts of another."""
    written = files(bare)
    for name in ("catalog.ttl", "void.ttl"):
        told = rdflib.Graph().parse(data=written[name], format="turtle")
        ours = {str(s) for s in told.subjects() if str(s).startswith(terms.BASE)}
        # Typed as documents, standards and the maker's page, and no more.
        assert ours <= {terms.BASE, f"{terms.BASE}ontology", f"{terms.BASE}shapes"}


def test_many_places_are_counted(tmp_path: Path) -> None:
    """A title names three places at most."""
    place = """<https://example.org/p{0}> a <https://w3id.org/millelieux/ontology#ThirdPlace> ;
        <http://www.w3.org/2004/02/skos/core#prefLabel> "Lieu {0}"@fr ."""
    for number, title in ((3, "Lieu 0, Lieu 1, Lieu 2"), (4, "4 tiers-lieux")):
        file = tmp_path / f"{number}.ttl"
        file.write_text("\n".join(place.format(i) for i in range(number)), "utf-8")
        told = metadata.describe(graph_of(file), SITE)
        assert told.text("dcterms:title", "fr") == title


def test_odd_descriptions_stay_wellformed(tmp_path: Path) -> None:
    """Markup, control signs, literals for nodes and odd predicates: every form can be read."""
    odd = OWN.replace("Les lieux de Fontclaire", "<script>alert(1)</script> & \\u0001 ]]> {")
    odd = odd.replace("dcterms:publisher <https://example.org/us>", 'dcterms:publisher "Nous"')
    odd = odd.replace(
        "dcat:version", '<https://example.org/1> "x" ; dcterms:rights "y" ; dcat:version'
    )
    file = tmp_path / "odd.ttl"
    file.write_text(odd, "utf-8")
    graph = graph_of(file)
    written = files(graph)
    forms = {"nt": "nt", "ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
    read = [rdflib.Graph().parse(data=written[f"catalog.{s}"], format=f) for s, f in forms.items()]
    assert all(other.isomorphic(read[0]) for other in read)
    for name in ("citation/datacite.xml", "releases.atom"):
        assert b"<script>" not in written[name]
        parsed(written[name])


# Licences.


@pytest.mark.parametrize(
    ("iri", "spdx", "clauses"),
    [
        (
            "https://creativecommons.org/licenses/by-nc-sa/3.0/fr/",
            "LicenseRef-CC-BY-NC-SA-3.0-FR",
            ("Attribution", "NonCommercialUseOnly", "ViralEffect-ShareAlike"),
        ),
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0", ("Attribution",)),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0", ("PublicDomain",)),
    ],
)
def test_a_licence_has_its_spdx_name(iri: str, spdx: str, clauses: tuple[str, ...]) -> None:
    """What SPDX does not list, it lets us name ourselves; what a licence asks is in its name."""
    known = licence(iri)
    assert known is not None
    assert (known.spdx, known.clauses) == (spdx, clauses)


def test_an_unknown_licence_is_left_alone() -> None:
    """Nothing is claimed of a text that we do not know."""
    assert licence("https://example.org/licence") is None
