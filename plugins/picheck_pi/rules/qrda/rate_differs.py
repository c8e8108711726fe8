"""The rate that the file states is not its numerator divided by its denominator."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from picheck.api import CheckResult, CheckResults, Clause, Source, fail, related, rule
from picheck_pi.qrda_source import facts_of, is_qrda, no_qrda

_TOLERANCE: Final = {"type": "string", "required": True}


@rule("PIC-QRD-07", "rate-differs", structural=True, terms={"tolerance": _TOLERANCE})
def rate_differs(source: Source, clause: Clause) -> CheckResults:
    """The rate that the file states is not its numerator divided by its denominator.

    What it checks:
    The performance rate beside the counts of a measure, where the file states one.

    Why it matters:
    CMS takes the counts and passes over the rate. Where the two do not fit, one of them is not
    what the EHR's report shows, and an auditor will ask which.

    How to fix:
    Compare both with the EHR's report, and export the file again.
    """
    if not is_qrda(source):
        return no_qrda()
    tolerance = Decimal(clause["tolerance"])
    found: list[CheckResult] = []
    for each in facts_of(source, "rates"):
        numerator, denominator = each["numerator"], each["denominator"]
        if not (type(numerator) is type(denominator) is int and numerator >= 0 < denominator):
            continue
        rate = Decimal(numerator) / Decimal(denominator)
        stated = _decimal(each["stated"])
        if stated is not None and abs(stated - rate) <= tolerance:
            continue
        found.append(
            fail(
                each["pointer"],
                "the file states a rate of {actual} for {measure}; its counts make {expected}",
                from_root=True,
                expected=f"{rate:.4f}",
                actual=each["stated"],
                measure=each["measure"],
                related=[related(each["counts"], f"{numerator} of {denominator}")],
                measures=(each["measure"],),
                key=each["measure"],
            )
        )
    return found


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
