"""The command line, the only room that prints or exits.

Data goes to standard output, talk to standard error.  Exit codes: 0 fine, 1 findings, 2 usage,
3 could not run, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from . import __version__
from .errors import (
    CannotRead,
    CannotRun,
    CannotWrite,
    MillelieuxError,
    NotConforming,
    UnknownName,
    UsageError,
)
from .formats import names

if TYPE_CHECKING:
    from .dataset import Dataset
    from .diff import State
    from .evidence import Edition
    from .graph import Graph
    from .infer import Regime
    from .publish import Release
    from .queries import Query
    from .results import Answer
    from .sparql import Conditions

__all__ = ["main", "parser"]

FINE, FINDINGS, USAGE, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 3, 130

_REPORT = "MILLELIEUX_REPORT"
# What a query may cost unless told otherwise, where the system has a way to stop it: fork(2).
_TIMEOUT = 60.0 if hasattr(os, "fork") else None
_MEMORY = 2**30 if hasattr(os, "fork") else None
_STORED = 64 * 2**30  # bytes of RDF that go into a store


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: The words after ``millelieux``; those of the process when None.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    _replace_closed_streams()
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return _say(error, USAGE)
    except NotConforming as error:
        return _say(error, FINDINGS)
    except MillelieuxError as error:
        return _say(error, COULD_NOT_RUN)
    except BrokenPipeError:
        # The reader of our output has left (`| head`); there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except OSError as error:
        return _say(
            CannotWrite(f"Cannot write the output: {error.strerror or error}."), COULD_NOT_RUN
        )
    except MemoryError:
        return _say(
            CannotRun("Out of memory; use a smaller input, or a store (load)."),
            COULD_NOT_RUN,
        )
    except KeyboardInterrupt:
        return _say(CannotRun("Interrupted; nothing was left half done."), INTERRUPTED)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; the reference page of the commands is made from it."""
    top = _Parser(
        prog="millelieux",
        description="The Mille Lieux study on third places as a knowledge graph.",
        epilog="Example: millelieux query impact-matrix --param place=la-quincaillerie",
    )
    top.add_argument("--version", action="version", version=f"millelieux {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        _add_queries,
        _add_query,
        _add_check,
        _add_infer,
        _add_evidence,
        _add_load,
        _add_publish,
        _add_diff,
    ):
        add(commands)
    return top


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are two lines: what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}\nTry: {self.prog} --help\n")


Commands = argparse._SubParsersAction  # noqa: SLF001  # argparse has no public name for it


def _command(
    commands: Commands[_Parser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    help: str,
    example: str,
) -> _Parser:
    command = commands.add_parser(
        name, help=help, description=f"{help[0].upper()}{help[1:]}.", epilog=f"Example: {example}"
    )
    command.set_defaults(run=run)
    return command


def _add_queries(commands: Commands[_Parser]) -> None:
    example = "millelieux queries money"
    command = _command(commands, "queries", _queries, "list the stored queries", example)
    command.add_argument(
        "word",
        nargs="?",
        default="",
        help="only those whose name, topic, question or keywords hold this word",
    )
    command.add_argument(
        "--format",
        choices=("table", "json", "turtle"),
        default="table",
        help="how to print the list; turtle is sh:SPARQLExecutable with the queries themselves",
    )
    command.add_argument(
        "--target", metavar="URL", type=_address, help="the endpoint that turtle says answers them"
    )
    command.add_argument(
        "--lang", choices=("en", "fr"), default="en", help="language of the questions"
    )


def _add_query(commands: Commands[_Parser]) -> None:
    example = "millelieux query timeline --param place=la-quincaillerie --format csv"
    command = _command(commands, "query", _query, "run a stored query, or one of your own", example)
    command.add_argument(
        "query",
        metavar="NAME|FILE|-",
        help="a stored query, a file of SPARQL, or - for standard input",
    )
    command.add_argument(
        "--param",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a value for a parameter of a stored query: a code, an IRI, a name; may be repeated",
    )
    command.add_argument(
        "--explain",
        action="store_true",
        help="tell what is wrong with the query and why it finds nothing, and do not run it",
    )
    command.add_argument(
        "--values",
        metavar="PARAM",
        help="list the values that a parameter of the stored query may have, and do not run it",
    )
    command.add_argument(
        "--format",
        choices=("table", *names("table", "columns", "text", "picture"), *names("graph")),
        default="table",
        help="of the answer; the last four for CONSTRUCT and DESCRIBE",
    )
    command.add_argument(
        "--lang", choices=("fr", "en"), default="fr", help="language of names and labels"
    )
    command.add_argument(
        "--limit", metavar="N", type=_whole, help="so many rows of a stored query at most"
    )
    command.add_argument("--offset", metavar="N", type=_whole, default=0, help="after so many rows")
    asked = command.add_mutually_exclusive_group()
    asked.add_argument(
        "--data",
        metavar="PATH",
        action="append",
        default=[],
        help="ask these files or folders, or a store, instead of the packaged graph; "
        "may be repeated",
    )
    asked.add_argument(
        "--endpoint",
        metavar="URL",
        type=_address,
        help="ask a SPARQL server instead; who you are comes from the environment or netrc",
    )
    _add_entailment(command, "as shipped: the packaged graph without, a release with owl-rl")
    command.add_argument(
        "--without",
        metavar="GRAPH",
        action="append",
        default=[],
        help="leave out a named graph, such as inferred; may be repeated",
    )
    command.add_argument(
        "--allow-service",
        metavar="HOST",
        action="append",
        default=[],
        help="let SERVICE call this host, which it never does by itself; may be repeated",
    )
    command.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=_TIMEOUT,
        help="stop the evaluation after this time (default: 60)",
    )
    command.add_argument(
        "--memory",
        metavar="MIB",
        type=_mebibytes,
        default=_MEMORY,
        help="stop the evaluation when it needs more memory than this beside the data "
        "(default: 1024)",
    )


