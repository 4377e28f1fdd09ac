"""Floors and monitors: what the figures of a run must keep to, as asset checks of `resolved.quality`.

What belongs here: bounds with their reasons, and judging figures by them. What does not: measuring
(`pipeline.steps.quality`, `pipeline.steps.monitors`). A check that fails warns and stops nothing: a figure says where
to look, not what is wrong. Where too little is there to be measured, a check passes and says so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import dagster as dg

from pipeline.assets.specs import WRITER_POOL, asset_key
from pipeline.resolve.blocking import WHOLE_BLOCK
from pipeline.resources import WarehouseResource
from pipeline.settings import Settings
from pipeline.steps import quality
from pipeline.steps.monitors import HOT_MENTIONS, HOT_RANK, Culprit, culprits

MEASURED: Final = asset_key("resolved.quality")
"""The asset of the figures, which all checks here are of."""

Figures = Mapping[tuple[str, str, str], float]
"""(gold set, slice, metric) -> value, of one run."""

GOLD_MENTIONS: Final = 200
"""Labelled mentions from which a score is judged: below, ten of them are five hundredths."""

F1_FLOOR: Final = 0.90
"""B-cubed F1 against ORCID iDs. The lowest of the arXiv figures in docs/method.md is .957, in ambiguous blocks alone;
the rest is room for iDs that are wrong on the record, which split 2 to 8% of true pairs."""

F1_DROP: Final = 0.02
"""What a run may lose against the last. The same input gives the same figure: a loss is new input or another model."""

SPLIT_SHARE: Final = 0.05
MERGED_SHARE: Final = 0.05
"""Labelled authors in more than one cluster, and clusters with more than one labelled author. OpenReview's ids of 5,021
mentions in 101,157 arXiv papers, read as ORCID iDs, gave .002 and .015 (and F1 .992)."""

WRITTEN_OUT_NAMES: Final = 6
"""Different written-out names of one author: twice the most (3) among 180,000 authors of 100,000 arXiv papers; a person
prints a hyphen or not, a nickname, two orders, a name before and after marriage."""

BLOCK_SHARE: Final = 0.01
"""Share of the largest block, where it is too large to be compared whole: twice what the commonest family name and
initial have in 100,000 arXiv papers (.005), three times what they have in all of arXiv (.003)."""

CARRIED_MENTIONS: Final = 1_000
"""Mentions carried over from the published file from which shares of them are judged: below, one author is a share."""

CHURN: Final = 0.01
NEWLY_MINTED: Final = 0.01
"""Shares of the carried mentions. Adding 1 to 7% new papers to 1,500 to 60,000 of arXiv gave .0003 and .0001 at most: a
hundredth is another model or lost input, not a day's papers."""


@dataclass(frozen=True)
class Monitor:
    """A figure with a bound.

    Args:
        name: Name of the check.
        says: What holds when it passes, and what it means when not, for people.
        value: Takes the figure from a run's figures; None where there is nothing to measure.
        bound: Value that still passes.
        is_floor: The bound is the least that passes, not the most.
        blames: Metric whose culprits are shown when there are any.
    """

    name: str
    says: str
    value: Callable[[Figures], float | None]
    bound: float = 0
    is_floor: bool = False
    blames: str | None = None

    def result(self, figures: Figures, blamed: list[Culprit]) -> dg.AssetCheckResult:
        """Judge a run's figures."""
        value = self.value(figures)
        metadata: dict[str, Any] = {"least" if self.is_floor else "most": float(self.bound)}
        if value is None:
            metadata["note"] = "nothing to measure"
        else:
            metadata["value"] = value
        if blamed:
            metadata["culprits"] = dg.MetadataValue.table(
                [
                    dg.TableRecord({"id": each.id, "names": "; ".join(each.names) or "(hidden)", "value": each.value})
                    for each in blamed
                ]
            )
        passed = value is None or (value >= self.bound if self.is_floor else value <= self.bound)
        return dg.AssetCheckResult(
            asset_key=MEASURED,
            check_name=self.name,
            passed=passed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata=metadata,
        )


def own(metric: str) -> Callable[[Figures], float | None]:
    """A figure without gold."""
    return lambda figures: figures.get(("self", "all", metric))


def of_carried(metric: str) -> Callable[[Figures], float | None]:
    """A share of the carried mentions, where there are enough."""

    def value(figures: Figures) -> float | None:
        is_enough = figures.get(("self", "all", "carried_mentions"), 0) >= CARRIED_MENTIONS
        return figures.get(("self", "all", metric)) if is_enough else None

    return value


