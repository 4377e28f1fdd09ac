"""Contracts of the raw layer: what was asked of a source, and the bytes it answered with."""

import dataframely as dy

UTC = "UTC"


def instant(description: str, *, nullable: bool = True) -> dy.Datetime:
    """A moment in UTC, to the microsecond."""
    return dy.Datetime(time_zone=UTC, time_unit="us", nullable=nullable, description=description)


class Windows(dy.Schema):
    """A fetch window that was landed whole: every page of one question to one source, totals compared."""

    window_id = dy.String(primary_key=True, description="Source, span and digest of the window's manifest.")
    source = dy.String(description="Door the pages came by: arxiv_atom, arxiv_oai, arxiv_snapshot, openalex_works ...")
    span = dy.String(description="What was asked for: SINCE/UNTIL for a span of days, else the file or list of ids.")
    pages = dy.Int64(min=0, description="Pages in the window.")
    received = dy.Int64(min=0, description="Records in the window's pages, before any rule was applied.")
    completed_at = instant("When the last page had been landed.", nullable=False)


class Pages(dy.Schema):
    """A page of one landed window: a response body, or a slice of a bulk file, kept as received."""

    window_id = dy.String(primary_key=True, description="The window the page belongs to.")
    page_id = dy.String(
        primary_key=True,
        description="Source and digest of request and body; the same page twice is one file.",
    )
    source = dy.String(description="Door the page came by.")
    request = dy.String(description="What was asked, without secrets.")
    path = dy.String(description="File below the data folder, zstd-compressed.")
    sha256 = dy.String(regex=r"^[0-9a-f]{64}$", description="Digest of the uncompressed body.")
    size_bytes = dy.Int64(min=0, description="Size of the uncompressed body in bytes.")
    received = dy.Int64(min=0, description="Records on the page.")
    fetched_at = instant("When the body arrived.", nullable=False)
