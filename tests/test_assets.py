"""Parts of others: what is taken from npm, how a wheel gets it, and how one does without."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from command import ROOT
from conftest import missing

from millelieux_graph import assets, queries
from millelieux_graph.pages import Pages

if TYPE_CHECKING:
    import millelieux_graph as ml


@pytest.fixture(scope="module")
def built() -> None:
    """The parts, as the hook has put them into the package."""
    if assets.missing():
        missing("A part from npm", "Type: just assets (needs npm)")


@pytest.fixture
def hook() -> ModuleType:
    """The hook that builds them."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the hook reads of a checkout, with the room where it writes."""
    for folder in ("assets", "LICENSES"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "src" / "millelieux_graph").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package that was built without npm."""
    monkeypatch.setattr(assets, "_HOME", tmp_path / "nowhere")
    assets.parts.cache_clear()
    yield
    assets.parts.cache_clear()


# What there is.


def test_every_part_is_pinned(built: None) -> None:
    """Versions are those of the manifest, one by one, and the lock names hashes and no address."""
    wanted = json.loads((ROOT / "assets" / "package.json").read_text("utf-8"))["dependencies"]
    lock = json.loads((ROOT / "assets" / "package-lock.json").read_text("utf-8"))["packages"]
    assert {part.name: part.version for part in assets.parts()}.items() <= wanted.items()
    for name, locked in lock.items():
        assert not name or locked["integrity"].startswith("sha512-"), name
        assert "resolved" not in locked, name


def test_a_release_carries_parts_with_their_licences(built: None) -> None:
    """Each file is listed with its hash and size, and beside each part stands its licence."""
    files = dict(assets.files())
    listed = [file for part in assets.parts() for file in part.files]
    assert set(files) == {f"assets/{file.name}" for file in listed} | {"assets/parts.json"}
    for file in listed:
        data = files[f"assets/{file.name}"]
        assert (sha256(data).hexdigest(), len(data)) == (file.sha256, file.bytes), file.name
    for part in assets.parts():
        text = files[f"assets/{part.licence_file}"].decode()
        assert len(text) > 500, part.name
        assert "opyright" in text or "public domain" in text, part.name


def test_a_bundle_tells_the_licences_of_all_that_is_in_it(built: None) -> None:
    """The editor is one file made of many packages; the text beside it names each of them."""
    text = dict(assets.files())["assets/yasgui/LICENSE-yasgui.txt"].decode()
    for name in ("@zazuko/yasqe", "@zazuko/yasr", "codemirror", "dompurify", "lodash-es", "n3"):
        assert f"\n{name} " in text, name


def inside(ring: Sequence[tuple[float, float]], east: float, north: float) -> bool:
    """Tell whether a point lies in a ring: a line eastwards crosses it an odd number of times."""
    crossings = 0
    for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y > north) != (v > north) and east < x + (north - y) / (v - y) * (u - x):
            crossings += 1
    return crossings % 2 == 1


def test_the_places_of_the_report_stand_on_land(built: None, dataset: ml.Dataset) -> None:
    """The outlines are where they should be: each place lies in exactly one country."""
    rings = assets.outlines()
    assert rings is not None
    answer: Any = dataset.query("places")
    north, east = answer.columns.index("latitude"), answer.columns.index("longitude")
    for row in answer:
        around = [ring for ring in rings if inside(ring, float(row[east]), float(row[north]))]
        assert len(around) == 1, row


def test_outlines_are_small_and_within_their_box(built: None) -> None:
    """They weigh little, and hold nothing that a map of western Europe would not show."""
    rings = assets.outlines()
    assert rings is not None
    assert len(dict(assets.files())["assets/outlines.json"]) < 60_000
    assert all(-12 <= x <= 20 and 34 <= y <= 60 for ring in rings for x, y in ring)
    assert all(len(ring) > 3 for ring in rings)


# What there may not be.


def test_without_parts_a_release_says_what_it_lacks(bare: None) -> None:
    """Nothing fails: there are no files, no outlines, no query page, and a word for each."""
    assert list(assets.files()) == []
    assert assets.outlines() is None
    assert not assets.complete()
    told = assets.missing()
    assert len(told) == 5
    assert "the query page" in told[0]


def test_without_parts_the_query_page_says_what_to_do(bare: None, dataset: ml.Dataset) -> None:
    """It holds the stored questions, each with its page, and asks for no script of the editor."""
    site = Pages(dataset.graph)
    assert "sparql" not in site.site.rooms
    page = next(data for name, data in site._catalogue() if name == "sparql.html").decode()
    assert "sans l’éditeur de requêtes" in page
    assert page.count("data-stored=") == len(queries.catalogue())
    assert "yasgui" not in page
    assert "sparql.js" not in page


def test_without_npm_the_hook_says_so(
    hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No program, no parts, one sentence, and nothing left behind."""
    monkeypatch.setenv("PATH", str(checkout))
    said: list[str] = []
    assert hook.build(checkout, said.append) is False
    assert len(said) == 1
    assert "npm is missing" in said[0]
    assert sorted(path.name for path in checkout.iterdir()) == ["LICENSES", "assets", "src"]
    assert list((checkout / "src" / "millelieux_graph").iterdir()) == []


