import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.sources.openalex_records import (
    OpenAlexAuthorship,
    OpenAlexWork,
    abstract_text,
)
from pipeline.sources.parsing import parse_authors, parse_snapshot_lines, parse_works
from pipeline.sources.records import MAX_NAME_CHARS, RULES

LINE = {
    "id": "2002.03532",
    "submitter": "A. Author",
    "authors": "Ann Author and Bob Writer",
    "title": "A title",
    "comments": None,
    "journal-ref": None,
    "doi": None,
    "report-no": None,
    "categories": "cs.LG stat.ML",
    "license": None,
    "abstract": "  An abstract.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 10 Feb 2020 03:59:14 GMT"},
        {"version": "v2", "created": "Sun, 28 Feb 2021 01:02:03 GMT"},
    ],
    "update_date": "2021-03-02",
    "authors_parsed": [["Author", "Ann", ""], ["Writer", "Bob", "Jr.", "Somewhere"]],
}


def read(**changes):
    return parse_snapshot_lines(json.dumps({**LINE, **changes}).encode())


def test_reads_a_snapshot_line():
    (record,) = read().records
    assert record.arxiv_id == "2002.03532"
    assert record.version == 2
    assert [author.name for author in record.authors] == ["Ann Author", "Bob Writer Jr."]
    assert record.authors[1].affiliations == ["Somewhere"]
    assert record.categories == ["cs.LG", "stat.ML"]
    assert record.primary_category == "cs.LG"
    assert record.abstract == "An abstract."
    assert record.first_submitted_at.isoformat() == "2020-02-10T03:59:14+00:00"
    assert record.last_updated_at.isoformat() == "2021-02-28T01:02:03+00:00"
    assert [version.version for version in record.versions] == [1, 2]
    assert not record.is_withdrawn


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"id": "../../etc/passwd"}, "bad_arxiv_id"),
        ({"id": None}, "bad_arxiv_id"),
        ({"id": 2002.03532}, "bad_shape"),
        ({"title": None}, "missing_title"),
        ({"title": " \x00\n "}, "missing_title"),
        ({"title": ["a"]}, "missing_title"),
        ({"title": "x" * 1_000_001}, "oversize_text"),
        ({"authors": "", "authors_parsed": []}, "no_authors"),
        ({"authors_parsed": [["", "", ""], ["\x07", " ", ""]]}, "no_authors"),
        ({"authors_parsed": [["x" * 10_000_000, "", ""]]}, "oversize_text"),
        ({"authors_parsed": [[1, 2, 3]]}, "bad_shape"),
        ({"authors_parsed": "Ann"}, "bad_shape"),
        ({"versions": [{"version": "v1", "created": "yesterday"}]}, "bad_date"),
        ({"versions": [{"version": "v1", "created": "Mon, 31 Feb 2020 03:59:14 GMT"}]}, "bad_date"),
        ({"versions": [{"version": "v1"}]}, "bad_shape"),
        ({"versions": [{"version": "one", "created": "Mon, 10 Feb 2020 03:59:14 GMT"}]}, "bad_shape"),
        ({"versions": [{"version": "v0", "created": "Mon, 10 Feb 2020 03:59:14 GMT"}]}, "bad_shape"),
        ({"abstract": {"a": 1}}, "bad_shape"),
        ({"submitter": 5}, "bad_shape"),
    ],
)
def test_names_the_rule_a_line_breaks(changes, rule):
    page = read(**changes)
    (reject,) = page.rejects
    assert page.received == 1
    assert reject.rule == rule
    assert reject.rule in RULES
    assert len(reject.payload) <= 100_000


def test_a_bad_line_does_not_take_its_neighbours_with_it():
    good = json.dumps(LINE).encode()
    page = parse_snapshot_lines(good + b"\n\n{broken\n[1]\n" + good[:40] + b"\n" + good + b"\n")
    assert page.received == 5
    assert len(page.records) == 2
    assert [reject.rule for reject in page.rejects] == ["not_json"] * 3


