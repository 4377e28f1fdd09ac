"""correct: what a curator decides about who is who, taken down for every later run."""

import getpass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from pipeline.cli.console import out
from pipeline.settings import Settings
from pipeline.steps import curating
from pipeline.steps.curating import Noted, Signature

By = Annotated[str | None, typer.Option(help="Who decides; your login name when left out.")]
Why = Annotated[str | None, typer.Option(help="The reason, for those who come after.")]
Pending = Annotated[bool, typer.Option("--pending", help="Only propose it: it waits for `pipeline correct approve`.")]
Author = Annotated[str, typer.Argument(help="Author id, as `pipeline author NAME` shows it.")]
Decision = Annotated[str, typer.Argument(metavar="ID", help="Id of a decision, as `pipeline correct list` shows it.")]


class Status(StrEnum):
    """Where a decision stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    correct = typer.Typer(
        no_args_is_help=True, help="Decide who is who; a decision acts on every run until it is withdrawn."
    )
    for command in (same, different, claim, approve, reject, withdraw):
        correct.command()(command)
    correct.command("reject-claim")(reject_claim)
    correct.command("display-name")(display_name)
    correct.command("hide-name")(hide_name)
    correct.command("list")(list_)
    app.add_typer(correct, name="correct")


def same(
    mention_l: Annotated[str, typer.Argument(help="A mention id, such as arxiv:0704.0001#2.")],
    mention_r: Annotated[str, typer.Argument(help="Another mention id.")],
    *,
    by: By = None,
    why: Why = None,
    pending: Pending = False,
) -> None:
    """Two mentions are one person, also on one byline; it yields only to `different`."""
    with Settings().warehouse.write() as con:
        noted = curating.decide_pair(con, "same", mention_l, mention_r, signature(by, why, pending=pending))
    say(noted, pending=pending)


def different(
    mention_l: Annotated[str, typer.Argument(help="A mention id, such as arxiv:0704.0001#2.")],
    mention_r: Annotated[str, typer.Argument(help="Another mention id.")],
    *,
    by: By = None,
    why: Why = None,
    pending: Pending = False,
) -> None:
    """Two mentions are two people, whatever else says."""
    with Settings().warehouse.write() as con:
        noted = curating.decide_pair(con, "different", mention_l, mention_r, signature(by, why, pending=pending))
    say(noted, pending=pending)


def claim(
    author: Author,
    *,
    mention: Annotated[str | None, typer.Option(help="A mention that surely is the person's.")] = None,
    value: Annotated[
        str | None,
        typer.Option(help="Proof: institutional_email, or the ORCID iD signed in with; none if you checked otherwise."),
    ] = None,
    by: By = None,
    why: Why = None,
    pending: Pending = False,
) -> None:
    """A person says that this record is theirs."""
    with Settings().warehouse.write() as con:
        noted = curating.decide_claim(con, author, mention, value, signature(by, why, pending=pending))
    say(noted, pending=pending)


def reject_claim(author: Author, *, by: By = None, why: Why = None, pending: Pending = False) -> None:
    """The claims on this record so far do not stand; a later claim may."""
    with Settings().warehouse.write() as con:
        noted = curating.decide_rejection(con, author, signature(by, why, pending=pending))
    say(noted, pending=pending)


def display_name(
    author: Author,
    name: Annotated[str, typer.Argument(help="The name that pages show.")],
    *,
    by: By = None,
    why: Why = None,
    pending: Pending = False,
) -> None:
    """Show this name for an author; the last such decision counts."""
    with Settings().warehouse.write() as con:
        noted = curating.decide_display_name(con, author, name, signature(by, why, pending=pending))
    say(noted, pending=pending)


def hide_name(
    author: Author,
    name: Annotated[str, typer.Argument(help="A name that is printed for this author.")],
    *,
    by: By = None,
    why: Why = None,
    pending: Pending = False,
) -> None:
    """Publish this name of an author nowhere; the display name stands in its place."""
    with Settings().warehouse.write() as con:
        noted = curating.decide_hidden_name(con, author, name, signature(by, why, pending=pending))
    say(noted, pending=pending)


def list_(status: Annotated[Status | None, typer.Option(help="Only decisions that stand there.")] = None) -> None:
    """List the decisions, newest first; names to hide are masked."""
    with Settings().warehouse.write() as con:
        decisions = curating.listed(con, status)
    table = Table("id", "kind", "status", "about", "value", "by", "at", "why", box=None)
    for row in decisions:
        about = [row["author_id"]] if row["author_id"] else [row["mention_id_l"], row["mention_id_r"]]
        standing = f"{row['status']}, does not hold: {row['unmet']}" if row["unmet"] else row["status"]
        cells = (standing, " ".join(filter(None, about)), row["value"], row["by"], f"{row['at']:%Y-%m-%d}", row["why"])
        table.add_row(row["correction_id"], row["kind"], *(cell or "" for cell in cells))
    out().print(table if decisions else "There are no such decisions.")


def approve(decision: Decision, by: By = None, why: Why = None) -> None:
    """Let a pending decision act."""
    settle(decision, Status.APPROVED, by, why)


def reject(decision: Decision, by: By = None, why: Why = None) -> None:
    """Turn a pending decision down."""
    settle(decision, Status.REJECTED, by, why)


def withdraw(decision: Decision) -> None:
    """Take a decision back: from the next run on it is as if it had not been made."""
    settle(decision, Status.WITHDRAWN, None, None)


def settle(correction_id: str, status: Status, by: str | None, why: str | None) -> None:
    """Change where a decision stands, and say so."""
    with Settings().warehouse.write() as con:
        curating.settle(con, correction_id, status, signature(by, why))
    acts = "" if status is Status.REJECTED else f" {NEXT_RUN}"
    out().print(f"{correction_id} is {status}.{acts}")


def signature(by: str | None, why: str | None, *, pending: bool = False) -> Signature:
    """Who decides, now."""
    return Signature(by or getpass.getuser(), datetime.now(UTC), why, "pending" if pending else "approved")


def say(noted: Noted, *, pending: bool) -> None:
    """What was taken down, and when it acts."""
    acts = f"It waits for `pipeline correct approve {noted.correction_id}`." if pending else NEXT_RUN
    out().print(f"{noted.correction_id} is taken down. {acts}")
    for remark in noted.remarks:
        out().print(remark, soft_wrap=True)


NEXT_RUN = "It acts from the next run on: `pipeline publish` is one."
