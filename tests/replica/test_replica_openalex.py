"""The OpenAlex API, through the unmodified pyalex client and as raw JSON."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyalex
import pytest
import requests

from pipeline.replica import FaultPlan, ReplicaUrls, running

from .replica_records import NOW, authorship, work, write

Point = Callable[[ReplicaUrls], None]
INVALID = "Invalid query parameters error."
PAGINATION = "Pagination error."


def works() -> list[dict[str, Any]]:
    return [
        work(
            1,
            display_name="Graph looms, revisited",
            authorships=[authorship(n, f"Person {n}") for n in range(130)],
        ),
        work(2, doi=None, is_retracted=True, publication_year=2019, publication_date="2019-05-01"),
        work(
            3,
            type="preprint",
            publication_year=2021,
            publication_date="2021-01-01",
            indexed_in=["arxiv", "crossref"],
            locations=[{"source": {"id": "https://openalex.org/S4306400194", "display_name": "arXiv"}}],
            authorships=[authorship(3, "Anima Singh")],
            abstract_inverted_index=None,
            referenced_works=["https://openalex.org/W1"],
        ),
        work(4, display_name="Knowledge distillation: a survey", doi="https://doi.org/10.1/A,B|C"),
        work(5, is_xpac=True),
        {"id": "https://openalex.org/W6", "display_name": None, "authorships": None, "cited_by_count": None},
    ]


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaUrls]:
    folder = write(tmp_path_factory.mktemp("openalex"), "openalex_works.jsonl", works())
    people = [
        {"id": "https://openalex.org/A5000000001", "orcid": "https://orcid.org/0000-0002-1825-0097",
         "display_name": "Ada Byron", "works_count": 3},
        {"id": "https://openalex.org/A5000000002", "display_name": "Zero Works", "works_count": 0},
    ]  # fmt: skip
    write(folder, "openalex_authors.jsonl", people)
    places = [{"id": "https://openalex.org/I7", "ror": "https://ror.org/03cve4549", "display_name": "Tsinghua"}]
    write(folder, "openalex_institutions.jsonl", places)
    with running(folder, clock=lambda: NOW) as running_urls:
        yield running_urls


def ids(urls: ReplicaUrls, **parameters: str | int) -> list[str]:
    response = requests.get(f"{urls.openalex}/works", params=parameters, timeout=20)
    assert response.status_code == 200, response.text
    return [item["id"].rpartition("/")[2] for item in response.json()["results"]]


def refusal(urls: ReplicaUrls, query: str) -> tuple[int, str, str]:
    response = requests.get(f"{urls.openalex}{query}", timeout=20)
    body = response.json()
    return response.status_code, body["error"], body["message"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("doi:10.1234/w1", ["W1"]),
        ("doi:https://doi.org/10.1234/W1|10.1234/w3", ["W1", "W3"]),
        ("doi:!10.1234/w1|10.1234/w3", ["W2", "W4", "W6"]),
        ('doi:"10.1/a,b|c"', ["W4"]),
        ("doi:null", ["W2", "W6"]),
        ("doi:!null", ["W1", "W3", "W4"]),
        ("has_doi:false", ["W2", "W6"]),
        ("openalex:W1|https://openalex.org/W3", ["W1", "W3"]),
        ("ids.openalex:w1", ["W1"]),
        ("openalex_id:W999", []),
        ("publication_year:2020", ["W1", "W4"]),
        ("publication_year:2019-2020", ["W1", "W2", "W4"]),
        ("publication_year:>2020", ["W3"]),
        ("publication_year:<2020", ["W2"]),
        ("publication_year:!2020", ["W2", "W3", "W6"]),
        ("from_publication_date:2020-02-10", ["W1", "W3", "W4"]),
        ("to_publication_date:2020-02-10", ["W1", "W2", "W4"]),
        ("from_publication_date:2020-01-01,to_publication_date:2020-12-31", ["W1", "W4"]),
        ("publication_date:2019-05-01", ["W2"]),
        ("publication_date:>2020-02-10", ["W3"]),
        ("is_retracted:true", ["W2"]),
        ("type:preprint|book", ["W3"]),
        ("type:!preprint", ["W1", "W2", "W4", "W6"]),
        ("indexed_in:arxiv", ["W3"]),
        ("indexed_in:arxiv crossref", ["W3"]),
        ("locations.source.id:S4306400194", ["W3"]),
        ("locations.source.display_name:arxiv", ["W3"]),
        ("author.id:A5000000003", ["W1", "W3"]),
        ("authorships.author.id:https://openalex.org/A5000000004", ["W1", "W4"]),
        ("authors_count:>100", ["W1"]),
        ("authors_count:1", ["W2", "W3", "W4"]),
        ("authors_count:0", ["W6"]),
        ("cites:W1", ["W3"]),
        ("cited_by:W3", ["W1"]),
        ("title.search:loom*", ["W1"]),
        ("title.search:distillation survey", ["W4"]),
        ('title.search:"distillation survey"', []),
        ('title.search:"a survey"', ["W4"]),
        ("display_name.search:GRAPH", ["W1"]),
        ("default.search:looms weave", ["W1", "W2", "W4"]),
        ("abstract.search:weave", ["W1", "W2", "W4"]),
        ("raw_author_name.search:anima", ["W3"]),
        ("raw-author-name.search:anima,type:preprint", ["W3"]),
        ("has_abstract:false", ["W3", "W6"]),
        ("doi_starts_with:10.1234", ["W1", "W3"]),
        ("cited_by_count:997-998", ["W2", "W3"]),
    ],
)
def test_filters(urls: ReplicaUrls, condition: str, found: list[str]) -> None:
    assert sorted(ids(urls, filter=condition)) == found


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        ("/works?filter=colour:red", INVALID, "colour is not a valid field."),
        ("/works?filter=doi:a,b", INVALID, "Invalid query parameter in b."),
        ("/works?filter=publication_year:new", INVALID, "Value for param publication_year must"),
        ("/works?filter=from_publication_date:2020", INVALID, "Value for param from_pub"),
        ("/works?filter=is_retracted:maybe", INVALID, "Value for is_retracted must be true"),
        ("/works?filter=doi:a|!b", INVALID, "The ! operator can only be used"),
        ("/works?filter=doi:a&filter=type:b", INVALID, "Only one filter parameter"),
        ("/works?limit=5", INVALID, "limit is not a valid parameter."),
        ("/works?select=id,authorships.author", INVALID, "authorships.author is not a valid select"),
        ("/works?select=id&group_by=type", INVALID, "select does not work with group_by."),
        ("/works?search=!a", INVALID, "The search parameter does not support the ! operator"),
        ("/works?sort=relevance_score:desc", INVALID, "Must include a search query"),
        ("/works?sort=colour", INVALID, "colour is not a valid field."),
        ("/works?per-page=ff", INVALID, "Param per-page must be a number."),
        ("/works?corpus=all&include_xpac=true", INVALID, "corpus and include_xpac"),
        ("/works?per_page=201", PAGINATION, "per-page parameter must be between 1 and 200."),
        ("/works?page=0", PAGINATION, "Page parameter must be greater than 0."),
        ("/works?page=101&per_page=100", PAGINATION, "Maximum results size of 10,000 records is exceeded."),
        ("/works?cursor=nonsense", PAGINATION, "Invalid cursor value"),
        ("/works?cursor=null", PAGINATION, "Cursor is null."),
        ("/works?cursor=*&page=2", PAGINATION, "Cannot use page parameter with cursor."),
    ],
)  # fmt: skip
def test_refusals(urls: ReplicaUrls, query: str, error: str, message: str) -> None:
    status, told_error, told_message = refusal(urls, query)
    assert (status, told_error) == (400, error)
    assert told_message.startswith(message)


def test_100_values_are_the_most(urls: ReplicaUrls) -> None:
    assert ids(urls, filter="doi:" + "|".join(["10.1234/w1"] * 100)) == ["W1"]
    status, _, message = refusal(urls, "/works?filter=doi:" + "|".join(["10.1234/w1"] * 101))
    assert status == 400
    assert message.startswith("Maximum number of values exceeded for doi.")


def test_long_urls_are_refused(urls: ReplicaUrls) -> None:
    assert refusal(urls, "/works?search=" + "a" * 8200)[:2] == (400, "Request URL too long")


def test_lists_cut_bylines_at_100_and_singletons_do_not(urls: ReplicaUrls, openalex: Point) -> None:
    openalex(urls)
    [listed] = pyalex.Works().filter(authors_count=">100").get()
    assert len(listed["authorships"]) == 100
    assert listed["is_authors_truncated"] is True
    whole = pyalex.Works()["W1"]
    assert len(whole["authorships"]) == 130
    assert "is_authors_truncated" not in whole


def test_the_expansion_is_listed_only_when_asked_for(urls: ReplicaUrls) -> None:
    assert "W5" not in ids(urls)
    assert "W5" in ids(urls, corpus="all")
    assert "W5" in ids(urls, include_xpac="true")
    assert requests.get(f"{urls.openalex}/works/W5", timeout=20).status_code == 200


def test_authors_without_works_are_not_listed(urls: ReplicaUrls, openalex: Point) -> None:
    openalex(urls)
    assert [author["display_name"] for author in pyalex.Authors().get()] == ["Ada Byron"]
    assert pyalex.Authors()["A5000000002"]["display_name"] == "Zero Works"


@pytest.mark.parametrize(
    ("kind", "identifier", "found"),
    [
        (pyalex.Works, "W1", "W1"),
        (pyalex.Works, "w1", "W1"),
        (pyalex.Works, "https://openalex.org/W1", "W1"),
        (pyalex.Works, "doi:10.1234/W1", "W1"),
        (pyalex.Works, "https://doi.org/10.1234/w1", "W1"),
        (pyalex.Authors, "A5000000001", "A5000000001"),
        (pyalex.Authors, "orcid:0000-0002-1825-0097", "A5000000001"),
        (pyalex.Authors, "https://orcid.org/0000-0002-1825-0097", "A5000000001"),
        (pyalex.Institutions, "https://ror.org/03cve4549", "I7"),
        (pyalex.Institutions, "ror:03cve4549", "I7"),
        (pyalex.Institutions, "I7", "I7"),
    ],
)
def test_singletons(urls: ReplicaUrls, openalex: Point, kind: Any, identifier: str, found: str) -> None:
    openalex(urls)
    assert kind()[identifier]["id"] == f"https://openalex.org/{found}"


@pytest.mark.parametrize(
    "path",
    ["/works/W999", "/works/doi:10.9/none", "/works/../../etc/passwd", "/works/%2e%2e%2f", "/works/.*",
     "/works/A5000000001", "/authors/orcid:0", "/institutions/ror:", "/works/%00", "/nothing",
     "/nothing/else"],
)  # fmt: skip
def test_unknown_things_are_404(urls: ReplicaUrls, path: str) -> None:
    response = requests.get(urls.openalex + path, timeout=20)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")


def test_a_work_id_finds_no_author(urls: ReplicaUrls) -> None:
    assert requests.get(f"{urls.openalex}/authors/W1", timeout=20).status_code == 404


def test_cursor_ends_with_an_empty_page(urls: ReplicaUrls, openalex: Point) -> None:
    openalex(urls)
    pages = list(pyalex.Works().paginate(per_page=2, n_max=None))
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert pages[-1].meta["next_cursor"] is None
    assert pages[0].meta["page"] is None
    assert len({item["id"] for page in pages for item in page}) == 5


def test_pages(urls: ReplicaUrls, openalex: Point) -> None:
    openalex(urls)
    assert [len(page) for page in pyalex.Works().paginate(method="page", per_page=3)] == [3, 2, 0]
    meta = pyalex.Works().get(per_page=2, page=2).meta
    assert {name: meta[name] for name in ("count", "page", "per_page", "groups_count")} == {
        "count": 5,
        "page": 2,
        "per_page": 2,
        "groups_count": None,
    }


def test_select_keeps_root_fields(urls: ReplicaUrls, openalex: Point) -> None:
    openalex(urls)
    assert [sorted(item) for item in pyalex.Works().select(["id", "doi"]).filter(openalex="W1").get()] == [
        ["doi", "id"]
    ]
    item = requests.get(f"{urls.openalex}/works/W1?select=id,publication_year", timeout=20).json()
    assert item == {"id": "https://openalex.org/W1", "publication_year": 2020}


def test_sort(urls: ReplicaUrls) -> None:
    assert ids(urls) == ["W1", "W2", "W3", "W4", "W6"]
    assert ids(urls, sort="publication_date") == ["W2", "W1", "W4", "W3", "W6"]
    assert ids(urls, sort="publication_year:desc,cited_by_count:asc") == ["W3", "W4", "W1", "W2", "W6"]
    assert ids(urls, sort="display_name:desc")[-1] == "W6"


def test_search_scores_and_sorts(urls: ReplicaUrls, openalex: Point) -> None:
    openalex(urls)
    results = pyalex.Works().search("looms").get()
    assert results[0]["id"].endswith("/W1")
    scores = [item["relevance_score"] for item in results]
    assert scores == sorted(scores, reverse=True)
    assert "relevance_score" not in pyalex.Works().get()[0]


def test_group_by(urls: ReplicaUrls, openalex: Point) -> None:
    openalex(urls)
    years = pyalex.Works().group_by("publication_year").get()
    assert [(group["key"], group["count"]) for group in years] == [("2020", 2), ("2019", 1), ("2021", 1)]
    assert years.meta["groups_count"] == 3
    body = requests.get(f"{urls.openalex}/works?group_by=locations.source.id", timeout=20).json()
    assert body["results"] == []
    assert body["group_by"][0] == {"key": "https://openalex.org/S1", "key_display_name": "Annals", "count": 3}
    unknown = requests.get(f"{urls.openalex}/works?group_by=type:include_unknown", timeout=20).json()["group_by"]
    assert {group["key"]: group["count"] for group in unknown} == {"article": 3, "preprint": 1, "unknown": 1}
    with_doi = requests.get(f"{urls.openalex}/works?group_by=has_doi", timeout=20).json()["group_by"]
    assert {group["key"]: group["count"] for group in with_doi} == {"true": 3, "false": 2}


def test_lists_of_ids_by_the_client(urls: ReplicaUrls, openalex: Point) -> None:
    openalex(urls)
    assert {item["id"][-2:] for item in pyalex.Works()[["W1", "W3"]]} == {"W1", "W3"}
    found = pyalex.Works().filter_or(doi=["10.1234/w1", "https://doi.org/10.1234/w3"]).get()
    assert len(found) == 2
    with pytest.raises(pyalex.api.QueryError, match="not a valid field"):
        pyalex.Works().filter(colour="red").get()


@pytest.mark.parametrize(
    "part", ["filter=from_updated_date:2026-01-01", "filter=to_created_date:2026-01-01", "sort=updated_date"]
)
def test_dates_of_change_need_a_plan(urls: ReplicaUrls, tmp_path: Path, part: str) -> None:
    response = requests.get(f"{urls.openalex}/works?{part}", timeout=20)
    assert response.status_code == 429
    assert response.json()["error"] == "Plan upgrade required"
    assert "Retry-After" not in response.headers
    folder = write(tmp_path, "openalex_works.jsonl", works())
    with running(folder, faults=FaultPlan.parse("plan=member_plus")) as paid:
        assert requests.get(f"{paid.openalex}/works?{part}", timeout=20).status_code == 200


def test_rate_limit_headers(urls: ReplicaUrls) -> None:
    key = {"Authorization": "Bearer secret"}
    before = requests.get(f"{urls.openalex}/works", headers=key, timeout=20).headers
    after = requests.get(f"{urls.openalex}/works?search=looms", headers=key, timeout=20).headers
    assert (before["X-RateLimit-Credits-Used"], after["X-RateLimit-Credits-Used"]) == ("1", "10")
    assert int(before["X-RateLimit-Remaining"]) - int(after["X-RateLimit-Remaining"]) == 10
    assert after["X-RateLimit-Reset"] == "43200"
    assert after["X-RateLimit-Cost-USD"] == "0.001"
    single = requests.get(f"{urls.openalex}/works/W1", headers=key, timeout=20).headers
    assert single["X-RateLimit-Remaining"] == after["X-RateLimit-Remaining"]


def test_a_spent_budget_waits_for_midnight_and_singletons_stay_free(tmp_path: Path) -> None:
    folder = write(tmp_path, "openalex_works.jsonl", works())
    with running(folder, faults=FaultPlan.parse("budget_after=12"), clock=lambda: NOW) as urls:

        def get(path: str, key: str = "") -> requests.Response:
            return requests.get(f"{urls.openalex}{path}", headers={"Authorization": f"Bearer {key}"}, timeout=20)

        assert [get("/works?search=looms").status_code, get("/works").status_code] == [200, 200]
        refused = get("/works?search=looms")
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == refused.headers["X-RateLimit-Reset"] == "43200"
        assert refused.headers["X-RateLimit-Remaining"] == "1"
        assert refused.json()["message"].startswith("Insufficient budget. This request costs $0.001 but you only have")
        assert refused.json()["retryAfter"] == 43200
        assert get("/works").status_code == 200
        assert get("/works").status_code == 429
        assert get("/works/W1").status_code == 200
        assert get("/works", key="another").status_code == 200


def test_missing_files_are_empty_lists(urls: ReplicaUrls) -> None:
    for kind in ("sources", "topics"):
        assert requests.get(f"{urls.openalex}/{kind}", timeout=20).json()["meta"]["count"] == 0


def test_a_merged_id_leads_to_its_heir_where_the_folder_says_so(tmp_path: Path) -> None:
    write(tmp_path, "openalex_works.jsonl", [work(1)])
    write(tmp_path, "openalex_merged.jsonl", [{"id": "W7", "merge_into_id": "https://openalex.org/W1"}])
    with running(tmp_path) as urls:
        moved = requests.get(f"{urls.openalex}/works/w7", timeout=20, allow_redirects=False)
        assert (moved.status_code, moved.headers["Location"]) == (301, "/works/W1")
        assert requests.get(f"{urls.openalex}/works/W7", timeout=20).json()["id"] == "https://openalex.org/W1"
        assert requests.get(f"{urls.openalex}/works/W8", timeout=20).status_code == 404


def test_only_get(urls: ReplicaUrls) -> None:
    assert requests.post(f"{urls.openalex}/works", timeout=20).status_code == 405


def test_real_objects_are_served_whole(real_replica: tuple[Path, ReplicaUrls], openalex: Point) -> None:
    _, urls = real_replica
    openalex(urls)
    seen = [item for page in pyalex.Works().paginate(per_page=200, n_max=None) for item in page]
    assert len(seen) == len({item["id"] for item in seen}) == pyalex.Works().count() == 1501
    assert all(len(item["authorships"]) <= 100 for item in seen)
    assert len(pyalex.Authors().get(per_page=200)) == 200
    assert pyalex.Institutions().count() == 1164
    assert pyalex.Topics().count() == 4521
    assert pyalex.Works().filter(publication_year="2015-2020").count() == sum(
        2015 <= item["publication_year"] <= 2020 for item in seen
    )
    with_doi = [item for item in seen if item["doi"]]
    assert pyalex.Works().filter(has_doi=True).count() == len(with_doi)
    assert pyalex.Works()[with_doi[0]["doi"]]["id"] == with_doi[0]["id"]
    groups = pyalex.Works().group_by("type").get()
    assert sum(group["count"] for group in groups) == 1501
