"""The command line: data out, talk beside it, an exit code that tells, and never a traceback.

`command.finish` asserts the last of these for every run of every test.
"""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from command import PROGRAM, TEMPLATE, environment, finish, millelieux, start

from millelieux_graph import __version__, cli, queries

COMMANDS = ["queries", "query", "check", "infer", "evidence", "load", "publish"]
ASK = "PREFIX ml: <https://w3id.org/millelieux/ontology#> ASK { ?place a ml:ThirdPlace }"
EVERYTHING = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"  # a trillion rows

posix = pytest.mark.skipif(os.name != "posix", reason="signals and devices are those of POSIX")


# Help, names, exit codes.


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_has_an_example(command: str | None) -> None:
    """Each help exits 0, is on standard output and ends with an example that can be parsed."""
    run = millelieux(*filter(None, [command]), "--help")
    assert (run.code, run.err) == (0, "")
    example = " ".join(run.out.split()).rpartition("Example: millelieux ")[2]
    assert example.startswith(command or "query")


def test_every_command_is_known_here() -> None:
    """The help names all commands, each with what it does."""
    run = millelieux("--help")
    listed = [line.split()[0] for line in run.out.splitlines() if line.startswith("    ")]
    assert [name for name in listed if name in COMMANDS] == COMMANDS
    assert cli.parser().prog == "millelieux"


