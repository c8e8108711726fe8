"""The dates of the certified technology, held against the performance period."""

from __future__ import annotations

from datetime import date

from picheck.api import CheckResult, fail


def check_not_after(
    day: date, limit: date, *, pointer: str, message: str, remediation: str
) -> CheckResult | None:
    """Return the failure of a day that is after the day of the period that limits it.

    `message` and `remediation` are format strings over `day` and `actual`, the limit. No period
    of the year helps where the day is in a later year.
    """
    if day <= limit:
        return None
    return fail(
        pointer,
        message,
        actual=limit.isoformat(),
        day=day.isoformat(),
        remediation=remediation
        if day.year == limit.year
        else "no period of this year can be earned with it",
    )
