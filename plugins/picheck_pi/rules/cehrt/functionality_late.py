"""The certified functionality was not in place when the period began."""

from __future__ import annotations

from typing import Final

from picheck.api import Answers, SetContext, parse_date, rule

_KEY: Final = "cehrt.functionalityInPlaceOn"


@rule("PIC-CEH-05", "functionality-late", scope="set", needs=("PIC-PER-01", "PIC-PER-02"))
def functionality_late(ctx: SetContext) -> Answers:
    """The certified functionality was not in place when the period began.

    What it checks:
    The day on which the functionality that the measures ask for was in place, as the evidence
    gives it, against the first day of the period.

    Why it matters:
    The functionality must be in use from the first day of the period, even where the certificate
    comes later. Numbers from before it do not count, and the whole category scores zero.

    How to fix:
    Start the period on or after that day if enough days of the year are left. Keep the vendor's
    confirmation of the day.
    """
    period, in_place = ctx.set.period, parse_date(ctx.evidence.cehrt.functionality_in_place_on)
    if in_place is None:
        return ctx.indeterminate(f"the evidence gives no {_KEY}", missing=(_KEY,))
    if period is None or in_place <= period.start:
        return None
    return ctx.fail(
        "/performanceStart",
        "the functionality was in place on {in_place}, after the period had begun on {actual}",
        actual=period.start.isoformat(),
        in_place=in_place.isoformat(),
        fix="start the period on {in_place} or later"
        if in_place.year == period.start.year
        else "no period of this year can be earned with it",
    )
