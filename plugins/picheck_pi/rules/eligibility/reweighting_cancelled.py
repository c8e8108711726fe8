from picheck.api import (
    CheckResults,
    Clause,
    Entity,
    Evidence,
    Rulebook,
    fail,
    not_applicable,
    related,
)
from picheck_pi.eligibility import AUTOMATIC, NOTHING_CLAIMED, claims_of, grounds_rule, is_complete
from picheck_pi.parameter_types import Sets


@grounds_rule("PIC-ELG-01", "reweighting-cancelled", scope="document", terms=AUTOMATIC)
def reweighting_cancelled(
    entity: Entity, sets: Sets, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A reweighting is counted on, and data for the category is sent all the same.

    What it checks:
    Whether the evidence counts on a special status or a clinician type that the year reweights by
    itself, or on an approved hardship exception, while the submission holds a complete measurement
    set of the category. Partial data has a rule of its own.

    Why it matters:
    Whoever sends data for the category gives the reweighting up: the category counts again, with
    whatever score the data earns.

    How to fix:
    Decide for one of the two. Leave the category's measurement set out to keep the reweighting, or
    drop the claim from the evidence and let the category be scored.
    """
    claims = claims_of(entity, evidence, rulebook, clause)
    if not claims:
        return NOTHING_CLAIMED
    complete = [view for view in sets if is_complete(view)]
    if not complete:
        return not_applicable("no measurement set of the category is complete")
    message = "the evidence counts on {claims}, but sending this measurement set cancels it"
    others = [related("", "this one too", at=view) for view in complete[1:]]
    return fail("", message, at=complete[0], claims=claims, related=others)
