"""Parameters of stored queries: what a value may be, which values there are, how one is bound.

A value reaches a query only as an RDF term that the engine has written, and only when the graph
holds it: no text of a caller becomes text of a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

import pyoxigraph as ox

from . import terms
from .errors import UnknownName, UsageError, closest
from .results import Table

if TYPE_CHECKING:
    from .results import Queryable

__all__ = ["LANGUAGES", "Choice", "Param", "bind", "choices", "choices_query", "folded"]

LANGUAGES = ("fr", "en")

_EDTF = re.compile(r"\d{4}(-\d{2}){0,2}[~?%]?(/\d{4}(-\d{2}){0,2}[~?%]?)?", re.ASCII)
# The pattern of a stored query, between two lines that say nothing else.
_PATTERN = re.compile(r"(?<=^WHERE \{\n)(.*)(?=^\}$)", re.MULTILINE | re.DOTALL)
# A variable, but not where the grammar asks for one (BOUND, AS), nor in a string, IRI or comment.
_VARIABLE = re.compile(
    r"""\"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | <[^<>"{}|^`\\\s]*> | \#[^\n]*
        | \b(?:BOUND\s*\(|AS)\s*\?\w+ | \?(?P<name>\w+)""",
    re.VERBOSE | re.IGNORECASE,
)
_PREFIXES = "".join(
    f"PREFIX {p}: <{terms.PREFIXES[p]}>\n" for p in ("dcterms", "ml", "rdfs", "skos")
)
# Under which names a value is known: those we chose, and every spelling that the source prints.
_NAMES = """\
    OPTIONAL {
        { ?thing skos:prefLabel ?name } UNION { ?thing skos:altLabel ?name }
        UNION { ?form ml:nameOf ?thing ; ml:form ?name }
    }
"""


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a stored query.

    Attributes:
        type: A class of the ontology (``ml:ThirdPlace``: the value is an instance's
            ``dcterms:identifier``), a concept scheme (``vocab:stance``: a ``skos:notation``),
            ``xsd:integer``, ``edtf`` or ``lang``.
        description: What it restricts, by language.
        default: The value that the query takes when none is given; empty: it restricts nothing.
    """

    type: str
    description: Mapping[str, str]
    default: str = ""


class Choice(NamedTuple):
    """A value that a parameter may have: its code, and what that means in one language."""

    code: str
    label: str


def choices_query(type: str, lang: str = "fr") -> str | None:
    """Return the SPARQL query that lists the codes and labels of a type.

    None where no list can be given: numbers and dates.
    """
    pattern = _members(type)
    if pattern is None:
        return None
    return (
        f"{_PREFIXES}SELECT DISTINCT ?code (STR(?prefLabel) AS ?label)\nWHERE {{\n"
        f"    {pattern}\n"
        f'    OPTIONAL {{ ?thing skos:prefLabel ?prefLabel FILTER (LANG(?prefLabel) = "{lang}") }}'
        "\n}\nORDER BY ?code ?label\n"
    )


def choices(source: Queryable, type: str, lang: str = "fr") -> list[Choice]:
    """Return the values that a parameter of a type may have; none for numbers and dates."""
    if type == "lang":
        return [Choice("en", "English"), Choice("fr", "français")]
    query = choices_query(type, lang)
    return [] if query is None else [Choice(*row) for row in _rows(source, query)]


def bind(
    source: Queryable, text: str, params: Mapping[str, Param], given: Mapping[str, object]
) -> str:
    """Return the text of a stored query with values for its parameters.

    Each variable becomes its value wherever the pattern matches it, so that an engine can begin
    there; a ``VALUES`` block at the head keeps it bound for what selects it.

    Args:
        source: The graph that the values are looked up in.
        text: The query.
        params: Its parameters, by name.
        given: Values, by the parameter's name; None: no value.  A thing may be given by its code,
            its IRI, a CURIE, or any name that is attested for it, in any case, with or without
            accents.

    Raises:
        UnknownName: The graph has no such value.
        UsageError: The value is not of the parameter's type, or a name of several things.
    """
    values = {name: str(value) for name, value in given.items() if value is not None}
    found = {n: _term(source, n, params[n].type, v) for n, v in values.items()}
    if not found:
        return text

    def value(token: re.Match[str]) -> str:
        return str(found.get(token["name"], token[0]))

    variables, written = " ".join(f"?{n}" for n in found), " ".join(map(str, found.values()))
    head = f"    VALUES ({variables}) {{ ({written}) }}\n"
    return _PATTERN.sub(lambda pattern: head + _VARIABLE.sub(value, pattern[0]), text, count=1)


def _term(source: Queryable, name: str, type: str, value: str) -> ox.Literal:
    if type == "xsd:integer":
        return _integer(name, value)
    if type == "edtf":
        return _date(name, value)
    if type == "lang":
        if value not in LANGUAGES:
            raise UnknownName(f"value of parameter {name}", value, LANGUAGES)
        return ox.Literal(value)
    return ox.Literal(_code(source, name, type, value))


def _integer(name: str, value: str) -> ox.Literal:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        raise UsageError(f"Parameter {name} takes a whole number, not {value!r}.")
    return ox.Literal(value, datatype=ox.NamedNode(terms.expand("xsd:integer")))


def _date(name: str, value: str) -> ox.Literal:
    if not _EDTF.fullmatch(value):
        raise UsageError(
            f"Parameter {name} takes an EDTF date such as 2014 or 2016-03, not {value!r}."
        )
    return ox.Literal(value, datatype=ox.NamedNode(terms.expand("edtf:EDTF")))


def _code(source: Queryable, name: str, type: str, value: str) -> str:
    """Return the code of the thing that a value means: code, IRI, CURIE or name."""
    pattern = _members(type)
    assert pattern is not None, f"{type} is no type of a parameter"
    for known in _exact(value):
        rows = _rows(source, f"{_PREFIXES}SELECT ?code WHERE {{ {known} {pattern} }}")
        if rows:
            return str(rows[0][0])
    named = _rows(
        source, f"{_PREFIXES}SELECT DISTINCT ?code ?name WHERE {{\n    {pattern}\n{_NAMES}}}"
    )
    names = {(folded(str(text)), str(row[0])) for row in named for text in row if text}
    codes = {code for text, code in names if text == folded(value)}
    if len(codes) > 1:
        raise UsageError(f"{value!r} names several values of {name}: {', '.join(sorted(codes))}.")
    if not codes:
        raise _unknown(name, value, names)
    return codes.pop()


def _exact(value: str) -> list[str]:
    """Return the patterns under which a value is a code or an IRI."""
    found = [f"VALUES ?code {{ {ox.Literal(value)} }}"]
    with suppress(ValueError):  # neither an IRI nor a CURIE
        found.append(f"VALUES ?thing {{ {ox.NamedNode(terms.expand(value))} }}")
    return found


def _unknown(name: str, value: str, names: set[tuple[str, str]]) -> UnknownName:
    """Return the error that names the codes whose names are nearest."""
    by_name = dict(sorted(names, reverse=True))
    near = dict.fromkeys(by_name[text] for text in closest(folded(value), by_name))
    return UnknownName(f"value of parameter {name}", value, near)


def folded(name: str) -> str:
    """Return a name without accents, case, punctuation: ``Guéret`` and ``gueret`` are one."""
    plain = normalize("NFKD", name).casefold()
    return " ".join(re.findall(r"[^\W_]+", re.sub("[\u0300-\u036f]", "", plain)))


def _members(type: str) -> str | None:
    """Return the pattern of a type's members: ``?thing`` with its ``?code``."""
    if type.startswith("vocab:"):
        scheme = terms.VOCAB + type.removeprefix("vocab:")
        return f"?thing skos:inScheme <{scheme}> ; skos:notation ?code ."
    if type in ("xsd:integer", "edtf", "lang"):
        return None
    return f"?thing a/rdfs:subClassOf* <{terms.expand(type)}> ; dcterms:identifier ?code ."


def _rows(source: Queryable, query: str) -> list[tuple[str, ...]]:
    answer = source.answer(query)
    assert isinstance(answer, Table)  # it is a SELECT
    return [tuple("" if v is None else str(v) for v in row) for row in answer]
