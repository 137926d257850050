"""The list of files with their digests."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["checksums"]


def checksums(digests: Mapping[str, str]) -> bytes:
    """Return a ``SHA256SUMS`` file, as ``sha256sum --check`` reads it, of digests by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
