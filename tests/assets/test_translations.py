"""The translations asset and the doctor's line about it: off unless configured, never in the way of a run."""

import dagster as dg
import pytest

from pipeline.assets.staging import translations
from pipeline.resources import TranslatorResource, WarehouseResource
from pipeline.sources.pages import Source
from tests.cli.conftest import Shell, refused
from tests.steps.bench import Bench
from tests.steps.small_world import PAPERS, json_lines
from tests.translations.conftest import Service

KEY = "translate-key-that-nobody-may-see"


@pytest.fixture
def service():
    running = Service()
    yield running
    running.close()


@pytest.fixture
def shell(tmp_path, monkeypatch):
    return Shell(tmp_path / "data", monkeypatch)


def run_asset():
    """The asset alone; returns its metadata and whether its check passed."""
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    resources = {"warehouse": WarehouseResource(), "translator": TranslatorResource()}
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([translations], resources=resources, run_config=quiet, instance=instance)
    (event,) = result.get_asset_materialization_events()
    (check,) = result.get_asset_check_evaluations()
    metadata = event.step_materialization_data.materialization.metadata
    return {name: value.value for name, value in metadata.items()}, check


def test_a_run_translates_when_a_service_is_set_and_goes_on_when_it_fails(shell, service, caplog):
    bench = Bench(shell.data)
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    bench.build()
    metadata, check = run_asset()
    assert (metadata["service"], metadata["translated"], check.passed) == ("none is configured", 0, True)

    shell.set(PIPELINE_TRANSLATE_URL=service.url, PIPELINE_TRANSLATE_KEY=KEY, PIPELINE_TRANSLATE_LANGUAGES="fr")
    service.will_say((403, b""))
    metadata, check = run_asset()
    assert (metadata["translated"], check.passed, check.severity) == (0, False, dg.AssetCheckSeverity.WARN)
    assert "set PIPELINE_TRANSLATE_KEY" in check.metadata["stopped by"].value

    metadata, check = run_asset()
    assert (metadata["service"], metadata["languages"], metadata["translated"]) == ("libretranslate", "fr", 9)
    assert check.passed
    assert bench.rows("SELECT text FROM staging.work_texts WHERE is_machine AND work_id = 'arxiv:2103.00001'") == [
        ("fr: We study what the title of 2103.00001 says.",)
    ]
    assert {question["api_key"] for question in service.questions} == {KEY}
    files = [path for path in shell.data.rglob("*") if path.is_file()]
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    assert KEY not in caplog.text


def test_the_doctor_tells_whether_abstracts_are_translated(shell, service):
    dead = "http://127.0.0.1:9"
    shell.set(PIPELINE_ARXIV_URL=dead, PIPELINE_OAI_URL=dead, PIPELINE_OPENALEX_URL=dead)
    assert "not set: abstracts are not translated" in shell("doctor").out
    shell.set(PIPELINE_TRANSLATE_URL=service.url, PIPELINE_TRANSLATE_KEY=KEY)
    assert "but no language: set PIPELINE_TRANSLATE_LANGUAGES" in shell("doctor").out
    shell.set(PIPELINE_TRANSLATE_LANGUAGES="fr, de")
    assert f"{service.url} translates into fr de, with a key" in shell("doctor").out
    shell.set(PIPELINE_TRANSLATE_LANGUAGES="fr tlh")
    said = shell("doctor")
    assert "does not translate into tlh: choose from de en fr" in said.out
    assert KEY not in said.out + said.err
    shell.set(PIPELINE_TRANSLATE_LANGUAGES="French")
    assert refused(shell("doctor")).startswith("PIPELINE_TRANSLATE_LANGUAGES")
    shell.set(PIPELINE_TRANSLATE_LANGUAGES="fr", PIPELINE_TRANSLATE_URL="libre.example.org")
    assert "it must begin with http:// or https://" in refused(shell("doctor"))
