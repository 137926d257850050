"""The stored queries that tools rely on: their columns, their rows, their parameters.

What they return is public API.  A changed answer is accepted with ``pytest --approve``.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox
import pytest

import millelieux_graph as ml

if TYPE_CHECKING:
    import rdflib

Row: TypeAlias = tuple[Any, ...]

EXPECTED = Path(__file__).parent / "expected"
FILES = {f.stem: f for f in sorted((Path(__file__).parents[1] / "queries").rglob("*.rq"))}

POSITION = ("start", "end")
COMPUTED = {"impact-disagreements"}  # no passage says it, so no row has a position
WORDS = {"name", "title", "label", "paraphrase"}  # columns in the language that is asked for
COLUMNS = {
    "places": "place name commune country locationType area areaUnit legalForm latitude longitude",
    "name-variants": "entity name variant kind",
    "programme": "place use label",
    "funding-shares": "place phase sector percent",
    "funding-flows": "payer payee place amount currency percent kind phase period status",
    "figures": "subject about label value low high unit qualifier period statedSource",
    "staff-roles": "place role headcount",
    "people": "person name role organisation place",
    "organisations": "organisation name kind place relation",
    "relations": "subject relation object date status",
    "timeline": "place date label basis status",
    "impacts": "impact title polarity",
    "impact-matrix": "place impact verdict",
    "impact-listings": "place impact page",
    "impact-disagreements": "place impact verdict onPlacePage onImpactPage kind",
    "impact-axes": "impact axis title place stance",
    "findings": "impact axis place label stance",
    "enabling-conditions": "impact condition label scale",
    "testimonies": "testimony speaker role place impact paraphrase sha256",
    "territory-context": "territory indicator value unit period statedSource",
    "discrepancies": "discrepancy kind label otherStart otherEnd",
}
# Of a parameter that is no column: the columns that show its value in a row that must be kept.
SHOWN = {
    ("figures", "place"): {"about"},
    ("name-variants", "place"): {"entity"},
    ("relations", "actor"): {"subject", "object"},
    ("relations", "place"): {"subject", "object"},
}


def header(file: Path) -> dict[str, Any]:
    """Return what the header of a stored query tells."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return tomllib.loads("\n".join(line[3:] for line in lines if line.startswith("#+ ")))


HEADERS = {name: header(file) for name, file in FILES.items()}
CONTRACTS = [name for name, told in HEADERS.items() if told["level"] == "contract"]


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns that the contract of a query promises."""
    return (*COLUMNS[name].split(), *(() if name in COMPUTED else POSITION))


def parameters(*, that_are_columns: bool) -> list[tuple[str, str]]:
    """Return every pair of a query and its parameter, but ``lang``, of one of the two sorts."""
    return [
        (name, parameter)
        for name in CONTRACTS
        for parameter in HEADERS[name].get("param", {})
        if parameter != "lang" and (parameter in columns_of(name)) is that_are_columns
    ]


def ask(dataset: ml.Dataset, name: str, **params: Any) -> ml.Table:  # noqa: ANN401
    """Return the answer of a stored query."""
    answer = dataset.query(name, **params)
    assert isinstance(answer, ml.Table)
    return answer


@pytest.fixture(scope="module")
def answers(dataset: ml.Dataset) -> dict[str, list[Row]]:
    """Every contract's rows, without parameters."""
    return {name: list(ask(dataset, name)) for name in CONTRACTS}


def test_every_contract_has_its_file() -> None:
    """The stored queries of level contract are the promised ones, no more and no fewer."""
    assert sorted(CONTRACTS) == sorted(COLUMNS)


def test_every_expected_answer_is_one_of_a_contract() -> None:
    """No approved answer outlives its query."""
    assert {file.stem for file in EXPECTED.glob("*.csv")} == set(COLUMNS)


@pytest.mark.parametrize("name", CONTRACTS)
def test_columns(dataset: ml.Dataset, name: str) -> None:
    """A query returns the promised columns in the promised order, and its header explains each."""
    assert ask(dataset, name).columns == columns_of(name)
    assert tuple(HEADERS[name]["columns"]) == columns_of(name)


@pytest.mark.parametrize("name", CONTRACTS)
def test_rows(dataset: ml.Dataset, name: str, request: pytest.FixtureRequest) -> None:
    """A query returns the approved rows in the approved order."""
    approved = EXPECTED / f"{name}.csv"
    lines = ask(dataset, name).to_csv().split("\r\n")
    if request.config.getoption("--approve"):
        approved.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    assert lines == approved.read_text(encoding="utf-8").split("\n")


@pytest.mark.parametrize("name", sorted(set(CONTRACTS) - COMPUTED))
def test_every_row_has_a_position(answers: dict[str, list[Row]], name: str) -> None:
    """Each row of a claim leads to a passage that is not empty."""
    assert answers[name]
    assert all(0 <= row[-2] < row[-1] for row in answers[name])


@pytest.mark.parametrize("name", CONTRACTS)
def test_no_row_comes_twice(answers: dict[str, list[Row]], name: str) -> None:
    """However many values a thing has, an answer repeats no row."""
    assert len(set(answers[name])) == len(answers[name])


@pytest.mark.parametrize(("name", "parameter"), parameters(that_are_columns=True))
def test_a_parameter_keeps_the_rows_that_have_its_value(
    dataset: ml.Dataset, answers: dict[str, list[Row]], name: str, parameter: str
) -> None:
    """Asking with a value is the same as asking for all and keeping the rows with that value."""
    column = columns_of(name).index(parameter)
    values = {row[column] for row in answers[name]} - {None}
    if parameter == "place":  # also the places of which the answer says nothing
        values |= {row[0] for row in answers["places"]}
    for value in values:
        kept = [row for row in answers[name] if row[column] == value]
        assert list(ask(dataset, name, **{parameter: value})) == kept


@pytest.mark.parametrize(("name", "parameter"), parameters(that_are_columns=False))
def test_a_parameter_that_is_no_column_keeps_some_rows(
    dataset: ml.Dataset, answers: dict[str, list[Row]], name: str, parameter: str
) -> None:
    """It keeps, in their order, all rows that show its value, and drops others."""
    columns = SHOWN.get((name, parameter), set())
    shown = [i for i, column in enumerate(columns_of(name)) if column in columns]
    for value in {row[0] for row in answers["people" if parameter == "actor" else "places"]}:
        kept = list(ask(dataset, name, **{parameter: value}))
        assert kept == [row for row in answers[name] if row in set(kept)]
        assert {row for row in answers[name] if value in {row[i] for i in shown}} <= set(kept)
        assert len(kept) < len(answers[name])


@pytest.mark.parametrize("name", [n for n in CONTRACTS if "lang" in HEADERS[n].get("param", {})])
def test_only_words_change_with_the_language(
    dataset: ml.Dataset, answers: dict[str, list[Row]], name: str
) -> None:
    """French, the default, and English have the same rows, and no words are missing in either."""
    words = {i for i, column in enumerate(columns_of(name)) if column in WORDS}
    french, english = (list(ask(dataset, name, lang=lang)) for lang in ("fr", "en"))
    assert french == answers[name]
    assert all(row[i] for row in (*french, *english) for i in words)

    def codes(row: Row) -> Row:
        return tuple(value for i, value in enumerate(row) if i not in words)

    assert Counter(map(codes, french)) == Counter(map(codes, english))


# Other engines, other graphs: the file of a query, run as it is, over the union of all graphs.

INFERRED = ox.NamedNode("https://w3id.org/millelieux/graph/inferred")
RDFS = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
ENTAILMENT = [  # RDFS rules 2, 3, 7 and 9, and OWL 2 RL prp-trp
    "CONSTRUCT { ?x a ?class } { ?p rdfs:domain ?class . ?x ?p ?y }",
    "CONSTRUCT { ?y a ?class } { ?p rdfs:range ?class . ?x ?p ?y FILTER (isIRI(?y)) }",
    "CONSTRUCT { ?x ?wider ?y } { ?p rdfs:subPropertyOf ?wider . ?x ?p ?y }",
    "CONSTRUCT { ?x a ?wider } { ?class rdfs:subClassOf ?wider . ?x a ?class }",
    """CONSTRUCT { ?x ?p ?z }
       { ?p a <http://www.w3.org/2002/07/owl#TransitiveProperty> . ?x ?p ?y . ?y ?p ?z }""",
]


@pytest.fixture(scope="module")
def asserted(dataset: ml.Dataset) -> ox.Store:
    """The packaged graph without what is inferred."""
    store = ox.Store()
    store.bulk_extend(quad for quad in dataset.graph.quads() if quad.graph_name != INFERRED)
    return store


@pytest.fixture(scope="module")
def entailed(asserted: ox.Store) -> ox.Store:
    """The same with all that RDFS and transitivity entail in the inferred graph.

    That repeats every triple that a rule finds again, as an engine may that does not look.
    """
    store = ox.Store()
    store.bulk_extend(asserted)
    before = 0
    while before < len(store):
        before = len(store)
        for rule in ENTAILMENT:
            found = store.query(f"{RDFS} {rule}", use_default_graph_as_union=True)
            assert isinstance(found, ox.QueryTriples)
            store.extend([ox.Quad(t.subject, t.predicate, t.object, INFERRED) for t in found])
    return store


@pytest.fixture(scope="module")
def peer(dataset: ml.Dataset) -> rdflib.Dataset:
    """The packaged graph in rdflib."""
    return dataset.to_rdflib()


def lexical(store: ox.Store, name: str) -> list[Row]:
    """Return the rows of a query's file over a store, each cell as its characters."""
    text = FILES[name].read_text(encoding="utf-8")
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(getattr(cell, "value", None) for cell in row) for row in found]


@pytest.mark.parametrize("name", CONTRACTS)
def test_no_answer_rests_on_what_is_inferred(
    asserted: ox.Store, entailed: ox.Store, name: str
) -> None:
    """With or without entailed triples, and with triples stated twice, an answer is the same."""
    assert len(asserted) < len(entailed)
    assert lexical(asserted, name) == lexical(entailed, name)


# rdflib's Dataset calls its own deprecated properties.
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning:rdflib")
@pytest.mark.parametrize("name", CONTRACTS)
def test_rdflib_gives_the_same_rows(asserted: ox.Store, peer: rdflib.Dataset, name: str) -> None:
    """A query is plain SPARQL 1.1: another engine gives the same answer, in the same order."""
    found = peer.query(FILES[name].read_text(encoding="utf-8"))
    rows = [
        tuple(str(row[column]) if column in row else None for column in found.vars or ())
        for row in found.bindings
    ]
    assert rows == lexical(asserted, name)
