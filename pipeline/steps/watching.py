"""How far a long step is, told to whoever watches.

A step calls `tell`; a command that shows a bar runs it under `watched`. Dagster's runs of a command are in the
command's own thread, so nothing has to be handed through them. Nobody watches unless somebody says so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[str, float, float], object]
"""Takes what is being done, how much of it is done and how much there is, in the same unit."""

_WATCHER: ContextVar[Watcher] = ContextVar("watcher", default=lambda _what, _done, _total: None)


def tell(what: str, done: float, total: float) -> None:
    """Tell the watcher how far the step is."""
    _WATCHER.get()(what, done, total)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Have a watcher told while the block runs."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)
