from picheck.api import CheckResults, Clause, Entity, not_applicable, rule
from picheck_pi.findings import fail_property
from picheck_pi.term_schemas import SOME_TEXTS


@rule("PIC-IDN-05", "entity-id-missing", scope="document", terms={"entity_types": SOME_TEXTS})
def entity_id_missing(entity: Entity, clause: Clause) -> CheckResults:
    """The entity id is missing.

    What it checks:
    That an APM Entity, a virtual group or a subgroup gives the entityId that CMS assigned to it.

    Why it matters:
    These entities are not identified by a TIN. Without the id the API cannot tell whose data it is
    and refuses the document.

    How to fix:
    Copy the id from the letter or the QPP account of the entity. It is not a TIN and not an NPI.
    """
    if entity.entity_type not in clause["entity_types"]:
        return not_applicable("this entity type is not identified by an entityId")
    if (entity.entity_id or "").strip():
        return None
    return fail_property(
        "entityId",
        entity.entity_id,
        "{name} is missing: a submission of type {entity_type} cannot do without it",
        entity_type=entity.entity_type,
        remediation="give the id that CMS assigned to this entity as {name}",
    )
