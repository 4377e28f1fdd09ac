"""The marts about people: works of an author, topics, institutions, collaborators, trust reasons, profiles.

Only the profiles are made again that changes since the last run can reach: those of the authors, before and now, of
every mention whose author or probability changed, of every work that changed, of works that others cite now and did not
or the other way round, of mentions with an ORCID iD that came or left somewhere, and of everybody whom a decision is
about. These are `renewed`. Whoever else stands beside them on a byline has other ties to them and nothing else new:
those rows are theirs turned round, and only where such a tie came, went, or is established or close in another way,
the trust and the profile are made again too.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import duckdb
import polars as pl

from pipeline.metrics import (
    evidence,
    family_ranks,
    independently_cited,
    leading_orcids,
    near_people,
    numbered_batches,
    open_conflicts,
    trust_reason_batches,
    trust_scores,
    turned_round,
    with_closeness,
)
from pipeline.metrics.schemas import COLLABORATORS, LEADING_ORCIDS, TRUST_REASONS, TRUST_SCORES
from pipeline.steps import builds, count, frame_as, query_as, temporary_table
from pipeline.steps.builds import Build
from pipeline.steps.corrections import chosen_names, standing_claims
from warehouse import query
from warehouse.tables import insert, renew, renew_rows, replace_from_query

OF_WORKS = ("marts.author_topics", "marts.author_institutions")
"""What an author's works sum up to, by the query of the table's name."""

TABLES = (
    "marts.author_works",
    *OF_WORKS,
    "marts.collaborators",
    "marts.near_people",
    "marts.trust_reasons",
    "marts.authors",
)
"""The tables this step fills."""

PROGRAM = ("pipeline/steps/profiles.py", "pipeline/metrics/*.py", "pipeline/names/*", "warehouse/sql/marts/*.sql")
"""What decides which rows there are; a change of it makes all of them again."""

FROM_OPENALEX = ("orcid", "affiliation", "citations")
"""Trust components that only OpenAlex can feed: not loaded for an author none of whose works it has."""

OF_RENEWED = "author_id IN (SELECT author_id FROM renewed)"

RENEWED_AUTHORS = "SELECT DISTINCT author_id FROM authorships"

REASONS = {name: dtype for name, dtype in TRUST_REASONS.items() if name != "model_version"}

AUTHOR_NUMBERS = (
    "SELECT author_id, (row_number() OVER (ORDER BY author_id) - 1)::UINTEGER AS author"
    " FROM (SELECT DISTINCT author_id FROM persons)"
)

FAMILY_KEYS = "SELECT DISTINCT family_key FROM persons"

POINTS = "SELECT author_id, component, points"

BATCH_WORKS = 250_000
"""Works that people are sought near to at once: some 8 million pairs, 1 GB."""

BATCH_MENTIONS = 1_000_000
"""Mentions whose authors' trust is worked out at once: about 1.5 GB."""


def build_profiles(con: duckdb.DuckDBPyConnection, *, run_id: str) -> dict[str, int]:
    """Bring the marts about people to the resolved mentions; returns counts of authors by tier and of changes."""
    has_openalex = count(con, "SELECT count(*) FROM staging.openalex_works") > 0
    # A second source that comes is news to every author.
    build = builds.begin(con, "profiles", f"{builds.program_of(*PROGRAM)} {'two' if has_openalex else 'one'}")
    with ExitStack() as tables:
        tables.enter_context(builds.noted(con))
        tables.enter_context(frame_as(con, "this_build", pl.DataFrame({"last": [build.last]})))
        tables.enter_context(temporary_table(con, "confirmed", "marts/confirmed"))
        find_renewed(con, build, tables)
        if not build.whole:
            find_ties(con, tables)
        tables.enter_context(temporary_table(con, "authorships", "marts/authorships"))
        bring_works(con, build, tables)
        for name in OF_WORKS:
            bring(con, build, name, query(name.replace(".", "/")))
        tables.enter_context(chosen_names(con))
        tables.enter_context(temporary_table(con, "display_names", "marts/display_names"))
        bring_collaborators(con, build)
        bring_near_people(con, build)
        tables.enter_context(temporary_table(con, "loaded", "marts/loaded"))
        claims = standing_claims(con)
        tables.enter_context(frame_as(con, "claims", claims))
        scores, orcids = bring_trust(con, build, claims, has_openalex=has_openalex)
        tables.enter_context(frame_as(con, "leading_orcids", orcids))
        tables.enter_context(frame_as(con, "scores", scores))
        with frame_as(con, "this_run", pl.DataFrame({"run_id": [run_id]})):
            con.execute(f"INSERT INTO marts.changes BY NAME {query('marts/score_changes')}")
        bring(con, build, "marts.authors", query("marts/authors"))
        builds.log(con, build)
        renewed = count(con, "SELECT count(*) FROM renewed")
    builds.finish(con, build, run_id=run_id, renewed=renewed)
    tiers = con.execute("SELECT trust_tier, count(*) FROM marts.authors GROUP BY ALL ORDER BY ALL").fetchall()
    return {f"{tier.lower()}_authors": n for tier, n in tiers} | {
        "close_ties": count(con, "SELECT count(*) FROM marts.collaborators WHERE is_close"),
        "profiles_made_again": renewed,
    }


