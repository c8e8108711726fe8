"""A measure is answered more than once in one set."""

from __future__ import annotations

from collections import defaultdict

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
    places = defaultdict(list)
    for place, measurement in ctx.set.measurements():
        places[measurement.measure_id].append(place)
    return [_answer(ctx, measure_id, *found) for measure_id, found in places.items() if found[1:]]


def _answer(ctx: SetContext, measure_id: str, first: str, second: str, *others: str) -> Answer:
    return ctx.fail(
        second,
        "{measure} stands {actual} times in one measurement set, {expected} is allowed",
        measure=measure_id,
        expected=1,
        actual=2 + len(others),
        key=measure_id,
        related=[ctx.also(place, "the same measureId") for place in (first, *others)],
        fix="keep one answer to {measure} and remove the others",
    )
