"""What every stored query promises: a whole header, an answer that is the same everywhere.

What each answers is committed in ``expected`` and compared, whoever evaluates it: our engine, one
that read the quads in another order, one that infers, another library.  A changed answer is
accepted with ``pytest --approve``.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from stored import (
    EXPECTED,
    FILES,
    HEADERS,
    TEXTS,
    Row,
    addresses,
    are_words,
    ask,
    named,
    peer_rows,
    prefixes,
    rows_of,
)

import millelieux_graph as ml
from millelieux_graph import parameters, queries, terms
from millelieux_graph.errors import UnknownName

if TYPE_CHECKING:
    import rdflib

pytest_plugins = ["graphs"]

LEVELS = {"contract", "basic", "intermediate", "advanced"}
PICTURES: dict[
    str, list[set[str]]
] = {  # the columns that a picture is drawn from; of bars, one of two sets
    "bars": [{"place", "phase", "sector", "percent"}, {"label", "value", "unit"}],
    "map": [{"name", "latitude", "longitude"}],
    "matrix": [{"place", "impact", "verdict"}],
    "network": [{"subject", "relation", "object"}],
    "timeline": [{"place", "date", "label", "status"}],
}
SAMPLE = 12  # values of a parameter that are tried

each = pytest.mark.parametrize("name", FILES)


# Headers.


@each
def test_a_name_is_words(name: str) -> None:
    """Small letters and hyphens, as in an address."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


@each
def test_a_header_is_whole(name: str) -> None:
    """It tells question, keywords, level and columns, in both languages where people read."""
    told = HEADERS[name]
    assert {"question", "keywords", "level", "columns"} <= set(told)
    assert told["level"] in LEVELS
    assert all(told["question"].values())
    assert len(set(told["keywords"])) == len(told["keywords"]) >= 2
    for text in told["columns"].values():
        assert text.endswith(".")
    for param in told.get("param", {}).values():
        assert {"type", "description"} <= set(param)
        assert set(param["description"]) == {"en", "fr"}
        assert all(text.endswith(".") for text in param["description"].values())


@each
def test_french_is_set_as_french(name: str) -> None:
    """A narrow no-break space before high punctuation, the apostrophe of print."""
    told = HEADERS[name]
    french = [
        told["question"]["fr"],
        *(param["description"]["fr"] for param in told.get("param", {}).values()),
    ]
    for text in french:
        assert "'" not in text
        assert not re.search(r"(?<!\u202f)[;:!?»]|«(?!\u202f)", text), text


@each
def test_the_columns_are_those_of_the_header(dataset: ml.Dataset, name: str) -> None:
    """The header explains what is selected, in the same order."""
    assert ask(dataset, name).columns == tuple(HEADERS[name]["columns"])


@each
def test_a_picture_has_its_columns(name: str) -> None:
    """What a query says it can be drawn as, its columns allow."""
    told = HEADERS[name]
    needed = PICTURES[told["picture"]] if "picture" in told else [set()]
    assert any(columns <= set(told["columns"]) for columns in needed)


# Terms.


@pytest.fixture(scope="session")
def known(dataset: ml.Dataset) -> set[str]:
    """Terms of ours that are declared, and foreign ones that data or ontology use."""
    own = {
        quad.subject.value
        for name in ("ontology", "vocab")
        for quad in dataset.graph.quads(name)
        if isinstance(quad.subject, ox.NamedNode)
    }
    used = {
        node.value
        for quad in dataset.graph.quads()
        for node in (quad.predicate, quad.object)
        if isinstance(node, ox.NamedNode) and not node.value.startswith((terms.ML, terms.VOCAB))
    }
    return own | used


@each
def test_every_term_exists(known: set[str], name: str) -> None:
    """A query names no term that neither our ontology nor our data know."""
    spaces = prefixes(TEXTS[name])
    unknown = {f"{p}:{n}" for p, n in named(TEXTS[name]) if spaces[p] + n not in known}
    assert {term for term in unknown if not term.startswith("xsd:")} == set()


@each
def test_every_address_exists(known: set[str], name: str) -> None:
    """Nor does it name, in full, an address of ours that is not there."""
    assert set(addresses(TEXTS[name])) - known == set()


@each
def test_every_prefix_is_ours_and_used(name: str) -> None:
    """A query declares the prefixes that it uses, with the project's namespaces."""
    assert prefixes(TEXTS[name]).items() <= terms.PREFIXES.items()
    assert set(prefixes(TEXTS[name])) == {prefix for prefix, _ in named(TEXTS[name])}


def test_a_term_is_found_where_it_stands() -> None:
    """Comments, strings, IRIs and variables hold no terms."""
    text = (
        'PREFIX ml: <http://a/b:c#>\n# ml:No\nSELECT ?x { ?x a ml:Yes ; <ml:no> "ml:no\\"ml:no" }'
    )
    assert list(named(text)) == [("ml", "Yes")]


# Answers.


@each
def test_rows(dataset: ml.Dataset, name: str, request: pytest.FixtureRequest) -> None:
    """A query returns the approved rows in the approved order."""
    approved = EXPECTED / f"{name}.csv"
    lines = ask(dataset, name).to_csv().split("\r\n")
    if request.config.getoption("--approve"):
        approved.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    assert lines == approved.read_text(encoding="utf-8").split("\n")


def test_every_query_has_an_expected_answer() -> None:
    """Each answer is approved, and no approved answer outlives its query."""
    assert {file.stem for file in EXPECTED.glob("*.csv")} == set(FILES)


@each
def test_an_answer_says_something(answers: dict[str, list[Row]], name: str) -> None:
    """The packaged graph answers every question."""
    assert answers[name]


