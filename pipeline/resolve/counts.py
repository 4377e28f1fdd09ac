"""How often names and title words occur in a large corpus: shipped with the model, so small inputs know rarity.

What belongs here: reading the counts file, and deriving it. What does not: turning counts into
weights (`rarity`, `bags`). Counts are part of the model and versioned with it: a day's load never changes them.

`python -m pipeline.resolve.derive counts` runs it.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.resolve.printed_names import NameTable, flip_family_first, name_keys, name_table
from pipeline.resolve.terms import exploded_terms

Codes = npt.NDArray[Any]

COUNTS_FILE: Final = Path(__file__).with_name("counts.parquet")

COUNTS: Final = {"kind": pl.String, "key": pl.String, "mentions": pl.UInt32, "groups": pl.UInt32}
"""One row is one key of one kind, sorted by both.

`family` (family key), `given` (first given token), `block` ("family|initial"), `full` ("family|first token"),
`term` (title term), `affiliation` (term of an affiliation) and `all` (the whole corpus: mentions, and papers in
`groups`). `mentions` counts printed names, or titles and affiliations for their terms; the affiliations counted are
the `affiliation` whose key is empty. `groups` counts, for blocks and full names, the groups into which shared
co-authors join those mentions: an upper estimate of how many people bear the name that needs no labels. 0 elsewhere.
"""

FLOORS: Final = {"family": 20, "given": 20, "block": 10, "full": 10, "term": 20, "affiliation": 3}
"""Keys with fewer mentions are left out: the file stays under 3 MB, and "rarer than this" is all one needs to know."""

LINKING_COAUTHORS: Final = 10
COMMON_COAUTHOR: Final = 200
"""Only a paper's ten rarest co-authors, each printed at most 200 times in the corpus, join its mentions into
groups: common names join strangers, and groups chain."""


@cache
def shipped_counts() -> pl.DataFrame:
    """Read the counts that are shipped with the package."""
    return pl.read_parquet(COUNTS_FILE)


def counts_digest(counts: pl.DataFrame) -> str:
    """Name counts by their content."""
    return hashlib.sha256(counts.write_csv().encode()).hexdigest()[:12]


def derive_counts(corpus: pl.DataFrame, affiliations: pl.Series) -> pl.DataFrame:
    """Count names, name groups, title terms and affiliation terms.

    Args:
        corpus: One row per paper, columns `authors` and `title`.
        affiliations: Affiliations as printed, any; each distinct one counts once.

    Returns:
        `COUNTS`, sorted by kind and key.
    """
    printed = corpus.select("authors").explode("authors").drop_nulls().unique().sort("authors")
    names = printed.select(
        pl.col("authors").alias("name"),
        pl.lit(None, dtype=pl.String).alias("given"),
        pl.lit(None, dtype=pl.String).alias("family"),
    )
    keys = name_keys(names)
    code_of = names.select("name").with_row_index("code")
    bylines = (
        corpus.select("authors")
        .with_row_index("paper")
        .explode("authors")
        .drop_nulls()
        .join(code_of, left_on="authors", right_on="name", how="left", maintain_order="left")
        .select("paper", "code")
    )
    plain = keys.with_row_index("code").join(bylines.group_by("code").len("uses"), on="code").filter("linkable")
    family = _summed(plain, pl.col("family"))
    given = _summed(plain.filter(pl.col("first").str.len_chars() > 1), pl.col("first"))
    common = [
        frame.filter(pl.col("mentions") >= FLOORS[kind]) for kind, frame in (("family", family), ("given", given))
    ]
    table = name_table(flip_family_first(keys, *common))
    paper, code = bylines["paper"].to_numpy().astype(np.int64), bylines["code"].to_numpy()
    parts = [
        family.with_columns(pl.lit("family").alias("kind"), pl.lit(0).alias("groups")),
        given.with_columns(pl.lit("given").alias("kind"), pl.lit(0).alias("groups")),
        _grouped("block", table.block, table.blocks, names=table, paper=paper, code=code),
        _grouped("full", table.full, table.fulls, names=table, paper=paper, code=code),
        exploded_terms(corpus["title"])
        .group_by("term")
        .len("mentions")
        .select(pl.lit("term").alias("kind"), pl.col("term").alias("key"), "mentions", pl.lit(0).alias("groups")),
        _affiliation_terms(affiliations),
        pl.DataFrame({"kind": ["all"], "key": ["all"], "mentions": [len(code)], "groups": [corpus.height]}),
    ]
    return (
        pl.concat([part.select([pl.col(c).cast(t) for c, t in COUNTS.items()]) for part in parts])
        .filter(pl.col("mentions") >= pl.col("kind").replace_strict(FLOORS, default=0, return_dtype=pl.UInt32))
        .sort("kind", "key")
    )


def _affiliation_terms(affiliations: pl.Series) -> pl.DataFrame:
    distinct = affiliations.drop_nulls().unique().sort()
    every = pl.DataFrame({"key": [""], "mentions": [distinct.len()]}, schema={"key": pl.String, "mentions": pl.UInt32})
    terms = exploded_terms(distinct).group_by(pl.col("term").alias("key")).len("mentions")
    return pl.concat([every, terms]).with_columns(pl.lit("affiliation").alias("kind"), pl.lit(0).alias("groups"))


def _summed(plain: pl.DataFrame, key: pl.Expr) -> pl.DataFrame:
    return plain.group_by(key.alias("key")).agg(pl.col("uses").sum().alias("mentions"))


def _grouped(
    kind: str,
    key_of_name: Codes,
    texts: pl.Series,
    *,
    names: NameTable,
    paper: Codes,
    code: Codes,
) -> pl.DataFrame:
    """Count each key's mentions and the groups that shared co-authors join them into."""
    key = key_of_name[code]
    mentions = np.bincount(key[key >= 0], minlength=len(texts))
    groups = np.zeros(len(texts), dtype=np.int64)
    wanted = np.flatnonzero((key >= 0) & (mentions[np.maximum(key, 0)] >= FLOORS[kind]))
    partners = _rarest_partners(paper, _partner_keys(names)[code])
    step = 2_000_000
    order = wanted[np.argsort(key[wanted], kind="stable")]
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    start = 0
    while start < len(order):
        reach = np.searchsorted(cuts, start + step)
        stop = int(cuts[reach]) if reach < len(cuts) else len(order)
        chosen = order[start:stop]
        groups += _group_counts(key[chosen], paper[chosen], _partner_keys(names)[code[chosen]], partners, len(texts))
        start = stop
    return pl.DataFrame({"kind": kind, "key": texts, "mentions": mentions, "groups": groups})


