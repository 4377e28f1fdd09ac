"""One command as one whole process: its seconds and its peak memory.

    python -I benchmarks/launch.py REPORT.json COMMAND ...

What belongs here: starting a command and writing down what it took. What does not: what the command is for. Only the
standard library is used, and the command is started from a process of its own: Linux counts a child's peak from the
size of the process that starts it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class LaunchError(Exception):
    """A command ended badly; the message is its exit code and the last line it printed."""


@dataclass(frozen=True)
class Took:
    """What a command took.

    Args:
        seconds: From its start to its end, imports and reading included.
        gigabytes: Peak resident memory of its largest process.
        output: What it printed.
    """

    seconds: float
    gigabytes: float
    output: str


def measured(command: Sequence[str]) -> Took:
    """Run a command to its end.

    Raises:
        LaunchError: it could not be started, or its exit code is not 0.
    """
    with tempfile.TemporaryDirectory() as place:
        report = Path(place, "report.json")
        done = subprocess.run(
            [sys.executable, "-I", __file__, str(report), *command], check=False, capture_output=True, text=True
        )
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.strip()]
            raise LaunchError(f"exit code {done.returncode}" + (f", after {said[-1].strip()!r}" if said else ""))
        took = json.loads(report.read_text(encoding="utf-8"))
    return Took(took["seconds"], took["gigabytes"], done.stdout)


def main() -> None:
    report, *command = sys.argv[1:]
    begun = time.perf_counter()
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    took = {"seconds": time.perf_counter() - begun, "gigabytes": usage.ru_maxrss / 1e6}
    Path(report).write_text(json.dumps(took), encoding="utf-8")
    sys.exit(min(abs(os.waitstatus_to_exitcode(status)), 255))


if __name__ == "__main__":
    main()
