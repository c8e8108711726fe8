"""The score's tables in HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from picheck_pi.scoring.drawing import MINUS
from picheck_pi.scoring.wording import shown

Record = Mapping[str, Any]


def score_table(score: Record) -> str:
    """Return the table by objective and measure, with every formula."""
    rows = "".join(_rows(score))
    return (
        '<div class="scroll"><table><thead><tr><th>Measure</th><th class="n">Rate</th>'
        '<th class="n">Maximum</th><th class="n">Points</th><th>Arithmetic</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def choice_table(weights: Sequence[Record]) -> str:
    """Return what each category weighs, with this one sent and left out."""
    rows = "".join(
        f'<tr><td>{escape(row["title"])}</td><td class="n">{row["sent"]}%</td>'
        f'<td class="n">{row["leftOut"]}%</td></tr>'
        for row in weights
    )
    return (
        '<div class="scroll"><table><thead><tr><th>Weight in the final score</th>'
        '<th class="n">Sent</th><th class="n">Left out</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _rows(score: Record) -> Iterator[str]:
    for objective in score["objectives"]:
        yield _tr(
            escape(objective["title"]),
            "",
            shown(objective["maximum"]),
            shown(objective["points"]),
            "",
            kind="objective",
        )
        for row in score["measures"]:
            if row["objective"] == objective["id"]:
                yield _measure(row)
    yield _tr("All measures", "", "", shown(score["base"]), "", kind="sum")
    for bonus in score["bonuses"]:
        lost = "".join(f" {gone['id']} lost by {gone['rule']}" for gone in bonus["lost"])
        told = escape(", ".join(bonus["by"]) + lost)
        yield _tr(f"Bonus: {escape(bonus['title'])}", "", "", f"+{bonus['points']}", told)
    if score["capped"]:
        told = f"no more than {score['cap']} count"
        yield _tr("Cap", "", "", f"{MINUS}{score['capped']}", told)
    if score["zeroedBy"]:
        yield _tr("Category zero", "", "", f"{MINUS}{score['pointsWithoutFindings']}", "")
    yield _tr("Score", "", "", str(score["points"]), "", kind="sum")


def _measure(row: Record) -> str:
    rate = row["status"]
    if row["numerator"] is not None:
        rate = f"{row['numerator']}/{row['denominator']}"
    name = escape(row["title"])
    if row["id"] == row["objective"]:
        name = "as a whole"
    else:
        name += f'<span class="id">{escape(row["id"])}</span>'
    told = escape(row["formula"])
    if row["movedIn"]:
        parts = " + ".join(f"{shown(m['points'])} from {m['from']}" for m in row["movedIn"])
        words = f"maximum {row['maximum']} = {row['baseMaximum']} + {parts}"
        told += f'<span class="sub">{escape(words)}</span>'
    return _tr(name, escape(rate), shown(row["maximum"]), shown(row["points"]), told)


def _tr(name: str, rate: str, maximum: str, points: str, told: str, *, kind: str = "") -> str:
    return (
        f'<tr class="{kind}"><td>{name}</td><td class="n">{rate}</td><td class="n">{maximum}</td>'
        f'<td class="n">{points}</td><td class="formula">{told}</td></tr>'
    )
