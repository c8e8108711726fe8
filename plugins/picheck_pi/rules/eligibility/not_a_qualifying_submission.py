"""The data is too little to count as a submission of the category."""

from __future__ import annotations

from picheck.api import Answers, CheckResults, Clause, Evidence, Period, fail, rule
from picheck_pi.eligibility import (
    MINIMUM,
    NOTHING_CLAIMED,
    claimed_statuses,
    missing_parts,
    other_claims,
)


@rule(
    "PIC-ELG-04",
    "not-a-qualifying-submission",
    terms=MINIMUM,
    evidence="eligibility",
    without_evidence="notApplicable",
)
def not_a_qualifying_submission(
    answers: Answers, cehrt_id: str | None, period: Period, evidence: Evidence, clause: Clause
) -> CheckResults:
    """The data is too little to count as a submission of the category.

    What it checks:
    Where the evidence counts on a reweighting: whether the measurement set holds the four parts of
    a submission, which are a measure or an exclusion for each objective, the required statements,
    the certification id and both dates of the period.

    Why it matters:
    Data that lacks one of the parts is said not to count as a submission: it is not scored and
    leaves a reweighting as it was. Do not rely on that, in either direction.

    How to fix:
    Complete the measurement set if the category is to be scored; leave it out altogether to keep
    the reweighting.
    """
    claims = [*claimed_statuses(evidence), *other_claims(evidence)]
    if not claims:
        return NOTHING_CLAIMED
    missing = list(missing_parts(answers, cehrt_id, period, clause.terms))
    if not missing:
        return None
    return fail(
        "",
        "the evidence counts on {claims}, and this measurement set is no qualifying submission: it"
        " lacks {missing}",
        claims=", ".join(claims),
        missing=", ".join(missing),
        measures=[statement for statement in clause["statements"] if not answers.has(statement)],
    )