def _add_load(commands: Commands[_Parser]) -> None:
    example = "millelieux load my-places/ --store places.store"
    command = _command(
        commands,
        "load",
        _load,
        "put the graph, or RDF of your own, into a store on the disk, to be asked there",
        example,
    )
    _add_paths(command)
    command.add_argument(
        "--store", metavar="FOLDER", required=True, help="a new folder, for `query --data`"
    )
    _add_entailment(command, "none")


def _add_check(commands: Commands[_Parser]) -> None:
    example = "millelieux check my-place.ttl"
    command = _command(
        commands,
        "check",
        _check,
        "check the packaged graph, or RDF of your own, by the shapes and the hygiene rules",
        example,
    )
    _add_paths(command)
    command.add_argument(
        "--format",
        choices=("text", "json", "turtle"),
        default="text",
        help="of the findings; turtle is the standard sh:ValidationReport",
    )


def _add_infer(commands: Commands[_Parser]) -> None:
    example = "millelieux infer --format ntriples > inferred.nt"
    command = _command(
        commands,
        "infer",
        _infer,
        "print what follows from the graph (OWL 2 RL, computed values)",
        example,
    )
    _add_paths(command)
    _add_entailment(command, "owl-rl")
    command.add_argument(
        "--format",
        choices=names("graph", "dataset"),
        default="turtle",
        help="of the conclusions",
    )


def _add_evidence(commands: Commands[_Parser]) -> None:
    example = 'millelieux evidence --report report.txt --locate "La Quincaillerie, Guéret"'
    command = _command(
        commands,
        "evidence",
        _evidence,
        "compare the positions and hashes with your own copy of the report",
        example,
    )
    _add_paths(command)
    command.add_argument(
        "--report",
        metavar="FILE",
        help=f"the report's plain text (default: the variable {_REPORT})",
    )
    what = command.add_mutually_exclusive_group()
    what.add_argument(
        "--show",
        metavar="IRI",
        help="show the passages behind a claim, or a passage; a CURIE such as event:… will do",
    )
    what.add_argument(
        "--locate", metavar="WORDS", help="tell where words stand: position, section, hash"
    )
    what.add_argument(
        "--write",
        metavar="FILE",
        help="write the description of every passage that a claim leads to; - for standard output",
    )


def _add_publish(commands: Commands[_Parser]) -> None:
    example = "millelieux publish --out site"
    command = _command(
        commands,
        "publish",
        _publish,
        "infer, check, run the stored queries and write a release",
        example,
    )
    _add_paths(command)
    _add_entailment(command, "owl-rl")
    command.add_argument(
        "--out",
        metavar="FOLDER",
        default="site",
        help="where the release goes: a new folder, or one of ours",
    )
    command.add_argument(
        "--base-url",
        metavar="URL",
        type=_base_url,
        help="where it will be served, for the metadata",
    )
    command.add_argument(
        "--previous",
        metavar="FOLDER",
        type=Path,
        help="the release before: what changed since is told, and no identifier of it is lost",
    )


