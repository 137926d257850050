"""A release is made beside its place and put there whole, or not at all.

Everything is written into a temporary folder beside the target and then exchanged with it in one
step, so that whoever reads the release sees the old one or the new one, and an interruption leaves
the old one untouched.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from .errors import CannotWrite

__all__ = ["GENERATOR", "MARK", "SUMS", "Shop", "checksums", "opened", "refuse_foreign"]

# The file by which a folder is known to be a release of ours.
MARK = "release.json"
SUMS = "SHA256SUMS"
GENERATOR = "millelieux-graph"


def refuse_foreign(out: Path) -> None:
    """Stop at a target that we did not write; whoever has long work before it may ask first.

    Raises:
        CannotWrite: It is a file, a folder with something in it that is no release of ours, or a
            release of ours with more in it than we wrote.
    """
    out = out.resolve()
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise CannotWrite(f"{out} is not a folder; name another with --out.")
    if not any(out.iterdir()):
        return
    if not _is_ours(out):
        raise CannotWrite(
            f"{out} exists and is not a release of ours; name another folder with --out."
        )
    added = _added(out)
    if added:
        raise CannotWrite(
            f"{out} is a release of ours, but somebody has put {added[0]} into it; "
            "move that away, or name another folder with --out."
        )


def _added(folder: Path) -> list[str]:
    """Return the files in a release of ours that it was not made with, by its own list of them."""
    listed = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    made = {line.partition("  ")[2] for line in listed} | {SUMS}
    held = (path for path in sorted(folder.rglob("*")) if not path.is_dir() or path.is_symlink())
    return [name for path in held if (name := path.relative_to(folder).as_posix()) not in made]


def _is_ours(folder: Path) -> bool:
    try:
        told = json.loads((folder / MARK).read_text(encoding="utf-8"))
        (folder / SUMS).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("generator") == GENERATOR


@contextmanager
def opened(out: Path) -> Iterator[Shop]:
    """Yield a folder to write a release into; it stands at `out` when the block has ended well.

    Raises:
        CannotWrite: The disk refuses; what stood there is as it was.
    """
    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _beside(out) as folder:
            yield Shop(folder)
            _exchange(folder, out)
    except OSError as error:
        raise CannotWrite(
            f"Cannot write {out}: {error.strerror or error}. Nothing was changed."
        ) from None


class Shop:
    """The folder in which a release is made.

    Attributes:
        folder: Where it is made.
        written: Size and SHA-256 of each file, by its name.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: dict[str, tuple[int, str]] = {}

    def put(self, name: str, data: bytes) -> None:
        """Write a file."""
        self.put_all([(name, data)])

    def put_all(self, files: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> None:
        """Write files as they come, each given whole or piece by piece."""
        self.written.update(self.write(files))

    def write(
        self, files: Iterable[tuple[str, bytes | Iterable[bytes]]]
    ) -> dict[str, tuple[int, str]]:
        """Write files, and return what `written` shall keep: another process has kept nothing."""
        return {name: self._write(name, data) for name, data in files}

    def close(self) -> None:
        """Write the sums of all files, as ``sha256sum --check`` reads them."""
        self.put(SUMS, checksums({name: told[1] for name, told in self.written.items()}))

    def _write(self, name: str, data: bytes | Iterable[bytes]) -> tuple[int, str]:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size = sha256(), 0
        with path.open("wb") as file:
            for piece in (data,) if isinstance(data, bytes) else data:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        return size, digest.hexdigest()


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """Yield a folder beside the target that is gone afterwards, whatever happens."""
    # Named before it exists, so that no interruption falls between making it and knowing it.
    folder = out.with_name(f".{out.name}-{secrets.token_hex(4)}")
    try:
        folder.mkdir()
        yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except KeyboardInterrupt:  # whoever interrupts the cleaning up wants it finished
            shutil.rmtree(folder, ignore_errors=True)


def _exchange(new: Path, out: Path) -> None:
    """Put `new` where `out` is; what was there is then where `new` was, and goes with it."""
    if not out.exists():
        new.rename(out)
    elif not _swapped(new, out):
        old = new.with_name(f"{new.name}-old")
        out.rename(old)
        try:
            new.rename(out)
        except BaseException:
            old.rename(out)
            raise
        old.rename(new)


def _swapped(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can (Linux, renameat2(2)).

    Without it there would be a moment with no release at all between two renames.
    """
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library older than glibc 2.28
        return False
    at_cwd, exchange = -100, 2
    done: int = rename(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange)
    return done == 0


def checksums(sums: Mapping[str, str]) -> bytes:
    """Return a ``SHA256SUMS`` file, as ``sha256sum --check`` reads it.

    Args:
        sums: SHA-256 in hexadecimal digits, by the name of the file.
    """
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode()
