"""The world that questions are asked of, built once."""

import pytest

from tests.steps.bench import Bench

from .asked_world import write_asked_world


@pytest.fixture(scope="session")
def asked_world(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The world of the questions, published; for tests that only look."""
    return write_asked_world(tmp_path_factory.mktemp("asked"))