def _partner_keys(names: NameTable) -> Codes:
    """Key under which a name joins others: written out where it is, else family and initial; -1 for non-persons."""
    return np.where(names.full >= 0, names.full + len(names.blocks), names.block)


def _rarest_partners(paper: Codes, partner: Codes) -> csr_matrix:
    """Papers x partner keys: the rarest `LINKING_COAUTHORS` + 1 names of each byline, as the mention may be one."""
    papers = int(paper.max(initial=-1)) + 1
    uses = np.bincount(partner[partner >= 0])
    known = (partner >= 0) & (uses[np.maximum(partner, 0)] <= COMMON_COAUTHOR)
    paper, partner = paper[known], partner[known]
    order = np.lexsort((partner, uses[partner], paper))
    paper, partner = paper[order], partner[order]
    keep = np.arange(len(paper)) - np.searchsorted(paper, paper) <= LINKING_COAUTHORS
    return csr_matrix(
        (np.ones(int(keep.sum()), dtype=np.int8), (paper[keep], partner[keep])), shape=(papers, len(uses))
    )


def _group_counts(key: Codes, paper: Codes, own: Codes, partners: csr_matrix, keys: int) -> Codes:
    """Connected components of the graph of mentions and (key, co-author) pairs, counted per key."""
    rows = partners[paper]
    mention = np.repeat(np.arange(len(paper)), np.diff(rows.indptr))
    other = rows.indices.astype(np.int64)
    keep = other != own[mention]
    mention, other = mention[keep], other[keep]
    _, node = np.unique(key[mention].astype(np.int64) * partners.shape[1] + other, return_inverse=True)
    size = len(paper) + int(node.max(initial=-1)) + 1
    graph = csr_matrix((np.ones(len(mention), dtype=np.int8), (mention, len(paper) + node)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    pairs = np.unique(key.astype(np.int64) * size + label[: len(paper)])
    return np.bincount(pairs // size, minlength=keys)
