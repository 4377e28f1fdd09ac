"""arXiv's groups, archives and categories, as OAI-PMH sets.

Belongs here: which set a category is in and what sets exist. Source: https://arxiv.org/category_taxonomy and
the set rules of arXiv's own server (github arXiv/oaipmh): `group[:archive[:CATEGORY]]`, for example
`cs:cs:AI` and `physics:hep-lat`.
"""

from collections.abc import Iterable
from functools import cache

from pipeline.taxonomy import categories

_GROUPS = {
    "physics": "Physics",
    "math": "Mathematics",
    "q-bio": "Quantitative Biology",
    "cs": "Computer Science",
    "q-fin": "Quantitative Finance",
    "stat": "Statistics",
    "eess": "Electrical Engineering and Systems Science",
    "econ": "Economics",
}
_ARCHIVES = {
    "astro-ph": "Astrophysics",
    "cond-mat": "Condensed Matter",
    "nlin": "Nonlinear Sciences",
    "physics": "Physics",
}
"""Archives that are neither a group of the same name nor a category of the same name, and so need a name
here."""

_GROUP_OF_OLD_ARCHIVE = {
    "alg-geom": "math",
    "dg-ga": "math",
    "funct-an": "math",
    "q-alg": "math",
    "cmp-lg": "cs",
}
_CLOSED = frozenset(
    [
        "acc-phys",
        "adap-org",
        "alg-geom",
        "ao-sci",
        "atom-ph",
        "bayes-an",
        "chao-dyn",
        "chem-ph",
        "cmp-lg",
        "comp-gas",
        "dg-ga",
        "funct-an",
        "mtrl-th",
        "patt-sol",
        "plasm-ph",
        "q-alg",
        "solv-int",
        "supr-con",
    ]
)
"""Archives that other categories took over; old papers still carry them, harvesters cannot ask for them."""


def category_name(code: str) -> str:
    """A category's English name; an unknown code is its own name."""
    return _names().get(code, code)


def sets_of(categories: Iterable[str]) -> list[str]:
    """The sets a paper is in, one per known category, in the order of its categories."""
    return [_set_of(code) for code in categories if code in _names()]


@cache
def sets() -> dict[str, str]:
    """Every set that can be asked for, groups first, and its name."""
    active = [code for code in _names() if code not in _CLOSED]
    archives = {code.partition(".")[0]: None for code in active}
    return {
        **_GROUPS,
        **{
            f"{_group_of(name)}:{name}": _ARCHIVES.get(name) or _GROUPS.get(name) or category_name(name)
            for name in archives
        },
        **{_set_of(code): category_name(code) for code in active if "." in code},
    }


def known_set(spec: str) -> bool:
    """Whether a set can be asked for."""
    return spec in sets()


def _set_of(code: str) -> str:
    archive = code.partition(".")[0]
    return f"{_group_of(archive)}:{code.replace('.', ':')}"


def _group_of(archive: str) -> str:
    return archive if archive in _GROUPS else _GROUP_OF_OLD_ARCHIVE.get(archive, "physics")


@cache
def _names() -> dict[str, str]:
    return {code: category.name for code, category in categories().items()}
