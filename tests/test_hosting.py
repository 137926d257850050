"""nginx and Apache, with the rules that a release brings, answer as the negotiation says."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hosts import BASE, PATH, Host, apache, nginx
from test_negotiation import ASKED, SPOKEN

from millelieux_graph import hosting
from millelieux_graph.addresses import page
from millelieux_graph.errors import UsageError
from millelieux_graph.negotiation import DOCUMENTS, OFFERED, language, media_type

pytest_plugins = ["stages"]

THING = f"{PATH}id/place/bliiida"
# Stems, and the media types of what is there.
STEMS: Mapping[str, Sequence[str]] = {
    "id/place/bliiida": OFFERED,
    "ontology": OFFERED,
    "thing/a~2Eb/c": OFFERED,
    "id/place/gone": ("text/html",),
    "query/places": (
        "text/html",
        "text/csv",
        "application/sparql-results+json",
        "application/sparql-query",
    ),
    "void": ("text/turtle",),
    "context": ("application/ld+json",),
}
OTHERS = [
    *("index.html", "index.en.html", "404.html", "404.en.html", "SHA256SUMS", "linkset.json"),
    *("linkset.txt", "id/place/index.html", "id/place/index.en.html", "vocab/use/index.html"),
    *("ontology/millelieux.ttl", "assets/style.css", "files/file.nq.gz", "tables/a-metadata.json"),
]


@pytest.fixture(scope="module")
def release() -> Iterator[Path]:
    """A folder laid out like a release, with a file of each type, for servers of any user."""
    with TemporaryDirectory() as name:
        fill(Path(name))
        yield Path(name)


def fill(folder: Path) -> None:
    """Write files that hold their own names."""
    names = [f"{stem}{DOCUMENTS[kind]}" for stem, kinds in STEMS.items() for kind in kinds]
    names += [name.replace(".html", ".en.html") for name in names if name.endswith(".html")]
    names += [*OTHERS, *(f"files/file{suffix}" for suffix in hosting.TYPES)]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "files/long.html").write_text("word " * 1000, encoding="utf-8")
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o755)


@contextmanager
def htaccess(release: Path, base_url: str = BASE) -> Iterator[Host]:
    """Serve a copy of a folder with the rules beside the files, as shared hosts have it."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "release"
        shutil.copytree(release, folder)
        Path(name).chmod(0o755)
        rules = dict(hosting.files(base_url))["hosting/apache.conf"]
        (folder / ".htaccess").write_bytes(rules)
        with apache(folder, base_url) as host:
            yield host


HOSTS: Mapping[str, Callable[..., AbstractContextManager[Host]]] = {
    "nginx": nginx,
    "apache": apache,
    "htaccess": htaccess,
}


@pytest.fixture(scope="module", params=HOSTS)
def host(request: pytest.FixtureRequest, release: Path) -> Iterator[Host]:
    """A web server that offers the folder."""
    with HOSTS[request.param](release) as running:
        yield running


def led(path: str, headers: Mapping[str, str]) -> str:
    """Return where an answer sends its reader, as a path."""
    return urlsplit(urljoin(path, headers["location"])).path


def expected(stem: str, accept: str, spoken: str = "") -> tuple[int, str]:
    """Return the status and the path that the negotiation asks for."""
    found = media_type(accept, STEMS[stem])
    if found is None:
        return 406, ""
    suffix = page("", language(spoken)) if found == "text/html" else DOCUMENTS[found]
    return 303, f"{PATH}{stem}{suffix}"


