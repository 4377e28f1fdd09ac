"""import: a bulk file into staging with its counts, nothing twice, and mistakes in one sentence."""

import gzip

import pytest

from tests.steps.small_world import PAPERS, WORKS, json_lines

from .conftest import refused


@pytest.fixture
def snapshot(tmp_path):
    """A folder with arXiv lines and an OpenAlex snapshot."""
    (tmp_path / "arxiv.jsonl").write_bytes(json_lines(PAPERS))
    part = tmp_path / "openalex" / "works" / "updated_date=2026-01-01" / "part_0000.gz"
    part.parent.mkdir(parents=True)
    part.write_bytes(gzip.compress(json_lines(WORKS)))
    return tmp_path


@pytest.mark.slow
def test_bulk_files_are_read_once(shell, snapshot):
    said = shell("import", "arxiv", str(snapshot / "arxiv.jsonl"), "--no-publish")
    assert said.code == 0
    assert "10 lines received on 1 pages." in said.out
    assert "Read now: 10 records received = 9 accepted + 1 rejected." in said.out
    again = shell("import", "arxiv", str(snapshot / "arxiv.jsonl"), "--no-publish")
    assert "Read now: 0 records received = 0 accepted + 0 rejected." in again.out
    assert "arxiv.jsonl is loaded already: nothing changed." in again.out
    works = shell("import", "openalex", str(snapshot / "openalex"), "--no-publish")
    assert works.code == 0
    assert f"of {len(WORKS)} records wanted, 0 gone; 1 parts, 0 of them loaded before." in works.out
    assert "authors: 0 of 0 records wanted, 0 gone; 0 parts" in works.out


def test_a_folder_that_is_no_snapshot_is_one_sentence(shell, tmp_path):
    assert "is no OpenAlex snapshot: give a folder with works" in refused(shell("import", "openalex", str(tmp_path)))