def test_when_npm_fails_the_hook_says_why(
    hook: ModuleType, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line of what npm says is told; parts of another state do not stay."""
    programs = tmp_path / "programs"
    programs.mkdir()
    npm = programs / "npm"
    npm.write_text("#!/bin/sh\necho 'no network' >&2\nexit 1\n", "utf-8")
    npm.chmod(0o755)
    stale = checkout / "src" / "millelieux_graph" / "_assets"
    stale.mkdir()
    (stale / "made-of.txt").write_text("something else", "utf-8")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.defpath}")
    said: list[str] = []
    assert hook.build(checkout, said.append) is False
    assert "npm ci: no network" in said[0]
    assert not stale.exists()


def test_the_hook_makes_the_same_parts_again(built: None, hook: ModuleType, checkout: Path) -> None:
    """From the same lock come the same bytes; made once, they are not made again."""
    if shutil.which("npm") is None:
        missing("npm", "Type: apt-get install npm")
    said: list[str] = []
    assert hook.build(checkout, said.append), said
    made = checkout / "src" / "millelieux_graph" / "_assets"
    here = Path(assets.__file__).with_name("_assets")
    for part in assets.parts():
        for file in part.files:
            assert (made / file.name).read_bytes() == (here / file.name).read_bytes(), file.name
    mark = (made / "made-of.txt").stat()
    assert hook.build(checkout, said.append)
    assert (made / "made-of.txt").stat().st_mtime_ns == mark.st_mtime_ns
    assert said == []


def wheel(checkout: Path, **variables: str) -> set[str]:
    """Return the names in a wheel built of a checkout."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"],
        cwd=checkout,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
    )
    (built,) = (checkout / "dist").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_a_wheel_carries_the_parts_if_it_can(built: None, tmp_path: Path) -> None:
    """A wheel holds what the package holds; without npm it is whole but for the parts."""
    kept = shutil.ignore_patterns(".git", ".venv*", "node_modules", "tests", "docs", ".*_cache")
    here = tmp_path / "with"
    shutil.copytree(ROOT, here, ignore=kept)
    names = wheel(here)
    assert {f"millelieux_graph/_assets/{f.name}" for p in assets.parts() for f in p.files} <= names
    bare = tmp_path / "without"
    shutil.copytree(here, bare, ignore=shutil.ignore_patterns("_assets", "dist"))
    less = wheel(bare, PATH=str(tmp_path))
    assert less == {name for name in names if "/_assets/" not in name}
    assert "millelieux_graph/pages/static/sparql.js" in less
