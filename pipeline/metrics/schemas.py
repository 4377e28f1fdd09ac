"""Frames that the metrics take and give, each declared once as column -> polars dtype.

What belongs here: the column contracts of this package and the one function that holds an input to them.
What does not: table contracts of the warehouse, formulas, anything that reads or writes files.

Every public function of `pipeline.metrics` selects the columns of its contract, so a frame may carry more
columns, in any order, and casts within a kind (Int32 for Int64, Int64 for Float64) are made for the caller.
An empty frame in gives an empty frame of the right schema out.
"""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import polars as pl

from pipeline.errors import PlainError

Schema: TypeAlias = Mapping[str, pl.DataType]

TEXT: Final = pl.String()
INTEGER: Final = pl.Int64()
REAL: Final = pl.Float64()
FLAG: Final = pl.Boolean()
DAY: Final = pl.Date()
TEXTS: Final = pl.List(pl.String())
POINTS: Final = pl.Decimal(5, 2)


EVIDENCE_IDS_SHOWN: Final = 10
"""Ids kept per reason or conflict, the smallest first: enough to look at, the rest is a query away."""


class MetricsInputError(PlainError, ValueError):
    """A frame breaks its contract; the message is one sentence naming the column or row and the way out."""


BYLINES: Final[Schema] = {
    "work_id": TEXT,
    "position": INTEGER,
    "author_id": TEXT,
    "family_key": TEXT,
    "probability": REAL,
    "year": INTEGER,
}
"""One person's name on one work; groups and placeholders left out, positions as printed (gaps are fine).
family_key may be null (a name without one), year may be null."""

NUMBERED_BYLINES: Final[Schema] = {
    "work": pl.UInt32(),
    "position": INTEGER,
    "author": pl.UInt32(),
    "family_rank": pl.UInt32(),
    "probability": REAL,
    "year": INTEGER,
}
"""BYLINES with numbers for the ids of works and authors, and the rank of the family key among all; family_rank and
year may be null."""

COLLABORATORS: Final[Schema] = {
    "author_id": TEXT,
    "collaborator_id": TEXT,
    "joint_works": INTEGER,
    "newman_weight": REAL,
    "strength": REAL,
    "recent_strength": REAL,
    "is_established": FLAG,
    "is_close": FLAG,
    "first_year": INTEGER,
    "last_year": INTEGER,
}
"""One ordered pair of authors with at least one joint work of at most 100 names."""

MENTIONS: Final[Schema] = {
    "mention_id": TEXT,
    "work_id": TEXT,
    "author_id": TEXT,
    "probability": REAL,
    "given": TEXT,
    "orcid": TEXT,
    "has_ror_institution": FLAG,
    "family": TEXT,
}
"""One name on one work with the author it was resolved to. orcid is what the *source record* asserts for it
(OpenAlex `raw_orcid`), never the profile's ORCID handed back; given, family, orcid and has_ror_institution
may be null."""

WORKS: Final[Schema] = {
    "work_id": TEXT,
    "byline_size": INTEGER,
    "first_submitted_on": DAY,
    "is_confirmed": FLAG,
}
"""One work. byline_size counts the persons on its byline; first_submitted_on is the first version's date,
null where unknown; is_confirmed says that a second independent source has the work with the same title and
byline."""

CITATIONS: Final[Schema] = {"citing_work_id": TEXT, "cited_work_id": TEXT}
"""One reference from a work to another; repeats count once."""

TIES: Final[Schema] = {"author_id": TEXT, "collaborator_id": TEXT, "is_established": FLAG}
"""One ordered pair of collaborators: the columns of COLLABORATORS that trust reads."""

CLAIMS: Final[Schema] = {"author_id": TEXT, "claim": TEXT, "claim_ids": TEXTS}
"""One author's claim status (`trust.CLAIM_POINTS` names them) with the ids of the claims that decided it."""

APPROVED_CLAIMS: Final[Schema] = {"author_id": TEXT, "mention_id": TEXT}
"""One mention that an approved claim covers; a null mention_id covers every mention of the author."""

SAME_PERSON: Final[Schema] = {"mention_id_l": TEXT, "mention_id_r": TEXT}
"""One pair of mentions that a person has declared to be the same person."""

SIGNED_IN: Final[Schema] = {"author_id": TEXT, "orcid": TEXT}
"""One author whose record somebody claimed while signed in to ORCID, with that canonical iD."""

UNMET_CORRECTIONS: Final[Schema] = {"author_id": TEXT, "correction_id": TEXT, "detail": TEXT}
"""One correction that the resolver has not met, with the author it concerns."""

