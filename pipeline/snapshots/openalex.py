"""Snapshots of OpenAlex: a folder of parts per kind of thing, of which only what is wanted is landed.

Both layouts are read: `works/updated_date=.../part_0000.gz` (JSON lines) or `.parquet`, below the folder itself or
below `data`, `jsonl` or `parquet` in it, with or without a manifest. A part lands as a window of its own, so an
import that was stopped goes on with the part it was in. Not here: which ids are wanted (`wanted`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic_core import from_json, to_json

from pipeline.snapshots.files import ImportFileError, opened
from pipeline.snapshots.gone import Gone, gone_of
from pipeline.sources.landing import LandedPage, Landing
from pipeline.sources.pages import RawPage, Source

SOURCES: Final = {
    "works": Source.OPENALEX_WORKS,
    "authors": Source.OPENALEX_AUTHORS,
    "institutions": Source.OPENALEX_INSTITUTIONS,
}
"""Folder of a snapshot -> the door its lines come by."""

PAGE_LINES: Final = 2_000
"""Lines in a landed page: some 20 MB of works."""

ROWS_AT_ONCE: Final = 500
"""Rows of a Parquet part that are in memory as Python objects."""

KEY_COLUMNS: Final = ("id", "doi", "primary_location", "best_oa_location", "locations")
"""Columns of a Parquet part that tell whether a row may be wanted."""

_ROOTS: Final = (".", "data", "jsonl", "parquet", "data/jsonl", "data/parquet")
_MANIFESTS: Final = ("manifest", "manifest.json")
_PARQUET: Final = b"PAR1"


class Part(NamedTuple):
    """A file of a snapshot: its name below the snapshot's root, its place, its kind and size."""

    name: str
    path: Path
    source: Source
    size: int


class Wanted(NamedTuple):
    """What is landed of a kind of thing.

    Attributes:
        may_be: Whether a line, or the key columns of a row as one, may be wanted: cheap, never falsely no.
        is_wanted: Whether a line is wanted; a line that cannot be read is.
        digest: Names the ids behind it: a part is read again when other things are wanted of it.
    """

    may_be: Callable[[bytes], bool]
    is_wanted: Callable[[bytes], bool]
    digest: str


class LandedPart(NamedTuple):
    """How far a part has come.

    Attributes:
        pages: The pages landed since the last report.
        position: Bytes of the part that are read.
        seen: Lines of it that are read since the last report.
    """

    pages: Sequence[LandedPage]
    position: int
    seen: int


def snapshot_parts(path: Path) -> list[Part]:
    """The parts of a snapshot, works first, each kind by its date of update.

    Args:
        path: The snapshot's folder, the folder of one kind in it, or one file of works.

    Raises:
        ImportFileError: It holds no part, or not all that its manifest lists.
    """
    if path.is_file():
        return [Part(path.name, path, Source.OPENALEX_WORKS, path.stat().st_size)]
    root, kinds = _root(path)
    parts = [part for kind in kinds for part in _parts(root, kind)]
    if not parts:
        raise ImportFileError(
            f"{path} holds no part of an OpenAlex snapshot: give the folder with works/updated_date=.../part_0000.gz."
        )
    return parts


def land_part(part: Part, landing: Landing, wanted: Wanted, gone: Gone) -> Iterator[LandedPart]:
    """Land what is wanted of a part and is not gone, as one window; yields now and then how far it has come.

    A part of an earlier download may hold what a later list says is gone.

    Raises:
        ImportFileError: The part breaks off; what has landed of it stays.
    """
    landed: list[LandedPage] = []
    kept: list[bytes] = []
    for chosen, position, seen in _chosen(part, wanted):
        kept += [line for line in chosen if not gone.has(line)]
        pages: list[LandedPage] = []
        while len(kept) >= PAGE_LINES:
            pages.append(landing.land(_page(part, len(landed) + len(pages) + 1, kept[:PAGE_LINES])))
            del kept[:PAGE_LINES]
        landed += pages
        yield LandedPart(pages, position, seen)
    if kept:
        landed.append(landing.land(_page(part, len(landed) + 1, kept)))
        yield LandedPart(landed[-1:], part.size, 0)
    landing.commit(part.source.value, span(part, wanted), landed)


def span(part: Part, wanted: Wanted) -> str:
    """The window of a part: the file as it is now, and what is wanted of it."""
    return f"file:{part.name}?size={part.size}&changed={part.path.stat().st_mtime_ns}&wanted={wanted.digest}"


def gone(path: Path, kind: str) -> Gone:
    """What the snapshot says is deleted or merged into others; of one file of works, nothing.

    Raises:
        ImportFileError: A list of them cannot be read.
    """
    return gone_of(path if path.is_file() else _root(path)[0], kind)


def land_gone(path: Path, landing: Landing, ids: Sequence[str]) -> list[LandedPage]:
    """Land ids that are gone, one a line, as one window."""
    if not ids:
        return []
    body = "".join(f"{identifier}\n" for identifier in ids).encode()
    request = f"file:{path.name}#gone"
    page = RawPage(
        Source.OPENALEX_GONE, request, request, 200, "text/csv", body, datetime.now(UTC), received=len(ids), total=None
    )
    landed = [landing.land(page)]
    landing.commit(Source.OPENALEX_GONE, request, landed)
    return landed


