"""Fixtures that more than one folder of tests uses."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine with other work on it is slow now and then, which says nothing about the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real records and labelled sets; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the real records in ../shared, which this checkout does not have")
    return SHARED
