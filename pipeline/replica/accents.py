r"""TeX accents as arXiv's servers decode them.

Belongs here: accents and special letters of the raw metadata to Unicode, for every answer but `arXivRaw`.
Not here: cleaning. Other TeX (`\emph`, math) reaches clients as it is, as it does from the real servers.
"""

import re

from pipeline.text import tex_to_unicode

_ACCENT = r"""\\(?:["'`^~=.]\s*(?:\{\\?[A-Za-z]\}|\\?[A-Za-z])|[uvHcdbrk](?:\s*\{\\?[A-Za-z]\}|\s+[A-Za-z]))"""
_LETTER = r"\\(?:ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j)(?![A-Za-z])"
_DECODED = re.compile(rf"\{{\s*(?:{_ACCENT}|{_LETTER})\s*\}}|{_ACCENT}|{_LETTER}\{{\}}|{_LETTER}(?:\s+(?=\S))?")


def decoded(text: str) -> str:
    r"""Text with its TeX accents as Unicode: `Erd{\H o}s` is `Erdős`; everything else stays."""
    if "\\" not in text:
        return text
    return _DECODED.sub(lambda found: tex_to_unicode(found[0]).strip(), text)
