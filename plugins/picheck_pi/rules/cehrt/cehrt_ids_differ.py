"""The measurement sets of one entity name different certified technology."""

from __future__ import annotations

from picheck.api import Answers, EntityContext, rule


@rule("PIC-CEH-08", "cehrt-ids-differ", scope="entity")
def cehrt_ids_differ(ctx: EntityContext) -> Answers:
    """The measurement sets of one entity name different certified technology.

    What it checks:
    The cehrtId of all measurement sets that one entity submits for the year, in one document or in
    several; upper and lower case are alike, and sets without an id are left out.

    Why it matters:
    One id can stand for all products that an entity used. Different ids suggest that one of them
    is left over from another year or from another practice.

    How to fix:
    Put all products into one basket of the Certified Health IT Product List, make one id, and give
    it in every set.
    """
    if len(ctx.sets) == 1:
        return None
    named = [(view, cehrt_id) for view in ctx.sets if (cehrt_id := view.record.cehrt_id)]
    if len({cehrt_id.upper() for _, cehrt_id in named}) <= 1:
        return None
    (first, expected), *later = named
    return [
        ctx.fail(
            "/cehrtId",
            "this set names {actual}, another of the same entity names {expected}",
            at=view,
            expected=expected,
            actual=cehrt_id,
            related=[ctx.also("/cehrtId", "the first set's id", at=first)],
            fix="make one id for all products and give it in every set",
        )
        for view, cehrt_id in later
        if cehrt_id.upper() != expected.upper()
    ]
