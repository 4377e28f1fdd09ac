"""Small records, data folders and clients for the tests of the three APIs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import arxiv

from pipeline.replica import ReplicaUrls

NOW = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)


def snapshot_line(arxiv_id: str, **changes: Any) -> dict[str, Any]:
    """A line as the arXiv snapshot writes it."""
    line = {
        "id": arxiv_id,
        "submitter": "Ada Byron",
        "authors": "Ada Byron, Jos\\'e Le\\\"on and Wei Zhang (Tsinghua)",
        "title": "Engines that\n  weave patterns",
        "comments": None,
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": "cs.LG stat.ML",
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "abstract": "  We weave\nalgebraic patterns.\n",
        "versions": [{"version": "v1", "created": "Mon, 10 Feb 2020 09:30:00 GMT"}],
        "update_date": "2020-02-11",
        "authors_parsed": [["Byron", "Ada", ""], ["León", "José", "Jr."], ["Zhang", "Wei", "", "Tsinghua"]],
    }
    return line | changes


def work(number: int, **changes: Any) -> dict[str, Any]:
    """A work as OpenAlex writes it, cut down to what the tests look at."""
    item = {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.1234/w{number}",
        "display_name": f"Work number {number}",
        "publication_year": 2020,
        "publication_date": "2020-02-10",
        "type": "article",
        "authorships": [authorship(number)],
        "locations": [{"id": "pmh:x", "source": {"id": "https://openalex.org/S1", "display_name": "Annals"}}],
        "cited_by_count": 1000 - number,
        "is_retracted": False,
        "indexed_in": ["crossref"],
        "abstract_inverted_index": {"Looms": [0], "weave": [1]},
        "updated_date": "2026-01-01T00:00:00",
    }
    return item | changes


def authorship(number: int, name: str = "Ada Byron") -> dict[str, Any]:
    author = {"id": f"https://openalex.org/A{5000000000 + number}", "display_name": name, "orcid": None}
    return {"author": author, "raw_author_name": name, "institutions": []}


def write(folder: Path, name: str, objects: list[dict[str, Any]]) -> Path:
    """Write a data file and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(json.dumps(item) + "\n" for item in objects), encoding="utf-8")
    return folder


def atom_client(urls: ReplicaUrls, page_size: int = 100) -> arxiv.Client:
    """The unmodified client, pointed at a replica."""
    client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
    client.query_url_format = urls.arxiv + "?{}"
    return client
