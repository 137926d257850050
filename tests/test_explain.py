"""Help while writing SPARQL: mistakes are found where they are, and what is right is left alone."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings, strategies as st

import millelieux_graph as ml
from millelieux_graph import queries, sparql, terms, worker
from millelieux_graph.errors import (
    Finding,
    ForbiddenQuery,
    MillelieuxError,
    UnknownName,
    UsageError,
)
from millelieux_graph.explain import MAX_CHARACTERS, explain
from millelieux_graph.graph import Graph
from millelieux_graph.results import Table
from millelieux_graph.sparql import Limits

USED = (
    "dcterms edtf foaf geo igeo legalForm ml oa org owl place rdf rdfs schema skos use xsd".split()
)
PROLOGUE = "".join(f"PREFIX {prefix}: <{terms.PREFIXES[prefix]}>\n" for prefix in USED)
MARK = "¦"  # stands before what a finding points at


@pytest.fixture(scope="module")
def graph(dataset: ml.Dataset) -> Graph:
    """The packaged graph."""
    return dataset.graph


def told(graph: Graph, query: str, prologue: str = PROLOGUE) -> list[tuple[str, str]]:
    """Return rule and place of each finding, the place as the text that follows it."""
    text = prologue + query
    return [(f.rule.removeprefix("explain:"), _after(text, f)) for f in explain(graph, text)]


def _after(text: str, finding: Finding) -> str:
    line, column = map(int, finding.where.split(":"))
    return "\n".join([text.split("\n")[line - 1][column - 1 :], *text.split("\n")[line:]])


def marked(query: str, rules: str) -> list[tuple[str, str]]:
    """Return what is to be told of a query with marks: a rule for each, in their order."""
    pieces = query.split(MARK)
    rests = ["".join(pieces[i:]) for i in range(1, len(pieces))]
    return list(zip(rules.split(), rests, strict=True))


@pytest.mark.parametrize("query", queries.catalogue(), ids=lambda query: query.name)
def test_nothing_is_wrong_with_a_stored_query(graph: Graph, query: queries.Query) -> None:
    """Each file that we ship is right, as it stands and without its header."""
    assert explain(graph, query.text) == []
    assert explain(graph, query.sparql) == []


RIGHT = {
    "a look-up": "SELECT ?place ?name { ?place a ml:ThirdPlace ; skos:prefLabel ?name }",
    "everything": "SELECT * { ?s ?p ?o } LIMIT 1",
    "a wildcard": "SELECT ?s { ?s ?p ?o }",
    "an empty pattern": "ASK {}",
    "terms of others": "SELECT ?x { OPTIONAL { ?x foaf:nick ?nick ; schema:alumniOf ?y } }",
    "unknown namespaces": "PREFIX x: <http://x.org/> SELECT ?a { ?a ?b ?c MINUS { ?a x:y x:z } }",
    "another http schema": "PREFIX schema: <http://schema.org/> "
    "SELECT ?a { ?a ?b ?c OPTIONAL { ?a schema:name ?n } }",
    "a prefix of ours for another namespace": "PREFIX unit: <http://qudt.org/vocab/unit/> "
    "SELECT ?a { ?a ?b ?c OPTIONAL { ?a foaf:x unit:M2 } }",
    "another prefix for our namespace": "PREFIX t: <https://w3id.org/millelieux/ontology#> "
    "SELECT ?x { ?x a t:ThirdPlace }",
    "no prefix": "SELECT ?x { ?x a <https://w3id.org/millelieux/ontology#ThirdPlace> }",
    "BASE": "BASE <https://w3id.org/millelieux/> SELECT ?x { <id/place/bliiida> ?x ?y }",
    "an unused wrong prefix": "PREFIX vocab: <http://w3id.org/millelieux/vocab> ASK {}",
    "a namespace alone": "SELECT (STRAFTER(STR(?x), STR(place:)) AS ?slug) { ?x a ml:ThirdPlace }",
    "an IRI in a string": 'SELECT ?x { ?x a ml:ThirdPlace FILTER (STRSTARTS(STR(?x), "https://w3id.'
    'org/millelieux/id/plaze") || true) }',
    "the vocabulary itself": "SELECT ?c { ?c a owl:Class ; rdfs:label ?l ; rdfs:isDefinedBy ?o }",
    "classes as subjects": "SELECT ?l { ml:ThirdPlace rdfs:label ?l . ?p rdfs:range ml:Commune }",
    "types and superclasses": "SELECT ?x { ?x a/rdfs:subClassOf* ml:Territory }",
    "a path": "SELECT ?c { ?p ml:inCommune/ml:within+ ?c . ?c a ml:Country }",
    "an inverse path": "SELECT ?e { place:bliiida ^ml:place ?e }",
    "an alternative path": "SELECT ?c { ?x (dcterms:identifier|skos:notation) ?c }",
    "a negated path": "SELECT ?c { place:bliiida !(rdf:type|^ml:place) ?c }",
    "a subquery": "SELECT ?place ?n { ?place a ml:ThirdPlace "
    "{ SELECT ?place (COUNT(?e) AS ?n) { ?e ml:place ?place } GROUP BY ?place } }",
    "a limited subquery": "SELECT ?n { { SELECT ?p { ?p a ml:ThirdPlace } ORDER BY ?p LIMIT 1 } "
    "?p skos:prefLabel ?n }",
    "aggregates": "SELECT ?k (COUNT(DISTINCT ?x) AS ?n) (GROUP_CONCAT(?i ; SEPARATOR=', ') AS ?is) "
    "{ ?x ml:legalForm/skos:notation ?k ; dcterms:identifier ?i } "
    "GROUP BY ?k HAVING (COUNT(*) > 0) ORDER BY DESC(?n) ?k",
    "an aggregate that counts nothing else": "SELECT (COUNT(*) AS ?n) { ?x a ml:ThirdPlace }",
    "a grouping by an expression": "SELECT ?l (COUNT(*) AS ?n) { ?x skos:prefLabel ?t } "
    "GROUP BY (LANG(?t) AS ?l) ORDER BY ?l",
    "an alias in the next column": "SELECT (STR(?x) AS ?s) (STRLEN(?s) AS ?n) "
    "{ ?x a ml:ThirdPlace }",
    "VALUES": 'SELECT ?x { VALUES ?i { "bliiida" "coboi" } ?x dcterms:identifier ?i }',
    "VALUES with UNDEF": 'SELECT ?x { VALUES (?i ?n) { ("bliiida" UNDEF) (UNDEF 1) } '
    "?x dcterms:identifier ?i }",
    "VALUES of which one fits": 'SELECT ?x { VALUES ?n { "Bliiida" "Bliiida"@fr } '
    "?x skos:prefLabel ?n }",
    "VALUES at the end": 'SELECT ?x { ?x dcterms:identifier ?i } VALUES ?i { "bliiida" }',
    "VALUES in another branch": "SELECT ?n { { VALUES ?n { 'none' } } "
    "UNION { ?x skos:prefLabel ?n } }",
    "VALUES or an OPTIONAL": "SELECT ?n { VALUES ?n { 'none' } OPTIONAL { ?x skos:prefLabel ?n } }",
    "BIND": "SELECT ?u { ?x a ml:ThirdPlace BIND (UCASE(STR(?x)) AS ?u) }",
    "a BIND that is compared": "SELECT ?x { ?x skos:prefLabel ?l BIND (STR(?l) AS ?t) "
    'FILTER (?t = "Bliiida") }',
    "GRAPH": "SELECT ?g { GRAPH ?g { ?x a ml:ThirdPlace } }",
    "a named graph": "SELECT ?x { GRAPH <https://w3id.org/millelieux/graph/report> "
    "{ ?x a ml:ThirdPlace } }",
    "FROM": "SELECT ?x FROM <https://w3id.org/millelieux/graph/report> { ?x a ml:ThirdPlace }",
    "MINUS": "SELECT ?x { ?x a ml:ThirdPlace MINUS { ?x ml:legalForm legalForm:limited-company } }",
    "EXISTS": "SELECT ?x { ?x a ml:ThirdPlace FILTER EXISTS { ?e ml:place ?x } }",
    "NOT EXISTS that sees what is around": "SELECT ?f { ?f a ml:Figure ; ml:value ?most "
    "FILTER NOT EXISTS { ?g a ml:Figure ; ml:value ?v FILTER (?v > ?most) } }",
    "OPTIONAL whose filter sees what is before": "SELECT ?p { ?p a ml:ThirdPlace ; "
    "skos:prefLabel ?n OPTIONAL { ?p skos:altLabel ?o FILTER (LANG(?o) = LANG(?n)) } }",
    "UNION of which one is empty": "SELECT ?x { { ?x a ml:ThirdPlace } UNION "
    "{ ?x a ml:ThirdPlace, ml:Commune } }",
    "variables of one branch": "SELECT ?a ?b { { ?a a ml:ThirdPlace } UNION { ?b a ml:Commune } }",
    "a variable that may be unbound": "SELECT ?x { ?x skos:prefLabel ?l "
    'FILTER (LANG(?l) = COALESCE(?lang, "fr")) FILTER (!BOUND(?i) || ?i = "x") }',
    "an IF that leaves unbound": 'SELECT (IF(STR(?l) = "x", ?l, ?nothing) AS ?y) '
    "{ ?x skos:prefLabel ?l }",
    "a parameter of a header": "#+ [param.least]\nSELECT ?x { ?x ml:value ?v "
    "FILTER (?v > 0 || ?v > ?least) }",
    "CONSTRUCT": "CONSTRUCT { ?p foaf:name ?n ; a <http://x.org/Place> } "
    "{ ?p a ml:ThirdPlace ; skos:prefLabel ?n }",
    "CONSTRUCT of new things": "CONSTRUCT { <https://w3id.org/millelieux/id/place/new> "
    "ml:inCommune ?c } { ?p ml:inCommune ?c }",
    "CONSTRUCT in short": "CONSTRUCT WHERE { ?p a ml:ThirdPlace }",
    "DESCRIBE": "DESCRIBE place:bliiida",
    "DESCRIBE with a pattern": "DESCRIBE ?p { ?p a ml:ThirdPlace }",
    "blank nodes": "SELECT ?v { [] a ml:ThirdPlace ; ml:area [ ml:value ?v ] . _:f ml:value ?v }",
    "a collection": "SELECT ?x { OPTIONAL { ?x owl:unionOf (ml:ThirdPlace ?y) } }",
    "a list of the ontology": "SELECT ?m { ?l owl:members/rdf:rest*/rdf:first ?m }",
    "text in a language": 'SELECT ?x { ?x skos:prefLabel "Bliiida"@fr }',
    "a language in capitals": 'SELECT ?x { ?x skos:prefLabel "Bliiida"@FR }',
    "text of a language": 'SELECT ?x { ?x skos:prefLabel ?l FILTER (STR(?l) = "Bliiida") }',
    "either way": 'SELECT ?x { ?x skos:prefLabel ?l FILTER (?l = "Bliiida" || ?l = "Bliiida"@fr) }',
    "one of several": 'SELECT ?x { ?x skos:prefLabel ?l FILTER (?l IN ("Bliiida", "Bliiida"@fr)) }',
    "different from": 'SELECT ?x { ?x skos:prefLabel ?l FILTER (?l != "Bliiida") }',
    "a label that may be a code": "SELECT ?x { ?x skos:prefLabel|skos:notation ?l "
    'FILTER (?l = "association") }',
    "two predicates": "SELECT ?x { { ?x skos:prefLabel ?l } UNION { ?x skos:notation ?l } "
    'FILTER (?l = "association") }',
    "a language range": 'SELECT ?x { ?x skos:prefLabel ?l FILTER (LANGMATCHES(LANG(?l), "FR")) }',
    "any language": 'SELECT ?x { ?x skos:prefLabel ?l FILTER (LANGMATCHES(LANG(?l), "*")) }',
    "a date": 'SELECT ?x { ?x ml:date "2014"^^edtf:EDTF }',
    "a date as text": 'SELECT ?x { ?x ml:date ?d FILTER (STR(?d) >= "2014") }',
    "numbers across datatypes": "SELECT ?x { ?x ml:value ?v FILTER (?v > 1e1 && ?v < 1000.0) }",
    "a derived datatype": 'SELECT ?x { ?x ml:order "1"^^xsd:nonNegativeInteger }',
    "a truth": "SELECT ?x { ?x ml:closed true }",
    "text compared": 'SELECT ?x { ?x dcterms:identifier ?i FILTER (?i > "m") }',
    "a code by a path": 'SELECT ?x { ?x ml:legalForm/skos:notation "association" }',
    "a thing": "SELECT ?x { ?x ml:legalForm ?f FILTER (?f = legalForm:association) }",
    "names like each other that join": "SELECT ?p { ?flow ml:place ?p ; ml:payee ?payee "
    "FILTER NOT EXISTS { ?flow ml:payer ?payer } }",
    "numbered names": "SELECT ?n { ?place1 a ml:ThirdPlace ; skos:prefLabel ?n . "
    "?place2 a ml:Commune }",
    "short names": "SELECT ?n { ?cab a ml:ThirdPlace ; skos:prefLabel ?n . ?can a ml:Commune }",
    "LIMIT and OFFSET": "SELECT ?p { ?p a ml:ThirdPlace } ORDER BY ?p LIMIT 2 OFFSET 3",
    "escapes": "SELECT ?p { ?p dcterms:identifier '\\u0062liiida' ; a ml:ThirdPlace }",
    "comments": "# ml:ThirdPlce ?unbound\nSELECT ?p { ?p a ml:ThirdPlace # \" ' { <\n}",
}


@pytest.mark.parametrize("query", RIGHT.values(), ids=RIGHT)
def test_nothing_is_wrong_with_what_is_right(graph: Graph, query: str) -> None:
    """No finding where nothing is wrong, whatever the query is made of."""
    assert explain(graph, PROLOGUE + query) == []


WRONG = {
    # Terms
    "a class misspelt": ("unknown-term", "SELECT ?x { ?x a ¦ml:ThirdPlce }", "ml:ThirdPlace"),
    "a class in French": ("unknown-term", "SELECT ?x { ?x a ¦ml:tiersLieu }", "ml:ThirdPlace"),
    "a property misspelt": (
        "unknown-term",
        "SELECT ?x { ?x a ml:ThirdPlace ;\n  ¦ml:inComune ?c }",
        "ml:inCommune",
    ),
    "a property in a path": ("unknown-term", "SELECT ?x { ?x ml:area/¦ml:valeu ?c }", "ml:value"),
    "a concept misspelt": ("unknown-term", "SELECT ?x { ?x ml:use ¦use:repare }", "use:repair"),
    "a place misspelt": ("unknown-term", "DESCRIBE ¦place:bliida", "place:bliiida"),
    "a thing of another kind": (
        "unknown-term",
        "SELECT ?c { ¦place:gueret ml:within ?c }",
        "territory:gueret",
    ),
    "a graph": (
        "unknown-term",
        "SELECT ?x { GRAPH ¦<https://w3id.org/millelieux/graph/reports> { ?x ?y ?z } }",
        "nearest: https://w3id.org/millelieux/graph/report.",
    ),
    "a term in a filter": (
        "unknown-term",
        "SELECT ?x { ?x ml:use ?u FILTER (?u = ¦use:repare) }",
        "use:repair",
    ),
    "a term in VALUES": (
        "unknown-term",
        "SELECT ?x { VALUES ?x { ¦place:bliida place:coboi } ?x a ml:ThirdPlace }",
        "place:bliiida",
    ),
    "a term in EXISTS": (
        "unknown-term",
        "SELECT ?x { ?x a ml:ThirdPlace FILTER NOT EXISTS { ?x ¦ml:legalFrom ?f } }",
        "ml:legalForm",
    ),
    "a term of a template": (
        "unknown-term",
        "CONSTRUCT { ?x ¦ml:nmae ?n } { ?x skos:prefLabel ?n }",
        "does not exist",
    ),
    "a full IRI": (
        "unknown-term",
        "SELECT ?x { ?x a ¦<http://w3id.org/millelieux/ontology#ThirdPlace> }",
        "ml:ThirdPlace",
    ),
    # Prefixes
    "a prefix of ours": (
        "missing-prefix",
        "SELECT ?x { ?x ml:stance ¦stance:supports }",
        f"PREFIX stance: <{terms.VOCAB}stance/>",
    ),
    # Kinds of term
    "a class as a property": (
        "not-a-property",
        "SELECT ?x { ?x ¦ml:ThirdPlace ?y }",
        "write `a ml:ThirdPlace`",
    ),
    "a class in a path": ("not-a-property", "SELECT ?x { ?x ml:area/¦ml:Figure ?y }", "ml:area"),
    "a foreign class as a property": (
        "not-a-property",
        "SELECT ?x { ?x ¦skos:Concept ?y }",
        "is a class",
    ),
    "a concept as a property": (
        "not-a-property",
        "SELECT ?x { ?x ¦use:repair ?y }",
        "skos:Concept",
    ),
    "a property as a class": ("not-a-class", "SELECT ?x { ?x a ¦ml:inCommune }", "ml:inCommune ?"),
    "a concept as a class": (
        "not-a-class",
        "SELECT ?x { ?x rdf:type ¦use:repair }",
        "skos:Concept",
    ),
    "a foreign property as a class": (
        "not-a-class",
        "ASK { ?x a ¦skos:notation }",
        "is a property",
    ),
    # Variables
    "a column": ("unbound-variable", "SELECT ¦?naem { ?x skos:prefLabel ?name }", "?name"),
    "a column of nothing": ("unbound-variable", "SELECT ¦?z { ?x a ml:ThirdPlace }", "no pattern"),
    "an ordering": (
        "unbound-variable",
        "SELECT ?name { ?x skos:prefLabel ?name } ORDER BY ¦?nam",
        "?name",
    ),
    "a grouping": (
        "unbound-variable",
        "SELECT (COUNT(*) AS ?n) { ?x ml:place ?place } GROUP BY ¦?palce",
        "?place",
    ),
    "a condition on groups": (
        "unbound-variable",
        "SELECT ?p { ?x ml:place ?p } GROUP BY ?p HAVING (COUNT(¦?xx) > 3)",
        "no pattern",
    ),
    "an aggregate": (
        "unbound-variable",
        "SELECT (SUM(¦?valeu) AS ?sum) { ?x ml:value ?value }",
        "?value",
    ),
    "a filter": (
        "unbound-variable",
        "SELECT ?x { ?x ml:value ?value FILTER (¦?valeu > 3) }",
        "?value",
    ),
    "a BIND": (
        "unbound-variable",
        "SELECT ?y { ?x a ml:ThirdPlace BIND (¦?z AS ?y) }",
        "no pattern",
    ),
    "a template": (
        "unbound-variable",
        "CONSTRUCT { ?x foaf:name ¦?naem } { ?x skos:prefLabel ?name }",
        "?name",
    ),
    "a description": ("unbound-variable", "DESCRIBE ¦?plac { ?place a ml:ThirdPlace }", "?place"),
    "a misspelt branch of IF": (
        "unbound-variable",
        "SELECT (IF(true, ¦?lable, 1) AS ?y) { ?x skos:prefLabel ?label }",
        "?label",
    ),
    "a filter outside": (
        "unbound-variable",
        "SELECT ?x { ?x a ml:ThirdPlace { ?y ml:place ?z FILTER (¦?x != ?z) } }",
        "a FILTER sees what its own braces bind",
    ),
    "a filter in a branch": (
        "unbound-variable",
        "SELECT ?x { ?x ml:value ?v { ?x a ml:Figure FILTER (¦?v > 1) } UNION { ?x a ml:Figure } }",
        "bound elsewhere",
    ),
    "a filter in MINUS": (
        "unbound-variable",
        "SELECT ?x { ?x ml:value ?v MINUS { ?x ml:low ?l FILTER (?l < ¦?v) } }",
        "bound elsewhere",
    ),
    "a BIND before": (
        "unbound-variable",
        "SELECT ?y { ?x a ml:ThirdPlace BIND (STR(¦?l) AS ?y) ?x skos:prefLabel ?l }",
        "a BIND sees",
    ),
    "a BIND in OPTIONAL": (
        "unbound-variable",
        "SELECT ?y { ?x a ml:ThirdPlace OPTIONAL { ?z ml:place ?w BIND (STR(¦?x) AS ?y) } }",
        "a BIND sees",
    ),
    "what a subquery keeps": (
        "unbound-variable",
        "SELECT ¦?l { ?x a ml:ThirdPlace { SELECT ?x { ?x skos:prefLabel ?l } } }",
        "its subqueries select",
    ),
    "a subquery is on its own": (
        "unbound-variable",
        "SELECT ?x { ?x a ml:ThirdPlace { SELECT ?y { ?y ml:place ?z FILTER (?z = ¦?x) } } }",
        "bound elsewhere",
    ),
    "a name that joins nothing": (
        "lone-variable",
        "SELECT ?name { ?place a ml:ThirdPlace . ¦?palce skos:prefLabel ?name }",
        "is it ?place?",
    ),
    "a name of another case": (
        "lone-variable",
        "SELECT ?name { ?thirdPlace a ml:ThirdPlace . ¦?thirdplace skos:prefLabel ?name }",
        "is it ?thirdPlace?",
    ),
    "an object that joins nothing": (
        "lone-variable",
        "SELECT ?name { ?p ml:inCommune ¦?comune . ?commune skos:prefLabel ?name . ?commune a ?c }",
        "is it ?commune?",
    ),
    # Literals
    "text without a language": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ¦"Bliiida" }',
        'write "Bliiida"@en or "Bliiida"@fr',
    ),
    "a filter without a language": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ?l FILTER (?l = ¦"Bliiida") }',
        'write "Bliiida"@en or "Bliiida"@fr',
    ),
    "the other way round": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ?l FILTER (¦"Nowhere" = ?l) }',
        'write "Nowhere"@en or write "Nowhere"@fr',
    ),
    "another language": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ¦"Bliiida"@de }',
        "(en, fr)",
    ),
    "a language of none": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ?l FILTER (LANG(?l) = ¦"de") }',
        "in en, fr",
    ),
    "a language in the wrong case": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ?l FILTER (¦"FR" = LANG(?l)) }',
        'none is in "FR"',
    ),
    "a language range of none": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ?l FILTER (LANGMATCHES(LANG(?l), ¦"de")) }',
        "in en, fr",
    ),
    "a language of a code": (
        "never-equal",
        'SELECT ?x { ?x dcterms:identifier ?i FILTER (LANG(?i) = ¦"fr") }',
        "have no language",
    ),
    "a code in a language": (
        "never-equal",
        'SELECT ?x { ?x dcterms:identifier ¦"bliiida"@fr }',
        'write "bliiida"',
    ),
    "a date as plain text": (
        "never-equal",
        'SELECT ?x { ?x ml:date ¦"2014" }',
        'write "2014"^^edtf:EDTF',
    ),
    "a date in order": (
        "no-order",
        'SELECT ?x { ?x ml:date ?d FILTER (?d >= ¦"2014"^^edtf:EDTF) }',
        "compare STR(?d)",
    ),
    "a date in order with a text": (
        "never-equal",
        'SELECT ?x { ?x ml:date ?d FILTER (?d >= ¦"2014") }',
        "compare STR(?d)",
    ),
    "a date as a year": (
        "never-equal",
        "SELECT ?x { ?x ml:date ?d FILTER (?d = ¦2014) }",
        'write "2014"^^edtf:EDTF',
    ),
    "a number as text": (
        "never-equal",
        'SELECT ?x { ?x ml:value ?v FILTER (?v < ¦"123456789") }',
        "write 123456789 without quotes",
    ),
    "text as a number": (
        "never-equal",
        "SELECT ?x { ?x dcterms:identifier ¦23 }",
        'write "23"',
    ),
    "a number of another datatype": (
        "never-equal",
        "SELECT ?x { ?x ml:order ¦1.0 }",
        "FILTER (?value = 1.0)",
    ),
    "a code with a datatype": (
        "never-equal",
        'SELECT ?x { ?x igeo:codeINSEE ¦"57463" }',
        'write "57463"^^xsd:token',
    ),
    "text for a thing": (
        "never-equal",
        'SELECT ?x { ?x ml:legalForm ¦"association" }',
        'ml:legalForm/skos:notation "association"',
    ),
    "text for a thing in a filter": (
        "never-equal",
        'SELECT ?x { ?x ml:legalForm ?f FILTER (?f = ¦"no such form") }',
        "compare their labels or codes",
    ),
    "a thing for text": (
        "never-equal",
        "SELECT ?x { ?x dcterms:identifier ?i FILTER (?i = ¦place:bliiida) }",
        "they are plain text",
    ),
    "none of several": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ?l FILTER (?l IN (¦"Bliiida", "Coboi")) }',
        'write "Bliiida"@en or "Bliiida"@fr',
    ),
    "beside a language that fits": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ?l FILTER (LANG(?l) = "fr" && ?l = ¦"Bliiida") }',
        'write "Bliiida"@en or "Bliiida"@fr',
    ),
    "the last step of a path": (
        "never-equal",
        'SELECT ?x { ?x ml:inCommune/skos:prefLabel ¦"Metz" }',
        'write "Metz"@',
    ),
    "the same term": (
        "never-equal",
        'SELECT ?x { ?x skos:prefLabel ?l FILTER (sameTerm(?l, ¦"Bliiida")) }',
        'write "Bliiida"@en or "Bliiida"@fr',
    ),
    "a listed value": (
        "never-equal no-solution",
        'SELECT ?x { VALUES ?i { ¦"bliiida"@fr } ¦?x dcterms:identifier ?i }',
        'write "bliiida"',
    ),
    "a value listed at the end": (
        "never-equal",
        'SELECT ?x { ?x dcterms:identifier ?i } VALUES ?i { ¦"bliiida"@fr }',
        'write "bliiida"',
    ),
    # No solution
    "the first pattern": (
        "no-solution",
        "SELECT ?x { ¦?x foaf:nick ?n . ?x a ml:ThirdPlace }",
        "?x foaf:nick ?n has no match in this graph",
    ),
    "after a semicolon": (
        "no-solution",
        "ASK { ?x a ml:ThirdPlace ;\n  dcterms:identifier 'coboi' ;\n  ¦ml:payer ?y ; ml:use ?e }",
        "?x ml:payer ?y has matches, and none together with what stands before it",
    ),
    "after a comma": ("no-solution", "ASK { ?x a ml:ThirdPlace , ¦ml:Commune }", "?x a ml:Commune"),
    "in brackets": (
        "no-solution",
        "ASK { ?x ml:area [ ml:value ?v ; ml:unit [ ¦skos:notation 'parsec' ] ] ; ml:use ?u }",
        "[] skos:notation 'parsec' has no match",
    ),
    "a join": (
        "no-solution",
        "SELECT ?x { ?x a ml:ThirdPlace . ?y a ml:Commune . ¦?y ml:within ?x }",
        "none together",
    ),
    "in a group": (
        "no-solution",
        "SELECT ?x { ?x a ml:ThirdPlace { ¦?x a ml:Commune } ?x ml:use ?u }",
        "none together",
    ),
    "in each branch": (
        "no-solution no-solution",
        "ASK { ?x a ml:ThirdPlace { ¦?x a ml:Commune } UNION { ?x ml:inCommune ?u ; ¦ml:low ?u } }",
        "?x a ml:Commune",
    ),
    "in a graph": (
        "no-solution",
        "ASK { GRAPH <https://w3id.org/millelieux/graph/report> { ?x ml:use ?u . ¦?u a ?c } }",
        "?u a ?c has matches",
    ),
    "in a subquery": (
        "no-solution",
        "SELECT ?n { { SELECT (COUNT(?x) AS ?n) { ?x ml:use ?u . ¦?u ml:use ?x } GROUP BY ?u } }",
        "?u ml:use ?x",
    ),
    "a subquery that does not fit": (
        "no-solution",
        "SELECT ?x { ?x a ml:ThirdPlace { ¦SELECT ?x { ?x a ml:Commune } } }",
        "This subquery has no row",
    ),
    "an aggregate of nothing": (
        "no-solution",
        "SELECT (COUNT(*) AS ?n) { ?x a ml:ThirdPlace ; ¦a ml:Commune }",
        "none together",
    ),
    "after an OPTIONAL": (
        "no-solution",
        "ASK { ?x a ml:ThirdPlace OPTIONAL { ?x ml:legalForm ?y } ¦?y ml:use ?x }",
        "?y ml:use ?x",
    ),
    "a filter that nothing passes": (
        "no-solution",
        "ASK { ?x ml:value ?v FILTER (?v > 1) ¦FILTER (?v < 1) FILTER (true) }",
        "passes this FILTER",
    ),
    "a filter before its pattern": (
        "no-solution",
        "ASK { ¦FILTER (?v < ?v) ?x ml:value ?v }",
        "passes this FILTER",
    ),
    "a pattern before a filter": (
        "no-solution",
        "ASK { FILTER (?v < ?v) ?x ml:value ?v ; ¦a ml:ThirdPlace }",
        "none together",
    ),
    "MINUS": (
        "no-solution",
        "ASK { ?x a ml:ThirdPlace ¦MINUS { ?x ml:inCommune ?u } }",
        "takes every solution away",
    ),
    "an OPTIONAL in a group": (
        "no-solution",
        "ASK { VALUES ?l { 'x'@fr } { ?x ml:use ?u ¦OPTIONAL { ?x skos:prefLabel ?l } } }",
        "fits nothing that stands before its group",
    ),
    "a BIND in a group": (
        "no-solution",
        "ASK { VALUES ?l { 'x' } { ?x ml:use ?u ¦BIND (1 AS ?l) } }",
        "fits nothing that stands before its group",
    ),
    "VALUES that do not fit": (
        "no-solution",
        'ASK { ?x dcterms:identifier ?i ¦VALUES ?i { "nowhere" } }',
        "No row of these VALUES",
    ),
    "HAVING": (
        "no-solution",
        "SELECT ?x { ?x a ml:ThirdPlace } GROUP BY ?x ¦HAVING (COUNT(*) > 1)",
        "HAVING leaves none",
    ),
    "LIMIT": ("no-solution", "SELECT ?x { ?x a ml:ThirdPlace } ¦LIMIT 0", "LIMIT leaves none"),
    "OFFSET": ("no-solution", "SELECT ?x { ?x a ml:ThirdPlace } ¦OFFSET 8", "OFFSET leaves none"),
    "DESCRIBE": (
        "no-solution",
        "DESCRIBE ?x { ?x a ml:ThirdPlace , ¦ml:Commune }",
        "none together",
    ),
    # Several at once, in the order of the text
    "all of it": (
        "unbound-variable unknown-term missing-prefix never-equal",
        'SELECT ¦?naem { ?x a ¦ml:Plaec ; ¦ex:p ?y ; skos:prefLabel ¦"a" , ?name }',
        "?name",
    ),
    "a function that the engine lacks": (
        "not-run",
        "SELECT ?x { ?x a ml:ThirdPlace FILTER (¦<http://x.org/f>(?x)) }",
        "not supported",
    ),
}


@pytest.mark.parametrize(("rules", "query", "words"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_found_where_it_is(graph: Graph, rules: str, query: str, words: str) -> None:
    """Its rule, its line and column, and what to do; nothing else is found beside it."""
    text = PROLOGUE + query.replace(MARK, "")
    assert sorted(told(graph, query.replace(MARK, ""))) == sorted(marked(query, rules))
    assert words in " ".join(finding.problem for finding in explain(graph, text))


ALIKE = {
    "scheme": ("ml", "http://w3id.org/millelieux/ontology#", "a ml:ThirdPlace"),
    "no hash": ("skos", "http://www.w3.org/2004/02/skos/core", "skos:prefLabel ?y"),
    "no slash": ("dcterms", "http://purl.org/dc/terms", "dcterms:identifier ?y"),
    "a slash for a hash": ("ml", "https://w3id.org/millelieux/ontology/", "a ml:ThirdPlace"),
    "secure": ("oa", "https://www.w3.org/ns/oa#", "oa:start ?y"),
    "www": ("foaf", "http://www.xmlns.com/foaf/0.1/", "foaf:name ?y"),
    "a letter": ("skos", "http://www.w3.org/2004/02/skos/cor#", "skos:prefLabel ?y"),
    "an older namespace": ("dcterms", "http://purl.org/dc/elements/1.1/", "dcterms:identifier ?y"),
    "another of ours": ("use", "https://w3id.org/millelieux/vocab/unit/", "ml:use use:repair"),
    "somebody else's": ("org", "http://example.org/", "org:role ?y"),
}


@pytest.mark.parametrize(("prefix", "namespace", "said"), ALIKE.values(), ids=ALIKE)
def test_a_wrong_namespace_is_the_only_thing_wrong(
    graph: Graph, prefix: str, namespace: str, said: str
) -> None:
    """The PREFIX line is pointed at with the right one, and the rest is judged as if mended."""
    line = f"PREFIX {prefix}: <{namespace}>\n"
    others = "".join(p for p in PROLOGUE.splitlines(keepends=True) if f" {prefix}:" not in p)
    (finding,) = explain(graph, f"{line}{others}SELECT ?x {{ ?x {said} }}")
    assert (finding.rule, finding.where) == ("explain:wrong-prefix", "1:8")
    assert finding.problem.endswith(f"write PREFIX {prefix}: <{terms.PREFIXES[prefix]}>")
    (found,) = explain(graph, f"{line}{others}SELECT ?z {{ ?x {said} }}")[1:]
    assert found.rule == "explain:unbound-variable"


def test_a_namespace_misspelt_under_a_name_of_ones_own(graph: Graph) -> None:
    """What a prefix is called does not matter; what the graph holds does."""
    query = "SELECT ?x { ?x s:prefLabel ?y }"
    wrong, right = ("http://www.w3.org/2004/02/skos/Core#", terms.PREFIXES["skos"])
    (finding,) = explain(graph, f"PREFIX s: <{wrong}>\n{query}")
    assert finding.problem.endswith(f"write PREFIX s: <{right}>")
    assert explain(graph, f"PREFIX s: <{right}>\n{query}") == []


def test_of_two_declarations_the_last_holds(graph: Graph) -> None:
    """As it does for the engine."""
    good, bad = f"PREFIX ml: <{terms.ML}>\n", "PREFIX ml: <http://w3id.org/millelieux/ontology#>\n"
    query = "SELECT ?x { ?x a ml:ThirdPlace }"
    assert explain(graph, bad + good + query) == []
    (finding,) = explain(graph, good + bad + query)
    assert finding.where == "2:8"


@pytest.mark.parametrize(
    ("prefix", "advice"),
    [
        ("ml", "add the line PREFIX ml: <https://w3id.org/millelieux/ontology#>"),
        ("ML", "write ml: and add the line PREFIX ml: <https://w3id.org/millelieux/ontology#>"),
        ("dcterm", "write dcterms: and add the line PREFIX dcterms: <http://purl.org/dc/terms/>"),
        ("wikibase", "add a line PREFIX wikibase: with its namespace"),
        ("", "add a line PREFIX : with its namespace"),
    ],
)
def test_a_missing_prefix_comes_with_its_line(graph: Graph, prefix: str, advice: str) -> None:
    """Each prefix is told once, where it is used first, and the others are judged all the same."""
    text = f"SELECT ?x\n{{ ?x {prefix}:a ?y ; {prefix}:b ?z ; skos:prefLabel ?l }}"
    found = explain(graph, text)
    assert (found[0].rule, found[0].where) == ("explain:missing-prefix", "2:6")
    assert found[0].problem.endswith(advice)
    rules = [f.rule.removeprefix("explain:") for f in found]
    assert rules.count("missing-prefix") == 2
    assert ("unknown-term" in rules) == (prefix == "ml")


def test_a_missing_prefix_hides_no_syntax_error(graph: Graph) -> None:
    """What cannot be parsed is one finding, at the line of the text as it was given."""
    (finding,) = explain(graph, "SELECT ?x {\n  ?x a ml:ThirdPlace ; skos:prefLabel ?x ?y\n}")
    assert finding == Finding(
        "explain:syntax", "2:42", "The query cannot be understood from here on."
    )
    (finding,) = explain(graph, "SELECT ?service { ?service a ml:ThirdPlace . ml: }")
    assert finding.rule == "explain:syntax"
    assert "PREFIX" not in finding.problem


@pytest.mark.parametrize("query", ["", "SELECT", "SELECT ?x { ?x a ml:ThirdPlace", "ASK { ?x ?y }"])
def test_a_syntax_error_stands_alone(graph: Graph, query: str) -> None:
    """Nothing else is told of what nobody can read."""
    (finding,) = explain(graph, query)
    assert finding.rule == "explain:syntax"


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def misspelt(draw: st.DrawFn, name: str) -> str:
    """Write a name with one letter too few, too many, another or two letters swapped."""
    at = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from(LETTERS))
    kind = draw(st.sampled_from(["less", "more", "other", "swapped"]))
    if kind == "swapped":
        return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    return name[:at] + ("" if kind == "less" else letter) + name[at + (kind != "more") :]


@pytest.fixture(scope="module")
def own_terms(graph: Graph) -> list[str]:
    """The local names of everything in the ontology's namespace."""
    names = {
        q.subject.value for q in graph.quads("ontology") if isinstance(q.subject, ox.NamedNode)
    }
    return sorted(name.removeprefix(terms.ML) for name in names if name.startswith(terms.ML))


