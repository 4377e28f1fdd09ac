"""Opening a bulk file: its lines, whatever it is packed with, and how far into it they have come."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

import zstandard

from pipeline.errors import PlainError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"

BROKEN = (OSError, EOFError, zlib.error, zstandard.ZstdError)
"""What reading a file that is not whole raises."""


class ImportFileError(PlainError):
    """A bulk file cannot be read; the message is one sentence with the way out."""


class Opened(NamedTuple):
    """A file that is being read.

    Attributes:
        lines: Its lines, unpacked.
        packed: The file as it lies on the disk; `tell` says how much of it is read.
    """

    lines: Iterable[bytes]
    packed: IO[bytes]


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The file's lines: plain, gzip or zstd, told by its first bytes.

    Raises:
        ImportFileError: The file is not there or breaks off.
    """
    if not path.is_file():
        raise ImportFileError(f"{path} is not a file: give the path of a snapshot file.")
    try:
        with path.open("rb") as packed:
            head = packed.read(4)
            packed.seek(0)
            if head.startswith(_GZIP):
                with gzip.open(packed) as unpacked:
                    yield Opened(unpacked, packed)
            elif head.startswith(_ZSTD):
                yield Opened(io.BufferedReader(ZstdFrames(packed)), packed)
            else:
                yield Opened(packed, packed)
    except BROKEN as error:
        raise ImportFileError(
            f"{path} cannot be read to its end ({error}): check the file and import it again."
        ) from error


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
