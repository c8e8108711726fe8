"""The counts of a measure are no honest counts."""

from __future__ import annotations

from math import isnan
from typing import Any, Final

from picheck.api import Answers, Counts, SetContext, rule, to_json
from picheck_pi.present import rates_in
from picheck_pi.table import named

_LONGEST_SHOWN: Final = 40


@rule("PIC-MEA-03", "counts-invalid", scope="set")
def counts_invalid(ctx: SetContext) -> Answers:
    """The counts of a measure are no honest counts.

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
    broken = rates_in(ctx.set).broken
    if not broken:
        return None
    return [
        ctx.fail(
            ctx.set.place(measure_id) + "/value",
            "{measure}: {fault}",
            actual=to_json(counts),
            measure=named(ctx.rulebook, measure_id),
            fault=_fault(counts),
            key=measure_id,
        )
        for measure_id in broken
        if (counts := ctx.set.counts(measure_id)) is not None and not _holds_nan(counts)
    ]


def _fault(counts: Counts) -> str:
    """Say what is wrong with the two counts."""
    numerator, denominator = counts.numerator, counts.denominator
    for name, count in (("numerator", numerator), ("denominator", denominator)):
        if type(count) is not int:
            return f"the {name} {_shown(count)} is not a whole number"
        if count < 0:
            return f"the {name} {count} is negative"
    return f"the numerator {numerator} is above the denominator {denominator}"


def _holds_nan(counts: Counts) -> bool:
    """Whether a count is a NaN, which is no JSON at all; the rule about that speaks of it."""
    pair = counts.numerator, counts.denominator
    return any(type(count) is float and isnan(count) for count in pair)


def _shown(count: Any) -> str:
    """Write a value as JSON would, or name its kind where that would be long."""
    if isinstance(count, bool):
        return str(count).lower()
    if isinstance(count, str):
        return f'"{count}"' if len(count) <= _LONGEST_SHOWN else f'"{count[:_LONGEST_SHOWN]}..."'
    return str(count) if isinstance(count, int | float) else f"({type(count).__name__})"
