"""The dates of the certified technology, held against the performance period."""

from datetime import date, timedelta

from picheck.api import CheckResult, Rulebook, fail


def check_not_after(
    day: date, limit: date, *, last: date, pointer: str, message: str, remediation: str
) -> CheckResult | None:
    """Return the failure of a day that is after the day of the period that limits it.

    `message` and `remediation` are format strings over `day` and `actual`, the limit. No period
    of the year helps where the day is after `last`.
    """
    if day <= limit:
        return None
    return fail(
        pointer,
        message,
        actual=limit.isoformat(),
        day=day.isoformat(),
        remediation=remediation if day <= last else "no period of this year can be earned with it",
    )


def find_last_start(rulebook: Rulebook) -> date:
    """Return the last day on which a period of the year can begin and still be long enough."""
    clause = rulebook.clauses.get("PIC-PER-03")
    minimum_days: int = clause["minimum_days"] if clause else 1
    return date(rulebook.year, 12, 31) - timedelta(days=minimum_days - 1)
