"""Markup: what a term says stays text, in Markdown and in HTML, however it is meant."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import example, given, strategies as st
from markdown_it import MarkdownIt

import millelieux_graph as ml
from millelieux_graph import markup, terms
from millelieux_graph.graph import Graph
from millelieux_graph.layout import one_line
from millelieux_graph.results import Table, Triples, Truth
from millelieux_graph.values import Row, Term, plain

if TYPE_CHECKING:
    from markdown_it.token import Token

HOSTILE = (
    "|",
    "\\|",
    "\\",
    "\n",
    "\r\n\r\n| a |",
    "<script>alert(1)</script>",
    "</td></tr></table><h1>",
    "<!--",
    "-->",
    "&lt;b&gt;",
    "&#x3c;",
    "![x](http://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "[x]: http://evil.example",
    "<http://evil.example>",
    "`",
    "``|``",
    "**b**",
    "_i_",
    "~~s~~",
    "# h",
    "---",
    "$x$",
    '" onmouseover="alert(1)',
    "' style='",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\u2028",
)
TEXT = st.lists(
    st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), max_size=4), max_size=4
).map("".join)
IRI = st.sampled_from(
    (
        "http://a/?b=1&amp;c=(d)*e*_f_~g~!h$i$'j'",
        "HTTPS://é.example/é#é",
        "https://w3id.org/millelieux/id/place/bliiida",
        "javascript:alert(1)",
        "data:text/html,x",
        "urn:x:y",
        "httpx://a/",
    )
).map(ox.NamedNode)
TERM: st.SearchStrategy[Term] = st.one_of(
    st.none(),
    IRI,
    TEXT.map(ox.Literal),
    st.builds(lambda text: ox.Literal(text, language="ar"), TEXT),
    st.integers().map(ox.Literal),
    st.just(ox.BlankNode("b")),
)
ROWS: st.SearchStrategy[list[Row]] = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(TERM, min_size=width, max_size=width).map(tuple), max_size=3)
)
LABELS = TEXT.map(lambda text: {"https://w3id.org/millelieux/id/place/bliiida": text})


def names_of(rows: list[Row], head: str) -> list[str]:
    """Return names for the columns of rows, the first of them as given."""
    return [head, "b", "c"][: len(rows[0]) if rows else 1]


def shown(term: Term, labels: dict[str, str], code: str) -> str:
    """Return the text of a cell; `code` is how a short name stands beside a label."""
    if not isinstance(term, ox.NamedNode):
        return one_line(plain(term))
    label = one_line(labels.get(term.value, ""))
    short = terms.curie(term.value)
    return f"{label} {code.format(short)}" if label else short


def is_web(term: Term) -> bool:
    """Tell whether a term is an address of the web."""
    return isinstance(term, ox.NamedNode) and term.value.lower().startswith(("http:", "https:"))


# Markdown, by a parser of CommonMark with the tables of GitHub.


class Parser(MarkdownIt):
    """A parser that shows every link, as it is written."""

    def __init__(self) -> None:
        super().__init__("commonmark")
        self.enable(["table", "strikethrough"])

    def validateLink(self, url: str) -> bool:  # noqa: N802  # theirs
        """Hide no link."""
        return bool(url)

    def normalizeLink(self, url: str) -> str:  # noqa: N802  # theirs
        """Change no link."""
        return url


def cells_of(tokens: list[Token]) -> list[list[list[Token]]]:
    """Return the inline tokens of each cell of each row of a table."""
    rows: list[list[list[Token]]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token.children or [])
    return rows


@given(ROWS, TEXT, LABELS)
@example([(ox.Literal("a|b\\|c"),)], "x", {})
@example([(ox.Literal("|\n| --- |\n| <b> |"),)], "x", {})
def test_markdown_cannot_be_broken_out_of(
    rows: list[Row], head: str, labels: dict[str, str]
) -> None:
    """A table is one table of these cells, each of plain text; only addresses of the web link."""
    columns = names_of(rows, head)
    tokens = Parser().parse(markup.markdown(columns, rows, labels))
    assert [t.type for t in tokens if t.level == 0] == ["table_open", "table_close"]
    first, *rest = cells_of(tokens)
    assert ["".join(t.content for t in cell).strip() for cell in first] == [
        one_line(name).strip() for name in columns
    ]
    assert len(rest) == len(rows)
    for row, cells in zip(rows, rest, strict=True):
        for term, cell in zip(row, cells, strict=True):
            kinds = [token.type for token in cell]
            assert set(kinds) <= {"text", "link_open", "link_close"}
            links = [token.attrs["href"] for token in cell if token.type == "link_open"]
            assert links == [plain(term)] * is_web(term)
            text = "".join(t.content for t in cell)
            assert text.strip() == shown(term, labels, "({})").strip()


def test_a_table_of_markdown() -> None:
    """Numbers stand to the right, nothing where nothing is bound, an IRI by its label and name."""
    rows: list[Row] = [
        (terms_node("place:bliiida"), ox.Literal(5), ox.Literal("a|b")),
        (ox.NamedNode("urn:x"), None, ox.Literal("<b>")),
    ]
    labels = {terms.expand("place:bliiida"): "Bliiida"}
    assert markup.markdown(["place", "n", "text"], rows, labels).splitlines() == [
        "| place | n | text |",
        "| --- | ---: | --- |",
        "| [Bliiida (place:bliiida)](<https://w3id.org/millelieux/id/place/bliiida>) | 5 | a\\|b |",
        "| urn:x |  | \\<b\\> |",
    ]


def terms_node(curie: str) -> ox.NamedNode:
    """Return the node that a CURIE names."""
    return ox.NamedNode(terms.expand(curie))


@pytest.mark.parametrize(("columns", "text"), [([], ""), (["x"], "| x |\n| --- |\n")])
def test_an_empty_table_of_markdown(columns: list[str], text: str) -> None:
    """Without rows there is the head; without columns there is no table."""
    assert Table(columns, []).to_markdown() == text
    assert Table(columns, []).write("markdown") == text.encode()


# HTML, by the parser of the standard library.


class Seen(HTMLParser):
    """What a browser would find in a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.cells: list[str] = []
        self.other: list[str] = []
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and begin a cell."""
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)
        if tag in ("td", "th", "caption"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        """Note that tags are closed in their order."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text, by the cell that it stands in."""
        if {"td", "th", "caption"} & set(self.open):
            self.cells[-1] += data
        else:
            self.other.append(data)

    def handle_comment(self, data: str) -> None:
        """Note what should not be there."""
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        """Note what should not be there."""
        self.other.append(decl)

    handle_pi = unknown_decl = handle_comment


