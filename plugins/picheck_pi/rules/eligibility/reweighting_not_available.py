"""A reweighting is counted on that the year does not grant."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule
from picheck_pi.rules.eligibility.claims import (
    AUTOMATIC,
    NOTHING_CLAIMED,
    is_automatic,
    statuses_claimed,
)


@rule("PIC-ELG-02", "reweighting-not-available", scope="document", terms=AUTOMATIC)
def reweighting_not_available(ctx: DocumentContext) -> Answers:
    """A reweighting is counted on that the year does not grant.

    What it checks:
    Each special status and the clinician type that the evidence counts on, against those that the
    year reweights by itself.

    Why it matters:
    The list changes from year to year. Whoever counts on an entry that has been struck and reports
    nothing scores zero in the category.

    How to fix:
    Report the category in full, or make sure that a hardship exception is approved. Then drop the
    claim from the evidence.
    """
    claims = statuses_claimed(ctx.evidence)
    if not claims:
        return ctx.not_applicable(NOTHING_CLAIMED)
    return [
        ctx.fail(
            "",
            "{actual} is not reweighted automatically in {year}",
            expected=[*ctx.clause["special_statuses"], *ctx.clause["clinician_types"]],
            actual=claim,
            key=claim,
            year=ctx.rulebook.year,
        )
        for claim in claims
        if not is_automatic(ctx.clause, claim)
    ]
