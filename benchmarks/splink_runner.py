"""Splink 5 on prepared mentions: an environment of its own runs this file, and nothing of the project is imported.

    python benchmarks/splink_runner.py RECORDS.parquet CLUSTERS.parquet PAIRS.parquet [--memory 6GB]

RECORDS is what `against_rivals.py` prepares. CLUSTERS gets `unique_id, cluster_id` at a match probability of .95, PAIRS
every pair from -12 bits up with its match weight. Prints the seconds that writing PAIRS took, as JSON.

The setup follows Splink's own tutorial: candidate pairs share a block (family name and first initial); the prior from
two strict rules; u from random pairs; m by expectation maximisation inside blocks; no labels. Comparisons: family
name and given name (with term frequencies), co-authors, affiliation, title words. A column filled for under 2% of the
mentions is left out.
"""

import argparse
import json
import logging
import tempfile
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

PROBABILITY = 0.95
LEAST_BITS = -12.0
LEAST_FILLED = 0.02
CANDIDATES = "l.family = r.family and l.initial = r.initial and l.work_id <> r.work_id"
STRICT = (
    "l.family = r.family and l.given = r.given and l.work_id <> r.work_id and list_has_any(l.coauthors, r.coauthors)",
    f"{CANDIDATES} and l.initials = r.initials and list_has_any(l.coauthors, r.coauthors)",
)
STRICT_RECALL = 0.6
"""Share of the true pairs that the strict rules are taken to find."""
SAME_FAMILY = 0.98
"""Share of the true pairs with one family name: blocking by it leaves nothing to learn that from."""


def family_comparison() -> cl.CustomComparison:
    return cl.CustomComparison(
        output_column_name="family",
        comparison_levels=[
            cll.NullLevel("family"),
            cll.ExactMatchLevel("family", term_frequency_adjustments=True).configure(m_probability=SAME_FAMILY),
            cll.ElseLevel().configure(m_probability=1 - SAME_FAMILY),
        ],
    )


def given_comparison() -> cl.CustomComparison:
    one_initial = "(given_l is null or given_r is null)"
    return cl.CustomComparison(
        output_column_name="given",
        comparison_levels=[
            cll.NullLevel("initials"),
            cll.ExactMatchLevel("given", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("given", 0.95),
            cll.CustomLevel(
                f"{one_initial} and length(initials_l) > 1 and initials_l = initials_r", "several initials agree"
            ),
            cll.CustomLevel(
                f"{one_initial} and (starts_with(initials_l, initials_r) or starts_with(initials_r, initials_l))",
                "initials do not contradict",
            ),
            cll.ElseLevel(),
        ],
    )


def shared_words(column: str, *counts: int) -> cl.CustomComparison:
    """Levels by how many words, or names, two lists have in common."""
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.CustomLevel(f"{column}_l is null or {column}_r is null", "missing").configure(is_null_level=True),
            *(
                cll.CustomLevel(f"len(list_intersect({column}_l, {column}_r)) >= {count}", f"{count} or more")
                for count in counts
            ),
            cll.ElseLevel(),
        ],
    )


def settings_for(con: duckdb.DuckDBPyConnection) -> SettingsCreator:
    lists = {"coauthors": (3, 2, 1), "affiliation": (4, 2, 1), "title": (4, 2, 1)}
    filled = con.execute(f"SELECT {', '.join(f'count({name}) / count(*)' for name in lists)} FROM records").fetchall()
    kept = [name for name, share in zip(lists, filled[0], strict=True) if share >= LEAST_FILLED]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[family_comparison(), given_comparison(), *(shared_words(name, *lists[name]) for name in kept)],
        blocking_rules_to_generate_predictions=[CANDIDATES],
        retain_matching_columns=False,
    )


def train(linker: Linker) -> None:
    linker.training.estimate_probability_two_random_records_match(list(STRICT), recall=STRICT_RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("family", "initial"), estimate_without_term_frequencies=True, fix_u_probabilities=True, max_pairs=2e6
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Splink 5 on prepared mentions.")
    for name in ("records", "clusters", "pairs"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--memory", default="6GB", help="DuckDB's limit; beyond it DuckDB spills to disk")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as spill:
        limits = {"memory_limit": arguments.memory, "threads": arguments.threads, "temp_directory": spill}
        con = duckdb.connect(config=limits)
        con.execute("CREATE TABLE records AS FROM read_parquet(?)", [str(arguments.records)])
        database = DuckDBAPI(connection=con)
        linker = Linker(database.register(con.table("records")), settings_for(con), log_level=logging.ERROR)
        train(linker)
        predicted = linker.inference.predict(threshold_match_weight=LEAST_BITS)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=PROBABILITY
        )
        clusters.as_duckdbpyrelation().select("unique_id, cluster_id").write_parquet(str(arguments.clusters))
        begun = time.perf_counter()
        predicted.as_duckdbpyrelation().select("unique_id_l, unique_id_r, match_weight").write_parquet(
            str(arguments.pairs)
        )
        print(json.dumps({"oracle_seconds": time.perf_counter() - begun}))


if __name__ == "__main__":
    main()
