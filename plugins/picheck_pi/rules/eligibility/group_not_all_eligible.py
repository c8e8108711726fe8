"""A group counts on its members' statuses although not all of them qualify."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule
from picheck_pi.rules.eligibility.claims import (
    NOTHING_CLAIMED,
    rest_on_members,
    statuses_claimed,
    statuses_granted,
)


@rule(
    "PIC-ELG-03",
    "group-not-all-eligible",
    scope="document",
    terms={
        "entity_types": {"type": "list", "schema": {"type": "string"}},
        "own_statuses": {
            "type": "dict",
            "valuesrules": {"type": "list", "schema": {"type": "string"}},
        },
    },
)
def group_not_all_eligible(ctx: DocumentContext) -> Answers:
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
    entity_type = ctx.submission.entity_type if ctx.submission else ""
    if entity_type not in ctx.clause["entity_types"]:
        return ctx.not_applicable("the entity has no members whose statuses could count")
    claims = _claims(ctx)
    if not claims:
        return ctx.not_applicable(NOTHING_CLAIMED)
    everybody = ctx.evidence.eligibility.all_members_qualify
    if everybody or not rest_on_members(ctx, claims):
        return None
    named = ", ".join(claims)
    if everybody is None:
        return ctx.indeterminate(
            f"whether all members qualify ({named}) is not said",
            missing=["eligibility.allMembersQualify"],
            pointer=ctx.place("entityType"),
        )
    return ctx.fail(
        ctx.place("entityType"),
        "the evidence counts on {claims}, which is no status of this {actual}, and not all of its"
        " members qualify",
        actual=entity_type,
        claims=named,
    )


def _claims(ctx: DocumentContext) -> list[str]:
    """Return the claims to look at; those that the year grants nobody are PIC-ELG-02's."""
    available = ctx.rulebook.clauses.get("PIC-ELG-02")
    return statuses_granted(ctx, available) if available else statuses_claimed(ctx.evidence)
