"""What a mention's work and printed line say about it, as arrays: read once, compared block by block.

What belongs here: input frames -> bags and codes. What does not: comparing them (`comparisons`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.resolve.bags import Bags, affiliation_bags, bags_of, list_bags, term_bags
from pipeline.resolve.inputs import ResolverInput
from pipeline.resolve.printed_names import NameTable, flip_family_first, name_keys, name_table
from pipeline.resolve.rarity import NameRarity, name_rarity
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
    """Read the evidence of every mention and work."""
    mentions, works = source.mentions, source.works
    names, name_code, author_code, authors_row = _read_names(mentions, works, counts)
    rarity = name_rarity(names, counts)
    terms = _occurrences(counts, "term")
    papers = float(counts.filter(kind="all")["groups"][0])
    byline = np.bincount(authors_row, minlength=works.height).astype(np.int32)
    initial, full = _coauthor_bags(names, rarity, authors_row, author_code, works.height)
    return Evidence(
        names=names,
        rarity=rarity,
        name=name_code,
        block=names.block[name_code],
        work=mentions["work"].to_numpy(),
        email=_codes(mentions["email"].str.to_lowercase().str.strip_chars()),
        email_domain=_codes(mentions["email"].str.to_lowercase().str.extract(r"@(.+)$")),
        orcid=_sound_orcids(mentions),
        affiliation=affiliation_bags(mentions["affiliation"], _occurrences(counts, "affiliation")),
        year=works["year"].clip(-9999, 9999).fill_null(UNKNOWN_YEAR).cast(pl.Int16).to_numpy(),
        byline=byline,
        coauthor_initial=initial,
        coauthor_full=full,
        block_of_full=_blocks_of_fulls(names),
        title=term_bags(works["title"], terms, papers, keep=TERMS_KEPT),
        abstract=term_bags(works["abstract"], terms, papers, keep=TERMS_KEPT),
        keywords=term_bags(works["keywords"].list.join(" "), terms, papers, keep=TERMS_KEPT),
        categories=list_bags(works["categories"], normed=True),
        references=list_bags(works["references"], normed=False),
        venue=_codes(works["venue"].str.to_lowercase().str.replace_all(r"[^\p{L}]+", " ").str.strip_chars()),
        topic=work_topics(works, topics),
    )


def _occurrences(counts: pl.DataFrame, kind: str) -> pl.DataFrame:
    """`term, mentions` of a kind of terms."""
    return counts.filter(kind=kind).select(term="key", mentions="mentions")


def _codes(texts: pl.Series) -> IntArray:
    """Number distinct non-empty texts in alphabetical order; -1 for null and empty."""
    texts = texts.alias("text")
    distinct = texts.drop_nulls().unique().sort()
    lookup = pl.DataFrame({"text": distinct.filter(distinct != "")}).with_row_index("code")
    coded = pl.DataFrame({"text": texts}).join(lookup, on="text", how="left", maintain_order="left")
    return coded["code"].cast(pl.Int32).fill_null(-1).to_numpy()


def _sound_orcids(mentions: pl.DataFrame) -> IntArray:
    """Codes of asserted ORCIDs; one that is stamped on two names of one work says nothing and counts as none."""
    orcid = _codes(mentions["orcid"].str.to_uppercase().str.extract(r"(\d{4}-\d{4}-\d{4}-\d{3}[\dX])"))
    known = np.flatnonzero(orcid >= 0)
    key = mentions["work"].to_numpy()[known].astype(np.int64) * (int(orcid.max(initial=0)) + 1) + orcid[known]
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    return np.where(np.isin(np.arange(len(orcid)), known[count[inverse] > 1]), np.int32(-1), orcid)


def _read_names(
    mentions: pl.DataFrame, works: pl.DataFrame, counts: pl.DataFrame
) -> tuple[NameTable, IntArray, IntArray, LongArray]:
    """Read each distinct name once: the name table, codes of mentions, codes and works of byline names."""
    parts = ["name", "given", "family"]
    of_mentions = mentions.select(parts)
    authors = works.select(name="authors").with_row_index("row").explode("name").drop_nulls()
    of_authors = authors.select("name", *(pl.lit(None, dtype=pl.String).alias(p) for p in parts[1:]))
    distinct = pl.concat([of_mentions, of_authors]).unique().sort(parts)
    names = name_table(
        flip_family_first(
            name_keys(distinct),
            *(counts.filter(kind=k).select("key", "mentions") for k in ("family", "given")),
        )
    )
    lookup = distinct.with_row_index("code")

    def coded(frame: pl.DataFrame) -> IntArray:
        joined = frame.join(lookup, on=parts, how="left", maintain_order="left", nulls_equal=True)
        return joined["code"].cast(pl.Int32).to_numpy()

    return names, coded(of_mentions), coded(of_authors), authors["row"].to_numpy().astype(np.int64)


def _blocks_of_fulls(names: NameTable) -> IntArray:
    """The block code of each written-out key."""
    blocks = np.zeros(max(len(names.fulls), 1), dtype=np.int32)
    blocks[names.full[names.full >= 0]] = names.block[names.full >= 0]
    return blocks


def _coauthor_bags(
    names: NameTable, rarity: NameRarity, row: LongArray, name: IntArray, works: int
) -> tuple[Bags, Bags]:
    """Bags of each work's rarest names: by family and initial, and by written-out name.

    Weights are square roots, so that an overlap sums the bits of the shared names. What a written-out name adds
    is the difference to what family and initial gave already.
    """
    known = names.block[name] >= 0
    row, name = row[known], name[known]
    block, full = names.block[name], names.full[name]
    weight_initial, weight_full = rarity.weight_initial[name], rarity.weight_full[name]
    order = np.lexsort((full, block, -np.maximum(weight_initial, weight_full), row))
    row, block, full = row[order], block[order], full[order]
    weight_initial, weight_full = weight_initial[order], weight_full[order]
    kept = np.arange(len(row)) - np.searchsorted(row, row) < COAUTHORS_KEPT
    row, block, full = row[kept], block[kept], full[kept]
    extra = np.maximum(weight_full[kept] - weight_initial[kept], 0.0)
    initial = _distinct_bags(row, block, weight_initial[kept], works, len(names.blocks))
    written = full >= 0
    return initial, _distinct_bags(row[written], full[written], extra[written], works, len(names.fulls))


def _distinct_bags(row: LongArray, code: IntArray, weight: FloatArray, rows: int, vocabulary: int) -> Bags:
    """Bags of square-rooted weights, each code once per row."""
    order = np.lexsort((code, row))
    row, code, weight = row[order], code[order], weight[order]
    fresh = np.ones(len(row), dtype=bool)
    fresh[1:] = (row[1:] != row[:-1]) | (code[1:] != code[:-1])
    return bags_of(row[fresh], code[fresh], np.sqrt(weight[fresh]), rows, max(vocabulary, 1), normed=False)
