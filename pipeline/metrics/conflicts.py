"""Open conflicts: what speaks against a record being one person, one row each.

What belongs here: finding them among resolved mentions. What does not: what a conflict costs (`trust`), or
settling it (a correction by a person, which the resolver replays).

The kinds, and what makes each one conflict:

* a further ORCID iD, asserted on two works or more;
* a further full given name, printed on two works or more, that is no variant of the leading one and no family
  name before it ("Weiming Li", "Li Weiming"), unless one ORCID iD or an approved claim covers both (people
  change their names);
* two names on one byline, per work, unless a person has said that they are the same;
* the leading ORCID iD, asserted on another record too;
* a correction that the resolver has not met.
"""

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

import polars as pl

from pipeline.metrics.orcid import leading_of, orcid_assertions
from pipeline.metrics.schemas import (
    APPROVED_CLAIMS,
    EVIDENCE_IDS_SHOWN,
    MENTIONS,
    OPEN_CONFLICTS,
    SAME_PERSON,
    UNMET_CORRECTIONS,
    Schema,
    conform,
)
from pipeline.names import GivenLevel, fold, given_compatibility

REPEATED: Final = 2
"""A further ORCID iD or given name on a single work is taken for a slip of that work's record."""

_CLAIM: Final = "claim"


class Conflict(StrEnum):
    """What the conflict is about; `subject` names the ORCID iD, given name, work or correction."""

    FURTHER_ORCID = "further_orcid"
    FURTHER_GIVEN_NAME = "further_given_name"
    TWO_ON_ONE_BYLINE = "two_on_one_byline"
    ORCID_ON_ANOTHER_RECORD = "orcid_on_another_record"
    UNMET_CORRECTION = "unmet_correction"


