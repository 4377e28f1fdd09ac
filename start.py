"""From a fresh clone to a running project: `python3 start.py demo`, `python3 start.py test`.

What belongs here: making the checkout's own environment (`.venv`, the pinned packages, this project) and handing over
to it. What does not: anything the `pipeline` command or pytest can do. Only the standard library is used, because
nothing is installed yet when this file runs.

`demo` needs the packages of `requirements.lock`; `test` adds those of `requirements-dev.lock`. Each part is installed
again only when the file it comes from has changed, so that the second start costs nothing.
"""

from __future__ import annotations  # so that an old Python gets as far as the sentence that refuses it

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTALLED = VENV / "installed.json"
"""Part -> digest of what it was installed from; written after the part is whole, so that a kill costs one repeat."""

RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"

OLDEST, NEWEST = (3, 11), (3, 13)
"""Python versions the lock files were tried with."""

OLDEST_PIP = (22, 3)
"""The first pip that installs into another environment (`--python`)."""

USAGE = """usage: python3 start.py demo          run the whole pipeline over the bundled sample, offline
       python3 start.py test          lint, format, types, then every test
       python3 start.py test ARGS     pytest alone, with these arguments
       python3 start.py lock          pin the newest packages that pyproject.toml allows

The first start makes .venv in this folder and installs the pinned packages into it, which takes a minute or two."""

CHECKS = (
    ("lint", ("ruff", "check", ".")),
    ("format", ("ruff", "format", "--check", "--quiet", ".")),
    ("types", ("mypy", "--strict")),
)
"""What `test` runs before pytest: a name for people, and the command. The import rules are a test among the tests."""

TESTS = ("pytest", "-n", "2", "--dist", "worksteal")
"""Two workers: what a small machine has; worksteal keeps both busy to the end when a few tests are long."""


class StartError(Exception):
    """The environment cannot be made; the message is one sentence with the way out."""


def main(arguments: Sequence[str]) -> int:
    """Make the environment and do what was asked.

    Returns:
        Exit code: 0 only on success, 2 when the arguments are not understood.
    """
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command in {"-h", "--help", "help"}:
        print(USAGE)
        return 0
    if command not in {"demo", "test", "lock"} or (command == "lock" and rest):
        asked = f"{' '.join(arguments)!r} is not understood" if arguments else "say what to start"
        print(f"error: {asked}: use demo or test.\n\n{USAGE}", file=sys.stderr)
        return 2
    try:
        return {"demo": demo, "test": test, "lock": lock}[command](rest)
    except StartError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped: the same command goes on from there.", file=sys.stderr)
        return 130


def demo(arguments: Sequence[str]) -> int:
    """Run `pipeline demo` where the command was given, so that relative paths mean what the user meant."""
    make_environment(dev=False)
    return run([VENV / "bin" / "pipeline", "demo", *arguments])


def test(arguments: Sequence[str]) -> int:
    """Run every check and test; with arguments, pytest alone.

    A failed check does not stop the others, and pytest comes last with its own closing line. Only when a check before
    it failed does one more sentence follow, which says so.
    """
    make_environment(dev=True)
    if arguments:
        return run([PYTHON, "-m", *TESTS[:1], *arguments], cwd=ROOT)
    failed = []
    for name, (tool, *options) in CHECKS:
        print(f"== {name}: {tool} {' '.join(options)}".rstrip(), flush=True)
        if run([VENV / "bin" / tool, *options], cwd=ROOT):
            failed.append(name)
    print(f"== tests: {' '.join(TESTS)}", flush=True)
    code = run([PYTHON, "-m", *TESTS], cwd=ROOT)
    if failed:
        print(f"error: failed before the tests, see above: {', '.join(failed)}.", file=sys.stderr)
    return code or int(bool(failed))


def lock(_: Sequence[str]) -> int:
    """Pin anew: install what `pyproject.toml` asks for into an empty environment and write down what came.

    Done with the oldest Python the project runs on, since a package's newest release often drops that one first.
    """
    if sys.version_info[:2] != OLDEST:
        raise StartError(f"the lock files are made with Python {OLDEST[0]}.{OLDEST[1]}: name it, such as `python3.11`.")
    import tomllib  # noqa: PLC0415 - an older Python lacks it, and is to be told so in a sentence

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    with one_at_a_time():
        fresh_environment()
        pip("install", *project["project"]["dependencies"], *project["build-system"]["requires"])
        runtime = pinned()
        write_lock(RUNTIME_LOCK, "What the pipeline runs on", runtime)
        extra = project["project"]["optional-dependencies"]["dev"]
        pip("install", "--constraint", str(RUNTIME_LOCK), *extra)
        dev = pinned() - runtime
    write_lock(DEV_LOCK, "What the checks and tests need on top of requirements.lock", dev)
    print(f"{len(runtime)} packages pinned in {RUNTIME_LOCK.name}, {len(dev)} in {DEV_LOCK.name}.")
    return 0


def pinned() -> set[str]:
    """Every package of the environment as `name==version`, what builds this project included."""
    return set(pip("freeze", "--all", "--exclude", "pip").splitlines())


def write_lock(path: Path, title: str, pins: set[str]) -> None:
    """Write a lock file: one pin a line, in the order of the alphabet."""
    head = f"# {title}, every package pinned, for Python 3.11 to 3.13. Written by `python3 start.py lock`."
    path.write_text("\n".join([head, *sorted(pins, key=str.casefold), ""]), encoding="utf-8")


