"""A registry is at pre-production for a second time."""

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


@rule("PIC-HST-01", "pre-production-repeated", scope="set", terms=HISTORY_TERMS)
def pre_production_repeated(ctx: SetContext) -> Answers:
    """A registry is at pre-production for a second time.

    What it checks:
    A registry that is reported at pre-production and validation was not at that level already in
    the latest earlier year in which it was reported. Years without it, and years with an
    exclusion, do not count. Earlier submissions or the evidence file say what was reported.

    Why it matters:
    A practice may spend one reported year at pre-production and must then be in validated data
    production. A second year there does not meet the measure: the category is zero for a
    required registry, and the bonus is lost for a bonus registry.

    How to fix:
    Find out from the registry whether data production was reached in the period, and report that
    level if so. If not, see whether an exclusion fits.
    """
    measures = at_earlier_level(ctx)
    if not measures:
        return None
    answers = [_judge(ctx, measure, history_of(ctx, measure)) for measure in measures]
    return [answer for answer in answers if answer is not None]


def _judge(ctx: SetContext, measure: Measure, history: History) -> Answer | None:
    """Decide about one measure that is at its earlier level now."""
    if history.is_repeated:
        return _refuse(ctx, measure, history)
    missing = history.unknown_since(history.latest)
    if not missing:
        return None
    return ctx.indeterminate(
        f"{named(ctx.rulebook, measure.id)} is at pre-production, and its level in an earlier"
        " year is not known",
        missing=missing,
        pointer=ctx.set.place(measure.levels[EARLIER]),
        key=measure.id,
    )


def _refuse(ctx: SetContext, measure: Measure, history: History) -> Answer:
    """Make the finding of one measure."""
    year = history.latest
    assert year is not None, "a repetition has something to repeat"  # noqa: S101
    conflict = "; the records of that year contradict each other, and the worse is taken"
    return ctx.fail(
        ctx.set.place(measure.levels[EARLIER]),
        "{measure} is at pre-production, and was so already when last reported, in {year}"
        "{conflict}",
        expected=measure.levels[-1],
        actual=measure.levels[EARLIER],
        measure=named(ctx.rulebook, measure.id),
        year=year,
        conflict=conflict if LATER in history.reported[year] else "",
        variant=_variant(measure),
        key=measure.id,
    )


def _variant(measure: Measure) -> str | None:
    """Pick the clause's variant for a measure that counts less than a required one."""
    if measure.is_bonus:
        return "bonus"
    return "suppressed" if measure.is_suppressed else None
