"""The program is not one that the year allows for this category."""

from __future__ import annotations

from picheck.api import CheckResults, Clause, Rulebook, SetView, closest_match, fail, rule
from picheck_pi.term_schemas import SOME_TEXTS, TEXT


@rule("PIC-STR-08", "program-not-allowed", terms={"programs": SOME_TEXTS, "default": TEXT})
def program_not_allowed(
    measurement_set: SetView, clause: Clause, rulebook: Rulebook
) -> CheckResults:
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
    program, allowed = measurement_set.record.program_name, clause["programs"]
    if program is None or program in allowed:
        return None
    by_lower = {name.lower(): name for name in allowed}
    near = by_lower.get(closest_match(program.lower(), by_lower) or "")
    return fail(
        "/programName",
        "programName {actual!r} is not allowed in {year}{hint}",
        expected=allowed,
        actual=program,
        year=rulebook.year,
        hint=f"; did you mean {near}?" if near else "",
        default=clause["default"],
        remediation="use {default}, or the id of a program or pathway that {year} has",
    )
