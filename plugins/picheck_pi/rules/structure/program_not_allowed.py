"""The program is not one that the year allows for this category."""

from __future__ import annotations

from picheck.api import Answers, SetContext, nearest, rule


@rule(
    "PIC-STR-08",
    "program-not-allowed",
    scope="set",
    terms={
        "programs": {"type": "list", "minlength": 1, "schema": {"type": "string"}},
        "default": {"type": "string"},
    },
)
def program_not_allowed(ctx: SetContext) -> Answers:
    """The program is not one that the year allows for this category.

    What it checks:
    That programName is one of the programs or MIPS Value Pathways under which CMS takes this
    category in the performance year. A set without programName belongs to the default program.

    Why it matters:
    The API refuses a program that the year does not have. Pathways are added and retired every
    year, and upper and lower case matter.

    How to fix:
    Write the id of the pathway the practice registered for, or leave programName out for
    traditional MIPS.
    """
    program, allowed = ctx.set.record.program_name, ctx.clause["programs"]
    if program is None or program in allowed:
        return None
    near = _nearest(program, allowed)
    return ctx.fail(
        "/programName",
        "programName {actual!r} is not allowed in {year}{hint}",
        expected=list(allowed),
        actual=program,
        year=ctx.rulebook.year,
        hint=f"; did you mean {near}?" if near else "",
        default=ctx.clause["default"],
        fix="use {default}, or the id of a program or pathway that {year} has",
    )


def _nearest(program: str, allowed: list[str]) -> str | None:
    """Return the allowed program that is spelt most like this one, whatever the case."""
    by_lower = {name.lower(): name for name in allowed}
    near = nearest(program.lower(), by_lower)
    return by_lower[near] if near else None
