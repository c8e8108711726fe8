"""Lines for a terminal: headings, paragraphs, and rows of the table of a score."""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import Final

from picheck.api import Style
from picheck_pi.scoring.format import printable

_LOOKS: Final = {"heading": "1", "good": "1;32", "bad": "1;31", "weak": "33", "dim": "2"}
_NAME_WIDTH: Final = 44
_MIN_FORMULA_WIDTH: Final = 30


class TextPage:
    """Makes lines of a terminal's width, in colours where they are wanted."""

    def __init__(self, style: Style) -> None:
        self._style = style

    def heading(self, text: str, look: str = "heading") -> tuple[str, str]:
        """Return an empty line and a heading."""
        return "", self.paint(text, look)

    def paint(self, text: str, look: str) -> str:
        """Return text in a look where colours are wanted."""
        return f"\x1b[{_LOOKS[look]}m{text}\x1b[0m" if self._style.color else text

    def wrap(self, text: str, first: str = "  ", rest: str = "") -> list[str]:
        """Return text in lines of the terminal's width; `rest` indents those after the first."""
        return textwrap.wrap(
            printable(text),
            width=max(self._style.width, 40),
            initial_indent=first,
            subsequent_indent=rest or first,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [first]

    def row(
        self, name: str = "", rate: str = "", maximum: str = "", points: str = "", formula: str = ""
    ) -> str:
        """Return a row of the table, in several lines where a name or a formula is long."""
        lead = " " * (len(name) - len(name.lstrip()))
        names = textwrap.wrap(
            name.strip(), _NAME_WIDTH, initial_indent=lead, subsequent_indent=" " * 4
        )
        numbers = f" {rate:>11} {maximum:>5} {points:>6}   "
        room = max(self._style.width - _NAME_WIDTH - len(numbers), _MIN_FORMULA_WIDTH)
        formulas = textwrap.wrap(formula, room, break_long_words=False)
        (left, right), *more = zip_longest(names or [""], formulas, fillvalue="")
        blank = " " * len(numbers)
        lines = [f"{left:<{_NAME_WIDTH}}{numbers}{right}"]
        lines += [f"{left:<{_NAME_WIDTH}}{blank}{right}" for left, right in more]
        return "\n".join(line.rstrip() for line in lines)
