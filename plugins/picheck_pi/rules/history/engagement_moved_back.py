"""A registry fell back from data production to pre-production."""

from __future__ import annotations

from picheck.api import Answer, Answers, Measure, SetContext, rule
from picheck_pi.engagement import (
    EARLIER,
    HISTORY_TERMS,
    LATER,
    History,
    at_earlier_level,
    history_of,
)
from picheck_pi.table import named


@rule("PIC-HST-02", "engagement-moved-back", scope="set", terms=HISTORY_TERMS)
def engagement_moved_back(ctx: SetContext) -> Answers:
    """A registry fell back from data production to pre-production.

    What it checks:
    A registry that is reported at pre-production and validation was not in validated data
    production in an earlier year. Where pre-production itself is repeated, the rule about that
    speaks instead.

    Why it matters:
    Engagement is expected to move forward. A step back is most often a wrong level in this file,
    or was one in the earlier file, and invites the question which of them was true.

    How to fix:
    Compare the two years with the registry's own confirmations. If the step back is real,
    because the registry or the EHR changed, keep the letters that show it.
    """
    measures = at_earlier_level(ctx)
    if not measures:
        return None
    answers = [_judge(ctx, measure, history_of(ctx, measure)) for measure in measures]
    return [answer for answer in answers if answer is not None]


def _judge(ctx: SetContext, measure: Measure, history: History) -> Answer | None:
    """Decide about one measure that is at its earlier level now."""
    if history.is_repeated:
        return None
    place = ctx.set.place(measure.levels[EARLIER])
    year = next((y for y, levels in history.reported.items() if LATER in levels), None)
    if year is not None:
        return ctx.fail(
            place,
            "{measure} is at pre-production, but was in data production in {year}",
            expected=measure.levels[-1],
            actual=measure.levels[EARLIER],
            measure=named(ctx.rulebook, measure.id),
            year=year,
            key=measure.id,
        )
    missing = history.unknown_since(None)
    if not missing:
        return None
    return ctx.indeterminate(
        f"{named(ctx.rulebook, measure.id)} is at pre-production, and its level in an earlier"
        " year is not known",
        missing=missing,
        pointer=place,
        key=measure.id,
    )
