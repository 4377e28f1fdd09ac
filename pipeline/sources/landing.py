"""The landing: raw pages on disk, as received, each once.

A page is two files below `<root>/<source>/<first two digits of its digest>/`: the body, compressed with zstd,
and a sidecar with what was asked. The name is made of the digest of request and body, so landing a page twice
changes nothing. Files are written aside, in `parts/`, synced and renamed, body before sidecar: a page exists when its
sidecar does, and a kill or a full disk leaves no half of one. Pages that were not accepted are kept the same
way below `refused/`. A window is a manifest of pages, written when the last of them has landed.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import zstandard

from pipeline.sources.errors import LandingError
from pipeline.sources.http import redact
from pipeline.sources.pages import RawPage, Source

PARTS: Final = "parts"
REFUSED: Final = "refused"
WINDOWS: Final = "windows"

_LEVEL = 3
_ID = re.compile(r"(?P<source>[a-z_]+)-(?P<digest>[0-9a-f]{32})")
_SOURCES = frozenset(source.value for source in Source)


@dataclass(frozen=True, slots=True)
class LandedPage:
    """A page on disk: its sidecar.

    Attributes:
        page_id: Source and digest of request and body.
        path: Body file, below the landing's root, with forward slashes.
        sha256: Digest of the uncompressed body.
        size_bytes: Size of the uncompressed body.
        reason: Why the page was refused; null for an accepted one.
    """

    page_id: str
    source: str
    request: str
    window: str
    status: int
    media_type: str
    fetched_at: datetime
    received: int
    total: int | None
    sha256: str
    size_bytes: int
    path: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A question to a source whose every page has landed.

    Attributes:
        window_id: Source and digest of source, span and pages; the same pages landed again are the same
            window.
        span: What was asked, as `RawPage.window`.
        page_ids: In the order they came.
        received: Records on those pages.
        completed_at: When the window was first complete.
        confirmed_at: When it was last complete: later where a later fetch brought the same pages.
    """

    window_id: str
    source: str
    span: str
    page_ids: tuple[str, ...]
    received: int
    completed_at: datetime
    confirmed_at: datetime


