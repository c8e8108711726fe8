from picheck.api import CheckResults, Clause, Entity, not_applicable, rule
from picheck_pi.digits import check_digits
from picheck_pi.term_schemas import POSITIVE, SOME_TEXTS


@rule(
    "PIC-IDN-02",
    "tin-malformed",
    scope="document",
    terms={"entity_types": SOME_TEXTS, "digits": POSITIVE},
)
def tin_malformed(entity: Entity, clause: Clause) -> CheckResults:
    """The TIN is missing or is not a row of digits of the right length.

    What it checks:
    That an individual or a group gives its taxpayer identification number as digits only: no
    hyphen, no blank, no digit too few. The number itself is never shown.

    Why it matters:
    The API refuses a document that it cannot assign to a practice. A spreadsheet that treats the
    TIN as a number drops its leading zeros.

    How to fix:
    Write the TIN under which the practice bills Medicare, all digits, as a text in quotation marks.
    """
    if entity.entity_type not in clause["entity_types"]:
        return not_applicable("this entity type is not identified by a TIN")
    remedy = "give the TIN as {expected} digits in quotation marks, without hyphen or blank"
    return check_digits("taxpayerIdentificationNumber", entity.tin, clause["digits"], remedy)
