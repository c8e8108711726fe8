"""Ids that differ from a known one in spelling alone.

An id is no word: PI_LVITC_1 and PI_LVOTC_1 are a letter apart and mean opposite things. So only
what carries no meaning may differ: case, separators, and a letter in place of the digit that
looks like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SEPARATORS: Final = re.compile(r"[^0-9A-Z]")
_ALIKE: Final = str.maketrans("OIL", "011")


def find_spelling(text: str, ids: Iterable[str]) -> str | None:
    """Return the id that a text spells otherwise; None where there is none, or several."""
    plain = _plain(text)
    found = [known for known in ids if _plain(known) == plain]
    return found[0] if len(found) == 1 else None


def has_same_digits(text: str, other: str) -> bool:
    """Whether two texts hold the same digits in the same order."""
    return re.sub(r"\D", "", text) == re.sub(r"\D", "", other)


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text.upper()).translate(_ALIKE)
