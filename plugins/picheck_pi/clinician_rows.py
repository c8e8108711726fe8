"""The counts of single clinicians, as the evidence gives them, and their sums."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One clinician's counts of a measure; `number` is the clinician's place in the evidence."""

    number: int
    numerator: int
    denominator: int
    is_certified: bool


def index_rows(clinicians: Sequence[Any]) -> dict[str, list[Row]]:
    """Return the clinicians' counts by measure id."""
    rows: dict[str, list[Row]] = {}
    for number, clinician in enumerate(clinicians, start=1):
        for measure_id, tally in clinician.measures.items():
            # what is not said is not a no, and only that takes a row out
            row = Row(number, tally.numerator, tally.denominator, clinician.certified is not False)
            rows.setdefault(measure_id, []).append(row)
    return rows


def add_up(rows: Sequence[Row]) -> tuple[int, int]:
    """Return the sums of the numerators and of the denominators."""
    return sum(row.numerator for row in rows), sum(row.denominator for row in rows)


def is_average(reported: tuple[int, int], rows: Sequence[Row]) -> bool:
    """Whether the reported rate is the mean of the rows' rates and not the rate of their sums.

    Both are compared after rounding to a whole numerator, since that is what can be reported.
    """
    rates = [Fraction(row.numerator, row.denominator) for row in rows if row.denominator > 0]
    if not rates:
        return False
    numerator, denominator = reported
    pooled, mean = Fraction(*add_up(rows)), sum(rates, start=Fraction(0)) / len(rates)
    half = Fraction(1, 2)
    return abs(mean * denominator - numerator) <= half < abs(pooled * denominator - numerator)
