"""The patterns of a clause, compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

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