@given(ROWS, TEXT, LABELS)
@example([(ox.Literal("</td><td>"),)], "</th>", {})
def test_html_cannot_be_broken_out_of(rows: list[Row], head: str, labels: dict[str, str]) -> None:
    """There are the tags of one table and no others, and every cell says what its term says."""
    columns = names_of(rows, head)
    caption = markup.Caption(head, head)
    seen = Seen(markup.html(columns, rows, labels, "all", caption))
    assert seen.open == []
    assert "".join(seen.other).strip() == ""
    expected = [one_line(head)] if head else []
    expected += [one_line(name) for name in columns]
    expected += [shown(term, labels, "{}") for row in rows for term in row]
    assert seen.cells == [*expected, "all"]
    allowed = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "a", "bdi", "code"}
    assert {tag for tag, _ in seen.tags} <= allowed
    assert {name for _, attrs in seen.tags for name in attrs} <= {
        "colspan",
        "href",
        "lang",
        "scope",
        "style",
    }
    links = [attrs["href"] for tag, attrs in seen.tags if tag == "a"]
    assert links == [plain(term) for row in rows for term in row if is_web(term)]


def test_html_is_for_everybody(dataset: ml.Dataset) -> None:
    """A caption in its language, heads with a scope, numbers to the right, no colour of ours."""
    answer = dataset.query("timeline", place="terralab", lang="en")
    assert isinstance(answer, Table)
    html = answer._repr_html_()
    seen = Seen(html)
    captions = [attrs for tag, attrs in seen.tags if tag == "caption"]
    assert [attrs["lang"] for attrs in captions] == ["en"]
    assert seen.cells[0].startswith("What happened in each place")
    heads = [attrs for tag, attrs in seen.tags if tag == "th"]
    assert [attrs["scope"] for attrs in heads] == ["col"] * len(answer.columns)
    sides = [str(attrs["style"]).removeprefix("text-align:") for attrs in heads]
    assert dict(zip(answer.columns, sides, strict=True)) == {
        name: "right" if name in ("start", "end") else "left" for name in answer.columns
    }
    assert not re.search(r"color|background|src=|url\(|<style|<script", html)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (0, "0 rows"),
        (1, "1 row"),
        (50, "50 rows"),
        (51, "50 of 51 rows"),
        (12_345, "50 of 12,345 rows"),
    ],
)
def test_a_long_table_says_how_much_is_not_shown(rows: int, told: str) -> None:
    """The last line counts, and says where the rest is to be had."""
    seen = Seen(Table(["x"], [(ox.Literal(n),) for n in range(rows)])._repr_html_())
    *cells, last = seen.cells[1:]
    assert cells == [str(n) for n in range(min(rows, 50))]
    assert last.split(";")[0] == told
    assert ("to_pandas()" in last) == (rows > 50)


