"""What a mention's work and printed line say about it, as arrays: read once, compared block by block.

What belongs here: input frames -> bags and codes. What does not: comparing them (`comparisons`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.resolve.bags import Bags, affiliation_bags, bags_of, list_bags, term_bags
from pipeline.resolve.codes import coded, coded_together, distinct_entries
from pipeline.resolve.inputs import ResolverInput
from pipeline.resolve.printed_names import NameTable, flip_family_first, name_keys, name_table
from pipeline.resolve.rarity import NameRarity, name_rarity
from pipeline.resolve.terms import terms_of
from pipeline.resolve.topics import Topics, VectorArray, work_topics

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

COAUTHORS_KEPT: Final = 40
"""A byline's rarest names that are compared; the common ones of a longer byline say little and cost most."""

LONG_BYLINE: Final = 50
"""Names from which a byline is a collaboration's: who shares one shares hundreds of co-authors with strangers."""

TERMS_KEPT: Final = 30

UNKNOWN_YEAR: Final = -30_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that comparisons read. Mention arrays follow the input's mention order, work arrays its work order.

    Codes are -1 and years `UNKNOWN_YEAR` where nothing is known; a bag without entries is missing evidence, and so is a
    topic of zeros.
    """

    names: NameTable
    rarity: NameRarity
    name: IntArray
    block: IntArray
    work: IntArray
    email: IntArray
    email_domain: IntArray
    orcid: IntArray
    affiliation: Bags
    year: npt.NDArray[np.int16]
    byline: IntArray
    coauthor_initial: Bags
    coauthor_full: Bags
    block_of_full: IntArray
    title: Bags
    abstract: Bags
    keywords: Bags
    categories: Bags
    references: Bags
    venue: IntArray
    topic: VectorArray


def read_evidence(source: ResolverInput, counts: pl.DataFrame, topics: Topics) -> Evidence:
    """Read the evidence of every mention and work, one kind after the other."""
    mentions, works = source.mentions, source.works
    names, name_code, author_code, authors_row = _read_names(mentions, works, counts)
    rarity = name_rarity(names, counts)
    byline = np.bincount(authors_row, minlength=works.height).astype(np.int32)
    initial, full = _coauthor_bags(names, rarity, authors_row, author_code, works.height)
    del author_code, authors_row
    texts = {field: terms_of(_texts(works, field)) for field in ("title", "abstract", "keywords", "venue")}
    papers = float(counts.filter(kind="all")["groups"][0])
    title, abstract, keywords = (
        term_bags(texts[field], _occurrences(counts, "term"), papers, keep=TERMS_KEPT)
        for field in ("title", "abstract", "keywords")
    )
    topic = work_topics(texts, works.height, topics)
    del texts
    return Evidence(
        names=names,
        rarity=rarity,
        name=name_code,
        block=names.block[name_code],
        work=mentions["work"].to_numpy(),
        email=_codes(mentions, "email", lambda text: text.str.to_lowercase().str.strip_chars()),
        email_domain=_codes(mentions, "email", lambda text: text.str.to_lowercase().str.extract(r"@(.+)$")),
        orcid=_sound_orcids(mentions),
        affiliation=affiliation_bags(mentions["affiliation"], _occurrences(counts, "affiliation")),
        year=works["year"].clip(-9999, 9999).fill_null(UNKNOWN_YEAR).cast(pl.Int16).to_numpy(),
        byline=byline,
        coauthor_initial=initial,
        coauthor_full=full,
        block_of_full=_blocks_of_fulls(names),
        title=title,
        abstract=abstract,
        keywords=keywords,
        categories=list_bags(works["categories"], normed=True),
        references=list_bags(works["references"], normed=False),
        venue=_codes(
            works, "venue", lambda text: text.str.to_lowercase().str.replace_all(r"[^\p{L}]+", " ").str.strip_chars()
        ),
        topic=topic,
    )


def _texts(works: pl.DataFrame, field: str) -> pl.Series:
    """A field of the works as texts; a list's entries are one text."""
    return works[field].list.join(" ") if works.schema[field] == pl.List(pl.String) else works[field]


def _is_empty(frame: pl.DataFrame, field: str) -> bool:
    return frame[field].null_count() == frame.height


def _occurrences(counts: pl.DataFrame, kind: str) -> pl.DataFrame:
    """`term, mentions` of a kind of terms."""
    return counts.filter(kind=kind).select(term="key", mentions="mentions")


def _codes(frame: pl.DataFrame, field: str, folded: Callable[[pl.Series], pl.Series]) -> IntArray:
    """Number the distinct texts of a column once they are folded; -1 for null and empty."""
    code, distinct = coded(frame[field])
    same, texts = coded(folded(distinct))
    if len(texts) and texts[0] == "":
        same = same - np.int32(1)
        same[same < 0] = -1
    return np.append(same, np.int32(-1))[code]


