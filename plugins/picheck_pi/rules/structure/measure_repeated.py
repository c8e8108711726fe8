"""A measure is answered more than once in one set."""

from __future__ import annotations

from collections import Counter

from picheck.api import Answer, Answers, SetContext, rule


@rule("PIC-STR-03", "measure-repeated", scope="set")
def measure_repeated(ctx: SetContext) -> Answers:
    """A measure is answered more than once in one set.

    What it checks:
    That every measureId stands once in a measurement set, also where both answers are the same.

    Why it matters:
    The API refuses a set that answers one measure twice. If it did not, nobody could say which of
    the answers was meant.

    How to fix:
    Keep the answer that the practice can prove and remove the others.
    """
    measurements = ctx.set.record.measurements
    if len(ctx.set.answers) == len(measurements):
        return None
    times = Counter(measurement.measure_id for measurement in measurements)
    return [_answer(ctx, measure_id, n) for measure_id, n in times.items() if n > 1]


def _answer(ctx: SetContext, measure_id: str, times: int) -> Answer:
    first, second, *others = ctx.set.places(measure_id)
    return ctx.fail(
        second,
        "{measure} stands {actual} times in one measurement set, {expected} is allowed",
        measure=measure_id,
        expected=1,
        actual=times,
        key=measure_id,
        related=[ctx.also(place, "the same measureId") for place in (first, *others)],
        fix="keep one answer to {measure} and remove the others",
    )
