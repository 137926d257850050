"""Who stands in which relation to whom: each hub in a frame, and a fan of ties around it.

Whoever stands around several hubs is coloured and says which others: those are the links between
them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import dates
from .circles import Circle, Relation, Tie, arrange
from .phrases import percentage, phrase, written
from .sheet import ACCENT, HEAD, SMALL, SMALL_ACCENT, SMALL_STRONG, TEXT, Sheet, Style, dot
from .svg import element

if TYPE_CHECKING:
    from ..values import Value
    from .rows import Rows
    from .setting import Setting

__all__ = ["draw_flows", "draw_organisations", "draw_relations"]

_FEW = 2  # ties that need no fan
_SPOKE = 150.0
_WIDEST_FRAME = 190.0
_DOUBTFUL = ("rejected", "said-by")
_NOTED = ("amount", "currency", "percent", "date", "period")


@dataclass(frozen=True, slots=True)
class _Words:
    """The names in a network, and how a tie is put into words."""

    setting: Setting
    nodes: Mapping[str, str]
    around: Mapping[str, Sequence[str]]  # the hubs of each node
    are_roles: bool  # "funder of", rather than a thing that goes from one to the other

    def heading(self, tie: Tie) -> str:
        kind = tie.relation.kind
        is_of = tie.is_out and self.are_roles
        return phrase(self.setting.lang, "relation-of", kind) if is_of else kind

    def tie(self, tie: Tie) -> str:
        """Return a tie as its owner's line: ``funder of Bliiida``, ``funder: Bliiida``."""
        name = self.nodes[tie.node]
        if tie.relation.note:
            name = f"{name} ({tie.relation.note})"
        if self.are_roles and tie.is_out:
            return f"{self.heading(tie)} {name}"
        if self.are_roles:
            return phrase(self.setting.lang, "pair", self.heading(tie), name)
        return f"{self.heading(tie)} {'→' if tie.is_out else '←'} {name}"

    def elsewhere(self, node: str, hub: str) -> str:
        """Return what other hubs a node stands around, or nothing."""
        others = [self.nodes[other] for other in self.around[node] if other not in (hub, node)]
        return phrase(self.setting.lang, "also", ", ".join(others)) if others else ""


def draw_relations(rows: Rows, setting: Setting) -> str:
    """Return the network of the columns subject, relation and object."""
    return _draw(rows, setting, ("subject", "relation", "object"))


def draw_organisations(rows: Rows, setting: Setting) -> str:
    """Return the network of the columns organisation, relation and place."""
    return _draw(rows, setting, ("organisation", "relation", "place"))


def draw_flows(rows: Rows, setting: Setting) -> str:
    """Return the network of the columns payer, kind and payee."""
    return _draw(rows, setting, ("payer", "kind", "payee"))


def _draw(rows: Rows, setting: Setting, columns: tuple[str, str, str]) -> str:
    relations, nodes = _read(rows, setting, columns)
    circles = arrange(relations)
    words = _Words(setting, nodes, _around(circles), columns[1] == "relation")
    sheet = Sheet(setting)
    sheet.key(_key(words, circles))
    print_circle = _print_rail if setting.is_narrow else _print_circle
    for circle in circles:
        if len(circle.ties) > _FEW:
            print_circle(sheet, words, circle)
    _print_few(sheet, words, [circle for circle in circles if len(circle.ties) <= _FEW])
    return sheet.close(_described(words, relations))


def _read(
    rows: Rows, setting: Setting, columns: tuple[str, str, str]
) -> tuple[list[Relation], dict[str, str]]:
    """Return the relations, one for each pair and kind, and the name of each node."""
    nodes: dict[str, str] = {}
    told: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for number, row in enumerate(rows.pick(*columns, "place", "status", *_NOTED)):
        subject, kind, object_, place, status, *noted = row
        shown = setting.name(columns[1], written(kind, setting.lang))
        goal = columns[2], object_
        if object_ is None and place is not None:  # who receives is not said, whom it serves is
            goal, shown = ("place", place), phrase(setting.lang, "for-the-place", shown)
        if subject is None and goal[1] is None:
            continue
        ends = [(columns[0], subject), goal]
        source, target = (_name(nodes, setting, *end, number) for end in ends)
        state = written(status, setting.lang)
        doubt = setting.name("status", state) if state in _DOUBTFUL else ""
        told[source, shown, target].append((state, _note(noted, doubt, setting)))
    return [
        Relation(*key, said[0][0], "; ".join(dict.fromkeys(note for _, note in said if note)))
        for key, said in told.items()
    ], nodes


def _name(nodes: dict[str, str], setting: Setting, column: str, value: Value, number: int) -> str:
    """Name a node and return it; whoever is not named is nobody else."""
    if value is None:
        node = f"\uffff{number}"  # after all others in their order
        nodes[node] = phrase(setting.lang, "unsaid")
        return node
    node = written(value, setting.lang)
    nodes.setdefault(node, setting.name(column, node))
    return node