def _add_diff(commands: Commands[_Parser]) -> None:
    example = "millelieux diff site-0.1 site-0.2 --lang en"
    command = _command(
        commands,
        "diff",
        _diff,
        "tell what changed between two releases, and the kind of version that this makes",
        example,
    )
    what = "a release, its N-Quads dump, RDF of your own, a store, or the word packaged"
    command.add_argument("old", metavar="OLD", help=what)
    command.add_argument("new", metavar="NEW", help=f"{what}", nargs="?", default="packaged")
    command.add_argument(
        "--format",
        choices=("text", "markdown", "json", "rdfpatch"),
        default="text",
        help="rdfpatch makes NEW of OLD when it is applied (https://afs.github.io/rdf-patch/)",
    )
    command.add_argument("--lang", choices=("fr", "en"), default="fr", help="language of labels")
    compared = command.add_mutually_exclusive_group()
    compared.add_argument(
        "--without",
        metavar="GRAPH",
        action="append",
        help="leave out a named graph; may be repeated (default: inferred, which follows from the "
        "rest; rdfpatch: none)",
    )
    compared.add_argument("--all", action="store_true", help="leave out nothing")


def _add_entailment(command: _Parser, default: str) -> None:
    command.add_argument(
        "--entailment",
        choices=("none", "rdfs", "owl-rl"),
        help=f"what follows from the graph too (default: {default})",
    )


def _add_paths(command: _Parser) -> None:
    command.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="RDF files and folders of your own, - for standard input; none: the packaged graph",
    )


def _queries(options: argparse.Namespace) -> int:
    from . import queries
    from .parameters import folded

    found = [q for q in queries.catalogue() if folded(options.word) in folded(_searchable(q))]
    if options.format == "json":
        _print(_json([_told(query) for query in found]))
    elif options.format == "turtle":
        from . import metadata

        _print(metadata.executables(found, options.target))
    else:
        for topic, group in groupby(found, key=lambda query: query.topic):
            _print(f"── {topic} ──\n".encode())
            for query in group:
                params = f"  ({', '.join(query.params)})" if query.params else ""
                _print(f"{query.name}{params}\n    {query.question[options.lang]}\n".encode())
    return FINE if found else FINDINGS


def _searchable(query: Query) -> str:
    return " ".join([query.name, query.topic, *query.question.values(), *query.keywords])


def _told(query: Query) -> dict[str, object]:
    """Return what a query tells of itself; each parameter with the query that lists its values."""
    from dataclasses import asdict

    from .parameters import choices_query

    told = asdict(query)
    del told["text"]
    for param in told["params"].values():
        param["values"] = choices_query(param["type"])
    return told


def _query(options: argparse.Namespace) -> int:
    from . import queries
    from .results import STREAMED, stream

    query = _asked(options.query)
    if options.explain:
        return _explain(options, query)
    if options.values is not None:
        return _values(options, query)
    dataset = _dataset(options)
    params = queries.spoken(query, _params(options.param), options.lang)
    asked = (dataset.source, query, params, queries.Window(options.limit, options.offset))
    conditions = _conditions(options, dataset)
    if options.format in STREAMED:
        stream(queries.ask(*asked, **conditions), options.format, sys.stdout.buffer)
    else:
        answer = queries.run(*asked, lang=options.lang, **conditions)
        _print(_shown(answer, options.format))
    return FINE


def _conditions(options: argparse.Namespace, dataset: Dataset) -> Conditions:
    from .sparql import Limits

    return {
        "without": dataset.without | set(options.without),
        "services": options.allow_service,
        "limits": Limits(options.timeout, options.memory),
    }


def _shown(answer: Answer, format: str) -> bytes:
    """Return an answer in a format; a table for people is as wide as their terminal."""
    from .results import Table

    if format == "table" and isinstance(answer, Table) and sys.stdout.isatty():
        import shutil

        return answer.to_text(shutil.get_terminal_size().columns).encode()
    return answer.write(format)


