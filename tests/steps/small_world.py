"""A few papers made by hand, each with one thing that can go wrong, as both sources tell of them.

What each paper is for is said beside it. Nobody and nothing in it is real but the arithmetic of the ORCID iDs.
"""

import json
from pathlib import Path
from typing import Any

FIRST_DAY, LAST_DAY = "2021-03-01", "2021-03-03"
"""Every paper below was submitted on one of these days."""

ORCID_ADA = "0000-0002-1825-0097"
ORCID_TWICE = "0000-0001-5109-3700"
HOSTILE_TITLE = 'Robert\'); DROP TABLE staging.works; -- and 100% of {its} "friends"'
MANY = 120
"""Names on the longest byline; OpenAlex shows 100."""

ARXIV_SOURCE = {"id": "https://openalex.org/S4306400194", "display_name": "arXiv", "type": "repository"}
TITLES = {
    "2103.00001": "Analytical engines that weave algebraic patterns",
    "2103.00002": "A difference engine for slowly varying tables",
    "2103.00003": "Punched cards considered as a store of knowledge",
    "2103.00004": "Notes on the numbers of Bernoulli and their computation",
    "2103.00005": "Tides and the figure of the earth",
    "2103.00006": "A measurement by very many hands of a very small effect",
    "2103.00007": "First light of an instrument built by a team",
    "2103.00008": "A theorem that turned out to be false",
    "2103.00009": HOSTILE_TITLE,
}


def paper(arxiv_id: str, names: list[list[str]], **changes: Any) -> dict[str, Any]:
    """A line as the arXiv snapshot writes it; names are `[family, given, suffix]`."""
    day = {"1": "Mon, 1 Mar", "2": "Tue, 2 Mar", "3": "Wed, 3 Mar"}[changes.pop("day", "1")]
    line = {
        "id": arxiv_id,
        "submitter": "Ada Byron",
        "authors": ", ".join(" ".join(part for part in (given, family) if part) for family, given, *_ in names),
        "title": TITLES.get(arxiv_id, "A title of its own"),
        "comments": None,
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": "cs.LG stat.ML",
        "license": None,
        "abstract": f"  We study what the title of {arxiv_id} says.\n",
        "versions": [{"version": "v1", "created": f"{day} 2021 09:30:00 GMT"}],
        "update_date": "2021-03-04",
        "authors_parsed": names,
    }
    return line | changes


def work(number: int, title: str, names: list[Any], **changes: Any) -> dict[str, Any]:
    """A work as OpenAlex writes it; a name is a text or the fields of an authorship."""
    item = {
        "id": f"https://openalex.org/W{number}",
        "doi": None,
        "display_name": title,
        "publication_year": 2021,
        "publication_date": "2021-03-02",
        "type": "article",
        "primary_location": None,
        "locations": [in_arxiv()],
        "open_access": {"is_oa": True},
        "authorships": [authorship(name) for name in names],
        "cited_by_count": number,
        "is_retracted": False,
        "topics": [{"id": "https://openalex.org/T10001", "display_name": "Early Computing"}],
        "keywords": [],
        "referenced_works": [],
        "abstract_inverted_index": None,
        "updated_date": "2026-01-01T00:00:00",
    }
    return item | changes


def in_arxiv(landing_page: str | None = None) -> dict[str, Any]:
    """A copy of a work in arXiv; the address may be missing."""
    return {"id": "pmh:x", "is_oa": True, "landing_page_url": landing_page, "source": ARXIV_SOURCE}


def authorship(name: Any) -> dict[str, Any]:
    """A name of a byline as OpenAlex writes it."""
    fields = {"raw_author_name": name} if isinstance(name, str) else name
    return {"author": {"id": None, "display_name": fields["raw_author_name"]}, "institutions": [], **fields}


