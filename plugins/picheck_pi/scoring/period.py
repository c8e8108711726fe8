"""The nearest performance period that the year would accept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from picheck.api import Period, SetView, parse_date

#: The rule whose terms hold the least number of days.
_TOO_SHORT: Final = "PIC-PER-03"


def period_that_counts(view: SetView) -> Period | None:
    """Return the period with the least changed that is long enough and lies in the year.

    None where the set's own period already is such a one.
    """
    clause = view.rulebook.clauses.get(_TOO_SHORT)
    if clause is None:
        return None
    year = view.rulebook.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    start = min(max(parse_date(view.record.performance_start) or first, first), last)
    end = min(max(parse_date(view.record.performance_end) or last, first), last)
    least = timedelta(days=clause["minimum_days"] - 1)
    if end - start < least:
        start = max(first, end - least)
        end = max(end, start + least)
    found = Period(start.isoformat(), end.isoformat())
    return None if found == view.period else found
