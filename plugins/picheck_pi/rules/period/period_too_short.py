"""The performance period is too short."""

from __future__ import annotations

from datetime import timedelta

from picheck.api import Answers, SetContext, rule


@rule(
    "PIC-PER-03",
    "period-too-short",
    scope="set",
    needs=("PIC-PER-01", "PIC-PER-02"),
    terms={"minimum_days": {"type": "integer", "min": 1}},
)
def period_too_short(ctx: SetContext) -> Answers:
    """The performance period is too short.

    What it checks:
    The days from performanceStart to performanceEnd, both counted, against the year's minimum.

    Why it matters:
    A period shorter than the minimum earns nothing: the whole category scores zero, however good
    the numbers inside it are.

    How to fix:
    Choose a longer continuous period inside the calendar year and collect the numbers for it again.
    """
    period, least = ctx.set.period, ctx.clause["minimum_days"]
    if period is None or period.days >= least:
        return None
    last_start = period.end.replace(month=12, day=31) - timedelta(days=least - 1)
    return ctx.fail(
        "/performanceEnd",
        "{actual} days reported, {expected} needed: {short} missing",
        expected=least,
        actual=period.days,
        short=least - period.days,
        last_start=last_start.isoformat(),
        fix="report a continuous period of at least {expected} days; the last start that still"
        " works is {last_start}",
    )
