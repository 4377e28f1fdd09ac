"""Values as a reader sees them: dates, counts, licences, what a tier and a level mean.

What belongs here: a value in, words out. What does not: which values a page shows.
"""

import re
from datetime import datetime
from typing import Final

NO_BREAK: Final = "\N{NO-BREAK SPACE}"

_KILOBYTE: Final = 1024

_LEAST_SHOWN: Final = 0.005

TIERS: Final = {
    "Unverified": "no more than a person's own uploads can show",
    "Corroborated": "more than a person's own uploads can show",
    "Identified": "an ORCID on works or an approved claim stands behind it",
    "Verified": "an ORCID on works and an approved claim both stand behind it",
}

LEVELS: Final = {
    "L0": "a placeholder or a collaboration, not one person",
    "L1": "listed on a work",
    "L2": "a second source confirms a work, and nothing speaks against it",
    "L3": "one uncontested ORCID on two works or more",
    "L4": "the person's claim was approved",
    "L5": "claimed while signed in to ORCID",
}

CLAIMS: Final = {
    "none": "Unclaimed author",
    "pending": "Claim waits for review",
    "rejected": "Claim rejected",
    "approved": "Claimed author",
    "approved_email": "Claimed author, by institutional e-mail",
    "orcid_authenticated": "Claimed author, signed in to ORCID",
}

NO_AFFILIATION: Final = {"none": "No affiliation found", "not_loaded": "Affiliation not imported"}

COMPONENTS: Final = {
    "claim": "Claim",
    "orcid": "ORCID",
    "affiliation": "Affiliation",
    "sources": "Sources",
    "citations": "Citations",
    "works": "Works",
    "history": "History",
    "ties": "Ties",
    "conflict_discount": "Conflicts",
}

LANGUAGES: Final = {
    "ar": "Arabic", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "ms": "Malay",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""The languages that records are mostly in, by their ISO 639-1 codes."""

_CREATIVE_COMMONS: Final = re.compile(
    r"(?:https?://creativecommons\.org/licenses/|cc-)(by(?:-nc)?(?:-nd|-sa)?)(?:/(\d\.\d))?(?:/.*)?"
)
_PUBLIC_DOMAIN: Final = re.compile(r"https?://creativecommons\.org/publicdomain/zero/(\d\.\d)/?")
_ARXIV_LICENCE: Final = re.compile(r"https?://arxiv\.org/licenses/nonexclusive-distrib/(\d\.\d)/?")


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun, such as `1 work` or `1,204 works`."""
    return f"{number:,}{NO_BREAK}{one if number == 1 else many}"


def day(moment: datetime) -> str:
    """The day, such as `9 Feb 2020`."""
    return f"{moment.day}{NO_BREAK}{moment:%b}{NO_BREAK}{moment.year}"


def moment_utc(moment: datetime) -> str:
    """Day and time as arXiv writes a submission, such as `Mon, 10 Feb 2020 20:10:16 UTC`."""
    return f"{moment:%a}, {moment.day} {moment:%b %Y %H:%M:%S} UTC"


def kilobytes(size_bytes: int) -> str:
    """A size such as `1,204 KB`."""
    return f"{max(1, round(size_bytes / _KILOBYTE)):,}{NO_BREAK}KB"


def points(value: float) -> str:
    """Points of a trust component to 0.01, the minus as a minus."""
    return f"{value:z.2f}".replace("-", "\N{MINUS SIGN}")


def amount(value: float) -> str:
    """An amount of evidence, to 0.01 where it is not whole, such as `4` or `3.81`; never 0 where there is some."""
    return "less than 0.01" if 0 < value < _LEAST_SHOWN else f"{value:,.2f}".rstrip("0").rstrip(".")


def language(code: str) -> str:
    """A language by its name in English, with what its code adds; one that is not known by its code."""
    main, _, rest = code.partition("-")
    return f"{LANGUAGES[main]} ({code})" if rest and main in LANGUAGES else LANGUAGES.get(main, code)


def licence(name: str) -> str:
    """A licence by its usual name; one that is not known by the name or address given."""
    if found := _CREATIVE_COMMONS.fullmatch(name):
        return " ".join(filter(None, ["CC", found[1].upper(), found[2]]))
    if found := _PUBLIC_DOMAIN.fullmatch(name):
        return f"CC0 {found[1]}"
    if found := _ARXIV_LICENCE.fullmatch(name):
        return f"arXiv.org perpetual, non-exclusive licence {found[1]}"
    return name


def cut(text: str, longest: int) -> str:
    """Text of at most this many characters, an ellipsis for what was cut."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
