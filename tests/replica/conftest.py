"""Running replicas for the tests of the three APIs."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from pyalex import api as pyalex_api

from pipeline.replica import PageSizes, ReplicaUrls, running

from .replica_records import NOW


@pytest.fixture(scope="session")
def real_replica(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, ReplicaUrls]]:
    """A replica over the real records: 200 snapshot lines, 1,501 works, 333 authors, 1,164 institutions."""
    folder = tmp_path_factory.mktemp("real")
    shutil.copy(shared_data / "data/arxiv/kaggle_lines.jsonl", folder / "arxiv.jsonl")
    for source, name in (
        ("works_current_schema", "works"),
        ("authors", "authors"),
        ("institutions", "institutions"),
        ("sources", "sources"),
        ("topics", "topics"),
    ):
        shutil.copy(shared_data / f"data/openalex/{source}.jsonl.gz", folder / f"openalex_{name}.jsonl.gz")
    with running(folder, pages=PageSizes(records=60, identifiers=90), clock=lambda: NOW) as urls:
        yield folder, urls


@pytest.fixture
def openalex(monkeypatch: pytest.MonkeyPatch) -> Callable[[ReplicaUrls], None]:
    """Point the unmodified pyalex at a replica by the session it asks for."""

    def point(urls: ReplicaUrls) -> None:
        class Redirected(requests.Session):
            def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
                rewritten = url.replace("https://api.openalex.org", urls.openalex)
                return super().request(method, rewritten, timeout=20, **options)

        monkeypatch.setattr(pyalex_api, "_get_requests_session", Redirected)

    return point
