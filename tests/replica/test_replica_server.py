"""Data files, starting and stopping."""

import gzip
import json
import logging
import socket
import threading
from pathlib import Path

import pytest
import requests

from pipeline.replica import ReplicaDataError, ReplicaStartError, create_app, running
from pipeline.replica.lines import JsonLines
from pipeline.replica.papers import Papers, authors_of, split_version

from .replica_records import NOW, snapshot_line, work, write


def test_an_empty_folder_is_an_empty_replica(tmp_path: Path) -> None:
    with running(tmp_path) as urls:
        assert "<opensearch:totalResults>0<" in requests.get(f"{urls.arxiv}?search_query=all:a", timeout=5).text
        assert "noRecordsMatch" in requests.get(f"{urls.oai}?verb=ListRecords&metadataPrefix=arXiv", timeout=5).text
        assert requests.get(f"{urls.openalex}/works", timeout=5).json()["meta"]["count"] == 0
        assert requests.get(urls.openalex, timeout=5).json()["msg"] == "Don't panic"


def test_urls_name_host_and_path(tmp_path: Path) -> None:
    with running(tmp_path) as urls:
        assert urls.openalex.startswith("http://127.0.0.1:")
        assert urls.arxiv == f"{urls.openalex}/api/query"
        assert urls.oai == f"{urls.openalex}/oai"
        assert requests.get(f"{urls.openalex}/query?search_query=a", timeout=5).status_code == 200


def test_gzipped_files_are_read(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "arxiv.jsonl.gz", "wt") as file:
        file.write(json.dumps(snapshot_line("2002.00001")) + "\n\n")
    assert list(Papers(tmp_path).by_id) == ["2002.00001"]


def test_a_replica_stops_and_frees_its_port(tmp_path: Path) -> None:
    before = threading.active_count()
    with running(tmp_path) as urls:
        port = int(urls.openalex.rpartition(":")[2])
        requests.get(urls.openalex, timeout=5)
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(urls.openalex, timeout=5)
    with running(tmp_path, port=port) as again:
        assert again == urls
    assert threading.active_count() <= before


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ReplicaStartError, match=f"cannot listen on port {port} .* choose another port"),
            running(tmp_path, port=port),
        ):
            pass


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReplicaDataError, match="nowhere does not exist"):
        create_app(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("arxiv.jsonl", "{}\n", "arxiv.jsonl line 1 has no arXiv id"),
        ("arxiv.jsonl", '{"id": "../../etc/passwd"}\n', "arxiv.jsonl line 1 has no arXiv id"),
        (
            "arxiv.jsonl",
            json.dumps(snapshot_line("2002.00001")) + "\n\n[1]\n",
            "arxiv.jsonl line 3 is not a JSON object",
        ),
        ("arxiv.jsonl", "{", "arxiv.jsonl line 1 is not JSON"),
        ("openalex_works.jsonl", '{"title": "x"}\n', "openalex_works.jsonl line 1 has no OpenAlex id"),
        ("openalex_works.jsonl", "[" * 100_000, "openalex_works.jsonl line 1 is not JSON"),
        ("openalex_works.jsonl.gz", "not gzip", "openalex_works.jsonl.gz is not a readable gzip file"),
    ],
)
def test_unusable_data_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ReplicaDataError) as caught:
        create_app(tmp_path)
    assert str(caught.value).startswith(message)


def test_one_record_of_each_id_is_served(tmp_path: Path) -> None:
    two = [{"created": "Mon, 10 Feb 2020 09:30:00 GMT"}] * 2
    newer, older = (
        snapshot_line("2002.00001", title="New", versions=two),
        snapshot_line("2002.00001", title="Old"),
    )
    papers = Papers(write(tmp_path, "arxiv.jsonl", [newer, older]))
    [paper] = papers.by_submission
    assert papers.line(paper)["title"] == "New"
    late, early = work(1, title="Late"), work(1, title="Early", updated_date="2020-01-01")
    write(tmp_path, "openalex_works.jsonl", [late, early])
    with running(tmp_path) as urls:
        assert requests.get(f"{urls.openalex}/works/W1", timeout=5).json()["title"] == "Late"
        assert requests.get(f"{urls.openalex}/works", timeout=5).json()["meta"]["count"] == 1


def test_sparse_lines_are_served(tmp_path: Path) -> None:
    sparse = [
        {"id": "2002.00001"},
        {
            "id": "hep-th/9901001",
            "versions": None,
            "authors_parsed": [None, [], [None, "Ada"]],
            "categories": None,
        },
        {
            "id": "2002.00003",
            "versions": [{"created": "no date"}, 7],
            "update_date": "2020-03-01",
            "authors": "Ada Byron",
        },
        {
            "id": "2002.00004",
            "title": 12,
            "abstract": "\x00control\ud800",
            "authors_parsed": [["\x1b", "A", ""]],
        },
    ]
    papers = Papers(write(tmp_path, "arxiv.jsonl", sparse))
    assert papers.by_id["2002.00001"].submitted_at.isoformat() == "2020-02-01T00:00:00+00:00"
    assert papers.by_id["hep-th/9901001"].submitted_at.year == 1999
    assert papers.by_id["2002.00003"].submitted_at.isoformat() == "2020-03-01T00:00:00+00:00"
    assert [author.printed for author in authors_of(sparse[2])] == ["Ada Byron"]
    with running(tmp_path, clock=lambda: NOW) as urls:
        ids = ",".join(str(line["id"]) for line in sparse)
        assert requests.get(f"{urls.arxiv}?id_list={ids}", timeout=5).text.count("<entry>") == 4
        for prefix in ("oai_dc", "arXiv", "arXivOld", "arXivRaw"):
            answer = requests.get(f"{urls.oai}?verb=ListRecords&metadataPrefix={prefix}", timeout=5)
            assert answer.text.count("<record>") == 4


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2002.03532", ("2002.03532", None)),
        ("0704.0001v12", ("0704.0001", 12)),
        ("math.GT/0309136v1", ("math.GT/0309136", 1)),
        ("hep-th/9901001", ("hep-th/9901001", None)),
        ("2002.03532v0", None),
        ("2002.03532 ", None),
        ("٢٠٠٢.03532", None),
        ("../2002.03532", None),
        ("", None),
    ],
)
def test_ids(written: str, read: tuple[str, int | None] | None) -> None:
    assert split_version(written) == read


def test_objects_are_parsed_once_while_they_are_near(tmp_path: Path) -> None:
    lines = JsonLines(write(tmp_path, "arxiv.jsonl", [snapshot_line("2002.00001")]), "arxiv.jsonl")
    assert lines[0] is lines[0]
    assert len(lines) == 1


def test_nothing_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), running(tmp_path) as urls:
        requests.get(f"{urls.openalex}/works", timeout=5)
    assert [record.name for record in caplog.records if record.name.startswith("uvicorn")] == []


def test_requests_side_by_side_get_their_own_answers(tmp_path: Path) -> None:
    write(tmp_path, "openalex_works.jsonl", [work(number) for number in range(1, 60)])
    found: dict[int, str] = {}
    with running(tmp_path) as urls:

        def fetch(number: int) -> None:
            found[number] = requests.get(f"{urls.openalex}/works/W{number}", timeout=10).json()["id"]

        threads = [threading.Thread(target=fetch, args=(number,)) for number in range(1, 60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {number: f"https://openalex.org/W{number}" for number in range(1, 60)}