def open_conflicts(
    mentions: pl.DataFrame | pl.LazyFrame,
    *,
    approved_claims: pl.DataFrame | None = None,
    same_person: pl.DataFrame | None = None,
    unmet_corrections: pl.DataFrame | None = None,
    signed_in: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find every open conflict.

    Args:
        mentions: `schemas.MENTIONS`, any order.
        approved_claims: `schemas.APPROVED_CLAIMS`; None is none.
        same_person: `schemas.SAME_PERSON`, standing corrections that join two mentions; None is none.
        unmet_corrections: `schemas.UNMET_CORRECTIONS`, decisions that do not hold; None is none.
        signed_in: `schemas.SIGNED_IN`, the ORCID iDs of people's own claims; None is none.

    Returns:
        `schemas.OPEN_CONFLICTS`, sorted by (author_id, conflict, subject), which are unique.
    """
    rows = conform(mentions, MENTIONS, name="mentions", required=("mention_id", "work_id", "author_id")).collect()
    claims = _or_empty(approved_claims, APPROVED_CLAIMS, "approved_claims")
    same = _or_empty(same_person, SAME_PERSON, "same_person")
    corrections = _or_empty(unmet_corrections, UNMET_CORRECTIONS, "unmet_corrections")
    assertions = orcid_assertions(rows)
    leading = leading_of(assertions, signed_in).select("author_id", leading="orcid")
    return pl.concat(
        [
            _further_orcids(assertions, leading),
            _further_given_names(rows, assertions, claims),
            _two_on_one_byline(rows, same),
            _orcids_on_another_record(assertions, leading),
            _unmet(corrections),
        ]
    ).sort("author_id", "conflict", "subject")


def _or_empty(frame: pl.DataFrame | None, schema: Schema, name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema)) if frame is None else conform(frame, schema, name=name).collect()


def _as_conflicts(rows: pl.DataFrame, conflict: Conflict) -> pl.DataFrame:
    """Give rows of author_id, subject, detail, evidence_ids the shape of the result."""
    return rows.select(
        pl.col(column).cast(dtype) if column != "conflict" else pl.lit(conflict.value).alias("conflict")
        for column, dtype in OPEN_CONFLICTS.items()
    )


def _further_orcids(assertions: pl.DataFrame, leading: pl.DataFrame) -> pl.DataFrame:
    further = (
        assertions.join(leading, on="author_id")
        .filter(pl.col("orcid") != pl.col("leading"))
        .sort("author_id", "orcid", "mention_id")
        .group_by("author_id", "orcid", "leading", maintain_order=True)
        .agg(pl.col("work_id").n_unique().alias("works"), _shown("mention_id"))
        .filter(pl.col("works") >= REPEATED)
    )
    detail = pl.format("{} works assert the ORCID iD {}, others {}.", "works", "orcid", "leading")
    return _as_conflicts(further.with_columns(subject="orcid", detail=detail), Conflict.FURTHER_ORCID)


def _two_on_one_byline(mentions: pl.DataFrame, same: pl.DataFrame) -> pl.DataFrame:
    places = mentions.select("mention_id", "author_id", "work_id")
    bylines = (
        places.join(places.filter(pl.len().over("author_id", "work_id") > 1), on="mention_id", how="semi")
        .sort("author_id", "work_id", "mention_id")
        .group_by("author_id", "work_id", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("names"), _shown("mention_id"))
    )
    settled = (
        same.select(
            pl.min_horizontal("mention_id_l", "mention_id_r").alias("mention_id"),
            pl.max_horizontal("mention_id_l", "mention_id_r").alias("mention_id_r"),
        )
        .unique()
        .filter(pl.col("mention_id") != pl.col("mention_id_r"))
        .join(places, on="mention_id")
        .join(
            places,
            left_on=["mention_id_r", "author_id", "work_id"],
            right_on=["mention_id", "author_id", "work_id"],
        )
        .group_by("author_id", "work_id")
        .agg(pl.len().cast(pl.Int64).alias("joined"))
    )
    # k names need k - 1 declarations to be one person.
    unsettled = bylines.join(settled, on=["author_id", "work_id"], how="left").filter(
        pl.col("names") - pl.col("joined").fill_null(0) > 1
    )
    detail = pl.format("{} names on the byline of {} are taken for this one person.", "names", "work_id")
    return _as_conflicts(unsettled.with_columns(subject="work_id", detail=detail), Conflict.TWO_ON_ONE_BYLINE)


def _orcids_on_another_record(assertions: pl.DataFrame, leading: pl.DataFrame) -> pl.DataFrame:
    # An iD that a careless source puts on everyone must not pair everyone with everyone: of each iD's records
    # only so many are looked at as are shown, and one more in case the author's own is among them.
    records = (
        assertions.sort("orcid", "author_id", "mention_id")
        .group_by("orcid", "author_id", maintain_order=True)
        .agg(pl.col("mention_id").first())
        .with_columns(records=pl.len().over("orcid").cast(pl.Int64))
        .filter(pl.col("records") > 1)
    )
    shown = records.group_by("orcid", maintain_order=True).head(EVIDENCE_IDS_SHOWN + 1)
    elsewhere = (
        leading.join(shown.rename({"author_id": "other"}), left_on="leading", right_on="orcid")
        .filter(pl.col("other") != pl.col("author_id"))
        .sort("author_id", "other")
        .group_by("author_id", "leading", "records", maintain_order=True)
        .agg(pl.col("other").first(), _shown("mention_id"))
        .with_columns(others=pl.col("records") - 1)
    )
    one = pl.format("The ORCID iD {} is also asserted on the record {}.", "leading", "other")
    many = pl.format("The ORCID iD {} is also asserted on {} other records.", "leading", "others")
    detail = pl.when(pl.col("others") == 1).then(one).otherwise(many)
    rows = elsewhere.with_columns(subject="leading", detail=detail)
    return _as_conflicts(rows, Conflict.ORCID_ON_ANOTHER_RECORD)


def _unmet(corrections: pl.DataFrame) -> pl.DataFrame:
    distinct = corrections.sort("author_id", "correction_id", "detail", nulls_last=True).unique(
        ["author_id", "correction_id"], keep="first", maintain_order=True
    )
    detail = pl.col("detail").fill_null(pl.format("The correction {} is not met.", "correction_id"))
    return _as_conflicts(
        distinct.with_columns(subject="correction_id", detail=detail, evidence_ids=pl.concat_list("correction_id")),
        Conflict.UNMET_CORRECTION,
    )


def _shown(column: str) -> pl.Expr:
    return pl.col(column).head(EVIDENCE_IDS_SHOWN).alias("evidence_ids")


class _GivenName(NamedTuple):
    """A full given name that an author's mentions carry on two works or more."""

    author_id: str
    key: str
    printed: str
    works: int
    evidence_ids: list[str]
    covers: frozenset[str]
    families: frozenset[str]


def _further_given_names(mentions: pl.DataFrame, assertions: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    found = [
        (further.author_id, further.key, detail, further.evidence_ids)
        for _, names in groupby(_given_names(mentions, assertions, claims), key=itemgetter(0))
        for further, detail in _unrelated(list(names))
    ]
    schema = {column: dtype for column, dtype in OPEN_CONFLICTS.items() if column != "conflict"}
    return _as_conflicts(pl.DataFrame(found, schema=schema, orient="row"), Conflict.FURTHER_GIVEN_NAME)


def _unrelated(names: list[_GivenName]) -> Iterator[tuple[_GivenName, str]]:
    """Pick an author's given names that are neither a variant of the leading one nor covered with it.

    Args:
        names: One author's, leading name first.

    Yields:
        The first name of each further person that the names tell of, with a sentence. Variants are measured
        against such first names only, never in a chain: "Wei" is short for "Weiming" and for "Weijun", which
        are two names.
    """
    leading = [names[0]]
    further: list[_GivenName] = []
    for name in names[1:]:
        if any(name.covers & known.covers for known in leading):
            leading.append(name)
        elif not any(_is_variant(name, known) for known in leading) and not any(
            name.covers & known.covers or _is_variant(name, known) for known in further
        ):
            further.append(name)
            yield name, f"{name.works} works print the given name {name.printed}, others {names[0].printed}."


def _given_names(mentions: pl.DataFrame, assertions: pl.DataFrame, claims: pl.DataFrame) -> Iterator[_GivenName]:
    """Give authors' full given names where several are on two works or more, the leading one first.

    The leading name is the one on most works, the smaller folded form if equal. covers holds the ORCID iDs
    asserted beside the name, and a mark if an approved claim covers one of its mentions; families the family
    names printed with it.
    """
    printed = mentions.select(pl.col("given").drop_nulls().unique())
    keys = printed.with_columns(pl.Series("key", [fold(given) for given in printed["given"]], dtype=pl.String))
    full = keys.filter(pl.col("key").str.contains(r"^[^ ]{2,}"))
    named = mentions.select("author_id", "mention_id", "work_id", "given", "family").join(full, on="given")
    works = (
        named.group_by("author_id", "key")
        .agg(pl.col("work_id").n_unique().cast(pl.Int64).alias("works"), pl.col("given").min().alias("printed"))
        .filter((pl.col("works") >= REPEATED) & (pl.len().over("author_id") > 1))
    )
    whole_records = claims.filter(pl.col("mention_id").is_null())
    claimed = pl.concat(
        named.join(claims, on=on, how="semi").select("mention_id")
        for claims, on in ((claims, ["author_id", "mention_id"]), (whole_records, ["author_id"]))
    ).unique()
    covers = pl.concat(
        [
            assertions.select("mention_id", cover="orcid"),
            claimed.with_columns(pl.lit(_CLAIM).alias("cover")),
        ]
    )
    rows = (
        named.join(works, on=["author_id", "key"])
        .join(covers, on="mention_id", how="left")
        .sort("author_id", "works", "key", "mention_id", descending=[False, True, False, False])
        .group_by("author_id", "key", "printed", "works", maintain_order=True)
        .agg(
            pl.col("mention_id").unique(maintain_order=True).head(EVIDENCE_IDS_SHOWN),
            pl.col("cover").drop_nulls().unique(),
            pl.col("family").drop_nulls().unique(),
        )
    )
    for author_id, key, given, count, mention_ids, cover, families in rows.iter_rows():
        yield _GivenName(author_id, key, given, count, mention_ids, frozenset(cover), frozenset(families))


def _is_variant(left: _GivenName, right: _GivenName) -> bool:
    """Whether two given names may be one person's: one an initial, part, alias or prefix of the other, or turned.

    Prefixes are measured on the folded names without spaces ("wei" and "weiming"): too little to link two
    names on, but no sign of two people either.
    """
    short, long = sorted((left.key.replace(" ", ""), right.key.replace(" ", "")), key=len)
    if long.startswith(short):
        return True
    if given_compatibility(left.printed, right.printed) > GivenLevel.MIDDLE_CONFLICT:
        return True
    return _is_turned(left, right) or _is_turned(right, left)


def _is_turned(turned: _GivenName, plain: _GivenName) -> bool:
    """Whether the one is the other's family name, and stands before that given name: "Li Weiming", "Weiming Li"."""
    return turned.key in {fold(family) for family in plain.families} and any(
        given_compatibility(family, plain.printed) > GivenLevel.MIDDLE_CONFLICT for family in turned.families
    )
