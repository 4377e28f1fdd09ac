"""Contracts of the resolved layer: which mentions are one person, why, and since when."""

import dataframely as dy

from pipeline.schemas.raw import instant
from pipeline.schemas.staging import text, texts


class Corrections(dy.Schema):
    """A decision by a person about an identity, replayed on every run until withdrawn."""

    correction_id = dy.String(primary_key=True, description="Id of the decision.")
    kind = dy.Enum(
        ["same", "different", "claim", "reject_claim", "display_name", "hide_name"],
        description="What was decided.",
    )
    mention_id_l = text("First mention of same and different; else a mention by which the person is found again.")
    mention_id_r = text("Second mention of same and different.")
    author_id = text("Author of claim, reject_claim, display_name, hide_name when it was decided.")
    value = text(
        "display_name: the name to show. hide_name: the name to hide, never published. claim: institutional_email, or"
        " the ORCID iD the person signed in with; null when a curator proved it otherwise."
    )
    status = dy.Enum(["pending", "approved", "rejected", "withdrawn"], description="Only approved decisions act.")
    by = dy.String(description="Who decided.")
    at = instant("When it was decided.", nullable=False)
    why = text("The reason given.")


class UnmetCorrections(dy.Schema):
    """An approved decision that does not hold in the last run, with the reason."""

    correction_id = dy.String(primary_key=True, description="The decision.")
    kind = dy.String(description="What was decided, as in resolved.corrections.")
    author_id = text("The author of the decision, as in resolved.corrections.")
    mention_id_l = text("The decision's first mention.")
    mention_id_r = text("The decision's second mention.")
    why = dy.String(description="Why it does not hold, in one sentence.")


class ShownNames(dy.Schema):
    """A mention whose printed name is hidden, with the name that pages show instead."""

    mention_id = dy.String(primary_key=True, description="The mention.")
    raw_name = dy.String(description="The name to show.")
    given = text("Its given names.")
    family = text("Its family name, or the whole of it.")
    suffix = text("Its suffix.")


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
    topic_weight = dy.Float64(description="Bits from how near the works' subjects are.")
    venue_weight = dy.Float64(description="Bits from the venues.")
    categories_weight = dy.Float64(description="Bits from shared categories.")
    references_weight = dy.Float64(description="Bits from shared references.")
    year_weight = dy.Float64(description="Bits from the gap in years.")
    orcid_weight = dy.Float64(description="Bits from ORCIDs asserted on the works.")
    probability = dy.Float64(
        min=0, max=1, description="Probability that the link is right, from the match weight; 1 for a correction."
    )
    decided_by = dy.String(description="What settled it: score, orcid or correction.")


class Authors(dy.Schema):
    """A person who was found, and how well the mentions hold together."""

    author_id = dy.String(primary_key=True, description="The author.")
    mentions = dy.Int64(min=1, description="Mentions of the author.")
    cohesion = dy.Float64(
        min=0,
        max=1,
        nullable=True,
        description="Probability of the weakest link, without which the author would be two; null for one mention.",
    )


class AuthorHistory(dy.Schema):
    """An event in the life of an author id."""

    event_id = dy.String(primary_key=True, description="Digest of the event, so that a replayed run adds nothing.")
    event = dy.Enum(["minted", "merged", "split", "moved", "retired"], description="What happened.")
    author_id = dy.String(description="The author it happened to.")
    other_author_id = text("The other side of a merge, split or move.")
    mention_id = text("The mention that moved, or the founder of a new author: its id is minted from it.")
    run_id = dy.String(description="Dagster run in which it happened.")
    at = instant("When the run recorded it.", nullable=False)
    why = dy.String(description="The reason in one sentence.")


class AuthorRedirects(dy.Schema):
    """A retired author id and the author that stands for it now."""

    old_author_id = dy.String(primary_key=True, description="The retired id.")
    author_id = dy.String(description="The living id; never itself redirected.")


class MentionPlaces(dy.Schema):
    """Where a mention stood in the last run: what tells the next one which mentions a change can reach."""

    mention_id = dy.String(primary_key=True, description="The mention.")
    fingerprint = dy.Int64(description="Digest of all that the resolver read of it, its work and its decisions.")
    block = dy.String(description="Family key and first initial; empty for groups and placeholders.")
    first = dy.String(description="First given name as it is compared, empty where there is none.")
    tokens = dy.String(description="Given names as they are compared, separated by spaces.")
    middles = dy.String(description="Given names after the first, separated by spaces.")
    rare_coauthors = texts("Rare names beside it; empty unless its block is split.")
    cluster = dy.String(description="Smallest mention of its cluster before clusters of different units were joined.")
    island = dy.String(description="Smallest mention of those that bear on each other; nothing outside bears on them.")


class Resolutions(dy.Schema):
    """A run of the resolver: what it went by and how much it resolved."""

    number = dy.Int64(primary_key=True, min=1, description="1 for the first run, then one more each time.")
    run_id = dy.String(description="Dagster run.")
    at = instant("When it ran.", nullable=False)
    mode = dy.Enum(
        ["first", "incremental", "refit", "full"],
        description="first: nothing was resolved before. incremental: only what changes can reach. refit: everything,"
        " by another model or method than before. full: everything, because most of it had changed.",
    )
    model_version = dy.String(description="The weights that decided.")
    method = dy.String(description="Digest of the resolver's program, its counts and weights included.")
    changed_mentions = dy.Int64(min=0, description="Mentions that came, went or changed.")
    resolved_mentions = dy.Int64(min=0, description="Mentions resolved again.")
    blocks = dy.Int64(min=0, description="Blocks that they are in.")


class Quality(dy.Schema):
    """A measured figure of one run's resolution."""

    run_id = dy.String(primary_key=True, description="Dagster run.")
    gold_set = dy.String(
        primary_key=True,
        description="What it was measured against: orcid, corrections, file:NAME; `self` for counts without gold.",
    )
    slice = dy.String(
        primary_key=True,
        description="The part measured, such as all or script: latin; drift is the change of all since the last run.",
    )
    metric = dy.String(primary_key=True, description="Name of the figure.")
    value = dy.Float64(description="Its value; shares and scores in 0 to 1, counts as they are.")
