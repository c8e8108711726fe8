"""Two measures that stand for one another are in one set."""

from __future__ import annotations

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.present import present_in
from picheck_pi.table import named


@rule("PIC-MEA-06", "measure-with-its-substitute", scope="set")
def measure_with_its_substitute(ctx: SetContext) -> Answers:
    """Two measures that stand for one another are in one set.

    What it checks:
    Ids that the measure table calls substitutes of each other never share a measurement set:
    the ways to exchange health information, two exclusions of one measure, both levels of
    engagement with one registry. An answer of false counts as being there; only an exclusion
    with the value false is left to the rule about such exclusions.

    Why it matters:
    The Submissions API refuses the whole file. Of two substitutes only one can be meant, and
    the API does not choose for you.

    How to fix:
    Keep the one that is true and can be proved. Take the other out of the file altogether: to
    set it to false is not enough.
    """
    clashes = present_in(ctx.set).clashes
    if not clashes:
        return None
    return [
        _refuse(ctx, first, second)
        for first, second in clashes
        if not _is_idle(ctx, first) and not _is_idle(ctx, second)
    ]


def _is_idle(ctx: SetContext, measure_id: str) -> bool:
    """Whether the id is an exclusion that is set to false."""
    is_exclusion = ctx.rulebook.measures[measure_id].category == "exclusion"
    return is_exclusion and ctx.set.answers[measure_id] is False


def _refuse(ctx: SetContext, first: str, second: str) -> Answer:
    """Make the finding of one pair; it is told at the second, the first is named beside it."""
    return ctx.fail(
        ctx.set.place(second),
        "{second} and {first} cannot stand in one measurement set",
        actual=[first, second],
        first=named(ctx.rulebook, first),
        second=named(ctx.rulebook, second),
        fix=f"keep either {first} or {second} and take the other out, even where it is false",
        key=f"{first}+{second}",
        related=[ctx.also(ctx.set.place(first), first)],
    )
