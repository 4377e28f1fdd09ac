"""Every floor and monitor: what passes it, what fails it, and when there is nothing to measure."""

import pytest

from pipeline.assets import monitors
from pipeline.assets.monitors import MONITORS
from pipeline.resolve.blocking import WHOLE_BLOCK
from pipeline.resources import WarehouseResource
from pipeline.sources.pages import Source
from pipeline.steps import quality
from pipeline.steps.monitors import Culprit
from tests.steps.bench import Bench
from tests.steps.small_world import json_lines, work

OWN, ORCID = ("self", "all"), ("orcid", "all")
ENOUGH = {(*ORCID, "mentions"): 200.0}
CARRIED = {(*OWN, "carried_mentions"): 1_000.0}

CASES = {
    "orcid_f1": (ENOUGH | {(*ORCID, "b3_f1"): 0.90}, {(*ORCID, "b3_f1"): 0.899}),
    "orcid_f1_drop": (
        ENOUGH | {("orcid", "drift", "b3_f1"): -0.02, ("orcid", "drift", "mentions"): 0.0},
        {("orcid", "drift", "b3_f1"): -0.021},
    ),
    "orcid_splits": (
        ENOUGH | {(*ORCID, "authors"): 100.0, (*ORCID, "split_authors"): 5.0},
        {(*ORCID, "split_authors"): 6.0},
    ),
    "orcid_merges": (
        ENOUGH | {(*ORCID, "clusters"): 100.0, (*ORCID, "merged_clusters"): 5.0},
        {(*ORCID, "merged_clusters"): 6.0},
    ),
    "many_names": ({(*OWN, "written_out_names"): 6.0}, {(*OWN, "written_out_names"): 7.0}),
    "impossible_names": ({(*OWN, "impossible_names"): 0.0}, {(*OWN, "impossible_names"): 1.0}),
    "hot_names": ({(*OWN, "hot_names"): 0.0}, {(*OWN, "hot_names"): 1.0}),
    "largest_block": (
        {(*OWN, "largest_block"): WHOLE_BLOCK + 1.0, (*OWN, "largest_block_share"): 0.01},
        {(*OWN, "largest_block_share"): 0.011},
    ),
    "newly_minted": (CARRIED | {(*OWN, "newly_minted"): 0.01}, {(*OWN, "newly_minted"): 0.011}),
    "churn": (CARRIED | {(*OWN, "churn"): 0.01}, {(*OWN, "churn"): 0.011}),
}
"""Figures that just pass, and what of them is changed so that they fail."""


def judged(name, figures, blamed=()):
    (monitor,) = [each for each in MONITORS if each.name == name]
    return monitor.result(figures, list(blamed))


def test_every_monitor_has_a_case():
    assert set(CASES) == {each.name for each in MONITORS}


@pytest.mark.parametrize("name", CASES)
def test_a_bound_holds_and_breaks(name):
    passing, change = CASES[name]
    assert judged(name, passing).passed
    failed = judged(name, passing | change)
    assert not failed.passed
    assert failed.severity == monitors.dg.AssetCheckSeverity.WARN


@pytest.mark.parametrize("name", CASES)
def test_nothing_to_measure_passes_and_says_so(name):
    result = judged(name, {})
    assert result.passed
    assert result.metadata["note"].value == "nothing to measure"


@pytest.mark.parametrize(
    ("name", "too_little"),
    [
        *((name, {(*ORCID, "mentions"): 199.0}) for name in ("orcid_f1", "orcid_splits", "orcid_merges")),
        # This run has enough labels, the last had too few.
        ("orcid_f1_drop", {("orcid", "drift", "mentions"): 1.0}),
        *((name, {(*OWN, "carried_mentions"): 999.0}) for name in ("newly_minted", "churn")),
        ("largest_block", {(*OWN, "largest_block"): float(WHOLE_BLOCK)}),
    ],
)
def test_too_little_is_not_judged(name, too_little):
    passing, change = CASES[name]
    assert judged(name, passing | change | too_little).passed


def test_culprits_stand_in_a_table():
    result = judged("many_names", {}, [Culprit("A1", ("Ann Lee", "A. Lee"), 7.0), Culprit("A2", (), 5.0)])
    assert [record.data for record in result.metadata["culprits"].records] == [
        {"id": "A1", "names": "Ann Lee; A. Lee", "value": 7.0},
        {"id": "A2", "names": "(hidden)", "value": 5.0},
    ]


def checked(bench, monkeypatch):
    """The results of all checks on a warehouse, by name."""
    monkeypatch.setenv("PIPELINE_DATA", str(bench.folder))
    with bench.warehouse.write() as con:
        quality.measure(con, run_id="run", threads=2)
    return {result.check_name: result for result in monitors.quality_monitors(warehouse=WarehouseResource())}


@pytest.fixture
def two_in_one(tmp_path):
    """Two people that scores alone have put into one author."""
    bench = Bench(tmp_path)
    bench.land(
        Source.OPENALEX_WORKS,
        json_lines([work(n, f"Work {n}", [f"{given} Lee"], locations=[]) for n, given in enumerate(("Ann", "Amy"), 1)]),
    )
    bench.build()
    with bench.warehouse.write() as con:
        con.execute("UPDATE resolved.author_mentions SET author_id = 'AONE'")
        columns = con.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'links'").fetchall()
        bits = ", ".join(f"0 AS {name}" for (name,) in columns if name.endswith("_weight"))
        con.execute(
            "INSERT INTO resolved.links BY NAME SELECT 'openalex:W1#1' AS mention_id_l,"
            f" 'openalex:W2#1' AS mention_id_r, 'score' AS decided_by, 0.5 AS probability, {bits}"
        )
    return bench


def test_checks_judge_the_last_run_and_name_the_culprits(two_in_one, monkeypatch):
    results = checked(two_in_one, monkeypatch)
    assert [name for name, result in results.items() if not result.passed] == ["impossible_names"]
    (record,) = results["impossible_names"].metadata["culprits"].records
    assert record.data == {"id": "AONE", "names": "Amy Lee; Ann Lee", "value": 1.0}


def test_checks_keep_hidden_names_to_themselves(two_in_one, monkeypatch):
    with two_in_one.warehouse.write() as con:
        con.execute(
            """
            INSERT INTO resolved.corrections (correction_id, kind, author_id, value, status, "by", "at")
            VALUES ('1', 'hide_name', 'AONE', 'Ann Lee', 'approved', 'me', now())
            """
        )
    results = checked(two_in_one, monkeypatch)
    assert not results["impossible_names"].passed
    assert not any("lee" in str(result.metadata).lower() for result in results.values())


def test_labels_that_cannot_be_read_are_told(two_in_one, monkeypatch):
    (two_in_one.folder / "gold").mkdir()
    (two_in_one.folder / "gold" / "mine.parquet").write_bytes(b"none")
    result = checked(two_in_one, monkeypatch)["gold_files"]
    assert not result.passed
    assert result.metadata["refused"].value.startswith("mine.parquet was not measured: ")


def test_before_the_first_run_there_is_nothing_to_judge(tmp_path, monkeypatch):
    monkeypatch.setenv("PIPELINE_DATA", str(tmp_path))
    assert all(result.passed for result in monitors.quality_monitors(warehouse=WarehouseResource()))
