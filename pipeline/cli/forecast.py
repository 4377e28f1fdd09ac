"""What a backfill would ask of the sources, and how long that takes at the rate they permit."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from pipeline.cli.days import Chunk
from pipeline.settings import Settings
from pipeline.sources.arxiv import EASY_RESULTS, PAGE_SIZE
from pipeline.sources.budget import LIST_DOLLARS
from pipeline.sources.http import ARXIV_INTERVAL_SECONDS, is_private
from pipeline.sources.oai import EARLIEST, RECORDS_A_PAGE
from pipeline.sources.openalex import MAX_VALUES, PER_PAGE
from pipeline.steps.fetching import PART_DAYS

PAPERS_A_DAY = ((1991, 2), (1995, 36), (2000, 84), (2005, 128), (2010, 192), (2015, 288), (2020, 488), (2025, 780))
"""New papers of all categories a day in some years, from arXiv's monthly figures; lines between, flat after."""

CHANGES_A_PAPER = 2.0
"""Changed records a day for each new paper, new ones among them."""

LOOKED_UP = 0.3
"""Share of a day's papers that OpenAlex's works of the day do not carry: looked up, in three lists."""

THINGS_A_PAPER = 2.0
"""Authors and institutions a paper names that no earlier one has."""

ANONYMOUS_DOLLARS, KEYED_DOLLARS = 0.10, 1.00
"""What OpenAlex gives for a day."""


def forecast(chunks: Sequence[Chunk], settings: Settings) -> list[str]:
    """Sentences on the calls and the time that runs of days take; the calls are estimates."""
    arxiv = sum(arxiv_calls(chunk) for chunk in chunks)
    openalex = sum(openalex_calls(chunk) for chunk in chunks if "openalex_pages" in chunk.assets)
    fewer = ", fewer with categories chosen" if settings.arxiv_categories else ""
    sentences = [f"About {arxiv:,} calls to arXiv{fewer}: {arxiv_time(arxiv, settings)}."]
    return [*sentences, f"About {openalex:,} calls to OpenAlex: {openalex_days(openalex * LIST_DOLLARS, settings)}."]


def openalex_days(dollars: float, settings: Settings) -> str:
    """What calls cost, and how many days' money that is."""
    given = KEYED_DOLLARS if settings.openalex_api_key else ANONYMOUS_DOLLARS
    allowed = given if settings.openalex_dollars is None else settings.openalex_dollars
    if not allowed:
        return f"${dollars:.2f}, and PIPELINE_OPENALEX_DOLLARS lets none be spent"
    days = math.ceil(dollars / allowed)
    again = f"; it takes {days} days, give the same command on each" if days > 1 else ""
    return f"${dollars:.2f}, of ${allowed:.2f} a day{again}"


def arxiv_calls(chunk: Chunk) -> int:
    """Calls to the arXiv API and to its OAI-PMH together."""
    calls = 0
    if "arxiv_pages" in chunk.assets:
        papers = sum(papers_on(day) for day in days(chunk))
        # Spans are halved until they hold so few: each costs a question that is thrown away and a last, short page.
        calls += math.ceil(papers / PAGE_SIZE) + 2 * math.ceil(papers / EASY_RESULTS)
    if "arxiv_changes" in chunk.assets:
        calls += sum(
            math.ceil(max(papers_on(day) * CHANGES_A_PAPER, 1) / RECORDS_A_PAGE)
            for day in days(chunk)
            if day >= EARLIEST
        )
    return calls


def openalex_calls(chunk: Chunk) -> int:
    """Lists asked of OpenAlex; things asked for alone are free."""
    papers = sum(papers_on(day) for day in days(chunk))
    windows = math.ceil(papers / PER_PAGE) + math.ceil(chunk.days / PART_DAYS)
    return windows + math.ceil(papers * (3 * LOOKED_UP + THINGS_A_PAPER) / MAX_VALUES)


def arxiv_time(calls: int, settings: Settings) -> str:
    """How long so many calls take at least."""
    if is_private(settings.arxiv_url):
        return "no rate is kept with a host of this network"
    return f"at one in {ARXIV_INTERVAL_SECONDS:g} s at least {timedelta(seconds=calls * ARXIV_INTERVAL_SECONDS)}"


def papers_on(day: date) -> float:
    """New papers on a day of its year, about."""
    year = day.year + day.month / 12
    for (before, low), (after, high) in pairwise(PAPERS_A_DAY):
        if year <= after:
            return low + (high - low) * max(year - before, 0) / (after - before)
    return PAPERS_A_DAY[-1][1]


def days(chunk: Chunk) -> list[date]:
    """Every day of a chunk."""
    return [chunk.first + timedelta(days=n) for n in range(chunk.days)]
