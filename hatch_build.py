"""Builds the parts that releases take from npm, when a wheel is built or the checkout installed.

They go to ``src/millelieux_graph/_assets``, which is never committed.  They are made once for each
state of ``assets/``, and with the versions and hashes of its lock file.  Where there is no npm, or
no network, the wheel is whole without them, and its releases say what they leave out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_ROOT = Path(__file__).parent
_BUILT = Path("src", "millelieux_graph", "_assets")
_SOURCES = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "outlines.mjs")
_MARK = "made-of.txt"  # which state of assets/ the parts were made of
_PATIENCE = 300  # seconds


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is ours to ignore
    """Called by hatchling before it collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:  # noqa: ARG002
        """Build the parts, or say why they are left out."""
        build(Path(self.root), self.app.display_warning)


def build(root: Path, say: Callable[[str], None]) -> bool:
    """Build the parts of a checkout, unless they are there; return whether they are.

    Args:
        root: The top of the checkout.
        say: Told why the parts are left out.
    """
    wanted, built = _state(root), root / _BUILT
    mark = built / _MARK
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return True
    # What another lock file made is not what this wheel promises.
    shutil.rmtree(built, ignore_errors=True)
    try:
        _make(root, built, wanted)
    except _CannotBuild as problem:
        say(f"The parts from npm are left out ({problem}); releases will say what they lack.")
        return False
    return True


class _CannotBuild(Exception):
    """A program that is missing, or that fails; its text says which."""


def _state(root: Path) -> str:
    files = [root / "assets" / name for name in _SOURCES]
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest() + "\n"


def _make(root: Path, built: Path, state: str) -> None:
    """Install the packages into a folder that is gone afterwards, and take the parts from it."""
    with TemporaryDirectory(prefix=".assets-", dir=root) as place:
        home = Path(place, "assets")
        home.mkdir()
        for name in _SOURCES:
            shutil.copy(root / "assets" / name, home)
        shutil.copytree(root / "LICENSES", Path(place, "LICENSES"))
        _run(home, "npm", "ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=1")
        made = Path(place, "made")
        _run(home, "node", "build.mjs", str(made))
        (made / _MARK).write_text(state, encoding="utf-8")
        made.rename(built)


def _run(home: Path, program: str, *words: str) -> None:
    found = shutil.which(program)  # on Windows npm is a script, which only its whole name starts
    if found is None:
        raise _CannotBuild(f"{program} is missing")
    try:
        run = subprocess.run(
            [found, *words], cwd=home, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _CannotBuild(f"{program}: {error}") from None
    if run.returncode:
        said = (run.stderr or run.stdout).decode(errors="replace").strip().splitlines()
        raise _CannotBuild(f"{program} {words[0]}: {said[0] if said else run.returncode}")


if __name__ == "__main__":
    sys.exit(not build(_ROOT, lambda told: print(told, file=sys.stderr)))