def _explain(options: argparse.Namespace, query: Query | str) -> int:
    from dataclasses import asdict, replace

    from .explain import explain

    if options.format not in ("table", "json"):
        raise UsageError(f"--explain is told as table or json, not as {options.format}.")
    dataset = _dataset(options)
    text = query if isinstance(query, str) else query.text
    found = explain(dataset.source, text, **_conditions(options, dataset))
    if options.format == "json":
        _print(_json([asdict(finding) for finding in found]))
    else:
        for finding in found:
            _print(f"{replace(finding, where=f'{options.query}:{finding.where}')}\n".encode())
    _talk(f"{_count(found)}.")
    return FINDINGS if found else FINE


def _values(options: argparse.Namespace, query: Query | str) -> int:
    from .parameters import choices
    from .queries import Query

    if not isinstance(query, Query):
        raise UsageError("Parameters belong to stored queries; a query of your own has none.")
    if options.values not in query.params:
        raise UnknownName(f"parameter of {query.name}", options.values, query.params)
    param = query.params[options.values]
    known = choices(_dataset(options).source, param.type, options.lang)
    for choice in known:
        _print(f"{choice.code}\t{choice.label}\n".encode())
    if not known:
        _talk(f"{options.values} takes any value of the type {param.type}.")
    return FINE


def _load(options: argparse.Namespace) -> int:
    from .graph import store
    from .sources import rdf, shipped

    own = rdf.discover(options.paths, limit=_STORED) if options.paths else shipped.data()
    _progress("load")
    sources = [*shipped.ontology(), *shipped.vocabularies(), *own]
    size = store(sources, Path(options.store), partial(_require_entailed, options.entailment))
    _talk(f"Wrote {options.store}: {size:,} quads.")
    _talk(f"Ask it: millelieux query places --data {options.store}")
    return FINE


def _asked(name: str) -> Query | str:
    """Return the stored query of this name, or the text of a file or of standard input."""
    from . import queries, sparql

    if name == "-":
        return sys.stdin.read(sparql.MAX_CHARACTERS + 1)
    path = Path(name)
    if path.suffix in (".rq", ".sparql") or os.sep in name:
        try:
            with path.open(encoding="utf-8") as file:
                return file.read(sparql.MAX_CHARACTERS + 1)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "the text is not UTF-8"
            raise CannotRead(f"Cannot read the query {name}: {reason}.") from None
    return queries.find(name)


