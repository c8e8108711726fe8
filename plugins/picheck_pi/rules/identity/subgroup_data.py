"""A subgroup submits outside a pathway, or perhaps its own numbers."""

from __future__ import annotations

from picheck.api import Answer, Answers, DocumentContext, SetView, rule
from picheck_pi.patterns import fits_any


@rule(
    "PIC-IDN-06",
    "subgroup-data",
    scope="document",
    terms={"entity_type": {"type": "string"}, "mvp_pattern": {"type": "string"}},
)
def subgroup_data(ctx: DocumentContext) -> Answers:
    """A subgroup submits outside a pathway, or perhaps its own numbers.

    What it checks:
    That a subgroup submits under the MIPS Value Pathway it registered for. Where it does, a
    reminder follows about the numbers, which no file can prove.

    Why it matters:
    Subgroups exist only inside a pathway. For this category they must send the data of the whole
    group they belong to; numbers of the subgroup alone do not match the group's records in a data
    validation.

    How to fix:
    Put the id of the pathway in programName, and take the counts and answers of the affiliated
    group.
    """
    submission = ctx.submission
    if submission is None or submission.entity_type != ctx.clause["entity_type"]:
        return ctx.not_applicable("only a subgroup has these duties")
    pattern = ctx.clause["mvp_pattern"]
    outside = [
        _outside(ctx, view)
        for view in ctx.sets
        if not fits_any((pattern,), view.record.program_name or "")
    ]
    return outside or ctx.fail(
        ctx.place("entityType"),
        "the numbers of a subgroup must be those of the whole group it belongs to",
        variant="reminder",
        fix="make sure that counts and answers are the affiliated group's",
    )


def _outside(ctx: DocumentContext, view: SetView) -> Answer:
    program = view.record.program_name
    return ctx.fail(
        "" if program is None else "/programName",
        "a subgroup submits under a MIPS Value Pathway; this set names none"
        if program is None
        else "a subgroup submits under a MIPS Value Pathway, and {actual!r} is none",
        at=view,
        actual=program,
        key="programName",
        fix="set programName to the id of the pathway the subgroup registered for",
    )
