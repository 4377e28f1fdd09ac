"""The command's entry: its parts put together, and errors turned into sentences."""

import sys
from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.markup import escape

from pipeline.cli import corrections, people, service, sources
from pipeline.cli.console import err
from pipeline.cli.runs import CommandError
from pipeline.metrics import MetricsInputError
from pipeline.replica.faults import FaultSpecError
from pipeline.replica.lines import ReplicaDataError
from pipeline.replica.server import ReplicaStartError
from pipeline.resolve import ResolverInputError
from pipeline.snapshots import ImportFileError
from pipeline.sources.errors import SourceError
from pipeline.steps.curating import CorrectionError
from warehouse import WarehouseError

PLAIN_ERRORS = (
    CommandError,
    CorrectionError,
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

INTERRUPTED = 130
"""Exit code typer gives an interrupt."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Who wrote what: arXiv and OpenAlex into a DuckDB warehouse of works, people and trust.",
)
sources.register(app)
people.register(app)
corrections.register(app)
service.register(app)


def main() -> None:
    """Run the command; exit code 0 only on success."""
    try:
        app()
    except PLAIN_ERRORS as error:
        fail(str(error))
    except ValidationError as error:
        # Settings are the only models the command builds itself.
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        fail(f"PIPELINE_{name} cannot be read: {first['msg']}.")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            err().print(
                "[red]stopped:[/red] what was landed and committed stays; the same command goes on from there.",
                soft_wrap=True,
            )
        raise


def fail(message: str) -> NoReturn:
    """Say what went wrong, in the message's own words, and end."""
    err().print("[red]error:[/red]", escape(message), soft_wrap=True)
    sys.exit(1)
