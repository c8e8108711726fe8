"""The patterns of a clause, compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

#: "any letter or digit, so many times", as the patterns of identifiers spell it.
_ANY: Final = re.compile(r"\[0-9A-Z\]\{(\d+)\}")

compiled = lru_cache(maxsize=256)(re.compile)


def fits_any(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns describes the whole text."""
    for pattern in patterns:  # noqa: SIM110 - any() costs a generator a document
        if compiled(pattern).fullmatch(text):
            return True
    return False


def is_in_any(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns occurs anywhere in the text."""
    for pattern in patterns:  # noqa: SIM110 - as above
        if compiled(pattern).search(text):
            return True
    return False


def readable(pattern: str) -> str:
    """Write the pattern of an identifier as CMS does, with an X for any letter or digit."""
    return _ANY.sub(lambda match: "X" * int(match[1]), pattern)
