"""Snapshots of arXiv: one file of JSON lines, landed slice by slice."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pipeline.snapshots.files import opened
from pipeline.sources.landing import LandedPage, Landing
from pipeline.sources.pages import RawPage, Source

SLICE_LINES = 5_000
"""Lines in a landed slice: about 9 MB of arXiv snapshot, a second's work to read."""

LANDING_THREADS = 2
"""Slices that are packed and written at the same time."""


class Slice(NamedTuple):
    """Whole lines of a file, and how many of the file's bytes are read with them."""

    body: bytes
    position: int


class LandedSlice(NamedTuple):
    """A slice that has landed, and how many of the file's bytes have landed with it."""

    page: LandedPage
    position: int


def land_snapshot(path: Path, landing: Landing, source: Source) -> Iterator[LandedSlice]:
    """Land a file slice by slice and commit it as one window; yields each slice as it lands, in the file's order.

    Args:
        path: JSON lines, plain, .gz or .zst; what it is is read from its first bytes.
        landing: Where the slices go; one that has landed before is left as it is.
        source: The door the lines come by.

    Raises:
        ImportFileError: The file is not there, is no text of lines, or breaks off inside its compression.
    """
    landed = []
    begun: deque[tuple[Future[LandedPage], int]] = deque()
    with ThreadPoolExecutor(LANDING_THREADS) as pool:
        for number, one in enumerate(slices(path), start=1):
            page = RawPage(
                source=source.value,
                request=f"file:{path.name}#slice={number}",
                window=f"file:{path.name}",
                status=200,
                media_type="application/jsonl",
                body=one.body,
                fetched_at=datetime.now(UTC),
                received=sum(1 for line in one.body.splitlines() if line.strip()),
                total=None,
            )
            begun.append((pool.submit(landing.land, page), one.position))
            if len(begun) > LANDING_THREADS:
                landed.append(_landed(begun))
                yield landed[-1]
        while begun:
            landed.append(_landed(begun))
            yield landed[-1]
    landing.commit(source.value, f"file:{path.name}", [one.page for one in landed])


def _landed(begun: "deque[tuple[Future[LandedPage], int]]") -> LandedSlice:
    page, position = begun.popleft()
    return LandedSlice(page.result(), position)


def slices(path: Path, *, lines: int = SLICE_LINES) -> Iterator[Slice]:
    """The file's lines in slices of `lines`, each slice whole lines."""
    with opened(path) as file:
        rest = iter(file.lines)
        while batch := list(islice(rest, lines)):
            yield Slice(b"".join(batch), file.packed.tell())
