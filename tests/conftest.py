"""Fixtures that more than one folder of tests uses."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real records and labelled sets; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the real records in ../shared, which this checkout does not have")
    return SHARED
