from datetime import date

from picheck.api import CheckResults, Period, fail, rule


@rule("PIC-PER-05", "period-not-over", needs=("PIC-PER-01", "PIC-PER-02"))
def period_not_over(period: Period, as_of: date) -> CheckResults:
    """The performance period is not over yet.

    What it checks:
    That the last day of the period is not after the day for which the audit is made.

    Why it matters:
    Counts of a period that still runs are not final, and they will not match the report that the
    EHR gives for the whole period. Attestations would cover days that have not happened.

    How to fix:
    Run the EHR's report again after the last day of the period and submit those numbers.
    """
    if period.end <= as_of:
        return None
    return fail(
        "/performanceEnd",
        "the period runs until {actual}, and this audit is made for {expected}",
        expected=as_of.isoformat(),
        actual=period.end.isoformat(),
        remediation="collect the numbers again after {actual}",
    )
