"""The sets of one practice name different product lines."""

from __future__ import annotations

from picheck.api import Answers, EntityContext, SetView, rule


@rule(
    "ACME-ENT-01",
    "certified-product-changes",
    scope="entity",
    terms={"line_from": {"type": "integer"}, "line_to": {"type": "integer"}},
)
def certified_product_changes(ctx: EntityContext) -> Answers:
    """The sets of one practice name different product lines.

    What it checks:
    The characters of the CEHRT ID that tell ACME's product lines apart, over all measurement
    sets of one entity in the run.

    Why it matters:
    Numbers of two product lines overlap, and whoever moved in mid-year counts patients twice.

    How to fix:
    Merge the numbers with ACME's migration report and name the line that holds them.
    """
    begin, end = ctx.clause["line_from"], ctx.clause["line_to"]

    def line(view: SetView) -> str:
        return (view.record.cehrt_id or "")[begin:end].upper()

    named = [view for view in ctx.sets if line(view)]
    others = [view for view in named if line(view) != line(named[0])]
    if not others:
        return None
    return ctx.fail(
        "/cehrtId",
        "this set names product line {actual}, another one of the same entity {expected}",
        at=others[0],
        actual=line(others[0]),
        expected=line(named[0]),
        related=[ctx.also("/cehrtId", "the other product line", at=named[0])],
    )
