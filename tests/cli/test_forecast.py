"""What a backfill would cost: each source by its own rate and price."""

from datetime import date, timedelta

import pytest

from pipeline.cli.days import Chunk
from pipeline.cli.forecast import arxiv_calls, forecast, openalex_calls, papers_on
from pipeline.settings import Settings

YEAR = Chunk(date(2020, 1, 1), date(2020, 12, 31), ("arxiv_pages", "arxiv_changes", "openalex_pages"))


@pytest.fixture
def settings(monkeypatch):
    for name in ("PIPELINE_ARXIV_URL", "OPENALEX_API_KEY", "PIPELINE_OPENALEX_DOLLARS", "PIPELINE_ARXIV_CATEGORIES"):
        monkeypatch.delenv(name, raising=False)
    return Settings


def test_each_asset_adds_its_calls():
    papers = Chunk(YEAR.first, YEAR.last, ("arxiv_pages",))
    changes = Chunk(YEAR.first, YEAR.last, ("arxiv_changes",))
    assert arxiv_calls(YEAR) == arxiv_calls(papers) + arxiv_calls(changes)
    # A list a day at least, and a page a hundred papers.
    assert arxiv_calls(changes) == YEAR.days
    assert arxiv_calls(papers) > sum(papers_on(YEAR.first + timedelta(days=n)) for n in range(YEAR.days)) / 100


def test_days_before_the_first_datestamp_are_no_calls():
    assert arxiv_calls(Chunk(date(2005, 9, 14), date(2005, 9, 17), ("arxiv_changes",))) == 2


def test_time_and_money_are_those_permitted(settings, monkeypatch):
    arxiv, openalex = forecast([YEAR], settings())
    assert (
        arxiv
        == f"About {arxiv_calls(YEAR):,} calls to arXiv: at one in 3 s at least "
        + str(timedelta(seconds=3 * arxiv_calls(YEAR)))
        + "."
    )
    assert f"${openalex_calls(YEAR) * 0.0001:.2f}, of $0.10 a day; it takes " in openalex
    monkeypatch.setenv("PIPELINE_OPENALEX_DOLLARS", "20")
    monkeypatch.setenv("PIPELINE_ARXIV_URL", "http://127.0.0.1:8765/api/query")
    arxiv, openalex = forecast([YEAR], settings())
    assert arxiv.endswith("no rate is kept with a host of this network.")
    assert openalex.endswith("of $20.00 a day.")


def test_no_money_is_said(settings, monkeypatch):
    monkeypatch.setenv("PIPELINE_OPENALEX_DOLLARS", "0")
    _, openalex = forecast([YEAR], settings())
    assert openalex.endswith(", and PIPELINE_OPENALEX_DOLLARS lets none be spent.")


def test_papers_grow_from_year_to_year():
    years = [papers_on(date(year, 6, 1)) for year in range(1986, 2030)]
    assert years == sorted(years)
    assert years[0] > 0
