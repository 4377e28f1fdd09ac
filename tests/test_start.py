"""The start from a fresh clone: what is installed when, what is run, and what a mistake is told."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.fixture
def start() -> ModuleType:
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`start` over a checkout of its own, with pip and the venv recorded instead of run."""
    paths = {"RUNTIME_LOCK": "requirements.lock", "DEV_LOCK": "requirements-dev.lock"}
    for constant, name in paths.items():
        monkeypatch.setattr(start, constant, tmp_path / name)
        (tmp_path / name).write_text("a==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(start, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(start, "INSTALLED", tmp_path / ".venv" / "installed.json")
    start.done = []

    def fresh() -> None:
        start.done.append("venv")
        start.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        start.PYTHON.touch()

    monkeypatch.setattr(start, "fresh_environment", fresh)
    monkeypatch.setattr(start, "install", start.done.append)
    return start


def installs(checkout: ModuleType, *, dev: bool) -> list[str]:
    checkout.done.clear()
    checkout.make_environment(dev=dev)
    return list(checkout.done)


def test_demo_installs_no_test_tools(checkout):
    assert installs(checkout, dev=False) == ["venv", "packages", "project"]


def test_tests_add_their_tools_to_a_demo(checkout):
    installs(checkout, dev=False)
    assert installs(checkout, dev=True) == ["dev"]


@pytest.mark.parametrize("dev", [False, True])
def test_second_start_installs_nothing(checkout, dev):
    installs(checkout, dev=dev)
    assert installs(checkout, dev=dev) == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements.lock", ["venv", "packages", "project", "dev"]),
        ("pyproject.toml", ["project"]),
        ("requirements-dev.lock", ["dev"]),
    ],
)
def test_change_installs_what_hangs_on_it(checkout, tmp_path, changed, again):
    installs(checkout, dev=True)
    (tmp_path / changed).write_text("b==2\n")
    assert installs(checkout, dev=True) == again
    assert installs(checkout, dev=True) == []


def test_another_python_gets_another_environment(checkout, monkeypatch):
    installs(checkout, dev=False)
    monkeypatch.setattr(sys, "version", "3.13.99 (another)")
    assert installs(checkout, dev=False) == ["venv", "packages", "project"]


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"packages": 1}'])
def test_damaged_record_installs_again(checkout, damage):
    installs(checkout, dev=False)
    checkout.INSTALLED.write_text(damage)
    assert installs(checkout, dev=False) == ["venv", "packages", "project"]


def test_interrupted_install_is_resumed_where_it_stopped(checkout, monkeypatch):
    def break_off(part: str) -> None:
        checkout.done.append(part)
        if part == "project":
            raise checkout.StartError("no network")

    with monkeypatch.context() as broken:
        broken.setattr(checkout, "install", break_off)
        with pytest.raises(checkout.StartError):
            installs(checkout, dev=False)
    assert installs(checkout, dev=False) == ["project"]


def test_real_environment_has_its_own_prefix_and_no_pip(start, tmp_path, monkeypatch):
    monkeypatch.setattr(start, "VENV", tmp_path / "env")
    monkeypatch.setattr(start, "PYTHON", tmp_path / "env" / "bin" / "python")
    start.fresh_environment()
    prefix = subprocess.check_output([start.PYTHON, "-c", "import sys; print(sys.prefix)"], text=True)
    assert Path(prefix.strip()) == tmp_path / "env"
    assert start.pip_version(str(start.PYTHON)) == start.NO_PIP


def test_environment_that_cannot_be_made_is_a_sentence(start, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(start, "VENV", tmp_path / "file" / "env")
    with pytest.raises(start.StartError, match="cannot be made"):
        start.fresh_environment()


@pytest.fixture
def versions(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, tuple[int, int]]], None]:
    def pretend(found: dict[str, tuple[int, int]]) -> None:
        monkeypatch.setattr(start, "pip_version", lambda python: found.get(python, start.NO_PIP))
        monkeypatch.setattr(sys, "executable", "/this/python")
        monkeypatch.setattr(sys, "_base_executable", "/base/python")
        monkeypatch.setattr(start.subprocess, "run", lambda *_, **__: None)

    return pretend


def test_pip_of_the_python_at_hand_comes_first(start, versions):
    versions({"/this/python": (25, 0), "/base/python": (26, 0)})
    assert start.pip_command() == ["/this/python", "-m", "pip", "--python", str(start.PYTHON)]


def test_pip_of_the_base_python_serves_an_activated_environment(start, versions):
    versions({"/base/python": (23, 0)})
    assert start.pip_command()[0] == "/base/python"


def test_pip_too_old_for_another_environment_gives_way_to_its_own(start, versions):
    versions({"/this/python": (21, 2), str(start.PYTHON): (23, 2)})
    assert start.pip_command() == [str(start.PYTHON), "-m", "pip"]


def test_no_pip_anywhere_is_a_sentence(start, versions):
    versions({})
    with pytest.raises(start.StartError, match="has no pip: install one"):
        start.pip_command()


