"""demo, run, backfill, publish: from the sources to the published warehouse."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipeline.cli import people
from pipeline.cli.console import err, out, steady
from pipeline.cli.days import (
    DOORS,
    Chunk,
    check_span,
    chunked,
    days_between,
    last_complete_day,
    missing_days,
    next_day,
)
from pipeline.cli.forecast import forecast
from pipeline.cli.runs import CommandError, RunFailedError, RunReport, execute, instance
from pipeline.settings import Settings
from pipeline.sources.landing import Landing

if TYPE_CHECKING:
    import dagster as dg

SAMPLE = Path(__file__).parents[1] / "replica" / "sample"
"""The bundled sample, in the replica's own form."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(demo)
    app.command()(run)
    app.command()(backfill)
    app.command()(publish)


def demo() -> None:
    """Run everything over the bundled sample, offline: replica, fetch, resolve, publish, one profile."""
    from pipeline.replica.server import running  # noqa: PLC0415 - a server is for this command alone

    with running(SAMPLE) as urls:
        os.environ |= {
            "PIPELINE_ARXIV_URL": urls.arxiv,
            "PIPELINE_OAI_URL": urls.oai,
            "PIPELINE_OPENALEX_URL": urls.openalex,
        }
        out().print(f"A replica of arXiv and OpenAlex serves the bundled sample at {urls.openalex}.")
        since, until = sample_span()
        with (
            instance() as found,
            working(f"Fetching {since} to {until} through the arxiv and pyalex clients"),
        ):
            report = execute(
                found,
                "seed",
                config={"ops": {"raw__seed_pages": {"config": {"since": since, "until": until}}}},
            )
        say_received("arXiv papers", report.metadata["raw.seed_pages"])
        transform()
    tour = json.loads((SAMPLE / "tour.json").read_text(encoding="utf-8"))
    people.show_author(tour["first"])
    settings = Settings()
    out().print(
        f"\nThe warehouse is {settings.data / 'warehouse.duckdb'}. Where to look next:\n"
        f'  pipeline author "{tour["then"]}"          another profile\n'
        "  pipeline --help                      every command\n"
        "  dagster dev                          the assets, checks and runs in a browser, from this folder"
    )


def sample_span() -> tuple[str, str]:
    """First and last day of submission in the bundled sample."""
    from pipeline.sources.parsing import parse_snapshot_lines  # noqa: PLC0415

    papers = parse_snapshot_lines((SAMPLE / "arxiv.jsonl").read_bytes()).records
    days = sorted(paper.first_submitted_at.date() for paper in papers if paper.first_submitted_at)
    return days[0].isoformat(), days[-1].isoformat()


def run(
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day; see above.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; yesterday in UTC when left out.")
    ] = None,
) -> None:
    """Fetch a window of days and everything downstream of it.

    Without --since, the window begins after the last complete day, at least a week back: papers appear late.
    """
    last = min(until.date(), last_complete_day()) if until else last_complete_day()
    with instance() as found:
        first = since.date() if since else next_day(found, last)
        check_span(first, last)
        wanted = Chunk(first, last, tuple(DOORS))
        failed = fetch_chunks(found, [wanted])
        transform(found)
    if failed:
        raise failed


def backfill(
    from_: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched, fetch nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Fetch complete days again.")] = False,
) -> None:
    """Fetch a range of days as Dagster partitions; complete days are skipped, an interrupted range is resumed."""
    first, last = from_.date(), min(to.date(), last_complete_day())
    check_span(first, last)
    with instance() as found:
        wanted = days_between(first, last)
        missing = dict.fromkeys(wanted, tuple(DOORS)) if force else missing_days(found, wanted)
        chunks = chunked(missing)
        out().print(
            f"{len(wanted)} days from {first} to {last}: {len(wanted) - len(missing)} complete, "
            f"{len(missing)} to fetch in {len(chunks)} runs."
        )
        if dry_run:
            out().print(*forecast(chunks, Settings()), sep="\n", soft_wrap=True)
            return
        failed = fetch_chunks(found, chunks, again=force) if chunks else None
        if chunks or not Settings().data.joinpath("warehouse.duckdb").exists() or unread():
            transform(found)
        else:
            out().print("Everything is fetched and published: nothing to do.")
    if failed:
        raise failed


