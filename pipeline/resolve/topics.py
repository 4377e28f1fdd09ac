"""What a work is about, as a direction in a space of subjects that a large corpus spans.

What belongs here: the subject vectors of terms and venue words, deriving them, and a work's vector. What does not:
comparing two works (`comparisons`). The vectors are part of the model: a day's load never changes them.

Titles of one person's works seldom repeat a word, but stay on a subject. Terms that stand in titles together, and in
titles of the same categories and journals, get like vectors: positive pointwise mutual information of joint
occurrence, factorised (Levy and Goldberg 2014, Neural word embedding as implicit matrix factorization). No label
takes part.

`python -m pipeline.resolve.derive topics` runs it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import eigsh

from pipeline.resolve.terms import Terms, exploded_terms

FloatArray = npt.NDArray[np.float32]
VectorArray = npt.NDArray[np.int8]

TOPICS_FILE: Final = Path(__file__).with_name("topics.parquet")

DIMENSIONS: Final = 64
UNIT: Final = 127
"""Length of a stored vector. Whole numbers of up to 127 in 64 places have products that single precision adds exactly,
in any order, so a pair's cosine is the same in whatever company it is compared."""

_VECTOR: Final = pl.Array(pl.Int8, DIMENSIONS)

TOPICS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "kind": pl.String,
    "key": pl.String,
    "weight": pl.Float32,
    "vector": _VECTOR,
}
"""One row is a title term (`term`) or a word of a journal reference (`venue`), sorted by both: how much it says of a
subject, and which, as a vector of length `UNIT`."""

_FLOORS: Final = {"term": 30, "category": 30, "venue": 20}
"""Papers that must hold a term, category or venue word."""

_CONTEXT_SMOOTHING: Final = 0.75
"""Power of a context's frequency, which damps rare contexts (Levy, Goldberg and Dagan 2015)."""

_FEW: Final = 3.0
"""Joint occurrences at which half of their mutual information counts: chance meetings are left small."""

_FLATTENING: Final = 0.5
"""Power of the eigenvalues: between keeping only the coarsest subjects (1) and all alike (0)."""

_FIELDS: Final = (("title", "term", 1.0), ("keywords", "term", 1.0), ("abstract", "term", 1.0), ("venue", "venue", 0.5))
"""A work's fields, the kind of its words, and how much the field's direction counts."""

_WORKS_AT_ONCE: Final = 50_000
"""Works whose directions are in memory at full precision."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Subject vectors.

    Attributes:
        words: `kind, term, code`; the code is the row of the arrays.
        weights: How much each word says.
        vectors: (words, `DIMENSIONS`), of length `UNIT`.
    """

    words: pl.DataFrame
    weights: FloatArray
    vectors: VectorArray

    def digest(self) -> str:
        """Name the vectors by their content."""
        content = self.words.write_csv().encode() + self.weights.tobytes() + self.vectors.tobytes()
        return hashlib.sha256(content).hexdigest()[:12]


@cache
def shipped_topics() -> Topics:
    """Read the vectors that are shipped with the package."""
    return topics_from(pl.read_parquet(TOPICS_FILE))


def topics_from(table: pl.DataFrame) -> Topics:
    """Arrange `TOPICS` for looking up."""
    return Topics(
        words=table.select("kind", term="key").with_row_index("code"),
        weights=table["weight"].to_numpy(),
        vectors=table["vector"].to_numpy().reshape(-1, DIMENSIONS),
    )


def work_topics(words: Mapping[str, Terms], works: int, topics: Topics) -> VectorArray:
    """Find what each work is about.

    Args:
        words: The terms of the works' `title`, `abstract`, `venue` and `keywords`.
        works: How many works there are.
        topics: Vectors of the words.

    Returns:
        (works, `DIMENSIONS`) of length `UNIT`; zeros for a work none of whose words is known.
    """
    held = [(share, _known(words[field], kind, topics)) for field, kind, share in _FIELDS if len(words[field].row)]
    vectors = topics.vectors.astype(np.float32)
    found = np.zeros((works, DIMENSIONS), dtype=np.int8)
    for begin in range(0, works, _WORKS_AT_ONCE):
        some = slice(begin, begin + _WORKS_AT_ONCE)
        total = np.zeros((len(found[some]), DIMENSIONS), dtype=np.float32)
        for share, matrix in held:
            total += np.float32(share) * _unit(np.asarray(matrix[some] @ vectors))
        found[some] = _whole(_unit(total))
    return found


