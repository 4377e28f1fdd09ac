r"""BibTeX entries of works, safe to paste whatever the metadata holds.

What belongs here: choosing the entry type, building the key, escaping. What does not: cleaning of titles and
names (`pipeline.text`, `pipeline.names`), reading or writing files.

Text is escaped so that a BibTeX reader gets back exactly the text that went in: specials as `\%`, `\&`,
`\#`, `\_`, `\$`, `\{`, `\}`, the rest as a braced command. BibTeX counts the brace of a `\{` too, so a
brace without a partner, which would break the file, is a command as well (`{\textbraceleft}`). Formulas,
`$...$` and `\(...\)`, are TeX already and stay as they are, if their braces match and nothing in them would
end the line or the table cell. Letters stay in UTF-8, as in arXiv's own export. A word with a capital after
its first letter is braced (`{ImageNet}`): styles would lower it otherwise.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

import polars as pl

from pipeline.metrics.schemas import BIBTEX, BIBTEX_NAMES, BIBTEX_WORKS, conform
from pipeline.names import fold

ARXIV_DOI_PREFIX: Final = "10.48550/"

_COMMANDS: Final = {
    "\\": r"{\textbackslash}",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "$": r"\$",
}
_UNMATCHED: Final = {"{": r"{\textbraceleft}", "}": r"{\textbraceright}"}
_SPECIAL: Final = re.compile(r"[\\{}^~%&#_$]")

# pandoc's rule for dollars: no space inside them, no digit after the second, so that "$5 and $10" is money.
_FORMULA: Final = re.compile(r"(?<!\\)\$(?![\s$])(?:\\.|[^\\$%&#])+(?<!\s)\$(?![0-9$])|\\\((?:\\[^()]|[^\\$%&#])+\\\)")
_BRACE: Final = re.compile(r"\\?[{}]")

_HARMLESS: Final = re.compile(r"[0-9A-Za-z./:()<>_;-]*")

_LETTER: Final = "0-9A-Za-zÀ-ÖØ-öø-ɏ"
_MIXED_CASE: Final = re.compile(rf"[{_LETTER}]+[A-Z][{_LETTER}]*")
_INNER_CAPITAL: Final = re.compile(rf"[{_LETTER}][A-Z]")

_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# In a list of names these words and the comma have a meaning of their own.
_AND: Final = re.compile(r"(?:^|\s)and(?:\s|$)", re.IGNORECASE)

_STOP_WORDS: Final = frozenset({
    "a", "an", "and", "are", "as", "at", "by", "can", "do", "does", "for", "from", "how", "in", "into",
    "is", "it", "its", "of", "on", "or", "over", "the", "to", "toward", "towards", "under", "using", "via",
    "we", "what", "when", "where", "which", "who", "why", "with",
})  # fmt: skip
_LONGEST_KEY_PART: Final = 40
_TITLE_START: Final = 80


def bibtex(
    *,
    title: str,
    authors: Iterable[str],
    first_author: str | None,
    year: int | None = None,
    arxiv_id: str | None = None,
    primary_category: str | None = None,
    doi: str | None = None,
    venue: str | None = None,
    journal_ref: str | None = None,
) -> str:
    """Write the BibTeX entry of one work.

    A work with a journal reference, or with a venue and a DOI that is not arXiv's own, is an @article; any
    other is a @misc. Both carry the arXiv id as eprint, archivePrefix, primaryClass.

    Args:
        title: The title as text, with formulas in TeX.
        authors: Names in byline order, each from `author_name`.
        first_author: What the key begins with: the first author's family name, or the name of a group.
        year: Year of publication.
        arxiv_id: The id without version.
        primary_category: arXiv's primary category, such as cs.LG.
        doi: DOI without resolver.
        venue: Name of the journal or series.
        journal_ref: arXiv's free-text journal reference.

    Returns:
        The entry on several lines, without a newline at its end. Fields without a value are left out.
    """
    is_published_doi = bool(doi) and not str(doi).lower().startswith(ARXIV_DOI_PREFIX)
    journal = (venue if venue and is_published_doi else None) or journal_ref
    eprint, identifier = _verbatim(arxiv_id), _verbatim(doi)
    fields = (
        ("title", _escaped_title(title)),
        ("author", " and ".join(authors)),
        ("journal", _escaped(journal)),
        ("howpublished", _escaped(venue) if not journal and not arxiv_id else ""),
        ("note", _escaped(journal_ref) if journal != journal_ref else ""),
        ("year", "" if year is None else str(year)),
        ("doi", identifier),
        ("eprint", eprint),
        ("archivePrefix", "arXiv" if arxiv_id else ""),
        ("primaryClass", _verbatim(primary_category) if arxiv_id else ""),
        ("url", _url(eprint, identifier)),
    )
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields if value)
    key = entry_key(first_author, year, title, arxiv_id)
    return f"@{'article' if journal else 'misc'}{{{key},\n{lines}\n}}"


def entry_key(first_author: str | None, year: int | None, title: str, arxiv_id: str | None = None) -> str:
    """Build the citation key: family name, year, first telling word of the title, in a-z and 0-9.

    Parts that are missing are left out; without any, the key is the arXiv id or "work". Two works of one year
    whose titles begin alike share a key, as in other exports: the bibliography they go to decides.
    """
    family = fold(first_author or "").replace(" ", "")[:_LONGEST_KEY_PART]
    words = fold(title[:_TITLE_START]).split(" ")
    telling = next((word for word in words if word not in _STOP_WORDS), words[0])[:_LONGEST_KEY_PART]
    key = f"{family}{'' if year is None else year}{telling}"
    return key or fold(arxiv_id or "").replace(" ", "") or "work"


def author_name(
    given: str | None,
    family: str | None,
    *,
    suffix: str | None = None,
    raw_name: str = "",
    is_person: bool = True,
) -> str:
    """Write one name for an author field: "Family, Given", "Family, Jr., Given", or a braced whole.

    Groups, and names that are not split into given and family, are braced unless they are a single plain
    word.
    """
    given, family, suffix = _escaped(given), _escaped(family), _escaped(suffix)
    if is_person and given and family:
        parts = (family, suffix, given) if suffix else (family, given)
        return ", ".join(_kept_whole(part) for part in parts)
    whole = _escaped(raw_name) or " ".join(part for part in (given, family, suffix) if part)
    is_plain = is_person and " " not in whole and whole.lower() != "others"
    return _kept_whole(whole) if is_plain else f"{{{whole}}}"


def bibtex_entries(works: pl.DataFrame | pl.LazyFrame, names: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Write the entries of many works.

    Args:
        works: `schemas.BIBTEX_WORKS`, one row per work, any order.
        names: `schemas.BIBTEX_NAMES`, the names printed on them, any order; works without names have no
        author field.

    Returns:
        `schemas.BIBTEX`, one row per work, sorted by work_id.
    """
    entries = conform(works, BIBTEX_WORKS, name="works", required=("work_id",))
    rows = entries.join(_author_fields(names).lazy(), on="work_id", how="left").sort("work_id").collect()
    texts = [
        bibtex(
            title=title or "",
            authors=(authors,) if authors else (),
            first_author=first,
            year=year,
            arxiv_id=arxiv_id,
            primary_category=category,
            doi=doi,
            venue=venue,
            journal_ref=journal_ref,
        )
        for title, year, arxiv_id, category, doi, venue, journal_ref, authors, first in rows.drop("work_id").iter_rows()
    ]
    return pl.DataFrame({"work_id": rows["work_id"], "bibtex": texts}, schema=dict(BIBTEX))


