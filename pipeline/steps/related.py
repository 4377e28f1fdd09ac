"""The mart of related papers, and what is kept so that a day's papers cost no more than a day.

What belongs here: finding whose lists have to be made again, and writing them. What does not: how papers are related
(`pipeline.related`). Lists are made again of works that came or changed, of works whose lists such works stood in, and
of works whose lists they enter now: the same lists as making all again with the same counts of terms and references.
The counts themselves stay until the works have grown by `GROWN`, or somebody empties `marts.related_works`.
"""

from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline import related
from pipeline.schemas import TABLES as CONTRACTS
from pipeline.steps import count, frame_as, temporary_table
from warehouse import query
from warehouse.tables import column_list, insert, replace, replace_from_query

IntArray = npt.NDArray[np.int64]

TABLES = (
    "marts.related_papers",
    "marts.related_terms",
    "marts.related_references",
    "marts.related_vectors",
    "marts.related_works",
)
"""The tables this step fills."""

GROWN: Final = 0.1
"""Share of works that came after counting, from which everything is counted and listed anew."""

SCATTERED: Final = 0.2
"""Share of lists that stand behind the others, from which the table is put in order again: every read of a list looks
at one more place for each day's load."""

ENOUGH: Final = 20
"""Related papers that fill a page."""


def relate_papers(con: duckdb.DuckDBPyConnection, *, threads: int) -> dict[str, int]:
    """Bring the lists of related papers up to date; returns counts of what was done and how full the lists are."""
    with (
        temporary_table(con, "related_citations", "marts/related_citations"),
        temporary_table(con, "related_fingerprints", "marts/related_fingerprints"),
        temporary_table(con, "related_changes", "marts/related_changes"),
    ):
        is_whole = is_outgrown(con) or is_incomplete(con)
        corpus = read_corpus(con, is_whole=is_whole)
        rows = forget_all(con, corpus) if is_whole else forget_changed(con, corpus)
        write_lists(con, corpus, rows, threads=threads, is_whole=is_whole)
        put_in_order(con)
    return {"lists_made": len(rows), "lists_made_anew": int(is_whole), **coverage(con)}


def read_corpus(con: duckdb.DuckDBPyConnection, *, is_whole: bool) -> related.Corpus:
    """All works as they are compared, by new counts or those kept; only texts that changed are read for the latter."""
    references = con.sql("FROM related_citations").pl()
    statistics = count_anew(con, references) if is_whole else keep_changed(con)
    return related.corpus(con.sql("FROM marts.related_vectors ORDER BY work_id").pl(), references, statistics)


def count_anew(con: duckdb.DuckDBPyConnection, references: pl.DataFrame) -> related.Statistics:
    """Count terms and references, and keep what tells something of every text."""
    works = con.sql(query("marts/related_texts")).pl()
    statistics = related.count(works, references)
    replace(con, "marts.related_terms", statistics.terms)
    replace(con, "marts.related_references", statistics.references)
    con.execute("TRUNCATE marts.related_vectors")
    for kept in related.kept_terms(works, statistics):
        insert(con, "marts.related_vectors", kept)
    return statistics


def keep_changed(con: duckdb.DuckDBPyConnection) -> related.Statistics:
    """Keep what tells something of the texts that changed, by the counts there are; SQL must see `related_changes`."""
    statistics = kept_statistics(con)
    con.execute("DELETE FROM marts.related_vectors WHERE work_id IN (SELECT work_id FROM related_changes)")
    works = con.sql(f"FROM ({query('marts/related_texts')}) SEMI JOIN related_changes USING (work_id)").pl()
    for kept in related.kept_terms(works, statistics):
        insert(con, "marts.related_vectors", kept)
    return statistics


