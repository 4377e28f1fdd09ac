"""The notebook: a sound marimo app that runs over a published warehouse, and says so where there is none."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "warehouse.py"
RUN = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("notebook", sys.argv[1])
notebook = importlib.util.module_from_spec(spec)
spec.loader.exec_module(notebook)
outputs, found = notebook.app.run()
print(json.dumps({name: found[name] for name in sys.argv[2:]}, default=str))
"""

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("marimo") is None, reason="needs marimo: pip install -e '.[notebook]'"
)


def run(*words, data):
    environment = os.environ | {"PIPELINE_DATA": str(data)}
    return subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_it_is_a_sound_app(tmp_path):
    said = run("-m", "marimo", "check", "--strict", str(NOTEBOOK), data=tmp_path)
    assert (said.returncode, said.stdout) == (0, "")


def test_it_plots_what_is_published(asked_world):
    plotted = ("counts", "tiers", "months", "sizes", "collaborators")
    said = run("-c", RUN, str(NOTEBOOK), *plotted, data=asked_world.folder)
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    with asked_world.warehouse.read() as con:

        def one(sql):
            return con.execute(sql).fetchall()[0][0]

        people = one("SELECT count(*) FROM marts.authors WHERE kind = 'person'")
        mentions = one("SELECT count(*) FROM staging.mentions")
        joint_works = one("SELECT max(joint_works) FROM marts.collaborators")
    assert found["counts"] == [15, people, mentions]
    assert sum(count for _, count in found["tiers"]) == people
    assert found["months"] == [["2021-03-01", 5, 4], ["2022-05-01", 2, 0], ["2022-06-01", 0, 1]]
    assert sum(size * count for size, count in found["sizes"]) == mentions
    assert found["collaborators"][0][:2] == ["Charles Babbage", joint_works]
    assert found["collaborators"][0][4:] == ["2021", "2021"], "a year without a comma"


def test_it_says_when_nothing_is_published(tmp_path):
    said = run("-m", "marimo", "export", "html", str(NOTEBOOK), "--output", str(tmp_path / "page.html"), data=tmp_path)
    page = (tmp_path / "page.html").read_text()
    assert "Nothing is published in" in page
    assert "Traceback" not in page + said.stderr
