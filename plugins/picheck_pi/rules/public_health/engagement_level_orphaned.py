"""A level of engagement is reported for a registry that is not."""

from __future__ import annotations

from picheck.api import Answer, Answers, SetContext, rule, to_json
from picheck_pi.present import present_in
from picheck_pi.table import named, table_of


@rule("PIC-PUB-04", "engagement-level-orphaned", scope="set")
def engagement_level_orphaned(ctx: SetContext) -> Answers:
    """A level of engagement is reported for a registry that is not.

    What it checks:
    A level of active engagement stands only beside a yes for its own registry: not alone, not
    beside a no, not beside an exclusion.

    Why it matters:
    The level says that you are engaged and the rest of the file says that you are not. One of
    the two is a mistake, and the score goes by the registry's own answer.

    How to fix:
    If you are engaged with the registry, answer it with yes. If not, take the level out.
    """
    orphaned = present_in(ctx.set).orphaned
    if not orphaned:
        return None
    return [_refuse(ctx, level, table_of(ctx.rulebook).measure_of[level]) for level in orphaned]


def _refuse(ctx: SetContext, level: str, measure_id: str) -> Answer:
    """Make the finding of one level."""
    return ctx.fail(
        ctx.set.place(level),
        "{level} is answered yes, but {measure} is not",
        expected=True,
        actual=to_json(ctx.set.answers.get(measure_id)),
        level=named(ctx.rulebook, level),
        measure=named(ctx.rulebook, measure_id),
        key=level,
    )
