"""Write the reference pages from what they describe: commands, queries, terms, formats.

    python docs/generate.py            write docs/reference/*.md
    python docs/generate.py --check    say which pages differ, and exit 1 if one does

A page says nothing that the code, a query's header or the vocabulary does not say; whoever wants
another sentence there writes it at the source.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, URIRef

from millelieux_graph import cli, formats, queries, terms
from millelieux_graph.sources import rdf, shipped

_REFERENCE = Path(__file__).parent / "reference"
_HEADER = "<!-- Written by docs/generate.py from {source}: change that, then run `just docs`. -->\n"
_QUERIES_INTRODUCTION = """\
Run one with `millelieux query NAME`, or with `query("NAME")` in Python.
Names and columns are public: a change of either is a breaking change."""
_KIND_TITLES = {
    OWL.Class: "Classes",
    OWL.ObjectProperty: "Properties between things",
    OWL.DatatypeProperty: "Properties with a value",
    OWL.AnnotationProperty: "Annotations",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pages, or compare them; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    wanted = {_REFERENCE / name: page() for name, page in _PAGES.items()}
    if parser.parse_args(argv).check:
        return _compare(wanted)
    _REFERENCE.mkdir(exist_ok=True)
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    print(f"Wrote {len(wanted)} pages to {_REFERENCE}.")
    return 0


def commands() -> str:
    """Return the page about the command line, from its parser."""
    parser = cli.parser()
    parts = [_title("Commands", "the command-line parser"), _prose(parser.description)]
    parts += [f"```text\n{_usage(parser)}\n```", _options(parser), _epilog(parser)]
    for name, command in _subcommands(parser):
        parts += [f"## {name}", _prose(command.description)]
        parts += [f"```text\n{_usage(command)}\n```", _options(command), _epilog(command)]
    return _page(parts)


def stored_queries() -> str:
    """Return the page about the stored queries, from their headers."""
    catalogue = sorted(queries.catalogue(), key=lambda q: (q.topic, q.name))
    parts = [
        _title("Stored queries", "the headers of queries/"),
        _QUERIES_INTRODUCTION,
    ]
    topic = None
    for query in catalogue:
        if query.topic != topic:
            topic = query.topic
            parts.append(f"## {topic.capitalize()}")
        parts += [f"### {query.name}", *_query(query)]
    return _page(parts)


def vocabulary() -> str:
    """Return the page about classes, properties and concepts, from the ontology."""
    graph = _graph(shipped.ontology())
    parts = [_title("Terms", "ontology/"), *_ontology_header(graph)]
    for kind, title in _KIND_TITLES.items():
        found = [t for t in _ours(graph, kind) if (t, RDF.type, OWL.DeprecatedClass) not in graph]
        if found:
            parts.append(f"## {title}")
            parts += [_term(graph, term) for term in found]
    parts += ["## Concept schemes", *_schemes(_graph(shipped.vocabularies()))]
    return _page(parts)


def format_table() -> str:
    """Return the page about formats, from the one table of them."""
    rows = [
        (f"`{f.name}`", _HOLDS[f.kind], f"`{f.media_type}`", f"`{f.suffix}`", f"<{f.spec}>")
        for f in formats.FORMATS
    ]
    return _page(
        [
            _title("Formats", "src/millelieux_graph/formats.py"),
            _table(("name", "holds", "media type", "suffix", "defined by"), rows),
        ]
    )


_HOLDS = {
    "graph": "triples",
    "dataset": "triples in named graphs",
    "table": "the answer of a query",
}
_PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "formats.md": format_table,
    "queries.md": stored_queries,
    "terms.md": vocabulary,
}


# Commands: read from argparse's actions, since its own help text differs between Python versions.


def _subcommands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in _actions(parser):
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                yield command.prog, command
                yield from _subcommands(command)


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    shown = parser._actions  # noqa: SLF001  argparse offers no public way to its own arguments
    return [a for a in shown if a.help != argparse.SUPPRESS and "--help" not in a.option_strings]


def _usage(parser: argparse.ArgumentParser) -> str:
    return " ".join([parser.prog, *(_slot(action) for action in _actions(parser))])


def _slot(action: argparse.Action) -> str:
    if not action.option_strings:
        return _values(action)
    inside = f"{max(action.option_strings, key=len)} {_values(action)}".strip()
    return inside if action.required else f"[{inside}]"


def _values(action: argparse.Action) -> str:
    if isinstance(action.choices, dict):
        return "COMMAND …"
    if action.nargs == 0:
        return ""
    name = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
    word = " ".join(name) if isinstance(name, tuple) else name
    if action.nargs == "?":
        return f"[{word}]"
    return {"*": f"[{word} …]", "+": f"{word} …"}.get(str(action.nargs), word)


def _options(parser: argparse.ArgumentParser) -> str:
    rows = [
        (_names(action), _help(action, parser), _default(action))
        for action in _actions(parser)
        if not isinstance(action.choices, dict)
    ]
    return _table(("argument", "meaning", "default"), rows) if rows else ""


def _names(action: argparse.Action) -> str:
    return ", ".join(f"`{s}`" for s in action.option_strings) or f"`{_values(action)}`"


def _help(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    text = (action.help or "") % {**vars(action), "prog": parser.prog}
    if action.choices and not isinstance(action.choices, dict):
        text += " (" + ", ".join(f"`{c}`" for c in action.choices) + ")"
    return text.strip()


def _default(action: argparse.Action) -> str:
    nothing = action.nargs == 0 or action.default in (None, False, [], (), argparse.SUPPRESS)
    return "" if nothing else f"`{action.default}`"


def _epilog(parser: argparse.ArgumentParser) -> str:
    return f"```text\n{parser.epilog.strip()}\n```" if parser.epilog else ""


# Queries.


def _query(query: queries.Query) -> Iterator[str]:
    yield f"{query.question['en']}\n*{query.question['fr']}*"
    if query.params:
        rows = [(f"`{n}`", f"`{p.type}`", p.description["en"]) for n, p in query.params.items()]
        yield _table(("parameter", "type", "meaning"), rows)
    yield _table(("column", "meaning"), [(f"`{n}`", str(c)) for n, c in query.columns.items()])
    if query.keywords:
        yield "Keywords: " + ", ".join(query.keywords) + "."


# Terms.


def _graph(sources: Iterable[rdf.Source]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for source in sources:
        if source.path is not None:
            graph.parse(source.path, format="turtle")
    return graph


def _ontology_header(graph: rdflib.Graph) -> Iterator[str]:
    for ontology in sorted(graph.subjects(RDF.type, OWL.Ontology), key=str):
        if not str(ontology).startswith(terms.BASE + "ontology"):
            continue
        yield _say(graph, ontology, DCTERMS.description)
        version = graph.value(ontology, OWL.versionInfo)
        yield f"Namespace: `{terms.ML}`, prefix `ml:`, version {version}."


def _ours(graph: rdflib.Graph, kind: URIRef) -> list[URIRef]:
    found = graph.subjects(RDF.type, kind, unique=True)
    return sorted(t for t in found if isinstance(t, URIRef) and t.startswith(terms.ML))


def _term(graph: rdflib.Graph, term: URIRef) -> str:
    labels = " · ".join(_in(graph, term, RDFS.label, lang) for lang in ("en", "fr"))
    lines = [f"### {_name(term)}", "", f"**{labels}**", "", _say(graph, term, SKOS.definition)]
    facts = [
        (title, ", ".join(f"`{_name(value)}`" for value in _named(graph, term, predicate)))
        for title, predicate in _FACTS
    ]
    lines += ["", *(f"- {title}: {values}" for title, values in facts if values)]
    note = _in(graph, term, SKOS.scopeNote, "en")
    example = _in(graph, term, SKOS.example, "en")
    lines += [f"- note: {note}"] if note else []
    lines += [f"- example: {example}"] if example else []
    return "\n".join(lines)


_FACTS = (
    ("a kind of", RDFS.subClassOf),
    ("narrower than", RDFS.subPropertyOf),
    ("of", RDFS.domain),
    ("value", RDFS.range),
    ("inverse of", OWL.inverseOf),
)


def _schemes(graph: rdflib.Graph) -> Iterator[str]:
    for scheme in sorted(graph.subjects(RDF.type, SKOS.ConceptScheme, unique=True), key=str):
        concepts = sorted(graph.subjects(SKOS.inScheme, scheme, unique=True), key=str)
        rows = [
            (
                f"`{terms.last_segment(str(concept))}`",
                _in(graph, concept, SKOS.prefLabel, "en"),
                _in(graph, concept, SKOS.prefLabel, "fr"),
                ", ".join(
                    f"`{terms.last_segment(str(b))}`"
                    for b in sorted(graph.objects(concept, SKOS.broader), key=str)
                ),
                _in(graph, concept, SKOS.definition, "en"),
            )
            for concept in concepts
        ]
        yield f"### {terms.last_segment(str(scheme))}"
        yield _say(graph, scheme, SKOS.definition, DCTERMS.description)
        if rows:
            yield _table(("concept", "English", "French", "broader", "definition"), rows)
        else:
            yield "Its concepts are part of the data."


def _named(graph: rdflib.Graph, term: URIRef, predicate: URIRef) -> list[URIRef]:
    return sorted(o for o in graph.objects(term, predicate) if isinstance(o, URIRef))


def _name(term: rdflib.term.Node) -> str:
    return terms.curie(str(term))


def _say(graph: rdflib.Graph, term: rdflib.term.Node, *predicates: URIRef) -> str:
    """Return what is said in English, and in French below it."""
    for predicate in predicates:
        english = _in(graph, term, predicate, "en")
        french = _in(graph, term, predicate, "fr")
        if english or french:
            return f"{english}\n*{french}*" if french else english
    return ""


def _in(graph: rdflib.Graph, term: rdflib.term.Node, predicate: URIRef, language: str) -> str:
    values = (o for o in graph.objects(term, predicate) if isinstance(o, rdflib.Literal))
    return " ".join(sorted(" ".join(v.split()) for v in values if v.language == language))


# Pages.


def _title(title: str, source: str) -> str:
    return f"{_HEADER.format(source=source)}\n# {title}"


def _prose(text: str | None) -> str:
    return "\n".join(line.strip() for line in (text or "").strip().splitlines())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(c) for c in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _compare(wanted: dict[Path, str]) -> int:
    """Print how the pages on disk differ from what they should be; return the exit code."""
    drift = False
    for path, text in wanted.items():
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = list(
            difflib.unified_diff(
                kept.splitlines(), text.splitlines(), f"{path.name}", "generated", lineterm="", n=1
            )
        )
        drift |= bool(lines)
        print("\n".join(lines[:40]) if lines else f"{path.name} is up to date.")
    if drift:
        print("Run `just docs` and commit what it writes.", file=sys.stderr)
    return int(drift)


if __name__ == "__main__":
    sys.exit(main())
