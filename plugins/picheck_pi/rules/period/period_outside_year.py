from picheck.api import CheckResults, Period, Rulebook, fail, rule


@rule("PIC-PER-02", "period-outside-year", needs="PIC-PER-01")
def period_outside_year(period: Period, rulebook: Rulebook) -> CheckResults:
    """The performance period is not inside the calendar year.

    What it checks:
    That the first and the last day of the period both lie in the calendar year for which the data
    is submitted.

    Why it matters:
    A period that starts before the year or ends after it earns nothing, however long it is: the
    whole category scores zero.

    How to fix:
    Choose a period inside the year and collect the numbers for it, or correct performanceYear if
    the data belongs to another year.
    """
    if period.start.year == period.end.year == rulebook.year:
        return None
    starts_outside = period.start.year != rulebook.year
    day = period.start if starts_outside else period.end
    return fail(
        "/performanceStart" if starts_outside else "/performanceEnd",
        "the period {verb} on {actual}, outside {expected}",
        expected=rulebook.year,
        actual=day.isoformat(),
        verb="starts" if starts_outside else "ends",
        remediation="report a period that lies in {expected} from its first to its last day",
    )
