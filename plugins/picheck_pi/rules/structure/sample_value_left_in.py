"""A placeholder of the published samples was left in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from picheck.api import Answer, Answers, DocumentContext, rule
from picheck_pi.patterns import is_in_any

_TEXTS: Final = {"type": "list", "schema": {"type": "string"}}


@rule(
    "PIC-STR-10",
    "sample-value-left-in",
    scope="document",
    terms={"cehrt_id_patterns": _TEXTS, "tin_prefixes": _TEXTS, "npis": _TEXTS},
)
def sample_value_left_in(ctx: DocumentContext) -> Answers:
    """A placeholder of the published samples was left in.

    What it checks:
    The TIN, the NPI and the CMS EHR Certification ID against the placeholders of the published
    sample files: a row of X in the certification id, a TIN or an NPI that only samples use.

    Why it matters:
    A placeholder has the right form, so the API may take it. The data is then scored for nobody,
    or without certified technology.

    How to fix:
    Put in the practice's own number. The certification id is the one that the Certified Health IT
    Product List gives for the products the practice used.
    """
    return [*_samples(ctx)] or None


def _samples(ctx: DocumentContext) -> Iterator[Answer]:
    submission, clause = ctx.submission, ctx.clause
    if submission is None:
        return
    tin = submission.taxpayer_identification_number
    if tin and tin.startswith(tuple(clause["tin_prefixes"])):
        yield _answer(ctx, "taxpayerIdentificationNumber", "begins as only sample TINs do")
    if submission.national_provider_identifier in clause["npis"]:
        yield _answer(ctx, "nationalProviderIdentifier", "is the NPI of the published samples")
    for view in ctx.sets:
        cehrt_id = view.record.cehrt_id
        if cehrt_id and is_in_any(clause["cehrt_id_patterns"], cehrt_id.upper()):
            yield ctx.fail(
                "/cehrtId",
                "cehrtId {actual!r} still holds a placeholder",
                at=view,
                actual=cehrt_id,
                fix="put in the CMS EHR Certification ID of the products that were used",
            )


def _answer(ctx: DocumentContext, name: str, fault: str) -> Answer:
    """Answer without the number itself: it may be somebody's after all."""
    return ctx.fail(ctx.place(name), f"{name} {fault}", fix=f"put in the practice's own {name}")
