"""The command's entry: its parts put together, and errors turned into sentences."""

import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from pipeline.cli import people, service, sources
from pipeline.cli.runs import CommandError
from pipeline.metrics import MetricsInputError
from pipeline.replica.faults import FaultSpecError
from pipeline.replica.lines import ReplicaDataError
from pipeline.replica.server import ReplicaStartError
from pipeline.resolve import ResolverInputError
from pipeline.snapshots import ImportFileError
from pipeline.sources.errors import SourceError
from warehouse import WarehouseError

PLAIN_ERRORS = (
    CommandError,
    FaultSpecError,
    ImportFileError,
    MetricsInputError,
    ReplicaDataError,
    ReplicaStartError,
    ResolverInputError,
    SourceError,
    WarehouseError,
)
"""Errors whose text is a sentence for the person at the keyboard; anything else is our fault and keeps its trace."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Who wrote what: arXiv and OpenAlex into a DuckDB warehouse of works, people and trust.",
)
sources.register(app)
people.register(app)
service.register(app)


def main() -> None:
    """Run the command; exit code 0 only on success."""
    console = Console(stderr=True, highlight=False)
    try:
        app()
    except PLAIN_ERRORS as error:
        console.print(f"[red]error:[/red] {error}", soft_wrap=True)
        sys.exit(1)
    except ValidationError as error:
        # Settings are the only models the command builds itself.
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        console.print(f"[red]error:[/red] PIPELINE_{name} cannot be read: {first['msg']}.", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("[red]stopped:[/red] what was landed and committed stays; the same command goes on from there.")
        sys.exit(130)
