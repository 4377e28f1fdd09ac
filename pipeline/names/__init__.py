"""Personal names as bylines print them: taken apart, folded to keys, compared.

Here: a leaf library that knows names only. `parse_name` gives the parts of a printed name, `split_byline`
the printed names of a raw author string, `fold` the key form of a text, `given_compatibility` how far two
given names agree, `HiddenName` where a text prints a name that must not be shown. Not here: works, mentions,
identity. Nothing in this package reads anything but its own word lists.
"""

from pipeline.names.bylines import split_byline
from pipeline.names.folding import fold
from pipeline.names.given import GivenLevel, given_compatibility
from pipeline.names.hidden import HiddenName
from pipeline.names.initials import initials_apart
from pipeline.names.kinds import NameKind
from pipeline.names.nicknames import given_name_forms
from pipeline.names.parsing import ParsedName, alternative_reading, parse_name
from pipeline.names.plain import are_plain

__all__ = [
    "GivenLevel",
    "HiddenName",
    "NameKind",
    "ParsedName",
    "alternative_reading",
    "are_plain",
    "fold",
    "given_compatibility",
    "given_name_forms",
    "initials_apart",
    "parse_name",
    "split_byline",
]
