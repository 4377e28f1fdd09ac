"""LibreTranslate, and whatever else answers its `POST /translate`.

The key goes into the body, as the service wants it, and nowhere else: not into a URL, a message or a log line.
"""

from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from requests import Response

from pipeline.sources.errors import HttpStatusError, KeyRefusedError, SourceError
from pipeline.sources.http import HttpPolicy, Pacer, PoliteSession, base_url

_OK: Final = 200
_TEXT_REFUSED: Final = frozenset({400, 413, 422})
_KEY_REFUSED: Final = frozenset({401, 403})


class TextRefusedError(SourceError):
    """The service does not take this text or this pair of languages; another one it may."""


class Answer(BaseModel):
    """What the service answers to one text."""

    model_config = ConfigDict(extra="ignore", strict=True)

    translatedText: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]  # noqa: N815 - its own name


class LibreTranslate:
    """A translation service with LibreTranslate's interface.

    Args:
        url: Its base URL.
        key: Its key, where it asks for one.
        policy: How patient to be.
    """

    name = "libretranslate"

    def __init__(self, url: str, *, key: str | None = None, policy: HttpPolicy | None = None) -> None:
        self._url = base_url(url, "")
        self._key = key
        self._session = PoliteSession(self._url, policy or HttpPolicy(), Pacer(Path(), self.name, 0.0))

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Translate one text; see `Translator`."""
        question = {"q": text, "source": source, "target": target, "format": "text"}
        if self._key:
            question["api_key"] = self._key
        # A redirect could carry the key to somebody else.
        response = self._session.post(f"{self._url}/translate", json=question, allow_redirects=False)
        if response.status_code != _OK:
            raise self._refused(response, f"{source} to {target}")
        try:
            return Answer.model_validate_json(response.content).translatedText
        except ValidationError as error:
            raise SourceError(
                f"{self._place} answered 200 without a translation: check PIPELINE_TRANSLATE_URL."
            ) from error

    def languages(self) -> frozenset[str]:
        """The languages it translates into.

        Raises:
            SourceError: It does not answer, or not as such a service does.
        """
        response = self._session.get(f"{self._url}/languages", allow_redirects=False)
        try:
            return frozenset(str(one["code"]) for one in self._json(response))
        except (TypeError, KeyError) as error:
            raise self._unlike(response) from error

    @property
    def _place(self) -> str:
        """The service as a message names it, without what a URL may hold of secrets."""
        return urlsplit(self._url).hostname or self.name

    def _refused(self, response: Response, pair: str) -> SourceError:
        status = response.status_code
        if status in _TEXT_REFUSED:
            return TextRefusedError(f"{self._place} does not translate this text from {pair}: {self._said(response)}.")
        if status in _KEY_REFUSED:
            return KeyRefusedError(
                f"{self._place} answered {status}: set PIPELINE_TRANSLATE_KEY to a key that it takes."
            )
        return HttpStatusError(
            f"{self._place} answered {status} to /translate: check PIPELINE_TRANSLATE_URL.", status=status
        )

    def _said(self, response: Response) -> str:
        """The service's own words, cut and without the key."""
        try:
            said = str(response.json()["error"])
        except (ValueError, TypeError, KeyError):
            return f"status {response.status_code}"
        return " ".join((said.replace(self._key, "***") if self._key else said).split())[:200].rstrip(".")

    def _json(self, response: Response) -> Any:
        try:
            return response.json()
        except ValueError as error:
            raise self._unlike(response) from error

    def _unlike(self, response: Response) -> SourceError:
        return SourceError(
            f"{self._place} answered {response.status_code} to /languages, not as LibreTranslate does:"
            " check PIPELINE_TRANSLATE_URL."
        )