def make_environment(*, dev: bool) -> None:
    """Bring `.venv` up to date with the lock files and the project, if it is not.

    Args:
        dev: Whether the packages of `requirements-dev.lock` are needed too.

    Raises:
        StartError: This Python cannot be used, or a package cannot be installed.
    """
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise StartError(
            f"this is Python {sys.version_info[0]}.{sys.version_info[1]}, the project runs on 3.11, 3.12 and 3.13: "
            "name one of them, such as `python3.12 start.py demo`."
        )
    with one_at_a_time():
        wanted = digests()
        have = installed()
        due = [part for part in ("packages", "project", "dev") if have.get(part) != wanted[part]]
        if "packages" in due:
            due = ["packages", "project", "dev"]
            fresh_environment()
            have = {}
        for part in due:
            if part == "dev" and not dev:
                continue
            install(part)
            have[part] = wanted[part]
            INSTALLED.write_text(json.dumps(have, indent=1), encoding="utf-8")


def digests() -> dict[str, str]:
    """Part of the environment -> digest of what it is made from."""
    return {
        # A venv names its Python and its own folder: an upgraded Python or a moved checkout needs a new one.
        "packages": digest(RUNTIME_LOCK, extra=f"{sys.version} {sys.base_prefix} {VENV}"),
        "project": digest(ROOT / "pyproject.toml"),
        "dev": digest(DEV_LOCK),
    }


def digest(path: Path, *, extra: str = "") -> str:
    """SHA-256 of a file's content and of what else decides."""
    return hashlib.sha256(path.read_bytes() + extra.encode()).hexdigest()


def installed() -> dict[str, str]:
    """What `INSTALLED` says; nothing when it is not there, is damaged, or the environment's Python is gone."""
    try:
        said = json.loads(INSTALLED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(said) if isinstance(said, dict) and PYTHON.exists() else {}


def install(part: str) -> None:
    """Install one part of the environment."""
    print(f"Installing {PARTS[part][0]} into {VENV} ...", file=sys.stderr, flush=True)
    pip("install", *PARTS[part][1])


PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "packages": ("the pinned packages", ("--requirement", str(RUNTIME_LOCK))),
    # The pinned setuptools builds it: no second environment to download, no network.
    "project": ("this project", ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))),
    "dev": ("the tools for the tests", ("--requirement", str(DEV_LOCK))),
}


def fresh_environment() -> None:
    """Make an empty `.venv`; without pip, which some Pythons of Linux distributions cannot put into one."""
    try:
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(VENV)
    except OSError as error:
        raise StartError(f"{VENV} cannot be made ({error.strerror or error}): make room there.") from error


def pip(*arguments: str) -> str:
    """Run pip on `.venv`; returns what it printed.

    Raises:
        StartError: There is no pip, or it failed; pip has said why on standard error.
    """
    # -qq keeps notices about somebody's index settings out of the way; errors are shown.
    command = [*pip_command(), "-qq", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise StartError(
            "pip could not install the packages, for the reason above: check the network or the package index, then "
            "give the same command again."
        )
    return done.stdout


def pip_command() -> list[str]:
    """A pip that can install into `.venv`: that of the Python at hand, else one put into `.venv` itself.

    Raises:
        StartError: There is none.
    """
    # Started with the environment's own Python, sys.executable has no pip, but the Python below it may.
    for python in dict.fromkeys((sys.executable, getattr(sys, "_base_executable", sys.executable))):
        if pip_version(python) >= OLDEST_PIP:
            return [python, "-m", "pip", "--python", str(PYTHON)]
    if pip_version(str(PYTHON)) == NO_PIP:
        subprocess.run([PYTHON, "-m", "ensurepip"], check=False, capture_output=True)
    if pip_version(str(PYTHON)) == NO_PIP:
        raise StartError(
            "this Python has no pip: install one (python3-pip on Debian and Ubuntu) and give the same command again."
        )
    return [str(PYTHON), "-m", "pip"]


NO_PIP = (0, 0)


def pip_version(python: str) -> tuple[int, int]:
    """Version of a Python's pip; (0, 0) when it has none."""
    done = subprocess.run([python, "-m", "pip", "--version"], check=False, capture_output=True, text=True)
    words = done.stdout.split()
    if done.returncode or len(words) < 2:  # noqa: PLR2004 - "pip 25.1 from ..."
        return NO_PIP
    major, minor = [*words[1].split("."), "0"][:2]
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else NO_PIP


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let two starts in one checkout make the environment one after the other."""
    with Path(__file__).open(encoding="utf-8") as own:
        fcntl.flock(own, fcntl.LOCK_EX)
        yield


def run(command: Sequence[str | Path], *, cwd: Path | None = None) -> int:
    """Run a command to its end; returns its exit code, 128 + n when signal n ended it, as shells say it."""
    code = subprocess.run(command, check=False, cwd=cwd, env=environment()).returncode
    return code if code >= 0 else 128 - code


def environment() -> dict[str, str]:
    """The user's environment with `.venv` as if activated, so that what it starts finds its own tools."""
    own = {key: value for key, value in os.environ.items() if key not in {"PYTHONHOME", "PYTHONPATH"}}
    path = os.pathsep.join([str(VENV / "bin"), own.get("PATH", os.defpath)])
    return own | {"VIRTUAL_ENV": str(VENV), "PATH": path}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
