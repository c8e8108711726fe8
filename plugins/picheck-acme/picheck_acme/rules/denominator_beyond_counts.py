"""A denominator is larger than the number of events that happened."""

from __future__ import annotations

from picheck.api import Answer, Answers, SetContext, rule

TERMS = {
    "measures": {
        "type": "list",
        "schema": {
            "type": "dict",
            "schema": {
                "measure": {"type": "string", "required": True},
                "evidence": {"type": "string", "allowed": ["counts.permissiblePrescriptions"]},
            },
        },
    }
}


@rule("ACME-EHR-01", "denominator-beyond-counts", scope="set", terms=TERMS)
def denominator_beyond_counts(ctx: SetContext) -> Answers:
    """A denominator is larger than the number of events that happened.

    What it checks:
    Each denominator against the count of such events in the evidence.

    Why it matters:
    ACME's report counts every event once. A larger denominator comes from events counted twice
    or from another period, and the rate cannot be defended.

    How to fix:
    Run ACME's report again for the performance period and send its numbers.
    """
    return [
        answer
        for entry in ctx.clause["measures"]
        if (answer := _compare(ctx, entry["measure"], entry["evidence"]))
    ]


def _compare(ctx: SetContext, measure_id: str, key: str) -> Answer | None:
    tally = ctx.set.tally(measure_id)
    if tally is None:
        return None
    happened = ctx.evidence.counts.permissible_prescriptions
    place = f"{ctx.set.place(measure_id)}/value"
    if happened is None:
        message = f"how many events {measure_id} could count is not known"
        return ctx.indeterminate(message, missing=[key], pointer=place, key=measure_id)
    if tally[1] <= happened:
        return None
    return ctx.fail(
        f"{place}/denominator",
        "{actual} events are reported where only {expected} happened",
        expected=happened,
        actual=tally[1],
        key=measure_id,
    )
