"""Documentation: what it shows can be typed, and what is generated is what the code says."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from command import ROOT, environment
from rdflib import SKOS

pytest_plugins = ["stages"]

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of a page that are in a language."""
    return [
        text for name, text in BLOCK.findall(page.read_text(encoding="utf-8")) if name == language
    ]


def commands(page: Path) -> list[str]:
    """Return the lines that a page asks to type."""
    lines = (line for block in blocks(page, "console") for line in block.splitlines())
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def name_of(page: Path) -> str:
    """Return what a page is called in test reports."""
    return page.relative_to(ROOT).as_posix()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder to work in as a reader would: with the files of the guides, and nothing else."""
    folder = tmp_path / "desk"
    folder.mkdir()
    for file in (ROOT / "docs" / "how-to").glob("*.ttl"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def path(tmp_path: Path, own: Path) -> str:
    """A search path on which `millelieux` is the command of this checkout.

    It publishes a small graph where none is named: the packaged one is published elsewhere.
    """
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "millelieux"
    script.write_text(
        f"#!{sys.executable}\n"
        "import sys\n"
        "from millelieux_graph.cli import main\n"
        "if sys.argv[1:2] == ['publish'] and not any(a.endswith('.ttl') for a in sys.argv):\n"
        f"    sys.argv.append({str(own)!r})\n"
        "sys.exit(main())\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    return os.pathsep.join((str(tools), os.environ["PATH"]))


@pytest.mark.skipif(os.name != "posix", reason="the pages speak to a POSIX shell")
@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=name_of)
def test_what_a_page_asks_to_type_works(page: Path, desk: Path, path: str) -> None:
    """Its commands run one after another in one folder, and each exits 0."""
    variables = environment(PATH=path)
    report = os.environ.get("MILLELIEUX_REPORT")
    if report:
        variables["MILLELIEUX_REPORT"] = report
    for line in commands(page):
        if "millelieux evidence" in line and not report:
            continue
        run = subprocess.run(
            ["sh", "-c", line], cwd=desk, env=variables, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, f"$ {line}\n{run.stdout[-2000:]}{run.stderr}"
        assert "Traceback" not in run.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=name_of)
def test_what_a_page_shows_in_python_is_so(
    page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its examples, run one after another, print what the page says they print."""
    monkeypatch.chdir(desk)
    text = "\n".join(blocks(page, "python"))
    examples = doctest.DocTestParser().get_doctest(text, {}, name_of(page), str(page), 0)
    said: list[str] = []
    found = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=said.append)
    assert found.attempted > 0
    assert found.failed == 0, "".join(said)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file or folder of the checkout."""
    text = re.sub(
        r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_names_its_language(page: Path) -> None:
    """A block says what it is, so that none escapes these tests by having no name."""
    fences = re.findall(r"^```(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(fences) % 2 == 0
    assert all(fences[::2])
    assert not any(fences[1::2])


def test_the_reference_is_what_the_code_says() -> None:
    """The generated pages are those that `docs/generate.py` would write now."""
    run = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(COLUMNS="100"),
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_vocabulary_is_told_in_one_language(language: str) -> None:
    """Each page defines every term once, in its language, and nothing in the other one."""
    page = ROOT / "docs" / "reference" / f"vocabulary.{language}.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    ontology = rdflib.Graph().parse(ROOT / "ontology" / "millelieux.ttl")
    for definition in ontology.objects(None, SKOS.definition):
        assert isinstance(definition, rdflib.Literal)
        assert lines.count(str(definition)) == (definition.language == language)
