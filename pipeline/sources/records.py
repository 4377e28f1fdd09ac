"""Records: what one thing is, as a source describes it, once its ids and types have been checked.

Here: the arXiv record that every arXiv door is read into, and the rules a record can break. OpenAlex's own objects are
in `openalex_records`. Not here: how a door spells a record (`parsing`), and joining records to works.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from pipeline.sources.identifiers import ARXIV_ID, normalise_doi
from pipeline.sources.pages import MAX_PAYLOAD_CHARS, Reject
from pipeline.text import clean

MAX_NAME_CHARS: Final = 2_000
"""No printed name is longer; a longer one is an attack or a field gone wrong."""

MAX_TEXT_CHARS: Final = 1_000_000
"""No title, abstract or comment is longer."""

RULES: Final[Mapping[str, str]] = {
    "bad_arxiv_id": "An arXiv id of either form, without version.",
    "bad_openalex_id": "An OpenAlex id of the kind the field asks for.",
    "bad_date": "A date that exists, in the form the source documents.",
    "deleted": "A record that its source has not deleted.",
    "bad_shape": "Fields of the type the source documents.",
    "missing_title": "A title that holds something to read.",
    "missing_name": "A name that holds something to read.",
    "no_authors": "At least one author with a name.",
    "not_a_person": "An OpenAlex author that is neither the null author nor the deleted author.",
    "not_json": "One JSON object.",
    "oversize_text": "Names to 2,000 characters and texts to 1,000,000.",
}
"""Every rule a record can break, with what it asks for. The names are stored; they do not change."""

_RULE_OF_FIELD: Final[Mapping[str, str]] = {
    "arxiv_id": "bad_arxiv_id",
    "title": "missing_title",
    "authors": "no_authors",
    "first_submitted_at": "bad_date",
    "last_updated_at": "bad_date",
    "submitted_at": "bad_date",
    "publication_date": "bad_date",
    "created_date": "bad_date",
    "updated_date": "bad_date",
}


_TIGHT_INITIAL: Final = re.compile(r"(?<=[^\W\d_]\.)(?=[^\W\d_])")


class RuleBrokenError(ValueError):
    """A record breaks a rule before there is a model to say so.

    Args:
        rule: One of `RULES`.
        detail: What was wrong, one sentence.
    """

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule = rule
        self.detail = detail


def rejected(error: RuleBrokenError | ValidationError, record_id: str | None, payload: str) -> Reject:
    """Return the reject of a record for the first rule that `error` names."""
    if isinstance(error, RuleBrokenError):
        rule, detail = error.rule, error.detail
    else:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        rule = first["type"]
        if rule not in RULES:
            rule = _RULE_OF_FIELD.get(str(first["loc"][-1]) if first["loc"] else "", "bad_shape")
        detail = f"{place or 'record'}: {first['msg']}."
    return Reject(
        record_id=record_id[:200] if record_id else None,
        rule=rule,
        detail=detail,
        payload=payload[:MAX_PAYLOAD_CHARS],
    )


def bounded_clean(value: Any, bound: int) -> Any:
    """Clean a text, or raise rule `oversize_text`; what is not a text is left for the model to refuse."""
    if not isinstance(value, str):
        return value
    if len(value) > bound:
        raise PydanticCustomError(
            "oversize_text", "text of {n} characters, over {bound}", {"n": len(value), "bound": bound}
        )
    return clean(value)


def _text(value: Any) -> Any:
    return bounded_clean(value, MAX_TEXT_CHARS) or None


def _title(value: Any) -> Any:
    return bounded_clean(value, MAX_TEXT_CHARS)


def printed_name(value: Any) -> Any:
    """Clean a printed name and space its initials one way.

    arXiv's split names have `C. -P. Yuan` and `J. P. Hague` where its bylines have `C.-P. Yuan` and
    `J.P.Hague`; the hyphen stays with its letter, and a full stop before a letter is followed by a blank.
    """
    name = bounded_clean(value, MAX_NAME_CHARS)
    if isinstance(name, str) and "." in name:
        name = _TIGHT_INITIAL.sub(" ", name.replace(". -", ".-"))
    return name


def _named(authors: list["ArxivAuthor"]) -> list["ArxivAuthor"]:
    """Drop entries without a name (`:` has one, a blank has none); none left is rule `no_authors`."""
    authors = [author for author in authors if author.name]
    if not authors:
        raise PydanticCustomError("no_authors", "no author has a name")
    return authors


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _doi(value: Any) -> Any:
    return normalise_doi(value) if isinstance(value, str) else value


Text = Annotated[str | None, BeforeValidator(_text)]
"""A cleaned text on one line, null when there is nothing to read."""

Title = Annotated[str, BeforeValidator(_title), StringConstraints(min_length=1)]
"""A cleaned text on one line that holds something to read."""

Doi = Annotated[str | None, BeforeValidator(_doi)]
"""A DOI in lower case without a prefix, null when the source gives none or something that is no DOI."""

Instant = Annotated[AwareDatetime, Strict(), AfterValidator(_utc)]
"""A moment in UTC."""


class Record(BaseModel):
    """What all records share: they do not change, and fields we do not know are no error."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ArxivAuthor(Record):
    """One name of a byline, as printed, in Unicode.

    Attributes:
        name: As printed, given names first.
        affiliations: What arXiv lists beside this very name; mostly nothing.
    """

    name: Annotated[str, BeforeValidator(printed_name)]
    affiliations: list[Annotated[str, BeforeValidator(_title)]] = Field(default_factory=list)


class ArxivVersion(Record):
    """One version of a paper.

    Attributes:
        version: 1-based.
        submitted_at: When it was submitted; null when the door does not tell.
        size_bytes: Size of its source, to arXiv's rounding (whole kilobytes of 1,024); null when not told.
        source_type: arXiv's flags, `I` for withdrawn; null when not told or plain TeX.
    """

    version: Annotated[int, Field(ge=1, le=999)]
    submitted_at: Instant | None = None
    size_bytes: Annotated[int, Field(ge=0)] | None = None
    source_type: str | None = None


class ArxivRecord(Record):
    """One paper in its newest version, as one door of arXiv tells it.

    All texts are cleaned (`pipeline.text.clean`): Unicode instead of TeX accents, one line. Null is not told.

    Attributes:
        arxiv_id: Without version.
        version: Number of the newest version.
        authors: In printed order, at least one.
        categories: Primary first.
        first_submitted_at: When version 1 was submitted, UTC. To the day (00:00) from the OAI format `arXiv`.
        last_updated_at: When the newest version was submitted, UTC; same remark.
        versions: Ascending. Complete from `arXivRaw` and the snapshot; first and newest only from Atom; empty
            from the OAI format `arXiv`.
        is_withdrawn: The newest version is a withdrawal: arXiv flags it (`arXivRaw` only), or its comments or
            abstract begin by saying so. False also means not known.
    """

    arxiv_id: Annotated[str, StringConstraints(pattern=f"^{ARXIV_ID}$")]
    version: Annotated[int, Field(ge=1, le=999)] | None = None
    title: Title
    abstract: Text = None
    comments: Text = None
    journal_ref: Text = None
    doi: Doi = None
    license: Text = None
    submitter: Text = None
    report_no: Text = None
    authors: Annotated[list[ArxivAuthor], AfterValidator(_named)]
    categories: list[str] = Field(default_factory=list)
    primary_category: str | None = None
    first_submitted_at: Instant | None = None
    last_updated_at: Instant | None = None
    versions: list[ArxivVersion] = Field(default_factory=list)
    is_withdrawn: bool = False
