"""A registry is reported without the level of engagement."""

from __future__ import annotations

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.present import present_in
from picheck_pi.table import either, named


@rule("PIC-PUB-03", "engagement-level-missing", scope="set")
def engagement_level_missing(ctx: SetContext) -> Answers:
    """A registry is reported without the level of engagement.

    What it checks:
    Each registry that is answered yes comes with one of its levels of active engagement:
    pre-production and validation, or validated data production.

    Why it matters:
    A yes without its level is half an answer. For a required registry it brings the whole
    category to zero; for a bonus registry the bonus is lost.

    How to fix:
    Ask the registry or the EHR vendor which level was reached in the period, and add the one id
    of that level with the value true.
    """
    engaged = present_in(ctx.set).engaged
    if all(engaged.values()):
        return None
    return [_refuse(ctx, measure_id) for measure_id, levels in engaged.items() if not levels]


def _refuse(ctx: SetContext, measure_id: str) -> Answer:
    """Make the finding of one registry."""
    measure = ctx.rulebook.measures[measure_id]
    return ctx.fail(
        ctx.set.place(measure_id),
        "{measure} is answered yes without its level of active engagement",
        expected=list(measure.levels),
        measure=named(ctx.rulebook, measure_id),
        levels=either(measure.levels),
        fix="add {levels}, whichever is true",
        variant="bonus" if measure.is_bonus else None,
        key=measure_id,
    )
