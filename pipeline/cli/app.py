"""The command's entry: its parts put together, and errors turned into sentences."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

import typer
from pydantic import ValidationError
from rich.markup import escape
from typer.core import TyperGroup
from typer.main import get_group

from pipeline.cli.console import err
from pipeline.errors import PlainError

INTERRUPTED = 130
"""Exit code typer gives an interrupt."""

MODULES: Final = {
    "demo": "sources",
    "run": "sources",
    "backfill": "sources",
    "import": "imports",
    "publish": "sources",
    "resolve": "people",
    "evaluate": "people",
    "author": "people",
    "why": "people",
    "page": "pages",
    "correct": "corrections",
    "query": "warehouse",
    "export": "warehouse",
    "replica": "service",
    "doctor": "service",
}
"""The module of each command, in the order of `--help`."""


class Commands(TyperGroup):
    """The commands; a command's module comes in when it is asked for, so that none waits for what others need."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All of them."""
        del ctx
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One of them, or None."""
        del ctx
        if cmd_name not in MODULES:
            return None
        part = typer.Typer()
        import_module(f"pipeline.cli.{MODULES[cmd_name]}").register(part)
        return get_group(part).commands[cmd_name]


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def pipeline() -> None:
    """Who wrote what: arXiv and OpenAlex into a DuckDB warehouse of works, people and trust."""


def main() -> None:
    """Run the command; exit code 0 only on success."""
    try:
        app()
    except PlainError as error:
        fail(str(error))
    except ValidationError as error:
        # Settings are the only models the command builds itself.
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        fail(f"PIPELINE_{name} cannot be read: {first['msg']}.")
    except OSError as error:
        if not is_of_data_folder(error):
            raise
        fail(f"{error.filename} cannot be used ({error.strerror}): set PIPELINE_DATA to a folder that can be written.")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            err().print(
                "[red]stopped:[/red] what was landed and committed stays; the same command goes on from there.",
                soft_wrap=True,
            )
        raise


def is_of_data_folder(error: OSError) -> bool:
    """Whether the system refuses the data folder, or something in it."""
    from pipeline.settings import Settings  # noqa: PLC0415 - `--help` need not wait for it

    if not isinstance(error.filename, str):
        return False
    path, data = Path(error.filename), Settings().data
    return path.is_relative_to(data) or data.is_relative_to(path)


def fail(message: str) -> NoReturn:
    """Say what went wrong, in the message's own words, and end."""
    err().print("[red]error:[/red]", escape(message), soft_wrap=True)
    sys.exit(1)
