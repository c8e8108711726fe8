"""Too few activities are attested."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule


@rule(
    "TIA-ACT-01",
    "activities-too-few",
    scope="set",
    needs="TIA-ACT-02",
    terms={"needed": {"type": "integer", "min": 1}},
)
def activities_too_few(ctx: SetContext) -> Answers:
    """Too few activities are attested.

    What it checks:
    How many activities are answered with yes.

    Why it matters:
    The category earns its points by whole activities.

    How to fix:
    Carry out another activity for the days it asks for, and attest it.
    """
    done = [measure_id for measure_id in ctx.set.answers if ctx.set.is_yes(measure_id)]
    if len(done) >= ctx.clause["needed"]:
        return None
    return ctx.fail(
        "/measurements",
        "{actual} activities are attested, {expected} needed",
        expected=ctx.clause["needed"],
        actual=len(done),
    )
