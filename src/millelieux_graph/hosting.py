"""Rules by which a static host answers for things: for nginx, for Apache, and for w3id.org.

They do what `negotiation` does, with nothing but what each server brings: a thing's address
answers 303 to the document that was asked for, 406 when none will do, and explicit addresses have
the type that their suffix says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

from .addresses import LANGUAGES, page
from .formats import FORMATS
from .negotiation import HTML, OFFERED

__all__ = ["POLICY", "TYPES", "files"]

# Of pages: they run what stands beside them, and the engine of the query page (WebAssembly), which
# also styles its editor.
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

# What a suffix says.  A packed dump is a gzip file to whoever downloads it, and not the encoding
# of something else: nothing unpacks it on the way.
TYPES: Final[Mapping[str, str]] = {
    **{f.suffix: f.media_type for f in FORMATS if f.suffix.startswith(".")},
    ".atom": "application/atom+xml",
    ".bib": "application/x-bibtex",
    ".css": "text/css",
    ".gz": "application/gzip",
    ".html": HTML,
    ".js": "text/javascript",
    ".json": "application/json",
    ".patch": "text/plain",
    ".rq": "application/sparql-query",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_SAID = ("text/", "image/svg+xml")  # types that say their encoding; the others have one only

# What the rules call the documents of a thing: their suffixes, without the dot.
_NAMES = {HTML: "html", **{f.media_type: f.suffix[1:] for f in FORMATS if f.media_type in OFFERED}}
_TEMPLATES = Path(__file__).with_name("hosts")
# Where one number of four digits is greater than another that follows it.
_GREATER = r"^([0-9]*)(?:" + "|".join(rf"{n}[0-9]* \1[0-{n - 1}]" for n in range(1, 10)) + ")"


def files(base_url: str) -> Iterator[tuple[str, bytes]]:
    """Yield the rules for each host, for a release that is served at an address."""
    path = urlsplit(base_url).path or "/"
    known = {
        "path": path,
        "base_url": base_url,
        "policy": POLICY,
        "there": _there(),
        "nginx_types": "\n".join(_nginx_types()),
        "nginx_maps": "\n".join(_nginx_maps()),
        "apache_types": "\n".join(_apache_types()),
        "apache_weights": "\n".join(_apache_weights()),
        "apache_choices": "\n".join(_apache_choices()),
    }
    for template in sorted(_TEMPLATES.iterdir()):
        text = _Template(template.read_text(encoding="utf-8")).substitute(known)
        yield f"hosting/{template.name}", text.encode()


class _Template(Template):
    """Both servers write their own variables with a dollar, so ours have an at sign."""

    delimiter = "@"


def _there() -> str:
    return ", ".join(OFFERED)


# The same for both: which parts of a header name something, and with which weight.


def _pattern(names: str, *, stated: bool) -> str:
    """Return the expression of a part that names a range; with `stated`, it says its weight.

    The weight is then the group ``q``.
    """
    other = r"(?:;(?![ \t]*q=)[^;,]*)*"
    head = rf"(?:^|,)[ \t]*{names}[ \t]*{other}"
    if not stated:
        return rf"{head}(?=,|$)"
    return rf"{head};[ \t]*q=(?<q>0(?:\.[0-9]{{0,3}})?|1(?:\.0{{0,3}})?)[ \t]*(?=[;,]|$)"


@cache
def _ranges() -> Mapping[str, Sequence[str]]:
    """Return the ranges that name each thing on offer, the most specific first, as expressions."""
    ranges = {
        _NAMES[media_type]: (
            _quoted(media_type),
            _quoted(media_type.partition("/")[0] + "/*"),
            r"\*/\*",
        )
        for media_type in OFFERED
    }
    return {**ranges, **{lang: (rf"{lang}(?:-[a-z0-9-]*)?", r"\*") for lang in LANGUAGES}}


def _quoted(text: str) -> str:
    return text.replace("+", r"\+").replace("*", r"\*").replace(".", r"\.")


# nginx


def _nginx_types() -> Iterator[str]:
    for suffix, media_type in sorted(TYPES.items()):
        yield f"    {media_type} {suffix[1:]};"


def _nginx_maps() -> Iterator[str]:
    for name, ranges in _ranges().items():
        header = "http_accept_language" if name in LANGUAGES else "http_accept"
        # The comma: nginx compares nothing with an empty value.
        yield f'map ",${header}" $ml_q_{name} {{'
        yield "    default 0;"
        yield r'    "~^[ \t,]*$" 1;'
        for names in ranges:
            yield f'    "~*{_pattern(names, stated=True)}" $q;'
            yield f'    "~*{_pattern(names, stated=False)}" 1;'
        yield "}"
        yield f"map $ml_q_{name} $ml_w_{name} {{"
        yield "    default 0000;"
        yield "    ~^1 1000;"
        for digits in (3, 2, 1):
            yield rf'    "~^0\.(?<d>[0-9]{{{digits}}})$" "0${{d}}{"0" * (3 - digits)}";'
        yield "}"
    yield from _nginx_contest("media", [_NAMES[media_type] for media_type in OFFERED])
    yield from _nginx_contest("language", LANGUAGES)


def _nginx_contest(kind: str, names: Sequence[str]) -> Iterator[str]:
    """Yield maps that keep the best so far: its weight, and its name."""
    first, *others = names
    best = f'"$ml_w_{first} {first}"'
    for number, name in enumerate(others, 1):
        yield f'map "$ml_w_{name} {best[1:-1]}" $ml_{kind}_{number} {{'
        yield f"    default {best};"
        yield f'    "~{_GREATER}" "$ml_w_{name} {name}";'
        yield "}"
        best = f'"$ml_{kind}_{number}"'
    yield f"map {best} $ml_{kind} {{"
    yield '    default "";'
    if kind == "language":
        yield f'    "~^0000" {names[0]};'
    yield from (f'    "~^(?!0000).* {name}$" {name};' for name in names)
    yield "}"


# Apache


def _apache_types() -> Iterator[str]:
    for suffix, media_type in sorted(TYPES.items()):
        charset = ";charset=utf-8" if media_type.startswith(_SAID) else ""
        yield f'AddType "{media_type}{charset}" {suffix}'


def _apache_weights() -> Iterator[str]:
    for name, ranges in _ranges().items():
        header = "Accept-Language" if name in LANGUAGES else "Accept"
        variable = f"ml_{name}"
        yield f'SetEnvIf {header} "^" {variable}=0'
        yield rf'SetEnvIf {header} "^[ \t,]*$" {variable}=1'
        # Of several lines that match, the last counts: the most specific range stands there.
        for names in reversed(ranges):
            stated = _pattern(names, stated=True).replace("(?<q>", "(")
            yield f'SetEnvIfNoCase {header} "{_pattern(names, stated=False)}" {variable}=1'
            yield f'SetEnvIfNoCase {header} "{stated}" {variable}=$1'
        yield f'SetEnvIf {variable} "^0\\.?$" {variable}=0000'
        for digits in (1, 2, 3):
            zeros = "0" * (3 - digits)
            yield f'SetEnvIf {variable} "^0\\.([0-9]{{{digits}}})$" {variable}=0$1{zeros}'
        yield f'SetEnvIf {variable} "^1(\\.0*)?$" {variable}=1000'


def _apache_choices() -> Iterator[str]:
    names = [_NAMES[media_type] for media_type in OFFERED]
    for name in names:
        conditions = [f"%{{ENV:ml_{name}}} -gt 0"]
        conditions += [f"%{{ENV:ml_{name}}} -ge %{{ENV:ml_{o}}}" for o in names if o != name]
        if name != "html":
            yield from _apache_rule(conditions, f".{name}")
            continue
        english = "%{ENV:ml_en} -gt %{ENV:ml_fr}"
        yield from _apache_rule([*conditions, english], page("", "en"))
        yield from _apache_rule(conditions, page("", "fr"))


def _apache_rule(conditions: Sequence[str], suffix: str) -> Iterator[str]:
    yield "RewriteCond %{ENV:ml_thing} 1"
    yield from (f'RewriteCond expr "{condition}"' for condition in conditions)
    yield f"RewriteRule ^ %{{REQUEST_URI}}{suffix} [R=303,L]"