def _root(path: Path) -> tuple[Path, Sequence[str]]:
    if path.name in SOURCES and path.is_dir():
        return path.parent, [path.name]
    for folder in _ROOTS:
        kinds = [kind for kind in SOURCES if (path / folder / kind).is_dir()]
        if kinds:
            return path / folder, kinds
    raise ImportFileError(f"{path} is no OpenAlex snapshot: give a folder with works, authors or institutions in it.")


def _parts(root: Path, kind: str) -> list[Part]:
    """The parts of a kind that its manifest lists; without one, those that are there."""
    listed = _listed(root, kind)
    if listed is None:
        listed = {
            file.relative_to(root).as_posix(): None
            for file in (root / kind).rglob("*part_*")
            if file.is_file() and not file.name.startswith(".")
        }
    return [_part(root, name, kind, listed[name]) for name in sorted(listed)]


def _part(root: Path, name: str, kind: str, told_size: int | None) -> Part:
    """A part, there and as long as the manifest says."""
    file = root / name
    if not file.is_file():
        raise ImportFileError(f"{name} is in the manifest of {root} but not in the folder: download it and try again.")
    size = file.stat().st_size
    if told_size not in {None, size}:
        raise ImportFileError(f"{file} has {size:,} bytes where the manifest says {told_size:,}: download it again.")
    return Part(name, file, SOURCES[kind], size)


def _listed(root: Path, kind: str) -> dict[str, int | None] | None:
    """Names of parts below the root -> sizes, where told, by the kind's own manifest or the snapshot's."""
    for file in [*(root / kind / name for name in _MANIFESTS), *(root / name for name in _MANIFESTS)]:
        if file.is_file():
            try:
                listed = dict(_entries(from_json(file.read_bytes()), re.compile(rf"(?:^|/)({kind}/[^/]+/[^/]+)$")))
            except ValueError as error:
                raise ImportFileError(f"{file} is no JSON ({error}): download it again.") from error
            if listed:
                return listed
            if file.parent.name == kind and any((root / kind).rglob("*part_*")):
                raise ImportFileError(f"{file} names none of the parts beside it: download it again.")
    return None


def _entries(value: Any, name: re.Pattern[str]) -> Iterator[tuple[str, int | None]]:
    """Every path in a manifest, however deep it stands, with the length in bytes that stands beside it."""
    if isinstance(value, Mapping):
        told = value.get("meta", value)
        size = told.get("content_length") if isinstance(told, Mapping) else None
        for inner in value.values():
            if isinstance(inner, str) and (found := name.search(inner)):
                yield found[1], size if isinstance(size, int) else None
            else:
                yield from _entries(inner, name)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, str) and (found := name.search(inner)):
                yield found[1], None
            else:
                yield from _entries(inner, name)


def _page(part: Part, number: int, lines: Iterable[bytes]) -> RawPage:
    body = b"".join(line if line.endswith(b"\n") else line + b"\n" for line in lines)
    return RawPage(
        source=part.source.value,
        request=f"file:{part.name}#page={number}",
        window=f"file:{part.name}",
        status=200,
        media_type="application/jsonl",
        body=body,
        fetched_at=datetime.now(UTC),
        received=body.count(b"\n"),
        total=None,
    )


def _chosen(part: Part, wanted: Wanted) -> Iterator[tuple[list[bytes], int, int]]:
    """Wanted lines of a part by and by, the bytes read so far and the lines read since."""
    with part.path.open("rb") as file:
        is_parquet = file.read(len(_PARQUET)) == _PARQUET
    yield from _chosen_rows(part, wanted) if is_parquet else _chosen_lines(part, wanted)


def _chosen_lines(part: Part, wanted: Wanted) -> Iterator[tuple[list[bytes], int, int]]:
    with opened(part.path) as file:
        rest = iter(file.lines)
        while batch := list(islice(rest, PAGE_LINES)):
            chosen = [line for line in batch if line.strip() and wanted.may_be(line) and wanted.is_wanted(line)]
            yield chosen, file.packed.tell(), len(batch)


def _chosen_rows(part: Part, wanted: Wanted) -> Iterator[tuple[list[bytes], int, int]]:
    try:
        with pq.ParquetFile(part.path) as file:
            keys = [name for name in KEY_COLUMNS if name in file.schema_arrow.names]
            seen = 0
            for batch in file.iter_batches(ROWS_AT_ONCE):
                rows = _as_lines(batch.select(keys)) if keys else _as_lines(batch)
                likely = [place for place, line in enumerate(rows) if wanted.may_be(line)]
                seen += batch.num_rows
                lines = _as_lines(batch.take(pa.array(likely, pa.int64())))
                chosen = [line for line in lines if wanted.is_wanted(line)]
                yield chosen, part.size * seen // file.metadata.num_rows, batch.num_rows
    except (OSError, pa.ArrowException) as error:
        raise ImportFileError(f"{part.path} cannot be read to its end ({error}): download it again.") from error


def _as_lines(rows: pa.RecordBatch) -> list[bytes]:
    """Rows as the lines that the other form of the snapshot has for them."""
    return [to_json(_object(row)) for row in rows.to_pylist(maps_as_pydicts="strict")]


def _object(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the index of its abstract as an object, also where the column holds it as JSON text.

    OpenAlex cuts that text at 32,760 bytes; where the cut leaves no JSON, the other form has null, and so has this.
    """
    index = row.get("abstract_inverted_index")
    if not isinstance(index, str):
        return row
    try:
        return row | {"abstract_inverted_index": from_json(index)}
    except ValueError:
        return row | {"abstract_inverted_index": None}
