"""Decisions by people, taken down: checked against what is loaded, one row a decision, however often it is made.

What belongs here: adding, listing, approving, withdrawing. What does not: what a decision does (`corrections.py`).
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import duckdb
import polars as pl

from pipeline.errors import PlainError
from pipeline.metrics import canonical_orcids
from pipeline.names import HiddenName, fold
from pipeline.normalise.papers import frame_schema
from pipeline.schemas import TABLES
from pipeline.steps.corrections import chosen_names
from pipeline.text import clean
from warehouse import query
from warehouse.tables import merge
from warehouse.withheld import NO_NAME, as_parts

CORRECTIONS: Final = "resolved.corrections"
BY_EMAIL: Final = "institutional_email"
MASK: Final = as_parts("(hidden)")

_ID_LETTERS: Final = 10

Row = dict[str, Any]


class CorrectionError(PlainError):
    """A decision that cannot be taken down; the message says why and what to do, in one sentence."""


@dataclass(frozen=True)
class Signature:
    """Who decides, when, why, and whether it acts at once.

    Args:
        by: The person.
        at: The moment.
        why: The reason; None keeps what an earlier such decision gave.
        status: `approved`, or `pending` for somebody else to approve.
    """

    by: str
    at: datetime
    why: str | None = None
    status: str = "approved"


@dataclass(frozen=True)
class Noted:
    """What was taken down.

    Args:
        correction_id: The row.
        remarks: Sentences that the curator should read.
    """

    correction_id: str
    remarks: tuple[str, ...] = ()


def decide_pair(con: duckdb.DuckDBPyConnection, kind: str, left: str, right: str, signed: Signature) -> Noted:
    """Take down that two mentions are the `same` person, or `different` people.

    Raises:
        CorrectionError: A mention is not there, or both are one.
    """
    for mention_id in (left, right):
        holder_of(con, mention_id)
    if left == right:
        raise CorrectionError(f"{left} is one mention: name two.")
    first, second = sorted((left, right))
    opposite = {"same": "different", "different": "same"}[kind]
    against = rows(
        con,
        f"SELECT correction_id FROM {CORRECTIONS} WHERE kind = ? AND status = 'approved'"
        " AND mention_id_l IN (?, ?) AND mention_id_r IN (?, ?) ORDER BY correction_id",
        [opposite, first, second, first, second],
    )
    remarks = [
        f"{row['correction_id']} says the opposite, and `different` wins: withdraw the one that is wrong."
        for row in against
    ]
    same_before = rows(
        con,
        f"SELECT * FROM {CORRECTIONS} WHERE kind = ? AND least(mention_id_l, mention_id_r) = ?"
        " AND greatest(mention_id_l, mention_id_r) = ? ORDER BY correction_id",
        [kind, first, second],
    )
    row = {"kind": kind, "mention_id_l": first, "mention_id_r": second, "author_id": None, "value": None}
    return stored(con, row, same_before, signed, content=(kind, first, second), remarks=remarks)


def decide_claim(
    con: duckdb.DuckDBPyConnection, author: str, mention_id: str | None, proof: str | None, signed: Signature
) -> Noted:
    """Take down that a person claims a record as their own.

    Args:
        con: A connection to the working file.
        author: Author id.
        mention_id: A mention that is surely the person's; None takes the author's surest.
        proof: `institutional_email`, the ORCID iD the person signed in with, or None.
        signed: Who decides.

    Raises:
        CorrectionError: There is no such author, the mention is not theirs, or the proof is none.
    """
    author_id, remarks = found_author(con, author)
    if mention_id and (holder := holder_of(con, mention_id)) != author_id:
        raise CorrectionError(f"The mention {mention_id} is of the author {holder}, not of {author_id}.")
    return decide_author(con, "claim", author_id, mention_id, value=claim_proof(proof), signed=signed, remarks=remarks)


def decide_rejection(con: duckdb.DuckDBPyConnection, author: str, signed: Signature) -> Noted:
    """Take down that the claims on a record so far are rejected."""
    author_id, remarks = found_author(con, author)
    return decide_author(con, "reject_claim", author_id, None, value=None, signed=signed, remarks=remarks)


def decide_display_name(con: duckdb.DuckDBPyConnection, author: str, name: str, signed: Signature) -> Noted:
    """Take down which name pages show for an author.

    Raises:
        CorrectionError: There is no such author, no letter in the name, or the author hides it.
    """
    author_id, remarks = found_author(con, author)
    shown = clean(name)
    if not fold(shown):
        raise CorrectionError(f"{name!r} is no name: it has no letter.")
    if any(hidden.is_name(shown) for hidden in names_hidden_by(con, author_id)):
        raise CorrectionError(f"{name!r} is hidden for {author_id}: withdraw that decision first.")
    return decide_author(con, "display_name", author_id, None, value=shown, signed=signed, remarks=remarks)


def decide_hidden_name(con: duckdb.DuckDBPyConnection, author: str, name: str, signed: Signature) -> Noted:
    """Take down that a name of an author is not to be published; the remarks say what is shown from then on.

    Raises:
        CorrectionError: There is no such author, or nothing loaded prints this name for them.
    """
    author_id, remarks = found_author(con, author)
    hidden = HiddenName(clean(name))
    mention_id = bearing_mention(con, author_id, hidden) if hidden.forms else None
    if mention_id is None:
        raise CorrectionError(f"{author_id} bears no name {name!r}: `pipeline author {author_id}` shows the names.")
    others = [*names_hidden_by(con, author_id), hidden]
    with chosen_names(con) as chosen:
        decided = [(shown,) for who, shown in chosen.iter_rows() if who == author_id]
    visible = [
        raw_name
        for raw_name, *parts in [*decided, *printed_names(con, author_id)]
        if not any(n.is_name(raw_name, *parts) for n in others)
    ]
    remarks = [*remarks, f"What {author_id} still shows: {'; '.join(dict.fromkeys(visible)) or NO_NAME}."]
    return decide_author(con, "hide_name", author_id, mention_id, value=hidden.printed, signed=signed, remarks=remarks)


def decide_author(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    author_id: str,
    mention_id: str | None,
    *,
    value: str | None,
    signed: Signature,
    remarks: list[str],
) -> Noted:
    """Take down a decision about an author, anchored to a mention so that it stays with the person."""
    before = rows(
        con,
        f"SELECT correction_id, value FROM ({query('resolved/decided_authors')})"
        " WHERE kind = ? AND author_id = ? ORDER BY correction_id",
        [kind, author_id],
    )
    alike = [row["correction_id"] for row in before if is_alike(kind, row["value"], value)]
    same_before = rows(con, f"SELECT * FROM {CORRECTIONS} WHERE correction_id IN (SELECT unnest(?))", [alike])
    anchor = mention_id or surest_mention(con, author_id)
    row = {
        "kind": kind,
        "mention_id_l": anchor,
        "mention_id_r": None,
        "author_id": author_id,
        "value": value,
    }
    # Ids are published: that of a hidden name must not be a digest by which a guess can be tried.
    told = anchor if kind == "hide_name" else value or ""
    return stored(con, row, same_before, signed, content=(kind, author_id, told), remarks=remarks)


def is_alike(kind: str, one: str | None, other: str | None) -> bool:
    """Whether two decisions of one kind about one author say the same."""
    return fold(one or "") == fold(other or "") if kind == "hide_name" else one == other


def stored(
    con: duckdb.DuckDBPyConnection,
    row: Row,
    same_before: list[Row],
    signed: Signature,
    *,
    content: tuple[str, ...],
    remarks: list[str],
) -> Noted:
    """Add a decision, or renew the row that it already has."""
    signature: Row = {"status": signed.status, "by": signed.by, "at": signed.at, "why": signed.why}
    if same_before:
        old = same_before[0]
        row = row | {"correction_id": old["correction_id"]}
        signature["why"] = signed.why or old["why"]
        signature["status"] = "approved" if old["status"] == "approved" else signed.status
        remarks = [f"It was taken down before and was {old['status']}.", *remarks]
    else:
        row = row | {"correction_id": fresh_id(con, content)}
    frame = pl.DataFrame([row | signature], schema=frame_schema(TABLES[CORRECTIONS]))
    merge(con, CORRECTIONS, frame, newer="true")
    return Noted(row["correction_id"], tuple(remarks))


def fresh_id(con: duckdb.DuckDBPyConnection, content: tuple[str, ...]) -> str:
    """An id made from what is decided, and not yet that of another decision."""
    taken = {row["correction_id"] for row in rows(con, f"SELECT correction_id FROM {CORRECTIONS}", [])}
    attempt = 0
    while True:
        told = "\n".join([*content, str(attempt)])
        digest = base64.b32encode(hashlib.sha256(told.encode()).digest()).decode().lower()
        if (candidate := f"{content[0].replace('_', '-')}-{digest[:_ID_LETTERS]}") not in taken:
            return candidate
        attempt += 1


def settle(con: duckdb.DuckDBPyConnection, correction_id: str, status: str, signed: Signature) -> None:
    """Approve or reject a pending decision, or withdraw one.

    Raises:
        CorrectionError: There is no such decision, or it is not in a state to be changed so.
    """
    found = rows(con, f"SELECT status FROM {CORRECTIONS} WHERE correction_id = ?", [correction_id])
    if not found:
        raise CorrectionError(f"There is no decision {correction_id!r}: `pipeline correct list` shows them.")
    now = found[0]["status"]
    if status == "withdrawn":
        if now not in ("pending", "approved"):
            raise CorrectionError(f"{correction_id} is {now} already: there is nothing to withdraw.")
        con.execute(f"UPDATE {CORRECTIONS} SET status = ? WHERE correction_id = ?", [status, correction_id])
        return
    if now != "pending":
        raise CorrectionError(f"{correction_id} is {now}: only a pending decision can be {status}.")
    con.execute(
        f'UPDATE {CORRECTIONS} SET status = ?, "by" = ?, "at" = ?, why = coalesce(?, why) WHERE correction_id = ?',
        [status, signed.by, signed.at, signed.why, correction_id],
    )


def listed(con: duckdb.DuckDBPyConnection, status: str | None = None) -> list[Row]:
    """The decisions, newest first, each with why it does not hold if it does not; hidden names masked in every text."""
    found = rows(
        con,
        f"SELECT correction.*, unmet.why AS unmet FROM {CORRECTIONS} AS correction"
        " LEFT JOIN resolved.unmet_corrections AS unmet"
        " ON correction.correction_id = unmet.correction_id AND correction.status = 'approved'"
        ' ORDER BY correction."at" DESC, correction.correction_id',
        [],
    )
    hidden = [HiddenName(row["value"]) for row in found if row["kind"] == "hide_name" and row["value"]]
    return [masked(row, hidden) for row in found if status in (None, row["status"])]


def masked(row: Row, hidden: list[HiddenName]) -> Row:
    """A decision without hidden names."""
    texts = {name: text for name, text in row.items() if isinstance(text, str)}
    for one in hidden:
        texts = {name: one.replaced(text, MASK) for name, text in texts.items()}
    return row | texts | ({"value": MASK.raw} if row["kind"] == "hide_name" else {})


def found_author(con: duckdb.DuckDBPyConnection, author_id: str) -> tuple[str, list[str]]:
    """The living author of an id, and what to say if it is another id's.

    Raises:
        CorrectionError: There is no such author.
    """
    if rows(con, "SELECT author_id FROM resolved.author_mentions WHERE author_id = ? LIMIT 1", [author_id]):
        return author_id, []
    heirs = rows(con, "SELECT author_id FROM resolved.author_redirects WHERE old_author_id = ?", [author_id])
    if not heirs:
        raise CorrectionError(f"There is no author {author_id!r}: `pipeline author NAME` shows the ids of a name.")
    heir = heirs[0]["author_id"]
    return heir, [f"{author_id} was merged into {heir}, so the decision is about {heir}."]


def holder_of(con: duckdb.DuckDBPyConnection, mention_id: str) -> str:
    """The author of a mention.

    Raises:
        CorrectionError: There is no such mention.
    """
    found = rows(con, "SELECT author_id FROM resolved.author_mentions WHERE mention_id = ?", [mention_id])
    if not found:
        raise CorrectionError(
            f"There is no mention {mention_id!r}: a mention id is a work id, # and the place in the byline."
        )
    return str(found[0]["author_id"])


def surest_mention(con: duckdb.DuckDBPyConnection, author_id: str) -> str:
    """The mention that most probably is the author's, the smallest id if equal."""
    found = rows(
        con,
        "SELECT mention_id FROM resolved.author_mentions WHERE author_id = ?"
        " ORDER BY probability DESC, mention_id LIMIT 1",
        [author_id],
    )
    return str(found[0]["mention_id"])


