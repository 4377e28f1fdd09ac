"""Rows of the marts as their contracts have them, of people and papers that do not exist."""

from datetime import UTC, datetime

import pytest

from pipeline.pages import AuthorPanels, Graph, PaperPanels

REASONS = {
    "claim": (20.0, 0.0, "none"),
    "orcid": (20.0, 0.0, "not_loaded"),
    "affiliation": (10.0, 0.0, "not_loaded"),
    "sources": (12.0, 0.0, "not_loaded"),
    "citations": (6.0, 0.0, "not_loaded"),
    "works": (12.0, 6.0, "found"),
    "history": (10.0, 0.0, "none"),
    "ties": (10.0, 5.0, "found"),
    "conflict_discount": (None, -0.0, "none"),
}


def author_row(**changed):
    return {
        "author_id": "AAAAAAAAAAAA2",
        "display_name": "Ada Nowak",
        "name_variants": ["A. Nowak"],
        "kind": "person",
        "orcid": None,
        "affiliation": None,
        "affiliation_status": "not_loaded",
        "works_count": 1,
        "topics_count": 2,
        "collaborators_count": 2,
        "close_collaborators_count": 1,
        "cited_by_count": 0,
        "first_year": 2020,
        "last_year": 2020,
        "claim_status": "none",
        "trust_score": 11,
        "trust_tier": "Unverified",
        "verification_level": "L1",
        "score_ceiling": 52,
        "model_version": "trust-1",
    } | changed


def work_row(n=1, **changed):
    return {
        "author_id": "AAAAAAAAAAAA2",
        "work_id": f"arxiv:2001.{n:05}",
        "mention_id": f"arxiv:2001.{n:05}#1",
        "position": 1,
        "printed_name": "A. Nowak",
        "probability": 1.0,
        "title": f"On the number {n}",
        "work_type": "preprint",
        "display_year": 2021,
        "first_submitted_at": datetime(2020, 1, 31, tzinfo=UTC),
        "cited_by_count": 0,
        "byline_size": 3,
    } | changed


def collaborator_row(n, **changed):
    return {
        "author_id": "AAAAAAAAAAAA2",
        "collaborator_id": f"ABBBBBBBBBBB{n}",
        "display_name": f"Bo Person{n}",
        "joint_works": 1,
        "newman_weight": 0.5,
        "strength": 1.0 / n,
        "is_established": True,
        "is_close": n == 1,
        "first_year": 2020,
        "last_year": 2020,
    } | changed


def paper_row(**changed):
    return {
        "work_id": "arxiv:2001.00001",
        "title": "On the number 1",
        "abstract": "We count to one & back.",
        "work_type": "preprint",
        "publication_year": 2020,
        "first_submitted_at": datetime(2020, 1, 31, 20, 10, 16, tzinfo=UTC),
        "last_updated_at": datetime(2021, 2, 28, tzinfo=UTC),
        "arxiv_id": "2001.00001",
        "doi": "10.1000/xyz<1>",
        "openalex_id": "W1",
        "primary_category": "cs.LG",
        "venue": None,
        "journal_ref": "J. Numbers 1 (2021)",
        "comments": "3 pages",
        "submitter": "Bo Person1",
        "report_no": "NUM-1",
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "is_open_access": True,
        "is_withdrawn": False,
        "is_retracted": False,
        "cited_by_count": 1234,
        "code_urls": ["https://code.example.org/one"],
        "dataset_urls": [],
        "byline_size": 3,
        "has_openalex": True,
        "display_year": 2021,
        "first_submitted_year": 2020,
        "sources": ["arXiv", "OpenAlex"],
        "authors": [
            {"author_id": "AAAAAAAAAAAA2", "name": "A. Nowak", "position": 1},
            {"author_id": "ABBBBBBBBBBB1", "name": "Bo Person1", "position": 2},
            {"author_id": None, "name": "and others", "position": 3},
        ],
        "versions": [
            {"version": 1, "submitted_at": datetime(2020, 1, 31, 20, 10, 16, tzinfo=UTC), "size_bytes": 123_456},
            {"version": 2, "submitted_at": datetime(2021, 2, 28, tzinfo=UTC), "size_bytes": None},
        ],
        "topics": [
            {"scheme": "arxiv", "topic_id": "cs.LG", "topic_name": "Machine Learning", "is_primary": True},
            {"scheme": "arxiv", "topic_id": "stat.ML", "topic_name": "Machine Learning", "is_primary": False},
            {"scheme": "openalex", "topic_id": "T1", "topic_name": "Counting", "is_primary": True},
        ],
        "institutions_count": 2,
        "institutions": [
            {"institution_id": "I1", "display_name": "University of Numbers", "authors_count": 2},
            {"institution_id": "I2", "display_name": None, "authors_count": 1},
        ],
        "has_code": True,
        "has_dataset": False,
        "bibtex": "@misc{nowak2020number,\n  title = {On the number 1}\n}",
    } | changed