def answered(host: Host, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """Return the status of an answer and the path that it leads to."""
    status, told, _ = host.ask(path, headers)
    return status, led(path, told) if "location" in told else ""


def words(value: str) -> set[str]:
    """Return the words of a header that is a list."""
    return {word.strip() for word in value.split(",")}


@pytest.mark.parametrize(("accept", "wanted"), ASKED.items())
def test_a_thing_is_answered_by_the_document_that_was_asked_for(
    host: Host, accept: str, wanted: str | None
) -> None:
    """303 to exactly what `media_type` says, and 406 where it says nothing."""
    status, headers, body = host.ask(THING, {"Accept": accept})
    if wanted is None:
        assert status == 406
        assert headers["content-type"].partition(";")[0] in ("text/plain", "text/html")
        assert all(name.encode() in body for name in OFFERED)
        assert b"text/csv" not in body
    else:
        assert (status, led(THING, headers)) == (303, THING + DOCUMENTS[wanted])
    assert {"Accept", "Accept-Language"} <= words(headers["vary"])
    assert headers["access-control-allow-origin"] == "*"
    assert host.ask(THING, {"Accept": accept}, "HEAD")[0] == status


@pytest.mark.parametrize(("spoken", "wanted"), SPOKEN.items())
def test_a_page_is_in_the_language_that_was_asked_for(host: Host, spoken: str, wanted: str) -> None:
    """303 to the page that `language` says."""
    assert language(spoken) == wanted
    asked = {"Accept": "text/html", "Accept-Language": spoken}
    assert answered(host, THING, asked) == expected("id/place/bliiida", "text/html", spoken)


def test_both_servers_are_the_negotiation(host: Host) -> None:
    """Four hundred headers that nobody has thought of, for things with all kinds of documents."""
    draw = random.Random("negotiation")  # noqa: S311  # the same headers each time
    ranges = [*DOCUMENTS, "text/*", "application/*", "*/*", "image/png", "application/json",
              "text/n3", "application/x-turtle", "application/xhtml+xml", "text/html;level=1",
              'application/ld+json;profile="https://example.org/a b"', "", "*"]  # fmt: skip
    tongues = ["fr", "en", "fr-CA", "en-GB", "de", "*", "frm"]
    for _ in range(400):
        stem = draw.choice(list(STEMS))
        asked = {
            "Accept": header(draw, ranges),
            "Accept-Language": header(draw, tongues),
        }
        wanted = expected(stem, asked["Accept"], asked["Accept-Language"])
        assert answered(host, PATH + stem, asked) == wanted, (stem, asked)


def header(draw: random.Random, ranges: Sequence[str]) -> str:
    """Return a header that names some ranges, with weights of all kinds."""
    blank = ["", "", " ", "\t", "  "]
    digits = [f"{draw.randrange(10**n):0{n}}" for n in (1, 2, 3) * 3]
    weights = ["", "", ";q=0", ";q=0.", ";q=0.000", ";q=1", ";q=1.000", ";q=1.1", ";q=x", ";v=1",
               ";Q=0.5", ";q=0.5;v=1", ";v=1;q=0.5", "; q=0.5", " ;\tq=0.5 ", ";q =0.1",
               *(f";q=0.{number}" for number in digits)]  # fmt: skip
    parts = [
        draw.choice(blank) + draw.choice(ranges) + draw.choice(weights) + draw.choice(blank)
        for _ in range(draw.randrange(7))
    ]
    return ",".join(parts).strip()


def test_weights_count_to_the_thousandth(host: Host) -> None:
    """Of neighbouring weights of any length the greater one wins, wherever the digits carry."""
    numbers = [0, 1, 9, 10, 11, 99, 100, 101, 109, 110, 199, 200, 499, 500, 899, 900, 990, 999]
    for one in numbers:
        greater = f"0.{one + 1:03}" if one < 999 else "1"
        asked = f"text/turtle;q=0.{one:03},application/rdf+xml;q={greater}"
        assert answered(host, THING, {"Accept": asked}) == (303, f"{THING}.rdf"), asked
        asked = f"text/turtle;q={greater},application/rdf+xml;q={f'0.{one:03}'.rstrip('0')}"
        assert answered(host, THING, {"Accept": asked}) == (303, f"{THING}.ttl"), asked


def test_who_says_nothing_gets_the_page(host: Host) -> None:
    """Without any header the French page is next, for GET and HEAD alike, with a query or not."""
    for method in ("GET", "HEAD"):
        for query in ("", "?", "?lang=en&x=/a.b"):
            status, headers, _ = host.ask(THING + query, method=method)
            assert (status, led(THING, headers).partition("?")[0]) == (303, f"{THING}.html")
            assert {"Accept", "Accept-Language"} <= words(headers["vary"])


def test_only_what_is_there_is_offered(host: Host) -> None:
    """A query has its answer as a table, a tombstone a page alone, and 406 names these."""
    query = f"{PATH}query/places"
    assert answered(host, query, {"Accept": "text/csv"}) == (303, f"{query}.csv")
    assert answered(host, query, {"Accept": "application/json"}) == (303, f"{query}.srj")
    assert answered(host, query, {"Accept": "text/turtle,*/*;q=0.1"}) == (303, f"{query}.html")
    status, _, body = host.ask(query, {"Accept": "text/turtle"})
    assert (status, b"text/csv" in body, b"text/turtle" in body) == (406, True, False)
    assert answered(host, f"{PATH}void", {}) == (303, f"{PATH}void.ttl")


def test_names_of_ours_cannot_be_sent(host: Host) -> None:
    """Headers called like the rules' own variables change nothing, or caches would be poisoned."""
    plain = host.ask(THING, {"Accept": "text/turtle"})[1]["location"]
    for name in ("ml_ttl", "ml_rdf", "ml_any", "ml_en", "ml_best", "ml_suffix", "ml_found"):
        for value in ("1", "0.5", "0", "evil"):
            told = host.ask(THING, {"Accept": "text/turtle", name: value})[1]
            assert told["location"] == plain


@pytest.mark.parametrize("suffix", sorted(hosting.TYPES))
def test_a_file_has_the_type_that_its_suffix_says(host: Host, suffix: str) -> None:
    """With its encoding where the type has several, and open to scripts of other sites."""
    status, headers, body = host.ask(f"{PATH}files/file{suffix}")
    assert (status, body) == (200, f"files/file{suffix}".encode())
    told, _, charset = headers["content-type"].partition(";")
    assert told == hosting.TYPES[suffix]
    assert charset.strip().lower() == (
        "charset=utf-8" if told.startswith(("text/", "image/svg")) else ""
    )
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "max-age=600"
    assert "content-encoding" not in headers
    assert "Accept" not in words(headers.get("vary", ""))


@pytest.mark.parametrize(
    ("name", "media_type"),
    {
        ".well-known/void": "text/turtle",
        "SHA256SUMS": "text/plain",
        "linkset.json": "application/linkset+json",
        "linkset.txt": "application/linkset",
        "files/file.nq.gz": "application/gzip",
        "ontology/millelieux.ttl": "text/turtle",
        "context.jsonld": "application/ld+json",
        "tables/a-metadata.json": "application/json",
    }.items(),
)
def test_names_that_say_too_little_have_their_type(host: Host, name: str, media_type: str) -> None:
    """Also where a name has no suffix, or the suffix of something more general."""
    status, headers, body = host.ask(PATH + name, {"Accept-Encoding": "identity"})
    assert status == 200
    assert body == (b"void.ttl" if name.startswith(".") else name.encode())
    assert headers["content-type"].partition(";")[0] == media_type
    assert headers["access-control-allow-origin"] == "*"


def test_a_file_that_is_known_is_not_sent_again(host: Host) -> None:
    """304 by its tag and by its date, and a part of it where a part is asked for."""
    address = f"{PATH}files/file.ttl"
    _, headers, _ = host.ask(address)
    for known in (
        {"If-None-Match": headers["etag"]},
        {"If-Modified-Since": headers["last-modified"]},
    ):
        status, _, body = host.ask(address, known)
        assert (status, body) == (304, b"")
    status, _, body = host.ask(address, {"Range": "bytes=0-4"})
    assert (status, body) == (206, b"files")


def test_pages_are_packed_on_the_way_and_dumps_are_not(host: Host) -> None:
    """A page takes less, and is known again; a packed dump keeps the checksum that is listed."""
    asked = {"Accept-Encoding": "gzip"}
    _, headers, body = host.ask(f"{PATH}files/long.html", asked)
    assert headers["content-encoding"] == "gzip"
    assert len(body) < 500
    assert "Accept-Encoding" in words(headers["vary"])
    known = {**asked, "If-None-Match": headers["etag"]}
    assert host.ask(f"{PATH}files/long.html", known)[0] == 304
    _, headers, body = host.ask(f"{PATH}files/file.nq.gz", asked)
    assert headers["content-type"] == "application/gzip"
    assert "content-encoding" not in headers
    assert body == b"files/file.nq.gz"


def test_pages_and_drawings_may_run_nothing_of_others(host: Host) -> None:
    """Pages and drawings carry a policy; data carry none, since nothing shows them."""
    for name in ("id/place/bliiida.en.html", "nothing.html"):
        _, headers, _ = host.ask(PATH + name)
        assert headers["content-security-policy"] == hosting.POLICY
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    for suffix in (".svg", ".xml", ".rdf", ".atom"):
        _, headers, _ = host.ask(f"{PATH}files/file{suffix}")
        assert headers["content-security-policy"] == hosting.DRAWING_POLICY
    for suffix in (".ttl", ".js", ".wasm"):
        _, headers, _ = host.ask(f"{PATH}files/file{suffix}")
        assert "content-security-policy" not in headers


def test_pages_and_descriptions_lead_to_each_other(host: Host) -> None:
    """By typed links that hold for what is there; the identifier stands where it is ours."""
    cited = '<https://w3id.org/millelieux/id/place/bliiida>; rel="cite-as"'
    for suffix in (".html", ".en.html"):
        link = host.ask(THING + suffix)[1]["link"]
        assert '<bliiida.ttl>; rel="describedby"; type="text/turtle"' in link
        assert cited in link
    link = host.ask(f"{THING}.rdf")[1]["link"]
    assert '<bliiida.html>; rel="describes"; type="text/html"' in link
    assert cited in link
    link = host.ask(f"{PATH}thing/a~2Eb/c.html")[1]["link"]
    assert '<c.ttl>; rel="describedby"' in link
    assert "cite-as" not in link
    for name in ("id/place/gone.html", "query/places.html", "id/place/index.html", "void.ttl"):
        assert "link" not in host.ask(PATH + name)[1], name


def test_pages_say_their_language(host: Host) -> None:
    """In the header too, and nothing but pages does."""
    assert host.ask(f"{THING}.html")[1]["content-language"] == "fr"
    assert host.ask(f"{THING}.en.html")[1]["content-language"] == "en"
    assert "content-language" not in host.ask(f"{THING}.ttl")[1]


def test_what_is_not_there_is_not_there(host: Host) -> None:
    """404 with the page that says so, whatever was asked for, in the reader's language."""
    for path in ("id/place/nowhere", "id/place/nowhere.ttl", "nothing/at/all", "id/place/gone/",
                 "id/place/bliiida/more", "id/place/bliiida/more/x", "files/"):  # fmt: skip
        for accept in ("text/turtle", "text/html"):
            status, _, body = host.ask(PATH + path, {"Accept": accept})
            assert (status, body) == (404, b"404.html"), path
            asked = {"Accept": accept, "Accept-Language": "en"}
            status, _, body = host.ask(PATH + path, asked)
            assert (status, body) == (404, b"404.en.html"), path


def test_folders_have_their_page(host: Host) -> None:
    """In the reader's language where there are two, with the slash that its links need."""
    english = {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.8"}
    for folder in ("", "id/place/"):
        status, headers, body = host.ask(PATH + folder)
        assert (status, body) == (200, f"{folder}index.html".encode())
        assert "Accept-Language" in words(headers["vary"])
        status, headers, body = host.ask(PATH + folder, english)
        assert (status, body) == (200, f"{folder}index.en.html".encode())
        assert headers["content-language"] == "en"
    assert host.ask(f"{PATH}vocab/use/", english)[2] == b"vocab/use/index.html"
    for path in (f"{PATH}id/place", PATH.rstrip("/")):
        assert answered(host, path, {}) == (301, f"{path}/")
    assert host.ask(f"{PATH}id/")[::2] == (404, b"404.html")  # no list of files


def test_a_thing_beside_a_folder_is_a_thing(host: Host) -> None:
    """Also where a folder has its name."""
    assert answered(host, f"{PATH}ontology", {"Accept": "text/turtle"}) == (
        303,
        f"{PATH}ontology.ttl",
    )


def test_nothing_can_be_written(host: Host) -> None:
    """A release is read: 405 for all other methods, and for OPTIONS what browsers ask first."""
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in (THING, f"{THING}.ttl"):
            assert host.ask(path, {"Content-Length": "0"}, method)[0] == 405, (method, path)
    asked = {"Origin": "https://example.com", "Access-Control-Request-Headers": "if-none-match"}
    for path in (THING, f"{PATH}files/file.ttl", f"{THING}.ttl", f"{THING}.html"):
        status, headers, _ = host.ask(path, asked, "OPTIONS")
        assert status in (200, 204), path
        assert headers["access-control-allow-origin"] == "*"
        assert headers["access-control-allow-headers"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "id/../../../../../etc/passwd",
        "../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5cetc%5cpasswd",
        "id%2Fplace%2Fbliiida",
        "id/place%2fbliiida",
        "id/place/bliiida%2e%2e%2f",
        "id/place/%00",
        "id/place/bliiida%00.ttl",
        "id/place/bliiida%0d%0aX-Bad:%201",
        "id/place/bliiida%0aX-Bad:%201",
        "id/place/caf%C3%A9",
        "id/place/%ff%fe",
        "id/place/$ml_suffix",
        "id/place/%24%7Bml_suffix%7D",
        "id/place/" + "a" * 3000,
        ".htaccess",
        ".htpasswd",
    ],
)
def test_nothing_outside_is_ever_told(host: Host, path: str) -> None:
    """A path that climbs, hides a slash or breaks a line finds nothing, and breaks nothing."""
    status, headers, body = host.ask(PATH + path)
    assert status in (400, 403, 404, 414)
    assert "x-bad" not in headers
    assert b"root:" not in body


def test_an_address_may_be_written_otherwise(host: Host) -> None:
    """Letters as percent signs, and slashes twice, name the same thing (RFC 3986, section 6.2)."""
    for path in ("id/place/%62liiida", "id//place/bliiida", "id/place/x/../bliiida"):
        status, headers, _ = host.ask(PATH + path, {"Accept": "text/turtle"})
        assert status == 303
        assert headers["location"].endswith("bliiida.ttl")


def test_a_long_header_is_no_burden(host: Host) -> None:
    """Eight thousand characters are answered like any others, and more are refused."""
    long = ",".join(f"image/x-{n};q=0.{n % 10}" for n in range(440)) + ",text/turtle"
    assert 7_500 < len(long) < 8_000
    assert answered(host, THING, {"Accept": long}) == (303, f"{THING}.ttl")
    for hostile in ("text/turtle;" * 650, "text/turtle" + ";" * 7_900, "," * 7_900, " ," * 3_900):
        status = host.ask(THING, {"Accept": hostile.strip()})[0]
        assert status == (303 if media_type(hostile) else 406)
    assert host.ask(THING, {"Accept": "text/turtle," * 4_000})[0] in (400, 431)


@pytest.mark.parametrize("server", ["nginx", "apache"])
def test_a_real_release_is_served_whole(own_release: Path, server: str) -> None:
    """Each file of it has a type that somebody chose, and each thing leads to its documents."""
    base, place = "https://example.org/old/", "/old/"
    with TemporaryDirectory() as name:
        folder = Path(name) / "release"
        shutil.copytree(own_release, folder)
        for path in (Path(name), *folder.rglob("*"), folder):
            path.chmod(0o755 if path.is_dir() else 0o644)
        files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        with HOSTS[server](folder, base) as host:
            for file in sorted(files):
                status, headers, body = host.ask(place + quote(file))
                assert (status, body) == (200, (folder / file).read_bytes()), file
                if not file.startswith(("hosting/", "assets/")):
                    assert not headers["content-type"].startswith("application/octet"), file
            stems = {file.removesuffix(".ttl") for file in files if file.startswith("id/")}
            for stem in {s for s in stems if f"{s}.ttl" in files}:
                for kind in OFFERED:
                    address = place + quote(stem)
                    led = answered(host, address, {"Accept": kind})
                    assert led == (303, f"{address}{DOCUMENTS[kind]}")
                    assert host.ask(led[1])[0] == 200


@pytest.mark.parametrize("server", HOSTS)
@pytest.mark.parametrize(
    "path", ["/", "/a/", "/données/mille-lieux+(2)/", "/~someone/a.b/"], ids=ascii
)
def test_a_release_may_stand_anywhere(release: Path, server: str, path: str) -> None:
    """At the top of a host, or below a path of any letters."""
    place = quote(path, safe="/~+()")
    with HOSTS[server](release, f"https://example.org{path}") as host:
        thing = f"{place}id/place/bliiida"
        status, led = answered(host, thing, {"Accept": "text/turtle"})
        assert (status, unquote(led)) == (303, f"{path}id/place/bliiida.ttl")
        assert host.ask(f"{thing}.ttl")[2] == b"id/place/bliiida.ttl"
        assert host.ask(place)[2] == b"index.html"
        assert host.ask(f"{place}nowhere")[::2] == (404, b"404.html")
        assert host.ask(f"{place}.well-known/void")[2] == b"void.ttl"
        assert host.ask(f"{place}axb/id/place/bliiida")[0] == 404


def test_void_is_found_at_the_top_of_a_host(release: Path) -> None:
    """There are well-known addresses (RFC 8615), also when the release stands below a path."""
    with nginx(release) as host:
        status, headers, _ = host.ask("/.well-known/void")
        assert (status, headers["location"]) == (303, f"{PATH}void.ttl")


@pytest.mark.parametrize(
    "base_url",
    ["https://example.org/a%22b/", "https://example.org/$x/", "https://example.org/a%0Ab/"],
)
def test_a_path_that_could_be_a_rule_is_refused(base_url: str) -> None:
    """Nobody writes a configuration by an address."""
    with pytest.raises(UsageError):
        list(hosting.files(base_url))


def test_w3id_leads_to_where_the_release_is(release: Path) -> None:
    """The redirect keeps the path and the query, and what is asked for is decided there."""
    paths = {
        **{path: path for path in ("", "id/place/bliiida", "ontology", "dumps/millelieux.nq.gz")},
        "thing/a~2Eb/c": "thing/a~2Eb/c",
        "id/place?lang=en": "id/place?lang=en",
        "id/a%20b%25": "id/a%20b%25",
    }
    with apache(release, rules="w3id.htaccess", path="/millelieux") as w3id:
        for path, kept in paths.items():
            status, headers, _ = w3id.ask(f"/millelieux/{path}", {"Accept": "text/turtle"})
            assert (status, headers["location"]) == (302, BASE + kept)


def test_w3id_is_not_led_to_itself() -> None:
    """A release that is said to be at its identifiers has no rule for them, or it would circle."""
    there = {name for name, _ in hosting.files("https://w3id.org/millelieux/")}
    elsewhere = {name for name, _ in hosting.files(BASE)}
    assert elsewhere - there == {"hosting/w3id.htaccess"}


def test_rules_are_for_people_to_read() -> None:
    """They say what they are for, and two runs write the same."""
    files = dict(hosting.files(BASE))
    assert files == dict(hosting.files(BASE))
    for name, data in files.items():
        text = data.decode()
        assert text.startswith("# "), name
        assert len(text) < 25_000, name
