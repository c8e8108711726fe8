from typing import Final

from picheck.api import CheckResults, Clause, Entity, fail, not_applicable, rule
from picheck_pi.term_schemas import SOME_TEXTS, TEXT

#: Each digit, doubled, and the digits of that added up.
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")


@rule(
    "PIC-IDN-04",
    "npi-check-digit",
    scope="document",
    needs=("PIC-IDN-03", "PIC-STR-10"),
    terms={"prefix": TEXT, "first_digits": SOME_TEXTS},
)
def npi_check_digit(entity: Entity, clause: Clause) -> CheckResults:
    """The NPI is one that was never given to anyone.

    What it checks:
    The last digit of the NPI, which is computed from the others by the Luhn formula after the
    prefix for health care identifiers, and the first digit, for which only some are used. The
    number itself is never shown.

    Why it matters:
    An NPI whose first or last digit does not fit was never given to anyone: a digit was mistyped or
    two were swapped. The data would be scored for no one.

    How to fix:
    Look the clinician up in the NPI registry (NPPES) and copy the number.
    """
    if entity.npi is None:
        return not_applicable("there is no NPI to check")
    if _luhn_sum(clause["prefix"] + entity.npi) % 10:
        message = "the check digit of nationalProviderIdentifier does not fit its other digits"
    elif not entity.npi.startswith(clause["first_digits"]):
        message = "nationalProviderIdentifier begins with a digit that no NPI begins with"
    else:
        return None
    return fail(
        "/nationalProviderIdentifier",
        message,
        first_digits=" or ".join(clause["first_digits"]),
        remediation="copy the NPI from the NPI registry: it begins with {first_digits}, and here a"
        " digit is wrong or two are swapped",
    )


def _luhn_sum(digits: str) -> int:
    """Add up the digits, every second one from the right doubled and its own digits added."""
    return sum(map(int, digits[-1::-2] + digits[-2::-2].translate(_DOUBLED)))
