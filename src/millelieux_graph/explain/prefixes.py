"""Prefixes that are used without a ``PREFIX`` line, or declared for a namespace nobody uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from .. import terms
from .facts import Remark

if TYPE_CHECKING:
    from .facts import Facts
    from .outline import Declaration, Outline

__all__ = ["corrections", "missing", "wrong"]

# Namespaces that differ from a known one as a slip would, and are right elsewhere.
_TWINS = frozenset({"http://schema.org/"})  # https://schema.org/docs/faq.html: both are fine


def missing(outline: Outline) -> Iterator[Remark]:
    """Yield a remark for each prefix that is used and not declared, with the line to add."""
    for prefix, at in outline.undeclared.items():
        near = get_close_matches(prefix.lower(), terms.PREFIXES)
        if prefix in terms.PREFIXES:
            advice = f"add the line {_line(prefix)}"
        elif near:
            advice = f"declare it, or write {near[0]}: and add the line {_line(near[0])}"
        else:
            advice = f"add a line PREFIX {prefix}: with its namespace"
        yield Remark(at, "missing-prefix", f"The prefix {prefix}: is not declared; {advice}")


def corrections(outline: Outline, facts: Facts) -> dict[str, str]:
    """Return the right namespaces of the prefixes that are declared for a wrong one.

    A namespace is wrong when the graph holds none of the names that the query writes with it, and
    either holds one of them in a namespace like it, or the two differ by ``http`` and ``https``, a
    letter's case, or the ``#`` or ``/`` at the end.
    """
    used = _used(outline)
    declared = [d for d in _last(outline) if d.prefix in used]
    likely = {d.prefix: list(_likely(d)) for d in declared}
    asked = {iri for iris in used.values() for iri in iris}
    other = {
        namespace + local
        for prefix, namespaces in likely.items()
        for local in _locals(outline, used, prefix)
        for namespace in namespaces
    }
    existing = facts.existing(asked | other) if any(likely.values()) else asked
    found = {}
    for declaration in declared:
        prefix = declaration.prefix
        if not existing & used[prefix]:
            names = _locals(outline, used, prefix)
            right = [n for n in likely[prefix] if any(n + local in existing for local in names)]
            right += [n for n in likely[prefix] if _slip(declaration.iri, n)]
            found.update({prefix: right[0]} if right else {})
    return found


def wrong(outline: Outline, instead: Mapping[str, str]) -> Iterator[Remark]:
    """Yield a remark for each declaration that is to be corrected."""
    for declaration in _last(outline):
        prefix = declaration.prefix
        if prefix in instead:
            problem = (
                f"{prefix}: is declared as <{declaration.iri}>, under which this graph has none of "
                f"these names; write PREFIX {prefix}: <{instead[prefix]}>"
            )
            yield Remark(declaration.start, "wrong-prefix", problem)


def _last(outline: Outline) -> list[Declaration]:
    """Return the declarations that hold: of a prefix that is declared twice, the last."""
    return list({declaration.prefix: declaration for declaration in outline.declarations}.values())


def _used(outline: Outline) -> dict[str, set[str]]:
    """Return the IRIs that are written with each prefix, where a graph could have them."""
    found: dict[str, set[str]] = {}
    for name in outline.names:
        if name.prefix is not None and name.role not in ("datatype", "function"):
            found.setdefault(name.prefix, set()).add(name.iri)
    return found


def _locals(outline: Outline, used: Mapping[str, set[str]], prefix: str) -> list[str]:
    namespace = outline.prefixes[prefix]
    return sorted(iri.removeprefix(namespace) for iri in used[prefix])


def _likely(declaration: Declaration) -> Iterator[str]:
    """Yield the namespaces that a declaration may have meant."""
    known, declared = terms.PREFIXES.get(declaration.prefix), declaration.iri
    if known and known != declared:
        yield known
    if declared not in terms.PREFIXES.values():
        yield from get_close_matches(declared, terms.PREFIXES.values(), cutoff=0.85)


def _slip(declared: str, known: str) -> bool:
    return declared not in _TWINS and _bare(declared) == _bare(known)


def _bare(namespace: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", namespace.casefold()).rstrip("/#")


def _line(prefix: str) -> str:
    return f"PREFIX {prefix}: <{terms.PREFIXES[prefix]}>"
