"""The data is too little to count as a submission of the category."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.rules.eligibility.claims import (
    MINIMUM,
    NOTHING_CLAIMED,
    lacking,
    others_claimed,
    statuses_claimed,
)


@rule("PIC-ELG-04", "not-a-qualifying-submission", scope="set", terms=MINIMUM)
def not_a_qualifying_submission(ctx: SetContext) -> Answers:
    """The data is too little to count as a submission of the category.

    What it checks:
    Where the evidence counts on a reweighting: whether the measurement set holds the four parts of
    a submission, which are a measure or an exclusion for each objective, the required statements,
    the certification id and both dates of the period.

    Why it matters:
    Data that lacks one of the parts is said not to count as a submission: it is not scored and
    leaves a reweighting as it was. Nobody should rely on that, in either direction.

    How to fix:
    Complete the measurement set if the category is to be scored; leave it out altogether to keep
    the reweighting.
    """
    claims = [*statuses_claimed(ctx.evidence), *others_claimed(ctx.evidence)]
    if not claims:
        return ctx.not_applicable(NOTHING_CLAIMED)
    missing = list(lacking(ctx.set, ctx.clause["objectives"], ctx.clause["statements"]))
    if not missing:
        return None
    return ctx.fail(
        "",
        "the evidence counts on {claims}, and this measurement set is no qualifying submission: it"
        " lacks {missing}",
        claims=", ".join(claims),
        missing=", ".join(missing),
    )
