"""An exclusion is listed with the value false."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.present import present_in
from picheck_pi.table import named


@rule("PIC-MEA-07", "exclusion-answered-false", scope="set")
def exclusion_answered_false(ctx: SetContext) -> Answers:
    """An exclusion is listed with the value false.

    What it checks:
    No exclusion stands in the measurement set with the value false.

    Why it matters:
    A false exclusion claims nothing, so it excuses from nothing. The Submissions API may still
    take it for an exclusion that stands beside its measure, and refuse the file for it.

    How to fix:
    Leave exclusions that you do not claim out of the file. If you meant to claim it, its value
    has to be true, and its measure has to go.
    """
    exclusions = present_in(ctx.set).exclusions
    if not exclusions:
        return None
    return [
        ctx.fail(
            ctx.set.place(exclusion_id),
            "{exclusion} has the value false, which claims nothing and may be refused",
            expected=True,
            actual=False,
            exclusion=named(ctx.rulebook, exclusion_id),
            fix=f"leave {exclusion_id} out, or claim it with true if its criterion holds",
            key=exclusion_id,
        )
        for exclusion_id in exclusions
        if ctx.set.answers[exclusion_id] is False
    ] or None
