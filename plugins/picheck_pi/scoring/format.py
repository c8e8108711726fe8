"""Numbers and sentences that the record, the text and the page of a score share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

Record = Mapping[str, Any]

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


def printable(words: str) -> str:
    """Make text from a document harmless: no controls, no direction marks."""
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
