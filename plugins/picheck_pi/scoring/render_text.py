"""The score for people, read on a terminal from top to bottom."""

from collections.abc import Iterator, Sequence
from typing import Final

from picheck.api import Style
from picheck_pi.scoring import format as words
from picheck_pi.scoring.format import Record, TextPage, format_number
from picheck_pi.scoring.waterfall import draw_bars

_COSTS: Final = {"submissionRejected": "refused", "categoryZero": "category zero"}
_ITEM: Final = ("  - ", "    ")
_DETAIL: Final = " " * 7


def render_text(records: Sequence[Record], style: Style) -> str:
    """Return the scores of all entities as text, ending in a line feed."""
    lines = [line for record in records for line in (*_Text(record, style).lines(), "")]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


class _Text:
    """The lines of one entity."""

    def __init__(self, record: Record, style: Style) -> None:
        self._record, self._score = record, record["score"]
        self._page, self._width = TextPage(style), style.width

    def lines(self) -> Iterator[str]:
        """Yield all lines, part by part."""
        yield from self._headline()
        yield from self._why_zero()
        if self._score["measures"]:
            yield ""
            yield from self._table()
            yield from self._moves()
            yield from self._page.heading(
                f"From {self._score['cap']} down to {self._score['points']}"
            )
            yield from draw_bars(self._score["waterfall"], self._width)
        yield from self._sets()
        yield from self._reweighting()
        yield from self._weak()
        yield from self._undecided()
        yield from self._changes()
        if self._record["notices"]:
            yield from self._page.heading("Please note")
            for notice in self._record["notices"]:
                yield from self._page.wrap(notice, *_ITEM)

    def _headline(self) -> Iterator[str]:
        record, score = self._record, self._score
        look = "bad" if score["points"] == 0 else "good"
        facts = (record["year"], record["entityType"], record["subject"])
        about = " · ".join(str(fact) for fact in facts if fact)
        names = ", ".join(record["documents"])
        points = "none" if score["points"] is None else f"{score['points']} of {score['cap']}"
        named = words.printable_line(f"  {names}  {about}")
        yield self._page.paint(f"SCORE {points}", look) + named
        if score["participation"] is None:
            return
        yield from self._page.wrap(self._weight())
        if record["rulebook"] != "final":
            line = f"the law of {record['year']} is not final: a preview of a preview"
            yield from self._page.wrap(line)
        if score["basis"] == "weak":
            yield from self._page.wrap("the basis is weak: see what is weak below")

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
        yield from self._page.heading(f"The category is zero because of {what}", "bad")
        for finding in findings:
            costs = _COSTS.get(finding["consequence"], "left out")
            line = f"{finding['code']} {finding['slug']} ({costs}): {finding['message']}"
            yield from self._page.wrap(line, *_ITEM)
            if finding["remediation"]:
                yield from self._page.wrap(f"to fix: {finding['remediation']}", "    ")
        if (without := score["pointsWithoutFindings"]) is not None:
            weighted, final = score["weightedWithoutFindings"], ""
            if weighted is not None:
                final = f" ({format_number(weighted)} points of the final score)"
            yield from self._page.wrap(
                f"Without {it} the score would be {without}{final}, as follows."
            )

    def _table(self) -> Iterator[str]:
        score = self._score
        yield self._page.paint(self._page.row("", "rate", "max", "points"), "dim")
        for objective, rows in words.list_objectives(score):
            numbers = format_number(objective["maximum"]), format_number(objective["points"])
            yield self._page.paint(self._page.row(objective["title"], "", *numbers), "heading")
            for row in rows:
                yield from self._row(row)
        yield self._page.row("All measures", "", "", format_number(score["base"]))
        for bonus in score["bonuses"]:
            name, points = f"Bonus: {bonus['title']}", f"+{bonus['points']}"
            yield self._page.row(name, "", "", points, words.describe_bonus(bonus))
        if score["capped"]:
            why = f"no more than {score['cap']} count"
            yield self._page.row("Cap", "", "", f"-{score['capped']}", why)
        if score["zeroedBy"]:
            yield self._page.row("Category zero", "", "", f"-{score['pointsWithoutFindings']}")
        yield self._page.paint(self._page.row("Score", "", "", str(score["points"])), "heading")

    def _row(self, row: Record) -> Iterator[str]:
        is_whole = row["id"] == row["objective"]
        name = "as a whole" if is_whole else f"{row['id']}  {row['title']}"
        numbers = format_number(row["maximum"]), format_number(row["points"])
        yield self._page.row(f"  {name}", words.format_rate(row), *numbers, row["formula"])
        if row["movedIn"]:
            yield self._page.row(formula=words.describe_arrivals(row))

    def _moves(self) -> Iterator[str]:
        if not self._score["moves"]:
            return
        yield from self._page.heading("Points that moved")
        for move in self._score["moves"]:
            line = f"{words.describe_move(move)}: {move['title']} ({words.describe_strength(move)})"
            yield from self._page.wrap(line, "  ", "    ")
        if (heaviest := self._score["heaviest"]) is not None:
            yield from self._page.wrap(words.describe_heaviest(heaviest))

    def _sets(self) -> Iterator[str]:
        record = self._record
        if len(record["sets"]) <= 1:
            return
        yield from self._page.heading("Every set by itself")
        for index, score in enumerate(record["sets"]):
            best = "  <- the best one, shown above" if index == record["counts"] else ""
            codes = ", ".join(dict.fromkeys(f["code"] for f in score["zeroedBy"]))
            zero = f" ({score['pointsWithoutFindings']} without {codes})" if codes else ""
            name = words.printable_line(f"{score['uri']} {score['pointer']}")
            yield f"  {score['points']:>3}  {name}{zero}{best}"
        if (conflict := record["conflict"]) is not None:
            yield from self._page.wrap(conflict["ground"]["what"])
            for finding in conflict["findings"]:
                yield from self._page.wrap(f"{finding['code']}: {finding['message']}", *_ITEM)
            if conflict["ground"]["note"] and conflict["findings"]:
                yield from self._page.wrap(f"note: {conflict['ground']['note']}")

    def _reweighting(self) -> Iterator[str]:
        """Yield what leaving the category out comes to, beside what is sent."""
        choice = self._record["reweighted"]
        if choice is None:
            return
        yield from self._page.heading("Sent, or left out")
        for sentence in choice["sentences"]:
            yield from self._page.wrap(sentence)
        if choice["weights"]:
            yield f"  {'weight in the final score':<30} {'sent':>6} {'left out':>10}"
        for row in choice["weights"]:
            yield f"  {row['title']:<30} {row['sent']:>5}% {row['leftOut']:>9}%"

    def _weak(self) -> Iterator[str]:
        steps = words.list_weak(self._record)
        if steps:
            yield from self._page.heading("What is weak", "weak")
        for step in steps:
            note = f". {step['note']}" if step["note"] else ""
            yield from self._page.wrap(f"{step['what']} ({step['strength']}){note}", *_ITEM)
            for citation in step["citations"]:
                yield from self._page.wrap(words.describe_citation(citation), " " * 6, " " * 8)

    def _undecided(self) -> Iterator[str]:
        if self._score["undecided"]:
            yield from self._page.heading("Could still be zero: facts are missing", "weak")
        for finding in self._score["undecided"]:
            missing = ", ".join(finding["missingEvidence"])
            line = f"{finding['code']}: {finding['message']} (would settle it: {missing})"
            yield from self._page.wrap(line, *_ITEM)

    def _changes(self) -> Iterator[str]:
        """Yield what would bring points, most points first, and what no change can settle."""
        items = self._record["whatIf"]
        if items is None:
            return
        yield from self._page.heading("What would bring points")
        yield from self._page.wrap(
            "each change was tried on a copy, by audit and score; nothing is written to any file"
        )
        if not items:
            yield from self._page.wrap("nothing that picheck could try would bring a point")
        for item in items:
            yield from self._change(item)
        for finding in words.list_unsettled(self._record):
            line = f"no change tried here settles {finding['code']}: {finding['remediation']}"
            yield from self._page.wrap(line, "  -    ", _DETAIL)

    def _change(self, item: Record) -> Iterator[str]:
        after = ", once nothing zeroes the category" if item["after"] else ""
        attest = f"  [{words.ATTEST}]" if item["attest"] else ""
        head = f"+{item['points']:<3}  {item['change']} -> {item['score']}{after}{attest}"
        yield from self._page.wrap(head, "  ", _DETAIL)
        if item["fact"]:
            yield from self._page.wrap(f"only if: {item['fact']}", _DETAIL)
        if item["alternatives"]:
            yield from self._page.wrap(f"or: {'; or '.join(item['alternatives'])}", _DETAIL)
        if item["settles"] and not item["parts"]:
            yield from self._page.wrap(f"settles {', '.join(item['settles'])}", _DETAIL)
        for number, part in enumerate(item["parts"], start=1):
            settles = f" (settles {', '.join(part['settles'])})" if part["settles"] else ""
            only = f"; only if: {part['fact']}" if part["fact"] else ""
            line = f"{number}. {part['change']}{settles}{only}"
            yield from self._page.wrap(line, _DETAIL, f"{_DETAIL}   ")
