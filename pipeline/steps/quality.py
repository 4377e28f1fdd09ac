"""How good a run's resolution is: figures of the run itself, against gold, and against the last run.

What belongs here: choosing what is measured, and writing it to `resolved.quality`. What does not: the measures
(`pipeline.resolve.evaluation`), what the monitors count (`monitors`), bounds (`pipeline.assets.monitors`).

ORCID iDs that works assert, and decisions by people, are gold that the resolver itself reads. So whole blocks that hold
such mentions are resolved once more with both hidden from it: blocks are independent of each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.metrics import canonical_orcids
from pipeline.resolve import Resolution, ResolverInputError, evaluate, resolve
from pipeline.resolve.evaluation import QUALITY, calibration, held_decisions
from pipeline.steps import count, frame_as
from pipeline.steps.corrections import decisions
from pipeline.steps.evidence import resolver_input
from pipeline.steps.monitors import name_figures
from warehouse import WarehouseError, query
from warehouse.tables import append, literal

TABLES = ("resolved.quality",)
"""The tables this step fills."""

MEASURED_MENTIONS: Final = 100_000
"""Mentions resolved again for measuring: some ten seconds, however large the warehouse is."""

GOLD_FOLDER: Final = "gold"
"""Folder below the data folder with an operator's own labels."""

NO_GOLD: Final[Mapping[str, pa.Table]] = MappingProxyType({})

SHOWN_SCORES: Final = (
    "mentions",
    "b3_f1",
    "b3_precision",
    "b3_recall",
    "pair_f1",
    "split_authors",
    "merged_clusters",
)
"""Metrics that are shown as a table."""

_PEOPLE: Final = pa.schema([("mention_id", pa.string()), ("author_id", pa.string())])


def measure(
    con: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    threads: int,
    published: Path | None = None,
    gold: Mapping[str, pa.Table] = NO_GOLD,
) -> dict[str, float]:
    """Measure the resolution in force and write it down as this run's; measuring again replaces the run's rows.

    Args:
        con: A writer's connection.
        run_id: The run.
        threads: Batches worked on at once; changes nothing but the time.
        published: The last published file, to tell what moved; None, or a file that is not there, when there is none.
        gold: Labels of the operator's own by name, `mention_id, gold_author`.

    Returns:
        The figures of slice `all`, as `<gold set> <metric>`.
    """
    con.execute("DELETE FROM resolved.quality WHERE run_id = $run_id", {"run_id": run_id})
    measured = {
        "self": pl.concat([self_figures(con, run_id, published), name_figures(con)]),
        **hidden_figures(con, threads=threads),
    }
    measured |= {f"file:{name}": against_file(con, labels) for name, labels in gold.items()}
    rows = pl.concat(
        [frame.select(pl.lit(gold_set).alias("gold_set"), *QUALITY) for gold_set, frame in measured.items()]
    ).select(pl.lit(run_id).alias("run_id"), "gold_set", *QUALITY)
    append(con, "resolved.quality", rows)
    append(con, "resolved.quality", con.sql(query("resolved/drift"), params={"run_id": run_id}).pl())
    main = rows.filter(slice="all").sort("gold_set", "metric")
    return {
        f"{gold_set} {metric}": value for gold_set, metric, value in main.select("gold_set", "metric", "value").rows()
    }


def self_figures(con: duckdb.DuckDBPyConnection, run_id: str, published: Path | None) -> pl.DataFrame:
    """Counts without gold: sizes, events, what moved, and the run's number, by which runs are in order."""
    numbers = "SELECT max(value) FROM resolved.quality WHERE gold_set = 'self' AND metric = 'run_number'"
    number = pl.DataFrame([("all", "run_number", count(con, numbers) + 1.0)], schema=QUALITY, orient="row")
    parts: list[pl.DataFrame] = [number, con.sql(query("resolved/self_figures"), params={"run_id": run_id}).pl()]
    if published is not None and published.exists():
        attach_published(con, published)
        parts.append(con.sql(query("resolved/churn")).pl())
    return pl.concat(parts)


