"""Names that people asked not to be shown, and rows without them.

The working file keeps such names, as the resolver needs them; `publish.py` takes every row through here on its way to
the published file. All texts of all tables are looked at, however deep in lists and structs, so that no table can be
forgotten. What is replaced:

* everywhere, if nobody else bears the name and it is more than one word;
* else only in rows about the person: the person's mentions, works, source records and pages, and rows that do not say
  whom they are about.

A record that was rejected is not read again: it is withheld whole if it holds all words of the name. Terms that papers
share are words by themselves: one that is a word of a hidden name is left out, whosever it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import duckdb
import polars as pl

from pipeline.names import HiddenName, NameKind, ParsedName, fold, parse_name
from pipeline.text import clean
from warehouse.sql import query
from warehouse.tables import quoted

NO_NAME: Final = "Name withheld"
"""What is shown for somebody all of whose names are hidden."""

NO_RECORD: Final = "Withheld: it prints a name that is not to be shown."

SUBJECTS: Final = (
    ("mention_id", "mention_id_l", "mention_id_r"),
    ("collaborator_id",),
    ("author_id", "old_author_id", "other_author_id"),
    ("openalex_author_id",),
    ("work_id", "arxiv_id", "openalex_id", "record_id"),
)
"""Columns that say whom a row is about; the first group with a value decides."""

PERSONAL: Final = ("mention_id", "author_id")
"""Columns of a person's own rows, which may hold parts of the name by themselves."""

WITHOUT_ROWS: Final = frozenset({"resolved.mention_places", "marts.related_terms", "marts.related_vectors"})
"""What is remembered from run to run of every name and its neighbours, in keys, and of every word of titles and
abstracts: not published once a name is hidden. A run that is given such a file back compares everything again."""

RELATED: Final = "marts.related_papers"
SHARED_TERMS: Final = "shared_terms"
"""The one column with texts of the largest table: its other columns are ids."""

NAME_PARTS: Final = {"raw_name": "raw", "given": "given", "family": "family", "suffix": "suffix"}
"""Columns and fields that hold a printed name, and the part of it that each holds."""

CORRECTIONS: Final = "resolved.corrections"
REJECTED: Final = "staging.rejected"
WHOLE_ROWS: Final = frozenset({CORRECTIONS, REJECTED})
"""Tables of which every row is looked at: names to hide, and records in a notation that SQL cannot search."""

ROWS_AT_ONCE: Final = 2_000

_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_APOSTROPHE: Final = re.compile("['`\u02b9-\u02bf\u2018-\u201b\u2032]")
_SQUEEZED: Final = (
    "lower(strip_accents(regexp_replace({text}, '[\\p{{P}}\\p{{M}}\\p{{Z}}\\x00-/:-@\\[-`{{-\\x7F]', '', 'g')))"
)
"""A text without what `pipeline.names.fold` drops, as far as SQL can tell."""
_BEYOND_ASCII: Final = "[^\\x00-\\x7F]"
_DROPPED_ASCII: Final = "[^0-9A-Za-z]*"
"""What of ASCII may stand between the letters of a word in a text that is not squeezed."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Withheld:
    """A hidden name of one person, and what is shown in its place.

    Attributes:
        name: The name.
        author_id: The person; None when nobody has the mention or the id of the decision any more.
        shown: What stands in its place.
        is_everywhere: Whether every text with the name speaks of this person.
        ids: Ids of the person's mentions, works, records and pages.
    """

    name: HiddenName
    author_id: str | None
    shown: ParsedName = field(default_factory=lambda: as_parts(NO_NAME))
    is_everywhere: bool = False
    ids: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        """The folded words of the name."""
        return frozenset(word for form in self.name.words for word in form)

    @cached_property
    def hidden_words(self) -> frozenset[str]:
        """Those that the name shown does not have."""
        return self.words - frozenset(fold(self.shown.raw).split())


def as_parts(shown: str) -> ParsedName:
    """A name to show, taken apart; what is no name is kept whole."""
    if shown == NO_NAME:
        return ParsedName(NO_NAME, None, NO_NAME, None, NameKind.PERSON)
    return parse_name(shown)


def hidden_names(con: duckdb.DuckDBPyConnection) -> list[tuple[HiddenName, str | None]]:
    """The names that approved decisions hide, each with the author who bears it today, in a fixed order."""
    rows = con.execute(
        f"SELECT DISTINCT value, author_id FROM ({query('resolved/decided_authors')})"
        " WHERE kind = 'hide_name' AND status = 'approved' AND value IS NOT NULL ORDER BY ALL"
    ).fetchall()
    names = [(HiddenName(value), author_id) for value, author_id in rows]
    return [(name, author_id) for name, author_id in names if name.forms]


def withheld_names(con: duckdb.DuckDBPyConnection) -> list[Withheld]:
    """What publication must not print, with what it prints instead."""
    hidden = hidden_names(con)
    return [_withheld(con, name, author_id, [n for n, who in hidden if who == author_id]) for name, author_id in hidden]


def _withheld(
    con: duckdb.DuckDBPyConnection, name: HiddenName, author_id: str | None, own: list[HiddenName]
) -> Withheld:
    """One hidden name with the author's other hidden names, none of which may be shown for it."""
    rows = con.execute(
        "SELECT DISTINCT mention.raw_name, mention.given, mention.family, resolved.author_id"
        " FROM staging.mentions AS mention LEFT JOIN resolved.author_mentions AS resolved USING (mention_id)"
        f" WHERE {may_print('mention.raw_name', [name])}"
    ).fetchall()
    bearers = {who for *parts, who in rows if name.is_name(*parts)}
    keep = frozenset().union(*(HiddenName(raw).forms for raw, *parts, _ in rows if _is_longer(name, raw, *parts)))
    name = HiddenName(name.printed, keep)
    is_everywhere = name.is_telling and bearers <= {author_id}
    if author_id is None:
        return Withheld(name, None, is_everywhere=is_everywhere)
    ids = con.execute(query("resolved/ids_of_author"), {"author_id": author_id}).fetchall()
    shown = con.execute("SELECT display_name FROM marts.authors WHERE author_id = ?", [author_id]).fetchall()
    visible = shown[0][0] if shown and not any(one.is_name(shown[0][0]) for one in own) else NO_NAME
    return Withheld(name, author_id, as_parts(visible), is_everywhere, frozenset(id_ for (id_,) in ids))


