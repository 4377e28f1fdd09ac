"""resolve, evaluate, author, why: who is one person, how well that was decided, and why."""

from pathlib import Path
from typing import Annotated, Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import typer
from rich.table import Table
from rich.text import Text

from pipeline.cli.console import out
from pipeline.cli.runs import CommandError
from pipeline.resolve import evaluate as measure
from pipeline.resolve import explain
from pipeline.resolve import resolve as resolve_tables
from pipeline.settings import Settings
from pipeline.steps import frame_as
from pipeline.steps.evidence import resolver_input
from warehouse import query

SHOWN = 20
"""Works and collaborators a profile lists."""

SHARES = ("b3_", "pair_")
"""What the names of figures begin with that are shares; the others are counts."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(resolve)
    app.command()(evaluate)
    app.command()(author)
    app.command()(why)


def resolve(
    mentions: Annotated[Path, typer.Argument(help="Parquet: mention_id, work_id, position, name and more.")],
    works: Annotated[Path, typer.Argument(help="Parquet: work_id, title and more.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Parquet to write: mention_id, author_id, probability.")
    ],
    links: Annotated[Path | None, typer.Option(help="Parquet to write the evidence to.")] = None,
    engine: Annotated[str, typer.Option(help="local: this machine's cores.")] = "local",
) -> None:
    """Decide which mentions are one person: Parquet in, Parquet out."""
    if engine != "local":
        raise CommandError(f"The engine {engine} is not built in: use --engine local.")
    resolution = resolve_tables(read(mentions), read(works), threads=Settings().threads)
    write(resolution.clusters, output)
    if links:
        write(resolution.links, links)
    authors = len(pa.compute.unique(resolution.clusters["author_id"]))
    out().print(f"{resolution.clusters.num_rows} mentions, {authors} authors written to {output}.")


def evaluate(
    gold: Annotated[Path, typer.Argument(help="Parquet: mention_id, gold_author, optionally block.")],
    clusters: Annotated[Path, typer.Argument(help="Parquet: mention_id, author_id.")],
    mentions: Annotated[
        Path | None, typer.Option(help="Parquet with names, for slices by script, rarity, initials.")
    ] = None,
) -> None:
    """Measure clusters against gold: B-cubed and pairwise precision, recall, F1."""
    scores = measure(read(gold), read(clusters), read(mentions) if mentions else None)
    wide = scores.pivot("metric", index="slice", values="value", maintain_order=True)
    table = Table("slice", *wide.columns[1:])
    for row in wide.iter_rows():
        table.add_row(row[0], *(number(metric, value) for metric, value in zip(wide.columns[1:], row[1:], strict=True)))
    out().print(table)


def author(who: Annotated[str, typer.Argument(help="A name as printed, or an author id.")]) -> None:
    """Show a profile: trust with its reasons, works, close collaborators."""
    show_author(who)


def show_author(who: str) -> None:
    """Print the profiles of everybody of this name or id."""
    with Settings().warehouse.read() as con:
        found = rows(con, query("marts/find_authors"), {"who": who})
        if not found:
            raise CommandError(f"Nobody is called {who!r} here: try another spelling, or `pipeline run` to load more.")
        for person in found:
            show_profile(con, person)


def show_profile(con: duckdb.DuckDBPyConnection, person: dict[str, Any]) -> None:
    """Print one profile."""
    id_ = {"author_id": person["author_id"]}
    known_as = f" (also {', '.join(person['name_variants'])})" if person["name_variants"] else ""
    out().print(Text.assemble("\n", (person["display_name"], "bold"), known_as, "  ", person["author_id"]))
    affiliation = {"none": "no affiliation found", "not_loaded": "affiliation not loaded"}
    claim = "unclaimed" if person["claim_status"] == "none" else f"claim {person['claim_status']}"
    out().print(f"{person['affiliation'] or affiliation[person['affiliation_status']]}, {claim}")
    out().print(
        f"Trust {person['trust_score']} of {person['score_ceiling']} - {person['trust_tier']}, "
        f"verification {person['verification_level']}"
    )
    out().print(
        f"{person['works_count']} works, {person['topics_count']} topics, "
        f"{person['collaborators_count']} collaborators, {person['close_collaborators_count']} close"
    )
    reasons = Table("points", "why", box=None, padding=(0, 2, 0, 0))
    for reason in rows(con, query("pages/trust_reasons"), {"id": person["author_id"]}):
        reasons.add_row(f"{reason['points']:.2f}", f"{reason['component']}: {reason['sentence']}")
    out().print(reasons)
    works = rows(
        con,
        "SELECT * FROM marts.author_works WHERE author_id = $author_id"
        " ORDER BY first_submitted_at DESC NULLS LAST, work_id LIMIT $shown",
        {**id_, "shown": SHOWN},
    )
    for work in works:
        out().print(
            Text.assemble(f"  {work['display_year'] or 'no date'}  {work['title']}  ", (work["work_id"], "dim"))
        )
    close = rows(
        con,
        "SELECT * FROM marts.collaborators WHERE author_id = $author_id AND is_close"
        " ORDER BY strength DESC, display_name LIMIT $shown",
        {**id_, "shown": SHOWN},
    )
    named = ", ".join(f"{one['display_name']} ({one['joint_works']})" for one in close)
    out().print(f"Close collaborators (joint works): {named or 'none'}")


def why(
    mention_l: Annotated[str, typer.Argument(help="A mention id, such as arxiv:0704.0001#2.")],
    mention_r: Annotated[str, typer.Argument(help="Another mention id.")],
) -> None:
    """Show the evidence for and against two mentions being one person, in bits."""
    with Settings().warehouse.read() as con:
        pair = [mention_l, mention_r]
        with frame_as(con, "pair", pl.DataFrame({"mention_id": pair})):
            mentions, works = resolver_input(con, "pair")
        missing = [one for one in pair if one not in mentions["mention_id"].to_pylist()]
        if missing:
            raise CommandError(
                f"There is no mention {missing[0]}: a mention id is a work id, # and the place in the byline."
            )
        clusters = con.sql(
            "SELECT mention_id, author_id, probability FROM resolved.author_mentions WHERE mention_id IN $pair",
            params={"pair": pair},
        ).to_arrow_table()
    reasons = explain(mentions, works, mention_l, mention_r, clusters=clusters)
    table = Table("bits", "comparison", "level", "left", "right", "shared")
    for reason in reasons.reasons:
        table.add_row(
            f"{reason.bits:+.2f}",
            reason.comparison,
            reason.level or ("" if reason.comparison == "prior" else "missing"),
            reason.left or "",
            reason.right or "",
            ", ".join(reason.shared),
        )
    table.add_row(f"{reasons.match_weight:+.2f}", "match weight")
    out().print(table)
    verdict = "one person" if reasons.same_author else "two people"
    rule = f", {reasons.constraint}" if reasons.constraint else ""
    out().print(f"Held to be {verdict}; decided by {reasons.decided_by}{rule}.")


def rows(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """A query's rows as dictionaries."""
    found: pl.DataFrame = con.sql(sql, params=values).pl()
    return found.to_dicts()


def read(path: Path) -> pa.Table:
    """A Parquet file.

    Raises:
        CommandError: It is not there or is no Parquet.
    """
    if not path.is_file():
        raise CommandError(f"{path} is not a file: give the path of a Parquet file.")
    try:
        return pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise CommandError(f"{path} is no Parquet file: {str(error).splitlines()[0]}") from error


def write(table: pa.Table, path: Path) -> None:
    """Write a Parquet file.

    Raises:
        CommandError: Its folder is not there or cannot be written.
    """
    try:
        pq.write_table(table, path, compression="zstd")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from error


def number(metric: str, value: float | None) -> str:
    """A count without decimals, a share with four."""
    if value is None:
        return ""
    return f"{value:.4f}" if metric.startswith(SHARES) else f"{value:.0f}"
