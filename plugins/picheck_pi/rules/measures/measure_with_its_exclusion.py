"""A measure stands beside its own exclusion."""

from __future__ import annotations

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.present import present_in
from picheck_pi.table import either, named


@rule("PIC-MEA-05", "measure-with-its-exclusion", scope="set")
def measure_with_its_exclusion(ctx: SetContext) -> Answers:
    """A measure stands beside its own exclusion.

    What it checks:
    No measurement set holds both a measure, whatever its answer, and one of that measure's
    exclusions. An exclusion with the value false claims nothing and is another rule's matter.

    Why it matters:
    The Submissions API refuses the whole file. It cannot tell whether you mean that you did the
    work or that you did not have to.

    How to fix:
    Decide which of the two is true and take the other one out. If the measure was reported with
    nothing in it only to fill the form, leave it out and keep the exclusion.
    """
    view, exclusions = ctx.set, present_in(ctx.set).exclusions
    if not exclusions:
        return None
    claimed = {i for i in exclusions if view.answers[i] is not False}
    return [
        _refuse(ctx, measure.id, beside)
        for measure in ctx.rulebook.measures.values()
        if view.has(measure.id) and (beside := [i for i in measure.exclusions if i in claimed])
    ] or None


def _refuse(ctx: SetContext, measure_id: str, beside: list[str]) -> Answer:
    """Make the finding of one measure; its exclusions are named beside it."""
    return ctx.fail(
        ctx.set.place(measure_id),
        "{measure} is reported, and its exclusion {exclusion} is claimed too",
        actual=[measure_id, *beside],
        measure=named(ctx.rulebook, measure_id),
        exclusion=" and ".join(beside),
        fix=f"keep either {measure_id} or {either(beside)}, whichever is true, and take the other"
        " out",
        key=measure_id,
        related=[ctx.also(ctx.set.place(i), i) for i in beside],
    )
