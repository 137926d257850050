"""Values: numbers are numbers, and what only Python takes for one is not."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given, strategies as st

from millelieux_graph import terms
from millelieux_graph.values import plain, value


def typed(text: str, datatype: str) -> ox.Literal:
    """Return a literal of a datatype of XML Schema."""
    return ox.Literal(text, datatype=ox.NamedNode(terms.expand(f"xsd:{datatype}")))


@pytest.mark.parametrize(
    ("text", "datatype", "expected"),
    [
        ("12", "integer", 12),
        ("+7", "nonNegativeInteger", 7),
        (" 12\n", "int", 12),
        (".5", "decimal", Decimal("0.5")),
        ("5.", "decimal", Decimal(5)),
        ("1E3", "double", 1000.0),
        ("-INF", "float", float("-inf")),
        ("true", "boolean", True),
        ("0", "boolean", False),
    ],
)
def test_a_number_is_read_as_xml_schema_writes_it(
    text: str, datatype: str, expected: object
) -> None:
    """Every lexical form of a datatype is its value, white space around it allowed."""
    found = value(typed(text, datatype))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("1_000", "integer"),
        ("\u0661\u0662", "integer"),  # 12 in Arabic-Indic digits
        ("1.0", "integer"),
        ("\u00a01", "integer"),
        ("1E3", "decimal"),
        ("NaN", "decimal"),
        ("Infinity", "decimal"),
        ("infinity", "double"),
        ("nan", "double"),
        ("0x1p3", "double"),
        ("1_0.0", "double"),
        ("True", "boolean"),
        ("9" * 5000, "integer"),
        ("2014-05", "gYearMonth"),
    ],
)
def test_what_only_python_reads_is_text(text: str, datatype: str) -> None:
    """An ill-typed literal is the characters that it was given as."""
    assert value(typed(text, datatype)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_no_digit_of_a_decimal_is_lost(number: Decimal) -> None:
    """The value of a decimal is exact."""
    assert value(typed(f"{number:f}", "decimal")) == number


def test_other_terms_are_their_characters() -> None:
    """An IRI is itself, a blank node its label, a triple as SPARQL 1.2 writes it."""
    iri, blank = ox.NamedNode("http://a/"), ox.BlankNode("b")
    assert value(iri) == plain(iri) == "http://a/"
    assert value(blank) == plain(blank) == "_:b"
    assert value(None) is None
    assert plain(None) == ""
    triple = ox.Triple(blank, iri, ox.Literal("c"))
    assert value(triple) == plain(triple) == str(triple)
