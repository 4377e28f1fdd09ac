"""An operator over a replica, and disks that are small enough to fill."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.conftest import impatient, operator, world_folder  # noqa: F401 - fixtures
from tests.cli.conftest import Shell, module_patch, undrawn  # noqa: F401 - fixtures


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell with an empty data folder."""
    return Shell(tmp_path / "data", monkeypatch)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 64 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a file system: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
