"""Asset checks: what a contract cannot say of a single row. One property each; blocking where the marts would lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dagster as dg
import duckdb

from pipeline.assets.specs import WRITER_POOL, asset_key
from pipeline.resources import WarehouseResource
from pipeline.schemas import TABLES
from pipeline.steps import bylines, changes_made, graph, pages, papers, people, profiles, quality, related, texts, works
from warehouse.tables import violations

REJECTED_SHARE = 0.02
"""Share of rejected records over which a source has changed its form, not sent a few bad records."""


BITS = " + ".join(
    name for name in TABLES["resolved.links"].column_names() if name.endswith("_weight") and name != "match_weight"
)
"""The sum of a link's comparison weights."""


@dataclass(frozen=True)
class Property:
    """A number that must be 0, or a share that must stay below a bound.

    Args:
        table: The asset it is a check of.
        name: Name of the check.
        sql: Query of the one number.
        says: What holds when it passes.
        bound: Greatest value that passes.
        blocking: Whether what is downstream would lie if it failed.
        proof: Query that is true only where the number is 0, for less than counting takes: it is not counted then.
        culprits: Query of the ids to look at when it fails, one column.
    """

    table: str
    name: str
    sql: str
    says: str
    bound: float = 0
    blocking: bool = True
    proof: str | None = None
    culprits: str | None = None

    def value(self, con: duckdb.DuckDBPyConnection) -> float:
        """The number."""
        if self.proof and con.execute(self.proof).fetchall()[0][0]:
            return 0
        return float(con.execute(self.sql).fetchall()[0][0] or 0)


ALL_IDS = "SELECT ROW(count(*), sum(hash(left(mention_id, 12), substr(mention_id, 13))))"
"""How many mentions there are, and a digest of all their ids, in parts: DuckDB's digests of whole ids collide, since
what differs in two of their bytes eight apart can cancel out; of seven million, none did in parts."""

PROPERTIES = (
    Property(
        "staging.page_loads",
        "received_is_accepted_and_rejected",
        """
        SELECT abs(
            (SELECT sum(received) - sum(accepted) FROM staging.page_loads) - (SELECT count(*) FROM staging.rejected)
        )
        """,
        "Every received record was accepted, or stands in staging.rejected.",
    ),
    Property(
        "staging.page_loads",
        "every_page_read",
        "SELECT count(*) FROM raw.pages WHERE page_id NOT IN (SELECT page_id FROM staging.page_loads)",
        "Every landed page was read.",
    ),
    Property(
        "staging.rejected",
        "rejected_share",
        "SELECT sum(rejected) / greatest(sum(received), 1) FROM staging.page_loads",
        f"At most {REJECTED_SHARE:.0%} of the records broke a rule.",
        bound=REJECTED_SHARE,
        blocking=False,
    ),
    Property(
        "staging.works",
        "every_arxiv_paper_is_a_work",
        """
        SELECT count(DISTINCT arxiv_id) FROM staging.arxiv_records
        WHERE 'arxiv:' || arxiv_id NOT IN (SELECT work_id FROM staging.works)
        """,
        "No paper of arXiv was lost on the way to the works.",
    ),
    Property(
        "staging.mentions",
        "whole_bylines",
        """
        SELECT count(*)
        FROM staging.works
        FULL JOIN (SELECT work_id, count(*) AS names FROM staging.mentions GROUP BY work_id) USING (work_id)
        WHERE byline_size IS DISTINCT FROM coalesce(names, 0)
        """,
        "Every name of a byline is a mention.",
    ),
    Property(
        "staging.mentions",
        "ids_say_work_and_place",
        "SELECT count(*) FROM staging.mentions WHERE mention_id != work_id || '#' || position",
        "The id of every mention is its work and its place in the byline.",
    ),
    Property(
        "resolved.author_mentions",
        "every_mention_has_one_author",
        """
        SELECT (SELECT count(*) FROM staging.mentions ANTI JOIN resolved.author_mentions USING (mention_id))
            + (SELECT count(*) FROM resolved.author_mentions ANTI JOIN staging.mentions USING (mention_id))
        """,
        "Every mention has one author, and every author's mention exists.",
        proof=f"SELECT ({ALL_IDS} FROM staging.mentions) = ({ALL_IDS} FROM resolved.author_mentions)",
    ),
    Property(
        "resolved.author_mentions",
        "same_work_apart",
        """
        SELECT count(*) FROM (
            SELECT author_id, work_id FROM resolved.author_mentions INNER JOIN staging.mentions USING (mention_id)
            GROUP BY author_id, work_id HAVING count(*) > 1
        ) WHERE author_id NOT IN (
            SELECT author_id FROM resolved.author_mentions
            WHERE mention_id IN (
                SELECT unnest([mention_id_l, mention_id_r]) FROM resolved.corrections
                WHERE kind = 'same' AND status = 'approved'
            )
        )
        """,
        "No author stands twice on a byline, unless a correction joins mentions of that author.",
        proof="""
        SELECT count(*) = count(DISTINCT hash(author_id, split_part(mention_id, '#', 1))) FROM resolved.author_mentions
        """,
    ),
    Property(
        "resolved.links",
        "bits_add_up",
        f"""
        SELECT count(*) FROM resolved.links WHERE abs({BITS} - match_weight) > 0.001
        """,
        "The comparison weights of every link add up to its match weight.",
        blocking=False,
    ),
    Property(
        "resolved.author_redirects",
        "redirects_end",
        """
        SELECT count(*) FROM resolved.author_redirects AS redirect
        WHERE author_id IN (SELECT old_author_id FROM resolved.author_redirects)
            OR author_id NOT IN (
                SELECT author_id FROM resolved.author_mentions SEMI JOIN resolved.author_redirects USING (author_id)
            )
        """,
        "Every redirect leads to a living author in one step.",
    ),
    Property(
        "resolved.unmet_corrections",
        "every_correction_holds",
        "SELECT count(*) FROM resolved.unmet_corrections",
        "Every approved decision by a person holds.",
        blocking=False,
        culprits="SELECT correction_id FROM resolved.unmet_corrections ORDER BY correction_id",
    ),
    Property(
        "marts.trust_reasons",
        "points_add_up_to_the_score",
        """
        SELECT count(*) FROM (
            SELECT author_id, floor(sum(points::DECIMAL(9, 2)) + 0.5) AS score
            FROM marts.trust_reasons GROUP BY author_id
        ) AS reasons INNER JOIN marts.authors AS author USING (author_id) WHERE reasons.score != author.trust_score
        """,
        "The points of every author add up to the trust score.",
    ),
    Property(
        "marts.papers",
        "every_work_has_a_page",
        "SELECT count(*) FROM staging.works ANTI JOIN marts.papers USING (work_id)",
        "Every work has a page.",
    ),
    Property(
        "marts.related_papers",
        "no_paper_is_its_own_relative",
        "SELECT count(*) FROM marts.related_papers WHERE work_id = related_work_id",
        "No paper is related to itself.",
    ),
    Property(
        "marts.related_papers",
        "unique_key",
        """
        SELECT count(*) FROM (
            SELECT count(*) AS n, max(rank) AS last, sum(rank) AS total, sum(rank * rank) AS squares
            FROM marts.related_papers GROUP BY work_id
        ) WHERE last != n OR total != n * (n + 1) / 2 OR squares != n * (n + 1) * (2 * n + 1) / 6
        """,
        "The ranks of every list are 1, 2, 3 and so on, each once.",
    ),
    Property(
        "marts.related_works",
        "every_work_was_compared",
        """
        SELECT (SELECT count(*) FROM staging.works ANTI JOIN marts.related_works USING (work_id))
            + (SELECT count(*) FROM marts.related_works ANTI JOIN staging.works USING (work_id))
        """,
        "Every work was compared with the others, and no other.",
    ),
)
"""The checks, in the order of the flow."""


