from typing import Final

from picheck.api import (
    CheckResult,
    CheckResults,
    Clause,
    Entity,
    Evidence,
    Rulebook,
    fail,
    indeterminate,
    not_applicable,
)
from picheck_pi.eligibility import (
    NOTHING_CLAIMED,
    grounds_of,
    grounds_rule,
    is_left_out,
    name_grounds,
)
from picheck_pi.parameter_types import Sets
from picheck_pi.roster import MEMBERS, Ground

_MESSAGE: Final = "the evidence counts on {claim}, which {why}"


@grounds_rule("PIC-ELG-03", "group-not-all-eligible", scope="document", terms=MEMBERS)
def group_not_all_eligible(
    entity: Entity, sets: Sets, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A group counts on its members' statuses although not all of them qualify.

    What it checks:
    Where an entity with members (a group, a virtual group, a subgroup, an APM Entity) counts on a
    clinician type: that all its members qualify. Where it counts on a special status of its own:
    that the clinicians' rows in the evidence bear it out, which asks for most or all of them by
    the kind of the status, and for few enough clinicians in a small practice. Where data is sent
    for the category, or another ground holds, only evidence that contradicts itself gets a note.

    Why it matters:
    One member who does not qualify is enough for the whole entity to be scored in the category.
    An entity that reports nothing on the strength of some members' statuses scores zero.

    How to fix:
    Look every member up, and report the category for the entity if one of them does not qualify.
    """
    if entity.entity_type not in clause["entity_types"]:
        return not_applicable("the entity has no members whose statuses could count")
    claimed = grounds_of(entity, evidence, rulebook)
    grounds = [ground for ground in claimed if ground.state != "unavailable"]
    if not grounds:
        return NOTHING_CLAIMED
    is_relied_on = is_left_out(sets) and not name_grounds(grounds, "granted")
    unmet = [ground for ground in grounds if ground.state == "unmet"]
    return [
        _fail(ground, entity, is_relied_on=is_relied_on)
        for ground in unmet
        if is_relied_on or ground.is_contradicted
    ] + [_ask(ground) for ground in grounds if ground.state == "open"]


def _fail(ground: Ground, entity: Entity, *, is_relied_on: bool) -> CheckResult:
    """Return the finding of a ground that too few members hold; milder where data is sent."""
    harmless = "correct the evidence, and look the status up with CMS; nothing hangs on it now"
    return fail(
        "/entityType",
        _MESSAGE,
        actual=entity.entity_type,
        claim=ground.claim,
        why=ground.why,
        key=ground.claim if ground.is_contradicted else "",
        variant=None if is_relied_on else "harmless",
        remediation=None if is_relied_on else harmless,
    )


def _ask(ground: Ground) -> CheckResult:
    return indeterminate(
        _MESSAGE, missing=ground.missing, pointer="/entityType", claim=ground.claim, why=ground.why
    )
