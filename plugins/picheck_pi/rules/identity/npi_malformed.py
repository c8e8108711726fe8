"""The NPI is missing, malformed, or given for an entity that has none."""

from __future__ import annotations

from picheck.api import Answer, Answers, DocumentContext, rule
from picheck_pi.digits import is_digits, tell_digits


@rule(
    "PIC-IDN-03",
    "npi-malformed",
    scope="document",
    needs="PIC-IDN-01",
    terms={
        "entity_types": {"type": "list", "minlength": 1, "schema": {"type": "string"}},
        "digits": {"type": "integer", "min": 1},
    },
)
def npi_malformed(ctx: DocumentContext) -> Answers:
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
    submission = ctx.submission
    if submission is None:
        return None
    npi = submission.national_provider_identifier
    if submission.entity_type in ctx.clause["entity_types"]:
        digits = ctx.clause["digits"]
        if npi is not None and is_digits(npi, digits):
            return None
        return _malformed(ctx, npi, digits)
    if npi is None:
        return None
    return ctx.fail(
        ctx.place("nationalProviderIdentifier"),
        "nationalProviderIdentifier does not belong to the entity type {entity_type}",
        entity_type=submission.entity_type,
        key="nationalProviderIdentifier",
        fix="remove the NPI, or change entityType if one clinician is meant",
    )


def _malformed(ctx: DocumentContext, npi: str | None, digits: int) -> Answer:
    if npi is None:
        place, found = ctx.keys_pointer, "there is none"
    else:
        place, found = ctx.place("nationalProviderIdentifier"), tell_digits(npi)
    return ctx.fail(
        place,
        "nationalProviderIdentifier: {expected} digits expected, {found}",
        expected=digits,
        found=found,
        key="nationalProviderIdentifier",
        fix="give the clinician's NPI as {expected} digits in quotation marks",
    )