def _params(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--param takes NAME=VALUE, not {pair!r}.")
        found[name] = value
    return found


def _check(options: argparse.Namespace) -> int:
    from . import check
    from .graph import packaged
    from .sources import rdf

    _progress("check")
    report = (
        check.check_sources(rdf.discover(options.paths))
        if options.paths
        else check.check(packaged())
    )
    _print(
        {"text": report.to_text, "json": report.to_json, "turtle": report.to_turtle}[
            options.format
        ]().encode()
    )
    _talk(f"{report.triples:,} triples judged: {_count(report.findings)}.")
    return FINE if report.conforms else FINDINGS


def _infer(options: argparse.Namespace) -> int:
    from .formats import by_name
    from .infer import infer

    graph = _open(options.paths)
    _progress("infer")
    inference = infer(graph, options.entailment or "owl-rl")
    _print(graph.serialized("inferred", by_name(options.format)))
    if inference.gap:
        _talk(f"owlrl drew the conclusions, since the graph holds {inference.gap}.")
    for clash in inference.clashes:
        _talk(f"{clash.where}: {clash.problem}")
    _talk(f"{len(inference.triples):,} new triples.")
    return FINDINGS if inference.clashes else FINE


def _require_entailed(regime: Regime | None, graph: Graph) -> None:
    """Infer into a graph; contradictions are told and end the command."""
    from .infer import infer

    if regime is not None:
        _progress("infer")
        clashes = infer(graph, regime).clashes
        if clashes:
            told = "\n".join(map(str, clashes))
            raise NotConforming(f"The graph contradicts itself:\n{told}")


def _evidence(options: argparse.Namespace) -> int:
    from . import evidence

    report = options.report or os.environ.get(_REPORT)
    if not report:
        raise UsageError(f"Name the report's plain text with --report FILE, or set {_REPORT}.")
    graph = _open(options.paths)
    edition = evidence.open_edition(graph, Path(report))
    if options.show is not None:
        return _show(graph, edition, options.show)
    if options.locate is not None:
        return _locate(edition, options.locate)
    if options.write is not None:
        return _write(evidence.describe(graph, edition), options.write)
    return _verify(graph, edition)


def _show(graph: Graph, edition: Edition, name: str) -> int:
    from . import evidence, terms

    try:
        passages = evidence.behind(graph, terms.expand(name))
    except ValueError as error:
        raise UsageError(
            f"{error}; write an IRI, or a CURIE such as place:la-quincaillerie."
        ) from None
    for passage in passages:
        words = passage.within(edition)
        section = edition.section(passage.start, passage.end)
        _print(f"{passage.start}-{passage.end}  {terms.curie(section or '')}\n{words}\n\n".encode())
    if not passages:
        _talk(f"No passage stands behind {name} itself; ask for a claim.")
    return FINE if passages else FINDINGS


def _locate(edition: Edition, words: str) -> int:
    from . import evidence, terms

    hits = evidence.locate(edition, words)
    for hit in hits:
        place = f"{hit.passage.start}-{hit.passage.end}"
        section = terms.curie(hit.section) if hit.section else ""
        _print(f"{place}\t{section}\t{hit.sha256}\t{' '.join(hit.words.split())}\n".encode())
    if not hits:
        _talk("The report does not hold these words; try fewer of them, with its accents.")
    return FINE if hits else FINDINGS


def _write(text: str, path: str) -> int:
    if path == "-":
        _print(text.encode())
        return FINE
    target = Path(path)
    if target.is_dir():
        raise CannotWrite(f"{path or 'The empty name'} is a folder; name a file with --write.")
    unfinished = target.with_name(f".{target.name}.new")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise CannotWrite(f"Cannot write {path}: {error.strerror}. Nothing was changed.") from None
    _talk(f"Wrote {path}.")
    return FINE


def _verify(graph: Graph, edition: Edition) -> int:
    from . import evidence

    passages = evidence.cited(graph)
    found = [*evidence.verify(graph, edition), *evidence.overlaps(graph, edition)]
    for finding in found:
        _print(f"{finding.where}: {finding.problem} [{finding.rule}]\n".encode())
    _talk(f"{len(passages):,} passages recomputed: {_count(found)}.")
    return FINDINGS if found else FINE


def _publish(options: argparse.Namespace) -> int:
    from . import check, infer, publish, terms, workshop

    workshop.refuse_foreign(Path(options.out))
    graph = _open(options.paths)
    publish.refuse_other_version(Path(options.out), graph, options.previous)
    _progress("infer")
    inference = infer.infer(graph, options.entailment or "owl-rl")
    for clash in inference.clashes:
        _talk(f"{clash.where}: {clash.problem}")
    if inference.clashes:
        return FINDINGS
    _progress("check")
    checked = check.require(graph)
    base_url = options.base_url or terms.BASE
    release = publish.publish(
        checked,
        Path(options.out),
        base_url=base_url,
        previous=options.previous,
        progress=_progress,
    )
    _talk(_summary(release, len(inference.triples), checked.report.triples))
    return FINE


def _diff(options: argparse.Namespace) -> int:
    from . import diff

    if options.old == options.new == "-":
        raise UsageError("Standard input can be read once; name OLD or NEW.")
    _progress("read")
    old, new = _state(options.old), _state(options.new)
    diff.same_dataset(old, new)
    _progress("compare")
    if options.format == "rdfpatch":
        return _patch(old, new, options.without or ())
    without = () if options.all else options.without or diff.INFERRED
    changes = diff.compare(old, new, without)
    told = {
        "text": lambda: diff.to_text(changes, options.lang),
        "markdown": lambda: diff.to_markdown(changes, options.lang),
        "json": lambda: diff.to_json(changes),
    }[options.format]()
    _progress("")
    _print(told.encode())
    return FINDINGS if changes else FINE


def _patch(old: State, new: State, without: Sequence[str]) -> int:
    from . import diff

    code = FINE
    for row in diff.patch(old, new, without):
        if row.startswith((b"A ", b"D ")):
            code = FINDINGS
        _print(row)
    _progress("")
    return code


def _state(name: str) -> State:
    """Return what a word of the command line names, as something to compare.

    Triples of one's own stand beside the ontology and the concept schemes, as everywhere; a file
    of quads is taken as it is.
    """
    from . import diff
    from .graph import Graph, packaged
    from .sources import rdf

    path = Path(name)
    if name == "packaged":
        return diff.of_graph(packaged(), name, ours=True)
    if diff.is_release(path):
        return diff.of_release(path)
    if path.is_file() and diff.is_dump(path):
        return diff.of_dump(path)
    if path.suffix in (".nq", ".trig"):
        return diff.of_graph(Graph().load(rdf.discover([path])), name)
    return diff.of_graph(_open([name]), name)


def _summary(release: Release, inferred: int, triples: int) -> str:
    return (
        f"Checked  {triples:,} triples by shapes and hygiene rules: no finding; "
        f"{inferred:,} of them are inferred (graph “inferred”).\n"
        f"Wrote    {release.folder}: {release.files} files; dumps in {', '.join(release.dumps)}; "
        f"pages in French and English; catalog.ttl, void.ttl, SHA256SUMS.\n"
        f"{_left_out(release)}"
        f"Canon    RDFC-1.0 SHA-256 {release.canonical_hash}\n"
        f"{_since(release)}"
        "Next     millelieux queries                     what you can ask\n"
        "         millelieux query impact-disagreements  where the report contradicts itself\n"
        "         millelieux evidence --report FILE      the passages, in your copy of the report"
    )


def _left_out(release: Release) -> str:
    """Return the lines on what a release lacks: files, and parts that come from npm."""
    from . import assets

    reasons = Counter(release.left_out.values())
    lines = [f"{many} files: {reason}." for reason, many in sorted(reasons.items())]
    if missing := "; ".join(assets.missing()):
        lines.append(f"{missing}: install with npm and the network at hand.")
    return "".join(f"Without  {line}\n" for line in lines)


def _since(release: Release) -> str:
    """Return the line on what changed since the release before, if one was named."""
    if release.history is None:
        return ""
    changes, stones = release.history.changes, release.history.tombstones
    counts = (changes.added, changes.removed, changes.changed)
    told = zip(map(len, counts), ("added", "removed", "changed"), strict=True)
    return (
        f"Since    {changes.old.version or changes.old.name}: "
        f"{', '.join(f'{count:,} {word}' for count, word in told)} (changes.md, changes.patch); "
        f"suggests {changes.advice.level}; "
        f"{len(stones):,} tombstone{'' if len(stones) == 1 else 's'}\n"
    )


def _open(paths: Sequence[str]) -> Graph:
    from . import dataset

    return dataset.open(*paths).graph


def _dataset(options: argparse.Namespace) -> Dataset:
    from . import cache, dataset

    paths = [options.endpoint] if options.endpoint else options.data
    if paths or options.entailment in ("rdfs", "owl-rl"):
        return dataset.open(*paths, entailment=options.entailment)
    return dataset.Dataset(cache.ready(), ["inferred"] if options.entailment else [])


def _count(findings: Sequence[object]) -> str:
    return f"{len(findings) or 'no'} finding{'' if len(findings) == 1 else 's'}"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of seconds (above 0, at most a day)"
        )
    return seconds


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _mebibytes(text: str) -> int:
    """Return a number of MiB in bytes."""
    if not 0 < (size := _whole(text)) <= 2**20:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of MiB (above 0, at most a TiB)"
        )
    return size * 2**20


