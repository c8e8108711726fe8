"""A measureId does not exist in the performance year."""

from __future__ import annotations

from typing import Final

from picheck.api import Answer, Answers, SetContext, nearest, rule

#: Comparing long or many texts is slow; whoever sends more is not helped by one more guess.
_MOST_COMPARED: Final = 50


@rule("PIC-STR-04", "measure-unknown-in-year", scope="set")
def measure_unknown_in_year(ctx: SetContext) -> Answers:
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
    answers, known = ctx.set.answers, ctx.rulebook.measures
    if answers.keys() <= known.keys():
        return None
    places = {
        measurement.measure_id: place
        for place, measurement in ctx.set.measurements()
        if measurement.measure_id not in known
    }
    return [
        _answer(ctx, measure_id, place, is_compared=index < _MOST_COMPARED)
        for index, (measure_id, place) in enumerate(places.items())
    ]


def _answer(ctx: SetContext, measure_id: str, place: str, *, is_compared: bool) -> Answer:
    years = ctx.shelf.years_knowing(ctx.rulebook.program, measure_id)
    is_compared = is_compared and not years
    near = nearest(measure_id.upper(), ctx.rulebook.measures) if is_compared else None
    hint = f"; it exists in {', '.join(map(str, years))}" if years else ""
    fix = f"write {near} if that is what is meant, or remove the answer" if near else None
    return ctx.fail(
        place,
        "{actual} is no measure id of {year}{hint}",
        expected=near,
        actual=measure_id,
        year=ctx.rulebook.year,
        hint=f"; did you mean {near}?" if near else hint,
        key=measure_id,
        fix=fix or "remove the answer, or give the one that {year} asks for instead",
    )
