"""Records of the sources as rows of the staging contracts."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from pipeline.normalise import records as rows
from pipeline.schemas import staging
from pipeline.sources.openalex_records import OpenAlexAuthor, OpenAlexInstitution, OpenAlexWork
from pipeline.sources.records import ArxivRecord

ORIGIN = {"page_id": "page", "fetched_at": datetime(2026, 1, 1, tzinfo=UTC)}
DAY_ONE, DAY_TWO = datetime(2020, 2, 10, tzinfo=UTC), datetime(2021, 2, 28, tzinfo=UTC)


def paper(**changes):
    fields = {
        "arxiv_id": "2002.03532",
        "version": 2,
        "title": "Engines that weave",
        "abstract": "Code at https://github.com/ada/engine.",
        "comments": "Data: https://zenodo.org/records/1",
        "authors": [{"name": "Ada Byron", "affiliations": ["London", "Paris"]}, {"name": "León, José, Jr."}],
        "categories": ["cs.LG", "cs.AI"],
        "primary_category": "cs.LG",
        "first_submitted_at": DAY_ONE,
        "last_updated_at": DAY_TWO,
        "versions": [{"version": 1, "submitted_at": DAY_ONE}, {"version": 2, "submitted_at": DAY_TWO}],
    }
    return ArxivRecord.model_validate(fields | changes)


def work(**changes):
    return OpenAlexWork.model_validate(
        {"id": "https://openalex.org/W1", "display_name": "Engines that weave"} | changes
    )


def arxiv_row(**changes):
    return rows.arxiv_records([paper(**changes)], source="arxiv_atom", **ORIGIN).row(0, named=True)


def work_row(**changes):
    return rows.openalex_works([work(**changes)], **ORIGIN).row(0, named=True)


@pytest.mark.parametrize(
    ("frame", "contract"),
    [
        (rows.arxiv_records([paper()], source="arxiv_atom", **ORIGIN), staging.ArxivRecords),
        (rows.arxiv_versions([paper()]), staging.ArxivVersions),
        (rows.openalex_works([work()], **ORIGIN), staging.OpenAlexWorks),
        (rows.openalex_authors([OpenAlexAuthor(id="A1", display_name="Ada")], **ORIGIN), staging.OpenAlexAuthors),
        (
            rows.openalex_institutions([OpenAlexInstitution(id="I1", display_name="London")], **ORIGIN),
            staging.OpenAlexInstitutions,
        ),
    ],
    ids=["papers", "versions", "works", "authors", "institutions"],
)
def test_a_plain_record_keeps_its_contract(frame, contract):
    assert contract.validate(frame, cast=True).height in (1, 2)


@pytest.mark.parametrize(
    "frame",
    [
        rows.arxiv_records([], source="arxiv_atom", **ORIGIN),
        rows.arxiv_versions([]),
        rows.openalex_works([], **ORIGIN),
        rows.openalex_authors([], **ORIGIN),
        rows.named_institutions([], **ORIGIN),
    ],
)
def test_no_records_are_no_rows_of_the_same_columns(frame):
    assert frame.height == 0
    assert "page_id" in frame.columns or "version" in frame.columns


def test_a_byline_is_parsed_in_its_order():
    assert arxiv_row()["byline"] == [
        {"raw_name": "Ada Byron", "given": "Ada", "family": "Byron", "suffix": None, "kind": "person",
         "affiliation": "London; Paris"},
        {"raw_name": "León, José, Jr.", "given": "José", "family": "León", "suffix": "Jr.", "kind": "person",
         "affiliation": None},
    ]  # fmt: skip


def test_links_come_from_abstract_and_comments():
    row = arxiv_row()
    assert (row["code_urls"], row["dataset_urls"]) == (
        ["https://github.com/ada/engine"],
        ["https://zenodo.org/records/1"],
    )
    assert arxiv_row(abstract=None, comments=None)["code_urls"] == []


def test_of_two_accounts_of_a_version_the_one_with_most_to_say_stays():
    sizes = [{"version": 1, "submitted_at": DAY_ONE, "size_bytes": 2048, "source_type": "D"}]
    frames = [
        rows.arxiv_versions(order) for order in ([paper(), paper(versions=sizes)], [paper(versions=sizes), paper()])
    ]
    assert frames[0].equals(frames[1])
    assert frames[0].select("version", "size_bytes", "source_type").rows() == [(1, 2048, "D"), (2, None, None)]


def test_the_orcid_of_a_name_is_that_asserted_on_the_work():
    name = {
        "author": {"id": "https://openalex.org/A1", "display_name": "A. Byron", "orcid": "0000-0002-1825-0097"},
        "raw_author_name": "Ada Byron",
        "raw_affiliation_strings": ["London", None, "Paris"],
        "institutions": [{"id": "https://openalex.org/I1"}, {"id": None}],
    }
    ((first, second),) = [work_row(authorships=[name, name | {"raw_orcid": "0000-0001-5109-3700"}])["byline"]]
    assert (first["orcid"], second["orcid"]) == (None, "0000-0001-5109-3700")
    assert (first["raw_name"], first["openalex_author_id"]) == ("Ada Byron", "A1")
    assert first["affiliation"] == "London; Paris"


@pytest.mark.parametrize(
    ("authorship", "printed"),
    [
        ({"raw_author_name": "Byron, A.", "author": {"display_name": "Ada Byron"}}, "Byron, A."),
        ({"author": {"display_name": "Ada Byron"}}, "Ada Byron"),
        ({"author": None}, ""),
    ],
)
def test_the_printed_name_goes_before_the_profile_s(authorship, printed):
    assert work_row(authorships=[authorship])["byline"][0]["raw_name"] == printed


@pytest.mark.parametrize(
    ("source", "venue"),
    [
        ({"display_name": "Annals", "type": "journal"}, "Annals"),
        ({"display_name": "arXiv", "type": "repository"}, None),
        (None, None),
    ],
)
def test_a_repository_is_no_venue(source, venue):
    assert work_row(primary_location={"source": source})["venue"] == venue
    assert work_row()["venue"] is None


def test_what_openalex_leaves_out_is_null_or_empty():
    row = work_row()
    empty = {"byline", "topics", "keywords", "code_urls", "dataset_urls", "referenced_works"}
    assert {name for name, value in row.items() if value == []} == empty
    assert (row["is_retracted"], row["is_byline_truncated"], row["is_open_access"]) == (False, False, None)


def test_dates_stay_dates():
    row = work_row(publication_date="2020-02-10", updated_date="2026-01-01T01:02:03.5")
    assert row["publication_date"] == date(2020, 2, 10)
    assert row["updated_at"] == datetime(2026, 1, 1, 1, 2, 3, 500000, tzinfo=UTC)


@pytest.mark.parametrize("ror", ["https://ror.org/04cw6st05", "04cw6st05"])
def test_a_ror_has_no_address(ror):
    frame = rows.openalex_institutions([OpenAlexInstitution(id="I1", display_name="London", ror=ror)], **ORIGIN)
    assert frame["ror"].to_list() == ["04cw6st05"]


def test_institutions_that_works_name_once_each_and_only_with_an_id():
    def named(number, *places):
        institutions = [{"id": place, "display_name": f"{place} by {number}"} for place in places]
        return work(id=f"W{number}", authorships=[{"institutions": institutions}])

    works = [named(2, "I2", None), named(1, "I2", "I1")]
    for order in (works, works[::-1]):
        frame = rows.named_institutions(order, **ORIGIN)
        assert frame.select("institution_id", "display_name").rows() == [("I1", "I1 by 1"), ("I2", "I2 by 2")]


def test_rows_come_in_the_records_order():
    ids = ["2002.03532", "2001.00001", "math/0309136"]
    frame = rows.arxiv_records([paper(arxiv_id=id_) for id_ in ids], source="arxiv_oai", **ORIGIN)
    assert frame["arxiv_id"].to_list() == ids
    assert frame.schema["first_submitted_at"] == pl.Datetime("us", "UTC")
