from picheck.api import CheckResults, Clause, Entity, fail, rule
from picheck_pi.digits import check_digits
from picheck_pi.term_schemas import POSITIVE, SOME_TEXTS


@rule(
    "PIC-IDN-03",
    "npi-malformed",
    scope="document",
    needs="PIC-IDN-01",
    terms={"entity_types": SOME_TEXTS, "digits": POSITIVE},
)
def npi_malformed(entity: Entity, clause: Clause) -> CheckResults:
    """The NPI is missing, malformed, or given for an entity that has none.

    What it checks:
    That an individual gives the national provider identifier as digits only and in full length,
    and that no other entity gives one. The number itself is never shown.

    Why it matters:
    The API refuses an individual without a proper NPI, and a group with one: the data of a group
    belongs to its TIN and not to one clinician.

    How to fix:
    Write the clinician's own NPI in quotation marks for an individual; remove it for any other
    entity, or change entityType if one clinician was meant.
    """
    if entity.entity_type in clause["entity_types"]:
        remedy = "give the clinician's NPI as {expected} digits in quotation marks"
        return check_digits("nationalProviderIdentifier", entity.npi, clause["digits"], remedy)
    if entity.npi is None:
        return None
    return fail(
        "/nationalProviderIdentifier",
        "nationalProviderIdentifier does not belong to the entity type {entity_type}",
        entity_type=entity.entity_type,
        key="nationalProviderIdentifier",
        remediation="remove the NPI, or change entityType if one clinician is meant",
    )
