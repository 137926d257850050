"""Notebooks: they run as they are, what they say is so, and nobody's machine is in them."""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path

import nbformat
import pytest
from command import ROOT, environment
from conftest import missing
from nbclient import NotebookClient

FOLDER = ROOT / "docs" / "notebooks"
CLAIMS = ROOT / "tests" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
CENSUS = "cget-mission-coworking-2019"

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@cache
def read(path: Path) -> nbformat.NotebookNode:
    """Return a notebook as it is on the disk."""
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    return notebook


def words(path: Path) -> str:
    """Return what a notebook tells between its code."""
    return "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def claims(path: Path) -> dict[str, str]:
    """Return what the words of a notebook claim, and the expressions that show it."""
    return tomllib.loads((CLAIMS / f"{path.stem}.toml").read_text(encoding="utf-8"))


def variables(path: Path, home: Path) -> dict[str, str]:
    """Return the variables of a run: the files that a notebook asks for, and a home of its own."""
    found = {
        name: str(home) for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")
    }
    found["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # the debugger that nobody asked for is silent
    if os.environ.get("MILLELIEUX_REPORT"):
        found["MILLELIEUX_REPORT"] = os.environ["MILLELIEUX_REPORT"]
    if (
        CENSUS in words(path)
        and not (Path(os.environ.get("MILLELIEUX_DATASETS", "")) / CENSUS).is_dir()
    ):
        missing("The census of third places", f"Set MILLELIEUX_DATASETS to a folder with {CENSUS}.")
    return found


@each
def test_a_notebook_runs_and_tells_the_truth(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cells run one after another in an empty folder; then each claim of its words holds."""
    told = variables(path, tmp_path / "home")
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    shown = [f"assert ({expression}), {said!r}" for said, expression in claims(path).items()]
    notebook.cells.append(nbformat.v4.new_code_cell("\n".join(shown)))
    desk = tmp_path / "desk"
    desk.mkdir()
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(desk)}}
    )
    client.execute(env=environment(**told))
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert {output.output_type for output in outputs} == {"execute_result"}
    assert list(desk.iterdir()) == []


@each
def test_every_claim_is_made(path: Path) -> None:
    """What is checked is what the notebook says, word for word."""
    text = " ".join(words(path).split())
    assert [said for said in claims(path) if said not in text] == []


@each
def test_a_notebook_is_kept_without_its_results(path: Path) -> None:
    """No outputs, no counts, no name of a machine; as `nbformat` would write it."""
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        assert cell.metadata == {}
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
    assert path.read_text(encoding="utf-8") == nbformat.writes(notebook) + "\n"


@each
def test_a_notebook_is_told(path: Path) -> None:
    """A title first, a line of French, words before code, and what comes next at the end."""
    cells = read(path).cells
    first, *_, last = cells
    assert first.source.startswith("# ")
    assert re.search(r"^\*.*\u202f: .*\*$", first.source, re.MULTILINE)
    assert last.source.startswith("## What next\n")
    kinds = [cell.cell_type for cell in cells]
    assert kinds[0] == kinds[-1] == "markdown"
    assert ["code"] * 3 not in [kinds[i : i + 3] for i in range(len(kinds))]


@each
def test_its_links_lead_somewhere(path: Path) -> None:
    """Every relative link names a file of the checkout."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", words(path))
    here = [target for target in targets if "://" not in target]
    assert here
    assert [target for target in here if not (path.parent / target).exists()] == []


def test_every_notebook_is_looked_at() -> None:
    """There is a list of claims for each, and no other."""
    assert sorted(file.stem for file in CLAIMS.iterdir()) == [path.stem for path in NOTEBOOKS]
