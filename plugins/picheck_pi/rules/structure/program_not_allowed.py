from typing import Final

from picheck.api import CheckResults, Clause, Rulebook, Rulebooks, SetView, fail, rule
from picheck_pi.spelling import find_nearest
from picheck_pi.term_schemas import SOME_TEXTS, TEXT

_CODE: Final = "PIC-STR-08"


@rule(_CODE, "program-not-allowed", terms={"programs": SOME_TEXTS, "default": TEXT})
def program_not_allowed(
    measurement_set: SetView, clause: Clause, rulebook: Rulebook, rulebooks: Rulebooks
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
    near = find_nearest(program, allowed)
    hint = f"; did you mean {near}?" if near else _describe_years(program, rulebook, rulebooks)
    return fail(
        "/programName",
        "programName {actual!r} is not allowed in {year}{hint}",
        expected=allowed,
        actual=program,
        year=rulebook.year,
        hint=hint,
        default=clause["default"],
        near=near,
        remediation="write {near} if that is what is meant, or the id of another program or pathway"
        " that {year} has"
        if near
        else "use {default}, or the id of a program or pathway that {year} has",
    )


def _describe_years(program: str, rulebook: Rulebook, rulebooks: Rulebooks) -> str:
    """Return which other years allow the program; nothing where none does."""
    books = (rulebooks.rulebook(rulebook.program, y) for y in rulebooks.years(rulebook.program))
    clauses = ((book.year, book.clauses.get(_CODE)) for book in books)
    years = [str(year) for year, clause in clauses if clause and program in clause["programs"]]
    return f"; it is allowed in {', '.join(years)}" if years else ""
