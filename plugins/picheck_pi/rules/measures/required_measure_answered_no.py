"""A required yes/no measure is answered no."""

from __future__ import annotations

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.table import either, named


@rule(
    "PIC-MEA-02",
    "required-measure-answered-no",
    scope="set",
    terms={"measures": {"type": "list", "schema": {"type": "string"}}},
)
def required_measure_answered_no(ctx: SetContext) -> Answers:
    """A required yes/no measure is answered no.

    What it checks:
    A required measure that is answered with yes or no is not answered with no, unless one of its
    exclusions is claimed; a measure beside its exclusion is another rule's matter.

    Why it matters:
    The file will be accepted with the no in it, and then scored: the required measure is not
    met, and the whole category is zero.

    How to fix:
    Answer yes if the work was done in the performance period and you can prove it. If it was
    not, see whether an exclusion fits, and claim it in place of the measure.
    """
    answers = ctx.set.answers
    return [
        _refuse(ctx, measure_id)
        for measure_id in ctx.clause["measures"]
        if answers.get(measure_id) is False and ctx.set.claimed_exclusion(measure_id) is None
    ] or None


def _refuse(ctx: SetContext, measure_id: str) -> Answer:
    """Make the finding of one measure."""
    exclusions = ctx.rulebook.exclusions_of(measure_id)
    instead = f", or claim {either(exclusions)} in its place if its criterion holds"
    return ctx.fail(
        ctx.set.place(measure_id),
        "{measure} is required, and is answered no",
        expected=True,
        actual=False,
        measure=named(ctx.rulebook, measure_id),
        instead=instead if exclusions else "; it has no exclusion",
        fix="answer yes only if it was done and can be proved{instead}",
        key=measure_id,
    )
