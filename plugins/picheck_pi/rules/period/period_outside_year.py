"""The performance period leaves the performance year."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule


@rule("PIC-PER-02", "period-outside-year", scope="set", needs="PIC-PER-01")
def period_outside_year(ctx: SetContext) -> Answers:
    """The performance period leaves the performance year.

    What it checks:
    That the first and the last day of the period both lie in the calendar year for which the data
    is submitted.

    Why it matters:
    The period must lie inside one calendar year. A period that starts before it or ends after it
    earns nothing, however long it is: the whole category scores zero.

    How to fix:
    Choose a period inside the year and collect the numbers for it, or correct performanceYear if
    the data belongs to another year.
    """
    period, year = ctx.set.period, ctx.rulebook.year
    if period is None or period.start.year == period.end.year == year:
        return None
    starts_outside = period.start.year != year
    day = period.start if starts_outside else period.end
    return ctx.fail(
        "/performanceStart" if starts_outside else "/performanceEnd",
        "the period {word} on {actual}, outside {expected}",
        expected=year,
        actual=day.isoformat(),
        word="starts" if starts_outside else "ends",
        fix="report a period that lies in {expected} from its first to its last day",
    )