def test_the_version_is_that_of_the_package() -> None:
    """It is told in one line."""
    assert millelieux("--version").out == f"millelieux {__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "COMMAND"),
        (["ask"], "query"),
        (["query"], "NAME|FILE|-"),
        (["query", "time-line"], "timeline"),
        (["query", "timeline", "--param", "plac=x"], "place"),
        (["query", "timeline", "--param", "place=la-kincaillerie"], "la-quincaillerie"),
        (["query", "timeline", "--param", "place"], "NAME=VALUE"),
        (["query", "timeline", "--format", "yaml"], "csv"),
        (["query", "timeline", "--format", "turtle"], "table"),
        (["query", "timeline", "--timeout", "soon"], "seconds"),
        (["query", "timeline", "--timeout", "0"], "seconds"),
        (["query", "timeline", "--timeout", "nan"], "seconds"),
        (["query", "timeline", "--timeout", "1e300"], "seconds"),
        (["check", "--format", "csv"], "turtle"),
        (["evidence", "--show", "x", "--locate", "y"], "not allowed with"),
    ],
)
def test_a_wrong_question_is_a_usage_error(words: list[str], said: str) -> None:
    """Exit code 2, no data, and a message that names the nearest right word and nothing private."""
    run = millelieux(*words)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert len(run.err.splitlines()) <= 2
    assert "_seconds" not in run.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["query", "places", "--data", "missing.ttl"], "missing.ttl"),
        (["query", "missing.rq"], "missing.rq"),
        (["query", "latin.rq"], "UTF-8"),
        (["query", "places", "--data", "empty"], "no RDF file"),
        (["query", "places", "--data", "broken.ttl"], "broken.ttl:1:"),
        (["check", "missing.ttl"], "missing.ttl"),
        (["infer", "missing.ttl"], "missing.ttl"),
        (["infer", "broken.ttl"], "broken.ttl:1:"),
        (["publish", "missing.ttl"], "missing.ttl"),
        (["publish", "broken.ttl"], "broken.ttl:1:"),
    ],
)
def test_what_cannot_run_says_so(tmp_path: Path, words: list[str], said: str) -> None:
    """Exit code 3, no data, one sentence that names the file, and nothing written."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.ttl").write_text("<place> a ", encoding="utf-8")
    (tmp_path / "latin.rq").write_bytes("ASK { ?s ?p 'é' }".encode("latin-1"))
    before = sorted(tmp_path.rglob("*"))
    run = millelieux(*words, cwd=tmp_path)
    assert (run.code, run.out) == (3, "")
    assert said in run.err
    assert len(run.err.splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_stored_queries_are_listed_and_found_by_a_word() -> None:
    """All, those with a word, or none of them (exit code 1); in either language, or as JSON."""
    names = [query.name for query in queries.catalogue()]
    listed = json.loads(millelieux("queries", "--format", "json").out)
    assert [query["name"] for query in listed] == names
    some = json.loads(millelieux("queries", "Funding", "--format", "json").out)
    assert {"funding-shares", "funding-flows"} <= {query["name"] for query in some} < set(names)
    assert queries.find("places").question["fr"] in millelieux("queries", "--lang", "fr").out
    accents = json.loads(millelieux("queries", "Témoi", "--format", "json").out)
    assert accents
    assert accents == json.loads(millelieux("queries", "temoi", "--format", "json").out)
    nothing = millelieux("queries", "zythum")
    assert (nothing.code, nothing.out) == (1, "")


# Queries.


def test_a_stored_query_answers_in_every_table_format() -> None:
    """Only the answer is on standard output, so each format goes into its parser as it is."""
    name = ["query", "places", "--param", "lang=en"]
    rows = list(csv.reader(io.StringIO(millelieux(*name, "--format", "csv").out)))
    told = json.loads(millelieux(*name, "--format", "json").out)
    assert told["head"]["vars"] == rows[0]
    assert len(told["results"]["bindings"]) == len(rows) - 1
    table = millelieux(*name)
    assert f"({len(rows) - 1} rows)" in table.out
    assert table.err == ""


def test_a_query_comes_from_a_file_or_from_standard_input(tmp_path: Path) -> None:
    """Both ways give the same answer; a name with a suffix or a slash is a file."""
    file = tmp_path / "mine.rq"
    file.write_text(ASK, encoding="utf-8")
    plain = tmp_path / "mine"
    plain.write_text(ASK, encoding="utf-8")
    for name, stdin in ((file, None), (plain, None), ("-", ASK)):
        run = millelieux("query", name, stdin=stdin)
        assert (run.code, run.out) == (0, "true\n"), run.err


def test_triples_are_written_as_rdf(tmp_path: Path) -> None:
    """CONSTRUCT answers in Turtle unless another format of triples is named."""
    construct = "CONSTRUCT { ?s a ?c } { ?s a ?c } LIMIT 5"
    lines = millelieux("query", "-", "--format", "ntriples", stdin=construct).out.splitlines()
    assert len(lines) == 5
    wrong = millelieux("query", "-", "--format", "csv", stdin=construct)
    assert wrong.code == 2
    assert "ntriples" in wrong.err


def test_data_of_ones_own_is_asked_instead(tmp_path: Path) -> None:
    """`--data` leaves the packaged data out, and stored queries find what the files describe."""
    run = millelieux("query", "places", "--data", TEMPLATE, "--format", "csv")
    assert [row.split(",")[0] for row in run.out.splitlines()[1:]] == ["la-navette"]


def test_a_syntax_error_is_shown_where_it_is() -> None:
    """Line, column in code points, the line itself and a mark under the place; exit code 2."""
    run = millelieux("query", "-", stdin='SELECT ?s {\n  ?s ?p "é"')
    assert (run.code, run.out) == (2, "")
    head, line, mark = run.err.splitlines()
    assert "line 2, column 12" in head
    assert line == '    ?s ?p "é"'
    assert mark.index("^") == len(line)


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <urn:a> <urn:b> <urn:c> }", "# quietly\nCLEAR ALL", "LOAD <urn:a>"]
)
def test_an_update_is_refused(update: str) -> None:
    """A query reads; whatever would write is named and refused, exit code 2."""
    run = millelieux("query", "-", stdin=update)
    assert (run.code, run.out) == (2, "")
    assert "is an update" in run.err


def test_time_is_limited() -> None:
    """A query that takes too long is given up with a sentence, exit code 3."""
    began = time.monotonic()
    run = millelieux("query", "-", "--timeout", "0.3", stdin=ENDLESS)
    assert (run.code, run.out) == (3, "")
    assert "0.3 s" in run.err
    assert "--timeout" in run.err
    assert time.monotonic() - began < 10


class _Endpoint(BaseHTTPRequestHandler):
    """A SPARQL endpoint that knows one answer and counts who asks."""

    asked = 0

    def do_POST(self) -> None:
        """Answer a query."""
        type(self).asked += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = {
            "head": {"vars": ["s"]},
            "results": {"bindings": [{"s": {"type": "literal", "value": "from afar"}}]},
        }
        self.send_response(200)
        body = json.dumps(answer).encode()
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815  # the names of http.server

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The address of an endpoint on this machine."""
    _Endpoint.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint) as server:
        threading.Thread(target=lambda: server.serve_forever(0.01)).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/sparql"
        server.shutdown()


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_another_server_is_called_only_when_allowed(endpoint: str, silent: str) -> None:
    """Without `--allow-service` not one request leaves; with it, the answer is that server's."""
    query = f"SELECT ?s {{ SERVICE {silent}<{endpoint}> {{ ?s ?p ?o }} }}"
    refused = millelieux("query", "-", stdin=query)
    assert (refused.code, refused.out) == (2, "")
    assert "--allow-service" in refused.err
    assert _Endpoint.asked == 0
    allowed = millelieux(
        "query", "-", "--allow-service", "127.0.0.1", "--format", "csv", stdin=query
    )
    assert (allowed.code, allowed.out.splitlines()) == (0, ["s", "from afar"])
    assert _Endpoint.asked == 1


