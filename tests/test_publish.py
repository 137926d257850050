"""Publishing: a release is put into place whole, in a folder that is ours, or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command import PROGRAM, environment, finish, millelieux, start
from versions import write_version

from millelieux_graph import diff, queries
from millelieux_graph.formats import FORMATS
from millelieux_graph.sources import shipped

if TYPE_CHECKING:
    from stages import Released

pytest_plugins = ["stages"]

Tree = dict[str, bytes]
# A release that is served at w3id.org itself needs nobody to lead there.
OF_ITS_ADDRESS = {"hosting/w3id.htaccess"}


def tree(folder: Path) -> Tree:
    """Return the files of a folder, by their names in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(folder: Path) -> set[str]:
    """Return what stands in a folder, hidden things included."""
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def former(own_release: Path, tmp_path: Path) -> Path:
    """A folder that holds a release of ours, which differs from the one that would replace it."""
    folder = tmp_path / "home" / "site"
    shutil.copytree(own_release, folder)
    return folder


# What is written.


def test_a_release_has_the_files_that_are_promised(released: Released) -> None:
    """Dumps, tables, metadata, the vocabulary, each stored query with its answer, and its pages.

    Which dumps and tables there are is told in test_dumps and test_tables.
    """
    home = shipped.shipped("ontology")
    vocabulary = [p for room in (".", "vocab", "shapes") for p in (home / room).glob("*.ttl")]
    stored = [query.name for query in queries.catalogue()]
    expected = {"SHA256SUMS", "catalog.ttl", "context.jsonld", "void.ttl", "release.json"}
    expected |= {"query/queries.ttl", "dumps/millelieux.nq.gz", "tables/millelieux.sqlite"}
    expected |= {f"query/{name}{suffix}" for name in stored for suffix in (".rq", ".csv", ".html")}
    expected |= {f"ontology/{path.relative_to(home).as_posix()}" for path in vocabulary}
    assert expected <= set(tree(released.folder))


def test_the_answers_are_those_of_the_queries(released: Released) -> None:
    """A result in a release is what the stored query gives, and the query beside it is its file."""
    for name in ("places", "impact-matrix"):
        answer = millelieux("query", name, "--format", "csv")
        assert (released.folder / "query" / f"{name}.csv").read_bytes() == answer.out.encode()
        assert (released.folder / "query" / f"{name}.rq").read_text("utf-8") == queries.find(
            name
        ).text


def test_the_summary_tells_what_was_checked_and_written(released: Released) -> None:
    """It names the triples judged, the folder, the files, the dumps, and what to try next."""
    assert "triples" in released.summary
    assert "no finding" in released.summary
    assert f"{released.folder}: {len(tree(released.folder))} files" in released.summary
    assert all(f.name in released.summary for f in FORMATS if f.is_rdf)
    assert "millelieux query" in released.summary


def test_everybody_may_read_a_release(own_release: Path) -> None:
    """A web server that runs as somebody else can offer the folder as it is."""
    for path in (own_release, *own_release.rglob("*")):
        needed = 0o055 if path.is_dir() else 0o044
        assert path.stat().st_mode & needed == needed, path


# Where it is written.


def test_a_new_folder_may_be_deep(own: Path, tmp_path: Path) -> None:
    """Folders above the target are made when they are missing; nothing else appears in them."""
    run = millelieux("publish", own, "--out", tmp_path / "a" / "b" / "site")
    assert run.code == 0
    assert run.out == ""
    assert names(tmp_path / "a" / "b") == {"site"}


def test_an_empty_folder_is_taken(own: Path, own_release: Path, tmp_path: Path) -> None:
    """A folder that somebody made for it beforehand gets the release, and the same one."""
    (tmp_path / "site").mkdir()
    run = millelieux(
        "publish", own, "--out", "site", "--base-url", "https://example.org/old/", cwd=tmp_path
    )
    assert run.code == 0
    assert tree(tmp_path / "site") == tree(own_release)
    assert names(tmp_path) == {"site"}


def test_a_former_release_is_replaced(own: Path, former: Path) -> None:
    """The new one stands in its place; what a killed run left beside it disturbs nobody."""
    before = tree(former)
    (former.parent / ".site-left").mkdir()
    run = millelieux("publish", own, "--out", former)
    assert run.code == 0
    after = tree(former)
    assert set(after) ^ set(before) <= OF_ITS_ADDRESS
    assert after["catalog.ttl"] != before["catalog.ttl"]
    assert names(former.parent) == {"site", ".site-left"}


