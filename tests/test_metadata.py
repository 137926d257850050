"""Metadata: what a release says of itself is what anyone finds who counts and weighs it."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from command import millelieux
from rdflib import DCTERMS, RDF, SH, VOID, XSD, Namespace, URIRef

import millelieux_graph as ml
from millelieux_graph import metadata, queries, terms
from millelieux_graph.formats import FORMATS
from millelieux_graph.sources.shipped import shipped

if TYPE_CHECKING:
    from stages import Released

pytest_plugins = ["stages"]

DATASET = URIRef(terms.DATASET)
SCHEMA = Namespace("https://schema.org/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib knows an earlier edition
SPDX = Namespace("http://spdx.org/rdf/terms#")


@pytest.fixture(scope="module")
def void(released: Released) -> rdflib.Graph:
    """The VoID description of the release."""
    return rdflib.Graph().parse(released.folder / "void.ttl")


@pytest.fixture(scope="module")
def catalog(released: Released) -> rdflib.Graph:
    """The DCAT catalog of the release."""
    return rdflib.Graph().parse(released.folder / "catalog.ttl")


@pytest.fixture(scope="module")
def quads(released: Released) -> list[ox.Quad]:
    """The statements of the release, with their named graphs."""
    unpacked = gzip.decompress((released.folder / "dumps" / "millelieux.nq.gz").read_bytes())
    return list(ox.parse(unpacked, ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def triples(quads: list[ox.Quad]) -> set[ox.Triple]:
    """The union of its named graphs."""
    return {quad.triple for quad in quads}


def number(graph: rdflib.Graph, subject: rdflib.term.Node, predicate: URIRef) -> int:
    """Return the one number that a description gives."""
    (value,) = graph.objects(subject, predicate)
    assert isinstance(value, rdflib.Literal)
    return int(value)


def parts(void: rdflib.Graph, link: URIRef, of: URIRef) -> dict[str, rdflib.term.Node]:
    """Return the partitions of a kind, by the class or property that they are about."""
    return {str(void.value(part, of)): part for part in void.objects(DATASET, link)}


def test_void_counts_triples_subjects_and_objects(
    void: rdflib.Graph, triples: set[ox.Triple]
) -> None:
    """The totals are those of the union of the named graphs."""
    assert number(void, DATASET, VOID.triples) == len(triples)
    assert number(void, DATASET, VOID.distinctSubjects) == len({t.subject for t in triples})
    assert number(void, DATASET, VOID.distinctObjects) == len({t.object for t in triples})
    assert number(void, DATASET, VOID.properties) == len({t.predicate for t in triples})


def test_void_counts_the_things_of_each_class(void: rdflib.Graph, triples: set[ox.Triple]) -> None:
    """Each class that has a thing with a name is a partition, with the number of such things."""
    type_ = ox.NamedNode(str(RDF.type))
    things = Counter(
        t.object.value
        for t in triples
        if t.predicate == type_
        and isinstance(t.object, ox.NamedNode)
        and isinstance(t.subject, ox.NamedNode)
    )
    told = parts(void, VOID.classPartition, VOID["class"])
    assert {name: number(void, part, VOID.entities) for name, part in told.items()} == things
    assert number(void, DATASET, VOID.classes) == len(things)


def test_void_counts_the_use_of_each_property(void: rdflib.Graph, triples: set[ox.Triple]) -> None:
    """Each property is a partition, with its triples, subjects and objects."""
    uses: defaultdict[str, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        uses[triple.predicate.value].append(triple)
    told = parts(void, VOID.propertyPartition, VOID.property)
    assert set(told) == set(uses)
    for name, part in told.items():
        assert number(void, part, VOID.triples) == len(uses[name])
        assert number(void, part, VOID.distinctSubjects) == len({t.subject for t in uses[name]})
        assert number(void, part, VOID.distinctObjects) == len({t.object for t in uses[name]})


def test_void_has_every_named_graph_as_a_subset(void: rdflib.Graph, quads: list[ox.Quad]) -> None:
    """Each named graph is a subset with its size; those of links are linksets."""
    sizes = Counter(
        quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)
    )
    told = {
        str(subset): number(void, subset, VOID.triples)
        for subset in void.objects(DATASET, VOID.subset)
    }
    assert told == sizes
    linksets = {str(subset) for subset in void.subjects(RDF.type, VOID.Linkset)}
    assert linksets == {name for name in sizes if name.startswith(terms.graph("links/"))}
    for linkset in linksets:
        linking = {q.predicate.value for q in quads if q.graph_name == ox.NamedNode(linkset)}
        assert {str(p) for p in void.objects(URIRef(linkset), VOID.linkPredicate)} == linking
        (target,) = void.objects(URIRef(linkset), VOID.objectsTarget)
        assert set(void.objects(URIRef(linkset), VOID.target)) == {DATASET, target}
        space = str(void.value(target, VOID.uriSpace))
        linked = [q.object.value for q in quads if q.graph_name == ox.NamedNode(linkset)]  # type: ignore[union-attr]  # links are IRIs
        assert all(iri.startswith(space) for iri in linked)


def test_void_names_every_vocabulary_in_use(void: rdflib.Graph, triples: set[ox.Triple]) -> None:
    """The namespace of each class and property, and no other."""
    type_ = ox.NamedNode(str(RDF.type))
    used = {t.predicate.value for t in triples}
    used |= {
        t.object.value
        for t in triples
        if t.predicate == type_ and isinstance(t.object, ox.NamedNode)
    }
    told = {str(space) for space in void.objects(DATASET, VOID.vocabulary)}
    assert told == {re.sub(r"[^/#]*$", "", term) for term in used}


def test_void_leads_in(void: rdflib.Graph, triples: set[ox.Triple]) -> None:
    """Examples and roots are things of the dataset; its names match the pattern."""
    subjects = {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}
    examples = {str(thing) for thing in void.objects(DATASET, VOID.exampleResource)}
    roots = {str(thing) for thing in void.objects(DATASET, VOID.rootResource)}
    assert examples | roots <= subjects
    assert len(roots) == 8
    pattern = str(void.value(DATASET, VOID.uriRegexPattern))
    assert all(re.match(pattern, thing) for thing in examples | roots)


def test_dcat_weighs_every_file(released: Released, catalog: rdflib.Graph) -> None:
    """Each dump and table is one distribution: size, checksum, media type, recommendation."""
    by_address = {str(o): s for s, o in catalog.subject_objects(DCAT.downloadURL)}
    folders = (released.folder / name for name in ("dumps", "tables"))
    files = [file for folder in folders for file in sorted(folder.iterdir())]
    names = {terms.BASE + file.relative_to(released.folder).as_posix(): file for file in files}
    # What Datasette shows beside the SQLite file is no form of the tables.
    assert set(names) - set(by_address) == {f"{terms.BASE}tables/metadata.json"}
    iana = "https://www.iana.org/assignments/media-types/"
    for address, node in by_address.items():
        path = names[address]
        data, packed = path.read_bytes(), path.suffix == ".gz"
        (format,) = (f for f in FORMATS if path.name.removesuffix(".gz").endswith(f.suffix))
        assert catalog.value(node, DCAT.mediaType) == URIRef(iana + format.media_type)
        gzip = URIRef(f"{iana}application/gzip") if packed else None
        assert catalog.value(node, DCAT.compressFormat) == gzip
        checksum = catalog.value(node, SPDX.checksum)
        assert number(catalog, node, DCAT.byteSize) == len(data)
        assert catalog.value(checksum, SPDX.checksumValue) == rdflib.Literal(
            sha256(data).hexdigest(), datatype=XSD.hexBinary
        )
        assert catalog.value(node, DCTERMS.conformsTo) == URIRef(format.spec)
        titles = [t for t in catalog.objects(node, DCTERMS.title) if isinstance(t, rdflib.Literal)]
        assert {title.language for title in titles} == {"fr", "en"}


def test_dcat_has_every_named_graph_as_a_dataset(
    catalog: rdflib.Graph, quads: list[ox.Quad]
) -> None:
    """Each is a part of the whole, with its own files, and the licence that it states itself.

    The tables, which are answers to questions, are a part too.
    """
    graphs = {q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)}
    tables = f"{terms.BASE}catalog#tables"
    parts = {str(part) for part in catalog.objects(DATASET, DCTERMS.hasPart)}
    assert parts == {*graphs, tables}
    licences = {}
    for graph in parts:
        node = URIRef(graph)
        files = list(catalog.objects(node, DCAT.distribution))
        assert files
        assert (None, DCAT.dataset, node) in catalog
        (licences[graph],) = {str(catalog.value(file, DCTERMS.license)) for file in files}
    assert licences.pop(terms.graph("ontology")) == "https://creativecommons.org/licenses/by/4.0/"
    assert licences.pop(terms.graph("vocab")) == "https://creativecommons.org/licenses/by/4.0/"
    assert set(licences.values()) == {str(catalog.value(DATASET, DCTERMS.license))}


def test_dcat_covers_where_the_places_are(catalog: rdflib.Graph, dataset: ml.Dataset) -> None:
    """The countries that somebody wrote are those of the places; communes and box are computed."""
    spatial = {str(where) for where in catalog.objects(DATASET, DCTERMS.spatial)}
    countries = {terms.last_segment(w) for w in spatial if "/authority/country/" in w}
    found = dataset.query("places")
    assert isinstance(found, ml.Table)
    codes = {"france": "FRA", "belgique": "BEL", "espagne": "ESP"}
    rows = found.to_pandas()
    assert countries == {codes[country] for country in rows["country"]}
    assert sum("sws.geonames.org" in where for where in spatial) == rows["commune"].nunique()
    box = str(catalog.value(URIRef(f"{terms.BASE}catalog#extent"), DCAT.bbox))
    west, east = rows["longitude"].min(), rows["longitude"].max()
    south, north = rows["latitude"].min(), rows["latitude"].max()
    assert box == (
        f"POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))"
    )


def test_the_hash_of_the_canonical_dataset_is_told(
    released: Released, catalog: rdflib.Graph
) -> None:
    """It is the SHA-256 of the release, and that of the N-Quads once they are unpacked."""
    (release,) = catalog.objects(DATASET, DCAT.hasVersion)
    checksum = catalog.value(release, SPDX.checksum)
    assert (checksum, DCTERMS.conformsTo, URIRef("https://www.w3.org/TR/rdf-canon/")) in catalog
    unpacked = gzip.decompress((released.folder / "dumps" / "millelieux.nq.gz").read_bytes())
    assert str(catalog.value(checksum, SPDX.checksumValue)) == sha256(unpacked).hexdigest()


def test_the_catalog_is_the_same_in_four_formats(released: Released, catalog: rdflib.Graph) -> None:
    """Turtle, N-Triples, RDF/XML and JSON-LD hold the same statements."""
    for suffix in ("nt", "rdf", "jsonld"):
        other = rdflib.Graph().parse(released.folder / f"catalog.{suffix}")
        assert other.isomorphic(catalog)


def test_what_is_computed_has_its_name_in_a_document_that_exists(
    released: Released, catalog: rdflib.Graph, void: rdflib.Graph
) -> None:
    """A name that no person has given is a fragment of the catalog or of the VoID file."""
    written = {s for s, _, _ in rdflib.Graph().parse(shipped("data") / "millelieux/catalog.ttl")}
    for graph, name in ((catalog, "catalog"), (void, "void")):
        assert (released.folder / f"{name}.ttl").is_file()
        ours = {str(s) for s in graph.subjects() if str(s).startswith(terms.BASE)}
        ours -= {*map(str, written), terms.BASE, f"{terms.BASE}ontology", f"{terms.BASE}shapes"}
        ours = {s for s in ours if not s.startswith((terms.graph(""), terms.ID, terms.DATASET))}
        assert {s.partition("#")[0] for s in ours} == {terms.BASE + name}


def test_void_and_dcat_name_the_same_dumps(void: rdflib.Graph, catalog: rdflib.Graph) -> None:
    """Harvesters of either kind are led to the same addresses."""
    for dataset in (DATASET, *void.objects(DATASET, VOID.subset)):
        downloads = {
            catalog.value(node, DCAT.downloadURL)
            for node in catalog.objects(dataset, DCAT.distribution)
        }
        assert set(void.objects(dataset, VOID.dataDump)) == downloads


def test_the_catalog_keeps_what_a_person_wrote(catalog: rdflib.Graph, quads: list[ox.Quad]) -> None:
    """Title, licence and the rest of the graph “catalog” are in the release's catalog."""
    name = ox.NamedNode(terms.graph("catalog"))
    written = [quad for quad in quads if quad.graph_name == name]
    assert written
    lines = ox.serialize((quad.triple for quad in written), format=ox.RdfFormat.N_TRIPLES)
    assert lines is not None
    assert set(rdflib.Graph().parse(data=lines, format="nt")) <= set(catalog)
    assert list(catalog.objects(DATASET, DCTERMS.license))


