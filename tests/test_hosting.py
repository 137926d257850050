"""nginx and Apache, with the rules that a release brings, answer as the negotiation says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

import pytest
from hosts import BASE, PATH, Host, apache, nginx
from test_negotiation import ASKED, SPOKEN

from millelieux_graph import hosting
from millelieux_graph.addresses import page
from millelieux_graph.formats import FORMATS
from millelieux_graph.negotiation import language

THING = f"{PATH}id/place/bliiida"
DOCUMENTS = {f.media_type: f.suffix for f in FORMATS if f.kind == "graph"}


@pytest.fixture(scope="module")
def release() -> Iterator[Path]:
    """A folder laid out like a release, with a file of each type, for servers of any user."""
    with TemporaryDirectory() as name:
        fill(Path(name))
        yield Path(name)


def fill(folder: Path) -> None:
    """Write files that hold their own names."""
    names = ["id/place/index.html", "index.html", "404.html", "void.ttl", "SHA256SUMS"]
    names += ["ontology/millelieux.ttl", "assets/style.css"]
    names += [f"{stem}{suffix}" for stem in ("id/place/bliiida", "ontology", "thing/a~2Eb/c")
              for suffix in (".html", ".en.html", *DOCUMENTS.values())]  # fmt: skip
    names += [f"files/file{suffix}" for suffix in hosting.TYPES] + ["files/file.nq.gz"]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o755)


@pytest.fixture(scope="module", params=["nginx", "apache"])
def host(request: pytest.FixtureRequest, release: Path) -> Iterator[Host]:
    """A web server that offers the folder."""
    with (nginx if request.param == "nginx" else apache)(release) as running:
        yield running


def location(path: str, headers: Mapping[str, str]) -> str:
    """Return where an answer sends its reader, as a path."""
    return urljoin(path, headers["location"]).removeprefix("http://localhost")


def path_only(address: str) -> str:
    """Return an address without scheme and host."""
    return "/" + address.split("/", 3)[3] if "://" in address else address


@pytest.mark.parametrize(("accept", "wanted"), ASKED.items())
def test_a_thing_is_answered_by_the_document_that_was_asked_for(
    host: Host, accept: str, wanted: str | None
) -> None:
    """303 to exactly what `media_type` says, and 406 where it says nothing."""
    status, headers, body = host.ask(THING, {"Accept": accept})
    if wanted is None:
        assert status == 406
        assert b"text/turtle" in body
    else:
        suffix = DOCUMENTS.get(wanted, ".html")
        assert (status, path_only(location(THING, headers))) == (303, THING + suffix)
    assert {"Accept", "Accept-Language"} <= {v.strip() for v in headers["vary"].split(",")}


@pytest.mark.parametrize(("spoken", "wanted"), SPOKEN.items())
def test_a_page_is_in_the_language_that_was_asked_for(host: Host, spoken: str, wanted: str) -> None:
    """303 to the page that `language` says."""
    asked = {"Accept": "text/html", "Accept-Language": spoken}
    status, headers, _ = host.ask(THING, asked)
    assert language(spoken) == wanted
    assert (status, path_only(location(THING, headers))) == (
        303,
        THING + page("", language(spoken)),
    )


def test_who_says_nothing_gets_the_page(host: Host) -> None:
    """Without any header the French page is next, for GET and HEAD alike."""
    for method in ("GET", "HEAD"):
        status, headers, _ = host.ask(THING, method=method)
        assert (status, path_only(location(THING, headers))) == (303, f"{THING}.html")


@pytest.mark.parametrize("stem", ["ontology", "thing/a~2Eb/c"])
def test_other_things_are_things_too(host: Host, stem: str) -> None:
    """Also beside a folder of the same name, and where a name had to be written otherwise."""
    status, headers, _ = host.ask(PATH + stem, {"Accept": "text/turtle"})
    assert (status, path_only(location(PATH + stem, headers))) == (303, f"{PATH}{stem}.ttl")


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
    assert "etag" in headers
    assert "last-modified" in headers
    assert "content-encoding" not in headers


def test_a_packed_dump_is_a_file_to_keep(host: Host) -> None:
    """Nothing on the way unpacks it, so its checksum is the one that is listed."""
    _, headers, _ = host.ask(f"{PATH}files/file.nq.gz", {"Accept-Encoding": "gzip"})
    assert headers["content-type"] == "application/gzip"
    assert "content-encoding" not in headers


def test_pages_may_run_nothing_of_others(host: Host) -> None:
    """Pages carry a policy and lead to their description; data carry none."""
    _, headers, _ = host.ask(f"{THING}.en.html")
    assert headers["content-security-policy"] == hosting.POLICY
    assert '<bliiida.ttl>; rel="describedby"; type="text/turtle"' in headers["link"]
    _, headers, _ = host.ask(f"{THING}.ttl")
    assert "content-security-policy" not in headers
    assert "link" not in headers


def test_what_is_not_there_is_not_there(host: Host) -> None:
    """404 with the page that says so, whatever was asked for."""
    for path in ("id/place/nowhere", "id/place/nowhere.ttl", "nothing/at/all"):
        for accept in ("text/turtle", "text/html"):
            status, _, body = host.ask(PATH + path, {"Accept": accept})
            assert (status, body) == (404, b"404.html"), path


def test_folders_have_their_page(host: Host) -> None:
    """With the slash that its relative links need."""
    assert host.ask(f"{PATH}id/place/")[2] == b"id/place/index.html"
    assert host.ask(PATH)[2] == b"index.html"
    status, headers, _ = host.ask(f"{PATH}id/place")
    assert (status, path_only(location(f"{PATH}id/place", headers))) == (301, f"{PATH}id/place/")


def test_well_known_addresses_answer(host: Host) -> None:
    """VoID where crawlers look for it, and the sums, which have no suffix."""
    status, headers, body = host.ask(f"{PATH}.well-known/void")
    assert (status, body) == (200, b"void.ttl")
    assert headers["content-type"].startswith("text/turtle")
    assert host.ask(f"{PATH}SHA256SUMS")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "id/../../../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "id/place/bliiida%2e%2e%2f",
        "id/place/%00",
        "id/place/bliiida%0d%0aX-Bad:%201",
        "id//place",
    ],
)
def test_nothing_outside_is_ever_told(host: Host, path: str) -> None:
    """A path that climbs, hides a slash or breaks a line finds nothing, and breaks nothing."""
    status, headers, body = host.ask(PATH + path)
    assert status in (301, 400, 403, 404)
    assert "x-bad" not in headers
    assert b"root:" not in body


def test_a_long_header_is_no_burden(host: Host) -> None:
    """Four thousand characters of ranges are answered, or refused, as any other."""
    long = ",".join(f"image/x-{n};q=0.{n % 10}" for n in range(220)) + ",text/turtle"
    status, headers, _ = host.ask(THING, {"Accept": long})
    assert status in (303, 400, 431)
    if status == 303:
        assert headers["location"].endswith(".ttl")


def test_w3id_leads_to_where_the_release_is(release: Path) -> None:
    """The redirect keeps the path, and what it is asked for is decided there."""
    with apache(release, "w3id.htaccess", "/millelieux") as w3id:
        for path in ("", "id/place/bliiida", "ontology", "dumps/millelieux.nq.gz"):
            status, headers, _ = w3id.ask(f"/millelieux/{path}", {"Accept": "text/turtle"})
            assert (status, headers["location"]) == (302, BASE + path)
