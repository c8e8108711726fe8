from math import isnan
from typing import Any, Final

from picheck.api import CheckResults, Counts, CountsByMeasure, Rulebook, fail, rule, to_json
from picheck_pi.measure_index import label

_LONGEST_SHOWN: Final = 40


@rule("PIC-MEA-03", "counts-invalid")
def counts_invalid(counts: CountsByMeasure, rulebook: Rulebook) -> CheckResults:
    """The counts of a measure are not valid.

    What it checks:
    A measure that is a rate has a numerator and a denominator that are whole numbers, not
    negative, written as numbers and not as text, and the numerator is not above the denominator.

    Why it matters:
    The Submissions API refuses the whole file for one such pair. A numerator above its
    denominator also says that the two were not counted over the same patients.

    How to fix:
    Take both numbers again from the report of the certified EHR, for the same period. Write them
    without quotes, decimal point or percent sign; send the counts, never the rate.
    """
    return [
        fail(
            f"/measurements/{measure_id}/value",
            "{measure}: {fault}",
            actual=to_json(pair),
            measure=label(rulebook, measure_id),
            fault=fault,
            key=measure_id,
        )
        for measure_id in counts
        if (pair := counts.get(measure_id)) is not None and (fault := _find_fault(pair)) is not None
    ]


def _find_fault(counts: Counts) -> str | None:
    """Return what is wrong with two counts; a NaN is left to the rule about JSON."""
    numerator, denominator = counts.numerator, counts.denominator
    if any(type(count) is float and isnan(count) for count in (numerator, denominator)):
        return None
    for name, count in (("numerator", numerator), ("denominator", denominator)):
        # not isinstance(): True is an int, and no count
        if type(count) is not int:
            return f"the {name} {_shorten(count)} is not a whole number"
        if count < 0:
            return f"the {name} {count} is negative"
    if numerator > denominator:
        return f"the numerator {numerator} is above the denominator {denominator}"
    return None


def _shorten(count: Any) -> str:
    """Return a value as JSON would write it, or its type where that would be long."""
    if isinstance(count, bool):
        return str(count).lower()
    if isinstance(count, str):
        return f'"{count}"' if len(count) <= _LONGEST_SHOWN else f'"{count[:_LONGEST_SHOWN]}..."'
    if isinstance(count, int | float):
        return str(count)
    return "(list)" if isinstance(count, tuple) else "(object)"
