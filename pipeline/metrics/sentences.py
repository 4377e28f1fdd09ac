"""How a trust reason is worded: one plain sentence from the numbers, by rule.

What belongs here: the wording. What does not: which numbers count (`trust`), any name of a person, a work or
a source. Sentences are expressions over the wide rows of `trust` (`<component>_x`, `<component>_loaded`,
`claim`, the two ORCID counts, `is_person`), so millions of rows are worded at once.
"""

from typing import Final

import polars as pl

_NOT_A_PERSON: Final = "This name stands for a group or a gap, not for a person, so nothing is counted."
_IN_PART: Final = ", long bylines and unsure names counting in part."

_CLAIMS: Final = {
    "none": "Nobody has claimed this record.",
    "pending": "A claim on this record waits for review and does not count yet.",
    "rejected": "A claim on this record was rejected.",
    "approved": "The person's claim on this record was approved.",
    "approved_email": "The person's claim on this record was approved by institutional e-mail.",
    "orcid_authenticated": "The person claimed this record while signed in to ORCID.",
}

_NONE: Final = {
    "affiliation": "No confirmed work names an institution for this person.",
    "sources": "No second, independent source confirms a work of this person.",
    "citations": "No confirmed work by other people cites a work of this person.",
    "works": "No work counts for this person.",
    "history": "The works do not spread over time, or their dates are unknown.",
    "ties": "No co-author has an established tie with this person.",
    "conflict_discount": "There is no open conflict about who this is.",
}

_NOT_LOADED: Final = {
    "claim": "Claims were not loaded.",
    "orcid": "No source that carries ORCID iDs was loaded.",
    "affiliation": "No source that carries institutions was loaded.",
    "sources": "No second source was loaded.",
    "citations": "No source that carries references was loaded.",
    "works": "Works were not loaded.",
    "history": "Dates of works were not loaded.",
    "ties": "Collaborators were not worked out.",
    "conflict_discount": "Conflicts were not looked for.",
}


def sentence(component: str) -> pl.Expr:
    """The sentence of a component, never null."""
    if component == "claim":
        counted = pl.col("claim").replace_strict(_CLAIMS, return_dtype=pl.String)
    elif component == "orcid":
        counted = _orcid()
    else:
        x = pl.col(f"{component}_x")
        found = _discount(x) if component == "conflict_discount" else _found(component, x)
        counted = pl.when(x > 0).then(found).otherwise(pl.lit(_NONE[component]))
    return (
        pl.when(~pl.col("is_person"))
        .then(pl.lit(_NOT_A_PERSON))
        .when(~pl.col(f"{component}_loaded"))
        .then(pl.lit(_NOT_LOADED[component]))
        .otherwise(counted)
    )


def _found(component: str, x: pl.Expr) -> pl.Expr:
    """The sentence of a component with x > 0."""
    works = _counted(x, "work", "works")
    match component:
        case "affiliation":
            return pl.format(
                "{} confirmed by a second source {} an institution for this person.", works, _verb(x, "name")
            )
        case "sources":
            return _weighted(x, pl.format("A second, independent source confirms {}", works))
        case "citations":
            is_cited = pl.format("{} {} cited by confirmed works of other people", works, _plural(x, "is", "are"))
            return _weighted(x, is_cited)
        case "works":
            return _weighted(x, pl.format("{} {} this person as an author", works, _verb(x, "list")))
        case "history":
            return pl.format("First and last work lie {} apart.", _counted(x, "year", "years"))
        case _:
            people = _counted(x, "co-author", "co-authors")
            return pl.format("{} {} an established tie with this person.", people, _plural(x, "has", "have"))


def _discount(x: pl.Expr) -> pl.Expr:
    """The sentence of x > 0 open conflicts."""
    conflicts = _counted(x, "open conflict", "open conflicts")
    leaves = _verb(x, "leave")
    parts = (x + 1).cast(pl.Int64)
    return pl.format("{} about who this is {} only 1 part in {} of the evidence.", conflicts, leaves, parts)


def _orcid() -> pl.Expr:
    supporting, contradicting, net = (
        pl.col("orcid_supporting"),
        pl.col("orcid_contradicting"),
        pl.col("orcid_x"),
    )
    assert_it = pl.format(
        "{} {} this person's ORCID iD", _counted(supporting, "work", "works"), _verb(supporting, "assert")
    )
    counting = pl.when(net > 0).then(pl.format("{}", _number(net))).otherwise(pl.lit("none"))
    contradicted = pl.format(
        "{}, but {} {} another, so {} {}.",
        assert_it,
        contradicting,
        _verb(contradicting, "assert"),
        counting,
        pl.when(net > 1).then(pl.lit("count")).otherwise(pl.lit("counts")),
    )
    only_others = pl.format(
        "No work asserts this person's ORCID iD; {} {} another.",
        _counted(contradicting, "work", "works"),
        _verb(contradicting, "assert"),
    )
    return (
        pl.when((supporting == 0) & (contradicting == 0))
        .then(pl.lit("No work asserts an ORCID iD for this person."))
        .when(supporting == 0)
        .then(only_others)
        .when(contradicting > 0)
        .then(contradicted)
        .otherwise(pl.format("{}.", assert_it))
    )


def _number(x: pl.Expr) -> pl.Expr:
    """A count as printed: to two decimals where it is not whole, never as 0 where there is some."""
    number = x.cast(pl.Float64)
    rounded = number.round(2)
    return (
        pl.when((rounded == 0) & (number != 0))
        .then(pl.lit("less than 0.01"))
        .when(rounded == rounded.floor())
        .then(rounded.cast(pl.Int64).cast(pl.String))
        .otherwise(rounded.cast(pl.String))
    )


def _plural(x: pl.Expr, one: str, many: str) -> pl.Expr:
    """The word that goes with a count as printed."""
    return pl.when(x.cast(pl.Float64).round(2) == 1).then(pl.lit(one)).otherwise(pl.lit(many))


def _verb(x: pl.Expr, verb: str) -> pl.Expr:
    return _plural(x, f"{verb}s", verb)


def _counted(x: pl.Expr, one: str, many: str) -> pl.Expr:
    return pl.format("{} {}", _number(x), _plural(x, one, many))


def _weighted(x: pl.Expr, clause: pl.Expr) -> pl.Expr:
    """End a clause about weighted works, saying so where the weight is no whole number."""
    return clause + pl.when(x == x.floor()).then(pl.lit(".")).otherwise(pl.lit(_IN_PART))
