"""Plots: a picture that a browser can show, small, the same for the same numbers; a sentence where there is none."""

import base64
import subprocess
import sys
from datetime import date

import pytest

from pipeline.assets import plots

DRAWN = {
    "cluster_sizes": [(1, 2_000_000), (2, 70_000), (900, 1)],
    "match_weights": [("score", -30, 4), ("score", 12, 9_000), ("orcid", 20, 50), ("correction", 99, 3)],
    "calibration": [(0.55, 0.6, 12), (0.99, 0.98, 40_000)],
    "quality_over_runs": [(n, metric, 0.9) for n in (1, 2) for metric in ("b3_f1", "b3_precision", "b3_recall")],
    "trust_by_tier": [("Unverified", 9, 40_000), ("Corroborated", 31, 900), ("Verified", 88, 2)],
    "collaborator_counts": [(0, 7), (1, 2_000), (90, 3)],
    "coverage_by_month": [(date(2023, 12, 1), 5, 200, 0), (date(2024, 1, 1), 90, 110, 4)],
}


def bytes_of(markdown):
    head, _, address = markdown.partition("](data:image/png;base64,")
    assert head.startswith("![")
    return base64.b64decode(address.removesuffix(")"), validate=True)


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_a_small_png_and_always_the_same(name):
    draw = getattr(plots, name)
    picture = bytes_of(draw(DRAWN[name]))
    assert picture.startswith(b"\x89PNG")
    assert 1_000 < len(picture) < 60_000
    assert b"matplotlib" not in picture
    assert bytes_of(draw(DRAWN[name])) == picture


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_to_draw_is_said(name):
    assert getattr(plots, name)([]) == "Nothing to draw yet."


def test_a_readers_own_settings_do_not_change_the_picture():
    import matplotlib as mpl  # noqa: PLC0415

    before = plots.cluster_sizes(DRAWN["cluster_sizes"])
    with mpl.rc_context({"font.size": 20, "lines.linewidth": 9}):
        assert plots.cluster_sizes(DRAWN["cluster_sizes"]) == before


def test_definitions_load_without_the_drawing_library():
    script = "import sys, pipeline.definitions; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(("share", "of"), [(0.0, 1), (1.0, 3), (0.5, 10), (0.9, 40_000)])
def test_an_interval_holds_the_share_and_narrows_with_numbers(share, of):
    low, high = plots.interval(share, of)
    assert 0 <= low <= share <= high <= 1
    nearer_low, nearer_high = plots.interval(share, 4 * of)
    assert nearer_high - nearer_low < high - low


def test_an_interval_is_wilsons():
    assert plots.interval(0.9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-3)


def test_months_of_long_ago_are_counted_and_not_drawn():
    months = [(date(1912, 1, 1), 0, 0, 1), (date(2024, 1, 1), 0, 60, 0), (date(2024, 2, 1), 30, 9, 0)]
    assert plots.in_view(months) == (months[1:], 1)
    assert plots.in_view(months[1:]) == (months[1:], 0)
    assert plots.in_view(months[:1]) == (months[:1], 0)