@given(data=st.data())
def test_one_slip_leads_back_to_the_term(
    graph: Graph, own_terms: list[str], data: st.DataObject
) -> None:
    """A term of the ontology misspelt by one edit is unknown, and among the nearest."""
    name = data.draw(st.sampled_from(own_terms))
    written = data.draw(misspelt(name))
    assume(written not in own_terms and written)
    (finding,) = explain(graph, f"{PROLOGUE}SELECT ?x {{ OPTIONAL {{ ?x ?y ml:{written} }} }}")
    assert finding.rule == "explain:unknown-term"
    near = finding.problem.split("nearest: ")[1].rstrip(".").split(", ")
    assert f"ml:{name}" in near


@pytest.fixture(scope="module")
def said(graph: Graph) -> dict[str, list[ox.Literal]]:
    """A few literals of each predicate that has some."""
    found: dict[str, list[ox.Literal]] = {}
    for quad in graph.quads():
        if isinstance(quad.object, ox.Literal):
            values = found.setdefault(quad.predicate.value, [])
            if len(values) < 5 and len(quad.object.value) < 40:
                values.append(quad.object)
    return {predicate: values for predicate, values in found.items() if values}


PATTERNS = {
    "pattern": "SELECT ?x {{ ?x <{p}> {v} }}",
    "equal": "SELECT ?x {{ ?x <{p}> ?v FILTER (?v = {v}) }}",
    "one of": "SELECT ?x {{ ?x <{p}> ?v FILTER ({v} = ?v || ?v IN ({v})) }}",
    "less": "SELECT ?x {{ ?x <{p}> ?v FILTER (?v < {v}) }}",
    "more": "SELECT ?x {{ ?x <{p}> ?v FILTER ({v} <= ?v) }}",
    "values": "SELECT ?x {{ VALUES ?v {{ {v} }} ?x <{p}> ?v }}",
    "same": "SELECT ?x {{ ?x <{p}> ?v FILTER sameTerm(?v, {v}) }}",
    "language": "SELECT ?x {{ ?x <{p}> ?v FILTER (LANG(?v) = LANG({v}) && LANG(?v) = {t}) }}",
}