@pytest.fixture
def runs(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Tool -> exit code to pretend; what was run, in order, is under `start.ran`."""
    codes: dict[str, int] = {}
    start.ran = []

    def run(command, *, cwd=None):
        words = [Path(word).name for word in map(str, command)]
        start.ran.append(" ".join(words))
        return next((code for tool, code in codes.items() if tool in words), 0)

    monkeypatch.setattr(start, "run", run)
    monkeypatch.setattr(start, "make_environment", lambda *, dev: start.ran.append(f"environment dev={dev}"))
    return codes


def test_demo_hands_its_arguments_on(start, runs):
    assert start.main(["demo", "--help"]) == 0
    assert start.ran == ["environment dev=False", "pipeline demo --help"]


def test_test_runs_every_check_and_pytest_last(start, runs):
    assert start.main(["test"]) == 0
    assert start.ran[0] == "environment dev=True"
    assert [line.split()[0] for line in start.ran[1:]] == ["ruff", "ruff", "mypy", "python"]
    assert start.ran[-1].startswith("python -m pytest -n 2")


def test_failed_check_fails_the_whole_and_stops_nothing(start, runs, capsys):
    runs["mypy"] = 1
    assert start.main(["test"]) == 1
    assert start.ran[-1].startswith("python -m pytest")
    assert "failed before the tests, see above: types." in capsys.readouterr().err


def test_failed_tests_give_pytests_own_code(start, runs):
    runs["pytest"] = 3
    assert start.main(["test"]) == 3


def test_arguments_of_test_go_to_pytest_alone(start, runs):
    assert start.main(["test", "tests/names", "-x"]) == 0
    assert start.ran == ["environment dev=True", "python -m pytest names -x"]


def test_signal_is_no_success(start):
    assert start.run([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"]) == 143


def test_what_is_started_finds_the_environments_own_tools(start, monkeypatch):
    monkeypatch.setenv("PATH", "/somewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    environment = start.environment()
    assert environment["PATH"] == f"{start.VENV / 'bin'}:/somewhere"
    assert environment["VIRTUAL_ENV"] == str(start.VENV)
    assert "PYTHONPATH" not in environment


@pytest.mark.parametrize(("arguments", "said"), [([], "say what to start"), (["demon"], "'demon' is not understood")])
def test_mistake_is_one_sentence_and_the_usage(start, capsys, arguments, said):
    assert start.main(arguments) == 2
    first, _, usage = capsys.readouterr().err.partition("\n\n")
    assert first == f"error: {said}: use demo or test."
    assert usage.startswith("usage: python3 start.py demo")


def test_python_too_old_is_a_sentence_before_anything_is_made(start, capsys, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    monkeypatch.setattr(start, "fresh_environment", lambda: pytest.fail("made an environment"))
    assert start.main(["demo"]) == 1
    assert capsys.readouterr().err.startswith("error: this is Python 3.10, the project runs on 3.11, 3.12 and 3.13")


def pins(*names: str) -> dict[str, str]:
    """Package -> pinned version over lock files."""
    lines = [line for name in names for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_pins_and_nothing_else(name):
    lines = (ROOT / name).read_text().splitlines()
    assert lines[0].startswith("# ")
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+]*", line) for line in lines[1:])
    assert lines[1:] == sorted(lines[1:], key=str.casefold)


def test_locks_share_nothing():
    assert not pins(LOCKS[0]).keys() & pins(LOCKS[1]).keys()


@pytest.mark.parametrize(("extra", "locks"), [("", LOCKS[:1]), ("dev", LOCKS)])
def test_everything_the_project_asks_for_is_pinned_at_a_version_it_takes(start, extra, locks):
    """Walks the requirements of the installed packages; what is missing here would be unpinned for everybody."""
    pinned = pins(*locks)
    seen: set[tuple[str, str]] = set()
    waiting = [("who-wrote-what", extra)]
    while waiting:
        package, wanted_extra = waiting.pop()
        if (package, wanted_extra) in seen:
            continue
        seen.add((package, wanted_extra))
        try:
            asked = [Requirement(line) for line in requires(package) or []]
        except PackageNotFoundError:
            pytest.fail(f"{package} is not installed here: run the tests by `python3 start.py test`")
        for requirement in asked:
            if requirement.marker and not requirement.marker.evaluate({"extra": wanted_extra}):
                continue
            name = canonicalize_name(requirement.name)
            assert name in pinned, f"{package} needs {name}, which no lock file pins: run `python3 start.py lock`"
            assert requirement.specifier.contains(Version(pinned[name]), prereleases=True), (
                f"{package} needs {requirement}"
            )
            waiting += [(name, chosen) for chosen in ("", *requirement.extras)]
    assert len(seen) > len(locks)


def test_ci_runs_the_readmes_test_command():
    command = "python3 start.py test"
    assert command in (ROOT / "README.md").read_text()
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert script[-1] == f"exec {command}"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
