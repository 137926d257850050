"""The stored queries as the tests read them: files, headers, terms, rows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox

import millelieux_graph as ml
from millelieux_graph import terms

if TYPE_CHECKING:
    import rdflib

Row: TypeAlias = tuple[Any, ...]

EXPECTED = Path(__file__).parent / "expected"
FILES = {f.stem: f for f in sorted((Path(__file__).parents[1] / "queries").rglob("*.rq"))}
TEXTS = {name: file.read_text(encoding="utf-8") for name, file in FILES.items()}

# A column in the language that is asked for ends with one of these words.
WORDS = ("name", "title", "label", "paraphrase", "description", "reading", "rationale")

NUMBERS = {
    terms.PREFIXES["xsd"] + name
    for name in "decimal double float int integer long nonNegativeInteger positiveInteger".split()
}


def header(text: str) -> dict[str, Any]:
    """Return what the header of a stored query tells."""
    lines = text.splitlines()
    return tomllib.loads("\n".join(line[3:] for line in lines if line.startswith("#+ ")))


HEADERS = {name: header(text) for name, text in TEXTS.items()}
CONTRACTS = [name for name, told in HEADERS.items() if told["level"] == "contract"]


def are_words(column: str) -> bool:
    """Say whether a column is in the language that is asked for."""
    return column.lower().endswith(WORDS)


def ask(dataset: ml.Dataset, name: str, **params: Any) -> ml.Table:  # noqa: ANN401
    """Return the answer of a stored query."""
    answer = dataset.query(name, **params)
    assert isinstance(answer, ml.Table)
    return answer


# Rows by value: engines spell the same number in several ways, and an empty cell is an unbound one.


def cell(text: str, datatype: str) -> Decimal | str | None:
    """Return what the characters of a term say."""
    return Decimal(text) if datatype in NUMBERS else text or None


def rows_of(store: ox.Store, text: str) -> list[Row]:
    """Return the rows of a query, run as it is over the union of a store's graphs."""
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(map(_cell, row)) for row in found]


def _cell(term: object) -> Decimal | str | None:
    if isinstance(term, ox.Literal):
        return cell(term.value, term.datatype.value)
    return term.value if isinstance(term, ox.NamedNode) else None


def peer_rows(peer: rdflib.Dataset, text: str) -> list[Row]:
    """Return the rows that rdflib finds."""
    found = peer.query(text)
    return [
        tuple(
            # A variable that a group leaves unbound is there, and None.
            None
            if (term := row.get(v)) is None
            else cell(str(term), str(getattr(term, "datatype", "")))
            for v in found.vars or ()
        )
        for row in found.bindings
    ]


# Terms.

NOT_TERMS = re.compile(r'#.*$|<[^>\s]*>|"(?:[^"\\\n]|\\.)*"', re.MULTILINE)
PREFIX = re.compile(r"^PREFIX (\w*): <(.*)>$", re.MULTILINE)
CURIE = re.compile(r"(?<![\w:?])(\w*):([\w-]+)")


def prefixes(text: str) -> dict[str, str]:
    """Return the namespaces that a query declares, by prefix."""
    return dict(PREFIX.findall(text))


def addresses(text: str) -> list[str]:
    """Return the IRIs that a query writes out, where it does not declare a prefix."""
    return re.findall(r"<(http[^>\s]*)>", PREFIX.sub("", text))


def named(text: str) -> Iterator[tuple[str, str]]:
    """Yield each short name in a query, as its prefix and its local part."""
    body = NOT_TERMS.sub(" ", PREFIX.sub("", text))
    return ((prefix, local) for prefix, local in CURIE.findall(body))
