from picheck.api import CheckResults, Clause, Entity, Evidence, Rulebook, SetView, fail
from picheck_pi.eligibility import MINIMUM, NOTHING_CLAIMED, claims_of, grounds_rule, missing_parts


@grounds_rule("PIC-ELG-04", "not-a-qualifying-submission", terms=MINIMUM)
def not_a_qualifying_submission(
    measurement_set: SetView, entity: Entity, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """The data is too little to count as a submission of the category.

    What it checks:
    Where the evidence counts on a reweighting that the year grants: whether the measurement set
    holds the four parts of a submission, which are a measure or an exclusion for each objective
    (a bonus measure is not enough), the required statements, the certification id and both dates
    of the period.

    Why it matters:
    Data that lacks one of the parts is said not to count as a submission: it is not scored and
    leaves a reweighting as it was. Do not rely on that, in either direction.

    How to fix:
    Complete the measurement set if the category is to be scored; leave it out altogether to keep
    the reweighting.
    """
    claims = claims_of(entity, evidence, rulebook)
    if not claims:
        return NOTHING_CLAIMED
    answers, cehrt_id = measurement_set.answers, measurement_set.cehrt_id
    missing = list(missing_parts(answers, cehrt_id, measurement_set.period, clause.terms))
    if not missing:
        return None
    message = (
        "the evidence counts on {claims}, and this measurement set is no qualifying submission: it"
        " lacks {missing}"
    )
    unanswered = [statement for statement in clause["statements"] if not answers.has(statement)]
    return fail("", message, claims=claims, missing=", ".join(missing), measures=unanswered)
