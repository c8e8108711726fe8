from typing import Final

from picheck.api import (
    Answers,
    CheckResult,
    CheckResults,
    Clause,
    Rulebook,
    Rulebooks,
    fail,
    pointer_join,
    rule,
)
from picheck_pi.spelling import find_spelling
from picheck_pi.term_schemas import TEXT_BY_TEXT, TEXTS_BY_TEXT

#: Comparing many texts is slow, and a list of that many unknown ids is no list of misspellings.
_MAX_COMPARED: Final = 50


@rule(
    "PIC-STR-04",
    "measure-unknown-in-year",
    terms={
        "renamed_prefixes": TEXT_BY_TEXT,
        "last_seen": TEXTS_BY_TEXT,
        "followed_by": TEXTS_BY_TEXT,
    },
)
def measure_unknown_in_year(
    answers: Answers, clause: Clause, rulebook: Rulebook, rulebooks: Rulebooks
) -> CheckResults:
    """A measureId does not exist in the performance year.

    What it checks:
    Every measureId against the table of measures, attestations and exclusions that CMS published
    for the performance year.

    Why it matters:
    The API refuses an id that the year does not have. Ids come and go: an exclusion or a second
    registry that existed one year may be gone the next.

    How to fix:
    Use the id that the year has for the same thing, or remove the answer. The message names the
    years that have the id, and what took its place. Another id is only proposed where nothing but
    the spelling differs, because ids that look alike may mean opposite things.
    """
    return [
        _fail(measure_id, clause, rulebook, rulebooks, compare=count < _MAX_COMPARED)
        for count, measure_id in enumerate(answers.unknown)
    ]


def _fail(
    measure_id: str, clause: Clause, rulebook: Rulebook, rulebooks: Rulebooks, *, compare: bool
) -> CheckResult:
    current = _rename(measure_id, clause)
    near = current if current in rulebook.measures else None
    if near is None and compare:
        near = find_spelling(current, rulebook.measures)
    proposed = near or _find_successor(current, clause, rulebook)
    remedy = "remove the answer, or give the one that {year} asks for instead"
    if proposed:
        remedy = "write {expected} if that is what is meant, or remove the answer"
    hint = f"; did you mean {near}?"
    if not near:
        hint = _describe_years(current, clause, rulebooks.years_knowing(rulebook.program, current))
        hint += f"; {proposed} took its place" if proposed else ""
    # a pointer could not tell an id of digits from an index
    tokens = () if measure_id.isdecimal() else (measure_id,)
    return fail(
        pointer_join("/measurements", *tokens),
        "{shown} is no measure id of {year}{hint}",
        expected=proposed,
        actual=measure_id,
        year=rulebook.year,
        hint=hint,
        shown=measure_id if measure_id.split() == [measure_id] else repr(measure_id),
        key=measure_id,
        measures=(measure_id,),
        remediation=remedy,
    )


def _find_successor(measure_id: str, clause: Clause, rulebook: Rulebook) -> str | None:
    """Return the id of this year that took the place of an earlier one."""
    followed_by = clause["followed_by"].items()
    found = (new for new, old in followed_by if measure_id in old and new in rulebook.measures)
    return next(found, None)


def _rename(measure_id: str, clause: Clause) -> str:
    """Return an id of the first years as the later ones write it."""
    for old, new in clause["renamed_prefixes"].items():
        if measure_id.startswith(old):
            return f"{new}{measure_id.removeprefix(old)}"
    return measure_id


def _describe_years(measure_id: str, clause: Clause, years: tuple[int, ...]) -> str:
    """Return in which years an id is or was valid; nothing where it never was."""
    if years:
        return f"; it exists in {', '.join(map(str, years))}"
    last = next((year for year, ids in clause["last_seen"].items() if measure_id in ids), None)
    return f"; CMS had it until {last}" if last else ""
