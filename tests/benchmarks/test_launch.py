"""What a command took, and what becomes of one that fails."""

import importlib
import sys

import pytest


@pytest.fixture
def launch():
    return importlib.import_module("launch")


def test_memory_and_output_are_the_commands_own(launch):
    took = launch.measured([sys.executable, "-I", "-c", "held = bytearray(300_000_000); print(len(held))"])
    assert took.output.strip() == "300000000"
    assert 0.3 < took.gigabytes < 0.5
    small = launch.measured([sys.executable, "-I", "-c", "pass"])
    assert small.gigabytes < 0.1


def test_seconds_include_the_whole_command(launch):
    took = launch.measured([sys.executable, "-I", "-c", "import time; time.sleep(0.3)"])
    assert took.seconds >= 0.3


def test_a_failure_is_told_in_the_commands_last_words(launch):
    with pytest.raises(launch.LaunchError, match=r"^exit code 1, after 'no such set'$"):
        launch.measured([sys.executable, "-I", "-c", "raise SystemExit('reading\\nno such set')"])


def test_a_command_that_is_not_there_is_named(launch):
    with pytest.raises(launch.LaunchError, match="no-such-command"):
        launch.measured(["no-such-command"])
