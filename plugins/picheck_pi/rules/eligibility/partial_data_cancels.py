"""A reweighting is counted on, and even the partial data that is sent cancels it."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule
from picheck_pi.rules.eligibility.claims import (
    AUTOMATIC,
    NOTHING_CLAIMED,
    granted,
    is_whole,
    lacking,
)


@rule(
    "PIC-ELG-05",
    "partial-data-cancels",
    scope="document",
    terms=AUTOMATIC,
)
def partial_data_cancels(ctx: DocumentContext) -> Answers:
    """A reweighting is counted on, and even the partial data that is sent cancels it.

    What it checks:
    Where the evidence counts on a reweighting that the year grants and no measurement set of the
    category is complete: that there is none at all. A set is partial if an objective, the
    certification id or a date of the period is missing.

    Why it matters:
    Any data of the category cancels the reweighting, however little it is. A partial file then
    scores zero, which is worse than no file.

    How to fix:
    Leave the measurement set out to keep the reweighting, or complete it and drop the claim from
    the evidence.
    """
    claims = granted(ctx)
    if not claims:
        return ctx.not_applicable(NOTHING_CLAIMED)
    if not ctx.sets or any(is_whole(view) for view in ctx.sets):
        return ctx.not_applicable("no partial data of the category stands alone")
    partial = ctx.sets[0]
    return ctx.fail(
        "",
        "the evidence counts on {claims}, but even this partial measurement set cancels it: it"
        " lacks {missing}",
        at=partial,
        claims=claims,
        missing=", ".join(lacking(partial, ctx.rulebook.objectives, ())),
    )