def test_hostile_text_is_text():
    title = "Robert'); DROP TABLE works;-- <script>alert(1)</script> $(rm -rf /)"
    (record,) = read(title=title + "\x00\x1b[2J\u202e", authors_parsed=[["..", "/etc/passwd", ""]]).records
    assert record.title.startswith(title)
    assert record.title.isprintable()
    assert record.authors[0].name == "/etc/passwd .."


def test_decodes_tex_and_undoes_arxivs_spacing_of_initials():
    (record,) = read(authors_parsed=[["Yuan", "C. -P.", ""], ["Balázs", "C.", ""]], title=r"Schr\"odinger").records
    assert [author.name for author in record.authors] == ["C.-P. Yuan", "C. Balázs"]
    assert record.title == "Schrödinger"


def test_a_longest_allowed_name_is_kept():
    (record,) = read(authors_parsed=[["x" * MAX_NAME_CHARS, "", ""]]).records
    assert len(record.authors[0].name) == MAX_NAME_CHARS


def test_a_line_without_versions_keeps_the_day_of_its_last_change():
    (record,) = read(versions=[]).records
    assert record.version is None
    assert record.first_submitted_at is None
    assert record.last_updated_at.isoformat() == "2021-03-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("comments", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error", True),
        ("Withdrawn", True),
        ("The submission was withdrawn", True),
        ("Supersedes hep-th/9901001, which has been withdrawn", False),
        ("12 pages", False),
    ],
)
def test_a_comment_that_begins_with_the_withdrawal_withdraws(comments, withdrawn):
    assert read(comments=comments).records[0].is_withdrawn is withdrawn


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@example({"authors_parsed": [{}]})
@given(st.dictionaries(st.sampled_from(sorted(LINE)), JSON))
def test_any_line_is_accepted_or_rejected_and_never_raises(changes):
    page = read(**changes)
    assert page.received == 1
    assert all(reject.rule in RULES for reject in page.rejects)


@given(st.binary(max_size=200).filter(lambda body: body.strip()))
def test_any_bytes_are_counted(body):
    page = parse_snapshot_lines(body)
    assert page.received == sum(1 for line in body.splitlines() if line.strip())
    assert parse_works(body).received >= 1


WORK = {"id": "https://openalex.org/W1", "display_name": "A title"}


def work(**changes):
    (record,) = parse_works(json.dumps({"results": [{**WORK, **changes}], "meta": {"count": 1}}).encode()).records
    return record


@given(st.dictionaries(st.sampled_from(sorted(set(OpenAlexWork.model_fields) | {"display_name"})), JSON))
def test_any_work_is_accepted_or_rejected_and_never_raises(changes):
    page = parse_works(json.dumps({"results": [{**WORK, **changes}], "meta": {"count": 1}}).encode())
    assert page.received == 1
    assert all(reject.rule in RULES for reject in page.rejects)


def test_null_fields_of_openalex_are_empty():
    assert work(**dict.fromkeys(set(OpenAlexWork.model_fields) - {"id", "title"})) == work()


def test_ids_dois_and_orcids_are_canonical():
    record = work(
        doi="https://doi.org/10.1000/ABC",
        authorships=[
            {
                "author": {
                    "id": "https://openalex.org/A5000000001",
                    "orcid": "https://orcid.org/0000-0002-1825-0097",
                },
                "raw_orcid": "0000-0002-1825-0098",
                "raw_author_name": "Ann  Author",
            }
        ],
    )
    (authorship,) = record.authorships
    assert record.id == "W1"
    assert record.doi == "10.1000/abc"
    assert authorship.author.id == "A5000000001"
    assert authorship.author.orcid == "0000-0002-1825-0097"
    assert authorship.raw_orcid is None  # its check digit is wrong: no evidence, and no reject
    assert authorship.raw_author_name == "Ann Author"