def _author_fields(names: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Join each work's names: work_id, authors, first_author. Every distinct name is written once."""
    parts = ["given", "family", "suffix", "raw_name", "kind"]
    rows = conform(names, BIBTEX_NAMES, name="names", required=("work_id", "position"))
    distinct = rows.select(parts).unique().collect()
    written = [
        author_name(given, family, suffix=suffix, raw_name=raw_name or "", is_person=kind == "person")
        for given, family, suffix, raw_name, kind in distinct.iter_rows()
    ]
    return (
        rows.join(
            distinct.lazy().with_columns(pl.Series("author", written, dtype=pl.String)),
            on=parts,
            nulls_equal=True,
        )
        .sort("work_id", "position")
        .group_by("work_id", maintain_order=True)
        .agg(
            pl.col("author").str.join(" and ").alias("authors"),
            pl.coalesce(pl.when(pl.col("kind") == "person").then("family"), "raw_name").first().alias("first_author"),
        )
        .collect()
    )


def _tidy(text: str | None) -> str:
    """One line without control characters or unpaired surrogates."""
    if not text:
        return ""
    if text.isprintable():
        return " ".join(text.split()) if "  " in text else text.strip()
    return " ".join(_UNSAFE.sub(" ", text).split())


def _escaped(text: str | None) -> str:
    tidy = _tidy(text)
    return _escaped_text(tidy) if _SPECIAL.search(tidy) else tidy


def _escaped_text(text: str, *, brace_words: bool = False) -> str:
    """Escape specials and, if told to, brace mixed-case words, piece by piece."""
    matched = _matched_braces(text)
    parts: list[str] = []
    end = 0
    for special in _SPECIAL.finditer(text):
        piece, character = text[end : special.start()], special.group()
        escape = _COMMANDS.get(character) or (f"\\{character}" if special.start() in matched else _UNMATCHED[character])
        parts += (_braced_words(piece) if brace_words else piece, escape)
        end = special.end()
    parts.append(_braced_words(text[end:]) if brace_words else text[end:])
    return "".join(parts)


def _matched_braces(text: str) -> set[int]:
    """Where the braces stand that have a partner."""
    opened: list[int] = []
    matched: set[int] = set()
    for brace in re.finditer("[{}]", text):
        if brace.group() == "{":
            opened.append(brace.start())
        elif opened:
            matched |= {opened.pop(), brace.start()}
    return matched


def _escaped_title(text: str) -> str:
    """Escape a title and brace its mixed-case words, formulas left as they are."""
    title = _tidy(text)
    if not _SPECIAL.search(title):
        return _braced_words(title)
    parts: list[str] = []
    end = 0
    for formula in _FORMULA.finditer(title):
        if _braces_match(formula.group()):
            parts += (_escaped_text(title[end : formula.start()], brace_words=True), formula.group())
            end = formula.end()
    parts.append(_escaped_text(title[end:], brace_words=True))
    return "".join(parts)


def _braced_words(text: str) -> str:
    return _MIXED_CASE.sub(r"{\g<0>}", text) if _INNER_CAPITAL.search(text) else text


def _braces_match(formula: str) -> bool:
    r"""Whether braces match for BibTeX, which counts the brace of `\{`, and for readers that do not."""
    depth = plain_depth = 0
    for brace in _BRACE.findall(formula):
        step = 1 if brace[-1] == "{" else -1
        depth += step
        plain_depth += step if len(brace) == 1 else 0
        if depth < 0 or plain_depth < 0:
            return False
    return depth == plain_depth == 0


def _kept_whole(part: str) -> str:
    """Brace a part of a name that would be read as more than one, or that holds an escape.

    (bibtexparser 2.1 loses an escape beside " and " that is not in braces.)
    """
    return f"{{{part}}}" if "," in part or "\\" in part or _AND.search(part) else part


def _verbatim(text: str | None) -> str:
    """An id as it is, but percent-encoded where it would break the entry."""
    if not text or _HARMLESS.fullmatch(text):
        return text or ""
    return quote(_tidy(text), safe="!\"#$%&'()*+,-./:;<=>?@[]^_`|~")


def _url(eprint: str, doi: str) -> str:
    if eprint:
        return f"https://arxiv.org/abs/{eprint}"
    return f"https://doi.org/{doi}" if doi else ""
