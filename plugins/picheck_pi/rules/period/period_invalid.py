from picheck.api import CheckResults, Period, fail, parse_date, related, rule
from picheck_pi.findings import fail_property


@rule("PIC-PER-01", "period-invalid")
def period_invalid(period: Period) -> CheckResults:
    """The performance period has no valid start and end date.

    What it checks:
    That performanceStart and performanceEnd are both there, are real dates written YYYY-MM-DD, and
    that the start is not after the end.

    Why it matters:
    The API refuses a measurement set without a proper period, and nothing that depends on the
    period can be checked.

    How to fix:
    Write the first and the last day of the period from which the numbers were collected, year
    first, with two digits each for month and day.
    """
    if period.is_valid:
        return None
    dates = {"performanceStart": period.performance_start, "performanceEnd": period.performance_end}
    not_dates = [
        fail_property(
            name,
            text,
            "{name} is missing" if text is None else "{name} {actual!r} is no real date",
            expected="YYYY-MM-DD",
            actual=text,
            remediation="write {name} as {expected}",
        )
        for name, text in dates.items()
        if parse_date(text) is None
    ]
    return not_dates or fail(
        "/performanceEnd",
        "the period ends on {actual}, before it starts on {start}",
        actual=period.performance_end,
        start=period.performance_start,
        related=[related("/performanceStart", "the start")],
        remediation="swap the dates, or correct the one that is mistyped",
    )
