"""OpenAlex objects of one kind, indexed for look-up and filtering.

Belongs here: reading a file of objects, ids, indexes, walking dotted paths. What a filter means is in
`selection`. An object's rank is its place in the default order of the API; every list of ranks is ascending.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.replica.entities import Kind
from pipeline.replica.lines import JsonLines, ReplicaDataError
from pipeline.replica.words import words

_ADDRESSES = (
    "https://openalex.org/",
    "http://openalex.org/",
    "https://doi.org/",
    "http://doi.org/",
    "http://dx.doi.org/",
    "https://dx.doi.org/",
    "https://orcid.org/",
    "http://orcid.org/",
    "https://ror.org/",
    "https://pubmed.ncbi.nlm.nih.gov/",
    "https://www.ncbi.nlm.nih.gov/pmc/articles/",
    "https://www.wikidata.org/wiki/",
)
_HOSTS = {"doi": "doi.org/", "orcid": "orcid.org/", "ror": "ror.org/", "wikidata": "wikidata.org/"}
"""Alias of a singleton -> what an address of that kind contains."""

_PATH_SAMPLE = 1_000
"""Objects whose paths tell which dotted filters exist: the first ones of the file."""
_MAX_PATH_DEPTH = 8

_Posting = dict[str, list[int]]


class Store:
    """Every object of a kind once, in default order: `kind.order` falling, ties by id.

    Of two lines with one id the one with the later `updated_date` is served, of equal ones the later line.

    Args:
        folder: Holds `openalex_<kind>.jsonl` or the same gzipped; a missing file means no objects.
        kind: What they are.

    Attributes:
        postings: Indexed path -> value as `normal` gives it -> ranks.
        words: Indexed path -> word -> ranks.
        paths: Dotted paths that occur.
        unlisted: Ranks of the objects that lists leave out: works of the expansion, authors without works.

    Raises:
        ReplicaDataError: A line is not a JSON object or has no id.
    """

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.kind = kind
        self.paths: set[str] = set()
        self._lines = JsonLines(folder, f"openalex_{kind.name}.jsonl")
        postings: dict[str, _Posting] = {path: defaultdict(list) for path in kind.indexed}
        indexed_words: dict[str, _Posting] = {path: defaultdict(list) for path in kind.worded}
        days: dict[int, str] = {}
        unlisted: list[int] = []
        newest: dict[str, tuple[str, float, int]] = {}
        for position, item in enumerate(self._lines):
            self._note(newest, item, position)
            _post(postings, item, position)
            _post_words(indexed_words, item, position)
            if isinstance(item.get("publication_date"), str):
                days[position] = item["publication_date"]
            if _is_unlisted(item, kind):
                unlisted.append(position)
            if position < _PATH_SAMPLE:
                self.paths.update(_paths(item, "", 0))
        served = sorted(newest.items(), key=lambda pair: (-pair[1][1], pair[0]))
        self._order = array("Q", (position for _, (_, _, position) in served))
        self._rank_of = {identifier: rank for rank, (identifier, _) in enumerate(served)}
        ranks = {position: rank for rank, position in enumerate(self._order)}
        self.postings = {path: _ranked(posting, ranks) for path, posting in postings.items()}
        self.words = {path: _ranked(posting, ranks) for path, posting in indexed_words.items()}
        self.unlisted = frozenset(ranks[position] for position in unlisted if position in ranks)
        dated = sorted((day, ranks[position]) for position, day in days.items() if position in ranks)
        self._days = [day for day, _ in dated]
        self._ranks_by_day = [rank for _, rank in dated]

    def __len__(self) -> int:
        """How many objects there are."""
        return len(self._order)

    def __getitem__(self, rank: int) -> dict[str, Any]:
        """The object of a rank; callers must not change it."""
        return self._lines[self._order[rank]]

    def find(self, identifier: str) -> dict[str, Any] | None:
        """The object of an OpenAlex id or of another (`doi:`, `orcid:`, `ror:`), short or as an address."""
        text = identifier.strip()
        prefix, colon, rest = text.partition(":")
        alias = prefix.casefold() if colon and prefix.casefold() in self.kind.aliases else None
        if alias is None:
            lowered = text.casefold()
            hosts = (name for name, host in _HOSTS.items() if lowered.startswith("http") and host in lowered)
            alias, rest = next((name for name in hosts if name in self.kind.aliases), None), text
        if alias is None:
            rank = self._rank_of.get(normal(text))
        else:
            rank = next(iter(self.postings[self.kind.aliases[alias]].get(normal(rest), ())), None)
        return None if rank is None else self[rank]

    def published_between(self, first: str, last: str) -> list[int]:
        """Ranks of the works whose publication day is within the two ISO days, both included; any order."""
        return self._ranks_by_day[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def close(self) -> None:
        """Let the file go."""
        self._lines.close()

    def _note(self, newest: dict[str, tuple[str, float, int]], item: dict[str, Any], position: int) -> None:
        identifier = item.get("id")
        if not isinstance(identifier, str) or not identifier:
            raise ReplicaDataError(f"{self._lines.where(position)} has no OpenAlex id; give it an `id`.")
        updated = str(item.get("updated_date") or "")
        held = newest.get(normal(identifier))
        if held is None or held[0] <= updated:
            size = item.get(self.kind.order)
            newest[normal(identifier)] = (
                updated,
                float(size) if isinstance(size, int | float) else 0.0,
                position,
            )


def leaves(item: Any, path: str) -> Iterator[Any]:
    """Values at a dotted path, through every list on the way; null and empty values are left out.

    An inverted abstract is one text, its words in the order of the index and not of the abstract.
    """
    for value in _walk(item, path.split(".")):
        if path == "abstract_inverted_index" and isinstance(value, dict):
            yield " ".join(value)
        elif value not in (None, "", [], {}):
            yield value


def normal(value: Any) -> str:
    """A value as filters compare it: lower case, without the address before an id."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip().casefold()
    for address in _ADDRESSES:
        if text.startswith(address):
            text = text[len(address) :]
            return text.rpartition("/")[2] if address.endswith("openalex.org/") else text
    return text


def _walk(value: Any, parts: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _walk(element, parts)
    elif not parts:
        yield value
    elif isinstance(value, dict):
        yield from _walk(value.get(parts[0]), parts[1:])


def _is_unlisted(item: dict[str, Any], kind: Kind) -> bool:
    return item.get("is_xpac") is True or (kind.name == "authors" and item.get("works_count") == 0)


def _post(postings: dict[str, _Posting], item: dict[str, Any], position: int) -> None:
    for path, posting in postings.items():
        for value in {normal(leaf) for leaf in leaves(item, path)}:
            posting[value].append(position)


def _post_words(postings: dict[str, _Posting], item: dict[str, Any], position: int) -> None:
    for path, posting in postings.items():
        for word in {word for leaf in leaves(item, path) for word in words(str(leaf))}:
            posting[word].append(position)


def _ranked(posting: _Posting, ranks: dict[int, int]) -> _Posting:
    """The same index by rank; lines that are not served fall out."""
    return {
        value: sorted(ranks[position] for position in positions if position in ranks)
        for value, positions in posting.items()
    }


def _paths(value: Any, prefix: str, depth: int) -> Iterator[str]:
    if isinstance(value, list):
        for element in value[:3]:
            yield from _paths(element, prefix, depth)
    elif isinstance(value, dict) and depth < _MAX_PATH_DEPTH and not prefix.startswith("abstract_inverted_index"):
        for name, inner in value.items():
            path = f"{prefix}.{name}" if prefix else name
            yield path
            yield from _paths(inner, path, depth + 1)
