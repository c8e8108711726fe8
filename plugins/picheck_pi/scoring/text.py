"""The score for people, read on a terminal from top to bottom."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from picheck.api import Style
from picheck_pi.scoring.bars import bars
from picheck_pi.scoring.changes_text import changes
from picheck_pi.scoring.terminal import painted, printable, wrapped
from picheck_pi.scoring.wording import heavy_words, shown, weak_choice

Record = Mapping[str, Any]

_NAME: Final = 44
_LEAST_FORMULA: Final = 30
_COSTS: Final = {"submissionRejected": "refused", "categoryZero": "category zero"}


def text(records: Sequence[Record], style: Style) -> str:
    """Return the scores of all entities as text, ending in a line feed."""
    lines = [line for record in records for line in (*_entity(record, style), "")]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def _entity(record: Record, style: Style) -> Iterator[str]:
    score = record["score"]
    yield from _headline(record, style)
    yield from _why_zero(record, style)
    if score["measures"]:
        yield ""
        yield from _table(score, style)
        yield from _moves(score, style)
        yield ""
        yield painted(f"From {score['cap']} down to {score['points']}", "heading", style)
        yield from bars(score["waterfall"], style)
    yield from _sets(record, style)
    yield from _choice(record, style)
    yield from _weak(record, style)
    yield from _undecided(score, style)
    if record["whatIf"] is not None:
        yield from changes(record, style)
    yield from _notices(record, style)


def _headline(record: Record, style: Style) -> Iterator[str]:
    score = record["score"]
    look = "bad" if score["points"] == 0 else "good"
    facts = (record["year"], record["entityType"], record["subject"])
    about = " · ".join(str(fact) for fact in facts if fact)
    names = printable(", ".join(record["documents"]))
    points = "none" if score["points"] is None else f"{score['points']} of {score['cap']}"
    yield painted(f"SCORE {points}", look, style) + f"  {names}  {about}"
    if score["participation"] is None:
        return
    if score["weight"] is None:
        words = (
            f"no source gives the weight of {score['participation']} in {record['year']}"
            f" ({score['participationBecause']}); another can be named with --participation"
        )
    else:
        words = (
            f"{score['participationTitle']} ({score['participationBecause']}): the category weighs"
            f" {shown(score['weight'] * 100)}%, so {shown(score['weighted'])} points reach the"
            " final score"
        )
    yield from wrapped(words, style)
    if record["rulebook"] != "final":
        words = f"the law of {record['year']} is not final: a preview of a preview"
        yield from wrapped(words, style)
    if score["basis"] == "weak":
        yield from wrapped("the basis is weak: see what is weak below", style)


def _why_zero(record: Record, style: Style) -> Iterator[str]:
    score = record["score"]
    if not score["zeroedBy"]:
        return
    count = len(score["zeroedBy"])
    without = score["pointsWithoutFindings"]
    yield ""
    yield painted(
        f"The category is zero because of {'this finding' if count == 1 else f'{count} findings'}",
        "bad",
        style,
    )
    for finding in score["zeroedBy"]:
        costs = _COSTS.get(finding["consequence"], "left out")
        words = f"{finding['code']} {finding['slug']} ({costs}): {finding['message']}"
        yield from wrapped(words, style, "  - ", "    ")
        if finding["remediation"]:
            yield from wrapped(f"to fix: {finding['remediation']}", style, "    ", "    ")
    if without is not None:
        weighted = score["weightedWithoutFindings"]
        reach = "" if weighted is None else f" ({shown(weighted)} points of the final score)"
        it = "it" if count == 1 else "them"
        yield from wrapped(f"Without {it} the score would be {without}{reach}, as follows.", style)


def _table(score: Record, style: Style) -> Iterator[str]:
    yield painted(_line(("", "rate", "max", "points", ""), style), "dim", style)
    for objective in score["objectives"]:
        maximum, points = shown(objective["maximum"]), shown(objective["points"])
        head = _line((objective["title"], "", maximum, points, ""), style)
        yield painted(head, "heading", style)
        for row in score["measures"]:
            if row["objective"] == objective["id"]:
                yield from _row(row, style)
    for name, points, why in _sums(score):
        yield _line((name, "", "", points, why), style)
    yield painted(_line(("Score", "", "", str(score["points"]), ""), style), "heading", style)


def _sums(score: Record) -> Iterator[tuple[str, str, str]]:
    """Yield what leads from the measures to the score: name, points, why."""
    yield "All measures", shown(score["base"]), ""
    for bonus in score["bonuses"]:
        yield f"Bonus: {bonus['title']}", f"+{bonus['points']}", _bonus(bonus)
    if score["capped"]:
        yield "Cap", f"-{score['capped']}", f"no more than {score['cap']} count"
    if score["zeroedBy"]:
        yield "Category zero", f"-{score['pointsWithoutFindings']}", ""


def _row(row: Record, style: Style) -> Iterator[str]:
    rate = f"{row['numerator']}/{row['denominator']}" if row["numerator"] is not None else ""
    name = f"  {row['id']}" + ("" if row["id"] == row["objective"] else f"  {row['title']}")
    if row["id"] == row["objective"]:
        name = "  as a whole"
    rate = rate or row["status"]
    maximum, points = shown(row["maximum"]), shown(row["points"])
    yield _line((name, rate, maximum, points, row["formula"]), style)
    if row["movedIn"]:
        parts = " + ".join(f"{shown(m['points'])} from {m['from']}" for m in row["movedIn"])
        why = f"maximum {row['maximum']} = {row['baseMaximum']} + {parts}"
        yield _line(("", "", "", "", why), style)


def _line(cells: tuple[str, str, str, str, str], style: Style) -> str:
    name, rate, maximum, points, formula = cells
    names = textwrap.wrap(
        name.strip(), _NAME, initial_indent=_lead(name), subsequent_indent=" " * 4
    ) or [""]
    middle = f" {rate:>11} {maximum:>5} {points:>6}"
    room = max(style.width - _NAME - len(middle) - 3, _LEAST_FORMULA)
    told = textwrap.wrap(formula, room, break_long_words=False)
    lines = []
    for place, (left, right) in enumerate(zip_longest(names, told, fillvalue="")):
        numbers = middle if place == 0 else " " * len(middle)
        lines.append(f"{left:<{_NAME}}{numbers}   {right}".rstrip())
    return "\n".join(lines)


def _lead(name: str) -> str:
    return " " * (len(name) - len(name.lstrip()))


def _bonus(bonus: Record) -> str:
    by = f"for {bonus['by'][0]}" if bonus["by"] else ""
    more = f", once, not again for {', '.join(bonus['by'][1:])}" if bonus["by"][1:] else ""
    lost = "".join(f"; {lost['id']} lost by {lost['rule']}" for lost in bonus["lost"])
    return f"{by}{more}{lost}".removeprefix("; ")


def _moves(score: Record, style: Style) -> Iterator[str]:
    if not score["moves"]:
        return
    yield ""
    yield painted("Points that moved", "heading", style)
    for move in score["moves"]:
        to = ", ".join(f"{t['id']} +{shown(t['points'])}" for t in move["to"])
        weak = f" (weak: {move['strength']})" if move["weak"] else f" ({move['strength']})"
        words = f"{move['points']} from {move['from']} to {to}: {move['title']}{weak}"
        yield from wrapped(words, style, "  ", "    ")
    if (heavy := score["heaviest"]) is not None:
        yield from wrapped(heavy_words(heavy), style)


def _sets(record: Record, style: Style) -> Iterator[str]:
    if len(record["sets"]) < 2:  # noqa: PLR2004 - several
        return
    yield ""
    yield painted("Every set by itself", "heading", style)
    for place, each in enumerate(record["sets"]):
        best = "  <- the best one, shown above" if place == record["counts"] else ""
        zero = ""
        if each["zeroedBy"]:
            codes = ", ".join(dict.fromkeys(f["code"] for f in each["zeroedBy"]))
            zero = f" ({each['pointsWithoutFindings']} without {codes})"
        name = printable(f"{each['uri']} {each['pointer']}")
        yield f"  {each['points']:>3}  {name}{zero}{best}"
    if (conflict := record["conflict"]) is not None:
        yield from wrapped(conflict["ground"]["what"], style)
        for finding in conflict["findings"]:
            yield from wrapped(f"{finding['code']}: {finding['message']}", style, "  - ", "    ")
        if conflict["ground"]["note"] and conflict["findings"]:
            yield from wrapped(f"note: {conflict['ground']['note']}", style)


def _choice(record: Record, style: Style) -> Iterator[str]:
    """Yield what leaving the category out comes to, beside what is sent."""
    choice = record["reweighted"]
    if choice is None:
        return
    yield ""
    yield painted("Sent, or left out", "heading", style)
    for words in choice["told"]:
        yield from wrapped(words, style)
    if choice["weights"]:
        yield f"  {'weight in the final score':<30} {'sent':>6} {'left out':>10}"
    for row in choice["weights"]:
        yield f"  {row['title']:<30} {row['sent']:>5}% {row['leftOut']:>9}%"


def _weak(record: Record, style: Style) -> Iterator[str]:
    steps = [*record["score"]["weak"], *weak_choice(record)]
    conflict = record["conflict"]
    if conflict and conflict["findings"] and conflict["ground"]["weak"]:
        steps.append(conflict["ground"])
    if not steps:
        return
    yield ""
    yield painted("What is weak", "weak", style)
    for step in steps:
        note = f". {step['note']}" if step["note"] else ""
        yield from wrapped(f"{step['what']} ({step['strength']}){note}", style, "  - ", "    ")
        for citation in step["citations"]:
            where = f": {citation['locator']}" if citation["locator"] else ""
            words = f"{citation['title']}{where} ({citation['standing']})"
            yield from wrapped(words, style, "      ", "        ")


def _undecided(score: Record, style: Style) -> Iterator[str]:
    if not score["undecided"]:
        return
    yield ""
    yield painted("Could still be zero: facts are missing", "weak", style)
    for finding in score["undecided"]:
        missing = ", ".join(finding["missingEvidence"])
        words = f"{finding['code']}: {finding['message']} (would settle it: {missing})"
        yield from wrapped(words, style, "  - ", "    ")


def _notices(record: Record, style: Style) -> Iterator[str]:
    if record["notices"]:
        yield ""
        yield painted("Please note", "heading", style)
        for notice in record["notices"]:
            yield from wrapped(notice, style, "  - ", "    ")