LEADING_ORCIDS: Final[Schema] = {
    "author_id": TEXT,
    "orcid": TEXT,
    "supporting_works": INTEGER,
    "contradicting_works": INTEGER,
    "orcid_ids": TEXTS,
}
"""One author with an ORCID; orcid_ids are works that assert the leading one."""

OPEN_CONFLICTS: Final[Schema] = {
    "author_id": TEXT,
    "conflict": TEXT,
    "subject": TEXT,
    "detail": TEXT,
    "evidence_ids": TEXTS,
}
"""One open conflict of an author. subject is what it is about: the ORCID, given name, work or correction."""

EVIDENCE: Final[Schema] = {
    "author_id": TEXT,
    "is_person": FLAG,
    "claim": TEXT,
    "orcid_supporting": INTEGER,
    "orcid_contradicting": INTEGER,
    "affiliation_x": REAL,
    "sources_x": REAL,
    "citations_x": REAL,
    "works_x": REAL,
    "history_x": REAL,
    "ties_x": REAL,
    "conflicts": INTEGER,
}
"""One author with the x of every component; nulls count as 0 (none for claim, true for is_person)."""

COMPONENT_NAMES: Final = (
    "claim",
    "orcid",
    "affiliation",
    "sources",
    "citations",
    "works",
    "history",
    "ties",
    "conflict_discount",
)
"""The components of trust, in the order that reasons are given."""

EVIDENCE_DETAILS: Final[Schema] = {f"{name}_loaded": FLAG for name in COMPONENT_NAMES} | {
    f"{name}_ids": TEXTS for name in COMPONENT_NAMES
}
"""Columns that EVIDENCE may also have: whether a component's source was loaded (absent or null: it was), and
the ids to show as its evidence (absent or null: none)."""

TRUST_REASONS: Final[Schema] = {
    "author_id": TEXT,
    "component": TEXT,
    "x": REAL,
    "max": INTEGER,
    "k": INTEGER,
    "points": POINTS,
    "status": TEXT,
    "sentence": TEXT,
    "evidence_ids": TEXTS,
    "model_version": TEXT,
}
"""One author and component, in the order of the components; max and k are null where the formula has none."""

TRUST_SCORES: Final[Schema] = {
    "author_id": TEXT,
    "trust_score": INTEGER,
    "trust_tier": TEXT,
    "verification_level": TEXT,
    "score_ceiling": INTEGER,
    "model_version": TEXT,
}
"""One author."""


BIBTEX_WORKS: Final[Schema] = {
    "work_id": TEXT,
    "title": TEXT,
    "publication_year": INTEGER,
    "arxiv_id": TEXT,
    "primary_category": TEXT,
    "doi": TEXT,
    "venue": TEXT,
    "journal_ref": TEXT,
}
"""One work; everything but work_id may be null."""

BIBTEX_NAMES: Final[Schema] = {
    "work_id": TEXT,
    "position": INTEGER,
    "raw_name": TEXT,
    "given": TEXT,
    "family": TEXT,
    "suffix": TEXT,
    "kind": TEXT,
}
"""One name printed on one work, groups included; kind is person for people."""

BIBTEX: Final[Schema] = {"work_id": TEXT, "bibtex": TEXT}
"""One work with its entry."""


def conform(
    frame: pl.DataFrame | pl.LazyFrame, schema: Schema, *, name: str, required: Iterable[str] = ()
) -> pl.LazyFrame:
    """Select and cast the columns of a contract.

    Args:
        frame: The input, with at least the columns of `schema`.
        schema: The contract.
        name: What the caller calls the frame, for the message.
        required: Columns that must not be null; checked on eager frames and lazy ones alike.

    Returns:
        A lazy frame with exactly the columns of `schema`, rows as given.

    Raises:
        MetricsInputError: A column is missing, cannot be cast, or holds a null where none may be.
    """
    lazy = frame.lazy()
    present = lazy.collect_schema()
    missing = [column for column in schema if column not in present]
    if missing:
        raise MetricsInputError(f"{name} has no column {missing[0]}; it needs {', '.join(schema)}.")
    selected = lazy.select(pl.col(column).cast(dtype) for column, dtype in schema.items())
    columns = list(required)
    if columns:
        nulls = selected.select(pl.col(columns).is_null().any()).collect()
        for column in columns:
            if nulls[column].any():
                raise MetricsInputError(f"{name} has a row without {column}; give every row one.")
    return selected
