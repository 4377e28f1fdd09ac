"""The Atom API, through the unmodified `arxiv` client and against real feeds."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import arxiv
import pytest
import requests
from lxml import etree

from pipeline.replica import ReplicaUrls, running
from pipeline.replica.arxiv_api import ArxivApi
from pipeline.replica.papers import Papers

from .replica_records import NOW, atom_client, snapshot_line, write

ATOM = "{http://www.w3.org/2005/Atom}"
EXTENSION = "{http://arxiv.org/schemas/atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaUrls]:
    lines = [
        snapshot_line(f"2002.{number:05d}", title=f"Paper {number}", doi="10.1/a 10.2/b" if number == 1 else None)
        for number in range(1, 26)
    ]
    lines.append(
        snapshot_line(
            "2002.03532",
            versions=[
                {"version": "v1", "created": "Mon, 10 Feb 2020 03:09:52 GMT"},
                {"version": "v2", "created": "Sun, 28 Feb 2021 22:42:39 GMT"},
            ],
            categories="cs.CV",
        )
    )
    folder = write(tmp_path_factory.mktemp("atom"), "arxiv.jsonl", lines)
    with running(folder, clock=lambda: NOW) as running_urls:
        yield running_urls


def fetch(urls: ReplicaUrls, **parameters: str | int) -> etree._Element:
    response = requests.get(urls.arxiv, params=parameters, timeout=20)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(response.content)


def test_the_client_pages_through_everything_once(urls: ReplicaUrls) -> None:
    search = arxiv.Search("submittedDate:[202002010000 TO 202002292359]", max_results=None)
    results = list(atom_client(urls, page_size=7).results(search))
    assert len(results) == 26
    assert len({result.entry_id for result in results}) == 26


def test_the_client_reads_every_field(urls: ReplicaUrls) -> None:
    [result] = atom_client(urls).results(arxiv.Search(id_list=["2002.00001"]))
    assert result.entry_id == "http://arxiv.org/abs/2002.00001v1"
    assert result.title == "Paper 1"
    assert result.summary == "We weave algebraic patterns."
    assert [author.name for author in result.authors] == ["Ada Byron", "José León Jr.", "Wei Zhang"]
    assert [author.affiliation for author in result.authors] == [[], [], ["Tsinghua"]]
    assert result.primary_category == "cs.LG"
    assert result.categories == ["cs.LG", "stat.ML"]
    assert result.published.isoformat() == "2020-02-10T09:30:00+00:00"
    assert result.doi == "10.1/a 10.2/b"
    assert [link.href for link in result.links if link.title == "doi"] == [
        "https://doi.org/10.1/a",
        "https://doi.org/10.2/b",
    ]


def test_versions(urls: ReplicaUrls) -> None:
    client = atom_client(urls)
    [current] = client.results(arxiv.Search(id_list=["2002.03532"]))
    [first] = client.results(arxiv.Search(id_list=["2002.03532v1"]))
    assert (current.get_short_id(), current.updated.year, current.published.year) == (
        "2002.03532v2",
        2021,
        2020,
    )
    assert (first.get_short_id(), first.updated.year) == ("2002.03532v1", 2020)
    assert list(client.results(arxiv.Search(id_list=["2002.03532v3"]))) == []


def test_id_list_keeps_its_order_and_leaves_out_unknown_ids(urls: ReplicaUrls) -> None:
    feed = fetch(urls, id_list="2002.00003,0000.0000,2002.00001,2002.00003")
    assert [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")] == [
        "http://arxiv.org/abs/2002.00003v1",
        "http://arxiv.org/abs/2002.00001v1",
    ]
    assert feed.findtext(f"{OPENSEARCH}totalResults") == "2"


def test_query_within_an_id_list(urls: ReplicaUrls) -> None:
    feed = fetch(urls, id_list="2002.00003,2002.03532", search_query="cat:cs.CV")
    assert feed.findtext(f"{OPENSEARCH}totalResults") == "1"


def test_post_answers_like_get(urls: ReplicaUrls) -> None:
    form = {"search_query": "cat:cs.CV", "max_results": "5"}
    assert (
        requests.post(urls.arxiv, data=form, timeout=20).content
        == requests.get(urls.arxiv, params=form, timeout=20).content
    )


def test_totals_start_and_limits(urls: ReplicaUrls) -> None:
    feed = fetch(
        urls,
        search_query="cat:cs.LG",
        start=20,
        max_results=10,
        sortBy="submittedDate",
        sortOrder="ascending",
    )
    assert len(feed.findall(f"{ATOM}entry")) == 5
    assert [feed.findtext(OPENSEARCH + name) for name in ("itemsPerPage", "totalResults", "startIndex")] == [
        "10",
        "25",
        "20",
    ]
    assert len(fetch(urls, search_query="cat:cs.LG", max_results=0).findall(f"{ATOM}entry")) == 0
    assert len(fetch(urls, search_query="cat:cs.LG").findall(f"{ATOM}entry")) == 10
    assert len(fetch(urls, search_query="cat:cs.LG", start=100).findall(f"{ATOM}entry")) == 0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"id_list": "abc"}, "incorrect id format for abc"),
        ({"id_list": "../../etc/passwd"}, "incorrect id format for ../../etc/passwd"),
        ({"id_list": "2002.00001v0"}, "incorrect id format for 2002.00001v0"),
        ({"search_query": "a", "start": "x"}, "start must be an integer"),
        ({"search_query": "a", "start": "-1"}, "start must be non-negative"),
        ({"search_query": "a", "max_results": "-1"}, "max_results must be non-negative"),
        (
            {"search_query": "a", "sortBy": "size"},
            "sortBy must be in: relevance, lastUpdatedDate, submittedDate",
        ),
        ({"search_query": "a", "sortOrder": "up"}, "sortOrder must be in: ascending, descending"),
    ],
)
def test_refusals_are_error_entries(urls: ReplicaUrls, parameters: dict[str, str], message: str) -> None:
    response = requests.get(urls.arxiv, params=parameters, timeout=20)
    assert response.status_code == 400
    entry = etree.fromstring(response.content).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Error"
    assert entry.findtext(f"{ATOM}summary") == message
    assert entry.find(f"{ATOM}published") is None


@pytest.mark.parametrize("parameters", [{"max_results": "30001"}, {"start": "29999", "max_results": "2"}])
def test_beyond_30000_results_is_refused(urls: ReplicaUrls, parameters: dict[str, str]) -> None:
    response = requests.get(urls.arxiv, params={"search_query": "a", **parameters}, timeout=20)
    assert response.status_code == 400
    with pytest.raises(arxiv.HTTPError):
        list(atom_client(urls, page_size=30_001).results(arxiv.Search("a")))


def test_hostile_queries_are_answered(urls: ReplicaUrls) -> None:
    for query in (
        "(" * 3000,
        "a" * 20_000,
        "ti:*" + "?*" * 50,
        "'; DROP TABLE papers; --",
        "\x00\x01",
        "ti:\ud83d",
    ):
        response = requests.get(urls.arxiv, params={"search_query": query.encode("utf-8", "surrogatepass")}, timeout=20)
        assert response.status_code in {200, 400}
        etree.fromstring(response.content)


def real_feeds(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "data/arxiv/atom").glob("*.xml"))


def snapshot_of(entry: etree._Element) -> dict[str, object]:
    """The snapshot line a real entry would come from."""
    arxiv_id, _, version = entry.findtext(f"{ATOM}id", "").partition("/abs/")[2].rpartition("v")
    moments = [entry.findtext(f"{ATOM}published", "")] * (int(version) - 1) + [entry.findtext(f"{ATOM}updated", "")]
    return {
        "id": arxiv_id,
        "title": entry.findtext(f"{ATOM}title"),
        "abstract": "  " + entry.findtext(f"{ATOM}summary", "").lstrip() + "\n",
        "comments": entry.findtext(f"{EXTENSION}comment"),
        "journal-ref": entry.findtext(f"{EXTENSION}journal_ref"),
        "doi": entry.findtext(f"{EXTENSION}doi"),
        "categories": " ".join(category.get("term", "") for category in entry.findall(f"{ATOM}category")),
        "versions": [
            {"version": f"v{number}", "created": format_datetime(datetime.fromisoformat(moment))}
            for number, moment in enumerate(moments, start=1)
        ],
        "authors_parsed": [
            [
                author.findtext(f"{ATOM}name"),
                "",
                "",
                *(place.text for place in author.findall(f"{EXTENSION}affiliation")),
            ]
            for author in entry.findall(f"{ATOM}author")
        ],
    }


def test_real_entries_come_out_as_they_went_in(shared_data: Path, tmp_path: Path) -> None:
    real = {
        entry.findtext(f"{ATOM}id", ""): entry
        for path in real_feeds(shared_data)
        for entry in etree.parse(path).getroot().findall(f"{ATOM}entry")
        if entry.find(f"{ATOM}published") is not None
    }
    assert len(real) > 90
    api = ArxivApi(Papers(write(tmp_path, "arxiv.jsonl", [snapshot_of(entry) for entry in real.values()])), lambda: NOW)
    for address, entry in real.items():
        answer = api.answer({"id_list": address.partition("/abs/")[2]})
        [ours] = etree.fromstring(answer.body).findall(f"{ATOM}entry")
        assert etree.tostring(ours, method="c14n") == etree.tostring(entry, method="c14n", with_tail=False)


def test_feeds_without_results_are_the_real_ones(shared_data: Path, tmp_path: Path) -> None:
    tmp_path.joinpath("arxiv.jsonl").touch()
    api = ArxivApi(Papers(tmp_path), lambda: NOW)
    for name in ("0000.0000", "abc"):
        [path] = (shared_data / "data/arxiv/atom").glob(f"id_{name}_*.xml")
        answer = api.answer({"search_query": "", "id_list": name, "start": "0", "max_results": "100"})
        real = etree.fromstring(path.read_bytes())
        ours = etree.fromstring(answer.body)
        for updated in [*real.iter(f"{ATOM}updated"), *ours.iter(f"{ATOM}updated")]:
            updated.text = ""
        assert etree.tostring(ours) == etree.tostring(real)


def test_feed_headers_are_the_real_ones(shared_data: Path, tmp_path: Path) -> None:
    tmp_path.joinpath("arxiv.jsonl").touch()
    api = ArxivApi(Papers(tmp_path), lambda: NOW)
    [path] = (shared_data / "data/arxiv/atom").glob("q_testing_s10_m10_*.xml")
    real = etree.parse(path).getroot()
    ours = etree.fromstring(
        api.answer({"search_query": "all:testing", "id_list": "", "start": "10", "max_results": "10"}).body
    )
    for name in (f"{ATOM}id", f"{ATOM}title", f"{OPENSEARCH}itemsPerPage", f"{OPENSEARCH}startIndex"):
        assert ours.findtext(name) == real.findtext(name)
    assert dict(ours.find(f"{ATOM}link").attrib) == dict(real.find(f"{ATOM}link").attrib)
