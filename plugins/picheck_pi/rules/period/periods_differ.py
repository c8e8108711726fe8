"""The measurement sets of one entity have different periods."""

from __future__ import annotations

from picheck.api import Answers, EntityContext, Period, Place, SetView, rule


@rule("PIC-PER-04", "periods-differ", scope="entity")
def periods_differ(ctx: EntityContext) -> Answers:
    """The measurement sets of one entity have different periods.

    What it checks:
    The periods of all measurement sets that one entity submits for the year, in one document or in
    several; sets without a proper period are left out.

    Why it matters:
    All measures of the category are reported for one and the same period. Sets with different
    periods suggest that numbers of different months were put together.

    How to fix:
    Collect all numbers for one period and give it in every set.
    """
    if len(ctx.sets) == 1:
        return None
    dated = [(view, period) for view in ctx.sets if (period := view.period) is not None]
    if len({period for _, period in dated}) <= 1:
        return None
    (first, period), *later = dated
    return [
        ctx.fail(
            "/performanceStart" if other.start != period.start else "/performanceEnd",
            "this set's period is {actual}, another's of the same entity is {expected}",
            at=view,
            expected=_tell(period),
            actual=_tell(other),
            related=[_beside(ctx, first)],
            fix="report all sets for one period",
        )
        for view, other in later
        if other != period
    ]


def _beside(ctx: EntityContext, first: SetView) -> Place:
    return ctx.also("/performanceStart", "the first set's period", at=first)


def _tell(period: Period) -> str:
    return f"{period.start} to {period.end}"
