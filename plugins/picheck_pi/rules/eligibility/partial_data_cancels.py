from picheck.api import CheckResults, Clause, Entity, Evidence, Rulebook, fail, not_applicable
from picheck_pi.eligibility import (
    AUTOMATIC,
    NOTHING_CLAIMED,
    claims_of,
    grounds_rule,
    is_complete,
    missing_parts,
)
from picheck_pi.parameter_types import Sets


@grounds_rule("PIC-ELG-05", "partial-data-cancels", scope="document", terms=AUTOMATIC)
def partial_data_cancels(
    entity: Entity, sets: Sets, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A reweighting is counted on, and even the partial data that is sent cancels it.

    What it checks:
    Where the evidence counts on a reweighting that the year grants and no measurement set of the
    category is complete: that there is none at all. A set is partial if an objective, the
    certification id or a date of the period is missing.

    Why it matters:
    Any data of the category cancels the reweighting, however little it is. A partial file then
    scores zero, which is worse than no file.

    How to fix:
    Leave the measurement set out to keep the reweighting, or complete it and drop the claim from
    the evidence.
    """
    claims = claims_of(entity, evidence, rulebook, clause)
    if not claims:
        return NOTHING_CLAIMED
    if not sets or any(is_complete(view) for view in sets):
        return not_applicable("there is no partial data without a complete measurement set")
    partial, minimum = sets[0], {"objectives": rulebook.objectives, "statements": ()}
    missing = missing_parts(partial.answers, partial.cehrt_id, partial.period, minimum)
    message = (
        "the evidence counts on {claims}, but even this partial measurement set cancels it: it"
        " lacks {missing}"
    )
    return fail("", message, at=partial, claims=claims, missing=", ".join(missing))
