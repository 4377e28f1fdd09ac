"""Fixtures that more than one folder of tests uses."""

import logging
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


@pytest.fixture(autouse=True)
def speaking_loggers() -> None:
    """Undo what other tests of the process, and the libraries they bring in, did to the loggers that tests read."""
    logging.disable(logging.NOTSET)
    for name, logger in logging.root.manager.loggerDict.items():
        if name.split(".")[0] in {"pipeline", "warehouse"} and isinstance(logger, logging.Logger):
            logger.disabled, logger.propagate = False, True
            logger.setLevel(logging.NOTSET)
