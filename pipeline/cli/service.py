"""replica, doctor: a local server of the sources, and a look at the set-up."""

import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.table import Table
from rich.text import Text

from pipeline.cli.console import out
from pipeline.cli.runs import CommandError, end_run, instance, runs_of_others
from pipeline.settings import Settings
from pipeline.sources.budget import account_of, today
from pipeline.sources.errors import HttpStatusError, SourceError
from pipeline.sources.http import HttpPolicy, Pacer, PoliteSession, arxiv_pacer, base_url, redact
from pipeline.sources.ledger import LEDGER, Ledger
from pipeline.translations import LibreTranslate

LEAST_FREE = 5 * 2**30
"""Bytes that a few million papers with their marts need."""

TIMEOUT_SECONDS = 10


class Finding(NamedTuple):
    """One line of the doctor."""

    good: bool | None
    what: str
    says: str


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(replica)
    app.command()(doctor)


def replica(
    data: Annotated[Path, typer.Option(help="Folder of arxiv.jsonl and openalex_*.jsonl, plain or .gz.")],
    port: Annotated[int, typer.Option(help="0 chooses a free one.")] = 8765,
    faults: Annotated[str, typer.Option(help="What goes wrong, such as html200=0.02,429=0.05,seed=7.")] = "",
) -> None:
    """Serve the arXiv API, arXiv OAI-PMH and the OpenAlex API over the records in a folder, until interrupted."""
    from pipeline.replica.faults import FaultPlan  # noqa: PLC0415 - a server is for this command alone
    from pipeline.replica.server import ReplicaUrls, serve  # noqa: PLC0415

    def announce(urls: ReplicaUrls) -> None:
        out().print(f"export PIPELINE_ARXIV_URL={urls.arxiv}", soft_wrap=True)
        out().print(f"export PIPELINE_OAI_URL={urls.oai}", soft_wrap=True)
        out().print(f"export PIPELINE_OPENALEX_URL={urls.openalex}", soft_wrap=True)

    serve(data, port=port, faults=FaultPlan.parse(faults) if faults else None, ready=announce)


def doctor(
    free: Annotated[
        str | None, typer.Option(metavar="RUN", help="Fail a run whose process is gone, and give its pools back.")
    ] = None,
) -> None:
    """Check configuration, keys, disk, versions, unended runs and reachability; say what to do."""
    if free is not None:
        end_run(free)
        out().print(f"The run {free} is marked as failed and holds no pool any more.")
        return
    settings = Settings()
    table = Table("", "what", "finding", box=None)
    findings = [
        *configuration(settings),
        *machine(settings),
        *unended(settings),
        *services(settings),
        translation(settings),
    ]
    marks = {True: Text("ok", "green"), False: Text("bad", "red"), None: Text()}
    for finding in findings:
        table.add_row(marks[finding.good], finding.what, finding.says)
    out().print(table)
    bad = [finding for finding in findings if finding.good is False]
    if bad:
        raise CommandError(
            f"{len(bad)} of {len(findings)} findings are bad: do what they say and ask the doctor again."
        )


def configuration(settings: Settings) -> Iterator[Finding]:
    """What is in force; a key only as there or not."""
    yield Finding(None, "PIPELINE_DATA", str(settings.data))
    yield Finding(None, "PIPELINE_ARXIV_CATEGORIES", " ".join(settings.arxiv_categories) or "all")
    yield Finding(None, "PIPELINE_THREADS", str(settings.threads))
    yield Finding(None, "PIPELINE_MEMORY", settings.memory)
    yield Finding(
        bool(settings.contact) or None,
        "PIPELINE_CONTACT",
        settings.contact or "not set: give your e-mail, so that arXiv can write before it blocks",
    )
    yield Finding(
        settings.openalex_api_key is not None or None,
        "OPENALEX_API_KEY",
        "set" if settings.openalex_api_key else "not set: $0.10 a day without one, $1.00 with a free key",
    )
    calls, dollars = spent_today(settings)
    bound = "no bound of ours" if settings.openalex_dollars is None else f"${settings.openalex_dollars:g} a day"
    yield Finding(None, "PIPELINE_OPENALEX_DOLLARS", f"{bound}; today {calls:,} calls, ${dollars:.4f}")