@pytest.mark.parametrize("content", ["keep.txt", "release.json", ".hidden"])
def test_a_folder_that_is_not_ours_is_refused(own: Path, tmp_path: Path, content: str) -> None:
    """Whatever it holds, even a file of our mark's name, stays as it is; exit code 3."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / content).write_text('{"generator": "somebody else"}', encoding="utf-8")
    before = tree(folder)
    run = millelieux("publish", own, "--out", folder)
    assert run.code == 3
    assert "not a release of ours" in run.err
    assert tree(folder) == before
    assert names(tmp_path) == {"site"}


def test_a_release_with_something_added_is_refused(
    own: Path, own_release: Path, tmp_path: Path
) -> None:
    """What somebody has put into a release of ours is named, and stays."""
    folder = tmp_path / "site"
    shutil.copytree(own_release, folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    before = tree(folder)
    run = millelieux("publish", own, "--out", folder)
    assert run.code == 3
    assert "notes.txt" in run.err
    assert tree(folder) == before


def test_a_file_is_no_target(own: Path, tmp_path: Path) -> None:
    """A file is refused in one sentence and keeps its content."""
    file = tmp_path / "site"
    file.write_text("mine", encoding="utf-8")
    run = millelieux("publish", own, "--out", file)
    assert run.code == 3
    assert len(run.err.splitlines()) == 1
    assert file.read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == {"site"}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_parent_that_may_not_be_written_is_told(own: Path, tmp_path: Path) -> None:
    """No permission: one sentence, exit code 3."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    run = millelieux("publish", own, "--out", locked / "site")
    assert run.code == 3
    assert "Permission denied" in run.err


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="no folder that refuses even root")
def test_a_parent_that_nobody_may_write_is_told(own: Path) -> None:
    """A file system that takes no folder: one sentence that names the target, exit code 3."""
    run = millelieux("publish", own, "--out", "/proc/site")
    assert run.code == 3
    assert "Cannot write /proc/site" in run.err
    assert "Nothing was changed" in run.err


# What interrupts it.


