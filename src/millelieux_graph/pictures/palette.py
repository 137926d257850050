"""The two sets of colours, ink on paper by day and by night, and the eight colours of the impacts.

Signs carry the meaning, colours only help: each role of text stands at least 4.5 : 1 from the
paper, each sign 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11), and a colour of an impact never stands without
the impact's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["DARK", "LIGHT", "THREADS", "stylesheet", "threads"]

LIGHT: Mapping[str, str] = {
    "paper": "#fcfaf5",
    "ink": "#211d18",
    "soft": "#5f574b",
    "line": "#ddd6c8",
    "tint": "#e9e2d4",
    "accent": "#0b5d8a",
}
DARK: Mapping[str, str] = {
    "paper": "#1a1814",
    "ink": "#efe9dd",
    "soft": "#b6ac9b",
    "line": "#3d382f",
    "tint": "#35312a",
    "accent": "#7fc3ea",
}

# Okabe and Ito, Color Universal Design (2008), in the order of the report.  Their black is the
# ink: it must not vanish by night.
THREADS: Mapping[str, str] = {
    "non-programmed-city": "#E69F00",
    "trusted-third-party": "#56B4E9",
    "peer-learning": "#009E73",
    "local-sectors": "#F0E442",
    "ecological-transition": "#0072B2",
    "breaking-silos": "#D55E00",
    "unlikely-connections": "#CC79A7",
    "local-pride": "ink",
}

_SERIF = (
    "'Source Serif 4 Variable','Source Serif 4','Source Serif Pro',Charter,'Iowan Old Style',"
    "Cambria,Georgia,'DejaVu Serif',serif"
)
_SANS = (
    "'Source Sans 3 Variable','Source Sans 3','Source Sans Pro','Segoe UI','Noto Sans',"
    "'Helvetica Neue',Arial,'DejaVu Sans',sans-serif"
)
_ROLES = """\
.paper{{fill:{paper}}}
text{{fill:{ink}}}
.soft{{fill:{soft}}}
.accent{{fill:{accent}}}
.on{{fill:{paper}}}
.solid{{fill:{ink};stroke:{ink}}}
.bulk{{fill:{soft};stroke:{soft}}}
.hollow,.dashed{{fill:{paper};stroke:{ink}}}
.faint,.vague{{fill:{tint};stroke:{ink}}}
.land{{fill:{tint};stroke:{paper}}}
.line{{stroke:{line}}}
.stroke{{stroke:{soft}}}
.link{{stroke:{accent};fill:{paper}}}
.linked{{stroke:{accent};fill:{accent}}}
"""
_FIXED = f"""\
text{{font-family:{_SANS};font-variant-numeric:tabular-nums lining-nums}}
.serif{{font-family:{_SERIF};font-weight:600}}
.strong{{font-weight:600}}
.solid,.bulk,.hollow,.dashed,.faint,.vague,.link,.linked{{stroke-width:1.4}}
.dashed,.vague{{stroke-dasharray:2.4 2.4}}
.line,.stroke,.thread{{fill:none;stroke-width:1}}
.thread{{stroke-width:4;stroke-linecap:round}}
"""


def threads(impacts: Iterable[str]) -> dict[str, int]:
    """Return the number of each impact's colour; unknown impacts take those that are left."""
    known = list(THREADS)
    listed = list(dict.fromkeys(impacts))
    free = [n for n, name in enumerate(known) if name not in listed]
    taken = {name: known.index(name) for name in listed if name in THREADS}
    others = [name for name in listed if name not in THREADS]
    # Beyond eight, ink: a ninth colour would be one of the eight to somebody.
    return taken | {name: free[i] if i < len(free) else 7 for i, name in enumerate(others)}


def stylesheet(scope: str) -> str:
    """Return the rules of a picture, each of them within `scope`, for day and night."""
    by_night = _scoped(_roles(DARK), scope)
    return (
        f"{scope}{{max-width:100%;height:auto}}\n"
        f"{_scoped(_FIXED + _roles(LIGHT), scope)}"
        f"@media (prefers-color-scheme:dark){{\n{by_night}}}\n"
    )


def _roles(colours: Mapping[str, str]) -> str:
    lines = (
        f".t{n}{{stroke:{colours.get(colour, colour)}}}\n"
        for n, colour in enumerate(THREADS.values())
    )
    return _ROLES.format(**colours) + "".join(lines)


def _scoped(rules: str, scope: str) -> str:
    """Prefix every selector, so that a picture within a page does not style the page."""
    return "".join(
        ",".join(f"{scope} {selector}" for selector in rule.partition("{")[0].split(","))
        + rule[rule.index("{") :]
        for rule in rules.splitlines(keepends=True)
    )
