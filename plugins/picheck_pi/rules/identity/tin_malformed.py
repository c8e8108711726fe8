"""The TIN is missing or is not a row of digits of the right length."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule
from picheck_pi.digits import is_digits, tell_digits


@rule(
    "PIC-IDN-02",
    "tin-malformed",
    scope="document",
    terms={
        "entity_types": {"type": "list", "minlength": 1, "schema": {"type": "string"}},
        "digits": {"type": "integer", "min": 1},
    },
)
def tin_malformed(ctx: DocumentContext) -> Answers:
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
    submission = ctx.submission
    if submission is None or submission.entity_type not in ctx.clause["entity_types"]:
        return ctx.not_applicable("this entity type is not identified by a TIN")
    tin, digits = submission.taxpayer_identification_number, ctx.clause["digits"]
    if tin is not None and is_digits(tin, digits):
        return None
    if tin is None:
        place, found = ctx.keys_pointer, "there is none"
    else:
        place, found = ctx.place("taxpayerIdentificationNumber"), tell_digits(tin)
    return ctx.fail(
        place,
        "taxpayerIdentificationNumber: {expected} digits expected, {found}",
        expected=digits,
        found=found,
        key="taxpayerIdentificationNumber",
        fix="give the TIN as {expected} digits in quotation marks, without hyphen or blank",
    )