def against_orcids(metric: str, of: str | None = None) -> Callable[[Figures], float | None]:
    """A score against ORCID iDs, or a count as a share of another, where there are enough labelled mentions."""

    def value(figures: Figures) -> float | None:
        found = {name: figures.get(("orcid", "all", name)) for name in ("mentions", metric, of or "mentions")}
        top, base, mentions = found[metric], found[of or "mentions"], found["mentions"]
        if top is None or not base or not mentions or mentions < GOLD_MENTIONS:
            return None
        return top / base if of else top

    return value


def lost_f1(figures: Figures) -> float | None:
    """What B-cubed F1 against ORCID iDs lost since the last run, where both runs had enough labelled mentions."""
    drift, mentions = figures.get(("orcid", "drift", "b3_f1")), figures.get(("orcid", "all", "mentions"), 0)
    fewer = mentions - max(figures.get(("orcid", "drift", "mentions"), 0), 0)
    return -drift if drift is not None and fewer >= GOLD_MENTIONS else None


def largest_share(figures: Figures) -> float | None:
    """The share of the largest block, where it is too large to be compared whole."""
    is_split = figures.get(("self", "all", "largest_block"), 0) > WHOLE_BLOCK
    return figures.get(("self", "all", "largest_block_share")) if is_split else None


MONITORS: Final = (
    Monitor(
        "orcid_f1",
        f"B-cubed F1 against hidden ORCID iDs is at least {F1_FLOOR:.2f}.",
        against_orcids("b3_f1"),
        bound=F1_FLOOR,
        is_floor=True,
    ),
    Monitor(
        "orcid_f1_drop",
        f"B-cubed F1 against hidden ORCID iDs lost at most {F1_DROP:.2f} since the last run.",
        lost_f1,
        bound=F1_DROP,
    ),
    Monitor(
        "orcid_splits",
        f"At most {SPLIT_SHARE:.0%} of the people that ORCID iDs name are in more than one cluster.",
        against_orcids("split_authors", of="authors"),
        bound=SPLIT_SHARE,
    ),
    Monitor(
        "orcid_merges",
        f"At most {MERGED_SHARE:.0%} of the clusters with an ORCID iD hold more than one.",
        against_orcids("merged_clusters", of="clusters"),
        bound=MERGED_SHARE,
    ),
    Monitor(
        "many_names",
        f"No author has more than {WRITTEN_OUT_NAMES} different written-out names; one that absorbs"
        " names is several people.",
        own("written_out_names"),
        bound=WRITTEN_OUT_NAMES,
        blames="written_out_names",
    ),
    Monitor(
        "impossible_names",
        "No author has two names that cannot be one person's, but where a correction or an ORCID iD joined them.",
        own("impossible_names"),
        blames="impossible_names",
    ),
    Monitor(
        "hot_names",
        f"None of the {HOT_RANK:,} most printed names of persons, with {HOT_MENTIONS} mentions or more, looks like"
        " nobody's: a single word, digits, et al., team, unknown.",
        own("hot_names"),
        blames="hot_names",
    ),
    Monitor(
        "largest_block",
        f"The largest block holds at most {BLOCK_SHARE:.0%} of the mentions, or is compared whole.",
        largest_share,
        bound=BLOCK_SHARE,
        blames="largest_block",
    ),
    Monitor(
        "newly_minted",
        f"At most {NEWLY_MINTED:.0%} of the mentions that readers have already got an author id that is new.",
        of_carried("newly_minted"),
        bound=NEWLY_MINTED,
    ),
    Monitor(
        "churn",
        f"At most {CHURN:.0%} of the mentions that readers have already changed their author.",
        of_carried("churn"),
        bound=CHURN,
    ),
)
"""The checks, in the order in which they are shown."""

GOLD_FILES = dg.AssetCheckSpec(
    "gold_files",
    asset=MEASURED,
    description="Every file of labels below the data folder could be measured.",
)


@dg.multi_asset_check(
    specs=[
        *(dg.AssetCheckSpec(each.name, asset=MEASURED, description=each.says) for each in MONITORS),
        GOLD_FILES,
    ],
    name="quality_monitors",
    pool=WRITER_POOL,
)
def quality_monitors(warehouse: WarehouseResource) -> Iterator[dg.AssetCheckResult]:
    """Judge the figures of the last run that was measured."""
    with warehouse.open().write() as con:
        run_id, figures = quality.last_figures(con)
        blamed = {each.name: culprits(con, run_id, each.blames) for each in MONITORS if run_id and each.blames}
    for each in MONITORS:
        yield each.result(figures, blamed.get(each.name, []))
    _, refused = quality.gold_files(Settings().data / quality.GOLD_FOLDER)
    yield dg.AssetCheckResult(
        asset_key=GOLD_FILES.asset_key,
        check_name=GOLD_FILES.name,
        passed=not refused,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"refused": "; ".join(refused) or "none"},
    )
