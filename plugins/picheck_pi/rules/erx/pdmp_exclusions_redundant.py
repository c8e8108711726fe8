"""More PDMP exclusions are claimed than are needed."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.present import present_in
from picheck_pi.table import named


@rule(
    "PIC-ERX-04",
    "pdmp-exclusions-redundant",
    scope="set",
    terms={"measure": {"type": "string"}},
)
def pdmp_exclusions_redundant(ctx: SetContext) -> Answers:
    """More PDMP exclusions are claimed than are needed.

    What it checks:
    Only one exclusion from querying the prescription drug monitoring program (PDMP) is claimed.

    Why it matters:
    One exclusion excuses fully; a further one adds nothing but another statement that has to be
    proved in an audit.

    How to fix:
    Keep the exclusion that is easiest to prove and leave the others out.
    """
    if len(present_in(ctx.set).exclusions) <= 1:
        return None
    measure_id = ctx.clause["measure"]
    claimed = [e for e in ctx.rulebook.exclusions_of(measure_id) if ctx.set.is_yes(e)]
    if len(claimed) <= 1:
        return None
    return ctx.fail(
        ctx.set.place(claimed[1]),
        "{measure} is excluded {count} times: {exclusions}; one is enough",
        actual=claimed,
        measure=named(ctx.rulebook, measure_id),
        count=len(claimed),
        exclusions=" and ".join(claimed),
        related=[ctx.also(ctx.set.place(e), e) for e in claimed if e != claimed[1]],
    )