def test_a_code_is_not_broken() -> None:
    """A date or a slug stays on one line in spite of its hyphens; a text may go on in the next."""
    cells = ("2016-03", "la-quincaillerie", "two words", "x-" * 30)
    seen = Seen(Table("abcd", [tuple(map(ox.Literal, cells))])._repr_html_())
    styles = [str(attrs["style"]) for tag, attrs in seen.tags if tag == "td"]
    assert ["nowrap" in style for style in styles[:4]] == [True, True, False, False]


def test_labels_are_asked_for_what_is_shown(dataset: ml.Dataset) -> None:
    """An IRI of the graph is a link that is called by its label, in the language asked for."""
    answer = dataset.query(
        "SELECT ?use { VALUES ?use { <https://w3id.org/millelieux/vocab/use/meeting-room> } }",
        lang="en",
    )
    assert isinstance(answer, Table)
    *_, cell, _ = Seen(answer._repr_html_()).cells
    assert cell == "meeting room use:meeting-room"


def test_other_answers_are_shown_too(dataset: ml.Dataset) -> None:
    """A truth is a word; triples have three columns; a dataset shows its named graphs."""
    assert Truth(True)._repr_html_() == "<p><strong>true</strong></p>"
    node = terms_node("place:bliiida")
    seen = Seen(Triples([ox.Triple(node, node, ox.Literal("<b>", language="fr"))])._repr_html_())
    assert seen.cells[:3] == ["subject", "predicate", "object"]
    assert seen.cells[3:] == ["place:bliiida", "place:bliiida", "<b>", "1 row"]
    assert ("td", {"lang": "fr", "style": "text-align:left;white-space:nowrap"}) in seen.tags
    about = Seen(dataset._repr_html_())
    names = [name.removeprefix(terms.graph("")) for name in dataset.graph.names()]
    assert about.cells[3:-1:2] == names
    assert sum(map(int, about.cells[4:-1:2])) == len(dataset)


def test_a_dataset_shows_only_what_it_asks() -> None:
    """A graph that every query leaves out is not counted."""
    graph = Graph()
    node = terms_node("place:bliiida")
    for name in ("report", "inferred"):
        graph.replace(name, [ox.Triple(node, node, node)])
    seen = Seen(ml.Dataset(graph, without={"inferred"})._repr_html_())
    assert seen.cells[3:] == ["report", "1", "1 row"]
