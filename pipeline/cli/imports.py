"""import: bulk files into staging, then resolved and published."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import TaskProgressColumn

from pipeline.cli.console import out
from pipeline.cli.runs import CommandError, RunReport, execute, instance
from pipeline.cli.sources import progress, say_received, transform, unread
from pipeline.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

KINDS = ("works", "authors", "institutions")
"""What is read of an OpenAlex snapshot, in this order: works say whom to look for."""

PublishNow = Annotated[bool, typer.Option("--publish/--no-publish", help="Resolve and publish after loading.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    bulk = typer.Typer(no_args_is_help=True, help="Load bulk files.")
    bulk.command("arxiv")(import_arxiv)
    bulk.command("openalex")(import_openalex)
    app.add_typer(bulk, name="import")


def import_arxiv(
    path: Annotated[Path, typer.Argument(help="arXiv snapshot: JSON lines, plain, .gz or .zst.")],
    publish_now: PublishNow = True,
) -> None:
    """Load arXiv snapshot lines, then resolve and publish; an import that was stopped goes on where it was."""
    if not path.is_file():
        raise CommandError(f"{path} is not a file: give the path of an arXiv snapshot file.")
    with instance() as found:
        report = imported(found, "import_snapshot", "raw__snapshot_pages", {"path": str(path.absolute())})
        counts = report.metadata["raw.snapshot_pages"]
        say_received("lines", counts)
        finish(found, path, [report], is_new=bool(counts["new_pages"]), publish_now=publish_now)


def import_openalex(
    path: Annotated[
        Path,
        typer.Argument(help="OpenAlex snapshot: its folder, JSON lines or Parquet, or one file of works."),
    ],
    everything: Annotated[
        bool, typer.Option("--all", help="Load every record, not only what joins the arXiv papers that are loaded.")
    ] = False,
    publish_now: PublishNow = True,
) -> None:
    """Load what an OpenAlex snapshot has of the loaded arXiv papers and their authors, then resolve and publish.

    Load arXiv first. Parts that are loaded are skipped, unless other papers have come since.
    """
    reports = []
    with instance() as found:
        for kind in KINDS:
            config = {"path": str(path.absolute()), "kinds": [kind], "everything": everything}
            reports.append(imported(found, "import_openalex", "raw__openalex_snapshot_pages", config))
            counts = reports[-1].metadata["raw.openalex_snapshot_pages"]
            out().print(
                f"{kind}: {counts['received']} of {counts['seen']} records wanted, {counts['gone']} gone; "
                f"{counts['parts']} parts, {counts['parts_skipped']} of them loaded before."
            )
        finish(found, path, reports, is_new=False, publish_now=publish_now)


def imported(found: "dg.DagsterInstance", job: str, op: str, config: dict[str, Any]) -> RunReport:
    """Run an import with a bar of how far it is."""
    with bar():
        return execute(found, job, config={"ops": {op: {"config": config}}})


def finish(
    found: "dg.DagsterInstance", path: Path, reports: list[RunReport], *, is_new: bool, publish_now: bool
) -> None:
    """Say what was read, and publish it unless everything had been there before."""
    is_published = Settings().warehouse.published_path.exists() and not unread()
    out().print(
        f"Read now: {sum(read(report, 'received') for report in reports)} records received = "
        f"{sum(read(report, 'accepted') for report in reports)} accepted + "
        f"{sum(read(report, 'rejected') for report in reports)} rejected."
    )
    if not is_new and not any(read(report, "received") for report in reports):
        parts = [report.metadata.get("raw.openalex_snapshot_pages", {}) for report in reports]
        is_known = all(counts.get("parts") == counts.get("parts_skipped") for counts in parts)
        says = "is loaded already" if is_known else "holds nothing that is wanted"
        out().print(f"{path.name} {says}: nothing changed.", soft_wrap=True)
        if is_published:
            return
    if publish_now:
        transform(found)


def read(report: RunReport, count: str) -> int:
    """A count of what the run read into staging."""
    return int(report.metadata["staging.page_loads"][count])


@contextmanager
def bar() -> Iterator[None]:
    """Show how far the steps of a run are, and the time each has left."""
    from pipeline.steps.watching import watched  # noqa: PLC0415 - DuckDB, which `--help` need not wait for

    with progress(TaskProgressColumn()) as shown:
        task = shown.add_task("Starting", total=None)
        described = "Starting"

        def show(what: str, done: float, total: float) -> None:
            nonlocal described
            if what.partition(" ")[0] != described.partition(" ")[0]:
                shown.reset(task)
            described = what
            shown.update(task, description=what, completed=done, total=total)

        with watched(show):
            yield