def test_a_server_that_does_not_answer_is_named_as_the_cause() -> None:
    """A failed call is told as such, exit code 3, and not as a fault of the output."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint) as closed:
        port = closed.server_address[1]
    query = f"SELECT ?s {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"
    run = millelieux("query", "-", "--allow-service", "127.0.0.1", stdin=query)
    assert (run.code, run.out) == (3, "")
    assert "could not be evaluated" in run.err
    assert len(run.err.splitlines()) == 1


def test_a_window_of_the_rows_is_cut_out() -> None:
    """So many rows, after so many, in the order of the whole; a free query says it itself."""
    whole = millelieux("query", "timeline", "--format", "csv").out.splitlines()
    part = millelieux("query", "timeline", "--limit", "3", "--offset", "2", "--format", "csv")
    assert part.out.splitlines() == [whole[0], *whole[3:6]]
    assert len(millelieux("query", "timeline", "--limit", "0", "--format", "csv").out) < 100
    refused = millelieux("query", "-", "--limit", "3", stdin=EVERYTHING)
    assert (refused.code, refused.out) == (2, "")
    assert "query text" in refused.err


def test_the_values_of_a_parameter_are_listed() -> None:
    """Each with its label in the language asked; a parameter that does not exist is corrected."""
    run = millelieux("query", "findings", "--values", "stance", "--lang", "en")
    listed = dict(line.split("\t") for line in run.out.splitlines())
    assert set(listed) == {"supports", "limits", "counter-example", "neutral"}
    assert all(listed.values())
    wrong = millelieux("query", "findings", "--values", "stances")
    assert (wrong.code, wrong.out) == (2, "")
    assert "stance" in wrong.err


def test_a_place_may_be_named_as_people_name_it() -> None:
    """A name, an IRI and a code give the same answer."""
    answers = {
        millelieux("query", "programme", "--param", f"place={name}", "--format", "csv").out
        for name in ("terralab", "TerraLab", "https://w3id.org/millelieux/id/place/terralab")
    }
    assert len(answers) == 1


def test_labels_come_in_the_language_asked() -> None:
    """French by default, English with `--lang en`; a parameter given by name wins."""
    french, english, both = (
        millelieux("query", "impacts", "--format", "csv", *words).out
        for words in ([], ["--lang", "en"], ["--lang", "en", "--param", "lang=fr"])
    )
    assert french != english
    assert french == both


def test_a_query_is_explained(tmp_path: Path) -> None:
    """A line a mistake, with file, line and column; exit code 1, and 0 where there is none."""
    file = tmp_path / "mine.rq"
    file.write_text(ASK.replace("ThirdPlace", "ThirdPlcae"), encoding="utf-8")
    run = millelieux("query", "--explain", file)
    assert run.code == 1
    assert run.out.startswith(f"{file}:1:")
    assert "ml:ThirdPlace" in run.out
    told = json.loads(millelieux("query", "--explain", file, "--format", "json").out)
    assert [set(finding) for finding in told] == [{"rule", "where", "problem"}] * len(told)
    for fine in ("places", "-"):
        right = millelieux("query", "--explain", fine, stdin=ASK)
        assert (right.code, right.out) == (0, "")
    assert millelieux("query", "--explain", "places", "--format", "csv").code == 2


def test_what_follows_is_asked_for() -> None:
    """Claims are known as such where RDFS or OWL 2 RL is chosen."""
    count = ASK.replace("ThirdPlace", "Claim")
    answers = [
        millelieux("query", "-", *words, stdin=count).out.strip()
        for words in ([], *(["--entailment", regime] for regime in ("none", "rdfs", "owl-rl")))
    ]
    assert answers == ["false", "false", "true", "true"]


def test_a_store_is_made_and_asked(tmp_path: Path) -> None:
    """`load` puts data and what follows from them on the disk, where `query` finds them."""
    folder = tmp_path / "places.store"
    made = millelieux("load", TEMPLATE, "--store", folder, "--entailment", "owl-rl")
    assert (made.code, made.out) == (0, "")
    run = millelieux("query", "places", "--data", folder, "--format", "csv")
    assert [row.split(",")[0] for row in run.out.splitlines()[1:]] == ["la-navette"]
    claim = ASK.replace("ThirdPlace", "Claim")
    assert millelieux("query", "-", "--data", folder, stdin=claim).out == "true\n"
    again = millelieux("load", TEMPLATE, "--store", folder)
    assert again.code == 3
    assert "name a new folder" in again.err


def test_memory_is_limited() -> None:
    """A query that needs more than it may is stopped with a sentence, exit code 3."""
    greedy = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?d"
    run = millelieux("query", "-", "--memory", "40", "--format", "csv", stdin=greedy)
    assert (run.code, run.out) == (3, "")
    assert "40 MiB" in run.err
    assert len(run.err.splitlines()) == 1


def test_ten_megabytes_of_text_are_no_query() -> None:
    """They are refused by a limit that is stated, before anything parses them."""
    run = millelieux("query", "-", stdin="ASK {} #" + "x" * 10_000_000)
    assert (run.code, run.out) == (2, "")
    assert "longer than 100000 characters" in run.err


# The world around it.


@pytest.mark.parametrize(
    "words", [["query", "-", "--format", "csv"], ["queries"], ["infer", str(TEMPLATE)]]
)
def test_a_reader_may_leave_early(words: list[str]) -> None:
    """`| head -1` gets its line, and nobody complains."""
    process = start(*words, stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(EVERYTHING.encode())
    process.stdin.close()
    process.stdin = None
    assert process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    run = finish(process)
    assert run.code == 0
    assert run.err.replace("new triples", "").strip("0123456789,. \n") == ""


@posix
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_one_sentence(how: signal.Signals) -> None:
    """Ctrl-C, or a request to end, stops a long query within two seconds, exit code 130."""
    process = start("query", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(ENDLESS.encode())
    process.stdin.close()
    process.stdin = None
    while process.poll() is None and _seconds_used(process.pid) < 0.5:
        time.sleep(0.01)
    process.send_signal(how)
    began = time.monotonic()
    run = finish(process)
    assert time.monotonic() - began < 2
    assert (run.code, run.out) == (130, "")
    assert run.err == "millelieux: Interrupted; nothing was left half done.\n"


def _seconds_used(pid: int) -> float:
    """Return the processor time of a process and its children: one sees that they are at work."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    except OSError:
        time.sleep(0.5)
        return 1.0
    fields = stat.rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(_seconds_used, map(int, children.split())))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