def claim_proof(proof: str | None) -> str | None:
    """What proves a claim, in its one spelling.

    Raises:
        CorrectionError: It is neither an e-mail's nor a valid ORCID iD.
    """
    if proof is None or proof == BY_EMAIL:
        return proof
    orcid: str | None = canonical_orcids(pl.Series([proof], dtype=pl.String))[0]
    if orcid is None:
        raise CorrectionError(f"{proof!r} proves no claim: say {BY_EMAIL}, a valid ORCID iD, or leave --value out.")
    return orcid


def printed_names(con: duckdb.DuckDBPyConnection, author_id: str) -> list[tuple[str, str | None, str | None]]:
    """The distinct names printed for an author."""
    return con.execute(
        "SELECT DISTINCT raw_name, given, family FROM staging.mentions"
        " INNER JOIN resolved.author_mentions USING (mention_id) WHERE author_id = ? ORDER BY ALL",
        [author_id],
    ).fetchall()


def names_hidden_by(con: duckdb.DuckDBPyConnection, author_id: str) -> Iterator[HiddenName]:
    """The names that approved decisions hide for an author."""
    for row in rows(
        con,
        f"SELECT DISTINCT value FROM ({query('resolved/decided_authors')}) WHERE kind = 'hide_name'"
        " AND status = 'approved' AND value IS NOT NULL AND author_id = ? ORDER BY value",
        [author_id],
    ):
        yield HiddenName(row["value"])


def bearing_mention(con: duckdb.DuckDBPyConnection, author_id: str, name: HiddenName) -> str | None:
    """The first mention of an author that prints a name, else the first beside a source record that does."""
    mentions = con.execute(query("resolved/names_beside"), {"author_id": author_id}).fetchall()
    bearers = [(mention_id, who) for mention_id, who, *printed in mentions if name.is_name(*printed)]
    own = [mention_id for mention_id, who in bearers if who == author_id]
    if own or bearers:
        return own[0] if own else None
    recorded = con.execute(query("resolved/recorded_names"), {"author_id": author_id}).fetchall()
    return next((mention_id for mention_id, raw_name in recorded if name.is_name(raw_name)), None)


def rows(con: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[Row]:
    """A query's rows as dictionaries."""
    found = con.execute(sql, values)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
