"""How a score is written: numbers, sentences, and lines of a terminal."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import zip_longest
from typing import Any, Final

from picheck.api import Style

Record = Mapping[str, Any]

_LOOKS: Final = {"heading": "1", "good": "1;32", "bad": "1;31", "weak": "33", "dim": "2"}
_NAME_WIDTH: Final = 44
_MIN_FORMULA_WIDTH: Final = 30

#: What a change needs that no file can show.
ATTEST: Final = "needs a fact only you can attest"


def to_number(value: Fraction | float, places: int = 2) -> int | float:
    """Return a number for a record: whole where it is whole."""
    value = Fraction(value)
    return int(value) if value.denominator == 1 else round(float(value), places)


def format_number(value: float) -> str:
    """Write a number as people do: 25, 12.5, 23.75."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def format_change(change: float, minus: str) -> str:
    """Write a change with its sign: +5, -2.5, 0; `minus` is the sign of a loss."""
    return "0" if not change else f"{'+' if change > 0 else minus}{format_number(abs(change))}"


def format_rate(row: Record) -> str:
    """Write a rate as it was reported, 45/50, or what else is said of the measure."""
    if row["numerator"] is None:
        return str(row["status"])
    return f"{row['numerator']}/{row['denominator']}"


def join_words(words: Sequence[str]) -> str:
    """Join words: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def printable_line(words: str) -> str:
    """Make text from a document harmless, and keep it in one line.

    Controls, direction marks and line feeds are shown as their numbers.
    """
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in words)


def describe_arrivals(row: Record) -> str:
    """Say of what the maximum of a measure is made: `maximum 30 = 20 + 10 from PI_EP_1`."""
    parts = " + ".join(f"{format_number(m['points'])} from {m['from']}" for m in row["movedIn"])
    return f"maximum {row['maximum']} = {row['baseMaximum']} + {parts}"


def describe_move(move: Record) -> str:
    """Say how many points went from where to where."""
    to = ", ".join(f"{t['id']} +{format_number(t['points'])}" for t in move["to"])
    return f"{move['points']} from {move['from']} to {to}"


def describe_strength(move: Record) -> str:
    """Say how sure a move is: `official`, or `weak: inferred`."""
    return f"weak: {move['strength']}" if move["weak"] else str(move["strength"])


def describe_heaviest(heaviest: Record) -> str:
    """Say that one rate carries most of the points."""
    share = f"{heaviest['maximum']} of the {heaviest['of']} points"
    return f"one rate, of {heaviest['id']}, now carries {share}"


def describe_bonus(bonus: Record) -> str:
    """Say for which measure a bonus is given, once, and for which it is not."""
    by = f"for {bonus['by'][0]}" if bonus["by"] else ""
    more = f", once, not again for {', '.join(bonus['by'][1:])}" if bonus["by"][1:] else ""
    lost = "".join(f"; {lost['id']} lost by {lost['rule']}" for lost in bonus["lost"])
    return f"{by}{more}{lost}".removeprefix("; ")


def describe_citation(citation: Record) -> str:
    """Return a source with its place and its standing."""
    where = f": {citation['locator']}" if citation["locator"] else ""
    return f"{citation['title']}{where} ({citation['standing']})"


def list_objectives(score: Record) -> Iterator[tuple[Record, list[Record]]]:
    """Yield each objective with the rows of its measures."""
    for objective in score["objectives"]:
        yield objective, [r for r in score["measures"] if r["objective"] == objective["id"]]


def list_weak(record: Record) -> list[Record]:
    """Return all that is weak: steps of the score, weights without the category, the policy."""
    choice, conflict = record["reweighted"], record["conflict"]
    weights = choice and choice["ground"]
    policy = conflict and conflict["findings"] and conflict["ground"]
    return [
        *record["score"]["weak"],
        *(ground for ground in (weights, policy) if ground and ground["weak"]),
    ]


def list_unsettled(record: Record) -> list[Record]:
    """Return the findings at zero that none of the changes settles."""
    settled = {code for item in record["whatIf"] or () for code in item["settles"]}
    return [f for f in record["score"]["zeroedBy"] if f["code"] not in settled]


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
        # the hyphens are those of codes: PIC-PER-03 stays in one piece
        return textwrap.wrap(
            printable_line(text),
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
