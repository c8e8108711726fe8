"""The sets of one practice attest different activities."""

from __future__ import annotations

from picheck.api import Answers, EntityContext, rule


@rule("TIA-ACT-03", "activities-differ", scope="entity")
def activities_differ(ctx: EntityContext) -> Answers:
    """The sets of one practice attest different activities.

    What it checks:
    Each later set against the first one.

    Why it matters:
    Nobody can tell which set is meant.

    How to fix:
    Send one set of activities.
    """
    wanted = len(ctx.sets[0].answers)
    return [
        ctx.fail(
            "/measurements",
            "{actual} activities here, {expected} in the first set",
            at=view,
            expected=wanted,
            actual=len(view.answers),
        )
        for view in ctx.sets[1:]
        if len(view.answers) != wanted
    ]
