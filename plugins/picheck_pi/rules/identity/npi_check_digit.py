"""The check digit of the NPI does not fit."""

from __future__ import annotations

from typing import Final

from picheck.api import Answers, DocumentContext, rule

#: Each digit, doubled, and the digits of that added up.
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")


@rule(
    "PIC-IDN-04",
    "npi-check-digit",
    scope="document",
    needs=("PIC-IDN-03", "PIC-STR-10"),
    terms={"prefix": {"type": "string"}},
)
def npi_check_digit(ctx: DocumentContext) -> Answers:
    """The check digit of the NPI does not fit.

    What it checks:
    The last digit of the NPI, which is computed from the others by the Luhn formula after the
    prefix that stands for health care identifiers. The number itself is never shown.

    Why it matters:
    An NPI whose check digit does not fit was never given to anybody: a digit was mistyped or two
    were swapped. The data would be scored for nobody.

    How to fix:
    Look the clinician up in the NPI registry (NPPES) and copy the number.
    """
    npi = ctx.submission.national_provider_identifier if ctx.submission else None
    if npi is None:
        return ctx.not_applicable("there is no NPI to check")
    if _luhn_sum(ctx.clause["prefix"] + npi) % 10 == 0:
        return None
    return ctx.fail(
        ctx.place("nationalProviderIdentifier"),
        "the check digit of nationalProviderIdentifier does not fit its other digits",
        fix="copy the NPI from the NPI registry; a digit is wrong or two are swapped",
    )


def _luhn_sum(digits: str) -> int:
    """Add up the digits, every second one from the right doubled and its own digits added."""
    return sum(map(int, digits[-1::-2] + digits[-2::-2].translate(_DOUBLED)))