ADA, JOSE, WEI = ["Byron", "Ada", ""], ["León", "José", "Jr."], ["Zhang", "Wei", ""]
CROWD = [["Crowd" + chr(97 + n // 26) + chr(97 + n % 26), f"{chr(65 + n % 26)}.", ""] for n in range(MANY)]

PAPERS = [
    # Both sources give the published DOI.
    paper("2103.00001", [ADA, JOSE, WEI], doi="10.1234/WEAVE.1", comments="Code: https://github.com/ada/engine."),
    # OpenAlex has arXiv's own DOI, and one ORCID iD on two names.
    paper("2103.00002", [ADA, ["Babbage", "C.", ""]], day="2"),
    # OpenAlex has another DOI, but the address of the copy in arXiv.
    paper("2103.00003", [["Jacquard", "Joseph Marie", ""]], categories="cs.DB"),
    # OpenAlex has neither; title and byline agree.
    paper("2103.00004", [ADA, ["Menabrea", "Luigi Federico", ""]], day="2"),
    # The DOI is mistyped: it is that of quite another work.
    paper("2103.00005", [["Somerville", "Mary", ""]], doi="10.1234/other"),
    # A byline that OpenAlex cuts.
    paper("2103.00006", CROWD, day="2"),
    # Groups, one of them in brackets after a person.
    paper(
        "2103.00007",
        [],
        authors="The Lovelace Collaboration, Ada Byron, Charles Babbage (for the Engine Collaboration)",
    ),
    paper(
        "2103.00008",
        [["Babbage", "Charles", ""]],
        day="3",
        comments="This paper has been withdrawn by the author",
        versions=[
            {"version": "v1", "created": "Wed, 3 Mar 2021 09:30:00 GMT"},
            {"version": "v2", "created": "Fri, 5 Mar 2021 10:00:00 GMT"},
        ],
    ),
    paper("2103.00009", [["O'Brien; DELETE FROM staging.mentions", "D'Arcy", ""]], day="3"),
    # No title: the only rule of arXiv's records that is broken here.
    paper("2103.00010", [ADA], title=" ", day="3"),
]

WORKS = [
    work(
        101,
        TITLES["2103.00001"],
        [
            {
                "raw_author_name": "Ada Byron",
                "raw_orcid": f"https://orcid.org/{ORCID_ADA}",
                "author": {"id": "https://openalex.org/A5000000001", "display_name": "Ada Byron"},
                "raw_affiliation_strings": ["University of London"],
                "institutions": [
                    {
                        "id": "https://openalex.org/I1",
                        "display_name": "University of London",
                        "ror": "https://ror.org/1",
                    },
                    {"id": None, "display_name": "A place without an id"},
                ],
            },
            {"raw_author_name": "León, J.", "institutions": [{"id": "https://openalex.org/I2"}]},
            "W. Zhang",
        ],
        doi="https://doi.org/10.1234/weave.1",
        referenced_works=["https://openalex.org/W102", "https://openalex.org/W999"],
    ),
    work(
        102,
        TITLES["2103.00002"],
        [
            {"raw_author_name": "Ada Byron", "raw_orcid": ORCID_TWICE},
            {"raw_author_name": "Charles Babbage", "raw_orcid": ORCID_TWICE},
        ],
        doi="https://doi.org/10.48550/arXiv.2103.00002",
    ),
    work(
        103,
        TITLES["2103.00003"],
        ["J. M. Jacquard"],
        doi="https://doi.org/10.9999/cards",
        locations=[in_arxiv("http://arxiv.org/abs/2103.00003")],
    ),
    work(104, TITLES["2103.00004"].upper() + ".", ["L. F. Menabrea", "Ada Byron"]),
    work(105, "On the connexion of the physical sciences", ["Isaac Newton"], doi="https://doi.org/10.1234/other"),
    work(
        106,
        TITLES["2103.00006"],
        [f"{given} {family}" for family, given, _ in CROWD[:100]],
        doi="https://doi.org/10.48550/arXiv.2103.00006",
        is_authors_truncated=True,
    ),
    # No title: rejected.
    work(107, "", ["Nobody Special"]),
    # On arXiv by its address, by its title and byline a different paper.
    work(108, "A cookery book", ["Isabella Beeton"], locations=[in_arxiv("https://arxiv.org/abs/2103.00009")]),
]

AUTHORS = [
    {
        "id": "https://openalex.org/A5000000001",
        "display_name": "Ada Byron",
        "orcid": f"https://orcid.org/{ORCID_ADA}",
        "works_count": 3,
        "last_known_institutions": [{"id": "https://openalex.org/I1"}],
    }
]
INSTITUTIONS = [
    {
        "id": "https://openalex.org/I1",
        "display_name": "University of London",
        "ror": "https://ror.org/04cw6st05",
        "country_code": "GB",
        "type": "education",
    },
    {"id": "https://openalex.org/I2", "display_name": "Real Academia", "ror": None, "country_code": "ES"},
]


def json_lines(objects: list[dict[str, Any]]) -> bytes:
    """Objects one a line."""
    return "".join(json.dumps(item) + "\n" for item in objects).encode()


def write_world(folder: Path, *, papers: list[dict[str, Any]] | None = None) -> Path:
    """Write the small world as a replica's data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "arxiv.jsonl").write_bytes(json_lines(PAPERS if papers is None else papers))
    (folder / "openalex_works.jsonl").write_bytes(json_lines(WORKS))
    (folder / "openalex_authors.jsonl").write_bytes(json_lines(AUTHORS))
    (folder / "openalex_institutions.jsonl").write_bytes(json_lines(INSTITUTIONS))
    return folder
