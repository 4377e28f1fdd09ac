"""A bulk file in slices of whole lines: packed or not, the same bytes; broken, one sentence."""

import gzip
import random
from datetime import UTC, datetime

import pytest
import zstandard

from pipeline.snapshots import ImportFileError, land_snapshot
from pipeline.snapshots import arxiv as module
from pipeline.snapshots.arxiv import Slice
from pipeline.sources.landing import Landing
from pipeline.sources.pages import Source

LINES = [f'{{"id": "2103.{n:05d}"}}\n'.encode() for n in range(1, 8)]
BODY = b"".join(LINES)
PACKED = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "zstd in two frames": lambda body: zstandard.compress(body[:30]) + zstandard.compress(body[30:]),
    "gzip in two members": lambda body: gzip.compress(body[:30]) + gzip.compress(body[30:]),
}


def written(folder, content, name="arxiv.jsonl"):
    (folder / name).write_bytes(content)
    return folder / name


def landed(folder, path):
    return [one.page for one in land_snapshot(path, Landing(folder / "raw"), Source.ARXIV_SNAPSHOT)]


def slices(path, **options):
    return (one.body for one in module.slices(path, **options))


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_what_a_file_is_is_read_from_its_first_bytes(tmp_path, pack):
    assert b"".join(slices(written(tmp_path, pack(BODY)))) == BODY


@pytest.mark.parametrize(("lines", "sizes"), [(3, [3, 3, 1]), (7, [7]), (100, [7]), (1, [1] * 7)])
def test_slices_are_whole_lines(tmp_path, lines, sizes):
    parts = list(slices(written(tmp_path, BODY), lines=lines))
    assert [part.count(b"\n") for part in parts] == sizes
    assert b"".join(parts) == BODY


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_a_slice_tells_how_far_the_file_is_read(tmp_path, pack):
    path = written(tmp_path, pack(BODY))
    positions = [one.position for one in module.slices(path, lines=2)]
    assert positions == sorted(positions)
    assert positions[-1] == path.stat().st_size


def test_slices_land_in_the_file_s_order(tmp_path, monkeypatch):
    monkeypatch.setattr(module.slices, "__kwdefaults__", {"lines": 1})
    pages = landed(tmp_path, written(tmp_path, BODY))
    assert [page.request for page in pages] == [f"file:arxiv.jsonl#slice={n}" for n in range(1, 8)]
    assert tuple(page.page_id for page in pages) == next(Landing(tmp_path / "raw").windows()).page_ids


def test_a_last_line_without_an_end_is_a_line(tmp_path):
    assert list(slices(written(tmp_path, BODY.rstrip()), lines=6)) == [b"".join(LINES[:6]), LINES[6].rstrip()]


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_an_empty_file_has_no_slice(tmp_path, pack):
    assert list(slices(written(tmp_path, pack(b"")))) == []


NOISE = random.Random(7).randbytes(100_000)
"""Packs to many blocks, so that half of it holds whole ones."""


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_file_that_breaks_off_is_named(tmp_path, pack, share):
    content = pack(NOISE)
    path = written(tmp_path, content[: int(len(content) * share)])
    with pytest.raises(ImportFileError, match=r"arxiv\.jsonl cannot be read to its end .* import it again"):
        list(slices(path))


@pytest.mark.parametrize(
    "pack", [gzip.compress, zstandard.ZstdCompressor(write_checksum=True).compress], ids=["gzip", "zstd"]
)
@pytest.mark.parametrize("place", [20, 50_000, -2])
def test_a_file_with_a_wrong_byte_is_named(tmp_path, pack, place):
    content = bytearray(pack(NOISE))
    content[place] ^= 0xFF
    with pytest.raises(ImportFileError, match="cannot be read to its end"):
        list(slices(written(tmp_path, content)))


def test_a_long_file_comes_whole_out_of_zstd(tmp_path):
    lines = b"".join(NOISE[n : n + 90].replace(b"\n", b" ") + b"\n" for n in range(0, 99_000, 7))
    assert b"".join(slices(written(tmp_path, zstandard.compress(lines)), lines=1000)) == lines


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ImportFileError, match="none is not a file"):
        list(slices(tmp_path / "none"))


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ImportFileError, match="is not a file"):
        list(slices(tmp_path))


def test_a_file_lands_as_one_window(tmp_path):
    pages = landed(tmp_path, written(tmp_path, BODY + b"\n  \n"))
    landing = Landing(tmp_path / "raw")
    (window,) = landing.windows()
    assert (window.span, window.received, window.page_ids) == ("file:arxiv.jsonl", 7, (pages[0].page_id,))
    assert pages[0].request == "file:arxiv.jsonl#slice=1"
    assert landing.read(pages[0]) == BODY + b"\n  \n"
    assert pages[0].fetched_at <= datetime.now(UTC)


def test_landing_a_file_again_lands_nothing(tmp_path):
    path = written(tmp_path, BODY)
    first, again = landed(tmp_path, path), landed(tmp_path, path)
    assert again == first
    assert len(list(Landing(tmp_path / "raw").windows())) == 1


def test_a_broken_file_leaves_no_window_but_what_landed_stays(tmp_path, monkeypatch):
    def breaking_off(path):
        yield Slice(LINES[0], len(LINES[0]))
        raise ImportFileError("breaks off")

    path = written(tmp_path, BODY)
    with monkeypatch.context() as patch:
        patch.setattr(module, "slices", breaking_off)
        with pytest.raises(ImportFileError):
            landed(tmp_path, path)
    landing = Landing(tmp_path / "raw")
    assert list(landing.windows()) == []
    assert len(list(landing.root.glob("arxiv_snapshot/*/*.json"))) == 1
    assert len(landed(tmp_path, path)) == 1