@pytest.mark.parametrize(
    "words", [["query", "places"], ["queries"], ["infer", str(TEMPLATE)], ["check", "broken.ttl"]]
)
def test_a_full_output_is_told(tmp_path: Path, words: list[str]) -> None:
    """An answer that cannot be written is no answer: exit code 3, one sentence."""
    (tmp_path / "broken.ttl").write_text("<place> a ", encoding="utf-8")
    with Path("/dev/full").open("wb") as full:
        run = finish(start(*words, stdout=full.fileno(), cwd=tmp_path))
    assert run.code == 3
    assert "No space left on device" in run.err
    assert "Cannot write the output" in run.err


@posix
@pytest.mark.parametrize(
    ("stream", "words", "code"),
    [
        (">&-", "queries", 0),
        ("<&-", "query -", 2),
        ("<&-", "check -", 0),
        ("2>&-", "query nothing", 2),
    ],
)
def test_a_closed_stream_is_an_empty_one(stream: str, words: str, code: int) -> None:
    """Whoever closes a stream gets no answer from it, and no traceback either."""
    script = f'exec "$@" {words} {stream}'
    process = subprocess.Popen(
        ["sh", "-c", script, "sh", *PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert finish(process).code == code


@pytest.mark.skipif(sys.platform == "win32", reason="no sparse files")
@pytest.mark.parametrize("size", [200 * 10**6, 200 * 10**9])
@pytest.mark.parametrize(
    "words", [["query", "places", "--data"], ["check"], ["infer"], ["publish"]]
)
def test_a_large_file_given_by_mistake_is_refused(
    tmp_path: Path, words: list[str], size: int
) -> None:
    """200 MB, or a thousand times as much, are refused unread by a limit that is stated."""
    large = tmp_path / "large.ttl"
    with large.open("wb") as file:
        file.truncate(size)
    run = millelieux(*words, large, cwd=tmp_path)
    assert (run.code, run.out) == (3, "")
    assert "limit of 128 MiB" in run.err
    assert len(run.err.splitlines()) == 1


def test_a_large_stream_is_refused_while_it_is_read() -> None:
    """What has no size beforehand is counted: endless input is left at the limit, exit code 3."""
    comment = b"#" * (2**20 - 1) + b"\n"
    run = millelieux("check", "-", stdin=comment * 140)
    assert (run.code, run.out) == (3, "")
    assert "<stdin> is larger than the limit of 128 MiB" in run.err


def test_talk_is_plain_where_no_terminal_is() -> None:
    """No colour, no progress line, no carriage return goes into a file or a pipe."""
    run = millelieux("infer", TEMPLATE)
    assert not {"\x1b", "\r"} & set(run.out + run.err)


def test_words_are_utf_8_whatever_the_locale() -> None:
    """The data are the same bytes in the C locale as elsewhere."""
    words = ["query", "places", "--format", "csv"]
    assert millelieux(*words, LC_ALL="C", PYTHONUTF8="0").out == millelieux(*words).out
