"""Where commands print: as wide as the terminal, and wide enough for a table where there is none."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.file_proxy import FileProxy

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


@contextmanager
def kept(stream: TextIO) -> Iterator[TextIO]:
    """A stream that goes on to where stdout or stderr goes now: Dagster writes what a step prints to a file instead."""
    try:
        descriptor = None if isinstance(stream, FileProxy) else stream.fileno()
    except OSError:
        descriptor = None
    if descriptor is None:  # a bar's own, which prints above the bar, or no file at all
        yield stream
        return
    stream.flush()
    with os.fdopen(os.dup(descriptor), "w", encoding=stream.encoding, errors=stream.errors, buffering=1) as copy:
        yield copy


@contextmanager
def steady() -> Iterator[Console]:
    """The console of what was asked for, for what is drawn while steps run."""
    width = out().width
    with kept(sys.stdout) as stream:
        yield Console(file=stream, highlight=False, markup=False, emoji=False, width=width)
