"""What the report's data hold, as a whole: nothing lost, nothing impossible, nothing adrift."""

from __future__ import annotations

from collections import Counter, defaultdict

import pyoxigraph as ox
import pytest

import millelieux_graph as ml
from millelieux_graph import terms
from millelieux_graph.results import Table

ML = terms.ML
PREFIXES = "".join(
    f"PREFIX {prefix}: <{terms.PREFIXES[prefix]}>\n"
    for prefix in ("dcterms", "figureKind", "ml", "org", "rdfs", "skos")
)

# Lower bounds: a reading of the report that finds less has lost something.
AT_LEAST = {
    "ActorRelation": 165,
    "AnonymousSpeaker": 15,
    "Discrepancy": 40,
    "EnablingCondition": 57,
    "Figure": 170,
    "ImpactAxis": 24,
    "ImpactFinding": 210,
    "MatrixCell": 64,
    "Organization": 120,
    "PageListing": 50,
    "Person": 60,
    "Programme": 30,
    "ProgrammeItem": 60,
    "Testimony": 50,
    "ThirdPlace": 8,
    "TimelineEvent": 120,
}


# The same for passages that claims lead to, by part of the report.
PASSAGES_AT_LEAST = {
    "acknowledgements": 100,
    "impacts-breaking-silos": 120,
    "impacts-ecological-transition": 80,
    "impacts-local-pride": 160,
    "impacts-local-sectors": 130,
    "impacts-non-programmed-city": 95,
    "impacts-peer-learning": 100,
    "impacts-trusted-third-party": 125,
    "impacts-unlikely-connections": 180,
    "places-bliiida": 155,
    "places-c-mine": 115,
    "places-coboi": 100,
    "places-espace-kenere": 90,
    "places-in-ess": 110,
    "places-la-quincaillerie": 100,
    "places-les-riverains": 115,
    "places-terralab": 105,
    "preface": 50,
    "recap": 80,
    "team": 25,
}


def ask(dataset: ml.Dataset, query: str) -> Table:
    """Return the rows of a query over the packaged graph, a stored one or its text."""
    answer = dataset.query(PREFIXES + query if "{" in query else query)
    assert isinstance(answer, Table)
    return answer


@pytest.mark.parametrize(("kind", "bound"), AT_LEAST.items())
def test_the_whole_report_is_there(dataset: ml.Dataset, kind: str, bound: int) -> None:
    """The graph holds at least as many of each kind as readings of the report have found."""
    ((count,),) = ask(dataset, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a ml:{kind} }}")
    assert isinstance(count, int)
    assert count >= bound


def test_every_part_of_the_report_is_read_closely(dataset: ml.Dataset) -> None:
    """Each part of the report carries at least as many passages as readings of it have found."""
    rows = ask(
        dataset,
        """SELECT ?slug (COUNT(DISTINCT ?passage) AS ?passages) {
            ?passage ml:inSection/ml:partOf? ?part . ?part ml:about ?thing
            BIND (REPLACE(STR(?part), "^.*/", "") AS ?slug)
        } GROUP BY ?slug""",
    )
    found = {str(slug): passages for slug, passages in rows}
    thin = {part for part, bound in PASSAGES_AT_LEAST.items() if int(str(found[part])) < bound}
    assert thin == set()


def test_every_section_is_read(dataset: ml.Dataset) -> None:
    """Each section of the report carries a claim, but for a title that stands alone."""
    unread = ask(
        dataset,
        """SELECT ?slug {
            ?section a ml:SourceSection BIND (REPLACE(STR(?section), "^.*/", "") AS ?slug)
            FILTER NOT EXISTS { ?part ml:partOf ?section }
            FILTER NOT EXISTS { ?passage ml:inSection ?section }
        }""",
    )
    assert [slug for (slug,) in unread] == ["places-title"]


def test_the_recap_table_has_its_three_values(dataset: ml.Dataset) -> None:
    """Eight places by eight impacts: 38 times yes, 13 times no, 13 times not observed."""
    cells = Counter(row[2] for row in ask(dataset, "impact-matrix"))
    assert cells == {"yes": 38, "no": 13, "not-observed": 13}


def test_recap_and_pages_disagree_as_they_do(dataset: ml.Dataset) -> None:
    """25 disagreements over 23 cells, found by the query and typed nowhere."""
    rows = list(ask(dataset, "impact-disagreements"))
    kinds = Counter(row[5] for row in rows)
    assert kinds == {"asserted-only": 14, "one-page-only": 6, "contradiction": 5}
    assert len({row[:2] for row in rows}) == 23


