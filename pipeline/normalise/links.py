"""Links to code and to data in abstracts and comments."""

import re
from urllib.parse import urlsplit

CODE_HOSTS = frozenset(
    {
        "github.com",
        "gitlab.com",
        "bitbucket.org",
        "codeberg.org",
        "sourceforge.net",
        "gitee.com",
        "anonymous.4open.science",
        "archive.softwareheritage.org",
    }
)
"""Hosts whose pages are code repositories, GitLab's own-host naming (`gitlab.<anything>`) besides."""

DATASET_HOSTS = frozenset(
    {
        "zenodo.org",
        "figshare.com",
        "datadryad.org",
        "osf.io",
        "kaggle.com",
        "dataverse.harvard.edu",
        "data.mendeley.com",
    }
)
"""Hosts whose pages are deposits of data; a deposit may hold code too, which a link alone does not tell."""

DATASET_DOIS = (
    "10.5281/zenodo.",
    "10.6084/m9.figshare.",
    "10.5061/dryad.",
    "10.7910/dvn/",
    "10.17632/",
    "10.17605/osf.io",
)
"""How DOIs of those deposits begin."""

_URL = re.compile(
    r"(?:https?://|(?<![\w./@-])(?:www\.)?(?=(?:github|gitlab|bitbucket|zenodo|huggingface|kaggle)\.))[^\s<>\"'`{}|\\^]+",
    re.IGNORECASE,
)
_TAIL = ".,;:!?)]}$*\u201d\u2019"


def urls(text: str | None) -> list[str]:
    """The URLs in a text in order of appearance, each once, without the punctuation that follows them."""
    found: dict[str, None] = {}
    for match in _URL.finditer(text or ""):
        url = match[0]
        while url and url[-1] in _TAIL and not (url[-1] == ")" and url.count("(") >= url.count(")")):
            url = url[:-1]
        found[url if url.lower().startswith("http") else f"https://{url}"] = None
    return list(found)


def code_urls(text: str | None) -> list[str]:
    """The links of a text that lead to a code repository (a path below the host is asked for)."""
    return [url for url in urls(text) if is_code(url)]


def dataset_urls(text: str | None) -> list[str]:
    """The links of a text that lead to a deposit of data."""
    return [url for url in urls(text) if is_dataset(url)]


def is_code(url: str) -> bool:
    """Whether a URL leads to a code repository."""
    host, path = place(url)
    return bool(path) and (host in CODE_HOSTS or host.startswith("gitlab."))


def is_dataset(url: str) -> bool:
    """Whether a URL leads to a deposit of data."""
    host, path = place(url)
    if host in {"doi.org", "dx.doi.org"}:
        return path.startswith(DATASET_DOIS)
    if host == "huggingface.co":
        return path.startswith("datasets/")
    if host == "kaggle.com":
        return path.startswith(("datasets/", "c/", "competitions/")) or "/" in path
    return bool(path) and host in DATASET_HOSTS


def place(url: str) -> tuple[str, str]:
    """Host without `www.` and path without slashes at its ends, both lower case; empty for a URL that is none."""
    try:
        parts = urlsplit(url.lower())
        return (parts.hostname or "").removeprefix("www."), parts.path.strip("/")
    except ValueError:
        return "", ""
