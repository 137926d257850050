"""Small data of one's own in three versions, so that a release can come after another."""

from __future__ import annotations

from pathlib import Path

from command import ROOT, TEMPLATE

_CATALOG = ROOT / "data" / "millelieux" / "catalog.ttl"
_ITEM = """
<https://w3id.org/millelieux/id/item/la-navette-{name}> a ml:ProgrammeItem ;
    skos:prefLabel "{name} <b>&"@fr , "{name} in English"@en ;
    ml:place <place/la-navette> ;
    ml:use use:canteen ;
    dcterms:source <https://example.org/la-navette/programme> .
"""
_REPLACED = """
<https://w3id.org/millelieux/id/item/la-navette-radio>
    dcterms:isReplacedBy <https://w3id.org/millelieux/id/item/la-navette-podcast> .
"""


def write_version(folder: Path, version: str) -> Path:
    """Write the small data as they are in a version, and return their folder.

    0.1.0 has an item “radio”; 0.2.0 has “podcast” in its place, another area and no canteen; 0.3.0
    has the canteen again, and no podcast.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = _CATALOG.read_text("utf-8").replace('dcat:version "0.1.0"', f'dcat:version "{version}"')
    (folder / "catalog.ttl").write_text(told, encoding="utf-8")
    place = TEMPLATE.read_text("utf-8")
    if version == "0.1.0":
        place += _ITEM.format(name="radio")
    if version == "0.2.0":
        place = place.replace("ml:value 420", "ml:value 430")
        head, _, rest = place.partition("<item/la-navette-canteen>")
        place = head + rest[rest.index("<team/") :]
        place += _ITEM.format(name="podcast")
    if version != "0.1.0":
        place += _REPLACED
    (folder / "place.ttl").write_text(place, encoding="utf-8")
    return folder
