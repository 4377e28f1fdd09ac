"""Which papers an arXiv query means, and in which order.

Belongs here: matching a query tree against papers, relevance, sorting. Relevance is counted, not the real
engine's
score: 3 for a term found in the title, 1 elsewhere; ties are newest first, then by id.
"""

import fnmatch
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.replica.accents import decoded
from pipeline.replica.papers import Paper, Papers, authors_of, text_of
from pipeline.replica.query import And, AndNot, Node, Or, Submitted, Term
from pipeline.replica.words import contains_phrase, wanted_words, word_matches, words

_LINE_KEYS = {"ti": "title", "abs": "abstract", "co": "comments", "jr": "journal-ref", "rn": "report-no"}
_TITLE_SCORE = 3


def matching(papers: Papers, tree: Node, among: Sequence[Paper] | None = None) -> list[Paper]:
    """Papers a query means, most relevant first.

    Args:
        papers: Every paper served.
        tree: The parsed query.
        among: Only these are looked at (an `id_list`); none means all.
    """
    candidates = among if among is not None else _candidates(papers, tree)
    scored = [(_score(papers, tree, paper), paper) for paper in candidates]
    found = [(score, paper) for score, paper in scored if score is not None]
    found.sort(key=lambda pair: (-pair[0], -pair[1].submitted_at.timestamp(), pair[1].arxiv_id))
    return [paper for _, paper in found]


def ordered(found: list[Paper], sort_by: str, sort_order: str) -> list[Paper]:
    """The papers sorted as `sortBy` and `sortOrder` say; ties by id, so that pages never overlap."""
    newest_first = sort_order == "descending"
    if sort_by == "relevance":
        return found if newest_first else found[::-1]
    by_id = sorted(found, key=lambda paper: paper.arxiv_id)
    moment = (lambda paper: paper.submitted_at) if sort_by == "submittedDate" else (lambda paper: paper.updated_at)
    return sorted(by_id, key=moment, reverse=newest_first)


def _candidates(papers: Papers, node: Node) -> Sequence[Paper]:
    """Papers that may match, by the indexes: never fewer than match."""
    narrowed = _indexed(papers, node)
    return papers.by_submission if narrowed is None else narrowed


def _indexed(papers: Papers, node: Node) -> Sequence[Paper] | None:
    """A bound by the indexes, or nothing where they know none."""
    bound: Sequence[Paper] | None = None
    match node:
        case Submitted(first, last):
            bound = papers.submitted_between(first, last)
        case Term("cat", text):
            bound = _in_category(papers, text)
        case And(parts):
            known = [each for part in parts if (each := _indexed(papers, part)) is not None]
            bound = min(known, key=len, default=None)
        case AndNot(kept, _):
            bound = _indexed(papers, kept)
        case Or(parts):
            unions = [each for part in parts if (each := _indexed(papers, part)) is not None]
            if len(unions) == len(parts):
                bound = _distinct(paper for union in unions for paper in union)
    return bound


def _in_category(papers: Papers, pattern: str) -> Sequence[Paper]:
    wanted = pattern.casefold()
    if "*" not in wanted and "?" not in wanted:
        return papers.by_category.get(wanted, [])
    names = sorted(name for name in papers.by_category if _category_matches(name, wanted))
    return _distinct(paper for name in names for paper in papers.by_category[name])


def _distinct(found: Iterable[Paper]) -> list[Paper]:
    return list({paper.arxiv_id: paper for paper in found}.values())


def _score(papers: Papers, node: Node, paper: Paper) -> int | None:
    """How well a paper answers, or nothing when it does not."""
    match node:
        case Submitted(first, last):
            return 0 if first <= paper.submitted_at <= last else None
        case Term(field, text):
            return _term_score(papers, field, text, paper)
        case And(parts):
            return _sum([_score(papers, part, paper) for part in parts], needed=len(parts))
        case Or(parts):
            return _sum([_score(papers, part, paper) for part in parts], needed=1)
        case AndNot(kept, dropped):
            return _score(papers, kept, paper) if _score(papers, dropped, paper) is None else None


def _sum(scores: list[int | None], needed: int) -> int | None:
    given = [score for score in scores if score is not None]
    return sum(given) if len(given) >= needed else None


def _term_score(papers: Papers, field: str, text: str, paper: Paper) -> int | None:
    if field == "cat":
        return 0 if any(_category_matches(name.casefold(), text.casefold()) for name in paper.categories) else None
    if field == "id":
        return 0 if text in {paper.arxiv_id, f"{paper.arxiv_id}v{paper.latest_version}"} else None
    line = papers.line(paper)
    wanted = wanted_words(text)
    if field == "au":
        return 1 if _in_byline(line, wanted) else None
    if field != "all":
        return 1 if contains_phrase(_words_of(line, _LINE_KEYS[field]), wanted) else None
    if contains_phrase(_words_of(line, "title"), wanted):
        return _TITLE_SCORE
    return 1 if _anywhere(line, paper, text, wanted) else None


def _anywhere(line: dict[str, Any], paper: Paper, text: str, wanted: Sequence[str]) -> bool:
    return (
        any(
            contains_phrase(_words_of(line, key), wanted)
            for key in ("abstract", "comments", "journal-ref", "report-no")
        )
        or _in_byline(line, wanted)
        or text.casefold() in {name.casefold() for name in paper.categories}
        or text == paper.arxiv_id
    )


def _words_of(line: dict[str, Any], key: str) -> list[str]:
    return words(decoded(text_of(line, key)))


def _in_byline(line: dict[str, Any], wanted: Sequence[str]) -> bool:
    """Whether one author's name holds every wanted word, a single letter standing for any name it begins."""
    if not wanted:
        return False
    for author in authors_of(line):
        name = words(decoded(author.printed))
        if all(any(_name_matches(part, word) for part in name) for word in wanted):
            return True
    return False


def _name_matches(part: str, wanted: str) -> bool:
    return part.startswith(wanted) if len(wanted) == 1 else word_matches(part, wanted)


def _category_matches(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))
