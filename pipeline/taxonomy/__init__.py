"""arXiv's subject categories: what a code such as `cs.LG` is called and where it belongs.

Here: the table `taxonomy.csv` beside this module and look-ups in it. Not here: OpenAlex topics, which carry
their own names.

`taxonomy.csv` has one row per category or archive that arXiv has ever filed papers under (arXiv category
taxonomy, https://arxiv.org/category_taxonomy, and its archive list), sorted by code: `code`, `name`,
`archive`, `group`, and `current_code`, the category that now holds what an archive that was closed held,
or the canonical one of two codes for one category (`math.MP` is `math-ph`); empty when the code stands for
itself.
"""

import csv
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Category", "categories", "category", "current_code"]


class Category(NamedTuple):
    """A subject category of arXiv.

    Attributes:
        code: As arXiv writes it, such as `cs.LG`, `hep-ph` or the closed `alg-geom`. name: The subject in
        words, "Machine Learning". Not unique: `stat.ML` is called the same. archive: The part of the code
        before the dot. group: One of arXiv's eight groups, "Computer Science"; the archive when the code
        is unknown. current_code: The code that stands for the category today; `code` itself unless it is
        closed or an alias.
    """

    code: str
    name: str
    archive: str
    group: str
    current_code: str


@cache
def categories() -> "Mapping[str, Category]":
    """Return every known category by its code, sorted by code."""
    lines = files(__name__).joinpath("taxonomy.csv").read_text(encoding="utf-8").splitlines()
    rows = (
        Category(row["code"], row["name"], row["archive"], row["group"], row["current_code"] or row["code"])
        for row in csv.DictReader(lines)
    )
    return MappingProxyType({row.code: row for row in rows})


def category(code: str) -> Category:
    """Return the category of `code`; of an unknown one, a category named by the code itself."""
    known = categories().get(code)
    if known is not None:
        return known
    archive = code.partition(".")[0]
    parent = categories().get(archive)
    return Category(code, code, archive, parent.group if parent else archive, code)


def current_code(code: str) -> str:
    """Return where arXiv files today what it filed under `code`: `alg-geom` gives `math.AG`."""
    return category(code).current_code
