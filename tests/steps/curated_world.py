"""A few papers of people whom a curator has something to say about, as both sources tell of them.

Zébulon Quarrington is now Zoe Marlowe, and either name stands wherever a source can print one. The second world has
two people of one name. Nobody in it is real.
"""

from typing import Any

from .small_world import paper, work

ORCID_ZOE = "0000-0002-1825-0097"
OLD_NAME = "Zébulon Quarrington"
NEW_NAME = "Zoe Marlowe"
OLD_WORDS = ("zebulon", "quarrington")
"""Folded words that stand in no other name, title or id of the first world."""

OLD, NEW = ["Quarrington", "Zebulon", ""], ["Marlowe", "Zoe", ""]
FRIEND, OTHER = ["Okonkwo", "Adaeze", ""], ["Lindqvist", "Per", ""]
PROFILE = "https://openalex.org/A5000000077"


def signed(name: str, **fields: Any) -> dict[str, Any]:
    """An authorship under the old iD and profile of the person with two names."""
    return {
        "raw_author_name": name,
        "raw_orcid": f"https://orcid.org/{ORCID_ZOE}",
        "author": {"id": PROFILE, "display_name": OLD_NAME},
        **fields,
    }


PAPERS = [
    paper(
        "2103.10001",
        [OLD, FRIEND],
        title="Gears that never slip",
        submitter=OLD_NAME,
        abstract="Notes on gears.\n",
        comments="PhD thesis of Zebulon Quarrington, 90 pages",
    ),
    paper(
        "2103.10002",
        [FRIEND, NEW],
        title="Gears that sometimes slip",
        abstract="As Z\\'ebulon Quarrington's thesis showed, gears slip.\n",
        day="2",
    ),
    paper("2103.10003", [NEW, OTHER], title="Slipping considered useful", day="3"),
    paper(
        "2103.10004",
        [OTHER],
        title="A reply to a remark on gears",
        abstract="We reply to (Quarrington, Zebulon) and to ZEBULON  QUARRINGTON.\n",
        day="3",
    ),
    paper("2103.10006", [OLD, OTHER], title="Gears in the dark", day="2"),
    paper("2103.10007", [NEW], title="Gears in the light", day="2"),
    # No title: rejected, with the name in two fields and in an escaped form.
    paper("2103.10005", [["Quarrington", "Z\\'ebulon", ""]], title=" ", day="3"),
]
WORKS = [
    work(
        201,
        "Gears that never slip",
        [signed("Quarrington, Zébulon", raw_affiliation_strings=["Quarrington Zebulon Laboratory"]), "A. Okonkwo"],
        doi="https://doi.org/10.48550/arXiv.2103.10001",
    ),
    # OpenAlex prints the old name where arXiv has the new one.
    work(202, "Gears that sometimes slip", ["Adaeze Okonkwo", signed(OLD_NAME)],
         doi="https://doi.org/10.48550/arXiv.2103.10002"),
    work(203, "Slipping considered useful", ["Z. Marlowe", "Per Lindqvist"],
         doi="https://doi.org/10.48550/arXiv.2103.10003"),
]  # fmt: skip
AUTHORS = [
    {
        "id": PROFILE,
        "display_name": OLD_NAME,
        "display_name_alternatives": ["Z. Marlowe", "Zebulon Quarrington", "Quarrington Zebulon"],
        "orcid": None,
        "works_count": 3,
        "last_known_institutions": [],
    }
]

NAMESAKE = ["Castellan", "Noor", ""]
NAMESAKES = [
    paper("2103.20001", [NAMESAKE, FRIEND], title="Looms and their keepers", categories="cs.DB"),
    paper("2103.20002", [NAMESAKE, OTHER], title="Coral reefs in winter light", categories="q-bio.PE", day="2"),
    paper(
        "2103.20003", [["Castellan", "Nora", ""], FRIEND], title="Looms without keepers", categories="cs.DB", day="3"
    ),
]
"""The first is hidden, the second is another person; the third is the first under the name to show."""
