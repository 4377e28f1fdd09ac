"""The tables that go in and out of the resolver, as Arrow schemas, and the error for input that breaks them.

What belongs here: one documented constant per table, and `ResolverInputError`. What does not: reading,
checking or converting tables (`inputs`), and any other table of the pipeline (the resolver travels alone).
"""

import pyarrow as pa

from pipeline.errors import PlainError

TEXTS = pa.list_(pa.string())


class ResolverInputError(PlainError, ValueError):
    """Input that cannot be resolved; the message is one sentence naming the column or the id."""


MENTIONS = pa.schema(
    [
        pa.field("mention_id", pa.string(), nullable=False),
        pa.field("work_id", pa.string(), nullable=False),
        pa.field("position", pa.int64()),
        pa.field("name", pa.string(), nullable=False),
        pa.field("given", pa.string()),
        pa.field("family", pa.string()),
        pa.field("affiliation", pa.string()),
        pa.field("email", pa.string()),
        pa.field("orcid", pa.string()),
        pa.field("openalex_author_id", pa.string()),
    ]
)
"""One row is one author name printed on one work.

`mention_id` is unique. `position` is the 1-based place in the work's `authors`, null when unknown. `name` is
the name as printed; `given` and `family` spare parsing it when both are there. `orcid` is what the work's own
record asserts for this mention. `openalex_author_id` is accepted and not used: another system's answer is no
evidence of ours. Only the first four columns must exist, and only `position` of them may be null.
"""

REQUIRED_MENTION_COLUMNS = ("mention_id", "work_id", "position", "name")

WORKS = pa.schema(
    [
        pa.field("work_id", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("abstract", pa.string()),
        pa.field("year", pa.int64()),
        pa.field("venue", pa.string()),
        pa.field("authors", TEXTS),
        pa.field("keywords", TEXTS),
        pa.field("categories", TEXTS),
        pa.field("references", TEXTS),
    ]
)
"""One row is one work. `authors` are the names as printed, in byline order; `references` any ids, compared as text.

Only `work_id` and `title` must exist as columns; a missing column, a null and an empty list are missing evidence.
"""

REQUIRED_WORK_COLUMNS = ("work_id", "title")

BLOCK_MENTIONS = pa.schema([*MENTIONS, *(f for f in WORKS if f.name != "work_id")])
"""One row is one mention beside its work's columns: what `resolve_block` takes, whole blocks at a time."""

CORRECTIONS = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("mention_id_l", pa.string(), nullable=False),
        pa.field("mention_id_r", pa.string(), nullable=False),
        pa.field("correction_id", pa.string()),
    ]
)
"""One row is one decision by a person about two mentions: `kind` is `same` or `different`.

Rows of other kinds, and rows about mentions that are not in the input, decide nothing and are let pass.
"""

CLUSTERS = pa.schema(
    [
        pa.field("mention_id", pa.string(), nullable=False),
        pa.field("author_id", pa.string(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
    ]
)
"""One row is one mention and the author it was given, sorted by `mention_id`; every input mention appears once.

`author_id` is named from the smallest mention_id of the cluster; `identity.carry_ids` replaces it with the id
that the same person had before. `probability` is in [0, 1]: 1 for a cluster's anchor, else how likely the
mention belongs with its author, from its best support inside the cluster.
"""

COMPARISONS = (
    "prior",
    "name",
    "rarity",
    "coauthors",
    "affiliation",
    "email",
    "title",
    "abstract",
    "keywords",
    "topic",
    "venue",
    "categories",
    "references",
    "year",
    "orcid",
)
"""The kinds of evidence, in the order in which a waterfall shows them. `prior` is the weight before any evidence."""

PAIRS = pa.schema(
    [
        pa.field("mention_id_l", pa.string(), nullable=False),
        pa.field("mention_id_r", pa.string(), nullable=False),
        *(pa.field(f"{c}_level", pa.string()) for c in COMPARISONS if c != "prior"),
    ]
)
"""One row is one candidate pair, `mention_id_l` < `mention_id_r`; a null level is missing evidence."""

LINKS = pa.schema(
    [
        pa.field("mention_id_l", pa.string(), nullable=False),
        pa.field("mention_id_r", pa.string(), nullable=False),
        pa.field("match_weight", pa.float64(), nullable=False),
        *(pa.field(f"{c}_weight", pa.float64(), nullable=False) for c in COMPARISONS),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("decided_by", pa.string(), nullable=False),
    ]
)
"""One row is one accepted link: a mention and the mention of its author that supports it best.

Weights are bits (log2 odds) and add up to `match_weight`. `probability` is that of the link being right, in [0, 1]:
calibrated from the match weight, 1 where a correction decided. The least of an author's links is the author's
cohesion: without that link the author would be two. `decided_by` is `correction`, `orcid` or `score`.
Every mention that is not its author's anchor has exactly one row, so the links of an author form a tree.
Sorted by (mention_id_l, mention_id_r), `mention_id_l` < `mention_id_r`.
"""
