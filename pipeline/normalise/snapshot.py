"""Lines of the arXiv snapshot as columns, so that millions of them are read in minutes.

A line gives exactly what `parse_snapshot_lines` makes of it. Plain lines, nearly all, are read here a column at a
time; every other line (a field that the source does not document or of another type, a date that does not exist, no
versions, no names, affiliations in brackets) is handed to it. What belongs here: what a line must look like to be
read as part of a column. What does not: the rules themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl
import pyarrow as pa
from pyarrow import json as arrow_json

from pipeline.normalise.papers import PAPER, Papers, frame_schema, papers_of
from pipeline.schemas.staging import ArxivVersions
from pipeline.sources.identifiers import ARXIV_ID, normalise_doi
from pipeline.sources.pages import Reject
from pipeline.sources.parsing.arxiv_fields import says_withdrawn
from pipeline.sources.parsing.snapshot import parse_snapshot_lines
from pipeline.sources.records import MAX_NAME_CHARS, MAX_TEXT_CHARS, ArxivRecord, printed_name
from pipeline.text import clean

TEXTS: Final = {
    "title": "title",
    "abstract": "abstract",
    "comments": "comments",
    "journal_ref": "journal-ref",
    "license": "license",
    "submitter": "submitter",
    "report_no": "report-no",
}
"""Column -> field of a line, for texts that are cleaned."""

_LINE: Final = pa.struct(
    [
        *((field, pa.string()) for field in ("id", "doi", "categories", *TEXTS.values(), "authors", "update_date")),
        ("versions", pa.list_(pa.struct([("version", pa.string()), ("created", pa.string())]))),
        ("authors_parsed", pa.list_(pa.list_(pa.string()))),
    ]
)
"""The fields of a line, of the types that the source documents."""

_PARTS: Final = 3
"""Family, given and suffix; what follows in an entry of `authors_parsed` is its affiliations."""

_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CREATED: Final = rf"^\S+ [0-9]{{1,2}} (?:{_MONTHS}) [12][0-9]{{3}} (?:[01][0-9]|2[0-3])(?::[0-5][0-9]){{2}} GMT$"
_CLEAN_BUT_FOR_SPACE: Final = r"^[ \n!-%'-\[\]-_a-z|}]*$"
"""ASCII text that `clean` only folds: no entity, TeX, control or white space but blanks and line ends."""
_ASCII_WITHOUT_ENTITIES: Final = r"^[ \n!-%'-~]*$"
_MATH: Final = r"\$[^$]*\$"
"""TeX between dollars, which `clean` leaves as it is, in a text without escaped dollars."""
_CLEAN_NAME: Final = r"^[!-%'-\[\]-_a-z|}]+(?: [!-%'-\[\]-_a-z|}]+)*$"
_UNSPACED_INITIAL: Final = r"[A-Za-z]\.[A-Za-z]|\. -"


class SnapshotLines(NamedTuple):
    """What a slice of a snapshot file gave, rejects in the slice's order."""

    papers: Papers
    rejects: list[Reject]


def read_snapshot_lines(body: bytes) -> SnapshotLines:
    """Read whole lines of a snapshot file; blank lines are no records."""
    lines = [line for line in body.splitlines() if line.strip()]
    told, versions = _columns(pl.concat([_documented([], 0), *_plain(lines)]))
    by_record: dict[int, ArxivRecord] = {}
    rejects = []
    for place in sorted(set(range(len(lines))).difference(told["place"])):
        page = parse_snapshot_lines(lines[place])
        rejects += page.rejects
        by_record.update((place, record) for record in page.records)
    others = papers_of(list(by_record.values()))
    placed = others.told.with_columns(pl.Series("place", list(by_record), dtype=pl.Int64))
    return SnapshotLines(
        Papers(
            pl.concat([told, placed], how="diagonal").sort("place").select(*PAPER),
            pl.concat([versions, others.versions]),
        ),
        rejects,
    )


def _plain(lines: Sequence[bytes], first: int = 0) -> Iterator[pl.DataFrame]:
    """Read lines that are objects of documented fields, the others left out: `place`, counted from first, and fields.

    One other line spoils the reading of its neighbours, so they are halved until it is alone.
    """
    try:
        yield _documented(lines, first)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        if lines[1:]:
            half = len(lines) // 2
            yield from _plain(lines[:half], first)
            yield from _plain(lines[half:], first + half)


