"""The document holds no measurement set to score."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule


@rule("PIC-STR-02", "no-pi-measurement-set", scope="document")
def no_pi_measurement_set(ctx: DocumentContext) -> Answers:
    """The document holds no Promoting Interoperability data.

    What it checks:
    That at least one measurement set is of this program's category and holds at least one
    measurement.

    Why it matters:
    Without such a set nothing is submitted for the category, whatever the other categories of the
    document hold; the API refuses a set without measurements.

    How to fix:
    Add the measurement set with its category and the answers of the practice. Where the practice
    means to be excused from the category, send no document for it at all.
    """
    for view in ctx.sets:
        if view.record.measurements:
            return None
    program = ctx.rulebook.program
    if ctx.sets:
        return ctx.fail(
            "/measurements",
            "the measurement set of category {program} holds no measurement",
            at=ctx.sets[0],
            program=program,
            fix="add the answers of the practice to measurements",
        )
    return ctx.fail(
        "" if ctx.keys_pointer else "/measurementSets",
        "no measurement set is of category {expected}",
        expected=program,
        fix="add a measurement set with category {expected}",
    )