def _is_longer(name: HiddenName, raw_name: str, given: str | None, family: str | None) -> bool:
    """Whether a printed name holds the hidden one and is another."""
    return not name.is_name(raw_name, given, family) and name.is_in(raw_name)


def may_print(text: str, names: list[HiddenName]) -> str:
    """A SQL condition that every text with one of the names meets, and few others do.

    Letters that only `pipeline.names.fold` can read make a text one to be looked at. Most texts are ASCII, and are
    looked at once: squeezing a text costs several times as much.
    """
    words = sorted({longest(form) for name in names for form in name.words})
    spread = (_DROPPED_ASCII.join(word) for word in words)
    return (
        f"(regexp_matches({text}, '(?i){'|'.join([_BEYOND_ASCII, *spread])}')"
        f" AND regexp_matches({_SQUEEZED.format(text=text)}, '{'|'.join([_BEYOND_ASCII, *words])}'))"
    )


def rewritten(con: duckdb.DuckDBPyConnection, table: str, columns: list[str], names: list[Withheld]) -> pl.DataFrame:
    """The rows of a table that print a withheld name, without it.

    Args:
        con: A connection to the working file.
        table: Full name of the table.
        columns: Its columns with texts in them, quoted.
        names: What must not be printed.

    Returns:
        `_row`, the row's id in the table, and the columns.
    """
    if table == RELATED:
        return without_shared_terms(con, names)
    hidden = [one.name for one in names]
    conditions = [may_print(f"CAST({column} AS VARCHAR)", hidden) for column in columns] if names else []
    conditions += [f"{name} IN (SELECT unnest($ids))" for name in PERSONAL if quoted(name) in columns]
    condition = "true" if table in WHOLE_ROWS else " OR ".join(["false", *conditions])
    sql = f"SELECT rowid AS _row, {', '.join(columns)} FROM {table} WHERE {condition}"
    ids = {"ids": sorted({id_ for one in names for id_ in one.ids})} if "$ids" in sql else {}
    schema = con.sql(f"{sql} LIMIT 0", params=ids).pl().schema
    by_word = names_by_word(names)
    found = con.execute(sql, ids)
    changed = []
    while batch := found.fetchmany(ROWS_AT_ONCE):
        rows = [dict(zip(schema, values, strict=True)) for values in batch]
        changed += [new for old in rows if (new := without(names, by_word, table, old)) != old]
    return pl.DataFrame(changed, schema=schema)


