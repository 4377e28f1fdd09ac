"""Every real record we have is read: received = accepted + rejected, and each reject is a known one."""

import gzip
import json

import pytest

from pipeline.sources.parsing import parse_page
from pipeline.sources.parsing.atom import summarise_feed
from pipeline.sources.parsing.oai import summarise_answer


def test_all_snapshot_lines_are_accepted(shared_data):
    page = parse_page("arxiv_snapshot", (shared_data / "data/arxiv/kaggle_lines.jsonl").read_bytes())
    assert page.received == 200
    assert page.rejects == []
    assert all(record.versions and record.authors for record in page.records)
    # One line says so itself: "This paper has been withdrawn by the authors."
    assert [record.arxiv_id for record in page.records if record.is_withdrawn] == ["0704.0156"]


def test_bylines_split_as_arxiv_itself_splits_them(shared_data):
    """The byline string, which arXivRaw has, gives the authors that a line with arXiv's own split gives."""
    lines = [json.loads(line) for line in (shared_data / "data/arxiv/kaggle_lines.jsonl").read_bytes().splitlines()]
    whole = "\n".join(json.dumps({**line, "authors_parsed": []}) for line in lines).encode()
    split = "\n".join(map(json.dumps, lines)).encode()
    pairs = zip(parse_page("arxiv_snapshot", whole).records, parse_page("arxiv_snapshot", split).records, strict=True)
    assert all(one.authors == other.authors for one, other in pairs)


def test_all_atom_entries_are_accepted_but_the_error(shared_data):
    bodies = {path.name: path.read_bytes() for path in sorted((shared_data / "data/arxiv/atom").glob("*.xml"))}
    assert len(bodies) == 20
    pages = {name: parse_page("arxiv_atom", body) for name, body in bodies.items()}
    assert all(pages[name].received == summarise_feed(body).entries for name, body in bodies.items())
    assert sum(len(page.records) for page in pages.values()) == 215 + 6
    rejects = [(name[:6], reject.rule) for name, page in pages.items() for reject in page.rejects]
    assert rejects == [("id_abc", "bad_arxiv_id")]
    assert summarise_feed(next(body for name, body in bodies.items() if name.startswith("id_abc"))).errors == (
        "incorrect id format for abc",
    )


def test_atom_keeps_affiliations_and_old_ids(shared_data):
    (path,) = (shared_data / "data/arxiv/atom").glob("id_astro-ph_0601001*")
    (record,) = parse_page("arxiv_atom", path.read_bytes()).records
    assert record.arxiv_id == "astro-ph/0601001"
    assert record.authors[0].affiliations == ["Ohio State"]
    assert record.journal_ref == "ActaAstron.56:1-50,2006"


def test_all_oai_records_are_accepted(shared_data):
    folder = shared_data / "data/arxiv/oai"
    raw = (folder / "arXivRaw_ListRecords_2016.xml").read_bytes()
    page = parse_page("arxiv_oai", raw)
    assert (page.received, page.rejects) == (387, [])
    assert summarise_answer(raw).complete_list_size == 1440
    assert summarise_answer(raw).resumption_token == "1403493|1001"
    assert sum(record.is_withdrawn for record in page.records) == 6
    split = [parse_page("arxiv_oai", path.read_bytes()) for path in sorted(folder.glob("arXiv_sample*.xml"))]
    assert [len(part.rejects) for part in split] == [0] * 12
    assert sum(len(part.records) for part in split) == 12 + 11
    assert all(record.first_submitted_at for part in split for record in part.records)


def test_oai_raw_tells_versions_sizes_and_withdrawals(shared_data):
    body = (shared_data / "data/arxiv/oai/arXivRaw_ListRecords_2016.xml").read_bytes()
    record = next(found for found in parse_page("arxiv_oai", body).records if found.arxiv_id == "0803.4354")
    assert record.version == 6
    assert record.is_withdrawn
    assert [(version.size_bytes, version.source_type) for version in record.versions[:2]] == [
        (69 * 1024, "S"),
        (0, "I"),
    ]
    assert record.first_submitted_at.isoformat() == "2008-03-30T23:26:50+00:00"
    assert record.submitter == "Moustapha Diaby"
    assert record.license == "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
    assert "acm_class" not in type(record).model_fields


@pytest.mark.parametrize(
    ("source", "file", "received", "rejects"),
    [
        ("openalex_works", "works_current_schema", 1501, {"missing_title": 3}),
        # Autocomplete and export rows mixed into the sample have an id and no display_name.
        ("openalex_authors", "authors", 333, {"missing_name": 32, "not_a_person": 1}),
        ("openalex_institutions", "institutions", 1164, {"missing_name": 222}),
    ],
)
def test_all_openalex_objects_are_counted(shared_data, source, file, received, rejects):
    body = gzip.decompress((shared_data / f"data/openalex/{file}.jsonl.gz").read_bytes())
    page = parse_page(source, body)
    assert page.received == received
    rules = [reject.rule for reject in page.rejects]
    assert {rule: rules.count(rule) for rule in rules} == rejects


def test_real_works_carry_their_arxiv_ids_and_cut_bylines(shared_data):
    body = gzip.decompress((shared_data / "data/openalex/works_current_schema.jsonl.gz").read_bytes())
    works = parse_page("openalex_works", body).records
    assert sum(work.arxiv_id is not None for work in works) == 74
    assert next(work for work in works if work.id == "W2964121744").arxiv_id == "1412.6980"
    assert next(work for work in works if work.id == "W3037737784").arxiv_id == "quant-ph/0702225"
    cut = [work for work in works if work.has_cut_byline]
    assert len(cut) == 14
    assert all(work.is_authors_truncated for work in cut)
    assert all(not author.author.id or author.author.id != "A9999999999" for w in works for author in w.authorships)
