"""Short forms and spelling variants of given names.

Here: the table `nicknames.csv` (compiled for this project; everyday facts of English, Romance, Germanic,
Slavic, Greek and Arabic names) and two questions to it. Not here: whether two given names agree (`given`).
"""

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files

from pipeline.names.folding import fold

__all__ = ["are_nicknames", "are_variants", "given_name_forms"]


def are_nicknames(a: str, b: str) -> bool:
    """Tell whether folded names are a name and its short form, or short forms of one name ("bob", "rob")."""
    table = _table("nickname")
    return bool(table.get(a, _NONE) & table.get(b, _NONE))


def are_variants(a: str, b: str) -> bool:
    """Tell whether folded names are spellings of one name ("sergei", "serguei")."""
    table = _table("variant")
    return bool(table.get(a, _NONE) & table.get(b, _NONE))


def given_name_forms() -> list[tuple[str, str]]:
    """List (folded form, name it stands for) of all short forms and spellings, sorted; forms of one name agree."""
    return sorted((form, f"{kind} {name}") for kind in _KINDS for form, names in _table(kind).items() for name in names)


_KINDS = ("nickname", "variant")
_NONE: frozenset[str] = frozenset()


@cache
def _table(kind: str) -> dict[str, frozenset[str]]:
    """Folded form -> the formal names it stands for, itself included when it heads a row of `kind`."""
    formals: dict[str, set[str]] = defaultdict(set)
    lines = files("pipeline.names").joinpath("nicknames.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        if row["kind"] == kind:
            for form in (row["formal"], *row["forms"].split()):
                formals[fold(form)].add(row["formal"])
    return {form: frozenset(names) for form, names in formals.items()}
