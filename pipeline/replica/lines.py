"""Files of JSON lines, read by position.

Belongs here: opening a plain or gzipped file, finding its lines, parsing one on demand. What the objects
mean is said in `papers` (arXiv) and `entities` (OpenAlex). The text stays on disk, mapped into memory by the
operating system, so 200,000 OpenAlex works of 20 kB cost an index and not 4 GB.
"""

import gzip
import json
import mmap
import shutil
import tempfile
import zlib
from array import array
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import IO, Any

from pipeline.errors import PlainError

CACHED_OBJECTS = 4096
"""Parsed objects kept; a client pages through neighbours and repeats itself, so a few pages' worth is
enough."""


class ReplicaDataError(PlainError, ValueError):
    """A data file that cannot be served; the message is one sentence naming the file and the line."""


class JsonLines:
    """The objects of one JSON lines file, in file order, blank lines left out.

    A missing file is an empty sequence. `name.jsonl` is preferred to `name.jsonl.gz`; a gzipped file is
    unpacked into an unnamed temporary file once.

    Args:
        folder: Where the file is.
        name: The file's name without `.gz`, for example `arxiv.jsonl`.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._map: mmap.mmap | None = None
        self._starts = array("Q")
        self._numbers = array("Q")
        self._cache: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self._lock = Lock()
        file = _opened(folder, name)
        if file is not None:
            with file:
                self._find_lines(file)

    def __len__(self) -> int:
        """How many objects the file holds."""
        return len(self._starts)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Every object once, without filling the cache."""
        return (self._parse(position) for position in range(len(self)))

    def __getitem__(self, position: int) -> dict[str, Any]:
        """The object at a position; callers must not change it.

        Raises:
            ReplicaDataError: The line is not a JSON object.
        """
        with self._lock:
            if position in self._cache:
                self._cache.move_to_end(position)
                return self._cache[position]
        parsed = self._parse(position)
        with self._lock:
            self._cache[position] = parsed
            if len(self._cache) > CACHED_OBJECTS:
                self._cache.popitem(last=False)
        return parsed

    def where(self, position: int) -> str:
        """File and line number of an object, for messages."""
        return f"{self.name} line {self._numbers[position]}"

    def close(self) -> None:
        """Let the file go; the objects can no longer be read."""
        if self._map is not None:
            self._map.close()

    def _find_lines(self, file: IO[bytes]) -> None:
        start = 0
        for number, line in enumerate(file, start=1):
            if not line.isspace():
                self._starts.append(start)
                self._numbers.append(number)
            start += len(line)
        if self._starts:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def _parse(self, position: int) -> dict[str, Any]:
        if self._map is None:
            raise IndexError(position)
        start = self._starts[position]
        end = self._map.find(b"\n", start)
        try:
            text = self._map[start : end if end >= 0 else len(self._map)]
            parsed = json.loads(text, parse_constant=lambda _constant: None)
        except (ValueError, RecursionError) as error:
            raise ReplicaDataError(f"{self.where(position)} is not JSON ({error}).") from error
        if not isinstance(parsed, dict):
            raise ReplicaDataError(f"{self.where(position)} is not a JSON object.")
        return parsed


def _opened(folder: Path, name: str) -> IO[bytes] | None:
    plain, packed = folder / name, folder / f"{name}.gz"
    if plain.is_file():
        return plain.open("rb")
    if not packed.is_file():
        return None
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it once it is mapped
    try:
        with gzip.open(packed) as source:
            shutil.copyfileobj(source, unpacked)
    except (OSError, EOFError, zlib.error) as error:
        unpacked.close()
        raise ReplicaDataError(f"{packed.name} is not a readable gzip file ({error}).") from error
    unpacked.seek(0)
    return unpacked
