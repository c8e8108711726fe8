"""The rates look typed in rather than counted."""

from __future__ import annotations

from collections.abc import Mapping

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.present import rates_in
from picheck_pi.table import named

_Tallies = Mapping[str, tuple[int, int]]


@rule("PIC-MEA-10", "rate-suspicious", scope="set")
def rate_suspicious(ctx: SetContext) -> Answers:
    """The rates look typed in rather than counted.

    What it checks:
    No rate is one out of one, no two measures share the same pair of numbers, and not every
    reported rate is a full hundred percent. Empty pairs are another rule's matter.

    Why it matters:
    All of this can be true, and costs nothing then. It is also what a form looks like that was
    filled in to get past it, and what a data validation asks about first.

    How to fix:
    Compare the numbers with the report of the certified EHR for the same period and the same
    clinicians. If they stand, keep that report with the submission.
    """
    present = rates_in(ctx.set).tallies
    if len(set(present.values())) == len(present) and not _any_full(present):
        return None
    tallies = {i: tally for i, tally in sorted(present.items()) if tally[0] <= tally[1] > 0}
    return [*_ones(ctx, tallies), *_twins(ctx, tallies)] or _all_full(ctx, tallies)


def _any_full(tallies: _Tallies) -> bool:
    """Whether any rate is a hundred percent; in most submissions none is."""
    for numerator, denominator in tallies.values():  # noqa: SIM110 - any() would cost more than the look
        if numerator == denominator:
            return True
    return False


def _ones(ctx: SetContext, tallies: _Tallies) -> list[Answer]:
    """Tell of every rate that is one out of one."""
    return [
        ctx.fail(
            ctx.set.place(measure_id),
            "{measure} is reported as 1/1",
            actual="1/1",
            measure=named(ctx.rulebook, measure_id),
            key=measure_id,
        )
        for measure_id, tally in tallies.items()
        if tally == (1, 1)
    ]


def _twins(ctx: SetContext, tallies: _Tallies) -> list[Answer]:
    """Tell once of each pair of numbers that several measures share."""
    sharing: dict[tuple[int, int], list[str]] = {}
    for measure_id, tally in tallies.items():
        sharing.setdefault(tally, []).append(measure_id)
    return [
        ctx.fail(
            ctx.set.place(measure_ids[0]),
            "{measures} are all reported as {actual}",
            actual=f"{tally[0]}/{tally[1]}",
            measures=" and ".join(measure_ids),
            key="+".join(measure_ids),
            related=[ctx.also(ctx.set.place(i), i) for i in measure_ids[1:]],
        )
        for tally, measure_ids in sharing.items()
        if len(measure_ids) > 1 and tally != (1, 1)
    ]


def _all_full(ctx: SetContext, tallies: _Tallies) -> Answers:
    """Tell once if there are several rates and all of them are a hundred percent."""
    if len(tallies) < 2 or any(n != d for n, d in tallies.values()):  # noqa: PLR2004
        return None
    measure_ids = list(tallies)
    return ctx.fail(
        ctx.set.place(measure_ids[0]),
        "every reported rate is 100 %: {measures}",
        actual=[f"{n}/{d}" for n, d in tallies.values()],
        measures=", ".join(measure_ids),
        key="+".join(measure_ids),
        related=[ctx.also(ctx.set.place(i), i) for i in measure_ids[1:]],
    )
