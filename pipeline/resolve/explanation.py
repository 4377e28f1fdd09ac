"""Why two mentions are, or are not, one person: every comparison with its bits, and what decided.

What belongs here: one pair -> a waterfall that adds up, with the raw values that were compared. What does not:
deciding anything.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.resolve.comparisons import LEVELS, compare
from pipeline.resolve.constraints import ORCID_SAME
from pipeline.resolve.evidence import Evidence, read_evidence
from pipeline.resolve.inputs import ResolverInput, checked_input
from pipeline.resolve.model import Model, shipped_model
from pipeline.resolve.name_levels import NameLevel
from pipeline.resolve.pairs import pair_space
from pipeline.resolve.schemas import COMPARISONS, ResolverInputError

LongArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the waterfall.

    Attributes:
        comparison: One of `schemas.COMPARISONS`.
        level: The level reached; None where evidence is missing on a side.
        bits: What it adds to the match weight; 0 where missing.
        left, right: What the two sides have, as text; None where nothing is known.
        shared: What both have, rarest first, where that makes sense.
    """

    comparison: str
    level: str | None
    bits: float
    left: str | None = None
    right: str | None = None
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two mentions are one person or two.

    Attributes:
        mention_id_l, mention_id_r: The mentions, in the order asked.
        reasons: The waterfall, in the order of `schemas.COMPARISONS`; bits add up to match_weight.
        match_weight: Bits, log2 odds of one person from this pair alone.
        constraint: The rule that overrules the weight: `correction: same`, `correction: different`,
            `same work`, `not a person's name`, `other block`, `impossible name`, `orcid`, or None.
        decided_by: `correction`, `same work`, `name`, `orcid`, `score`, or `others` when the two are in one
            cluster (or apart) against their own weight because of their other mentions.
        same_author: Whether the run put them together; None when no clusters were given.
    """

    mention_id_l: str
    mention_id_r: str
    reasons: tuple[Reason, ...]
    match_weight: float
    constraint: str | None
    decided_by: str
    same_author: bool | None


def explain(
    mentions: pa.Table,
    works: pa.Table,
    mention_id_l: str,
    mention_id_r: str,
    *,
    corrections: pa.Table | None = None,
    clusters: pa.Table | None = None,
    model: Model | None = None,
) -> Explanation:
    """Explain a pair of mentions.

    Args:
        mentions: Any table that holds the two mentions; only they are read, so this is quick on any corpus.
        works: Any table that holds their works.
        mention_id_l: A mention.
        mention_id_r: Another one.
        corrections: `schemas.CORRECTIONS`.
        clusters: The run's `schemas.CLUSTERS`, to tell what became of the two.
        model: Weights; the shipped ones when left out.

    Raises:
        ResolverInputError: a mention is not in `mentions`, or both are the same one.
    """
    model = model or shipped_model()
    if mention_id_l == mention_id_r:
        raise ResolverInputError(f"mention {mention_id_l!r} cannot be compared with itself; name two mentions.")
    source = _pair_input(mentions, works, (mention_id_l, mention_id_r), corrections)
    evidence = read_evidence(source, model.counts, model.topics)
    rows = source.mentions["mention_id"].to_list()
    order = np.array([rows.index(mention_id_l), rows.index(mention_id_r)], dtype=np.int64)
    compared = compare(evidence, order, pair_space(np.array([2])))
    reasons = tuple(
        _reason(comparison, int(compared.levels[comparison][0]), model, _values(comparison, source, evidence, order))
        if comparison != "prior"
        else Reason("prior", None, float(np.float32(model.prior)))
        for comparison in COMPARISONS
    )
    constraint = _constraint(source, evidence, order, int(compared.levels["name"][0]), int(compared.levels["orcid"][0]))
    weight = float(sum(reason.bits for reason in reasons))
    same_author = _same_author(clusters, mention_id_l, mention_id_r)
    return Explanation(
        mention_id_l=mention_id_l,
        mention_id_r=mention_id_r,
        reasons=reasons,
        match_weight=weight,
        constraint=constraint,
        decided_by=_decided_by(constraint, weight, model, same_author=same_author),
        same_author=same_author,
    )


def _pair_input(
    mentions: pa.Table, works: pa.Table, wanted: tuple[str, str], corrections: pa.Table | None
) -> ResolverInput:
    """Keep the two mentions and their works."""
    if "mention_id" not in mentions.column_names:
        raise ResolverInputError("mentions has no column 'mention_id'.")
    kept = _only(mentions, "mention_id", list(wanted))
    for mention_id in wanted:
        if mention_id not in kept["mention_id"].to_pylist():
            raise ResolverInputError(f"mention {mention_id!r} is not in mentions; check the id.")
    if "work_id" not in works.column_names or "work_id" not in kept.column_names:
        raise ResolverInputError("mentions and works need the column 'work_id'.")
    return checked_input(kept, _only(works, "work_id", kept["work_id"].to_pylist()), corrections)


def _only(table: pa.Table, column: str, values: list[str]) -> pa.Table:
    """The rows whose column holds one of the values."""
    frame = pl.DataFrame(table.select([column]))
    rows = frame.with_row_index("row").filter(pl.col(column).cast(pl.String).is_in(values))["row"]
    return table.take(rows.to_list())


def _constraint(source: ResolverInput, evidence: Evidence, order: LongArray, name: int, orcid: int) -> str | None:
    """The rule that overrules the weight, by the order of precedence of `constraints`."""
    if source.different or source.same:
        return "correction: different" if source.different else "correction: same"
    work, block = evidence.work[order], evidence.block[order]
    if work[0] == work[1]:
        return "same work"
    if (block < 0).any():
        return "not a person's name"
    if block[0] == block[1]:
        possible = {ORCID_SAME: "orcid"}.get(orcid)
        return "impossible name" if name == NameLevel.IMPOSSIBLE else possible
    if name != NameLevel.IMPOSSIBLE and orcid == ORCID_SAME:
        return "orcid"
    family = evidence.names.family[evidence.name[order]]
    return None if name == NameLevel.NEAR and family[0] == family[1] else "other block"


def _decided_by(constraint: str | None, weight: float, model: Model, *, same_author: bool | None) -> str:
    decided = {
        "correction: different": "correction",
        "correction: same": "correction",
        "same work": "same work",
        "not a person's name": "name",
        "impossible name": "name",
        "other block": "name",
        "orcid": "orcid",
        None: "score",
    }[constraint]
    expected = (constraint in {"correction: same", "orcid"}) if constraint else weight >= model.threshold
    return decided if same_author is None or same_author == expected else "others"


def _same_author(clusters: pa.Table | None, left: str, right: str) -> bool | None:
    if clusters is None:
        return None
    rows = _only(clusters, "mention_id", [left, right])
    author = dict(zip(rows["mention_id"].to_pylist(), rows["author_id"].to_pylist(), strict=True))
    if left not in author or right not in author:
        return None
    return bool(author[left] == author[right])


def _reason(
    comparison: str, level: int, model: Model, values: tuple[str | None, str | None, tuple[str, ...]]
) -> Reason:
    label = LEVELS[comparison][level - 1] if level else None
    return Reason(comparison, label, float(model.weights[comparison][level]), *values)


def _values(
    comparison: str, source: ResolverInput, evidence: Evidence, order: LongArray
) -> tuple[str | None, str | None, tuple[str, ...]]:
    """What was compared, as text."""
    people = [source.mentions.row(int(row), named=True) for row in order]
    works = [source.works.row(int(evidence.work[row]), named=True) for row in order]
    if comparison in {"name", "rarity"}:
        return people[0]["name"], people[1]["name"], ()
    if comparison in {"affiliation", "email", "orcid"}:
        return people[0][comparison], people[1][comparison], ()
    if comparison == "coauthors":
        return (
            _count(works[0]["authors"], "name"),
            _count(works[1]["authors"], "name"),
            _shared_names(evidence, order),
        )
    if comparison in {"keywords", "categories", "references"}:
        left, right = ({v.strip().lower() for v in work[comparison] or [] if v} for work in works)
        return (
            _count(works[0][comparison], "entry"),
            _count(works[1][comparison], "entry"),
            tuple(sorted(left & right)),
        )
    if comparison == "topic":
        return None, None, ()
    values = [work[comparison] for work in works]
    texts = [None if value is None else str(value) for value in values]
    return texts[0], texts[1], ()


def _count(values: list[str] | None, noun: str) -> str | None:
    if not values:
        return None
    plural = {"name": "names", "entry": "entries"}[noun]
    return f"{len(values)} {noun if len(values) == 1 else plural}"


def _shared_names(evidence: Evidence, order: LongArray) -> tuple[str, ...]:
    """Family and initial of shared co-authors, rarest first."""
    bags, own = evidence.coauthor_initial, evidence.block[order]
    weight: dict[int, float] = {}
    held: list[set[int]] = []
    for row, work in enumerate(evidence.work[order]):
        span = slice(int(bags.begin[work]), int(bags.begin[work + 1]))
        codes = [int(code) for code in bags.codes[span] if code != own[row]]
        held.append(set(codes))
        weight |= dict(zip(bags.codes[span].tolist(), bags.weights[span].tolist(), strict=True))
    shared = sorted(held[0] & held[1], key=lambda code: (-weight[code], code))
    return tuple(evidence.names.blocks[code].replace("|", ", ") for code in shared)
