"""A denominator is so round that somebody seems to have guessed it."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule


@rule("ACME-QLT-01", "denominator-looks-estimated", scope="set")
def denominator_looks_estimated(ctx: SetContext) -> Answers:
    """A denominator is so round that somebody seems to have guessed it.

    What it checks:
    Whether a denominator is a multiple of the option `round_to`.

    Why it matters:
    Counts taken from records are rarely round. An auditor asks for the report behind one.

    How to fix:
    Export the count from the product, and keep the export.
    """
    step = ctx.options["round_to"]
    tallies = {measure_id: ctx.set.tally(measure_id) for measure_id in sorted(ctx.set.answers)}
    return [
        ctx.fail(
            f"{ctx.set.place(measure_id)}/value/denominator",
            "the denominator {actual} is a multiple of {step}: is it an estimate?",
            actual=tally[1],
            step=step,
            key=measure_id,
        )
        for measure_id, tally in tallies.items()
        if tally and tally[1] and tally[1] % step == 0
    ]
