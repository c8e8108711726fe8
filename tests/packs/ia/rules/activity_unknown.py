"""An activity is not on the year's list."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule


@rule("TIA-ACT-02", "activity-unknown", scope="set")
def activity_unknown(ctx: SetContext) -> Answers:
    """An activity is not on the year's list.

    What it checks:
    Every id against the edition's table.

    Why it matters:
    An activity that is not on the list earns nothing.

    How to fix:
    Choose an activity of the year's list.
    """
    return [
        ctx.fail(
            place, "{actual} is no activity of the year", actual=m.measure_id, key=m.measure_id
        )
        for place, m in ctx.set.measurements()
        if m.measure_id not in ctx.rulebook.measures
    ]
