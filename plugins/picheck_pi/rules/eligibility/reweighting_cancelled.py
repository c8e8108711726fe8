"""A reweighting is counted on, and data for the category is sent all the same."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule
from picheck_pi.rules.eligibility.claims import AUTOMATIC, NOTHING_CLAIMED, granted, is_whole


@rule(
    "PIC-ELG-01",
    "reweighting-cancelled",
    scope="document",
    terms=AUTOMATIC,
)
def reweighting_cancelled(ctx: DocumentContext) -> Answers:
    """A reweighting is counted on, and data for the category is sent all the same.

    What it checks:
    Whether the evidence counts on a special status or a clinician type that the year reweights by
    itself, or on an approved hardship exception, while the submission holds a complete measurement
    set of the category. Partial data has a rule of its own.

    Why it matters:
    Whoever sends data for the category gives the reweighting up: the category counts again, with
    whatever score the data earns.

    How to fix:
    Decide for one of the two. Leave the category's measurement set out to keep the reweighting, or
    drop the claim from the evidence and let the category be scored.
    """
    claims = granted(ctx)
    if not claims:
        return ctx.not_applicable(NOTHING_CLAIMED)
    whole = [view for view in ctx.sets if is_whole(view)]
    if not whole:
        return ctx.not_applicable("no measurement set of the category is complete")
    return ctx.fail(
        "",
        "the evidence counts on {claims}, but sending this measurement set cancels it",
        at=whole[0],
        claims=claims,
        related=[ctx.also("", "this one too", at=view) for view in whole[1:]],
    )
