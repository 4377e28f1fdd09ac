"""Decisions by people, replayed: what they say to the resolver and the pages, and which of them do not hold."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb
import polars as pl
import pyarrow as pa

from pipeline.metrics import canonical_orcids
from pipeline.names import HiddenName
from pipeline.steps import count, frame_as, temporary_table
from warehouse import query
from warehouse.tables import replace, replace_from_query
from warehouse.withheld import NO_NAME, as_parts, hidden_names, may_print

TABLES = ("resolved.shown_names", "resolved.unmet_corrections")
"""The tables this step fills, as a part of resolving."""

CHOSEN_NAMES = {"author_id": pl.String, "value": pl.String}
SHOWN_NAMES = dict.fromkeys(("mention_id", "raw_name", "given", "family", "suffix"), pl.String)


def decisions(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The approved decisions about two mentions, for the resolver."""
    return con.sql(
        """
        SELECT kind, mention_id_l, mention_id_r, correction_id
        FROM resolved.corrections
        WHERE kind IN ('same', 'different') AND status = 'approved'
            AND mention_id_l IS NOT NULL AND mention_id_r IS NOT NULL
        ORDER BY correction_id
        """
    ).to_arrow_table()


def replay(con: duckdb.DuckDBPyConnection, refused: pa.Table) -> dict[str, int]:
    """Bring the decisions about authors to the people as they are resolved now; returns how many do not hold.

    Args:
        con: A connection to the working file, the people of this run in it.
        refused: `mention_id_l, mention_id_r` that the resolver did not join because of a `different` decision.
    """
    with temporary_table(con, "decided", "resolved/decided_authors"), frame_as(con, "refused", pl.DataFrame(refused)):
        replace_from_query(con, "resolved.unmet_corrections", query("resolved/unmet_corrections"))
    replace(con, "resolved.shown_names", shown_names(con))
    return {
        "unmet_corrections": count(con, "SELECT count(*) FROM resolved.unmet_corrections"),
        "hidden_mentions": count(con, "SELECT count(*) FROM resolved.shown_names"),
    }


def shown_names(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The mentions whose printed name is hidden, each with the author's display name; the columns of `ShownNames`."""
    hidden: dict[str, list[HiddenName]] = {}
    for name, author_id in hidden_names(con):
        if author_id:
            hidden.setdefault(author_id, []).append(name)
    bearing = dict(bearing_mentions(con, hidden))
    shown = names_to_show(con, hidden, bearing)
    rows = [
        (mention_id, parts.raw, parts.given, parts.family, parts.suffix)
        for mention_id, author_id in sorted(bearing.items())
        for parts in [as_parts(shown.get(author_id, NO_NAME))]
    ]
    return pl.DataFrame(rows, schema=SHOWN_NAMES, orient="row")


def bearing_mentions(con: duckdb.DuckDBPyConnection, hidden: dict[str, list[HiddenName]]) -> Iterator[tuple[str, str]]:
    """Mentions that print a hidden name of their own author, with that author."""
    for author_id, names in sorted(hidden.items()):
        found = con.execute(
            "SELECT mention_id, raw_name, given, family FROM staging.mentions"
            " INNER JOIN resolved.author_mentions USING (mention_id)"
            f" WHERE author_id = ? AND {may_print('raw_name', names)}",
            [author_id],
        ).fetchall()
        for mention_id, *printed in found:
            if any(name.is_name(*printed) for name in names):
                yield mention_id, author_id


def names_to_show(con: duckdb.DuckDBPyConnection, authors: Iterable[str], without: Iterable[str]) -> dict[str, str]:
    """The display name of each of some authors, some mentions left out; an author without any other has none."""
    persons = pl.DataFrame({"author_id": sorted(authors)}, schema={"author_id": pl.String})
    left_out = pl.DataFrame({"mention_id": sorted(without)}, schema={"mention_id": pl.String})
    with frame_as(con, "persons", persons), frame_as(con, "left_out", left_out):
        authorships = con.sql(
            "SELECT author_id, raw_name, given FROM resolved.author_mentions SEMI JOIN persons USING (author_id)"
            " INNER JOIN staging.mentions USING (mention_id) ANTI JOIN left_out USING (mention_id)"
        ).pl()
    with chosen_names(con) as chosen, frame_as(con, "authorships", authorships):
        printed = con.execute(f"SELECT author_id, display_name FROM ({query('marts/display_names')})").fetchall()
    return dict(printed) | dict(chosen.iter_rows())


@contextmanager
def chosen_names(con: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
    """Let SQL see the display names that decisions set as `chosen_names` while the block runs.

    The last decision about an author counts; a name that the same author hides is not shown.
    """
    hidden = hidden_names(con)
    rows = con.execute(
        f"""
        SELECT author_id, value FROM ({query("resolved/decided_authors")})
        WHERE kind = 'display_name' AND status = 'approved' AND value IS NOT NULL AND author_id IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY author_id ORDER BY "at" DESC, correction_id DESC) = 1
        ORDER BY author_id
        """
    ).fetchall()
    kept = [
        (author_id, value)
        for author_id, value in rows
        if not any(who == author_id and name.is_name(value) for name, who in hidden)
    ]
    chosen = pl.DataFrame(kept, schema=CHOSEN_NAMES, orient="row")
    with frame_as(con, "chosen_names", chosen):
        yield chosen


def standing_claims(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row an author whose record somebody claimed: `author_id, claim, claim_ids, orcid`, a broken iD as null."""
    with temporary_table(con, "decided", "resolved/decided_authors"):
        claims: pl.DataFrame = con.sql(query("marts/claims")).pl()
    return claims.with_columns(canonical_orcids(claims["orcid"]))