@given(form=st.sampled_from(sorted(PATTERNS)), data=st.data())
@settings(max_examples=300)
def test_what_can_never_be_equal_never_is(
    graph: Graph, said: dict[str, list[ox.Literal]], form: str, data: st.DataObject
) -> None:
    """The engine finds nothing where a literal is called impossible, and each empty answer is told.

    The values of one predicate are looked for among those of another.
    """
    predicate = data.draw(st.sampled_from(sorted(said)))
    value = data.draw(st.sampled_from(said[data.draw(st.sampled_from(sorted(said)))]))
    written = data.draw(st.sampled_from([str(value), str(ox.Literal(value.value))]))
    tag = ox.Literal(value.language or "")
    text = PATTERNS[form].format(p=predicate, v=written, t=tag)
    rules = {f.rule for f in explain(graph, text)}
    rows = graph.answer(text)
    assert isinstance(rows, Table)
    assert rules <= {"explain:never-equal", "explain:no-order", "explain:no-solution"}
    # Engines find equal terms by `<=`, even where nothing is less.
    assert bool(rules) == (len(rows) == 0) or rules == {"explain:no-order"}


SMALL = """
@prefix ex: <http://example.org/> .
ex:g1 { ex:a1 a ex:A ; ex:in ex:b1 ; ex:name "one" . ex:a2 a ex:A ; ex:in ex:b2 ; ex:value 2 . }
ex:g2 { ex:b1 a ex:B ; ex:in ex:c1 ; ex:name "two" . ex:b2 a ex:B ; ex:in ex:c2 ; ex:value 5 . }
ex:g3 { ex:c1 a ex:C ; ex:of ex:a1 . ex:d1 ex:of ex:a2 , ex:b1 ; ex:name "one" ; ex:value 7 . }
"""
STEPS = [
    "?a a ex:A",
    "?a ex:in ?b",
    "?b ex:in ?c",
    "?c a ex:C",
    "?d ex:of ?a",
    "?d ex:of ?b",
    "?d ex:name ?n ; ex:value ?v",
    "?a ex:name ?n",
    "?b ex:name ?n",
    "?b ex:value ?v",
    "{ ?a a ex:A } UNION { ?b a ex:B }",
    "OPTIONAL { ?a ex:value ?v }",
    "MINUS { ?a ex:in ?b }",
    "MINUS { ?c a ex:C }",
    "{ SELECT ?a { ?d ex:of ?a ; ex:value ?w FILTER (?w > 6) } }",
    "{ SELECT (MAX(?w) AS ?v) { ?d ex:value ?w } }",
    'VALUES ?n { "one" "three" }',
    "BIND (7 AS ?u)",
    "{ ?d ex:of ?a OPTIONAL { ?d ex:value ?v } }",
    "{ ?d ex:value ?w BIND (?w + 2 AS ?v) }",
    "{ ?a a ex:A FILTER NOT EXISTS { ?a ex:value ?x } }",
    "{ { ?b a ex:B MINUS { ?b ex:name ?n } } UNION { ?b ex:in ?c ; ex:value ?v } }",
    "GRAPH ?g { ?d ex:of ?a }",
    "GRAPH ex:g1 { ?a ex:in ?b }",
    "?b ex:in/^ex:in ?b",
    "?c ex:of/ex:in+ ?c",
    "?a ex:in [ ex:in ?c ; ex:name ?n ]",
]