def bring(con: duckdb.DuckDBPyConnection, build: Build, name: str, sql: str) -> None:
    """Bring a table, or the rows of the renewed authors, to what a query gives."""
    if build.whole:
        replace_from_query(con, name, sql)
    else:
        renew(con, name, sql, OF_RENEWED)


def find_renewed(con: duckdb.DuckDBPyConnection, build: Build, tables: ExitStack) -> None:
    """Let SQL see `renewed`, the authors whose profiles are made again."""
    if build.whole:
        tables.enter_context(query_as(con, "renewed", "SELECT DISTINCT author_id FROM resolved.author_mentions"))
        return
    with (
        temporary_table(con, "changed_mentions", "marts/changed_mentions"),
        temporary_table(con, "changed_works", "marts/changed_works"),
        temporary_table(con, "cited_here", "marts/cited_by_changed"),
        frame_as(con, "cited", cited_by_others(con)),
        temporary_table(con, "recited_works", "marts/recited_works"),
    ):
        tables.enter_context(temporary_table(con, "renewed", "marts/renewed"))


def cited_by_others(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Those of the works in `cited_here` that a confirmed work by others cites: `work_id`."""
    citations = con.sql(query("marts/citations")).pl()
    with frame_as(con, "citations", citations):
        bylines = con.sql(query("marts/byline_authors")).pl()
    return independently_cited(citations, bylines)


def bring_works(con: duckdb.DuckDBPyConnection, build: Build, tables: ExitStack) -> None:
    """Renew the works of authors, note whose authors are others now, and let SQL see `cited`."""
    with query_as(con, "cited_here", "SELECT DISTINCT work_id FROM authorships"):
        tables.enter_context(frame_as(con, "cited", cited_by_others(con)))
    bring(con, build, "marts.author_works", query("marts/author_works"))
    if not build.whole:
        tables.enter_context(query_as(con, "reauthored", "SELECT work_id FROM went UNION SELECT work_id FROM came"))
        builds.note(
            con,
            "SELECT work_id FROM went AS old FULL JOIN came AS new USING (author_id, work_id, mention_id)"
            " WHERE old.title IS NULL OR new.title IS NULL",
            "authors",
        )


def find_ties(con: duckdb.DuckDBPyConnection, tables: ExitStack) -> None:
    """Let SQL see `ties`, all rows of renewed authors with their collaborators and of these with them, without names.

    Then `tied_rows` are the rows whose place they take, `retied` has the authors whose close ties are others now, and
    those whose ties count otherwise are among `renewed`.
    """
    tables.enter_context(temporary_table(con, "tied_rows", "marts/tied_rows"))
    known = con.sql("SELECT author_id, collaborator_id, strength, is_established, is_close FROM tied_rows").pl()
    renewed = con.sql("SELECT author_id FROM renewed").pl()["author_id"]
    batches = numbered_batches(*numbered_bylines(con), of=renewed)
    pairs = pl.concat([pl.DataFrame(schema=dict(COLLABORATORS)), *batches])
    turned = turned_round(pairs, renewed, known)
    reweighed = turned.filter(pl.col("is_close").is_null()).select(pl.col("author_id").unique())
    with frame_as(con, "reweighed", reweighed):
        works = con.sql(query("marts/weighed_works")).pl()
    tables.enter_context(frame_as(con, "ties", pl.concat([pairs, with_closeness(turned, works)])))
    with temporary_table(con, "recounted", "marts/recounted"):
        tables.enter_context(temporary_table(con, "retied", "marts/retied"))
        con.execute("CREATE OR REPLACE TEMPORARY TABLE renewed AS FROM renewed UNION FROM recounted")


def bring_collaborators(con: duckdb.DuckDBPyConnection, build: Build) -> None:
    """Renew the collaborators, with their names; where not every row is made anew, after `find_ties`."""
    if not build.whole:
        renew_rows(con, "marts.collaborators", query("marts/collaborators"), "tied_rows")
        return
    names = con.sql("SELECT author_id AS collaborator_id, display_name FROM display_names").pl()
    con.execute("TRUNCATE marts.collaborators")
    for batch in numbered_batches(*numbered_bylines(con)):
        insert(con, "marts.collaborators", batch.join(names, on="collaborator_id", how="left", maintain_order="left"))


def bring_near_people(con: duckdb.DuckDBPyConnection, build: Build) -> None:
    """Renew the people near the works of authors whose close ties changed, and near works whose authors did.

    SQL must see `reauthored` and `retied`, but where every row is made anew.
    """
    if not build.whole:
        with temporary_table(con, "near_again", "marts/near_again"), frame_as(con, "near", people_near(con)):
            renew(con, "marts.near_people", "SELECT * FROM near", "work_id IN (SELECT work_id FROM near_again)")
        return
    con.execute("TRUNCATE marts.near_people")
    works = con.sql("SELECT DISTINCT work_id FROM marts.author_works ORDER BY work_id").pl()["work_id"]
    for start in range(0, len(works), BATCH_WORKS):
        batch = works.slice(start, BATCH_WORKS)
        span = f"SELECT DISTINCT work_id FROM marts.author_works WHERE work_id BETWEEN '{batch[0]}' AND '{batch[-1]}'"
        with query_as(con, "near_again", span):
            insert(con, "marts.near_people", people_near(con))


def people_near(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The people near the works in `near_again`."""
    with temporary_table(con, "near_authors", "marts/near_authors"):
        return near_people(con.sql("FROM near_authors").pl(), con.sql(query("marts/close_ties")).pl())


def numbered_bylines(con: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, pl.Series]:
    """The persons on the works of the renewed authors, in numbers, and the ids of the authors by number."""
    with (
        temporary_table(con, "persons", "marts/persons"),
        query_as(con, "author_numbers", AUTHOR_NUMBERS),
        frame_as(
            con, "family_ranks", family_ranks(con.sql("SELECT DISTINCT family_key FROM persons").pl()["family_key"])
        ),
    ):
        ids = con.sql("SELECT author_id FROM author_numbers ORDER BY author").pl()["author_id"]
        return con.sql(query("marts/bylines")).pl(), ids


def bring_trust(
    con: duckdb.DuckDBPyConnection, build: Build, claims: pl.DataFrame, *, has_openalex: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Renew the trust reasons, whole authors at a time, and let SQL see the points they had as `points_before`.

    Returns:
        One row an author with the score, and one row an author with an ORCID iD, of the renewed authors.
    """
    scores, orcids = [pl.DataFrame(schema=dict(TRUST_SCORES))], [pl.DataFrame(schema=dict(LEADING_ORCIDS))]

    def reasons() -> Iterator[pl.DataFrame]:
        for first, last in author_batches(con):
            span = {"first": first, "last": last}
            mentions = con.sql(query("marts/trust_mentions"), params=span).pl()
            # Others bear the ORCID iDs of these authors; they may stand between them, and are not renewed.
            own = con.sql(f"{RENEWED_AUTHORS} WHERE author_id BETWEEN $first AND $last", params=span).pl()
            orcids.append(leading_orcids(mentions, signed_in=signed_in(claims)).join(own, on="author_id", how="semi"))
            found = weigh(con, mentions, claims, (first, last), has_openalex=has_openalex)
            for batch in trust_reason_batches(found.join(own, on="author_id", how="semi", maintain_order="left")):
                scores.append(trust_scores(batch))
                yield batch.drop("model_version")

    with temporary_table(con, "placed", "marts/placed"):
        if build.whole:
            con.execute(f"CREATE OR REPLACE TEMPORARY TABLE points_before AS {POINTS} FROM marts.trust_reasons")
            con.execute("TRUNCATE marts.trust_reasons")
            for batch in reasons():
                insert(con, "marts.trust_reasons", batch)
        else:
            with frame_as(con, "reasons", pl.concat([pl.DataFrame(schema=REASONS), *reasons()])):
                renew(con, "marts.trust_reasons", "SELECT * FROM reasons", OF_RENEWED)
            con.execute(f"CREATE OR REPLACE TEMPORARY TABLE points_before AS {POINTS} FROM went")
    return pl.concat(scores), pl.concat(orcids)


def author_batches(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """First and last author of each batch, in the order of their ids."""
    authors = con.sql(
        "SELECT author_id, count(*) AS mentions FROM authorships GROUP BY author_id ORDER BY author_id"
    ).pl()
    batches = authors.group_by(
        ((pl.col("mentions").cum_sum() - 1) // BATCH_MENTIONS).alias("batch"), maintain_order=True
    ).agg(pl.col("author_id").first().alias("first"), pl.col("author_id").last().alias("last"))
    return [(first, last) for first, last in batches.select("first", "last").iter_rows()]


def signed_in(claims: pl.DataFrame) -> pl.DataFrame:
    """The ORCID iDs with which people signed in to claim their records: `author_id, orcid`."""
    return claims.select("author_id", "orcid").drop_nulls()


def weigh(
    con: duckdb.DuckDBPyConnection,
    mentions: pl.DataFrame,
    claims: pl.DataFrame,
    span: tuple[str, str],
    *,
    has_openalex: bool,
) -> pl.DataFrame:
    """One row an author with the evidence for the record, and which of it had a source to come from.

    Args:
        con: A writer's connection; SQL must see `renewed`, `claims`, `loaded` and `confirmed`.
        mentions: The mentions of a batch of authors, and of others who bear their ORCID iDs.
        claims: The claims that stand.
        span: First and last author of the batch.
        has_openalex: There is a second source.
    """
    first_last = dict(zip(("first", "last"), span, strict=True))
    loaded = con.sql("SELECT * FROM loaded WHERE author_id BETWEEN $first AND $last", params=first_last).pl()
    others = loaded.filter(pl.col("kind") != "person")
    with frame_as(con, "trust_mentions", mentions.select("work_id").unique()):
        works = con.sql(query("marts/trust_works")).pl()
    cited = f"SELECT DISTINCT work_id FROM marts.author_works WHERE is_cited AND {OF_RENEWED}"
    ties = (
        "SELECT author_id, collaborator_id, is_established FROM marts.collaborators"
        f" WHERE is_established AND {OF_RENEWED}"
    )
    found = evidence(
        mentions,
        works,
        open_conflicts(
            mentions.join(others, on="author_id", how="anti"),
            approved_claims=con.sql(query("marts/approved_claims")).pl(),
            same_person=con.sql(query("marts/same_person")).pl(),
            unmet_corrections=con.sql(query("marts/unmet_corrections")).pl(),
            signed_in=signed_in(claims),
        ),
        cited=con.sql(f"{cited} AND author_id BETWEEN $first AND $last", params=first_last).pl(),
        ties=con.sql(f"{ties} AND author_id BETWEEN $first AND $last", params=first_last).pl(),
        claims=claims,
        signed_in=signed_in(claims),
        non_persons=others["author_id"].to_list(),
    )
    sources = loaded.select("author_id", "has_openalex", "has_affiliations")
    return (
        found.join(sources, on="author_id", how="left", maintain_order="left")
        .with_columns(pl.col("has_openalex").alias(f"{name}_loaded") for name in FROM_OPENALEX)
        .with_columns(sources_loaded=pl.lit(has_openalex))
        .drop("has_openalex", "has_affiliations")
    )
