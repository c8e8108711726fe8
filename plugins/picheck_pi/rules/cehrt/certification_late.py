"""The technology was certified after the period ended."""

from __future__ import annotations

from typing import Final

from picheck.api import Answers, SetContext, parse_date, rule

_KEY: Final = "cehrt.certifiedOn"


@rule("PIC-CEH-06", "certification-late", scope="set", needs=("PIC-PER-01", "PIC-PER-02"))
def certification_late(ctx: SetContext) -> Answers:
    """The technology was certified after the period ended.

    What it checks:
    The day of the certificate, as the evidence gives it, against the last day of the period.

    Why it matters:
    The technology may be certified during the period but not after it. Without a certificate by
    the last day there was no certified technology, and the whole category scores zero.

    How to fix:
    End the period on or after the day of the certificate, if that is still inside the year. Keep a
    copy of the product's page on the Certified Health IT Product List.
    """
    period, certified = ctx.set.period, parse_date(ctx.evidence.cehrt.certified_on)
    if certified is None:
        return ctx.indeterminate(f"the evidence gives no {_KEY}", missing=(_KEY,))
    if period is None or certified <= period.end:
        return None
    return ctx.fail(
        "/performanceEnd",
        "the technology was certified on {certified}, after the period had ended on {actual}",
        actual=period.end.isoformat(),
        certified=certified.isoformat(),
        fix="choose a period that ends on {certified} or later"
        if certified.year == period.end.year
        else "no period of this year can be earned with it",
    )
