"""A group counts on its members' statuses although not all of them qualify."""

from __future__ import annotations

from picheck.api import (
    CheckResults,
    Clause,
    Entity,
    Evidence,
    Rulebook,
    fail,
    indeterminate,
    not_applicable,
    rule,
)
from picheck_pi.eligibility import (
    NOTHING_CLAIMED,
    claimed_statuses,
    granted_statuses,
    rest_on_members,
)
from picheck_pi.term_schemas import TEXTS, TEXTS_BY_TEXT


@rule(
    "PIC-ELG-03",
    "group-not-all-eligible",
    scope="document",
    terms={"entity_types": TEXTS, "own_statuses": TEXTS_BY_TEXT},
    evidence=(
        "eligibility.specialStatuses",
        "eligibility.clinicianType",
        "eligibility.allMembersQualify",
    ),
    without_evidence="notApplicable",
)
def group_not_all_eligible(
    entity: Entity, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A group counts on its members' statuses although not all of them qualify.

    What it checks:
    Where a group, a virtual group or an APM Entity counts on a special status or a clinician type:
    whether it holds the status itself, or the evidence says that all its members qualify.

    Why it matters:
    One member who does not qualify is enough for the whole entity to be scored in the category.
    An entity that reports nothing on the strength of some members' statuses scores zero.

    How to fix:
    Look every member up, and report the category for the entity if one of them does not qualify.
    """
    if entity.entity_type not in clause["entity_types"]:
        return not_applicable("the entity has no members whose statuses could count")
    claims = _claims(evidence, rulebook)
    if not claims:
        return NOTHING_CLAIMED
    do_all_qualify = evidence.eligibility.all_members_qualify
    if do_all_qualify or not rest_on_members(entity, claims, rulebook):
        return None
    if do_all_qualify is None:
        return indeterminate(
            "the evidence does not say whether all members qualify ({claims})",
            missing=["eligibility.allMembersQualify"],
            pointer="/entityType",
            claims=", ".join(claims),
        )
    return fail(
        "/entityType",
        "the evidence counts on {claims}, which is no status of this {actual}, and not all of its"
        " members qualify",
        actual=entity.entity_type,
        claims=", ".join(claims),
    )


def _claims(evidence: Evidence, rulebook: Rulebook) -> list[str]:
    """Return the claims to check; those that the year does not grant are left to PIC-ELG-02."""
    available = rulebook.clauses.get("PIC-ELG-02")
    return granted_statuses(evidence, available) if available else claimed_statuses(evidence)
