"""The patterns of a clause, compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

compiled = lru_cache(maxsize=256)(re.compile)


def fits_any(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns describes the whole text."""
    return any(compiled(pattern).fullmatch(text) for pattern in patterns)


def is_in_any(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns occurs anywhere in the text."""
    return any(compiled(pattern).search(text) for pattern in patterns)