def machine(settings: Settings) -> Iterator[Finding]:
    """Python, packages, disk, the files."""
    yield Finding(None, "Python", platform.python_version())
    packages = ("dagster", "duckdb", "polars", "arxiv", "pyalex")
    yield Finding(None, "packages", ", ".join(f"{name} {version(name)}" for name in packages))
    existing = next(folder for folder in (settings.data, *settings.data.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    yield Finding(
        free >= LEAST_FREE,
        "free disk",
        f"{free / 2**30:.1f} GiB" + ("" if free >= LEAST_FREE else ": make room or set PIPELINE_DATA to another disk"),
    )
    published = settings.data / "warehouse.duckdb"
    yield Finding(
        published.exists() or None,
        "warehouse",
        f"{published.stat().st_size / 2**20:.1f} MiB" if published.exists() else "none yet: `pipeline demo` makes one",
    )


def spent_today(settings: Settings) -> tuple[int, float]:
    """Calls and dollars that all processes of the data folder spent at OpenAlex today."""
    ledger = Ledger(settings.raw / LEDGER)
    key = settings.openalex_api_key.get_secret_value() if settings.openalex_api_key else None
    return ledger.spent(account_of(settings.openalex_url, key), today()) if ledger.path.exists() else (0, 0.0)


def unended(settings: Settings) -> Iterator[Finding]:
    """Runs that have not ended and that no living command of ours executes: a killed one holds its pools for ever."""
    if not (settings.data / "dagster").exists() and not os.environ.get("DAGSTER_HOME"):
        return
    try:
        with instance() as found:
            runs = runs_of_others(found)
    except CommandError as error:
        yield Finding(False, "records of runs", str(error))
        return
    for run in runs:
        yield Finding(
            None,
            "unended run",
            f"{run.run_id} of {run.job_name}: if its process is gone, `pipeline doctor --free {run.run_id}` gives"
            " back the pools it holds",
        )


def services(settings: Settings) -> Iterator[Finding]:
    """Whether each source answers, with one small question, asked in turn with fetches that are under way."""
    policy = HttpPolicy(contact=settings.contact, tries=1, read_timeout_seconds=TIMEOUT_SECONDS)
    urls = {
        "PIPELINE_ARXIV_URL": (base_url(settings.arxiv_url, "/api/query"), "?search_query=all:electron&max_results=1"),
        "PIPELINE_OAI_URL": (base_url(settings.oai_url, "/oai"), "?verb=Identify"),
        "PIPELINE_OPENALEX_URL": (base_url(settings.openalex_url, ""), "/works?per_page=1"),
    }
    for name, (url, question) in urls.items():
        is_arxiv = name != "PIPELINE_OPENALEX_URL"
        pacer = arxiv_pacer(url, settings.data, policy) if is_arxiv else Pacer(settings.data, "openalex", 0.0)
        try:
            answer = PoliteSession(url, policy, pacer).get(url + question)
            yield Finding(answer.ok, name, f"{redact(url)} answered {answer.status_code}")
        except HttpStatusError as error:
            yield Finding(False, name, f"{redact(url)} answered {error.status}")
        except SourceError as error:
            yield Finding(
                False,
                name,
                f"{redact(url)} does not answer ({type(error).__name__}): check the network, or name a replica",
            )
        except OSError as error:
            yield Finding(False, name, f"not asked, {error.filename} cannot be used ({error.strerror})")


def translation(settings: Settings) -> Finding:
    """Whether abstracts are translated, and whether the service knows the languages wanted."""
    name, url, wanted = "PIPELINE_TRANSLATE_URL", settings.translate_url, settings.translate_languages
    if url is None:
        return Finding(None, name, "not set: abstracts are not translated")
    place = redact(url)
    if not wanted:
        return Finding(False, name, f"{place}, but no language: set PIPELINE_TRANSLATE_LANGUAGES, such as fr")
    policy = HttpPolicy(contact=settings.contact, tries=1, read_timeout_seconds=TIMEOUT_SECONDS)
    try:
        known = LibreTranslate(url, policy=policy).languages()
    except SourceError as error:
        return Finding(False, name, str(error))
    if unknown := [language for language in wanted if language not in known]:
        choice = f"choose from {' '.join(sorted(known))}"
        return Finding(False, name, f"{place} does not translate into {' '.join(unknown)}: {choice}")
    key = "with a key" if settings.translate_key else "without a key"
    return Finding(True, name, f"{place} translates into {' '.join(wanted)}, {key}")
