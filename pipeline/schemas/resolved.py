"""Contracts of the resolved layer: which mentions are one person, why, and since when."""

import dataframely as dy

from pipeline.schemas.raw import instant
from pipeline.schemas.staging import text


class Corrections(dy.Schema):
    """A decision by a person about an identity, replayed on every run until withdrawn."""

    correction_id = dy.String(primary_key=True, description="Id of the decision.")
    kind = dy.Enum(
        ["same", "different", "claim", "reject_claim", "display_name", "hide_name"],
        description="What was decided.",
    )
    mention_id_l = text("First mention of same and different, or the mention claimed.")
    mention_id_r = text("Second mention of same and different.")
    author_id = text("Author of claim, reject_claim, display_name, hide_name.")
    value = text("The name to show, or how a claim was proven.")
    status = dy.Enum(["pending", "approved", "rejected", "withdrawn"], description="Only approved decisions act.")
    by = dy.String(description="Who decided.")
    at = instant("When it was decided.", nullable=False)
    why = text("The reason given.")


class AuthorMentions(dy.Schema):
    """A mention and the author it is resolved to."""

    mention_id = dy.String(primary_key=True, description="The mention.")
    author_id = dy.String(description="The author; minted once, never reused.")
    probability = dy.Float64(
        min=0, max=1, description="Probability that the mention belongs to the author; 1 for an anchor."
    )


class Links(dy.Schema):
    """An accepted link between two mentions and its evidence, in bits (log2 odds) per comparison."""

    mention_id_l = dy.String(primary_key=True, description="The smaller mention id.")
    mention_id_r = dy.String(primary_key=True, description="The greater mention id.")
    match_weight = dy.Float64(description="Sum of the comparison weights, bits.")
    prior_weight = dy.Float64(description="Bits before any comparison.")
    name_weight = dy.Float64(description="Bits from how the two names agree.")
    rarity_weight = dy.Float64(description="Bits from how rare the name is.")
    coauthors_weight = dy.Float64(description="Bits from shared co-authors, by rarity.")
    affiliation_weight = dy.Float64(description="Bits from affiliations.")
    email_weight = dy.Float64(description="Bits from e-mail addresses.")
    title_weight = dy.Float64(description="Bits from the titles' words.")
    abstract_weight = dy.Float64(description="Bits from the abstracts' words.")
    keywords_weight = dy.Float64(description="Bits from shared keywords.")
    venue_weight = dy.Float64(description="Bits from the venues.")
    categories_weight = dy.Float64(description="Bits from shared categories.")
    references_weight = dy.Float64(description="Bits from shared references.")
    year_weight = dy.Float64(description="Bits from the gap in years.")
    orcid_weight = dy.Float64(description="Bits from ORCIDs asserted on the works.")
    decided_by = dy.String(description="What settled it: score, orcid or correction.")


class AuthorHistory(dy.Schema):
    """An event in the life of an author id."""

    event_id = dy.String(primary_key=True, description="Digest of the event, so that a replayed run adds nothing.")
    event = dy.Enum(["minted", "merged", "split", "moved", "retired"], description="What happened.")
    author_id = dy.String(description="The author it happened to.")
    other_author_id = text("The other side of a merge, split or move.")
    mention_id = text("The mention that moved, or the anchor of a new author.")
    run_id = dy.String(description="Dagster run in which it happened.")
    at = instant("When the run recorded it.", nullable=False)
    why = dy.String(description="The reason in one sentence.")


class AuthorRedirects(dy.Schema):
    """A retired author id and the author that stands for it now."""

    old_author_id = dy.String(primary_key=True, description="The retired id.")
    author_id = dy.String(description="The living id; never itself redirected.")


class Quality(dy.Schema):
    """A measured figure of one run's resolution."""

    run_id = dy.String(primary_key=True, description="Dagster run.")
    gold_set = dy.String(primary_key=True, description="What it was measured against; `self` for counts without gold.")
    slice = dy.String(primary_key=True, description="The mentions measured, such as all or script=latin.")
    metric = dy.String(primary_key=True, description="Name of the figure.")
    value = dy.Float64(description="Its value; shares and scores in 0 to 1, counts as they are.")