def without_shared_terms(con: duckdb.DuckDBPyConnection, names: list[Withheld]) -> pl.DataFrame:
    """The rows of related papers that share a word of a withheld name, without it: `_row` and the list."""
    words = sorted(frozenset().union(*(one.hidden_words for one in names)))
    text = f"strip_accents(array_to_string({SHARED_TERMS}, ' '))"
    condition = f"regexp_matches({text}, '{'|'.join([_BEYOND_ASCII, *words])}')" if words else "false"
    found = con.sql(f"SELECT rowid AS _row, {quoted(SHARED_TERMS)} FROM {RELATED} WHERE {condition}").pl()
    kept = [[term for term in terms if set(fold(term).split()).isdisjoint(words)] for terms in found[SHARED_TERMS]]
    changed: pl.DataFrame = found.with_columns(pl.Series(SHARED_TERMS, kept, dtype=found.schema[SHARED_TERMS]))
    return changed.filter(changed[SHARED_TERMS].list.len() < found[SHARED_TERMS].list.len())


def names_by_word(names: list[Withheld]) -> dict[str, list[Withheld]]:
    """The names under a word of each of their forms."""
    found: dict[str, list[Withheld]] = {}
    for one in names:
        for word in sorted({longest(form) for form in one.name.words}):
            found.setdefault(word, []).append(one)
    return found


def longest(words: frozenset[str]) -> str:
    """The longest word, the first in the alphabet if equal."""
    return max(sorted(words), key=len)


def without(names: list[Withheld], by_word: dict[str, list[Withheld]], table: str, row: Mapping[str, Any]) -> Row:
    """A row of a table without the withheld names."""
    new = dict(row)
    if table == REJECTED:
        for column in ("payload", "detail"):
            folded = fold(decoded(new[column]))
            if any(all(word in folded for word in form) for one in names for form in one.name.words):
                new[column] = NO_RECORD
    words = words_of(new)
    for one in dict.fromkeys(one for word in sorted(words & by_word.keys()) for one in by_word[word]):
        if one.is_everywhere or is_about(one, row):
            new = _in_fields(one, new)
    for one in names:
        if "bibtex" in row and is_about(one, row):
            new = _in_key(one, new, row)
        elif any(row.get(column) in one.ids for column in PERSONAL):
            new = {column: _in_parts(one, value) for column, value in new.items()}
    if table == CORRECTIONS and row["kind"] == "hide_name":
        new["value"] = None
    return new


def words_of(value: Any) -> set[str]:
    """The folded words of a value's texts, however deep; of "Lee's" both "lees" and "lee"."""
    if isinstance(value, str):
        parts = set(fold.__wrapped__(value).split())
        return (
            parts | set(fold.__wrapped__(_APOSTROPHE.sub(" ", value)).split()) if _APOSTROPHE.search(value) else parts
        )
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*(words_of(item) for item in items))


def is_about(one: Withheld, row: Mapping[str, Any]) -> bool:
    """Whether a row is about the person, or does not say whom it is about."""
    for group in SUBJECTS:
        named = {row[column] for column in group if row.get(column) is not None}
        if named:
            return not named.isdisjoint(one.ids)
    return True


def decoded(record: str) -> str:
    """A record as received, its letters escaped in whatever notation, as text."""
    return clean(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), record).replace("\\\\", "\\"))


def _in_fields(one: Withheld, fields: Row) -> Row:
    """A row, or a struct in one, without the name; the parts of a printed name change together."""
    if one.name.is_name(fields.get("raw_name"), fields.get("given"), fields.get("family")):
        shown = {name: getattr(one.shown, part) for name, part in NAME_PARTS.items()}
        fields = fields | {name: text for name, text in shown.items() if name in fields}
    return {key: _in_value(one, value) for key, value in fields.items()}


def _in_key(one: Withheld, new: Row, old: Mapping[str, Any]) -> Row:
    """A page without words of the name in the key of its BibTeX entry, if the entry is from before the decision."""
    if new["bibtex"] == old["bibtex"]:
        return new
    key, comma, entry = new["bibtex"].partition(",")
    for word in one.hidden_words:
        key = key.replace(word, "")
    return new | {"bibtex": key + comma + entry}


def _in_parts(one: Withheld, value: Any) -> Any:
    """A value of the person's own row without texts made of words of the name: its parts, and ids that end on one."""
    if isinstance(value, list):
        return [item for item in value if _in_parts(one, item) == item]
    if not isinstance(value, str):
        return value
    words = fold(value.rpartition(":")[2]).split()
    is_made_of_it = all(word in one.words or not word[1:] for word in words)
    return "" if is_made_of_it and not one.hidden_words.isdisjoint(words) else value


def _in_value(one: Withheld, value: Any) -> Any:
    """A value without the name, however deep it stands; what lies in a struct about somebody else may keep it."""
    if isinstance(value, str):
        return one.name.replaced(value, one.shown)
    if isinstance(value, list):
        return [_in_value(one, item) for item in value]
    if isinstance(value, dict) and (one.is_everywhere or is_about(one, value)):
        return _in_fields(one, value)
    return value
