"""The performance period is not over yet."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule


@rule("PIC-PER-05", "period-not-over", scope="set", needs=("PIC-PER-01", "PIC-PER-02"))
def period_not_over(ctx: SetContext) -> Answers:
    """The performance period is not over yet.

    What it checks:
    That the last day of the period is not after the day for which the audit speaks.

    Why it matters:
    Counts of a period that still runs are not final, and they will not match the report that the
    EHR gives for the whole period. Attestations would speak of days that have not happened.

    How to fix:
    Run the EHR's report again after the last day of the period and submit those numbers.
    """
    period = ctx.set.period
    if period is None or period.end <= ctx.as_of:
        return None
    return ctx.fail(
        "/performanceEnd",
        "the period runs until {actual}, and this audit speaks for {expected}",
        expected=ctx.as_of.isoformat(),
        actual=period.end.isoformat(),
        fix="collect the numbers again after {actual}",
    )
