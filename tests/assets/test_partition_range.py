"""`dagster asset materialize --partition-range` brings the rows that the pipeline's own command brings."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from dagster._cli.asset import asset_cli

from tests.steps.bench import Bench, contents
from tests.steps.small_world import FIRST_DAY

LAST_DAY = "2021-03-04"
"""The day the papers' records changed."""

DAYS = ["raw/arxiv_pages", "raw/arxiv_changes", "raw/openalex_pages"]


@pytest.fixture
def dagster_home(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    checkout = Path(__file__).parents[2]
    written = (checkout / "dagster.yaml").read_text().replace("warehouse/data/dagster", str(home))
    (home / "dagster.yaml").write_text(written)
    monkeypatch.setenv("DAGSTER_HOME", str(home))


def rows(data):
    bench = Bench(data)
    bench.read()
    with bench.warehouse.write() as con:
        return contents(con, {"staging.arxiv_records", "staging.arxiv_versions", "staging.openalex_works"})


@pytest.mark.slow
@pytest.mark.usefixtures("dagster_home")
def test_dagster_s_own_command_brings_the_same_rows(operator, world_folder, tmp_path, monkeypatch):
    with operator.replica(world_folder):
        assert operator.fetch(FIRST_DAY, LAST_DAY).success
        monkeypatch.setenv("PIPELINE_DATA", str(tmp_path / "other"))
        words = ["materialize", "-m", "pipeline.definitions", "--select", ",".join(DAYS)]
        done = CliRunner().invoke(asset_cli, [*words, "--partition-range", f"{FIRST_DAY}...{LAST_DAY}"])
    assert done.exit_code == 0, done.output
    assert rows(tmp_path / "other") == rows(operator.data)
    assert len(rows(operator.data)["staging.arxiv_records"]) == 18
