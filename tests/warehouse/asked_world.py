"""The small world with some more papers, as two runs left it, for the questions that people ask.

Between the runs a curator decided three things, two of which contradict each other; the second run has one paper more.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.sources.pages import Source
from pipeline.steps import curating
from pipeline.steps.curating import Signature
from tests.steps.bench import START, Bench
from tests.steps.small_world import (
    ADA,
    AUTHORS,
    INSTITUTIONS,
    ORCID_TWICE,
    PAPERS,
    WORKS,
    json_lines,
    paper,
    work,
)
from warehouse.tables import append

MARY, LUIGI = ["Somerville", "Mary", ""], ["Menabrea", "Luigi Federico", ""]
STRANGER = ["Holler", "Gretchen", ""]
CHARLES_PROFILE = "https://openalex.org/A5000000002"


def later(arxiv_id: str, names: list[list[str]], created: str, **changes: Any) -> dict[str, Any]:
    """A paper of another day than those of the small world."""
    return paper(arxiv_id, names, versions=[{"version": "v1", "created": created}], **changes)


MORE_PAPERS = [
    later(
        "2205.00001",
        [ADA, MARY],
        "Mon, 2 May 2022 10:00:00 GMT",
        title="Tables kept in looms",
        categories="cs.DB",
    ),
    later(
        "2205.00002",
        [MARY, STRANGER],
        "Tue, 3 May 2022 10:00:00 GMT",
        title="Of heat and of light",
        categories="cs.DB cs.LG",
        **{"journal-ref": "Annals of Heat 3 (2023)"},
    ),
]
LATE_PAPER = later("2206.00001", [MARY, LUIGI], "Wed, 1 Jun 2022 10:00:00 GMT", title="Engines and their notes")
MORE_WORKS = [
    work(
        201,
        "Tables kept in looms",
        [
            {"raw_author_name": "Ada Byron", "raw_orcid": ORCID_TWICE},
            {"raw_author_name": "Mary Somerville", "raw_affiliation_strings": ["Royal Hospital"]},
        ],
        doi="https://doi.org/10.48550/arXiv.2205.00001",
        publication_date="2022-11-02",
        primary_location={"source": {"display_name": "Journal of Looms", "type": "journal"}},
        referenced_works=["https://openalex.org/W102", "https://openalex.org/W103"],
        abstract_inverted_index={"Looms": [0], "remember.": [1]},
    ),
    work(
        202,
        "Of heat and of light",
        ["Mary Somerville", {"raw_author_name": "Gretchen Holler", "author": {"id": CHARLES_PROFILE}}],
        doi="https://doi.org/10.48550/arXiv.2205.00002",
        is_retracted=True,
    ),
    work(
        203,
        "A difference engine, explained",
        [{"raw_author_name": "Charles Babbage", "author": {"id": CHARLES_PROFILE}}],
        locations=[],
    ),
]
CHARLES, GRETCHEN = "openalex:W203#1", "arxiv:2205.00002#2"
FIGURES = [
    ("first", "self", "all", "run_number", 1.0),
    ("first", "orcid", "all", "b3_f1", 0.9),
    ("first", "orcid", "all", "b3_recall", 1.0),
    ("second", "self", "all", "run_number", 2.0),
    ("second", "orcid", "all", "b3_f1", 0.75),
    ("second", "orcid", "all", "b3_recall", 1.0),
    ("second", "orcid", "drift", "b3_f1", -0.15),
]
FIGURE_COLUMNS = ["run_id", "gold_set", "slice", "metric", "value"]
ADAS = ("arxiv:2103.00001#1", "arxiv:2205.00001#1")
MARIES = ("arxiv:2103.00005#1", "arxiv:2205.00001#2")


def write_asked_world(folder: Path) -> Bench:
    """Build it in two runs and publish it."""
    bench = Bench(folder)
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS + MORE_PAPERS))
    bench.land(Source.OPENALEX_WORKS, json_lines(WORKS + MORE_WORKS), minutes=1)
    bench.land(Source.OPENALEX_INSTITUTIONS, json_lines(INSTITUTIONS), minutes=2)
    bench.land(Source.OPENALEX_AUTHORS, json_lines(AUTHORS), minutes=3)
    bench.build(run_id="first")
    with bench.warehouse.write() as con:
        for minutes, (kind, pair) in enumerate([("same", ADAS), ("same", MARIES), ("different", MARIES)]):
            signed = Signature("curator", START + timedelta(hours=1, minutes=minutes), "seen", "approved")
            curating.decide_pair(con, kind, *pair, signed)
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([LATE_PAPER]), minutes=4)
    bench.build(run_id="second")
    with bench.warehouse.write() as con:
        append(con, "resolved.quality", pl.DataFrame(FIGURES, orient="row", schema=FIGURE_COLUMNS))
    bench.warehouse.publish()
    return bench
