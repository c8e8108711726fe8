"""A measureId does not exist in the performance year."""

from __future__ import annotations

from typing import Final

from picheck.api import (
    Answers,
    CheckResults,
    Rulebook,
    Rulebooks,
    closest_match,
    fail,
    pointer_join,
    rule,
)

#: Comparing many texts is slow, and a list of that many unknown ids is no list of misspellings.
_MAX_COMPARED: Final = 50


@rule("PIC-STR-04", "measure-unknown-in-year")
def measure_unknown_in_year(
    answers: Answers, rulebook: Rulebook, rulebooks: Rulebooks
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
    years in which the id exists, or the id that is spelt most like it.
    """
    results = []
    for count, measure_id in enumerate(answers.unknown):
        years = rulebooks.years_knowing(rulebook.program, measure_id)
        hint, near = f"; it exists in {', '.join(map(str, years))}" if years else "", None
        if not years and count < _MAX_COMPARED:
            near = closest_match(measure_id.upper(), rulebook.measures)
        # a pointer could not tell an id of digits from an index
        tokens = () if measure_id.isdecimal() else (measure_id,)
        results.append(
            fail(
                pointer_join("/measurements", *tokens),
                "{actual} is no measure id of {year}{hint}",
                expected=near,
                actual=measure_id,
                year=rulebook.year,
                hint=f"; did you mean {near}?" if near else hint,
                key=measure_id,
                measures=(measure_id,),
                remediation="write {expected} if that is what is meant, or remove the answer"
                if near
                else "remove the answer, or give the one that {year} asks for instead",
            )
        )
    return results
