"""The search language of the arXiv Atom API: text to a tree.

Belongs here: the grammar and its errors. What a tree means for a paper is in `search`.

    query   = product (("OR" | nothing) product)*      words side by side mean OR, as in Lucene
    product = factor (("AND" | "ANDNOT") factor)*
    factor  = [field ":"] ( "(" query ")" | phrase | word ) | "submittedDate:[" minute "TO" minute "]"
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

TEXT_FIELDS = frozenset({"ti", "au", "abs", "co", "jr", "cat", "rn", "id", "all"})
DATE_FIELDS = frozenset({"submittedDate", "lastUpdatedDate"})
"""`lastUpdatedDate` is undocumented and acts as `submittedDate` since November 2025 (github
ropensci/aRxiv#69)."""

MAX_DEPTH = 50
"""Parentheses within parentheses; beyond any real query, below the interpreter's recursion limit."""
MAX_TERMS = 2000

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<open>\() | (?P<close>\))
    | (?P<operator>ANDNOT|AND|OR)(?=[\s()"]|$)
    | (?P<field>[A-Za-z]+):
    | "(?P<phrase>[^"]*)"
    | \[(?P<range>[^\]]*)\]
    | (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)
_RANGE = re.compile(r"\s*(\d{12})\s+TO\s+(\d{12})\s*")


class QuerySyntaxError(ValueError):
    """A query arXiv would refuse; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase looked for in one field, wildcards kept."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """First version submitted within two minutes, both included."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AndNot:
    """The first and not the second."""

    kept: "Node"
    dropped: "Node"


Node = Term | Submitted | And | Or | AndNot


def parse(query: str) -> Node:
    """The tree of a query.

    Raises:
        QuerySyntaxError: The text is not a query.
    """
    parser = _Parser(query)
    tree = parser.query("all", depth=0)
    if parser.kind is not None:
        raise QuerySyntaxError(f"unexpected {parser.shown} in {query!r}")
    return tree


class _Parser:
    """One pass over a query, one token of look-ahead."""

    def __init__(self, query: str) -> None:
        self._query = query.rstrip()
        self._at = 0
        self._terms = 0
        self.kind: str | None = None
        self._value = ""
        self._advance()

    @property
    def shown(self) -> str:
        return repr(self._value) if self.kind else "end of query"

    def query(self, field: str, depth: int) -> Node:
        parts = [self._product(field, depth)]
        while self.kind not in {None, "close"}:
            if self.kind == "operator" and self._value == "OR":
                self._advance()
            parts.append(self._product(field, depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _product(self, field: str, depth: int) -> Node:
        parts = [self._factor(field, depth)]
        while self.kind == "operator" and self._value != "OR":
            negated = self._value == "ANDNOT"
            self._advance()
            factor = self._factor(field, depth)
            if negated:
                parts = [AndNot(_joined(parts), factor)]
            else:
                parts.append(factor)
        return _joined(parts)

    def _factor(self, field: str, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise QuerySyntaxError(f"more than {MAX_DEPTH} nested parentheses")
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise QuerySyntaxError(f"more than {MAX_TERMS} terms")
        if self.kind == "field":
            field = self._field()
        kind, value = self.kind, self._value
        if kind == "range" or field in DATE_FIELDS:
            return self._submitted(field)
        if kind == "open":
            return self._group(field, depth)
        if kind in {"word", "phrase"}:
            self._advance()
            return Term(field, value)
        raise QuerySyntaxError(f"unexpected {self.shown} in {self._query!r}")

    def _field(self) -> str:
        field = self._value
        if field not in TEXT_FIELDS | DATE_FIELDS:
            raise QuerySyntaxError(f"unknown field {field!r}; fields are {', '.join(sorted(TEXT_FIELDS))}")
        self._advance()
        return field

    def _group(self, field: str, depth: int) -> Node:
        self._advance()
        inner = self.query(field, depth + 1)
        if self.kind != "close":
            raise QuerySyntaxError(f"unclosed parenthesis in {self._query!r}")
        self._advance()
        return inner

    def _submitted(self, field: str) -> Node:
        if field not in DATE_FIELDS or self.kind != "range":
            raise QuerySyntaxError(
                f"a date range is written submittedDate:[YYYYMMDDHHMM TO YYYYMMDDHHMM], not {self.shown}"
            )
        found = _RANGE.fullmatch(self._value)
        if found is None:
            raise QuerySyntaxError(f"incorrect date range [{self._value}]; write [YYYYMMDDHHMM TO YYYYMMDDHHMM]")
        self._advance()
        return Submitted(_minute(found[1]), _minute(found[2]).replace(second=59, microsecond=999_999))

    def _advance(self) -> None:
        found = _TOKEN.match(self._query, self._at)
        if found is None:
            if self._query[self._at :].strip():
                raise QuerySyntaxError(f"unclosed quotation mark in {self._query!r}")
            self.kind = None
            return
        self._at = found.end()
        self.kind = found.lastgroup
        self._value = found[found.lastgroup] if found.lastgroup else ""


def _joined(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _minute(digits: str) -> datetime:
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError as error:
        raise QuerySyntaxError(f"{digits} is not a moment YYYYMMDDHHMM") from error
