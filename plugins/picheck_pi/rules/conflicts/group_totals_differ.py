"""The clinicians' rows do not add up to the group's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from picheck.api import (
    CheckResult,
    CheckResults,
    Entity,
    Evidence,
    Rulebook,
    SetView,
    fail,
    not_applicable,
    rule,
)
from picheck_pi.measure_index import label


class _Row(NamedTuple):
    """One clinician's counts of a measure; `number` is the clinician's place in the evidence."""

    number: int
    numerator: int
    denominator: int


@rule(
    "PIC-CNF-03",
    "group-totals-differ",
    scope="document",
    evidence="clinicians",
    without_evidence="notApplicable",
)
def group_totals_differ(
    sets: tuple[SetView, ...], entity: Entity, evidence: Evidence, rulebook: Rulebook
) -> CheckResults:
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
    if not evidence.clinicians:
        return not_applicable("the evidence holds no clinicians' rows to add up")
    if entity.entity_type == "individual":
        return not_applicable("an individual's numbers are not a sum over clinicians")
    rows = _rows_by_measure(evidence)
    return [result for view in sets for result in _compare(view, rows, rulebook)]


def _rows_by_measure(evidence: Evidence) -> dict[str, list[_Row]]:
    """Return the clinicians' rows by measure id."""
    rows: dict[str, list[_Row]] = {}
    for number, clinician in enumerate(evidence.clinicians or (), start=1):
        for measure_id, tally in clinician.measures.items():
            row = _Row(number, tally.numerator, tally.denominator)
            rows.setdefault(measure_id, []).append(row)
    return rows


def _compare(
    view: SetView, rows_by_measure: dict[str, list[_Row]], rulebook: Rulebook
) -> Iterator[CheckResult]:
    """Yield what is wrong between one set's numbers and the rows behind them."""
    for measure_id, rows in rows_by_measure.items():
        reported = view.counts.pair(measure_id)
        if reported is None:
            continue
        for row in rows:
            if row.numerator > row.denominator:
                yield _impossible(view, measure_id, row, rulebook)
        total = (sum(row.numerator for row in rows), sum(row.denominator for row in rows))
        if reported != total:
            averaging = ", which is the average of the rows' rates"
            yield fail(
                f"/measurements/{measure_id}",
                "the clinicians' rows for {measure} add up to {sums[0]}/{sums[1]}, but"
                " {numerator}/{denominator} is reported{averaging}",
                at=view,
                key=measure_id,
                expected={"numerator": total[0], "denominator": total[1]},
                actual={"numerator": reported[0], "denominator": reported[1]},
                measure=label(rulebook, measure_id),
                sums=total,
                numerator=reported[0],
                denominator=reported[1],
                averaging=averaging if _is_average(reported, rows) else "",
            )


def _impossible(view: SetView, measure_id: str, row: _Row, rulebook: Rulebook) -> CheckResult:
    """Return the finding of a row that counts more successes than cases."""
    return fail(
        f"/measurements/{measure_id}",
        "clinician row {row.number} counts {row.numerator}/{row.denominator} for {measure}, which"
        " no record can show",
        at=view,
        key=f"{measure_id} row {row.number}",
        actual={"numerator": row.numerator, "denominator": row.denominator},
        remediation="correct row {row.number} in the evidence: its numerator is part of its"
        " denominator",
        measure=label(rulebook, measure_id),
        row=row,
    )


def _is_average(reported: tuple[int, int], rows: Sequence[_Row]) -> bool:
    """Whether the reported rate is the mean of the rows' rates and not the rate of their sums.

    Both are compared after rounding to a whole numerator, since that is what can be reported.
    """
    rates = [Fraction(row.numerator, row.denominator) for row in rows if row.denominator > 0]
    if not rates:
        return False
    numerator, denominator = reported
    pooled = Fraction(sum(r.numerator for r in rows), sum(r.denominator for r in rows))
    mean = sum(rates, start=Fraction(0)) / len(rates)
    half = Fraction(1, 2)
    return abs(mean * denominator - numerator) <= half < abs(pooled * denominator - numerator)
