"""Identifiers, read out of the many ways sources write them.

Here: pure functions from text to a canonical identifier or null. Not here: who carries which identifier.

Canonical forms: arXiv id without version or subject class (`0704.0001`, `math/0309136`), DOI in lower case
without a prefix, ORCID iD as four groups of four, OpenAlex id as letter and digits (`W2101234009`).
"""

import re
from urllib.parse import unquote

NOT_PEOPLE = frozenset({"A9999999999", "A5317838346"})
"""OpenAlex's null author (never disambiguated, or removed on request) and its deleted author."""

ARXIV_ID = r"(?:[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}|[a-z]+(?:-[a-z]+)?/[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3})"
"""Both forms of https://info.arxiv.org/help/arxiv_identifier.html, as a pattern without anchors."""

_ARXIV_WRITTEN = re.compile(
    r"(?:(?:https?://)?(?:[a-z.-]+\.)?arxiv\.org/(?:abs|pdf|html)/|(?:pmh:)?oai:arxiv\.org:|arxiv:\s*)?"
    r"(?P<archive>[a-z]+(?:-[a-z]+)?)?(?P<subject>\.[a-z]{2})?(?P<slash>/)?"
    r"(?P<number>\d{4}\.\d{4,5}|\d{7})(?:v(?P<version>[1-9]\d{0,2}))?(?:\.pdf)?/?",
    re.IGNORECASE | re.ASCII,
)
_ARXIV_CANONICAL = re.compile(ARXIV_ID)
_DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)
_DOI_PREFIX = re.compile(r"^\s*(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])/?", re.ASCII)
_OPENALEX = re.compile(r"(?:https?://(?:api\.)?openalex\.org/(?:[a-z]+/)?)?([AIWSTFPCawistfpc]\d{1,12})", re.ASCII)


def split_arxiv_id(written: str) -> tuple[str | None, int | None]:
    """Return the canonical arXiv id and the version in `written`, each null when there is none.

    Takes bare ids, `arXiv:` ids, OAI identifiers and abs, pdf and html URLs. The subject class of an old id
    goes (`math.GT/0309136` is `math/0309136`). Anything else around the id makes it no id.
    """
    match = _ARXIV_WRITTEN.fullmatch(written.strip())
    if match is None:
        return None, None
    number, version = match["number"], match["version"]
    if "." in number:
        written_well = match["archive"] is None and match["subject"] is None and match["slash"] is None
        canonical = number
    else:
        written_well = match["archive"] is not None and match["slash"] is not None
        canonical = f"{match['archive']}/{number}".lower()
    if not written_well or _ARXIV_CANONICAL.fullmatch(canonical) is None:
        return None, None
    return canonical, int(version) if version else None


def normalise_doi(written: str | None) -> str | None:
    """Return the first DOI in `written`, lower case and without a prefix, or null.

    arXiv's field may hold several, split by blanks. A DOI is compared without case (DOI Handbook, 2.4).
    """
    if not written:
        return None
    parts = _DOI_PREFIX.sub("", written).split()
    if not parts or _DOI.fullmatch(parts[0]) is None:
        return None
    return parts[0].rstrip(",;").lower()


def arxiv_id_of_oai(identifier: str | None) -> str | None:
    """Return the arXiv id in an OAI identifier of arXiv's, also behind OpenAlex's `pmh:`; else null."""
    if not identifier or "oai:arxiv.org:" not in identifier.lower():
        return None
    return split_arxiv_id(identifier)[0]


def arxiv_id_of_doi(doi: str | None) -> str | None:
    """Return the arXiv id that a DOI of arXiv's own (`10.48550/arXiv.0704.0001`) names, or null."""
    match = _ARXIV_DOI.fullmatch(normalise_doi(doi) or "")
    return split_arxiv_id(match[1])[0] if match else None


def arxiv_id_of_url(url: str | None) -> str | None:
    """Return the arXiv id of an arXiv page, of its DOI, or of that DOI's DataCite entry; else null."""
    if not url:
        return None
    url = unquote(url)
    if "arxiv.org" in url.lower():
        return split_arxiv_id(url.split("?")[0].split("#")[0])[0]
    start = url.lower().find("10.48550/arxiv.")
    return arxiv_id_of_doi(url[start:]) if start >= 0 else None


def orcid_check_digit(digits: str) -> str:
    """Return the check character of the first 15 digits of an ORCID iD.

    Source: ISO 7064 MOD 11-2, as in https://support.orcid.org/hc/en-us/articles/360006897674.
    """
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    remainder = (12 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)  # noqa: PLR2004 - ten is the digit X stands for


def normalise_orcid(written: str | None) -> str | None:
    """Return the ORCID iD in `written`, or null when it is none or its check digit is wrong."""
    match = _ORCID.fullmatch(written.strip()) if written else None
    if match is None:
        return None
    groups = [group.upper() for group in match.groups()]
    characters = "".join(groups)
    return "-".join(groups) if orcid_check_digit(characters[:15]) == characters[15] else None


def normalise_openalex_id(written: str | None) -> str | None:
    """Return an OpenAlex id as letter and digits, or null when `written` is none."""
    match = _OPENALEX.fullmatch(written.strip()) if written else None
    return match[1].upper() if match else None