def fetch_chunks(found: "dg.DagsterInstance", chunks: Sequence[Chunk], *, again: bool = False) -> CommandError | None:
    """Fetch runs of days with progress and the time left; returns why OpenAlex's days are not complete.

    When OpenAlex fails, for want of money mostly, arXiv's days are fetched all the same.

    Raises:
        RunFailedError: Days could not be had from arXiv; those before them stay.
    """
    failed: CommandError | None = None
    fetched: list[RunReport] = []
    with progress(MofNCompleteColumn()) as bar:
        task = bar.add_task("Fetching days", total=sum(chunk.days for chunk in chunks))
        for chunk in chunks:
            assets = tuple(asset for asset in chunk.assets if not (failed and asset == "openalex_pages"))
            bar.update(task, description=f"Fetching {chunk.first} to {chunk.last}")
            if assets:
                try:
                    fetched.append(fetch_days(found, replace(chunk, assets=assets), again=again))
                except RunFailedError as error:
                    if error.steps != {"raw__openalex_pages"}:
                        raise
                    failed = error
            bar.advance(task, chunk.days)
    say_fetched(fetched)
    return failed


def publish() -> None:
    """Bring everything downstream of the landed pages up to date and publish the warehouse."""
    transform()


def transform(found: "dg.DagsterInstance | None" = None) -> None:
    """Run everything from the landed pages to the published warehouse, and say what came of it."""
    if found is None:
        with instance() as opened:
            transform(opened)
        return
    with working("Normalising, resolving, publishing"):
        report = execute(found, "transform")
    for warning in report.warnings:
        err().print(f"[yellow]warning:[/yellow] {warning}", soft_wrap=True)
    records = report.metadata["staging.page_loads"]
    people_counts = report.metadata["resolved.author_mentions"]
    out().print(
        f"Read now: {records['received']} records received = {records['accepted']} accepted + "
        f"{records['rejected']} rejected."
    )
    out().print(
        f"{report.metadata['staging.works']['dagster/row_count']} works, {people_counts['mentions']} mentions, "
        f"{people_counts['authors']} authors published to {report.metadata['marts.warehouse_file']['path']}."
    )


def fetch_days(found: "dg.DagsterInstance", chunk: Chunk, *, again: bool = False) -> RunReport:
    """One run over a chunk's partitions."""
    from pipeline.schedules import range_tags  # noqa: PLC0415

    settled = again and "arxiv_changes" in chunk.assets
    return execute(
        found,
        "fetch",
        tags=range_tags(chunk.first.isoformat(), chunk.last.isoformat()),
        config={"ops": {"raw__arxiv_changes": {"config": {"again": True}}}} if settled else None,
        assets=[f"raw.{asset}" for asset in chunk.assets],
    )


def unread() -> bool:
    """Whether windows are landed that the published warehouse does not have."""
    with Settings().warehouse.read() as con:
        published = {row[0] for row in con.execute("SELECT window_id FROM raw.windows").fetchall()}
    return any(window.window_id not in published for window in Landing(Settings().raw).windows())


def say_fetched(reports: Sequence[RunReport]) -> None:
    """What fetches brought."""

    def total(asset: str, name: str) -> float:
        found: list[float] = [report.metadata.get(f"raw.{asset}", {}).get(f"run_{name}", 0) for report in reports]
        return sum(found)

    if not reports:
        return
    out().print(
        f"{total('arxiv_pages', 'received')} arXiv papers received on {total('arxiv_pages', 'pages')} pages, "
        f"{total('arxiv_changes', 'received')} changed records on {total('arxiv_changes', 'pages')}."
    )
    out().print(
        f"{total('openalex_pages', 'works_found')} OpenAlex works in {total('openalex_pages', 'calls')} calls "
        f"(${total('openalex_pages', 'spent_dollars'):.4f})."
    )
    if total("openalex_pages", "budget_spent"):
        out().print(
            f"OpenAlex's budget of the day is spent: {total('openalex_pages', 'things_waiting')} authors and "
            "institutions wait for the next run."
        )


def say_received(what: str, counts: Mapping[str, Any]) -> None:
    """How much was landed."""
    out().print(f"{counts['received']} {what} received on {counts['pages']} pages.")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something is going on, and how long it took."""
    with (
        steady() as console,
        Progress(
            SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn(), console=console
        ) as bar,
    ):
        bar.add_task(what, total=None)
        yield


@contextmanager
def progress(how_far: ProgressColumn) -> Iterator[Progress]:
    """A bar that says how far something is, and the time left."""
    with (
        steady() as console,
        Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            how_far,
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        ) as bar,
    ):
        yield bar