def checks_of(step: str, tables: Sequence[str]) -> dg.AssetChecksDefinition:
    """All checks of the tables one step fills, run together after it: unique keys, and the tables' properties."""
    properties = [each for each in PROPERTIES if each.table in tables]
    proved = {each.table for each in properties if each.name == "unique_key"}
    keyed = [name for name in tables if TABLES[name].primary_key() and name not in proved]
    specs = [
        *(
            dg.AssetCheckSpec(
                "unique_key",
                asset=asset_key(name),
                blocking=True,
                description=f"No two rows share {', '.join(TABLES[name].primary_key())}.",
            )
            for name in keyed
        ),
        *(
            dg.AssetCheckSpec(each.name, asset=asset_key(each.table), blocking=each.blocking, description=each.says)
            for each in properties
        ),
    ]

    @dg.multi_asset_check(specs=specs, name=f"{step}_checks", pool=WRITER_POOL)
    def step_checks(warehouse: WarehouseResource) -> Iterator[dg.AssetCheckResult]:
        with warehouse.open().write() as con:
            doubles = {name: violations(con, name) for name in keyed}
            values = [(each, each.value(con), culprits(con, each)) for each in properties]
        for name, rows in doubles.items():
            yield dg.AssetCheckResult(
                asset_key=asset_key(name), check_name="unique_key", passed=rows == 0, metadata={"rows": rows}
            )
        for each, value, ids in values:
            yield dg.AssetCheckResult(
                asset_key=asset_key(each.table),
                check_name=each.name,
                passed=value <= each.bound,
                metadata={"value": value, "bound": float(each.bound), **ids},
            )

    return step_checks


def culprits(con: duckdb.DuckDBPyConnection, each: Property) -> dict[str, str]:
    """The ids to look at, where a property has any."""
    ids = [row[0] for row in con.execute(each.culprits).fetchall()] if each.culprits else []
    return {"look at": ", ".join(ids)} if ids else {}


landed_checks = checks_of("landed", pages.RAW_TABLES)
record_checks = checks_of("records", pages.RECORD_TABLES)
work_checks = checks_of("works", works.TABLES)
text_checks = checks_of("texts", texts.TABLES)
mention_checks = checks_of("mentions", bylines.TABLES)
people_checks = checks_of("people", people.TABLES)
quality_checks = checks_of("quality", quality.TABLES)
profile_checks = checks_of("profiles", profiles.TABLES)
paper_checks = checks_of("papers", papers.TABLES)
related_checks = checks_of("related", related.TABLES)
graph_checks = checks_of("graph", graph.TABLES)
change_checks = checks_of("changes", changes_made.TABLES)
