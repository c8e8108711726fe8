"""A required rate has nobody in its numerator."""

from __future__ import annotations

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.present import rates_in
from picheck_pi.table import either, named


@rule(
    "PIC-MEA-04",
    "numerator-below-one",
    scope="set",
    terms={"minimum_numerator": {"type": "integer", "min": 1}},
)
def numerator_below_one(ctx: SetContext) -> Answers:
    """A required rate has nobody in its numerator.

    What it checks:
    Each required rate that is reported has at least the minimum in its numerator. An empty pair
    (nothing out of nothing) does not pass either. A measure whose exclusion is claimed is left
    to the rule about measures beside their exclusions.

    Why it matters:
    The Submissions API takes a numerator of zero without a word, but the scoring does not: a
    required rate without a single patient in it brings the whole category to zero.

    How to fix:
    Look first whether the EHR counted the period and the clinicians that you meant. If there was
    truly nothing to count, claim the measure's exclusion in its place, where it has one.
    """
    least = ctx.clause["minimum_numerator"]
    return [
        _refuse(ctx, measure_id, tally)
        for measure_id, tally in rates_in(ctx.set).tallies.items()
        if tally[0] < least
        and ctx.rulebook.measures[measure_id].is_required
        and ctx.set.claimed_exclusion(measure_id) is None
    ] or None


def _refuse(ctx: SetContext, measure_id: str, tally: tuple[int, int]) -> Answer:
    """Make the finding of one measure."""
    exclusions = ctx.rulebook.exclusions_of(measure_id)
    instead = f", or claim {either(exclusions)} in its place if its criterion holds"
    return ctx.fail(
        ctx.set.place(measure_id),
        "{measure} is reported with {actual}/{denominator}; the numerator must be {expected}"
        " or more",
        expected=ctx.clause["minimum_numerator"],
        actual=tally[0],
        denominator=tally[1],
        measure=named(ctx.rulebook, measure_id),
        instead=instead if exclusions else "; this measure has no exclusion",
        fix="count again and report at least {expected} in the numerator{instead}",
        key=measure_id,
    )
