"""The sets of one practice name different product lines."""

from __future__ import annotations

from picheck.api import CheckResults, Clause, SetView, fail, related, rule

TERMS = {"line_from": {"type": "integer"}, "line_to": {"type": "integer"}}


@rule("ACME-ENT-01", "certified-product-changes", scope="entity", terms=TERMS)
def certified_product_changes(sets: tuple[SetView, ...], clause: Clause) -> CheckResults:
    """The sets of one practice name different product lines.

    What it checks:
    The characters of the CEHRT ID that tell ACME's product lines apart, over all measurement
    sets of one entity in the run.

    Why it matters:
    Numbers of two product lines overlap, and whoever moved in mid-year counts patients twice.

    How to fix:
    Merge the numbers with ACME's migration report and name the line that holds them.
    """
    part = slice(clause["line_from"], clause["line_to"])
    lines = [(view, line) for view in sets if (line := (view.cehrt_id or "")[part].upper())]
    for view, line in lines:
        first, first_line = lines[0]
        if line != first_line:
            return fail(
                "/cehrtId",
                "this set names product line {actual}, another one of the same entity {expected}",
                at=view,
                actual=line,
                expected=first_line,
                related=[related("/cehrtId", "the other product line", at=first)],
            )
    return None