@each
def test_no_row_comes_twice(answers: dict[str, list[Row]], name: str) -> None:
    """However many values a thing has, an answer repeats no row."""
    assert len(set(answers[name])) == len(answers[name])


@each
def test_every_position_is_a_passage(answers: dict[str, list[Row]], name: str) -> None:
    """Where a row has positions, they hold something."""
    columns = list(HEADERS[name]["columns"])
    for first, last in (("start", "end"), ("otherStart", "otherEnd")):
        if first in columns:
            bounds = [(r[columns.index(first)], r[columns.index(last)]) for r in answers[name]]
            assert all(0 <= a < b for a, b in bounds if (a, b) != (None, None))


# Other engines, other graphs: the file of a query, run as it is, over the union of all graphs.


@each
def test_the_order_is_total(asserted: ox.Store, shuffled: ox.Store, name: str) -> None:
    """Rows come in one order, whatever the order in which the graph was read."""
    assert rows_of(asserted, TEXTS[name]) == rows_of(shuffled, TEXTS[name])


def test_an_order_that_is_not_total_is_seen(asserted: ox.Store, shuffled: ox.Store) -> None:
    """The two graphs are the same, and give rows in other orders where a query leaves it open."""
    text = TEXTS["places"].rpartition("ORDER BY")[0]
    one, other = rows_of(asserted, text), rows_of(shuffled, text)
    assert one != other
    assert Counter(one) == Counter(other)


@each
def test_no_answer_rests_on_what_is_inferred(
    asserted: ox.Store, entailed: ox.Store, name: str
) -> None:
    """With or without entailed triples, and with triples stated twice, an answer is the same."""
    assert len(asserted) < len(entailed)
    assert rows_of(asserted, TEXTS[name]) == rows_of(entailed, TEXTS[name])


# rdflib's Dataset calls its own deprecated properties.
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning:rdflib")
@each
def test_rdflib_gives_the_same_rows(asserted: ox.Store, peer: rdflib.Dataset, name: str) -> None:
    """A query is plain SPARQL 1.1: another engine gives the same answer, in the same order."""
    assert peer_rows(peer, TEXTS[name]) == rows_of(asserted, TEXTS[name])


# Parameters.


def chosen(*, that_are_columns: bool) -> list[tuple[str, str]]:
    """Return every pair of a query and its parameter, but ``lang``, of one of the two sorts."""
    return [
        (name, parameter)
        for name, told in HEADERS.items()
        for parameter in told.get("param", {})
        if parameter != "lang" and (parameter in told["columns"]) is that_are_columns
    ]


def sampled(values: set[str]) -> list[str]:
    """Return some of the values, from all over their range."""
    return sorted(values)[:: len(values) // SAMPLE + 1]


@pytest.mark.parametrize(("name", "parameter"), chosen(that_are_columns=True))
def test_a_parameter_keeps_the_rows_that_have_its_value(
    dataset: ml.Dataset, answers: dict[str, list[Row]], name: str, parameter: str
) -> None:
    """Asking with a value is the same as asking for all and keeping the rows with that value."""
    column = list(HEADERS[name]["columns"]).index(parameter)
    values = {row[column] for row in answers[name]} - {None}
    if parameter == "place":  # also the places of which the answer says nothing
        values |= {row[0] for row in answers["places"]}
    for value in sampled(values):
        kept = [row for row in answers[name] if row[column] == value]
        assert list(ask(dataset, name, **{parameter: value})) == kept, value


@pytest.mark.parametrize(("name", "parameter"), chosen(that_are_columns=False))
def test_a_parameter_that_is_no_column_has_an_effect(
    dataset: ml.Dataset, answers: dict[str, list[Row]], name: str, parameter: str
) -> None:
    """Each of its values runs, and some value changes the answer."""
    given = [
        list(ask(dataset, name, **{parameter: value}))
        for value in sampled(values_of(dataset, queries.find(name), parameter))
    ]
    assert any(rows != answers[name] for rows in given)


def values_of(dataset: ml.Dataset, query: queries.Query, parameter: str) -> set[str]:
    """Return the values that a parameter takes, or some where they are numbers or dates."""
    match query.params[parameter].type:
        case "xsd:integer":
            return {str(number) for number in range(SAMPLE)}
        case "edtf":
            return {str(year) for year in range(2010, 2020)}
        case type:
            return {choice.code for choice in parameters.choices(dataset.graph, type)}


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (n, p)
        for n, told in HEADERS.items()
        for p, x in told.get("param", {}).items()
        if "default" in x
    ],
)
def test_a_default_is_what_is_taken_without_a_value(
    dataset: ml.Dataset, answers: dict[str, list[Row]], name: str, parameter: str
) -> None:
    """Giving the default value is the same as giving none."""
    default = HEADERS[name]["param"][parameter]["default"]
    assert list(ask(dataset, name, **{parameter: default})) == answers[name]


@pytest.mark.parametrize(
    "name", [n for n, told in HEADERS.items() if "lang" in told.get("param", {})]
)
def test_only_words_change_with_the_language(dataset: ml.Dataset, name: str) -> None:
    """French and English have the same rows, but for the words."""
    french, english = (ask(dataset, name, lang=lang) for lang in ("fr", "en"))
    words = {i for i, column in enumerate(french.columns) if are_words(column)}

    def codes(row: Row) -> Row:
        return tuple(value for i, value in enumerate(row) if i not in words)

    assert Counter(map(codes, french)) == Counter(map(codes, english))
    assert words


@each
def test_a_query_refuses_what_it_does_not_know(dataset: ml.Dataset, name: str) -> None:
    """No parameter is taken that the header does not name."""
    with pytest.raises(UnknownName):
        ask(dataset, name, no_such_parameter="x")
