"""Where and when: what a graph covers, computed from its places and their dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import terms
from .statements import about, iri, rows, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..graph import Graph

__all__ = ["Box", "degrees", "extent", "period", "spatial", "years"]

# west, south, east, north, in degrees (WGS 84)
Box = tuple[float, float, float, float]

_GEONAMES = "https://sws.geonames.org/"
_MOST = 50  # communes that a catalogue lists one by one; beyond that the box says more

_PREFIXES = f"PREFIX ml: <{terms.ML}> PREFIX skos: <{terms.PREFIXES['skos']}> "
_POINTS = f"""{_PREFIXES}
SELECT (MIN(?x) AS ?west) (MIN(?y) AS ?south) (MAX(?x) AS ?east) (MAX(?y) AS ?north)
WHERE {{ ?place a ml:ThirdPlace ; ml:inCommune ?commune .
         ?commune ml:longitude ?x ; ml:latitude ?y }}
"""
_COMMUNES = f"""{_PREFIXES}
SELECT DISTINCT ?there ?name ?x ?y
WHERE {{ ?place a ml:ThirdPlace ; ml:inCommune ?commune .
         ?commune skos:exactMatch ?there FILTER(STRSTARTS(STR(?there), "{_GEONAMES}"))
         OPTIONAL {{ ?commune skos:prefLabel ?name FILTER(LANG(?name) = "fr") }}
         OPTIONAL {{ ?commune ml:longitude ?x ; ml:latitude ?y }} }}
ORDER BY ?there ?name LIMIT {_MOST + 1}
"""
_YEARS = f"""{_PREFIXES}
SELECT (MIN(?year) AS ?first) (MAX(?year) AS ?last)
WHERE {{ ?event a ml:TimelineEvent ; ml:date ?date
         BIND(SUBSTR(STR(?date), 1, 4) AS ?year) FILTER(REGEX(?year, "^[0-9]{{4}}$")) }}
"""


def extent(graph: Graph) -> Box | None:
    """Return the box around the communes of the places, or None when none has coordinates."""
    (row,) = rows(graph, _POINTS)
    found = [row[name] for name in ("west", "south", "east", "north")]
    if any(value is None for value in found):
        return None
    west, south, east, north = (float(value.value) for value in found)
    return west, south, east, north


def degrees(number: float) -> str:
    """Return a coordinate as it is written, to a tenth of a metre.

    >>> degrees(41.34357)
    '41.34357'
    """
    return f"{number:.6f}".rstrip("0").rstrip(".")


def years(graph: Graph) -> tuple[str, str] | None:
    """Return the first and the last year that an event begins in, or None when none has a date."""
    (row,) = rows(graph, _YEARS)
    return (row["first"].value, row["last"].value) if row["first"] is not None else None


def spatial(graph: Graph, home: str) -> Iterator[ox.Triple]:
    """Yield the locations: the box around all places, and GeoNames' entries of their communes."""
    box = extent(graph)
    if box is not None:
        yield from _area(iri(f"{home}catalog#extent"), box)
    communes = list(rows(graph, _COMMUNES))
    for row in communes if len(communes) <= _MOST else ():
        yield from _commune(row)


def period(graph: Graph, home: str) -> Iterator[ox.Triple]:
    """Yield the years from the first event to the last."""
    found = years(graph)
    if found is not None:
        first, last = (ox.Literal(year, datatype=_xsd("gYear")) for year in found)
        node = iri(f"{home}catalog#period")
        yield from about(node, "dcterms:PeriodOfTime", dcat_startDate=first, dcat_endDate=last)


def _area(node: ox.NamedNode, box: Box) -> Iterator[ox.Triple]:
    west, south, east, north = box
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    corners = ", ".join(f"{degrees(x)} {degrees(y)}" for x, y in ring)
    middle = f"{degrees((west + east) / 2)} {degrees((south + north) / 2)}"
    yield from about(
        node,
        "dcterms:Location",
        skos_prefLabel=spoken({"fr": "étendue des lieux", "en": "extent of the places"}),
        dcat_bbox=_wkt(f"POLYGON(({corners}))"),
        dcat_centroid=_wkt(f"POINT({middle})"),
    )


def _commune(row: ox.QuerySolution) -> Iterator[ox.Triple]:
    x, y = row["x"], row["y"]
    yield from about(
        row["there"],
        "dcterms:Location",
        skos_prefLabel=row["name"],
        dcat_centroid=None if x is None else _wkt(f"POINT({x.value} {y.value})"),
    )


def _wkt(text: str) -> ox.Literal:
    # DCAT 3 §6.15: without a reference system named, coordinates are longitude and latitude.
    return ox.Literal(text, datatype=iri(f"{terms.PREFIXES['geo']}wktLiteral"))


def _xsd(name: str) -> ox.NamedNode:
    return iri(terms.PREFIXES["xsd"] + name)