def hidden_figures(con: duckdb.DuckDBPyConnection, *, threads: int) -> dict[str, pl.DataFrame]:
    """Scores against ORCID iDs and decisions by people, both hidden from the resolver."""
    labels, told = orcid_gold(con), decisions(con)
    known = pl.concat([labels["mention_id"], *(pl.Series(told[f"mention_id_{side}"]) for side in ("l", "r"))])
    if known.is_empty():
        return {}
    with frame_as(con, "known", known.unique().alias("mention_id").to_frame()):
        chosen = chosen_mentions(con)
    resolution = resolved_without_labels(con, chosen, threads=threads)
    gold = chosen.join(labels, on="mention_id", maintain_order="left").select("mention_id", "gold_author", "block")
    with frame_as(con, "gold", gold):
        names = con.sql(
            "SELECT mention_id, raw_name AS name FROM staging.mentions SEMI JOIN gold USING (mention_id)"
        ).to_arrow_table()
    scores = evaluate(gold.to_arrow(), resolution.clusters, names)
    return {
        "orcid": pl.concat([scores, calibration(gold.to_arrow(), resolution.links)]),
        "corrections": held_decisions(told, resolution.clusters),
    }


def orcid_gold(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`mention_id, gold_author`: sound iDs only, their check digits right and on one name of their work."""
    stated: pl.DataFrame = con.sql(query("resolved/orcid_mentions")).pl()
    return (
        stated.with_columns(gold_author=canonical_orcids(stated["orcid"]))
        .drop_nulls("gold_author")
        .filter(pl.len().over("work_id", "gold_author") == 1)
        .select("mention_id", "gold_author")
    )


def chosen_mentions(con: duckdb.DuckDBPyConnection, *, bound: int = MEASURED_MENTIONS) -> pl.DataFrame:
    """`mention_id, work_id, block` of the blocks that are resolved again; SQL must see `known`."""
    blocks = con.sql(query("resolved/measured_blocks"), params={"bound": bound}).pl()
    with frame_as(con, "measured_blocks", blocks):
        chosen: pl.DataFrame = con.sql(
            """
            SELECT mention_id, split_part(mention_id, '#', 1) AS work_id, block
            FROM resolved.mention_places
            SEMI JOIN measured_blocks USING (block)
            ORDER BY mention_id
            """
        ).pl()
    return chosen


def resolved_without_labels(con: duckdb.DuckDBPyConnection, chosen: pl.DataFrame, *, threads: int) -> Resolution:
    """Resolve mentions without the iDs and decisions that they are measured with."""
    with frame_as(con, "chosen", chosen):
        mentions, works = resolver_input(con, "chosen")
    return resolve(mentions.drop_columns(["orcid", "openalex_author_id"]), works, threads=threads)


def against_file(con: duckdb.DuckDBPyConnection, labels: pa.Table) -> pl.DataFrame:
    """Score the resolution in force against an operator's labels; labels of mentions that are not here are left out."""
    with frame_as(con, "labels", pl.DataFrame(labels)):
        found = con.sql(
            """
            SELECT mention_id, label.gold_author, person.author_id, mention.raw_name AS name
            FROM labels AS label
            INNER JOIN resolved.author_mentions AS person USING (mention_id)
            INNER JOIN staging.mentions AS mention USING (mention_id)
            ORDER BY mention_id
            """
        ).to_arrow_table()
    return evaluate(found.select(["mention_id", "gold_author"]), found.select(["mention_id", "author_id"]), found)


def gold_files(folder: Path) -> tuple[dict[str, pa.Table], list[str]]:
    """Read an operator's own labels: every `NAME.parquet` with `mention_id` and `gold_author`.

    Returns:
        Labels by name, and a sentence for each file that could not be taken.
    """
    taken, refused = {}, []
    for path in sorted(folder.glob("*.parquet")):
        try:
            table = pq.read_table(path)
            evaluate(table, _PEOPLE.empty_table())
            taken[path.stem] = pa.table({name: table[name].cast(pa.string()) for name in ("mention_id", "gold_author")})
        except (OSError, pa.ArrowException, ResolverInputError) as error:
            refused.append(f"{path.name} was not measured: {str(error).splitlines()[0]}")
    return taken, refused


def attach_published(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Let SQL see what readers have now as the database `published`, until the connection closes.

    Raises:
        WarehouseError: The file cannot be opened.
    """
    try:
        con.execute(f"ATTACH IF NOT EXISTS {literal(str(path))} AS published (READ_ONLY)")
    except duckdb.IOException as error:
        raise WarehouseError(f"{path} cannot be opened: {error}".splitlines()[0]) from error


@dataclass(frozen=True, slots=True)
class Pictured:
    """Numbers for the plots.

    Attributes:
        sizes: (mentions of an author, authors of that size).
        weights: (what decided, whole bits, links).
        calibration: (mean probability, share that is right, links) of each bin.
        runs: (run number, metric, value) of the ORCID scores of every run.
    """

    sizes: list[tuple[int, int]]
    weights: list[tuple[str, int, int]]
    calibration: list[tuple[float, float, int]]
    runs: list[tuple[int, str, float]]


def pictured(con: duckdb.DuckDBPyConnection, run_id: str) -> Pictured:
    """Read the numbers for the plots of a run."""

    def rows(sql: str, **values: str) -> list[tuple[Any, ...]]:
        return con.execute(sql, values).fetchall()

    return Pictured(
        sizes=rows(
            """
            SELECT size, count(*) FROM (SELECT count(*) AS size FROM resolved.author_mentions GROUP BY author_id)
            GROUP BY size ORDER BY size
            """
        ),
        weights=rows(
            """
            SELECT decided_by, floor(match_weight)::INTEGER AS bits, count(*) FROM resolved.links
            GROUP BY ALL ORDER BY ALL
            """
        ),
        calibration=rows(
            """
            SELECT predicted, observed, links::INTEGER
            FROM (
                SELECT slice, metric, value FROM resolved.quality
                WHERE run_id = $run_id AND gold_set = 'orcid' AND starts_with(slice, 'probability ')
            )
            PIVOT (any_value(value) FOR metric IN ('predicted', 'observed', 'links'))
            ORDER BY predicted
            """,
            run_id=run_id,
        ),
        runs=rows(
            """
            SELECT number.value::INTEGER, score.metric, score.value
            FROM resolved.quality AS score
            INNER JOIN resolved.quality AS number USING (run_id)
            WHERE score.gold_set = 'orcid' AND score.slice = 'all' AND number.gold_set = 'self'
                AND number.metric = 'run_number' AND number.slice = 'all'
                AND score.metric IN ('b3_precision', 'b3_recall', 'b3_f1')
            ORDER BY ALL
            """
        ),
    )


def last_figures(con: duckdb.DuckDBPyConnection) -> tuple[str | None, dict[tuple[str, str, str], float]]:
    """The last run that was measured, and its figures by gold set, slice and metric; None and none before the first."""
    last = con.execute(
        """
        SELECT run_id FROM resolved.quality WHERE gold_set = 'self' AND metric = 'run_number' AND slice = 'all'
        ORDER BY value DESC, run_id DESC LIMIT 1
        """
    ).fetchall()
    if not last:
        return None, {}
    run_id = last[0][0]
    rows = con.execute(
        "SELECT gold_set, slice, metric, value FROM resolved.quality WHERE run_id = $run_id", {"run_id": run_id}
    ).fetchall()
    return run_id, {(gold_set, slice_, metric): value for gold_set, slice_, metric, value in rows}


def scores_table(con: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """One row a gold set and slice of a run with `SHOWN_SCORES`: what a person reads first."""
    scores: pl.DataFrame = con.sql(
        """
        SELECT gold_set, slice, metric, value FROM resolved.quality
        WHERE run_id = $run_id AND (gold_set = 'orcid' OR starts_with(gold_set, 'file:')) AND slice != 'drift'
        ORDER BY ALL
        """,
        params={"run_id": run_id},
    ).pl()
    return (
        scores.filter(pl.col("metric").is_in(SHOWN_SCORES))
        .pivot("metric", on_columns=SHOWN_SCORES, index=["gold_set", "slice"], values="value", maintain_order=True)
        .select("gold_set", "slice", pl.col(*SHOWN_SCORES).round(4))
        .to_dicts()
    )