def _note(noted: Sequence[Value], doubt: str, setting: Setting) -> str:
    """Return how much and when, and whether it is so: ``8 000 000 euro, 2012, rejected``."""
    amount, currency, percent, date, period = noted
    unit = written(currency, setting.lang)
    much = f"{written(amount, setting.lang)} {setting.name('currency', unit)}" if amount else ""
    rate = percentage(percent, setting.lang)
    when = (dates.say(written(value, setting.lang), setting.lang) for value in (date, period))
    return ", ".join(filter(None, (much.strip(), rate, *when, doubt)))


def _around(circles: Sequence[Circle]) -> Mapping[str, list[str]]:
    """Return the hubs around which each node is told of."""
    around: dict[str, list[str]] = defaultdict(list)
    for circle in circles:
        for node in dict.fromkeys([circle.hub, *_all_nodes(circle.ties)]):
            around[node].append(circle.hub)
    return around


def _all_nodes(ties: Sequence[Tie]) -> Iterator[str]:
    for tie in ties:
        yield tie.node
        yield from _all_nodes(tie.beyond)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a fan: a heading, an item with its mark, or a note below the item."""

    text: str
    style: Style
    tie: Tie | None = None
    above: float = 0.0  # distance to the line before

    @property
    def height(self) -> float:
        return self.above + self.style.leading


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a fan: where the marks stand, and which way the words run from them."""

    x: float
    way: int  # 1 to the right, -1 to the left
    room: float


def _print_circle(sheet: Sheet, words: _Words, circle: Circle) -> None:
    """Print a hub in its frame, with its ties on both sides."""
    centre, reach = sheet.left + sheet.room / 2, sheet.room / 2 - _SPOKE - 12
    sides = _Side(centre - _SPOKE, -1, reach), _Side(centre + _SPOKE, 1, reach)
    lines: tuple[list[_Line], list[_Line]] = ([], [])
    for block in _blocks(words, circle):
        shorter = min((1, 0), key=lambda n: _height(lines[n]))
        lines[shorter].extend(_wrapped(block, reach))
    height = max(*map(_height, lines), HEAD.leading * 2)
    sheet.y += 26
    hub = _Frame(words.nodes[circle.hub], centre, sheet.y + height / 2)
    for side, mine in zip(sides, lines, strict=True):
        start = sheet.y + (height - _height(mine)) / 2
        _print_side(sheet, side, mine, start, hub)
    hub.print_on(sheet)
    sheet.y += height + 12


def _print_rail(sheet: Sheet, words: _Words, circle: Circle) -> None:
    """Print a hub in its frame, with its ties below it."""
    sheet.y += 50
    name = words.nodes[circle.hub]
    frame = _Frame(name, sheet.left + _Frame(name, 0, 0).width / 2, sheet.y - 16)
    side = _Side(sheet.left + 34, 1, sheet.room - 46)
    lines = [line for block in _blocks(words, circle) for line in _wrapped(block, side.room)]
    last = sheet.y
    for line in lines:
        sheet.y += line.height
        if line.tie:
            last = sheet.y - 4.5
            tick = f"M{sheet.left + 12:.1f} {last:.1f}H{side.x:.1f}"
            sheet.add(element("path", d=tick, class_="stroke"))
        _print_line(sheet, side, line, sheet.y)
    rail = f"M{sheet.left + 12:.1f} {frame.y:.1f}V{last:.1f}"
    sheet.add(element("path", d=rail, class_="stroke"))
    frame.print_on(sheet)


def _blocks(words: _Words, circle: Circle) -> list[list[_Line]]:
    """Return the ties by kind, those of many first, each with what is beyond it."""
    kinds: dict[str, list[Tie]] = defaultdict(list)
    for tie in circle.ties:
        kinds[words.heading(tie)].append(tie)
    return [
        [
            _Line(kind, SMALL_STRONG, above=9.0),
            *(line for tie in ties for line in _item(words, circle.hub, tie)),
        ]
        for kind, ties in sorted(kinds.items(), key=lambda item: -len(item[1]))
    ]


def _item(words: _Words, hub: str, tie: Tie) -> Iterator[_Line]:
    elsewhere = words.elsewhere(tie.node, hub)
    yield _Line(words.nodes[tie.node], ACCENT if elsewhere else TEXT, tie)
    if tie.relation.note:
        yield _Line(tie.relation.note, SMALL)
    if elsewhere:
        yield _Line(elsewhere, SMALL_ACCENT)
    yield from _notes(words, tie.beyond, "")