def _known(terms: Terms, kind: str, topics: Topics) -> csr_matrix:
    """Texts by words: what the known words of each text weigh."""
    known = topics.words.filter(kind=kind).select("term", "code")
    found = pl.DataFrame({"term": terms.words}).join(known, on="term", how="left", maintain_order="left")
    of_term = found["code"].cast(pl.Int32).fill_null(-1).to_numpy()
    code = of_term[terms.code]
    kept = code >= 0
    begin = np.concatenate(([0], np.cumsum(np.bincount(terms.row[kept], minlength=terms.texts))))
    code = code[kept]
    return csr_matrix((topics.weights[code], code, begin), shape=(terms.texts, len(topics.weights)))


def _unit(vectors: FloatArray) -> FloatArray:
    """Scale rows to length 1; rows of zeros stay."""
    length = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0), dtype=np.float32)


def _whole(unit: npt.NDArray[np.floating]) -> VectorArray:
    return np.asarray(np.rint(unit * UNIT), dtype=np.int8)


def derive_topics(corpus: pl.DataFrame) -> pl.DataFrame:
    """Derive subject vectors from the words that stand together.

    Args:
        corpus: One row per paper: `title`, `journal_ref` and `categories` (list).

    Returns:
        `TOPICS`.
    """
    words = pl.concat(
        [
            _words_of("term", exploded_terms(corpus["title"])),
            _words_of("venue", exploded_terms(corpus["journal_ref"])),
            _words_of("category", corpus.select(term="categories").with_row_index("row").explode("term").drop_nulls()),
        ]
    )
    keys = words.group_by("kind", "term").len("papers").sort("kind", "term").with_row_index("code")
    entries = words.join(keys, on=["kind", "term"]).select("row", "code")
    held = csr_matrix(
        (np.ones(entries.height, dtype=np.float32), (entries["row"].to_numpy(), entries["code"].to_numpy())),
        shape=(corpus.height, keys.height),
    )
    vectors = _factors(held)
    length = np.linalg.norm(vectors, axis=1)
    of_kind = {"term": corpus.height, "venue": corpus.height - corpus["journal_ref"].null_count(), "category": 1}
    rarity = (keys["kind"].replace_strict(of_kind, return_dtype=pl.Float64) / keys["papers"]).log(2)
    table = keys.with_columns(
        weight=rarity * pl.Series(np.sqrt(length)),
        vector=pl.Series(_whole(vectors / np.maximum(length, 1e-12)[:, None]), dtype=_VECTOR),
    )
    chosen = table.filter((pl.col("kind") != "category") & (pl.Series(length) > 0) & (pl.col("weight") > 0))
    return chosen.rename({"term": "key"}).select(pl.col(name).cast(dtype) for name, dtype in TOPICS.items())


def _words_of(kind: str, exploded: pl.DataFrame) -> pl.DataFrame:
    """`row, kind, term` of the terms that are common enough and not numbers."""
    words = exploded.select("row", "term").filter(~pl.col("term").str.contains(r"^\d+$"))
    if kind == "venue":
        words = words.filter(~pl.col("term").str.contains(r"\d"))
    common = pl.len().over("term") >= _FLOORS[kind]
    return words.filter(common).select("row", pl.lit(kind).alias("kind"), "term")


def _factors(held: csr_matrix) -> npt.NDArray[np.float64]:
    """Factorise the positive mutual information of the columns' joint occurrence: one vector per column."""
    joint = (held.T @ held).tocoo()
    apart = joint.row != joint.col
    left, right, both = joint.row[apart], joint.col[apart], joint.data[apart].astype(np.float64)
    size = held.shape[1]
    seen = np.bincount(left, weights=both, minlength=size)
    context = seen**_CONTEXT_SMOOTHING / (seen**_CONTEXT_SMOOTHING).sum()
    information = np.log(both / (seen[left] * context[right])) * both / (both + _FEW)
    kept = information > 0
    matrix = csr_matrix((information[kept], (left[kept], right[kept])), shape=(size, size))
    values, vectors = eigsh((matrix + matrix.T) / 2, k=min(DIMENSIONS, size - 1), which="LA", v0=np.ones(size))
    order = np.argsort(-values)
    scaled = np.maximum(values[order], 0.0) ** _FLATTENING * vectors[:, order]
    return np.pad(scaled, ((0, 0), (0, DIMENSIONS - scaled.shape[1])))
