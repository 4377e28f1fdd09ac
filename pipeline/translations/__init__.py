"""Machine translation of texts: what a back end must do, and the one there is.

What belongs here: asking a translator for one text. What does not: which texts are translated and where they are kept
(`pipeline.steps.texts`). Nothing is translated unless a service is configured, and what it wrote is marked as a
machine's.
"""

from typing import Protocol

from pipeline.sources.errors import SourceError
from pipeline.translations.libretranslate import LibreTranslate, TextRefusedError

__all__ = ["LibreTranslate", "SourceError", "TextRefusedError", "Translator"]


class Translator(Protocol):
    """A service or program that translates."""

    @property
    def name(self) -> str:
        """What it is called in the rows that it wrote."""

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Translate one text.

        Args:
            text: The text, never empty.
            source: Its language, as ISO 639-1 writes it.
            target: The language wanted.

        Raises:
            TextRefusedError: This text, or this pair of languages, is not taken; another one may be.
            SourceError: The service cannot be used now.
        """
