"""What things are called: labels of IRIs and of codes, looked up where an answer came from.

Nothing is looked up before somebody shows the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from . import terms
from .parameters import Param, choices
from .results import Table

if TYPE_CHECKING:
    from .results import Queryable, Term

__all__ = ["Labels"]

# What a column of this name holds, where no parameter says so.
_USUAL = {
    "impact": "ml:Impact",
    "phase": "vocab:phase",
    "place": "ml:ThirdPlace",
    "sector": "vocab:sector",
    "status": "vocab:status",
    "verdict": "vocab:verdict",
}
_AT_ONCE = 400  # IRIs in one query, whose text is bounded
_PREFIXES = "".join(f"PREFIX {p}: <{terms.PREFIXES[p]}>\n" for p in ("dcterms", "rdfs", "skos"))
_OF_IRIS = """\
SELECT ?key ?label
WHERE {{ VALUES ?key {{ {keys} }} ?key skos:prefLabel|rdfs:label|dcterms:title ?label }}
"""
_OF_CODES = """\
SELECT ?key ?label
WHERE {{
    VALUES ?key {{ {keys} }}
    ?thing dcterms:identifier|skos:notation ?key ; skos:prefLabel ?label
}}
"""


@dataclass(frozen=True)
class Labels:
    """What the things in an answer are called.

    Attributes:
        source: What was asked.
        lang: The language that is preferred, ``fr`` or ``en``.
        params: Of the stored query that was asked: they tell what the codes of a column are.
        without: Short names of graphs that were left out.
    """

    source: Queryable
    lang: str = "fr"
    params: Mapping[str, Param] = field(default_factory=dict)
    without: Collection[str] = ()

    def of_iris(self, iris: Collection[str]) -> dict[str, str]:
        """Return the labels of IRIs, for those that have one."""
        return self._found(_OF_IRIS, [ox.NamedNode(iri) for iri in iris])

    def of_codes(self, column: str, codes: Collection[str]) -> dict[str, str]:
        """Return the labels of the codes in a column: slugs of things, notations of concepts."""
        kind = self.params[column].type if column in self.params else _USUAL.get(column)
        if kind is not None and kind != "lang":
            known = choices(self.source, kind, self.lang)
            return {code: label for code, label in known if label and code in codes}
        return self._found(_OF_CODES, [ox.Literal(code) for code in codes])

    def _found(self, query: str, keys: Collection[Term]) -> dict[str, str]:
        """Return a label a key: in the language if there is one, always the same one."""
        best: dict[str, tuple[bool, str, str]] = {}
        for key, label in self._rows(query, sorted(map(str, keys))):
            rank = (label.language != self.lang, label.language or "", label.value)
            best[key] = min(rank, best.get(key, rank))
        return {key: label for key, (*_, label) in best.items()}

    def _rows(self, query: str, keys: list[str]) -> Iterator[tuple[str, ox.Literal]]:
        for start in range(0, len(keys), _AT_ONCE):
            text = _PREFIXES + query.format(keys=" ".join(keys[start : start + _AT_ONCE]))
            answer = self.source.answer(text, without=self.without)
            assert isinstance(answer, Table)  # it is a SELECT
            for key, label in answer.terms:
                if isinstance(key, ox.NamedNode | ox.Literal) and isinstance(label, ox.Literal):
                    yield key.value, label
