"""Agreement of `parse_name` with arXiv's own split of printed names into family and given names.

    python benchmarks/name_agreement.py PATH/name_forms.parquet [--examples N] [--limit N]

PATH holds one row per printed name: `as_written` ("Thierry Dudok de Wit") and `key_name_form`, arXiv's
split ("de Wit, Thierry Dudok"). Family and given names agree when their folded forms are equal; a suffix
that arXiv leaves in the family name is not held against it. arXiv's split is a rule, not a truth (last
word, some ten particles), so the rest is sorted by the reason why we differ.
"""

import argparse
import re
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipeline.names import NameKind, ParsedName, alternative_reading, fold, parse_name

_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_CONJUNCTIONS = frozenset({"y", "e", "i"})
_BEHALF = re.compile(r"\b(?:for|on behalf of|representing)\b")
_TITLE = re.compile(r"(?:dr|prof|mr|mrs|ms|shri|sir|a/prof)\b", re.IGNORECASE)
_SUFFIX = re.compile(r"\b(?:jr|sr|j[uú]nior|i{2,3})\b", re.IGNORECASE)
_SLIP = re.compile(r"[^\w\s.,'\-]|[\d_]|^and\b|\band$|et\.? al|^[^\w]|^with |- ", re.IGNORECASE)
_LONGEST_INITIALS = 3


def arxiv_split(key_name_form: str) -> tuple[str, str]:
    """Return arXiv's (family, given), folded, without the suffix."""
    family, *others = (part.strip() for part in key_name_form.split(","))
    words = family.split()
    if len(words) > 1 and words[-1].lower() in _SUFFIXES:
        words.pop()
    return fold(" ".join(words)), fold(others[-1] if others else "")


class Difference(NamedTuple):
    """A name that we and arXiv split in two ways; `family` and `given` are arXiv's, folded."""

    as_written: str
    family: str
    given: str
    ours: ParsedName

    @property
    def extra(self) -> list[str]:
        """The words that our family name has before arXiv's; none when the split differs otherwise."""
        family, given = fold(self.ours.family or ""), fold(self.ours.given or "")
        same = f"{given} {family}".strip() == f"{self.given} {self.family}".strip()
        return family.removesuffix(self.family).split() if same and family.endswith(self.family) else []

    @property
    def last_word(self) -> str:
        """The last word as printed."""
        return self.as_written.split()[-1]


# In order: the first that holds is the reason.
_REASONS: tuple[tuple[str, Callable[[Difference], bool]], ...] = (
    ("group, which arXiv splits or leaves with its article", lambda it: it.ours.kind is NameKind.GROUP),
    ("no name (et al., page counts, lone letters)", lambda it: it.ours.kind is NameKind.PLACEHOLDER),
    ("person with a group, which arXiv takes as one name", lambda it: bool(_BEHALF.search(it.as_written))),
    ("title before the name", lambda it: bool(_TITLE.match(it.as_written))),
    ("two surnames joined by y, e or i", lambda it: not _CONJUNCTIONS.isdisjoint(it.extra)),
    ("particle that arXiv does not know", lambda it: bool(it.extra)),
    ("slip in the print, repaired (TeX, marks, 'and')", lambda it: bool(_SLIP.search(it.as_written))),
    ("suffix", lambda it: bool(_SUFFIX.search(it.as_written))),
    ("two words run together", lambda it: " " not in it.as_written),
    (
        "initials at the end, which arXiv takes for the family name",
        lambda it: len(it.last_word) <= _LONGEST_INITIALS and (it.last_word.isupper() or it.last_word[-1] == "."),
    ),
    (
        "family name first (capitals, Vietnamese, patronymic)",
        lambda it: fold(it.ours.family or "").split()[0] == fold(it.as_written.split()[0]),
    ),
)


def reason(difference: Difference) -> str:
    """Name the first reason that holds."""
    return next((why for why, holds in _REASONS if holds(difference)), "unexplained")


def differences(rows: pl.DataFrame) -> list[Difference]:
    """Return the names of `rows` (`as_written`, `key_name_form`) that we split otherwise, in their order."""
    found = []
    for as_written, key_name_form in rows.select("as_written", "key_name_form").iter_rows():
        family, given = arxiv_split(key_name_form)
        ours = parse_name(as_written)
        if (fold(ours.family or ""), fold(ours.given or "")) != (family, given):
            found.append(Difference(as_written, family, given, ours))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--examples", type=int, default=3, help="shown for every reason")
    parser.add_argument("--limit", type=int, default=None, help="rows to read, from the top")
    arguments = parser.parse_args()
    rows = pl.scan_parquet(arguments.path).select("as_written", "key_name_form").collect()
    rows = rows.head(arguments.limit) if arguments.limit else rows

    began = time.perf_counter()
    parsed = [parse_name(name) for name in rows["as_written"]]
    seconds = time.perf_counter() - began
    found = differences(rows)
    by_reason: dict[str, list[Difference]] = defaultdict(list)
    for difference in found:
        by_reason[reason(difference)].append(difference)
    ambiguous = sum(alternative_reading(name) is not None for name in parsed)

    total = rows.height
    explained = len(found) - len(by_reason["unexplained"])
    print(f"{total:,} names, {seconds / total * 1e6:.1f} microseconds each")
    print(f"agree     {total - len(found):>7,}  {1 - len(found) / total:.3%}")
    print(f"explained {explained:>7,}  {explained / total:.3%}")
    print(f"of all, {ambiguous:,} print an East Asian surname first and nothing that tells the order")
    for why, group in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"  {len(group):>5}  {why}")
        for it in group[: arguments.examples]:
            print(f"           {it.as_written!r}: arXiv {it.family!r} + {it.given!r}, ours {it.ours.inverted!r}")


if __name__ == "__main__":
    main()