class Landing:
    """A folder of raw pages. Many processes may land into it at once.

    Args:
        root: Made when it is not there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def land(self, page: RawPage) -> LandedPage:
        """Keep a page; one that is there already is left as it is, with the time it first came.

        Raises:
            LandingError: it cannot be written.
        """
        return self._keep(page, "", None)

    def refuse(self, page: RawPage, reason: str) -> LandedPage:
        """Keep a page that was not accepted, apart from the others, with the sentence why."""
        return self._keep(page, REFUSED, reason)

    def commit(self, source: str, span: str, pages: Iterable[LandedPage]) -> Window:
        """Declare that these are all pages of a window. Doing it again takes down when, and changes nothing else."""
        ordered = tuple(pages)
        page_ids = tuple(dict.fromkeys(page.page_id for page in ordered))
        digest = _digest(_known_source(source), span, *page_ids)
        window_id = f"{source}-{digest}"
        path = self.root / WINDOWS / source / f"{window_id}.json"
        now = datetime.now(UTC)
        if path.exists():
            window = replace(_read_window(path), confirmed_at=now)
        else:
            received = sum({page.page_id: page.received for page in ordered}.values())
            window = Window(window_id, source, span, page_ids, received, now, now)
        self._write(path, _to_json(asdict(window)))
        return window

    def sweep(self) -> int:
        """Remove the unfinished files of writers that were killed; returns how many. Those at work keep theirs."""
        swept = 0
        for path in sorted((self.root / PARTS).glob("*")):
            with contextlib.suppress(OSError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                swept += 1
        return swept

    def windows(self, source: str | None = None) -> Iterator[Window]:
        """Yield the complete windows, of one source or of all, by source and id."""
        for path in sorted((self.root / WINDOWS).glob(f"{_known_source(source) if source else '*'}/*.json")):
            yield _read_window(path)

    def pages(self, window: Window) -> Iterator[LandedPage]:
        """Yield the pages of a window, in the order they came."""
        for page_id in window.page_ids:
            yield self.page(page_id)

    def page(self, page_id: str) -> LandedPage:
        """Return an accepted page's sidecar.

        Raises:
            LandingError: there is no such page.
        """
        return self._sidecar(page_id, "")

    def refused(self) -> Iterator[LandedPage]:
        """Yield the pages that were not accepted, by source and id."""
        for path in sorted((self.root / REFUSED).glob("*/*/*.json")):
            yield self._sidecar(path.stem, REFUSED)

    def read(self, page: LandedPage) -> bytes:
        """Return the body of a page.

        Raises:
            LandingError: it is gone, or is no longer what was written.
        """
        path = self._body_path(page.page_id, REFUSED if page.reason is not None else "")
        try:
            body = zstandard.ZstdDecompressor().decompress(path.read_bytes(), max_output_size=page.size_bytes)
        except FileNotFoundError:
            raise LandingError(f"The page {path} is gone; fetch its window again.") from None
        except (OSError, zstandard.ZstdError) as error:
            raise LandingError(f"The page {path} cannot be read ({error}); fetch its window again.") from error
        if hashlib.sha256(body).hexdigest() != page.sha256:
            raise LandingError(f"The page {path} is not what was landed; delete it and fetch its window again.")
        return body

    def _keep(self, page: RawPage, branch: str, reason: str | None) -> LandedPage:
        request = redact(page.request)
        sha256 = hashlib.sha256(page.body).hexdigest()
        page_id = f"{_known_source(page.source)}-{_digest(page.source, request, sha256)}"
        path = self._body_path(page_id, branch)
        sidecar = path.with_suffix(".json")
        if sidecar.exists() and path.exists():
            return self._sidecar(page_id, branch)
        landed = LandedPage(
            page_id=page_id,
            source=str(page.source),
            request=request,
            window=page.window,
            status=page.status,
            media_type=page.media_type,
            fetched_at=page.fetched_at,
            received=page.received,
            total=page.total,
            sha256=sha256,
            size_bytes=len(page.body),
            path=path.relative_to(self.root).as_posix(),
            reason=redact(reason) if reason is not None else None,
        )
        self._write(path, zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(page.body))
        self._write(sidecar, _to_json(asdict(landed)))
        return landed

    def _write(self, path: Path, content: bytes) -> None:
        """Put a whole file in place, or none. The unfinished file is locked for as long as its writer lives."""
        aside = self.root / PARTS / f"{path.name}.{uuid.uuid4().hex}"
        try:
            for folder in (aside.parent, path.parent):
                folder.mkdir(parents=True, exist_ok=True)
            try:
                with _locked(aside) as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                    aside.replace(path)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
            folder_file = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder_file)
            finally:
                os.close(folder_file)
        except OSError as error:
            raise LandingError(
                f"{path} cannot be written ({error.strerror}); make room or check the folder."
            ) from error

    def _sidecar(self, page_id: str, branch: str) -> LandedPage:
        path = self._body_path(page_id, branch).with_suffix(".json")
        try:
            fields = json.loads(path.read_bytes())
            return LandedPage(**{**fields, "fetched_at": datetime.fromisoformat(fields["fetched_at"])})
        except FileNotFoundError:
            raise LandingError(f"There is no page {page_id}; fetch its window again.") from None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise LandingError(f"The sidecar {path} cannot be read ({error}); fetch its window again.") from error

    def _body_path(self, page_id: str, branch: str) -> Path:
        match = _ID.fullmatch(page_id)
        if match is None or match["source"] not in _SOURCES:
            raise LandingError(f"{page_id[:80]!r} is no page id.")
        return self.root / branch / match["source"] / match["digest"][:2] / f"{page_id}.zst"


def _locked(path: Path) -> BinaryIO:
    """A new file, locked; made again when it was swept between its making and its locking."""
    while True:
        file = path.open("wb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _known_source(source: str) -> str:
    if source not in _SOURCES:
        raise LandingError(f"There is no source {source[:80]!r}; the sources are {', '.join(sorted(_SOURCES))}.")
    return str(source)


def _digest(*parts: str) -> str:
    """Digest texts so that no two lists of texts share one by accident of where they are joined."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _to_json(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, default=lambda moment: moment.isoformat(), indent=1).encode()


def _read_window(path: Path) -> Window:
    try:
        fields = json.loads(path.read_bytes())
        return Window(
            **{
                **fields,
                "page_ids": tuple(fields["page_ids"]),
                "completed_at": datetime.fromisoformat(fields["completed_at"]),
                # Manifests of earlier versions do not have it.
                "confirmed_at": datetime.fromisoformat(fields.get("confirmed_at", fields["completed_at"])),
            }
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LandingError(f"The manifest {path} cannot be read ({error}); delete it and fetch the window.") from error