def _documented(lines: Sequence[bytes], first: int) -> pl.DataFrame:
    """Lines as columns, whose `versions` and `authors_parsed` are not empty.

    Raises:
        pyarrow.ArrowInvalid: A line is no object of documented fields, or more than one.
        UnicodeDecodeError: A line is no UTF-8, of which Arrow would not complain.
    """
    # Each line a value of its own: two on one line, or one on two, then break the syntax or the count.
    values = b"".join(b'{"line":%b}\n' % line for line in lines)
    values.decode()
    table = pa.table({"line": pa.array([], _LINE)})
    if values:
        table = arrow_json.read_json(
            pa.BufferReader(values),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(values)),
            parse_options=arrow_json.ParseOptions(explicit_schema=table.schema, unexpected_field_behavior="error"),
        )
    if table.num_rows != len(lines):
        raise pa.ArrowInvalid("Two objects on one line.")
    read = pl.DataFrame(table).select(
        pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("place"), pl.col("line").struct.unnest()
    )
    return read.filter(pl.all_horizontal(pl.col("versions", "authors_parsed").list.len() > 0))


def _columns(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines as `PAPER` with their `place`, and their versions; a line that breaks a rule, or may, is in neither."""
    names, versions = _names(lines["authors_parsed"]), _versions(lines["versions"])
    papers = lines.select(
        "place",
        _where(lines["doi"].is_not_null(), lines["doi"], normalise_doi),
        _withdrawn(lines["comments"], lines["abstract"]),
        *(_texts(lines[field]).alias(column) for column, field in TEXTS.items()),
        arxiv_id="id",
        categories=pl.col("categories").str.split(" "),
        primary_category=pl.col("categories").str.extract("^([^ ]+)"),
        is_sound=pl.col("id").str.contains(f"^{ARXIV_ID}$")
        & pl.col("categories").str.contains("^[!-~]+(?: [!-~]+)*$")
        & ~pl.col("authors").str.contains("(", literal=True).fill_null(value=False)
        & pl.all_horizontal(pl.col(*TEXTS.values()).str.len_bytes().fill_null(0) <= MAX_TEXT_CHARS),
    ).hstack(names.drop("are_sound"))
    newest = versions.group_by("line", maintain_order=True).agg(
        pl.col("version").last(),
        pl.col("submitted_at").last().alias("last_updated_at"),
        pl.col("submitted_at").filter(pl.col("version") == 1).first().alias("first_submitted_at"),
        pl.col("is_sound").all().alias("are_sound"),
    )
    told = papers.hstack(newest.drop("line", "are_sound"))
    is_sound = (told["is_sound"] & names["are_sound"] & newest["are_sound"] & told["title"].is_not_null()).fill_null(
        value=False
    )
    accounts = versions.with_columns(
        told["arxiv_id"].gather(versions["line"]),
        size_bytes=pl.lit(None),
        source_type=pl.lit(None),
    ).filter(is_sound.gather(versions["line"]))
    schema = frame_schema(ArxivVersions)
    return told.filter(is_sound).select("place", *PAPER), accounts.select(*schema).cast(pl.Schema(schema))


def _names(authors: pl.Series) -> pl.DataFrame:
    """`names`, `affiliations` and whether all names `are_sound`, one row a line; names of nothing but space go."""
    entry = pl.col("entry")
    family, given, suffix = (entry.list.get(part, null_on_oob=True).replace("", None) for part in range(_PARTS))
    flat = (
        authors.alias("entry")
        .to_frame()
        .with_row_index("line")
        .explode("entry")
        .select(
            "line",
            names=pl.concat_str(given, family, suffix, separator=" ", ignore_nulls=True),
            has_parts=(entry.list.len() >= _PARTS).fill_null(value=False),
            beyond=pl.when(entry.list.len() > _PARTS).then(entry.list.slice(_PARTS)),
        )
    )
    flat = flat.drop("beyond").hstack(_affiliations(flat["beyond"]))
    is_short = pl.col("names").str.len_bytes() <= MAX_NAME_CHARS
    is_clean = pl.col("names").str.contains(_CLEAN_NAME) & ~pl.col("names").str.contains(_UNSPACED_INITIAL)
    flat = flat.with_columns(is_short=is_short).with_columns(
        _where(flat.select(is_short & ~is_clean).to_series(), flat["names"], _printed)
    )
    is_name = pl.col("names") != ""
    return (
        flat.group_by("line", maintain_order=True)
        .agg(
            pl.col("names", "affiliations").filter(is_name),
            are_sound=pl.all_horizontal(pl.col("has_parts", "are_readable", "is_short").all(), is_name.any()),
        )
        .drop("line")
    )


def _affiliations(beyond: pl.Series) -> pl.DataFrame:
    """`affiliations` cleaned and joined, or null, and whether the texts `are_readable`, one row a list or null."""
    places = beyond.is_not_null().arg_true()
    lists = [tuple(texts) for texts in beyond.gather(places).to_list()]
    are_readable = [all(text is not None and len(text) <= MAX_TEXT_CHARS for text in texts) for texts in lists]
    joined = [_joined(texts) if readable else None for texts, readable in zip(lists, are_readable, strict=True)]
    return pl.DataFrame(
        [
            pl.repeat(None, len(beyond), dtype=pl.String(), eager=True)
            .alias("affiliations")
            .scatter(places, pl.Series(joined, dtype=pl.String)),
            pl.repeat(value=True, n=len(beyond), eager=True)
            .alias("are_readable")
            .scatter(places, pl.Series(are_readable, dtype=pl.Boolean)),
        ]
    )


@lru_cache(maxsize=1 << 12)
def _joined(affiliations: tuple[str, ...]) -> str | None:
    """Affiliations cleaned and joined, null when nothing is left of them."""
    return "; ".join(filter(None, map(clean, affiliations))) or None


@lru_cache(maxsize=1 << 16)
def _printed(name: str) -> str:
    """A name as `ArxivAuthor` prints it."""
    return str(printed_name(name))


def _versions(versions: pl.Series) -> pl.DataFrame:
    """`line, version, submitted_at` and whether the entry `is_sound`: ascending in its line, its date exists."""
    entry = pl.col("entry").struct
    flat = versions.alias("entry").to_frame().with_row_index("line").explode("entry")
    flat = flat.select("line", written=entry.field("version"), created=entry.field("created"))
    number = pl.when(pl.col("written").str.contains("^v?[0-9]{1,3}$")).then(
        pl.col("written").str.strip_prefix("v").cast(pl.Int32, strict=False)
    )
    moment = pl.when(pl.col("created").str.contains(_CREATED)).then(
        pl.col("created")
        .str.replace(r"^\S+ ", "")
        .str.to_datetime("%d %b %Y %H:%M:%S GMT", time_unit="us", strict=False)
        .dt.replace_time_zone("UTC")
    )
    is_first = (pl.col("line") != pl.col("line").shift(1)).fill_null(value=True)
    is_later = pl.col("version") > pl.col("version").shift(1)
    return flat.select("line", version=number, submitted_at=moment).with_columns(
        is_sound=(pl.col("submitted_at").is_not_null() & (pl.col("version") >= 1) & (is_first | is_later)).fill_null(
            value=False
        )
    )


def _texts(texts: pl.Series) -> pl.Series:
    """Texts cleaned, null where there is nothing to read."""
    is_clean = texts.str.contains(_CLEAN_BUT_FOR_SPACE) | (
        texts.str.contains(_ASCII_WITHOUT_ENTITIES)
        & ~texts.str.contains("\\$", literal=True)
        & texts.str.replace_all(_MATH, "").str.contains(_CLEAN_BUT_FOR_SPACE)
    )
    folded = texts.str.strip_chars(" \n").str.replace_all("[ \n]+", " ")
    needs_work = ~is_clean & (texts.str.len_bytes() <= MAX_TEXT_CHARS)
    return _where(needs_work, folded, clean, of=texts).replace("", None)


def _withdrawn(comments: pl.Series, abstracts: pl.Series) -> pl.Series:
    """Whether comments or abstract begin by saying that the paper is withdrawn."""
    word = comments.str.contains("ithdrawn", literal=True).fill_null(value=False)
    word |= abstracts.str.contains("ithdrawn", literal=True).fill_null(value=False)
    places = word.arg_true()
    said = [says_withdrawn(texts) for texts in zip(comments.gather(places), abstracts.gather(places), strict=True)]
    return word.alias("is_withdrawn").scatter(places, said)


def _where(
    chosen: pl.Series, otherwise: pl.Series, read: Callable[[str], str | None], *, of: pl.Series | None = None
) -> pl.Series:
    """A function of `of` (else of `otherwise`) where it is chosen, `otherwise` where not or where that is null."""
    places = chosen.fill_null(value=False).arg_true()
    source = otherwise if of is None else of
    return otherwise.scatter(places, pl.Series(map(read, source.gather(places)), dtype=pl.String))
