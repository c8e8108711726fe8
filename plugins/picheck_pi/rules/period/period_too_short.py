from datetime import timedelta

from picheck.api import CheckResults, Clause, Period, fail, rule
from picheck_pi.term_schemas import POSITIVE


@rule(
    "PIC-PER-03",
    "period-too-short",
    needs=("PIC-PER-01", "PIC-PER-02"),
    terms={"minimum_days": POSITIVE},
)
def period_too_short(period: Period, clause: Clause) -> CheckResults:
    """The performance period is too short.

    What it checks:
    The days from performanceStart to performanceEnd, both counted, against the year's minimum.

    Why it matters:
    A period shorter than the minimum earns nothing: the whole category scores zero, however good
    the numbers inside it are.

    How to fix:
    Choose a longer continuous period inside the calendar year and collect the numbers for it again.
    """
    minimum = clause["minimum_days"]
    if period.days >= minimum:
        return None
    last_start = period.end.replace(month=12, day=31) - timedelta(days=minimum - 1)
    return fail(
        "/performanceEnd",
        "{actual} days reported, {expected} needed: {short} missing",
        expected=minimum,
        actual=period.days,
        short=minimum - period.days,
        last_start=last_start.isoformat(),
        remediation="report a continuous period of at least {expected} days; the last start that"
        " still works is {last_start}",
    )
