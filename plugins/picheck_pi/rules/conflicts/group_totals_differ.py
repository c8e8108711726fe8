"""The clinicians' rows do not add up to the group's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from picheck.api import Answer, Answers, DocumentContext, Evidence, SetView, rule
from picheck_pi.table import named

Row = tuple[int, int, int]  # the clinician's place in the evidence, numerator, denominator


@rule("PIC-CNF-03", "group-totals-differ", scope="document")
def group_totals_differ(ctx: DocumentContext) -> Answers:
    """The clinicians' rows do not add up to the group's numbers.

    What it checks:
    For each measure that the evidence's clinician rows name and the submission reports: the sum of
    the rows' numerators and denominators against the submitted ones, and that no row counts more
    successes than cases. Rows are optional; measures without rows are left alone.

    Why it matters:
    A group reports the sum over all its clinicians. An average of their rates, or a sum that leaves
    somebody out, is another number, and a data validation finds it.

    How to fix:
    Add the numerators and, separately, the denominators of all clinicians whose data is in the
    certified technology, and report these two sums.
    """
    if not ctx.evidence.clinicians:
        return ctx.not_applicable("the evidence holds no clinicians' rows to add up")
    if ctx.submission is None or ctx.submission.entity_type == "individual":
        return ctx.not_applicable("an individual's numbers are no sum over clinicians")
    rows = _rows(ctx.evidence)
    return [answer for view in ctx.sets for answer in _compare(ctx, view, rows)]


def _rows(evidence: Evidence) -> dict[str, list[Row]]:
    """Return the clinicians' tallies by measure id."""
    rows: dict[str, list[Row]] = {}
    for index, clinician in enumerate(evidence.clinicians or (), start=1):
        for measure_id, tally in clinician.measures.items():
            rows.setdefault(measure_id, []).append((index, tally.numerator, tally.denominator))
    return rows


def _compare(ctx: DocumentContext, view: SetView, rows: dict[str, list[Row]]) -> Iterator[Answer]:
    """Yield what is wrong between one set's numbers and the rows behind them."""
    for measure_id, tallies in rows.items():
        reported = view.tally(measure_id)
        if reported is None:
            continue
        for index, numerator, denominator in tallies:
            if numerator > denominator:
                yield _impossible(ctx, view, measure_id, (index, numerator, denominator))
        total = (sum(row[1] for row in tallies), sum(row[2] for row in tallies))
        if reported != total:
            yield _different(ctx, view, measure_id, total, averaged=_averaged(reported, tallies))


def _impossible(ctx: DocumentContext, view: SetView, measure_id: str, row: Row) -> Answer:
    index, numerator, denominator = row
    return ctx.fail(
        view.place(measure_id),
        "clinician row {index} counts {numerator}/{denominator} for {measure}, which no record"
        " can show",
        at=view,
        key=f"{measure_id} row {index}",
        actual={"numerator": numerator, "denominator": denominator},
        fix="correct row {index} in the evidence: its numerator is part of its denominator",
        measure=named(ctx.rulebook, measure_id),
        index=index,
        numerator=numerator,
        denominator=denominator,
    )


def _different(
    ctx: DocumentContext, view: SetView, measure_id: str, total: tuple[int, int], *, averaged: bool
) -> Answer:
    numerator, denominator = view.tally(measure_id) or (0, 0)
    return ctx.fail(
        view.place(measure_id),
        "the clinicians' rows for {measure} add up to {sums[0]}/{sums[1]}, but"
        " {numerator}/{denominator} is reported{averaging}",
        at=view,
        key=measure_id,
        expected={"numerator": total[0], "denominator": total[1]},
        actual={"numerator": numerator, "denominator": denominator},
        measure=named(ctx.rulebook, measure_id),
        sums=total,
        numerator=numerator,
        denominator=denominator,
        averaging=", which is the average of the rows' rates" if averaged else "",
    )


def _averaged(reported: tuple[int, int], rows: Sequence[Row]) -> bool:
    """Whether the reported rate is the mean of the rows' rates and not the rate of their sums.

    Both are compared after rounding to a whole numerator, since that is what can be reported.
    """
    rates = [Fraction(row[1], row[2]) for row in rows if row[2] > 0]
    if not rates:
        return False
    numerator, denominator = reported
    pooled = Fraction(sum(row[1] for row in rows), sum(row[2] for row in rows))
    mean = sum(rates, start=Fraction(0)) / len(rates)
    half = Fraction(1, 2)
    return abs(mean * denominator - numerator) <= half < abs(pooled * denominator - numerator)