@given(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=6, unique=True))
@settings(max_examples=300)
def test_the_first_part_that_leaves_nothing_is_it(steps: list[str]) -> None:
    """An empty answer, and no other, is explained by the first part that makes it empty."""
    small = Graph()
    small.extend(ox.parse(SMALL, ox.RdfFormat.TRIG))
    begin = "PREFIX ex: <http://example.org/> ASK {\n"
    lines = [f"{step} .\n" for step in steps]
    found = explain(small, begin + "".join(lines) + "}")
    assert {f.rule for f in found} <= {"explain:no-solution"}
    assert bool(found) == (not small.answer(begin + "".join(lines) + "}"))
    for finding in found:
        line = int(finding.where.split(":")[0]) - 1
        assert small.answer(begin + "".join(lines[: line - 1]) + "}")
        assert not small.answer(begin + "".join(lines[:line]) + "}")


class Apart(Graph):
    """A graph whose default graph is not the union of the named ones, as on some servers."""

    def _scope(self, without: object) -> dict[str, object]:
        assert not without
        return {}


def test_a_server_need_not_merge_its_graphs(graph: Graph) -> None:
    """Terms and values are known from named graphs, which a pattern outside of GRAPH is not."""
    apart = Apart()
    apart.extend(graph.quads())
    inside = "SELECT ?x { GRAPH ?g { ?x a ml:ThirdPlace ; skos:prefLabel 'Bliiida'@fr } }"
    assert told(apart, inside) == []
    outside = "SELECT ?x { ¦?x ml:inCommune ?c . ?c a ¦ml:Comune }"
    assert told(apart, outside.replace(MARK, "")) == marked(outside, "no-solution unknown-term")
    wrong = "ASK { GRAPH ?g { ?x skos:prefLabel ¦'Bliiida' ; ¦ml:ThirdPlace ?y } }"
    rules = "never-equal not-a-property"
    assert told(apart, wrong.replace(MARK, "")) == marked(wrong, rules)