def _notes(words: _Words, ties: Sequence[Tie], indent: str) -> Iterator[_Line]:
    for tie in ties:
        yield _Line(f"{indent}{words.tie(tie)}", SMALL)
        yield from _notes(words, tie.beyond, f"– {indent}")


def _wrapped(lines: Sequence[_Line], room: float) -> Iterator[_Line]:
    for line in lines:
        first, *others = line.style.wrap(line.text, room)
        yield replace(line, text=first)
        yield from (_Line(other, line.style) for other in others)


def _height(lines: Sequence[_Line]) -> float:
    return sum(line.height for line in lines)


def _print_side(sheet: Sheet, side: _Side, lines: Sequence[_Line], y: float, hub: _Frame) -> None:
    start = hub.x + side.way * hub.width / 2
    bend = (start + side.x) / 2
    for line in lines:
        y += line.height
        if line.tie:
            to = f"{side.x:.1f} {y - 4.5:.1f}"
            curve = f"M{start:.1f} {hub.y:.1f}C{bend:.1f} {hub.y:.1f} {bend:.1f} {y - 4.5:.1f} {to}"
            sheet.add(element("path", d=curve, class_="stroke"))
        _print_line(sheet, side, line, y)


def _print_line(sheet: Sheet, side: _Side, line: _Line, y: float) -> None:
    if line.tie:
        linked = line.style is ACCENT
        sheet.add(_mark(side.x, y - 4.5, line.tie, side.way, linked=linked))
    style = line.style if side.way > 0 else line.style.end
    sheet.write(side.x + side.way * 11, y, line.text, style)


def _mark(x: float, y: float, tie: Tie, way: int, *, linked: bool) -> str:
    """Return a dot for who comes to the hub, and an arrow head to whom the hub goes."""
    planned = tie.relation.status == "planned"
    sign = "link" if linked and planned else "linked" if linked else "hollow" if planned else "bulk"
    if not tie.is_out:
        return dot(x, y, 3.6, sign)
    return element(
        "path", d=f"M{x - way * 2:.1f} {y - 4.5:.1f}l{way * 8} 4.5l{-way * 8} 4.5z", class_=sign
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """A hub's name in its frame, around a point."""

    name: str
    x: float
    y: float

    @property
    def lines(self) -> list[str]:
        return HEAD.wrap(self.name, _WIDEST_FRAME, 3)

    @property
    def width(self) -> float:
        return max(map(HEAD.measure, self.lines)) + 20

    def print_on(self, sheet: Sheet) -> None:
        height = len(self.lines) * HEAD.leading + 8
        top = self.y - height / 2
        frame = element(
            "rect",
            x=self.x - self.width / 2,
            y=top,
            width=self.width,
            height=height,
            rx=4,
            class_="hollow",
        )
        sheet.add(frame)
        sheet.write_lines(self.x, top + 19, self.lines, HEAD.middle)


def _print_few(sheet: Sheet, words: _Words, circles: Sequence[Circle]) -> None:
    """Print the circles of few ties as lines of text, in columns."""
    if not circles:
        return
    sheet.y += 30
    bottoms = []
    for x, room, part in sheet.in_columns(circles, 1 if sheet.setting.is_narrow else 3):
        y = sheet.y
        for circle in part:
            hub = _Line(words.nodes[circle.hub], TEXT, above=6.0)
            lines = [hub, *_notes(words, circle.ties, "")]
            for line in _wrapped(lines, room - 11):
                y += line.height
                sheet.write(x + 11, y, line.text, line.style)
                if line.above:
                    sheet.add(dot(x + 3, y - 4.5, 3, "bulk"))
        bottoms.append(y)
    sheet.y = max(bottoms)


def _key(words: _Words, circles: Sequence[Circle]) -> Iterator[tuple[str, str]]:
    lang = words.setting.lang
    ties = [tie for circle in circles if len(circle.ties) > _FEW for tie in circle.ties]
    if any(not tie.is_out for tie in ties):
        yield dot(0, 0, 3.6, "bulk"), phrase(lang, "towards")
    if any(tie.is_out for tie in ties):
        yield element("path", d="M-4 -4.5l8 4.5l-8 4.5z", class_="bulk"), phrase(lang, "from")
    if any(len(words.around[tie.node]) > 1 for tie in ties):
        yield dot(0, 0, 3.6, "linked"), phrase(lang, "linking")
    if any(tie.relation.status == "planned" for tie in ties):
        yield dot(0, 0, 3.6, "hollow"), words.setting.name("status", "planned")


def _described(words: _Words, relations: Sequence[Relation]) -> Iterator[str]:
    for relation in relations:
        subject, object_ = words.nodes[relation.subject], words.nodes[relation.object]
        note = f" ({relation.note})" if relation.note else ""
        yield f"{subject} → {relation.kind} → {object_}{note}."
