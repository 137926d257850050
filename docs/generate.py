"""Write the reference pages from what they describe: commands, queries, vocabulary, formats.

    python docs/generate.py            write docs/reference/*.md
    python docs/generate.py --check    say which pages differ, and exit 1 if one does

A page says nothing that the code, a query's header or the vocabulary does not say; whoever wants
another sentence there writes it at the source.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import vocabulary
from markup import block, page, prose, table, title

from millelieux_graph import cli, formats, queries

_REFERENCE = Path(__file__).parent / "reference"
_QUERIES_INTRODUCTION = """\
Run one with `millelieux query NAME`, or with `query("NAME")` in Python.
Names and columns are public: a change of either is a breaking change."""


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pages, or compare them; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    wanted = {_REFERENCE / name: written() for name, written in _PAGES.items()}
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
    parts = [title("Commands", "the command-line parser"), prose(parser.description)]
    parts += [block(_usage(parser), "text"), _options(parser), _epilog(parser)]
    for name, command in _subcommands(parser):
        parts += [f"## {name}", prose(command.description)]
        parts += [block(_usage(command), "text"), _options(command), _epilog(command)]
    return page(parts)


def stored_queries() -> str:
    """Return the page about the stored queries, from their headers."""
    catalogue = sorted(queries.catalogue(), key=lambda q: (q.topic, q.name))
    parts = [
        title("Stored queries", "the headers of queries/"),
        _QUERIES_INTRODUCTION,
    ]
    topic = None
    for query in catalogue:
        if query.topic != topic:
            topic = query.topic
            parts.append(f"## {topic.capitalize()}")
        parts += [f"### {query.name}", *_query(query)]
    return page(parts)


def format_table() -> str:
    """Return the page about formats, from the one table of them."""
    rows = [
        (f"`{f.name}`", _HOLDS[f.kind], f"`{f.media_type}`", f"`{f.suffix}`", f"<{f.spec}>")
        for f in formats.FORMATS
    ]
    return page(
        [
            title("Formats", "src/millelieux_graph/formats.py"),
            table(("name", "holds", "media type", "suffix", "defined by"), rows),
        ]
    )


_HOLDS = {
    "picture": "the answer of a query, to look at",
    "graph": "triples",
    "dataset": "triples in named graphs",
    "table": "the answer of a query",
    "columns": "the answer of a query, in typed columns",
    "text": "the answer of a query, for people",
    "tables": "the answers of many queries, to be asked by SQL",
    "schema": "what the columns of tables are",
    "packed": "any other file, made smaller",
}
_PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "formats.md": format_table,
    "queries.md": stored_queries,
    "vocabulary.en.md": partial(vocabulary.page, "en"),
    "vocabulary.fr.md": partial(vocabulary.page, "fr"),
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
    return table(("argument", "meaning", "default"), rows) if rows else ""


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
    return block(parser.epilog.strip(), "text") if parser.epilog else ""


# Queries.


def _query(query: queries.Query) -> Iterator[str]:
    yield f"{query.question['en']}\n*{query.question['fr']}*"
    if query.params:
        rows = [(f"`{n}`", f"`{p.type}`", p.description["en"]) for n, p in query.params.items()]
        yield table(("parameter", "type", "meaning"), rows)
    yield table(("column", "meaning"), [(f"`{n}`", str(c)) for n, c in query.columns.items()])
    if query.keywords:
        yield "Keywords: " + ", ".join(query.keywords) + "."


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
