"""Several bonus registries are reported for one bonus."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule


@rule(
    "PIC-PUB-06",
    "bonus-counted-once",
    scope="set",
    terms={
        "measures": {"type": "list", "schema": {"type": "string"}},
        "points": {"type": "integer"},
    },
)
def bonus_counted_once(ctx: SetContext) -> Answers:
    """Several bonus registries are reported for one bonus.

    What it checks:
    Not more than one of the bonus registries is answered yes.

    Why it matters:
    The bonus is given once, however many registries are reported. Each further one adds nothing
    to the score, but has to be proved in an audit like the first.

    How to fix:
    Nothing has to be changed. You may keep the registry that is easiest to prove and leave the
    others out.
    """
    answers = ctx.set.answers
    claimed = [i for i in ctx.clause["measures"] if answers.get(i) is True]
    if len(claimed) <= 1:
        return None
    return ctx.fail(
        ctx.set.place(claimed[1]),
        "{count} bonus registries are reported ({claimed}); together they earn {points} points",
        actual=claimed,
        count=len(claimed),
        claimed=", ".join(claimed),
        points=ctx.clause["points"],
        related=[ctx.also(ctx.set.place(i), i) for i in claimed if i != claimed[1]],
    )