def _base_url(text: str) -> str:
    """Return the address with its slash."""
    return _address(text if text.endswith("/") else f"{text}/")


def _address(text: str) -> str:
    import pyoxigraph

    try:
        iri = pyoxigraph.NamedNode(text)
    except ValueError:
        iri = None
    if iri is None or not iri.value.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address such as https://example.org/")
    return iri.value


def _json(value: object) -> bytes:
    import json

    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _print(data: bytes) -> None:
    sys.stdout.buffer.write(data)


def _talk(text: str) -> None:
    _progress("")
    print(text, file=sys.stderr)


def _progress(step: str) -> None:
    """Show the step on a terminal, in place of the one before; nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{step}{'…' if step else ''}", end="", file=sys.stderr, flush=True)


def _say(error: MillelieuxError, code: int) -> int:
    _talk(f"millelieux: {error}")
    return code


def _replace_closed_streams() -> None:
    """Put an empty stream where the caller has closed one (`<&-`, `>&-`) and Python has None."""
    sys.stdin = sys.stdin or io.TextIOWrapper(io.BytesIO())
    sys.stdout = sys.stdout or io.TextIOWrapper(io.BytesIO())
    sys.stderr = sys.stderr or io.TextIOWrapper(io.BytesIO())


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    """Let a request to stop unwind like Ctrl-C, so that temporary folders go."""
    raise KeyboardInterrupt
