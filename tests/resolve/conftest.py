"""Literal tables that the resolver's tests share."""

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pytest

Tables = tuple[pa.Table, pa.Table]


def tables_of(works: Iterable[dict[str, Any]]) -> Tables:
    """Mentions and works of papers given as `id, title, authors` and any other column of WORKS.

    Mention ids are `<work>#<position>`. `orcids`, `emails` and `affiliations` map positions to values.
    """
    papers = list(works)
    mentions = [
        {
            "mention_id": f"{paper['id']}#{place}",
            "work_id": paper["id"],
            "position": place,
            "name": name,
            "orcid": paper.get("orcids", {}).get(place),
            "email": paper.get("emails", {}).get(place),
            "affiliation": paper.get("affiliations", {}).get(place),
        }
        for paper in papers
        for place, name in enumerate(paper["authors"], start=1)
    ]
    return (
        pa.Table.from_pylist(
            mentions,
            schema=pa.schema(
                [
                    *((name, pa.string()) for name in ("mention_id", "work_id")),
                    ("position", pa.int64()),
                    *((name, pa.string()) for name in ("name", "orcid", "email", "affiliation")),
                ]
            ),
        ),
        pa.Table.from_pylist(
            [
                {
                    "work_id": paper["id"],
                    "title": paper.get("title", "A title"),
                    "authors": paper["authors"],
                    "year": paper.get("year"),
                    "venue": paper.get("venue"),
                    "abstract": paper.get("abstract"),
                    "categories": paper.get("categories"),
                    "references": paper.get("references"),
                }
                for paper in papers
            ],
            schema=pa.schema(
                [
                    ("work_id", pa.string()),
                    ("title", pa.string()),
                    ("authors", pa.list_(pa.string())),
                    ("year", pa.int64()),
                    ("venue", pa.string()),
                    ("abstract", pa.string()),
                    ("categories", pa.list_(pa.string())),
                    ("references", pa.list_(pa.string())),
                ]
            ),
        ),
    )


@pytest.fixture(scope="session")
def tables() -> Callable[[Iterable[dict[str, Any]]], Tables]:
    return tables_of


@pytest.fixture(scope="session")
def papers() -> list[dict[str, Any]]:
    """Two people called Wei Zhang, each with co-authors of their own; a third with nobody in common."""
    return [
        {
            "id": "p1",
            "title": "Sparse grids for kinetic equations",
            "authors": ["Wei Zhang", "Ottilie Grünwald-Xu"],
            "year": 2010,
        },
        {
            "id": "p2",
            "title": "Adaptive sparse grids",
            "authors": ["Wei Zhang", "Ottilie Grünwald-Xu", "Ivo Halloran"],
            "year": 2011,
        },
        {
            "id": "p3",
            "title": "Coral bleaching under heat stress",
            "authors": ["Zenobia Thackeray", "Wei Zhang"],
            "year": 2011,
        },
        {
            "id": "p4",
            "title": "Heat stress and coral symbionts",
            "authors": ["Zenobia Thackeray", "W. Zhang"],
            "year": 2012,
        },
        {"id": "p5", "title": "Notes on medieval sigillography", "authors": ["Wei Zhang"], "year": 1995},
        {
            "id": "p6",
            "title": "Search for heavy bosons",
            "authors": ["The ATLAS Collaboration", "Wei Zhang"],
            "year": 2020,
        },
    ]
