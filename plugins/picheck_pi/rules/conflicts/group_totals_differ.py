from collections.abc import Iterator, Sequence
from typing import Any, Final

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
from picheck_pi.clinician_rows import Row, add_up, index_rows, is_average
from picheck_pi.findings import fail_measure, fail_unknown_id
from picheck_pi.parameter_types import Sets
from picheck_pi.roster import add_all_shares, is_excessive

_UNKNOWN: Final = (
    "clinician row {number} names {actual}, which is no measure of {year} and adds to no sum"
)


@rule(
    "PIC-CNF-03",
    "group-totals-differ",
    scope="document",
    evidence="clinicians",
    without_evidence="notApplicable",
)
def group_totals_differ(
    sets: Sets, entity: Entity, evidence: Evidence, rulebook: Rulebook
) -> CheckResults:
    """The clinicians' rows do not add up to the group's numbers.

    What it checks:
    For each measure that the evidence's clinician rows name and the submission reports: the sum of
    the rows' numerators and denominators against the submitted ones, and that no row counts more
    successes than cases. Rows whose numbers come from technology that was not certified are left
    out of the sum. Where a row gives its months, they are those of the measurement set. A row that
    names a measure which the year does not have is named, because it adds to no sum, and so is one
    whose shares of the services add up to more than all of them.

    Why it matters:
    A group reports the sum over all its clinicians whose numbers come from certified technology,
    all of them over the same period. An average of their rates, a sum that leaves somebody out, or
    one that takes in other months or another system, is another number, and a data validation
    finds it.

    How to fix:
    Add the numerators and, separately, the denominators of all clinicians whose data is in the
    certified technology, over the period of the measurement set, and report these two sums.
    """
    if not evidence.clinicians:
        return not_applicable("the evidence holds no clinicians' rows to add up")
    if entity.entity_type == "individual":
        return not_applicable("an individual's numbers are not a sum over clinicians")
    rows_by_measure = index_rows(evidence.clinicians)
    unknown = sorted(rows_by_measure.keys() - rulebook.measures.keys())
    results = [
        fail_unknown_id(
            i, rulebook.measures, rulebook, _UNKNOWN, number=rows_by_measure[i][0].number
        )
        for i in unknown
    ]
    results += [
        _fail_shares(number, row)
        for number, row in enumerate(evidence.clinicians, start=1)
        if is_excessive(row)
    ]
    for view in sets:
        for measure_id, rows in rows_by_measure.items():
            results += _compare(view, measure_id, rows)
        results += _compare_months(view, evidence.clinicians)
    return results


def _fail_shares(number: int, row: Any) -> CheckResult:
    """Return the finding of a row with more services than there are."""
    return fail(
        "",
        "clinician row {number} gives shares of the services that add up to {actual} %",
        number=number,
        expected="at most 100",
        actual=f"{add_all_shares(row):g}",
        key=f"shares row {number}",
        remediation="correct placeOfServiceShare in row {number} of the evidence: all places"
        " together have 100 % of the services",
    )


def _compare(view: SetView, measure_id: str, rows: Sequence[Row]) -> Iterator[CheckResult]:
    """Yield what is wrong between one set's counts of a measure and the rows behind them."""
    reported = view.counts.pair(measure_id)
    if reported is None:
        return
    for row in rows:
        if row.numerator > row.denominator:
            yield fail_measure(
                view.rulebook,
                measure_id,
                "clinician row {row.number} counts {row.numerator}/{row.denominator} for {measure},"
                " which no record can show",
                at=view,
                key=f"{measure_id} row {row.number}",
                actual={"numerator": row.numerator, "denominator": row.denominator},
                remediation="correct row {row.number} in the evidence: its numerator is part of its"
                " denominator",
                row=row,
            )
    total = add_up([row for row in rows if row.is_certified])
    if reported != total:
        yield fail_measure(
            view.rulebook,
            measure_id,
            "the clinicians' rows for {measure} add up to {expected[numerator]}/"
            "{expected[denominator]}{without}, but {actual[numerator]}/{actual[denominator]} is"
            " reported{cause}",
            at=view,
            expected={"numerator": total[0], "denominator": total[1]},
            actual={"numerator": reported[0], "denominator": reported[1]},
            without=_describe_without(rows),
            cause=_describe_cause(reported, rows),
        )


def _describe_without(rows: Sequence[Row]) -> str:
    """Say which rows are left out of the sum."""
    numbers = ", ".join(str(row.number) for row in rows if not row.is_certified)
    return f" without those of technology that was not certified (row {numbers})" if numbers else ""


def _describe_cause(reported: tuple[int, int], rows: Sequence[Row]) -> str:
    """Say how the reported numbers may have come about, where it shows."""
    if reported == add_up(rows):
        return ", which takes them in"
    certified = [row for row in rows if row.is_certified]
    return ", which is the average of the rows' rates" if is_average(reported, certified) else ""


def _compare_months(view: SetView, clinicians: Sequence[Any]) -> Iterator[CheckResult]:
    """Yield a finding for each row whose numbers are of other months than the set's."""
    if not view.period.is_valid:
        return  # the rule about the dates speaks of it
    first, last = view.period.performance_start, view.period.performance_end
    for number, clinician in enumerate(clinicians, start=1):
        months = clinician.period
        start, end = months.performance_start or first, months.performance_end or last
        # a row that is left out of the sum may be of any months
        if clinician.certified is False or (start, end) == (first, last):
            continue
        yield fail(
            "/performanceEnd" if start == first else "/performanceStart",
            "clinician row {number} is of {actual}, the measurement set of {expected}",
            at=view,
            key=f"period row {number}",
            number=number,
            expected=f"{first} to {last}",
            actual=f"{start} to {end}",
            remediation="count the clinician's numbers again over the period of the measurement"
            " set; all clinicians of a group report over the same one",
        )
