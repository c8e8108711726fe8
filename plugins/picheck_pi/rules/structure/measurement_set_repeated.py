"""Two measurement sets answer for the same thing."""

from __future__ import annotations

from collections.abc import Iterator

from picheck.api import Answer, Answers, DocumentContext, MeasurementSet, Place, rule

Headline = tuple[str, str | None, str | None]


@rule("PIC-STR-07", "measurement-set-repeated", scope="document")
def measurement_set_repeated(ctx: DocumentContext) -> Answers:
    """Two measurement sets of one document answer for the same thing.

    What it checks:
    That each combination of category, submission method and program has one measurement set in the
    document; a set that names no program counts for the default one.

    Why it matters:
    The API keeps one set for each combination. It refuses the second, or replaces the first with
    it, and answers that were split over the two are lost.

    How to fix:
    Merge the measurements into one set, or give the sets the different programs or methods that
    they were meant for.
    """
    if ctx.submission is None or len(ctx.submission.measurement_sets) == 1:
        return None
    return list(_repeated(ctx, ctx.submission.measurement_sets)) or None


def _repeated(ctx: DocumentContext, sets: tuple[MeasurementSet, ...]) -> Iterator[Answer]:
    first_places: dict[Headline, str] = {}
    default = _default_program(ctx)
    for index, record in enumerate(sets):
        headline = (record.category, record.submission_method, record.program_name or default)
        place = f"{ctx.place('measurementSets')}/{index}"
        if headline not in first_places:
            first_places[headline] = place
            continue
        yield ctx.fail(
            place,
            "there is already a measurement set for {headline}",
            headline=", ".join(filter(None, headline)),
            related=[Place(first_places[headline], "the first set")],
            fix="merge both sets, or correct category, submissionMethod or programName",
        )


def _default_program(ctx: DocumentContext) -> str | None:
    """Return the program that a set without one belongs to, from the year's program clause."""
    clause = ctx.rulebook.clauses.get("PIC-STR-08")
    return clause["default"] if clause else None
