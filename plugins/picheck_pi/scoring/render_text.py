"""The score for people, read on a terminal from top to bottom."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from picheck.api import Style
from picheck_pi.scoring import format as words
from picheck_pi.scoring.format import Record, format_number
from picheck_pi.scoring.waterfall import draw_bars

_LOOKS: Final = {"heading": "1", "good": "1;32", "bad": "1;31", "weak": "33", "dim": "2"}
_COSTS: Final = {"submissionRejected": "refused", "categoryZero": "category zero"}
_NAME_WIDTH: Final = 44
_MIN_FORMULA_WIDTH: Final = 30
_ITEM: Final = ("  - ", "    ")
_DETAIL: Final = " " * 7


def render_text(records: Sequence[Record], style: Style) -> str:
    """Return the scores of all entities as text, ending in a line feed."""
    lines = [line for record in records for line in (*_Text(record, style).lines(), "")]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


class _Text:
    """The lines of one entity."""

    def __init__(self, record: Record, style: Style) -> None:
        self._record, self._score, self._style = record, record["score"], style

    def lines(self) -> Iterator[str]:
        """Yield all lines, part by part."""
        yield from self._headline()
        yield from self._why_zero()
        if self._score["measures"]:
            yield ""
            yield from self._table()
            yield from self._moves()
            yield from self._head(f"From {self._score['cap']} down to {self._score['points']}")
            yield from draw_bars(self._score["waterfall"], self._style.width)
        yield from self._sets()
        yield from self._reweighting()
        yield from self._weak()
        yield from self._undecided()
        yield from self._changes()
        if self._record["notices"]:
            yield from self._head("Please note")
            for notice in self._record["notices"]:
                yield from self._wrap(notice, *_ITEM)

    def _headline(self) -> Iterator[str]:
        record, score = self._record, self._score
        look = "bad" if score["points"] == 0 else "good"
        facts = (record["year"], record["entityType"], record["subject"])
        about = " · ".join(str(fact) for fact in facts if fact)
        names = ", ".join(record["documents"])
        points = "none" if score["points"] is None else f"{score['points']} of {score['cap']}"
        yield self._paint(f"SCORE {points}", look) + words.printable(f"  {names}  {about}")
        if score["participation"] is None:
            return
        yield from self._wrap(self._weight())
        if record["rulebook"] != "final":
            line = f"the law of {record['year']} is not final: a preview of a preview"
            yield from self._wrap(line)
        if score["basis"] == "weak":
            yield from self._wrap("the basis is weak: see what is weak below")

    def _weight(self) -> str:
        score, because = self._score, self._score["participationBecause"]
        if score["weight"] is None:
            return (
                f"no source gives the weight of {score['participation']} in {self._record['year']}"
                f" ({because}); another can be named with --participation"
            )
        weight, weighted = format_number(score["weight"] * 100), format_number(score["weighted"])
        return (
            f"{score['participationTitle']} ({because}): the category weighs {weight}%, so"
            f" {weighted} points reach the final score"
        )

    def _why_zero(self) -> Iterator[str]:
        score, findings = self._score, self._score["zeroedBy"]
        if not findings:
            return
        what, it = f"{len(findings)} findings", "them"
        if len(findings) == 1:
            what, it = "this finding", "it"
        yield from self._head(f"The category is zero because of {what}", "bad")
        for finding in findings:
            costs = _COSTS.get(finding["consequence"], "left out")
            line = f"{finding['code']} {finding['slug']} ({costs}): {finding['message']}"
            yield from self._wrap(line, *_ITEM)
            if finding["remediation"]:
                yield from self._wrap(f"to fix: {finding['remediation']}", "    ")
        if (without := score["pointsWithoutFindings"]) is not None:
            weighted, final = score["weightedWithoutFindings"], ""
            if weighted is not None:
                final = f" ({format_number(weighted)} points of the final score)"
            yield from self._wrap(f"Without {it} the score would be {without}{final}, as follows.")

    def _table(self) -> Iterator[str]:
        score = self._score
        yield self._paint(self._line("", "rate", "max", "points"), "dim")
        for objective, rows in words.list_objectives(score):
            numbers = format_number(objective["maximum"]), format_number(objective["points"])
            yield self._paint(self._line(objective["title"], "", *numbers), "heading")
            for row in rows:
                yield from self._row(row)
        yield self._line("All measures", "", "", format_number(score["base"]))
        for bonus in score["bonuses"]:
            name, points = f"Bonus: {bonus['title']}", f"+{bonus['points']}"
            yield self._line(name, "", "", points, words.describe_bonus(bonus))
        if score["capped"]:
            why = f"no more than {score['cap']} count"
            yield self._line("Cap", "", "", f"-{score['capped']}", why)
        if score["zeroedBy"]:
            yield self._line("Category zero", "", "", f"-{score['pointsWithoutFindings']}")
        yield self._paint(self._line("Score", "", "", str(score["points"])), "heading")

    def _row(self, row: Record) -> Iterator[str]:
        is_whole = row["id"] == row["objective"]
        name = "as a whole" if is_whole else f"{row['id']}  {row['title']}"
        numbers = format_number(row["maximum"]), format_number(row["points"])
        yield self._line(f"  {name}", words.format_rate(row), *numbers, row["formula"])
        if row["movedIn"]:
            yield self._line(formula=words.describe_arrivals(row))

    def _line(
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

    def _moves(self) -> Iterator[str]:
        if not self._score["moves"]:
            return
        yield from self._head("Points that moved")
        for move in self._score["moves"]:
            line = f"{words.describe_move(move)}: {move['title']} ({words.describe_strength(move)})"
            yield from self._wrap(line, "  ", "    ")
        if (heaviest := self._score["heaviest"]) is not None:
            yield from self._wrap(words.describe_heaviest(heaviest))

    def _sets(self) -> Iterator[str]:
        record = self._record
        if len(record["sets"]) <= 1:
            return
        yield from self._head("Every set by itself")
        for index, score in enumerate(record["sets"]):
            best = "  <- the best one, shown above" if index == record["counts"] else ""
            codes = ", ".join(dict.fromkeys(f["code"] for f in score["zeroedBy"]))
            zero = f" ({score['pointsWithoutFindings']} without {codes})" if codes else ""
            name = words.printable(f"{score['uri']} {score['pointer']}")
            yield f"  {score['points']:>3}  {name}{zero}{best}"
        if (conflict := record["conflict"]) is not None:
            yield from self._wrap(conflict["ground"]["what"])
            for finding in conflict["findings"]:
                yield from self._wrap(f"{finding['code']}: {finding['message']}", *_ITEM)
            if conflict["ground"]["note"] and conflict["findings"]:
                yield from self._wrap(f"note: {conflict['ground']['note']}")

    def _reweighting(self) -> Iterator[str]:
        """Yield what leaving the category out comes to, beside what is sent."""
        choice = self._record["reweighted"]
        if choice is None:
            return
        yield from self._head("Sent, or left out")
        for sentence in choice["told"]:
            yield from self._wrap(sentence)
        if choice["weights"]:
            yield f"  {'weight in the final score':<30} {'sent':>6} {'left out':>10}"
        for row in choice["weights"]:
            yield f"  {row['title']:<30} {row['sent']:>5}% {row['leftOut']:>9}%"

    def _weak(self) -> Iterator[str]:
        steps = words.list_weak(self._record)
        if steps:
            yield from self._head("What is weak", "weak")
        for step in steps:
            note = f". {step['note']}" if step["note"] else ""
            yield from self._wrap(f"{step['what']} ({step['strength']}){note}", *_ITEM)
            for citation in step["citations"]:
                yield from self._wrap(words.describe_citation(citation), " " * 6, " " * 8)

    def _undecided(self) -> Iterator[str]:
        if self._score["undecided"]:
            yield from self._head("Could still be zero: facts are missing", "weak")
        for finding in self._score["undecided"]:
            missing = ", ".join(finding["missingEvidence"])
            line = f"{finding['code']}: {finding['message']} (would settle it: {missing})"
            yield from self._wrap(line, *_ITEM)

    def _changes(self) -> Iterator[str]:
        """Yield what would bring points, most points first, and what no change can settle."""
        items = self._record["whatIf"]
        if items is None:
            return
        yield from self._head("What would bring points")
        yield from self._wrap(
            "each change was tried on a copy, by audit and score; nothing is written to any file"
        )
        if not items:
            yield from self._wrap("nothing that picheck could try would bring a point")
        for item in items:
            yield from self._change(item)
        for finding in words.list_unsettled(self._record):
            line = f"no change tried here settles {finding['code']}: {finding['remediation']}"
            yield from self._wrap(line, "  -    ", _DETAIL)

    def _change(self, item: Record) -> Iterator[str]:
        after = ", once nothing zeroes the category" if item["after"] else ""
        attest = f"  [{words.ATTEST}]" if item["attest"] else ""
        head = f"+{item['points']:<3}  {item['change']} -> {item['score']}{after}{attest}"
        yield from self._wrap(head, "  ", _DETAIL)
        if item["fact"]:
            yield from self._wrap(f"only if: {item['fact']}", _DETAIL)
        if item["alternatives"]:
            yield from self._wrap(f"or: {'; or '.join(item['alternatives'])}", _DETAIL)
        if item["settles"] and not item["parts"]:
            yield from self._wrap(f"settles {', '.join(item['settles'])}", _DETAIL)
        for number, part in enumerate(item["parts"], start=1):
            settles = f" (settles {', '.join(part['settles'])})" if part["settles"] else ""
            only = f"; only if: {part['fact']}" if part["fact"] else ""
            line = f"{number}. {part['change']}{settles}{only}"
            yield from self._wrap(line, _DETAIL, f"{_DETAIL}   ")

    def _head(self, text: str, look: str = "heading") -> tuple[str, str]:
        """Return an empty line and a heading."""
        return "", self._paint(text, look)

    def _paint(self, text: str, look: str) -> str:
        """Return text in a look where colours are wanted."""
        return f"\x1b[{_LOOKS[look]}m{text}\x1b[0m" if self._style.color else text

    def _wrap(self, text: str, first: str = "  ", rest: str = "") -> list[str]:
        """Return text in lines of the terminal's width; `rest` indents those after the first."""
        return textwrap.wrap(
            words.printable(text),
            width=max(self._style.width, 40),
            initial_indent=first,
            subsequent_indent=rest or first,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [first]