def _sound_orcids(mentions: pl.DataFrame) -> IntArray:
    """Codes of asserted ORCIDs; one that is stamped on two names of one work says nothing and counts as none."""
    orcid = _codes(
        mentions, "orcid", lambda text: text.str.to_uppercase().str.extract(r"(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
    )
    known = np.flatnonzero(orcid >= 0)
    key = mentions["work"].to_numpy()[known].astype(np.int64) * (int(orcid.max(initial=0)) + 1) + orcid[known]
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    return np.where(np.isin(np.arange(len(orcid)), known[count[inverse] > 1]), np.int32(-1), orcid)


def _read_names(
    mentions: pl.DataFrame, works: pl.DataFrame, counts: pl.DataFrame
) -> tuple[NameTable, IntArray, IntArray, IntArray]:
    """Read each distinct name once: the name table, codes of mentions, codes and works of byline names."""
    authors = works.select(name="authors").with_row_index("row").explode("name").drop_nulls()
    row = authors["row"].to_numpy().astype(np.int32)
    (of_mentions, of_authors), texts = coded_together([mentions["name"], authors["name"]])
    del authors
    distinct = pl.DataFrame({"name": texts}, schema_overrides={"name": pl.String}).with_columns(
        given=pl.lit(None, dtype=pl.String), family=pl.lit(None, dtype=pl.String)
    )
    if not (_is_empty(mentions, "given") and _is_empty(mentions, "family")):
        distinct, of_mentions, of_authors = _with_parts(mentions, texts, of_mentions, of_authors)
    names = name_table(
        flip_family_first(
            name_keys(distinct),
            *(counts.filter(kind=k).select("key", "mentions") for k in ("family", "given")),
        )
    )
    return names, of_mentions, of_authors, row


def _with_parts(
    mentions: pl.DataFrame, texts: pl.Series, of_mentions: IntArray, of_authors: IntArray
) -> tuple[pl.DataFrame, IntArray, IntArray]:
    """Tell names apart that are printed alike but come with other parts: distinct names, codes of both."""
    parts = ["name", "given", "family"]
    given, givens = coded(mentions["given"])
    family, families = coded(mentions["family"])
    both = pl.DataFrame({"name": of_mentions, "given": given, "family": family})
    bare = pl.DataFrame({"name": np.unique(of_authors)}).with_columns(
        given=pl.lit(-1, pl.Int32), family=pl.lit(-1, pl.Int32)
    )
    distinct = pl.concat([both.unique(), bare]).unique().sort(parts)
    lookup = distinct.with_row_index("code")
    code = both.join(lookup, on=parts, how="left", maintain_order="left")["code"].cast(pl.Int32).to_numpy()
    alone = lookup.filter(given=-1, family=-1)
    of_name = np.zeros(max(len(texts), 1), dtype=np.int32)
    of_name[alone["name"].to_numpy()] = alone["code"].to_numpy()
    written = [
        pl.concat([known, pl.Series([None], dtype=pl.String)]).gather(distinct[part] % (len(known) + 1)).alias(part)
        for part, known in zip(parts, (texts, givens, families), strict=True)
    ]
    return pl.DataFrame(written), code, of_name[of_authors]


def _blocks_of_fulls(names: NameTable) -> IntArray:
    """The block code of each written-out key."""
    blocks = np.zeros(max(len(names.fulls), 1), dtype=np.int32)
    blocks[names.full[names.full >= 0]] = names.block[names.full >= 0]
    return blocks


def _coauthor_bags(
    names: NameTable, rarity: NameRarity, row: IntArray, name: IntArray, works: int
) -> tuple[Bags, Bags]:
    """Bags of each work's rarest names: by family and initial, and by written-out name.

    Weights are square roots, so that an overlap sums the bits of the shared names. What a written-out name adds
    is the difference to what family and initial gave already.
    """
    known = names.block[name] >= 0
    row, name = row[known], name[known]
    kept = _rarest(names, rarity, row, name)
    row, name = row[kept], name[kept]
    block, full = names.block[name], names.full[name]
    written = full >= 0
    extra = np.maximum(rarity.weight_full - rarity.weight_initial, 0.0)
    return (
        _distinct_bags(row, block, per_code(names.block, rarity.weight_initial, len(names.blocks)), works),
        _distinct_bags(row[written], full[written], per_code(names.full, extra, len(names.fulls)), works),
    )


def _rarest(names: NameTable, rarity: NameRarity, row: IntArray, name: IntArray) -> npt.NDArray[np.bool_]:
    """Tell the names among the `COAUTHORS_KEPT` rarest of their bylines; `row` ascends."""
    kept = np.ones(len(row), dtype=bool)
    long = np.flatnonzero(np.bincount(row)[row] > COAUTHORS_KEPT) if len(row) else np.zeros(0, dtype=np.int64)
    row, name = row[long], name[long]
    weight = np.maximum(rarity.weight_initial[name], rarity.weight_full[name])
    order = np.lexsort((names.full[name], names.block[name], -weight, row))
    row = row[order]
    kept[long[order]] = np.arange(len(row)) - np.searchsorted(row, row) < COAUTHORS_KEPT
    return kept


def per_code(codes: IntArray, values: FloatArray, count: int) -> FloatArray:
    """The value of each code, from the names that have it."""
    found = np.zeros(max(count, 1), dtype=np.float32)
    found[codes[codes >= 0]] = values[codes >= 0]
    return found


def _distinct_bags(row: IntArray, code: IntArray, weights: FloatArray, rows: int) -> Bags:
    """Bags of codes and the square roots of their weights, each code once per row."""
    row, code = distinct_entries(row, code, len(weights))
    return bags_of(row, code, np.sqrt(weights)[code], rows, len(weights), normed=False)
