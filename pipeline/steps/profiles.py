"""The marts about people: works of an author, collaborators, trust reasons, profiles."""

from collections.abc import Iterator

import duckdb
import polars as pl

from pipeline.metrics import (
    collaborators,
    evidence,
    leading_orcids,
    open_conflicts,
    trust_reason_batches,
    trust_scores,
)
from pipeline.metrics.schemas import TRUST_SCORES
from pipeline.steps import count, frame_as, temporary_table
from pipeline.steps.corrections import chosen_names, standing_claims
from warehouse import query, replace_from_query, replace_in_batches

TABLES = ("marts.author_works", "marts.collaborators", "marts.trust_reasons", "marts.authors")
"""The tables this step fills."""

FROM_OPENALEX = ("orcid", "affiliation", "citations")
"""Trust components that only OpenAlex can feed: not loaded for an author none of whose works it has."""


def build_profiles(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Replace the marts about people from the resolved mentions; returns counts of authors by tier."""
    with temporary_table(con, "authorships", "marts/authorships"):
        replace_from_query(con, "marts.author_works", query("marts/author_works"))
        with chosen_names(con), temporary_table(con, "display_names", "marts/display_names"):
            pairs = build_collaborators(con)
            mentions = con.sql(query("marts/trust_mentions")).pl()
            loaded = con.sql(query("marts/loaded")).pl()
            claims = standing_claims(con)
            scores = score(con, weigh(con, mentions, loaded, claims, pairs))
            with (
                frame_as(con, "loaded", loaded),
                frame_as(con, "claims", claims),
                frame_as(con, "leading_orcids", leading_orcids(mentions, signed_in=signed_in(claims))),
                frame_as(con, "scores", scores),
            ):
                replace_from_query(con, "marts.authors", query("marts/authors"))
    tiers = con.execute("SELECT trust_tier, count(*) FROM marts.authors GROUP BY ALL ORDER BY ALL").fetchall()
    return {f"{tier.lower()}_authors": n for tier, n in tiers} | {
        "close_ties": count(con, "SELECT count(*) FROM marts.collaborators WHERE is_close")
    }


def signed_in(claims: pl.DataFrame) -> pl.DataFrame:
    """The ORCID iDs with which people signed in to claim their records: `author_id, orcid`."""
    return claims.select("author_id", "orcid").drop_nulls()


def build_collaborators(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Replace the collaborators; returns one row an ordered pair as the metrics give it."""
    pairs = collaborators(con.sql(query("marts/bylines")).pl())
    with frame_as(con, "pairs", pairs):
        replace_from_query(con, "marts.collaborators", query("marts/collaborators"))
    return pairs


def score(con: duckdb.DuckDBPyConnection, found: pl.DataFrame) -> pl.DataFrame:
    """Replace the trust reasons, whole authors at a time; returns one row an author with the score."""
    scores = [pl.DataFrame(schema=TRUST_SCORES)]

    def reasons() -> Iterator[pl.DataFrame]:
        for batch in trust_reason_batches(found):
            scores.append(trust_scores(batch))
            yield batch.drop("model_version")

    replace_in_batches(con, "marts.trust_reasons", reasons())
    return pl.concat(scores)


def weigh(
    con: duckdb.DuckDBPyConnection,
    mentions: pl.DataFrame,
    loaded: pl.DataFrame,
    claims: pl.DataFrame,
    pairs: pl.DataFrame,
) -> pl.DataFrame:
    """One row an author with the evidence for the record, and which of it had a source to come from."""
    persons = loaded.filter(pl.col("kind") == "person")
    has_openalex = count(con, "SELECT count(*) FROM staging.openalex_works") > 0
    with frame_as(con, "claims", claims):
        approved = con.sql(query("marts/approved_claims")).pl()
    found = evidence(
        mentions,
        con.sql(query("marts/trust_works")).pl(),
        open_conflicts(
            mentions.join(persons, on="author_id", how="semi"),
            approved_claims=approved,
            same_person=con.sql(query("marts/same_person")).pl(),
            unmet_corrections=con.sql(query("marts/unmet_corrections")).pl(),
            signed_in=signed_in(claims),
        ),
        citations=con.sql(query("marts/citations")).pl(),
        ties=pairs,
        claims=claims,
        signed_in=signed_in(claims),
        non_persons=loaded.filter(pl.col("kind") != "person")["author_id"].to_list(),
    )
    sources = loaded.select("author_id", "has_openalex", "has_affiliations")
    return (
        found.join(sources, on="author_id", how="left", maintain_order="left")
        .with_columns(pl.col("has_openalex").alias(f"{name}_loaded") for name in FROM_OPENALEX)
        .with_columns(sources_loaded=pl.lit(has_openalex))
        .drop("has_openalex", "has_affiliations")
    )
