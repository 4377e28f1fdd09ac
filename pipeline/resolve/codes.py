"""Texts as numbers: equal texts get equal codes, and codes follow the alphabet.

What belongs here: numbering the distinct texts of columns without holding a second copy of every text. What does not:
what the texts mean.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.compute as pc

IntArray = npt.NDArray[np.int32]


def coded(texts: pl.Series) -> tuple[IntArray, pl.Series]:
    """Number the distinct texts of a column.

    Returns:
        The code of each row, -1 for null; the text of each code. Codes follow the alphabet, so they do not depend on
        the rows' order.
    """
    if texts.null_count() == texts.len():
        return np.full(texts.len(), -1, dtype=np.int32), pl.Series(texts.name, [], dtype=pl.String)
    encoded = pc.dictionary_encode(texts.to_arrow())
    found = pl.Series(texts.name, encoded.dictionary, dtype=pl.String)
    order = found.arg_sort()
    rank = np.full(len(found) + 1, -1, dtype=np.int32)
    rank[order.to_numpy()] = np.arange(len(found), dtype=np.int32)
    return rank[pc.fill_null(encoded.indices, -1).to_numpy()], found.gather(order)


def coded_together(columns: list[pl.Series]) -> tuple[list[IntArray], pl.Series]:
    """Number the distinct texts of several columns as if they were one."""
    return as_one([coded(column) for column in columns])


def as_one(parts: list[tuple[IntArray, pl.Series]]) -> tuple[list[IntArray], pl.Series]:
    """Bring columns that were numbered apart to common codes; within a column, codes keep their order."""
    texts = pl.concat([part.rename("text") for _, part in parts]).unique().sort()
    common = []
    for codes, part in parts:
        place = np.append(texts.search_sorted(part).to_numpy().astype(np.int32), np.int32(-1))
        common.append(place[codes])
    return common, texts


def distinct_entries(row: npt.NDArray[np.integer], code: IntArray, span: int) -> tuple[IntArray, IntArray]:
    """Each pair of a row and a code below `span` once, sorted by both."""
    span = max(span, 1)
    entry = np.sort(row.astype(np.int64) * span + code)
    fresh = np.ones(len(entry), dtype=bool)
    np.not_equal(entry[1:], entry[:-1], out=fresh[1:])
    entry = entry[fresh]
    return (entry // span).astype(np.int32), (entry % span).astype(np.int32)