@pytest.mark.parametrize("identifier", ["A9999999999", "A5317838346"])
def test_openalexs_placeholders_are_never_people(identifier):
    url = f"https://openalex.org/{identifier}"
    assert OpenAlexAuthorship.model_validate({"author": {"id": url}}).author.id is None
    page = parse_authors(json.dumps({"id": url, "display_name": "Null"}).encode())
    assert [reject.rule for reject in page.rejects] == ["not_a_person"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"id": "https://openalex.org/A1"}, "bad_openalex_id"),
        ({"id": "W1/../../x"}, "bad_openalex_id"),
        ({"id": None}, "bad_openalex_id"),
        ({"display_name": None}, "missing_title"),
        ({"display_name": "\x00"}, "missing_title"),
        ({"display_name": "<i> </i>"}, "missing_title"),
        ({"publication_date": "2020-13-01"}, "bad_date"),
        ({"updated_date": "soon"}, "bad_date"),
        ({"authorships": [{"raw_author_name": "x" * 10_000_000}]}, "oversize_text"),
        ({"authorships": {"a": 1}}, "bad_shape"),
    ],
)
def test_names_the_rule_a_work_breaks(changes, rule):
    body = json.dumps({"results": [{**WORK, **changes}, WORK], "meta": {"count": 2}}).encode()
    page = parse_works(body)
    assert [reject.rule for reject in page.rejects] == [rule]
    assert len(page.records) == 1


def test_markup_of_publishers_is_no_part_of_a_title_or_an_abstract():
    index = {"<p>On": [0], "H<sub>2</sub>O.</p>": [1]}
    record = work(display_name="<i>Planck</i>2018 results", abstract_inverted_index=index)
    assert record.title == "Planck 2018 results"
    assert abstract_text(record.abstract_inverted_index) == "On H2O."


def test_a_work_without_any_title_is_rejected():
    assert [reject.rule for reject in parse_works(b'{"id": "W1"}').rejects] == ["missing_title"]


@pytest.mark.parametrize(
    "changes",
    [
        {"doi": "https://doi.org/10.48550/arXiv.2002.03532"},
        {"doi": "10.1000/a", "locations": [{"id": "pmh:oai:arXiv.org:2002.03532"}]},
        {"locations": [{"id": "doi:10.48550/arxiv.2002.03532"}]},
        {"locations": [{"landing_page_url": "http://arxiv.org/abs/2002.03532v3"}]},
        {"locations": [{"landing_page_url": None, "pdf_url": "https://arxiv.org/pdf/2002.03532"}]},
        {"locations": [{"landing_page_url": "https://api.datacite.org/dois/10.48550/arxiv.2002.03532"}]},
        {"primary_location": {"landing_page_url": "https://arxiv.org/abs/2002.03532"}},
    ],
)
def test_finds_the_arxiv_id_wherever_a_work_carries_it(changes):
    assert work(**changes).arxiv_id == "2002.03532"


def test_a_work_elsewhere_has_no_arxiv_id():
    assert (
        work(doi="10.1000/a", locations=[{"landing_page_url": "https://example.org/abs/2002.03532"}]).arxiv_id is None
    )


@given(st.lists(st.sampled_from(["a", "b", "the", "of"]), max_size=20))
def test_an_abstract_comes_back_in_order(words):
    index: dict[str, list[int]] = {}
    for position, word in enumerate(words):
        index.setdefault(word, []).append(position)
    assert abstract_text(dict(reversed(index.items()))) == (" ".join(words) or None)


def test_lines_and_lists_and_single_works_are_all_pages():
    single = json.dumps(WORK).encode()
    assert len(parse_works(single).records) == 1
    assert len(parse_works(single + b"\n" + single + b"\n").records) == 2
    assert len(parse_works(json.dumps({"meta": {}, "results": [WORK]}, indent=2).encode()).records) == 1
    broken_first = parse_works(b"{broken\n" + single)
    assert (len(broken_first.records), len(broken_first.rejects)) == (1, 1)
