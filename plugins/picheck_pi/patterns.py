"""The patterns of a clause, compiled once."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

#: "any letter or digit, so many times", as the patterns of identifiers spell it.
_ANY: Final = re.compile(r"\[0-9A-Z\]\{(\d+)\}")

_compile = lru_cache(maxsize=256)(re.compile)


def fits_any(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns describes the whole text."""
    return any(_compile(pattern).fullmatch(text) for pattern in patterns)


def is_in_any(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns occurs anywhere in the text."""
    return any(_compile(pattern).search(text) for pattern in patterns)


def format_pattern(pattern: str) -> str:
    """Return the pattern of an identifier as CMS writes it, with an X for any letter or digit."""
    return _ANY.sub(lambda match: "X" * int(match[1]), pattern)
