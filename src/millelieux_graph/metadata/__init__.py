"""What harvesters, FAIR checkers and tools read of a release, computed from the graph.

What only a person can write (title, licence, treatment of personal data) is in the graph; all else
(sizes, digests, counts, extent, provenance) is computed from it and from the files that carry it.
`describe` reads the first and completes it, and every other room writes that description in the
form of one standard.

=============  ===================================================
`catalog`      DCAT-AP 3: the dataset, its files, its parts
`provenance`   PROV-O: sources, software, plan
`void`         VoID: what is inside, counted
`schema_org`   schema.org, for the page about the dataset
`cited` …      citation in words, BibTeX, DataCite
`atom`         the feed of releases
`executables`  the stored queries as SHACL-SPARQL
`files`        all of it, as files
=============  ===================================================
"""

from __future__ import annotations

from .citation import bibtex, cited, datacite_json, datacite_xml
from .dcat import catalog
from .description import Description, describe
from .executables import executables
from .folder import files
from .provenance import provenance
from .releases import Entry, atom, entries
from .schema_org import schema_org
from .void import void

__all__ = [
    "Description",
    "Entry",
    "atom",
    "bibtex",
    "catalog",
    "cited",
    "datacite_json",
    "datacite_xml",
    "describe",
    "entries",
    "executables",
    "files",
    "provenance",
    "schema_org",
    "void",
]
