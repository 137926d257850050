"""Rules by which a static host answers for things: for nginx, for Apache, and for w3id.org.

They do what `negotiation` does, with nothing but what each server brings: a thing's address
answers 303 to the document that was asked for, 406 when none will do, and explicit addresses have
the type that their suffix says.

Where a release is served by both, the two cannot differ: the expressions that read a header, the
types and the policies are made here once, and only their syntax is a server's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from . import terms
from .addresses import LANGUAGES
from .errors import UsageError
from .formats import FORMATS, by_name
from .negotiation import ALIASES, DOCUMENTS

__all__ = ["DRAWING_POLICY", "POLICY", "TYPES", "files"]

# Of pages: they run what stands beside them, and the engine of the query page (WebAssembly), which
# also styles its editor.
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Of SVG and XML, which a browser shows as pages of their own: they run nothing.
DRAWING_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
)

# What a suffix says.  A packed dump is a gzip file to whoever downloads it, and not the encoding
# of something else: nothing unpacks it on the way.
TYPES: Final[Mapping[str, str]] = {
    **{f.suffix: f.media_type for f in FORMATS if f.suffix.startswith(".")},
    **{suffix: media_type for media_type, suffix in DOCUMENTS.items()},
    ".atom": "application/atom+xml",
    ".bib": "application/x-bibtex",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".patch": "text/plain",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
# Names whose suffix says too little, or that have none.
_NAMED: Final[Mapping[str, str]] = {
    ".well-known/void": by_name("turtle").media_type,
    "SHA256SUMS": "text/plain",
    "linkset.json": "application/linkset+json",  # RFC 9264
    "linkset.txt": "application/linkset",
}
_SVG, _RDF_XML = by_name("svg").media_type, by_name("rdfxml").media_type
_SAID = ("text/", _SVG)  # types that say their encoding; the others have one only
_DRAWN = (_SVG, _RDF_XML, "application/xml", "application/atom+xml")
_PACKABLE = ("text/", "application/", _SVG)
# Packing these again would only cost time.
_PACKED = (by_name("gzip").media_type, by_name("parquet").media_type)

# What the rules call a document: its suffix without the dot.
_NAMES = {media_type: suffix[1:] for media_type, suffix in DOCUMENTS.items()}
_FAMILIES = tuple(dict.fromkeys(media_type.partition("/")[0] for media_type in DOCUMENTS))
# The address of a thing, below the release: it has no dot.
_THING = r"^(?:[A-Za-z0-9_~-]+/)*[A-Za-z0-9_~-]+$"
_TEMPLATES = Path(__file__).with_name("hosts")
_W3ID = "https://w3id.org/"

# A weight (RFC 9110, section 12.4.2), and one that is not 0.
_WEIGHT = r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?"
_POSITIVE = r"0\.(?=[0-9]*[1-9])[0-9]{1,3}|1(?:\.0{0,3})?"
_BLANK = r"^[ \t,]*$"
# Where one number of four digits is greater than another that follows it: both begin alike, and
# then stands the greater digit.
_GREATER = r"^([0-9]*)(?:" + "|".join(rf"{n}[0-9]* \1[0-{n - 1}]" for n in range(1, 10)) + ")"


def files(base_url: str) -> Iterator[tuple[str, bytes]]:
    """Yield the rules for each host, for a release that is served at an address.

    The rules for w3id.org are left out when the release is said to be there itself: they would
    lead in a circle.

    Raises:
        UsageError: The path has a character that the servers' configurations give a meaning.
    """
    known = _known(base_url)
    for template in sorted(_TEMPLATES.iterdir()):
        if template.name.startswith("w3id") and base_url.startswith(_W3ID):
            continue
        text = _Template(template.read_text(encoding="utf-8")).substitute(known)
        yield f"hosting/{template.name}", text.encode()


class _Template(Template):
    """Both servers write their own variables with a dollar, so ours have an at sign."""

    delimiter = "@"


def _known(base_url: str) -> dict[str, str]:
    """Return what the templates leave open."""
    address = urlsplit(base_url)
    place = unquote(address.path) or "/"  # as servers see it
    if re.search(r"[\x00-\x20\x7f\"\\$%{};]", place):
        raise UsageError(
            f"{base_url!r} has a path that no rule can be written for; choose another."
        )
    return {
        "base_url": base_url,
        "home": base_url.removesuffix(address.path) + place,
        "path": quote(place),
        "place": place,
        "expression": re.escape(place),
        "thing_base": terms.BASE,
        "policy": POLICY,
        "drawing_policy": DRAWING_POLICY,
        "drawn": "|".join(map(re.escape, _DRAWN)),
        "elsewhere": "\n".join(_nginx_elsewhere(place)),
        "nginx_types": "\n".join(_nginx_types()),
        "nginx_packed": " ".join(_packable()),
        "nginx_maps": "\n".join(_nginx_maps()),
        "nginx_named": "\n".join(_nginx_named(place)),
        "nginx_documents": "\n".join(_nginx_documents()),
        "apache_types": "\n".join(_apache_types()),
        "apache_named": "\n".join(_apache_named()),
        "apache_packed": " ".join(_packable()),
        "apache_weights": "\n".join(_apache_weights()),
        "apache_choices": "\n".join(_apache_choices()),
    }


def _packable() -> list[str]:
    """Return the types that grow smaller on the way."""
    types = {*TYPES.values(), *_NAMED.values()}
    return sorted(t for t in types if t.startswith(_PACKABLE) and t not in _PACKED)


# The same for both: which parts of a header name something, and with which weight.


def _pattern(names: str, weight: str) -> str:
    """Return the expression of a part that names a range and says its weight, the group 1."""
    return rf"{_head(names)};[ \t]*q=({weight})[ \t]*(?=[;,]|$)"


def _bare(names: str) -> str:
    """Return the expression of a part that names a range and says no weight: it is 1."""
    return rf"{_head(names)}(?=,|$)"


def _head(names: str) -> str:
    return rf"(?:^|,)[ \t]*{names}[ \t]*(?:;(?![ \t]*q=)[^;,]*)*"


def _quoted(text: str) -> str:
    return re.sub(r"[.+*]", r"\\\g<0>", text)


def _remark(media_type: str) -> str:
    others = ALIASES.get(media_type, ())
    return f"# {media_type}" + (f", also known as {' and '.join(others)}" if others else "")


def _spoken(lang: str) -> str:
    return rf"{lang}(?:-[^ \t;,]*)?"


# nginx


def _nginx_types() -> Iterator[str]:
    for suffix, media_type in sorted(TYPES.items()):
        yield f"        {media_type} {suffix[1:]};"


def _nginx_named(place: str) -> Iterator[str]:
    for name, media_type in _NAMED.items():
        file = "void.ttl" if name.startswith(".") else name
        yield f'    location = "{place}{name}" {{'
        yield f"        alias $release/{file};"
        yield "        types { }"
        yield f"        default_type {media_type};"
        yield "    }"


def _nginx_elsewhere(place: str) -> Iterator[str]:
    """Yield what a release below a path needs outside of it."""
    if place == "/":
        return
    yield f'location = "{place.removesuffix("/")}" {{'
    yield f'    return 301 "{quote(place.rstrip("/").rpartition("/")[2])}/";'
    yield "}"
    yield "# RFC 8615: such addresses stand at the top of a host."
    yield "location = /.well-known/void {"
    yield "    absolute_redirect off;"
    yield f'    return 303 "{quote(place)}void.ttl";'
    yield "}"


def _nginx_documents() -> Iterator[str]:
    for media_type, name in _NAMES.items():
        told = rf"$ml_there\n{media_type}: $ml_name.{name}"
        yield f"        if (-f $release/$ml_thing.{name}) {{"
        yield f'            set $ml_has "$ml_has {name}";'
        yield f'            set $ml_there "{told}";'
        yield "        }"


def _nginx_maps() -> Iterator[str]:
    yield from _nginx_map("any", "0", [*_nginx_lines(r"\*/\*"), f'"~{_BLANK[:-1]}$" 1'])
    for family in _FAMILIES:
        yield from _nginx_map(family, "$ml_q_any", _nginx_lines(_quoted(f"{family}/*")))
    for media_type, name in _NAMES.items():
        yield _remark(media_type)
        lines = [*_nginx_lines(_quoted(media_type))]
        for alias in ALIASES.get(media_type, ()):
            lines += _nginx_lines(_quoted(alias), _POSITIVE)
        yield from _nginx_map(name, f"$ml_q_{media_type.partition('/')[0]}", lines)
        yield from _nginx_weight(name, f'"$ml_has $ml_q_{name}"', f" {name} (?:.* )?")
    yield from _nginx_contest(list(_NAMES.values()))
    yield from _nginx_languages()


def _nginx_map(name: str, default: str, lines: Sequence[str]) -> Iterator[str]:
    header = "http_accept_language" if name in (*LANGUAGES, "spoken") else "http_accept"
    # The comma: nginx compares nothing with an empty value.
    yield f'map ",${header}" $ml_q_{name} {{'
    yield f"    default {default};"
    yield from (f"    {line};" for line in lines)
    yield "}"


def _nginx_lines(names: str, weight: str = _WEIGHT) -> list[str]:
    stated = _pattern(names, weight).replace("q=(", "q=(?<ml_q>")
    return [f'"~*{stated}" $ml_q', f'"~*{_bare(names)}" 1']


def _nginx_weight(name: str, source: str, before: str) -> Iterator[str]:
    """Yield the map to a weight in four digits, so that the greater one sorts later."""
    yield f"map {source} $ml_w_{name} {{"
    yield "    default 0000;"
    yield rf'    "~{before}1(?:\.0*)?$" 1000;'
    for digits in (3, 2, 1):
        zeros = "0" * (3 - digits)
        yield rf'    "~{before}0\.(?<ml_d>[0-9]{{{digits}}})$" "0${{ml_d}}{zeros}";'
    yield "}"


def _nginx_contest(names: Sequence[str]) -> Iterator[str]:
    """Yield maps that keep the best so far: its weight, and its name."""
    first, *others = names
    best = f"$ml_w_{first} {first}"
    for number, name in enumerate(others, 1):
        yield f'map "$ml_w_{name} {best}" $ml_best_{number} {{'
        yield f'    default "{best}";'
        yield f'    "~{_GREATER}" "$ml_w_{name} {name}";'
        yield "}"
        best = f"$ml_best_{number}"
    yield f'map "{best}" $ml_best {{'
    yield '    default "";'
    yield '    "~^(?!0000)[0-9]+ (?<ml_document>[a-z]+)$" $ml_document;'
    yield "}"


def _nginx_languages() -> Iterator[str]:
    yield from _nginx_map("spoken", "0", _nginx_lines(r"\*"))
    for lang in LANGUAGES:
        yield from _nginx_map(lang, "$ml_q_spoken", _nginx_lines(_spoken(lang))[::-1])
        yield from _nginx_weight(lang, f"$ml_q_{lang}", "^")
    preferred, other = LANGUAGES
    yield f'map "$ml_w_{other} $ml_w_{preferred}" $ml_language {{'
    yield f"    default {preferred};"
    yield f'    "~{_GREATER}" {other};'
    yield "}"


# Apache


def _apache_types() -> Iterator[str]:
    for suffix, media_type in sorted(TYPES.items()):
        yield f'AddType "{_with_charset(media_type)}" {suffix}'


def _apache_named() -> Iterator[str]:
    for name, media_type in _NAMED.items():
        yield f'<Files "{name.rpartition("/")[2]}">'
        yield f'    ForceType "{_with_charset(media_type)}"'
        yield "</Files>"


def _with_charset(media_type: str) -> str:
    return f"{media_type};charset=utf-8" if media_type.startswith(_SAID) else media_type


def _apache_weights() -> Iterator[str]:
    # Of several lines that match, the last counts: the most specific range stands there.
    for media_type, name in _NAMES.items():
        yield _remark(media_type)
        yield f'SetEnvIf Accept "^" ml_{name}=0'
        yield f'SetEnvIf Accept "{_BLANK}" ml_{name}=1'
        yield from _apache_lines(name, r"\*/\*")
        yield from _apache_lines(name, _quoted(f"{media_type.partition('/')[0]}/*"))
        for alias in reversed(ALIASES.get(media_type, ())):
            yield from _apache_lines(name, _quoted(alias), _POSITIVE)
        yield from _apache_lines(name, _quoted(media_type))
    for lang in LANGUAGES:
        yield f'SetEnvIf Accept-Language "^" ml_{lang}=0'
        yield from _apache_lines(lang, r"\*")
        bare, stated = _apache_lines(lang, _spoken(lang))
        yield from (stated, bare)
    # After all others: SetEnvIf takes what such a line has read for the header that it read last.
    # And not SetEnvIf: it would rather read a header of this name, which anybody can send.
    for name in (*_NAMES.values(), *LANGUAGES):
        yield from _apache_digits(name)


def _apache_lines(name: str, names: str, weight: str = _WEIGHT) -> Iterator[str]:
    header = "Accept-Language" if name in LANGUAGES else "Accept"
    yield f'SetEnvIfNoCase {header} "{_bare(names)}" ml_{name}=1'
    yield f'SetEnvIfNoCase {header} "{_pattern(names, weight)}" ml_{name}=$1'


def _apache_digits(name: str) -> Iterator[str]:
    """Yield the way to a weight in four digits: integers are what Apache compares."""
    yield f"SetEnvIfExpr \"reqenv('ml_{name}') =~ m#^1(\\.0*)?$#\" ml_{name}=1000"
    yield f"SetEnvIfExpr \"reqenv('ml_{name}') =~ m#^0\\.?$#\" ml_{name}=0000"
    for digits in (1, 2, 3):
        zeros = "0" * (3 - digits)
        condition = f"reqenv('ml_{name}') =~ m#^0\\.([0-9]{{{digits}}})$#"
        yield f'SetEnvIfExpr "{condition}" ml_{name}=0$1{zeros}'


def _apache_choices() -> Iterator[str]:
    for media_type, name in _NAMES.items():
        yield "RewriteCond %{PATH_INFO} ^$"  # else the file name is that of something above
        yield f"RewriteCond %{{REQUEST_FILENAME}}.{name} -f"
        told = f"%{{ENV:ml_there}} {media_type}"
        yield f'RewriteRule {_THING} - "[E=ml_there:{told},E=ml_found:1]"'
        yield "RewriteCond %{ENV:ml_found} 1"
        yield f"RewriteCond %{{REQUEST_FILENAME}}.{name} -f"
        yield f'RewriteCond expr "%{{ENV:ml_{name}}} -gt %{{ENV:ml_best}}"'
        yield f"RewriteRule ^ - [E=ml_best:%{{ENV:ml_{name}}},E=ml_suffix:.{name}]"
