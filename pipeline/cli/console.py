"""Where commands print: as wide as the terminal, and wide enough for a table where there is none."""

import os
import sys

from rich.console import Console

PIPE_COLUMNS = 200
"""Width where nobody has a terminal to say: a pipe or a file."""


def out() -> Console:
    """The console of what was asked for; names, titles and paths are no markup, whatever they hold."""
    return Console(highlight=False, markup=False, emoji=False, width=None if known_width() else PIPE_COLUMNS)


def err() -> Console:
    """The console of what went wrong."""
    return Console(stderr=True, highlight=False)


def known_width() -> bool:
    """Whether a terminal, or the environment, says how wide it is."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ
