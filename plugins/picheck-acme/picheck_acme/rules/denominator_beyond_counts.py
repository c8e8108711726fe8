"""A denominator is larger than the number of events that happened."""

from __future__ import annotations

from picheck.api import (
    CheckResult,
    CheckResults,
    Clause,
    CountsByMeasure,
    Evidence,
    fail,
    indeterminate,
    rule,
)

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


@rule(
    "ACME-EHR-01",
    "denominator-beyond-counts",
    terms=TERMS,
    evidence="counts.permissiblePrescriptions",
)
def denominator_beyond_counts(
    counts: CountsByMeasure, evidence: Evidence, clause: Clause
) -> CheckResults:
    """A denominator is larger than the number of events that happened.

    What it checks:
    Each denominator against the count of such events in the evidence.

    Why it matters:
    ACME's report counts every event once. A larger denominator comes from events counted twice
    or from another period, and the rate cannot be defended.

    How to fix:
    Run ACME's report again for the performance period and send its numbers.
    """
    results = [
        _compare(entry["measure"], entry["evidence"], counts, evidence)
        for entry in clause["measures"]
    ]
    return [result for result in results if result is not None]


def _compare(
    measure_id: str, key: str, counts: CountsByMeasure, evidence: Evidence
) -> CheckResult | None:
    pair = counts.pair(measure_id)
    if pair is None:
        return None
    happened = evidence.get(key)
    if happened is None:
        return indeterminate(
            "how many events {measure} could count is not known",
            missing=[key],
            pointer=f"/measurements/{measure_id}/value",
            measure=measure_id,
            key=measure_id,
        )
    if pair[1] <= happened:
        return None
    return fail(
        f"/measurements/{measure_id}/value/denominator",
        "{actual} events are reported where only {expected} happened",
        expected=happened,
        actual=pair[1],
        key=measure_id,
    )