def test_checksums_name_every_file(released: Released) -> None:
    """SHA256SUMS has the digest of each file of the release but its own, sorted by name."""
    lines = (released.folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    told = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    files = {
        path.relative_to(released.folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in released.folder.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert told == files
    assert list(told) == sorted(told)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils are not installed")
def test_sha256sum_agrees(released: Released, tmp_path: Path) -> None:
    """The tool that everybody has verifies the folder, and notices one changed byte."""
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=released.folder, check=False).returncode == 0
    copy = tmp_path / "copy"
    shutil.copytree(released.folder, copy)
    with (copy / "query" / "places.csv").open("ab") as file:
        file.write(b" ")
    spoilt = subprocess.run(command, cwd=copy, check=False, capture_output=True)
    assert spoilt.returncode == 1


def test_another_address_is_told_throughout(own_release: Path) -> None:
    """`--base-url`, with or without its slash, leads harvesters to where the release is served."""
    for name, predicate in (("catalog.ttl", DCAT.downloadURL), ("void.ttl", VOID.dataDump)):
        graph = rdflib.Graph().parse(own_release / name)
        addresses = {str(address) for address in graph.objects(None, predicate)}
        assert addresses
        for address in addresses:
            assert (own_release / address.removeprefix("https://example.org/old/")).is_file()


@pytest.mark.parametrize("address", ["nonsense", "ftp://example.org/", "https://example .org", ""])
def test_what_is_no_address_is_a_usage_error(own: Path, tmp_path: Path, address: str) -> None:
    """It is refused before any work, exit code 2."""
    run = millelieux("publish", own, "--out", tmp_path / "site", "--base-url", address)
    assert run.code == 2
    assert "--base-url" in run.err
    assert list(tmp_path.iterdir()) == []


# The stored queries as RDF.

# How tools for such files find the queries in them: from the documentation of the convention.
FIND = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query
WHERE { ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query }
"""
PREFIXES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?prefix ?namespace
WHERE { ?sq sh:prefixes/sh:declare [ sh:prefix ?prefix ; sh:namespace ?namespace ] }
"""


@pytest.fixture(scope="module")
def executables() -> rdflib.Graph:
    """The stored queries as RDF, with the address of an endpoint."""
    told = metadata.executables(queries.catalogue(), "https://example.org/sparql")
    return rdflib.Graph().parse(data=told, format="turtle")


def test_tools_find_every_stored_query(executables: rdflib.Graph, dataset: ml.Dataset) -> None:
    """Each with its question in two languages, and a text that gives the stored query's rows."""
    found = defaultdict(set)
    for node, comment, text in executables.query(FIND):  # type: ignore[misc]  # rows of a SELECT
        assert isinstance(comment, rdflib.Literal)
        found[str(node), str(text)].add((comment.language, str(comment)))
    assert {iri.rpartition("/")[2] for iri, _ in found} == {q.name for q in queries.catalogue()}
    for (iri, text), questions in found.items():
        query = queries.find(iri.rpartition("/")[2])
        assert dict(questions) == query.question
        ours, theirs = dataset.query(query.name), dataset.query(text)
        assert isinstance(ours, ml.Table)
        assert isinstance(theirs, ml.Table)
        assert ours.terms == theirs.terms


def test_tools_find_every_prefix(executables: rdflib.Graph) -> None:
    """What a query uses is declared beside it, as everywhere in the project."""
    told = {(str(p), str(n)) for p, n in executables.query(PREFIXES)}  # type: ignore[misc]
    assert told <= set(terms.PREFIXES.items())
    texts = "".join(map(str, executables.objects(None, SH.select)))
    assert {prefix for prefix, _ in told} == set(re.findall(r"(?m)^PREFIX (\w+):", texts))


def test_the_command_prints_the_same(executables: rdflib.Graph) -> None:
    """`queries --format turtle` is the whole list; without an endpoint none is named."""
    run = millelieux("queries", "--format", "turtle", "--target", "https://example.org/sparql")
    assert rdflib.Graph().parse(data=run.out, format="turtle").isomorphic(executables)
    plain = rdflib.Graph().parse(
        data=millelieux("queries", "matrix", "--format", "turtle").out, format="turtle"
    )
    assert list(plain.objects(None, SCHEMA.target)) == []
    assert len(set(plain.subjects(RDF.type, SH.SPARQLExecutable))) < len(queries.catalogue())