def test_every_impact_has_three_axes(dataset: ml.Dataset) -> None:
    """Eight impacts, three axes each, in an order of their own."""
    axes = ask(
        dataset,
        "SELECT ?impact ?order { ?axis a ml:ImpactAxis ; ml:impact ?impact ; ml:order ?order }",
    )
    orders: dict[object, set[object]] = defaultdict(set)
    for impact, order in axes:
        orders[impact].add(order)
    assert len(axes) == 24
    assert list(orders.values()) == [{1, 2, 3}] * 8


def test_teams_add_up_or_a_discrepancy_says_so(dataset: ml.Dataset) -> None:
    """The roles listed make the stated team; where they do not, both positions are kept."""
    rows = ask(
        dataset,
        """SELECT ?place ?stated ?listed {
            ?figure ml:figureKind figureKind:team-size ; ml:about ?place ; ml:value ?stated .
            { SELECT ?place (SUM(?count) AS ?listed) {
                ?line a ml:TeamRole ; ml:place ?place ; ml:headcount ?count
                FILTER NOT EXISTS { ?line ml:includedIn ?whole }
            } GROUP BY ?place }
        }""",
    )
    assert len(rows) == 8
    odd = [place for place, stated, listed in rows if stated != listed]
    told = ask(dataset, "SELECT DISTINCT ?place { ?d a ml:Discrepancy ; ml:about ?place }")
    assert len(odd) == 1
    assert set(odd) <= {place for (place,) in told}


def test_no_role_begins_before_its_place(dataset: ml.Dataset) -> None:
    """A dated role in a place does not begin before the first thing told of that place."""
    early = ask(
        dataset,
        """SELECT ?tenure ?began ?first {
            ?tenure a ml:RoleTenure ; ml:place ?place ; ml:startDate ?start .
            { SELECT ?place (MIN(STR(?date)) AS ?first) {
                ?event a ml:TimelineEvent ; ml:place ?place ; ml:date ?date } GROUP BY ?place }
            BIND (STR(?start) AS ?began)
            FILTER (SUBSTR(?began, 1, 4) < SUBSTR(?first, 1, 4))
        }""",
    )
    assert list(early) == []


def test_every_claim_is_reachable(dataset: ml.Dataset) -> None:
    """From a place, an impact or the study, statements or its pages lead to every claim."""
    passes_by = {f"{ML}inDocument", f"{ML}partOf"}  # through the whole text all is reachable
    neighbours: dict[str, set[str]] = defaultdict(set)
    for quad in dataset.graph.quads():
        if isinstance(quad.object, ox.NamedNode) and quad.predicate.value not in passes_by:
            ends = str(quad.subject).strip("<>"), quad.object.value
            if all(end.startswith(terms.ID) for end in ends):
                neighbours[ends[0]].add(ends[1])
                neighbours[ends[1]].add(ends[0])
    parts = ask(dataset, "SELECT ?part ?whole { ?part ml:partOf+ ?whole . ?whole ml:about ?thing }")
    for part, whole in parts:
        neighbours[str(whole)].add(str(part))
    starts = ask(
        dataset,
        "SELECT ?x { VALUES ?kind { ml:ThirdPlace ml:Impact ml:SourceDocument } ?x a ?kind }",
    )
    seen = {str(start) for (start,) in starts} | {f"{terms.ID}programme/mille-lieux"}
    frontier = set(seen)
    while frontier:
        frontier = {n for node in frontier for n in neighbours[node]} - seen
        seen |= frontier
    claims = ask(dataset, "SELECT DISTINCT ?x { ?x a/rdfs:subClassOf* ml:Claim }")
    assert [claim for (claim,) in claims if str(claim) not in seen] == []


def test_minors_and_people_at_risk_have_no_name(dataset: ml.Dataset) -> None:
    """No unnamed speaker is labelled with the first name of anybody whom the graph names."""
    labels = ask(dataset, "SELECT ?label { ?s a ml:AnonymousSpeaker ; skos:prefLabel ?label }")
    words = {word for (label,) in labels for word in str(label).split()}
    people = ask(dataset, "SELECT ?label { ?p a ml:Person ; skos:prefLabel ?label }")
    first_names = {str(label).split()[0] for (label,) in people}
    assert not words & first_names