def test_what_is_left_out_is_not_there(graph: Graph) -> None:
    """A query is explained under the conditions that it is to be asked under."""
    query = f"{PROLOGUE}SELECT ?c {{ place:bliiida ml:inCommune ?c }}"
    assert explain(graph, query) == []
    rules = {f.rule for f in explain(graph, query, without=["report"])}
    assert rules == {"explain:unknown-term"}
    with pytest.raises(UnknownName):
        explain(graph, query, without=["nothing"])


def test_what_another_server_holds_is_not_judged(graph: Graph) -> None:
    """A call is refused unless allowed, and never made; what it asks is another graph's matter."""
    query = (
        f"{PROLOGUE}SELECT ?x {{ ?x a ml:ThirdPlace "
        "SERVICE <http://127.0.0.1:9/> { ?x ml:unheardOf 'a' . ?y a ml:Thing } }"
    )
    with pytest.raises(ForbiddenQuery, match="SERVICE"):
        explain(graph, query)
    assert explain(graph, query, services=["127.0.0.1"]) == []


@pytest.mark.parametrize(
    ("query", "error", "words"),
    [
        ("INSERT DATA { <a:b> <a:c> 1 }", ForbiddenQuery, "INSERT is an update"),
        ("ASK { ?s ?p '\udcff' }", ForbiddenQuery, "UTF-8"),
        ("ASK {} #".ljust(MAX_CHARACTERS + 1), UsageError, "longer than 20000 characters"),
        (f"ASK {'{' * 70}{'}' * 70}", UsageError, "more than 60 levels deep at line 1, column 66"),
        ("ASK { << ?a ?b ?c >> ?d ?e }", UsageError, "goes beyond SPARQL 1.1 at line 1, column 7"),
        ("ASK { ?a ?b ?c LATERAL { ?a ?d ?e } }", UsageError, "SPARQL 1.1 at line 1, column 16"),
    ],
)
def test_what_cannot_be_explained_is_said(
    graph: Graph, query: str, error: type[MillelieuxError], words: str
) -> None:
    """A sentence tells why, and where."""
    with pytest.raises(error, match=words):
        explain(graph, query)


