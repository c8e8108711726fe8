"""Text without what no reader sees and some terminals obey."""

from __future__ import annotations

import unicodedata
from typing import Final

#: What no reader sees and some terminals obey: controls, direction marks, what Unicode leaves
#: unassigned, and its own line breaks.
INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str) -> str:
    """Return the text without what a terminal may obey: no controls, no direction marks.

    Line feeds stay; everything else of that kind is shown as its number.
    """
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text
    return "".join(
        character
        if character == "\n" or unicodedata.category(character) not in INVISIBLE
        else f"\\u{ord(character):04x}"
        for character in text
    )
