"""A measure that is not counted is answered no."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.table import named


@rule(
    "PIC-PUB-05",
    "suppressed-measure-misread",
    scope="set",
    terms={"measure": {"type": "string"}},
)
def suppressed_measure_misread(ctx: SetContext) -> Answers:
    """A measure that is not counted is answered no.

    What it checks:
    Whether the suppressed registry measure is answered no. To leave it out altogether is
    another rule's matter.

    Why it matters:
    Suppressed does not mean dropped: the measure still has to be answered, and a yes, a no and
    an exclusion all earn full credit. So the no does no harm, in this performance year only.

    How to fix:
    Nothing has to be changed. Do not carry the no over into another year, and do not take the
    measure out.
    """
    measure_id = ctx.clause["measure"]
    if ctx.set.answers.get(measure_id) is not False:
        return None
    return ctx.fail(
        ctx.set.place(measure_id),
        "{measure} is answered no, which earns full credit because the measure is suppressed",
        actual=False,
        measure=named(ctx.rulebook, measure_id),
    )
