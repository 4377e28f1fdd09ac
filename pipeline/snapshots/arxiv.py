"""Snapshots of JSON lines: plain, gzip or zstd."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import zstandard

from pipeline.sources.landing import LandedPage, Landing
from pipeline.sources.pages import RawPage, Source

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SLICE_LINES = 5_000
"""Lines in a landed slice: about 9 MB of arXiv snapshot, a second's work to read."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class ImportFileError(Exception):
    """A bulk file cannot be read; the message is one sentence with the way out."""


def land_snapshot(path: Path, landing: Landing, source: Source) -> Iterator[LandedPage]:
    """Land a file slice by slice and commit it as one window; yields each slice as it lands.

    Args:
        path: JSON lines, plain, .gz or .zst; what it is is read from its first bytes.
        landing: Where the slices go.
        source: The door the lines come by.

    Raises:
        ImportFileError: The file is not there, is no text of lines, or breaks off inside its compression.
    """
    landed = []
    for number, body in enumerate(slices(path), start=1):
        page = RawPage(
            source=source.value,
            request=f"file:{path.name}#slice={number}",
            window=f"file:{path.name}",
            status=200,
            media_type="application/jsonl",
            body=body,
            fetched_at=datetime.now(UTC),
            received=sum(1 for line in body.splitlines() if line.strip()),
            total=None,
        )
        landed.append(landing.land(page))
        yield landed[-1]
    landing.commit(source.value, f"file:{path.name}", landed)


def slices(path: Path, *, lines: int = SLICE_LINES) -> Iterator[bytes]:
    """The file's lines in slices of `lines`, each slice whole lines."""
    try:
        with opened(path) as file:
            batch: list[bytes] = []
            for line in file:
                batch.append(line)
                if len(batch) == lines:
                    yield b"".join(batch)
                    batch = []
            if batch:
                yield b"".join(batch)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise ImportFileError(
            f"{path} cannot be read to its end ({error}): check the file and import it again."
        ) from error


@contextmanager
def opened(path: Path) -> Iterator[Iterable[bytes]]:
    """The file's bytes, uncompressed."""
    if not path.is_file():
        raise ImportFileError(f"{path} is not a file: give the path of a snapshot file.")
    with path.open("rb") as raw:
        head = raw.read(4)
        raw.seek(0)
        if head.startswith(_GZIP):
            with gzip.open(raw) as unpacked:
                yield unpacked
        elif head.startswith(_ZSTD):
            yield io.BufferedReader(ZstdFrames(raw))
        else:
            yield raw


class ZstdFrames(io.RawIOBase):
    """The content of a file of zstd frames, which ends only where a frame ends.

    `zstandard`'s own reader takes a file that breaks off inside a frame for one that is finished.

    Args:
        packed: The file, at the beginning of a frame.
    """

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._ahead = b""
        self._content = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill a buffer with content; 0 at the end.

        Raises:
            EOFError: The file breaks off.
            zstandard.ZstdError: It holds something else than frames.
        """
        while not self._content:
            packed = self._ahead or self._packed.read(io.DEFAULT_BUFFER_SIZE)
            if not packed:
                if self._begun:
                    raise EOFError("the last zstd frame has no end")
                return 0
            self._content, self._ahead, self._begun = self._frame.decompress(packed), b"", True
            if self._frame.eof:
                self._ahead, self._begun = self._frame.unused_data, False
                self._frame = zstandard.ZstdDecompressor().decompressobj()
        view = memoryview(buffer).cast("B")
        size = min(len(view), len(self._content))
        view[:size], self._content = self._content[:size], self._content[size:]
        return size
