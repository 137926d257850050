"""The text of a query becomes an outline.

This reader is no judge: it expects a text that the engine accepts, SPARQL 1.1
(https://www.w3.org/TR/sparql11-query/#sparqlGrammar), and lets pass much that is none.  What it
cannot follow it refuses as `Unreadable`; it never guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NoReturn, TypeVar
from urllib.parse import urljoin

import pyoxigraph as ox

from .. import terms
from .outline import (
    Bind,
    Block,
    Call,
    Column,
    Declaration,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    Name,
    Node,
    Outline,
    Query,
    Sentence,
    Triple,
    Values,
    Verb,
)

__all__ = ["Unreadable", "read"]

T = TypeVar("T")

_DEEPEST = 60  # a person loses count long before; Python's own stack ends at a few hundred

_XSD, _RDF = terms.PREFIXES["xsd"], terms.PREFIXES["rdf"]
_RDF_TYPE, _RDF_FIRST = ox.NamedNode(f"{_RDF}type"), ox.NamedNode(f"{_RDF}first")

_ESCAPED = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_PART = r"[\w:·-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
# §19.8, rules [139]–[163].  A name may hold points, but does not end in one.
_TOKEN = re.compile(
    rf"""
    (?P<iri> <(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPED})*+> )
  | (?P<blank> _:\w(?:[\w.·-]*[\w·-])? )
  | (?P<name> (?:[^\W\d_](?:[\w.·-]*[\w·-])?)?:(?:(?:{_PART})(?:(?:{_PART}|\.)*(?:{_PART}))?)? )
  | (?P<variable> [?$][\w·]+ )
  | (?P<string> \"{{3}}(?:"{{0,2}}(?:[^"\\]|\\.))*+"{{3}} | '{{3}}(?:'{{0,2}}(?:[^'\\]|\\.))*+'{{3}}
              | "(?:[^"\\\n\r]|\\.)*+" | '(?:[^'\\\n\r]|\\.)*+' )
  | (?P<language> @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
  | (?P<number> [+-]?(?:(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+|\d*\.\d+|\d+) )
  | (?P<word> [A-Za-z]\w* )
  | (?P<mark> \^\^|&&|\|\||!=|<=|>=|[{{}}()\[\].;,*/|^+\-=<>!?] )
    """,
    re.VERBOSE | re.DOTALL,
)
_GAP = re.compile(r"(?:\s++|\#[^\n\r]*+)*+")
_ESCAPE = re.compile(rf"{_ESCAPED}|\\(.)", re.DOTALL)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CONTROL = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_OPERATOR = re.compile(r"&&|\|\||!=|<=|>=|[=<>+\-*/]|(?:NOT\s+)?IN\b", re.IGNORECASE)
_RANK = {"||": 1, "&&": 2, "+": 4, "-": 4, "*": 5, "/": 5}
_COMPARED = 3  # the rank of every other operator


class Unreadable(Exception):
    """A text that this reader cannot follow.

    Attributes:
        reason: What stands in the way, as the end of "The query …".
        at: Offset of it in the text.
        undeclared: The prefixes that were used before it without being declared.
    """

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason, self.at = reason, at
        self.undeclared: dict[str, int] = {}


def read(text: str, known: Mapping[str, str], instead: Mapping[str, str] | None = None) -> Outline:
    """Return the outline of a query.

    Args:
        text: The query.
        known: Namespaces of prefixes that the text may use without declaring them.
        instead: Namespaces that stand for those that the text declares.

    Raises:
        Unreadable: It is no SPARQL 1.1 query, or nests too deeply.
    """
    return _Reader(text, known, instead or {}).outline()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The keyword in capitals, or the mark."""
        return self.text.upper() if self.kind in ("word", "mark") else ""


class _Reader:
    """One pass over a text by recursive descent; a method reads what its name says."""

    def __init__(self, text: str, known: Mapping[str, str], instead: Mapping[str, str]) -> None:
        self._text, self._known, self._instead = text, known, instead
        self._outline = Outline()
        self._role = "pattern"
        self._depth = 0
        self._end = 0  # of the last token
        self._next = _Token("end", "", 0, 0)
        # Where triples go, the brackets open around them, and how many of those are collections.
        self._triples: list[Triple] = []
        self._open: list[str] = []

    def outline(self) -> Outline:
        try:
            self._next = self._token(0)
            self._prologue()
            self._outline.query = self._query()
            if self._next.kind != "end":
                self._refuse()
        except Unreadable as error:
            error.undeclared = self._outline.undeclared
            raise
        except ValueError:  # the engine's classes refuse what is no IRI or no language
            raise Unreadable("goes beyond SPARQL 1.1", self._end) from None
        return self._outline

    # Tokens

    def _token(self, at: int) -> _Token:
        gap = _GAP.match(self._text, at)
        start = gap.end() if gap else at
        if start == len(self._text):
            return _Token("end", "", start, start)
        match = _TOKEN.match(self._text, start)
        if not match or not match.lastgroup:
            raise Unreadable("goes beyond SPARQL 1.1", start)
        return _Token(match.lastgroup, match[0], start, match.end())

    def _take(self) -> _Token:
        taken = self._next
        self._end = taken.end
        self._next = self._token(taken.end)
        return taken

    def _accept(self, *words: str) -> bool:
        """Take the next token if it is one of these keywords or marks."""
        found = self._next.word in words
        if found:
            self._take()
        return found

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            self._refuse()

    def _refuse(self) -> NoReturn:
        raise Unreadable("goes beyond SPARQL 1.1", self._next.start)

    def _nested(self, work: Callable[[], T]) -> T:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable(f"nests more than {_DEEPEST} levels deep", self._next.start)
        done = work()
        self._depth -= 1
        return done

    def _as(self, role: str, work: Callable[[], T]) -> T:
        """Read something whose names have another role."""
        former, self._role = self._role, role
        done = work()
        self._role = former
        return done

    # Queries

    def _prologue(self) -> None:
        while True:
            if self._accept("BASE"):
                self._outline.base = self._resolved(self._take())
            elif self._accept("PREFIX"):
                self._declaration()
            else:
                return

    def _declaration(self) -> None:
        name, iri = self._take(), self._take()
        prefix, colon, local = name.text.partition(":")
        if not colon or local or iri.kind != "iri":
            raise Unreadable("goes beyond SPARQL 1.1", name.start)
        namespace = self._resolved(iri)
        self._outline.declarations.append(Declaration(prefix, namespace, name.start))
        self._outline.prefixes[prefix] = self._instead.get(prefix, namespace)

    def _query(self) -> Query:
        query = Query(self._next.word, self._next.start)
        heads = {
            "SELECT": self._columns,
            "ASK": lambda _: None,
            "CONSTRUCT": self._template,
            "DESCRIBE": self._described,
        }
        if query.form not in heads:
            self._refuse()
        self._take()
        heads[query.form](query)
        self._dataset(query)
        if self._accept("WHERE") or self._next.word == "{":
            query.where = self._pattern(query)
        self._modifiers(query)
        query.end = self._end
        return query

    def _columns(self, query: Query) -> None:
        self._accept("DISTINCT", "REDUCED")
        if self._accept("*"):
            query.star = True
            return
        query.columns = tuple(self._many(self._column, self._is_column))

    def _is_column(self) -> bool:
        return self._next.kind == "variable" or self._next.word == "("

    def _column(self) -> Column:
        if self._next.kind == "variable":
            return Column(self._node(), None)
        self._expect("(")
        expression = self._expression()
        alias = self._node() if self._accept("AS") else None
        self._expect(")")
        return Column(expression, alias)

    def _described(self, query: Query) -> None:
        if self._accept("*"):
            query.star = True
            return
        item = partial(self._as, "described", self._node)
        names = ("variable", "iri", "name")
        found = self._many(item, lambda: self._next.kind in names)
        query.columns = tuple(Column(node, None) for node in found)

    def _template(self, query: Query) -> None:
        if self._next.word == "{":  # else the short form: the pattern is the template
            self._take()
            query.template = self._as("template", self._sentences)
            self._expect("}")

    def _sentences(self) -> tuple[Triple, ...]:
        found: list[Triple] = []
        while self._next.word != "}":
            found += self._sentence().triples
            self._accept(".")
        return tuple(found)

    def _dataset(self, query: Query) -> None:
        start = self._next.start
        while self._accept("FROM"):
            self._accept("NAMED")
            self._as("graph", self._node)
            query.dataset = self._text[start : self._end]

    def _pattern(self, query: Query) -> Group:
        group = self._group()
        if query.form == "CONSTRUCT" and not query.template:
            found = [e.triples for e in group.elements if isinstance(e, Sentence)]
            query.template = tuple(triple for triples in found for triple in triples)
        return group

    def _modifiers(self, query: Query) -> None:
        if self._accept("GROUP"):
            self._expect("BY")
            query.group_by = tuple(self._many(self._grouping, self._is_condition))
        start = self._next.start
        if self._accept("HAVING"):
            query.having = tuple(self._many(self._constraint, self._is_condition))
            query.late = ("HAVING", start, self._end)
        if self._accept("ORDER"):
            self._expect("BY")
            query.order_by = tuple(self._many(self._ordering, self._is_condition))
        self._slice(query)
        if self._next.word == "VALUES":
            query.values = self._values()
            query.late = query.late or ("VALUES", query.values.start, self._end)

    def _slice(self, query: Query) -> None:
        while self._next.word in ("LIMIT", "OFFSET"):
            start, word = self._next.start, self._take().word
            if self._next.kind != "number":
                self._refuse()
            number = int(self._take().text)
            if number == 0 if word == "LIMIT" else number > 0:
                query.late = query.late or (word, start, self._end)

    def _is_condition(self) -> bool:
        word, kind = self._next.word, self._next.kind
        if kind == "word":
            return word not in ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
        return kind in ("variable", "iri", "name") or word == "("

    def _grouping(self) -> Column:
        return self._column() if self._is_column() else Column(self._constraint(), None)

    def _ordering(self) -> Expression:
        self._accept("ASC", "DESC")
        return self._constraint()

    def _many(self, item: Callable[[], T], more: Callable[[], bool]) -> list[T]:
        found = []
        while more():
            found.append(item())
        return found

    # Groups

    def _group(self) -> Group:
        start = self._next.start
        self._expect("{")
        elements = self._nested(self._elements)
        self._expect("}")
        return Group(elements, start, self._end)

    def _elements(self) -> tuple[Element, ...]:
        if self._next.word == "SELECT":
            return (self._query(),)
        found: list[Element] = []
        while self._next.word != "}":
            if not self._accept("."):
                found.append(self._element())
        return tuple(found)

    def _element(self) -> Element:
        word, start = self._next.word, self._next.start
        if word == "FILTER":
            self._take()
            return Filter(self._constraint(), start, self._end)
        if word == "BIND":
            return self._bind()
        if word == "VALUES":
            return self._values()
        if word in ("OPTIONAL", "MINUS", "GRAPH", "SERVICE"):
            return self._block()
        return self._union() if word == "{" else self._sentence()

    def _bind(self) -> Bind:
        start = self._take().start
        column = self._column()
        if not column.alias:
            self._refuse()
        return Bind(column.expression, column.alias, start, self._end)

    def _block(self) -> Block:
        taken, target = self._take(), None
        known = len(self._outline.names)
        if taken.word in ("GRAPH", "SERVICE"):
            self._accept("SILENT")
            target = self._as("graph", self._node)
        group = self._group()
        if taken.word == "SERVICE":
            del self._outline.names[known:]
        return Block(taken.word, (group,), target, taken.start, self._end)

    def _union(self) -> Block:
        start, groups = self._next.start, [self._group()]
        while self._accept("UNION"):
            groups.append(self._group())
        return Block("UNION" if len(groups) > 1 else "", tuple(groups), None, start, self._end)

    def _values(self) -> Values:
        start = self._take().start
        if self._next.kind == "variable":
            variables: tuple[Node, ...] = (self._node(),)
            cell = self._single
        else:
            variables, cell = self._in_parentheses(self._node), self._row
        self._expect("{")
        rows = tuple(self._many(cell, lambda: self._next.word != "}"))
        self._expect("}")
        return Values(variables, rows, start, self._end)

    def _row(self) -> tuple[Node | None, ...]:
        return self._in_parentheses(self._datum)

    def _single(self) -> tuple[Node | None, ...]:
        return (self._datum(),)

    def _datum(self) -> Node | None:
        return None if self._accept("UNDEF") else self._node()

    def _in_parentheses(self, item: Callable[[], T]) -> tuple[T, ...]:
        self._expect("(")
        found = self._many(item, lambda: self._next.word != ")")
        self._expect(")")
        return tuple(found)

    # Triples

    def _sentence(self) -> Sentence:
        outer, self._triples = self._triples, []
        start = self._next.start
        subject = self._object()
        self._properties(subject, self._next.start if self._triples else start)
        found, self._triples = self._triples, outer
        return Sentence(tuple(found), start, self._end)

    def _properties(self, subject: Node, start: int) -> None:
        """Read what is said of a subject; `start` is where the first triple begins."""
        while not self._ends_sentence():
            verb = self._verb()
            self._objects(subject, verb, start)
            while self._accept(";"):
                pass
            start = self._next.start

    def _ends_sentence(self) -> bool:
        """Whether what comes is no verb."""
        kind, text = self._next.kind, self._next.text
        return kind == "end" or text in (".", "]", "{", "}") or (kind == "word" and text != "a")

    def _objects(self, subject: Node, verb: Verb, start: int) -> None:
        while True:
            self._triple(subject, verb, start)
            if not self._accept(","):
                return
            start = self._next.start

    def _triple(self, subject: Node, verb: Verb, start: int) -> None:
        """Read an object; its triple comes before those that the object holds."""
        at, first = len(self._triples), self._next
        value = self._object()
        cut = first.end if first.word == "[" else self._end
        close = "]" * (len(self._open) + (first.word == "["))
        triple = Triple(subject, verb, value, start, None if ")" in self._open else cut, close)
        self._triples.insert(at, triple)

    def _object(self) -> Node:
        """Read a node, with the triples in its brackets."""
        if self._next.word in ("[", "("):
            return self._nested(self._bracketed)
        return self._node()

    def _bracketed(self) -> Node:
        taken = self._take()
        node = Node(None, taken.start, taken.end)
        close = "]" if taken.word == "[" else ")"
        self._open.append(close)
        if close == "]":
            self._properties(node, self._next.start)
        while close == ")" and self._next.text != ")":
            first = Node(_RDF_FIRST, self._next.start, self._next.start)
            self._triple(node, Verb(first, first, (), first.start, first.end), first.start)
        self._open.pop()
        self._expect(close)
        return Node(None, taken.start, self._end)

    # Paths

    def _verb(self) -> Verb:
        start = self._next.start
        if self._next.kind == "variable":
            node = self._node()
            return Verb(node, None, (), start, self._end)
        names: list[Node] = []
        last = self._alternative(names)
        single = names[0] if last and len(names) == 1 else None
        return Verb(single, last, tuple(names), start, self._end)

    def _alternative(self, names: list[Node]) -> Node | None:
        """Read a path and return its last step, if that is one predicate."""
        if self._next.word == ")":  # `!()` is every predicate
            return None
        last = self._sequence(names)
        while self._accept("|"):
            self._sequence(names)
            last = None
        return last

    def _sequence(self, names: list[Node]) -> Node | None:
        last = self._step(names)
        while self._accept("/"):
            last = self._step(names)
        return last

    def _step(self, names: list[Node]) -> Node | None:
        inverse, negated = self._accept("^"), self._accept("!")
        inverse = self._accept("^") or inverse
        if self._accept("("):
            last = self._nested(partial(self._alternative, names))
            self._expect(")")
        else:
            last = self._predicate()
            names.append(last)
        # `p?` and `p*` may lead nowhere, to where the path begins; `p+` leads to an object of p.
        stays = self._accept("?", "*")
        self._accept("+")
        return None if inverse or negated or stays else last

    def _predicate(self) -> Node:
        if self._next.text == "a":
            taken = self._take()
            return Node(_RDF_TYPE, taken.start, taken.end)
        if self._next.kind not in ("iri", "name"):
            self._refuse()
        return self._node()

    # Expressions

    def _constraint(self) -> Expression:
        """Read what needs no parentheses around it: a call, a variable, or what has them."""
        return self._nested(self._operand)

    def _expression(self, rank: int = 0) -> Expression:
        """Read operands and the operators between them that bind closer than `rank`."""
        left = self._nested(self._operand)
        while True:
            # After an operand `<` is an operator, even where `<…>` could be read as an IRI.
            match = _OPERATOR.match(self._text, self._next.start)
            name = " ".join(match[0].upper().split()) if match else ""
            if not match or _RANK.get(name, _COMPARED) <= rank:
                return left
            self._end = match.end()
            self._next = self._token(match.end())
            if name.endswith("IN"):
                right = self._arguments()
            else:
                right = (self._expression(_RANK.get(name, _COMPARED)),)
            left = Call(name, (left, *right), left.start, self._end)

    def _operand(self) -> Expression:
        token = self._next
        if token.word in ("!", "-", "+"):
            self._take()
            return Call(token.word, (self._nested(self._operand),), token.start, self._end)
        if self._accept("("):
            inner = self._expression()
            self._expect(")")
            return inner
        if token.kind == "word" and token.text.lower() not in ("true", "false"):
            return self._builtin()
        node = self._as("expression", self._node)
        return self._function(node) if node.iri and self._next.word == "(" else node

    def _builtin(self) -> Expression:
        token = self._take()
        if token.word == "NOT":
            self._expect("EXISTS")
        if token.word in ("NOT", "EXISTS"):
            return Exists(self._as("pattern", self._group), token.start, self._end)
        return Call(token.word, self._arguments(), token.start, self._end)

    def _function(self, node: Node) -> Call:
        last = self._outline.names.pop()
        self._outline.names.append(Name(last.iri, "function", last.prefix, last.start, last.end))
        return Call(node.iri or "", self._arguments(), node.start, self._end)

    def _arguments(self) -> tuple[Expression, ...]:
        self._expect("(")
        self._accept("DISTINCT")
        found = []
        while not self._accept(")"):
            if self._accept(";"):  # GROUP_CONCAT(… ; SEPARATOR = "…")
                self._expect("SEPARATOR")
                self._expect("=")
            if not self._accept("*"):
                found.append(self._expression())
            self._accept(",")
        return tuple(found)

    # Terms

    def _node(self) -> Node:
        token = self._take()
        if token.kind == "variable":
            name = token.text[1:]
            self._outline.variables.setdefault(name, []).append(token.start)
            return Node(ox.Variable(name), token.start, token.end)
        if token.kind in ("iri", "name"):
            return Node(ox.NamedNode(self._iri(token, self._role)), token.start, token.end)
        if token.kind == "blank":
            return Node(None, token.start, token.end)
        return self._literal(token)

    def _literal(self, token: _Token) -> Node:
        if token.kind == "string":
            return self._string(token)
        kind = token.text.lower()
        if kind in ("true", "false"):
            term = ox.Literal(kind, datatype=ox.NamedNode(f"{_XSD}boolean"))
        elif token.kind == "number":
            datatype = "double" if "e" in kind else "decimal" if "." in kind else "integer"
            term = ox.Literal(token.text, datatype=ox.NamedNode(_XSD + datatype))
        else:
            raise Unreadable("goes beyond SPARQL 1.1", token.start)
        return Node(term, token.start, token.end)

    def _string(self, token: _Token) -> Node:
        quotes = 3 if token.text[:3] in ('"""', "'''") else 1
        value = _ESCAPE.sub(_unescape, token.text[quotes:-quotes])
        if self._next.kind == "language":
            term = ox.Literal(value, language=self._take().text[1:])
        elif self._accept("^^"):
            datatype = self._iri(self._take(), "datatype")
            term = ox.Literal(value, datatype=ox.NamedNode(datatype))
        else:
            term = ox.Literal(value)
        return Node(term, token.start, self._end)

    def _iri(self, token: _Token, role: str) -> str:
        """Return the IRI that a token stands for, and note it."""
        prefix = None
        if token.kind == "iri":
            iri = self._resolved(token)
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            iri = self._namespace(prefix, token.start) + re.sub(r"\\(.)", r"\1", local)
        else:
            raise Unreadable("goes beyond SPARQL 1.1", token.start)
        self._outline.names.append(Name(iri, role, prefix, token.start, token.end))
        return iri

    def _namespace(self, prefix: str, at: int) -> str:
        prefixes = self._outline.prefixes
        if prefix not in prefixes:
            self._outline.undeclared.setdefault(prefix, at)
            prefixes[prefix] = self._known.get(prefix, f"http://undeclared.invalid/{prefix}#")
        return prefixes[prefix]

    def _resolved(self, token: _Token) -> str:
        iri = _ESCAPE.sub(_unescape, token.text[1:-1])
        if self._outline.base and not _ABSOLUTE.match(iri):
            # urljoin drops a fragment that is empty, which makes another namespace of it.
            iri = urljoin(self._outline.base, iri) + ("#" if iri.endswith("#") else "")
        return ox.NamedNode(iri).value


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return _CONTROL.get(match[1], match[1])
    code = int(match[0].lstrip("\\uU"), 16)
    return match[0] if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)
