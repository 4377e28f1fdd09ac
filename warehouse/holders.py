"""Who holds a lock, for a sentence that says so.

What belongs here: reading it off the system. What does not: taking locks (`connection`).
"""

import re
from pathlib import Path
from typing import Final

COMMAND_LETTERS: Final = 80

_HELD: Final = re.compile(r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
"""What DuckDB says of a file that another process has open."""


def holder(lock: Path) -> str:
    """The process that holds a file with `flock`, as far as Linux tells."""
    try:
        inode, held = lock.stat().st_ino, Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return "another process"
    # 1: FLOCK  ADVISORY  WRITE 3484 fe:00:1234 0 EOF; one that waits has an arrow for its kind.
    found = [fields[4] for fields in map(str.split, held) if fields[1] == "FLOCK" and fields[5].endswith(f":{inode}")]
    return process(found[0]) if found else "another process"


def opener(error: str) -> str | None:
    """The process that has the file open, from DuckDB's refusal to open it; None for any other error."""
    found = _HELD.search(error)
    return process(found["pid"]) if found else None


def process(pid: str) -> str:
    """A process by its number and what it was called with, where that may be read."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").split("\0")
    except OSError:
        words = []
    command = " ".join(word.rpartition("/")[2] if word.startswith("/") else word for word in words).strip()
    return f"process {pid}" + (f" ({' '.join(command.split())[:COMMAND_LETTERS]})" if command else "")