def is_outgrown(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether too many works came since terms and references were counted; SQL must see `related_changes`."""
    late = count(
        con,
        "SELECT (SELECT count(*) FROM marts.related_works WHERE NOT is_counted)"
        " + (SELECT count(*) FROM related_changes WHERE is_new)",
    )
    return late > GROWN * count(con, "SELECT count(*) FROM marts.related_works WHERE is_counted")


def is_incomplete(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether what was kept of texts is gone, as in a published file that had a name to hide."""
    kept, listed = (count(con, f"SELECT count(*) FROM marts.related_{name}") for name in ("vectors", "works"))
    return kept != listed


def kept_statistics(con: duckdb.DuckDBPyConnection) -> related.Statistics:
    """The counts that the lists in the warehouse were made with."""
    return related.Statistics(
        con.sql("FROM marts.related_terms ORDER BY term").pl(),
        con.sql("FROM marts.related_references ORDER BY reference").pl(),
    )


def forget_all(con: duckdb.DuckDBPyConnection, corpus: related.Corpus) -> IntArray:
    """Take all lists away; returns the rows of all works."""
    con.execute("TRUNCATE marts.related_papers")
    con.execute("TRUNCATE marts.related_works")
    return np.arange(corpus.work_ids.len())


def forget_changed(con: duckdb.DuckDBPyConnection, corpus: related.Corpus) -> IntArray:
    """Take the lists away that changes can reach; returns the rows of the works to make lists of.

    SQL must see `related_changes`.
    """
    changed = con.sql("SELECT work_id, is_gone FROM related_changes").pl()
    present = rows_of(corpus, changed.filter(~pl.col("is_gone"))["work_id"])
    holding = rows_of(corpus, con.sql(query("marts/related_holders")).pl()["work_id"])
    entered = related.reached(corpus, present, con.sql(query("marts/related_bars")).pl())
    rows = np.unique(np.concatenate([present, holding, entered]))
    gone = changed.filter("is_gone")["work_id"]
    with frame_as(con, "stale", pl.DataFrame({"work_id": pl.concat([gone, corpus.work_ids.gather(rows)])})):
        con.execute("DELETE FROM marts.related_papers WHERE work_id IN (SELECT work_id FROM stale)")
    with frame_as(con, "gone", pl.DataFrame({"work_id": gone})):
        con.execute("DELETE FROM marts.related_works WHERE work_id IN (SELECT work_id FROM gone)")
    return rows


def rows_of(corpus: related.Corpus, work_ids: pl.Series) -> IntArray:
    """The rows of works of the corpus, ascending; ids of other works are passed over."""
    places = pl.DataFrame({"work_id": corpus.work_ids}).with_row_index("row")
    return places.filter(pl.col("work_id").is_in(work_ids.to_list()))["row"].to_numpy().astype(np.int64)


def write_lists(
    con: duckdb.DuckDBPyConnection, corpus: related.Corpus, rows: IntArray, *, threads: int, is_whole: bool
) -> None:
    """Add the lists of works that have none; SQL must see `related_fingerprints`."""
    columns = CONTRACTS["marts.related_papers"].column_names()
    bars = [pl.DataFrame(schema={"work_id": pl.String, "terms_bar": pl.Int64, "references_bar": pl.Int64})]
    for batch in related.related(corpus, rows, threads=threads):
        # What is registered stays in memory until the transaction ends.
        con.from_arrow(batch.papers.select(columns)).insert_into("marts.related_papers")
        bars.append(batch.bars)
    with frame_as(con, "bars", pl.concat(bars)):
        con.execute(
            "CREATE OR REPLACE TEMPORARY TABLE last_works AS"
            " SELECT work_id, is_counted FROM marts.related_works SEMI JOIN bars USING (work_id)"
        )
        con.execute("DELETE FROM marts.related_works WHERE work_id IN (SELECT work_id FROM last_works)")
        con.execute(
            f"INSERT INTO marts.related_works SELECT {column_list('marts.related_works')}"
            f" FROM ({query('marts/related_works')}) ORDER BY work_id",
            {"is_whole": is_whole},
        )
        con.execute("DROP TABLE temp.last_works")


def put_in_order(con: duckdb.DuckDBPyConnection) -> None:
    """Store the lists in the order of their works again, once too many stand behind the others."""
    scattered = count(con, "SELECT count(*) FROM marts.related_works WHERE NOT is_in_order")
    if scattered <= SCATTERED * count(con, "SELECT count(*) FROM marts.related_works"):
        return
    con.execute("CREATE OR REPLACE TEMPORARY TABLE scattered_papers AS FROM marts.related_papers")
    replace_from_query(con, "marts.related_papers", "FROM scattered_papers")
    con.execute("DROP TABLE temp.scattered_papers")
    con.execute("UPDATE marts.related_works SET is_in_order = true WHERE NOT is_in_order")


def coverage(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many works have how full a list: a list has as many papers as its last rank says."""
    full = {"any": 1, str(ENOUGH): ENOUGH, str(related.MOST_RELATED): related.MOST_RELATED}
    rows = con.execute("SELECT rank, count(*) FROM marts.related_papers GROUP BY rank").fetchall()
    works = dict(rows)
    return {f"works_with_{name}_related": works.get(rank, 0) for name, rank in full.items()}