def listed_row(n, **changed):
    return {
        "work_id": f"arxiv:2002.{n:05}",
        "title": f"Related to {n}",
        "work_type": "preprint",
        "display_year": 2020,
        "cited_by_count": 0,
        "byline_size": 2,
        "is_withdrawn": False,
        "is_retracted": False,
    } | changed


def text_row(language, **changed):
    return {
        "work_id": "arxiv:2001.00001",
        "language": language,
        "kind": "abstract",
        "text": f"An abstract in {language}.",
        "source": "openalex",
        "is_machine": False,
        "translated_from": None,
    } | changed


def related_row(n):
    return {
        "work_id": "arxiv:2001.00001",
        "rank": n,
        "related_work_id": f"arxiv:2002.{n:05}",
        "score": 1 / (60 + n),
        "shared_references": ["arxiv:2001.00001", "arxiv:2002.00099", "openalex:W9"],
        "shared_terms": ["number one"],
    }


def edge_row(kind, place, target_id, centre_id="arxiv:2001.00001", **changed):
    return {
        "centre_id": centre_id,
        "kind": kind,
        "place": place,
        "source_id": centre_id,
        "target_id": target_id,
        "weight": 1.0 / place,
        "reason": f"{kind} {place}",
    } | changed


def node_row(node_id, kind, label, **changed):
    return {"node_id": node_id, "kind": kind, "label": label, "year": 2020, "size": 1} | changed


def graph(*, centre_is_paper=True):
    person, paper = ("author", "related") if centre_is_paper else ("collaborator", "wrote")
    centre = "arxiv:2001.00001" if centre_is_paper else "AAAAAAAAAAAA2"
    neighbours = {
        "ABBBBBBBBBBB1": (person, 1),
        "ABBBBBBBBBBB2": (person, 2),
        "arxiv:2002.00001": (paper, 1),
        "cs.LG": ("topic", 1),
        "I1": ("institution", 1),
    }
    return Graph(
        edges=[edge_row(kind, place, id_, centre) for id_, (kind, place) in neighbours.items()],
        nodes=[
            node_row("ABBBBBBBBBBB1", "person", "Bo Person1"),
            node_row("ABBBBBBBBBBB2", "person", "Bo Person2"),
            node_row("arxiv:2002.00001", "paper", "Related to 1"),
            node_row("cs.LG", "topic", "Machine Learning"),
            node_row("I1", "institution", "University of Numbers"),
        ],
        ties=[{"author_id": "ABBBBBBBBBBB1", "collaborator_id": "ABBBBBBBBBBB2", "strength": 0.5}],
    )


@pytest.fixture
def author_panels():
    return AuthorPanels(
        author=author_row(),
        reasons=[
            {
                "author_id": "AAAAAAAAAAAA2", "component": name, "x": 1.0, "max": most, "k": 1.0, "points": points,
                "status": status, "sentence": f"What {name} says.",
                "evidence_ids": ["arxiv:2001.00001#1", "ABBBBBBBBBBB1", "conflict"] if name == "ties" else [],
            }
            for name, (most, points, status) in REASONS.items()
        ],
        topics=[{"topic_name": "Machine Learning"}, {"topic_name": "Counting"}],
        works=[work_row()],
        collaborators=[collaborator_row(1), collaborator_row(2)],
        graph=graph(centre_is_paper=False),
    )  # fmt: skip


@pytest.fixture
def paper_panels():
    return PaperPanels(
        paper=paper_row(),
        texts=[],
        related=[related_row(n) for n in range(1, 46)],
        titles=[listed_row(n) for n in (*range(1, 46), 99)],
        graph=graph(),
    )
