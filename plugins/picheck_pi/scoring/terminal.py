"""Words on a terminal: in looks, in lines, and harmless."""

from __future__ import annotations

import textwrap
from typing import Final

from picheck.api import Style

_LOOKS: Final = {"heading": "1", "good": "1;32", "bad": "1;31", "weak": "33", "dim": "2"}


def painted(words: str, look: str, style: Style) -> str:
    """Return words in a look where colours are wanted."""
    return f"\x1b[{_LOOKS[look]}m{words}\x1b[0m" if style.color else words


def printable(words: str) -> str:
    """Make text from a document harmless on a terminal: no controls, no direction marks."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in words)


def wrapped(words: str, style: Style, first: str = "  ", rest: str = "  ") -> list[str]:
    """Return words in lines of the terminal's width."""
    return textwrap.wrap(
        printable(words),
        width=max(style.width, 40),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]