@pytest.mark.skipif(os.name != "posix", reason="the limit is set by a POSIX shell")
def test_a_disk_without_room_changes_nothing(own: Path, former: Path) -> None:
    """When a write fails, one sentence says so, the former release stays, and no rest remains."""
    before = tree(former)
    limited = ["sh", "-c", 'ulimit -f 100; exec "$@"', "sh"]  # 50 or 100 kB a file: a dump has more
    process = subprocess.Popen(
        [*limited, *PROGRAM, "publish", str(own), "--out", str(former)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    run = finish(process)
    assert run.code == 3
    assert "Cannot write" in run.err
    assert "Nothing was changed" in run.err
    assert len(run.err.splitlines()) == 1
    assert tree(former) == before
    assert names(former.parent) == {"site"}


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None,
    reason="only root can mount a small disk",
)
def test_a_full_disk_changes_nothing(own: Path, tmp_path: Path) -> None:
    """The same on a real disk that fills up."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        run = millelieux("publish", own, "--out", disk / "site")
        assert run.code == 3
        assert "No space left on device" in run.err
        assert names(disk) == set()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _at_work(home: Path) -> bool:
    """Tell whether the new release is being prepared."""
    return len(names(home)) > 1


def _at_writing(home: Path) -> bool:
    """Tell whether some of its files are written."""
    return any(path.is_dir() for path in home.glob(".site-*/dumps"))


def _at_the_end(home: Path) -> bool:
    """Tell whether its last file is written, or it is in its place already."""
    catalog = (home / "site" / "catalog.ttl").read_text(encoding="utf-8")
    return any(home.glob(".site-*/SHA256SUMS")) or "/old/" not in catalog


def wait(process: subprocess.Popen[bytes], home: Path, reached: Callable[[Path], bool]) -> None:
    """Look without pause until a stage is reached or the process has ended."""
    while process.poll() is None and not reached(home):
        pass


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize(
    ("how", "stage"),
    [
        (signal.SIGINT, _at_work),
        (signal.SIGINT, _at_the_end),
        (signal.SIGTERM, _at_writing),
        (signal.SIGKILL, _at_work),
        (signal.SIGKILL, _at_writing),
        (signal.SIGKILL, _at_the_end),
    ],
)
def test_an_interruption_leaves_a_whole_release(
    own: Path, former: Path, how: signal.Signals, stage: Callable[[Path], bool]
) -> None:
    """Whenever it is stopped, the folder holds the former release or the new one, never a mixture.

    Who can still clean up does: only a kill leaves the unfinished folder, and the next run works.
    """
    home = former.parent
    before = tree(former)
    process = start("publish", own, "--out", former)
    wait(process, home, stage)
    process.send_signal(how)
    run = finish(process)
    after = tree(former)
    if after != before:
        assert stage is not _at_work
        assert set(after) ^ set(before) <= OF_ITS_ADDRESS
        assert "example.org/old" not in after["catalog.ttl"].decode()
    if how == signal.SIGKILL:
        assert run.code in {-signal.SIGKILL, 0}
    else:
        assert run.code in {130, 0}
        assert run.code == 0 or run.err == "millelieux: Interrupted; nothing was left half done.\n"
        assert names(home) == {"site"}


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_an_interruption_before_the_work_is_told(own: Path, former: Path) -> None:
    """While it still reads or infers: exit code 130, one sentence, nothing changed."""
    before = tree(former)
    process = start("publish", own, "--out", former)
    wait(process, former.parent, lambda _: started(process))
    process.send_signal(signal.SIGINT)
    run = finish(process)
    assert (run.code, run.out) == (130, "")
    assert run.err == "millelieux: Interrupted; nothing was left half done.\n"
    assert tree(former) == before


def started(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether the command has passed its own start and loads what infers."""
    maps = Path(f"/proc/{process.pid}/maps")
    if maps.exists():
        return "pyoxigraph" in maps.read_text(encoding="utf-8")
    time.sleep(0.5)
    return True


# What came before it.


def rewritten(folder: Path, name: str, old: str, new: str) -> None:
    """Replace words in a file."""
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def test_another_version_is_never_overwritten(
    successive: Sequence[Path], own: Path, tmp_path: Path
) -> None:
    """Exit code 3, a command that works instead, and the release stays; without version too."""
    folder = tmp_path / "site"
    shutil.copytree(successive[0], folder)
    before = tree(folder)
    data = write_version(tmp_path / "data", "0.2.0")
    words: list[list[str | Path]] = [[own], [data, "--previous", successive[0]], [data]]
    runs = [millelieux("publish", *each, "--out", folder) for each in words]
    for run in runs:
        assert run.code == 3
        assert f"{folder} holds 0.1.0" in run.err
        assert "never changes" in run.err
        assert len(run.err.splitlines()) == 1
    assert tree(folder) == before
    assert f"--previous {folder} --out {folder}-0.2.0" in runs[-1].err


def test_a_version_is_drafted_again_and_again(tmp_path: Path) -> None:
    """Before it goes out, the same version may be written with other content."""
    data = write_version(tmp_path / "data", "0.1.0")
    assert millelieux("publish", data, "--out", tmp_path / "site").code == 0
    before = tree(tmp_path / "site")
    rewritten(data, "place.ttl", "ml:value 420", "ml:value 421")
    assert millelieux("publish", data, "--out", tmp_path / "site").code == 0
    assert tree(tmp_path / "site")["release.json"] != before["release.json"]


def test_a_draft_never_loses_its_tombstones(successive: Sequence[Path], tmp_path: Path) -> None:
    """Writing it again without naming the release before is refused; naming it gives the same."""
    folder = tmp_path / "site"
    shutil.copytree(successive[1], folder)
    data = write_version(tmp_path / "data", "0.2.0")
    run = millelieux("publish", data, "--out", folder)
    assert run.code == 3
    assert "came after 0.1.0" in run.err
    assert "--previous" in run.err
    run = millelieux("publish", data, "--out", folder, "--previous", successive[0])
    assert run.code == 0
    assert "Since    0.1.0: 1 added, 1 removed" in run.err
    assert "suggests major; 2 tombstones" in run.err
    assert tree(folder) == tree(successive[1])


@pytest.mark.parametrize(
    ("version", "previous", "refusal"),
    [
        ("0.1.0", "site-0.1.0", (2, "is version 0.1.0 too")),
        ("0.2.0", "nowhere", (3, "No such folder")),
        ("0.2.0", "data", (3, "is no release")),
        ("", "site-0.1.0", (2, "tell no version")),
    ],
)
def test_what_cannot_come_before_is_refused(
    successive: Sequence[Path],
    own: Path,
    tmp_path: Path,
    version: str,
    previous: str,
    refusal: tuple[int, str],
) -> None:
    """Before any long work: one sentence, and no folder is made."""
    data = write_version(tmp_path / "data", version) if version else own
    before = successive[0].parent / previous
    run = millelieux("publish", data, "--out", tmp_path / "site", "--previous", before)
    assert (run.code, run.out) == (refusal[0], "")
    assert refusal[1] in run.err
    assert len(run.err.splitlines()) == 1
    assert names(tmp_path) <= {"data"}


def test_a_damaged_release_before_changes_nothing(
    successive: Sequence[Path], tmp_path: Path
) -> None:
    """A dump that lacks a line would bury what is alive, so it is refused by its hash."""
    before = tmp_path / "before"
    shutil.copytree(successive[0], before)
    (dump,) = (before / "dumps").glob("millelieux.nq*")
    dump.unlink()
    lines = list(diff.of_release(successive[0]).lines())
    (before / "dumps" / "millelieux.nq").write_bytes(b"".join(lines[:-5]))
    data = write_version(tmp_path / "data", "0.2.0")
    run = millelieux("publish", data, "--out", tmp_path / "site", "--previous", before)
    assert run.code == 3
    assert "not the dump that its release.json tells" in run.err
    assert names(tmp_path) == {"before", "data"}


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_a_killed_comparison_leaves_the_former_draft(
    successive: Sequence[Path], tmp_path: Path
) -> None:
    """The draft and the release before it stay as they were."""
    home = tmp_path / "home"
    shutil.copytree(successive[1], home / "site")
    before = tree(home / "site"), tree(successive[0])
    data = write_version(tmp_path / "data", "0.2.0")
    process = start("publish", data, "--out", home / "site", "--previous", successive[0])
    wait(process, home, _at_work)
    process.send_signal(signal.SIGKILL)
    finish(process)
    assert (tree(home / "site"), tree(successive[0])) == before
