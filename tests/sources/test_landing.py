import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.sources.errors import LandingError
from pipeline.sources.landing import Landing
from pipeline.sources.pages import RawPage

PAGE = RawPage(
    source="arxiv_atom",
    request="http://x/api/query?start=0",
    window="2020-01-01/2020-01-02",
    status=200,
    media_type="application/atom+xml",
    body=b"<feed>" + b"x" * 10_000 + b"</feed>",
    fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    received=3,
    total=3,
)


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path / "raw")


def files(landing):
    return sorted(path.relative_to(landing.root).as_posix() for path in landing.root.rglob("*") if path.is_file())


def test_a_page_comes_back_as_it_was(landing):
    landed = landing.land(PAGE)
    assert landing.read(landed) == PAGE.body
    assert landing.page(landed.page_id) == landed
    assert (landed.source, landed.window, landed.received, landed.total) == ("arxiv_atom", PAGE.window, 3, 3)
    assert landed.fetched_at == PAGE.fetched_at
    assert (landing.root / landed.path).stat().st_size < landed.size_bytes


def test_landing_twice_changes_nothing(landing):
    first = landing.land(PAGE)
    before = {name: (landing.root / name).read_bytes() for name in files(landing)}
    assert landing.land(replace(PAGE, fetched_at=datetime(2027, 1, 1, tzinfo=UTC))) == first
    assert {name: (landing.root / name).read_bytes() for name in files(landing)} == before


def test_another_body_or_request_is_another_page(landing):
    pages = [PAGE, replace(PAGE, body=b"other"), replace(PAGE, request="http://x/api/query?start=100")]
    assert len({landing.land(page).page_id for page in pages}) == 3


def test_refused_pages_are_kept_apart(landing):
    refused = landing.refuse(PAGE, "It is HTML.")
    assert refused.reason == "It is HTML."
    assert landing.read(refused) == PAGE.body
    assert list(landing.refused()) == [refused]
    with pytest.raises(LandingError, match="no page"):
        landing.page(refused.page_id)
    assert landing.land(PAGE).reason is None


def test_no_secret_is_kept(landing):
    landed = landing.land(replace(PAGE, request="http://x/works?api_key=sekret&page=1"))
    assert landed.request == "http://x/works?api_key=***&page=1"
    assert not any(b"sekret" in (landing.root / name).read_bytes() for name in files(landing))


@pytest.mark.parametrize("source", ["../../etc", "arxiv_atom/../..", "", "/etc", "unknown"])
def test_a_source_cannot_leave_the_folder(landing, source):
    with pytest.raises(LandingError, match="no source"):
        landing.land(replace(PAGE, source=source))
    assert not landing.root.exists() or files(landing) == []


@pytest.mark.parametrize("page_id", ["../../etc/passwd", "arxiv_atom-" + "z" * 32, "x-" + "0" * 32, ""])
def test_a_page_id_cannot_leave_the_folder(landing, page_id):
    with pytest.raises(LandingError, match="no page id"):
        landing.page(page_id)


def test_windows_with_hostile_names_stay_inside(landing):
    landed = landing.land(replace(PAGE, window="../../../etc/passwd\x00"))
    window = landing.commit("arxiv_atom", "../../../etc/passwd\x00", [landed])
    assert list(landing.windows()) == [window]
    assert all(path.resolve().is_relative_to(landing.root.resolve()) for path in landing.root.rglob("*"))


def test_a_window_is_its_pages_in_order(landing):
    pages = [landing.land(replace(PAGE, body=bytes([n]), received=n)) for n in (3, 1, 2)]
    window = landing.commit("arxiv_atom", PAGE.window, [*pages, pages[0]])
    assert window.page_ids == tuple(page.page_id for page in pages)
    assert window.received == 6
    assert list(landing.pages(window)) == pages
    again = landing.commit("arxiv_atom", PAGE.window, pages)
    assert replace(again, confirmed_at=window.confirmed_at) == window
    assert again.confirmed_at > window.confirmed_at
    assert list(landing.windows()) == [again]
    assert list(landing.windows("arxiv_oai")) == []


def test_a_manifest_of_an_earlier_version_is_read(landing):
    window = landing.commit("arxiv_atom", PAGE.window, [landing.land(PAGE)])
    (path,) = (landing.root / "windows").rglob("*.json")
    fields = json.loads(path.read_bytes())
    del fields["confirmed_at"]
    path.write_text(json.dumps(fields))
    assert list(landing.windows()) == [replace(window, confirmed_at=window.completed_at)]


def test_a_changed_body_is_noticed(landing):
    landed = landing.land(PAGE)
    other = landing.land(replace(PAGE, body=b"<feed>" + b"y" * 10_000 + b"</feed>"))
    (landing.root / landed.path).write_bytes((landing.root / other.path).read_bytes())
    with pytest.raises(LandingError, match="not what was landed"):
        landing.read(landed)
    (landing.root / landed.path).write_bytes(b"garbage")
    with pytest.raises(LandingError, match="cannot be read"):
        landing.read(landed)
    (landing.root / landed.path).unlink()
    with pytest.raises(LandingError, match="is gone"):
        landing.read(landed)
    assert landing.read(landing.land(PAGE)) == PAGE.body  # landing it again repairs it


def test_a_broken_sidecar_is_named(landing):
    landed = landing.land(PAGE)
    (landing.root / landed.path).with_suffix(".json").write_text("{")
    with pytest.raises(LandingError, match=r"sidecar .* cannot be read"):
        landing.page(landed.page_id)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "raw").write_text("a file where the folder should be")
    with pytest.raises(LandingError, match="cannot be written"):
        Landing(tmp_path / "raw").land(PAGE)


def test_a_full_disk_leaves_nothing_behind(landing, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LandingError, match="No space left on device"):
        landing.land(PAGE)
    assert files(landing) == []


def test_a_file_that_is_swept_before_its_writer_holds_it_is_written_again(landing, monkeypatch):
    lock, swept = fcntl.flock, []

    def late(file, operation):
        if not swept:
            swept.append(0)
            swept.append(landing.sweep())
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    landed = landing.land(PAGE)
    assert swept == [0, 1]
    assert landing.read(landed) == PAGE.body


def test_a_kill_leaves_whole_pages_only(landing):
    code = (
        "import sys, pathlib, dataclasses, datetime\n"
        "from pipeline.sources.landing import Landing\n"
        "from pipeline.sources.pages import RawPage\n"
        "landing = Landing(pathlib.Path(sys.argv[1]))\n"
        "when = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)\n"
        "for n in range(10**6):\n"
        "    body = b'%d' % n * 5000\n"
        "    landing.land(RawPage('arxiv_oai', f'http://x/{n}', 'w', 200, 'text/xml', body, when, 1, None))\n"
        "    print(n, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(landing.root)], stdout=subprocess.PIPE, text=True)
    for _ in range(10):
        process.stdout.readline()
    time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    said = process.communicate()[0]
    assert process.returncode == -signal.SIGKILL
    sidecars = list((landing.root / "arxiv_oai").rglob("arxiv_oai-*.json"))
    assert len(sidecars) >= 10 + len(said.split())
    for sidecar in sidecars:
        landed = landing.page(sidecar.stem)
        assert landing.read(landed) == landed.request.rpartition("/")[2].encode() * 5000
        assert json.loads(sidecar.read_bytes())["page_id"] == landed.page_id
