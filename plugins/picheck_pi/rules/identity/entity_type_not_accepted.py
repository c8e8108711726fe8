from picheck.api import CheckResults, Clause, Entity, Rulebook, closest_match, fail, related, rule
from picheck_pi.parameter_types import Sets
from picheck_pi.patterns import fits_any
from picheck_pi.term_schemas import SOME_TEXTS, TEXTS, TEXTS_BY_TEXT


@rule(
    "PIC-IDN-01",
    "entity-type-not-accepted",
    scope="document",
    terms={"entity_types": SOME_TEXTS, "refused_programs": TEXTS_BY_TEXT, "doubtful": TEXTS},
)
def entity_type_not_accepted(
    entity: Entity, sets: Sets, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """The entity type is not accepted for this category.

    What it checks:
    That entityType is one that may submit this category in the performance year, and that it may
    do so under the program of the measurement set.

    Why it matters:
    The API refuses the whole document. Which entities may submit has changed over the years: APM
    Entities and subgroups could not always, and virtual groups can use neither the APM pathways nor
    the MIPS Value Pathways.

    How to fix:
    Submit as the entity that CMS has on record, spelt as the message shows it, or under a program
    that is open to it.
    """
    entity_type, accepted = entity.entity_type, clause["entity_types"]
    is_doubtful = entity_type in clause["doubtful"]
    if not is_doubtful and entity_type not in accepted:
        near = closest_match(entity_type, accepted)
        return fail(
            "/entityType",
            "entityType {actual!r} is not accepted in {year}{hint}",
            expected=accepted,
            actual=entity_type,
            year=rulebook.year,
            hint=f"; did you mean {near}?" if near else "",
            accepted=", ".join(accepted),
            remediation="submit as one of: {accepted}",
        )
    refused_programs = clause["refused_programs"].get(entity_type, ())
    refused = [
        fail(
            "/programName",
            "{entity_type} cannot submit under {actual}",
            at=view,
            actual=view.record.program_name,
            entity_type=entity_type,
            related=[related("/entityType", entity_type)],
            remediation="submit under another program, or as an entity that may use this one",
        )
        for view in sets
        if fits_any(refused_programs, view.record.program_name or "")
    ]
    if refused or not is_doubtful:
        return refused
    return fail(
        "/entityType",
        "sources disagree whether {actual} may submit this category in {year}",
        actual=entity_type,
        year=rulebook.year,
        variant="doubtful",
        remediation="ask CMS or the registry before sending; the API may refuse the document",
    )