HOSTILE = {
    "or": ("SELECT ?a { ?a ?b 1 FILTER (?a", "||?a", ") }"),
    "union": ("SELECT ?a { ?a ?b 1 {}", "UNION{{}}", "}"),
    "objects": ("ASK { ?a ?b 1", ",1", "}"),
    "values": ("ASK { ?a ?b 1 VALUES ?b {", " 1", "}}"),
    "variables": ("ASK { ?a ?b 1", ". ?s{n:b} ?b ?c", "}"),
    "terms": ("ASK { OPTIONAL { ?a ?b ml:a", ",ml:a", "} }"),
    "different terms": ("ASK { OPTIONAL { ?a ?b ml:a", "{n},ml:a", "} }"),
}


@pytest.mark.parametrize(("begin", "piece", "end"), HOSTILE.values(), ids=HOSTILE)
def test_a_long_query_is_explained_or_refused(
    graph: Graph, begin: str, piece: str, end: str
) -> None:
    """Whatever is repeated until the text is full, there are findings or a sentence."""
    limits = Limits(timeout=3) if worker.POSSIBLE else sparql.UNLIMITED
    room = MAX_CHARACTERS - len(begin) - len(end)
    text = begin
    for number in range(room // (len(piece) + 2)):
        text += piece.format(n=number)
    try:
        found = explain(graph, text + end, limits=limits)
    except MillelieuxError as error:
        assert str(error)  # noqa: PT017  # some may end in a refusal
    else:
        assert all(finding.problem for finding in found)


@pytest.mark.skipif(not worker.POSSIBLE, reason="limits need fork(2)")
def test_what_takes_too_long_is_said_beside_what_is_known(graph: Graph) -> None:
    """When the time is over, the findings about the text stay, and one tells what is not known."""
    query = (
        "SELECT ¦?z ¦{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l "
        "FILTER (CONCAT(STR(?a), STR(?d), STR(?g), STR(?j)) = 'none') }"
    )
    text = query.replace(MARK, "")
    found = explain(graph, text, limits=Limits(timeout=2))
    assert [f.rule for f in found] == ["explain:not-run", "explain:unbound-variable"]
    assert "2 s" in found[0].problem


def test_findings_come_in_the_order_of_the_text(graph: Graph) -> None:
    """By line and column as numbers; each is a line for people."""
    text = "SELECT ?b\n{\n\n\n\n\n\n\n  ?a a ml:Plce ;\n    ml:nmae ?x , ml:Plce }"
    found = explain(graph, text)
    assert [f.where for f in found] == ["1:8", "9:8", "9:8", "10:5"]
    assert str(found[0]).startswith("1:8: ?b is used, and no pattern binds it; ")
    assert str(found[0]).endswith(" [explain:unbound-variable]")
