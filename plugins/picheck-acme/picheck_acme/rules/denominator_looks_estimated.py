"""A denominator is so round that somebody seems to have guessed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from picheck.api import CheckResults, CountsByMeasure, Evidence, Period, fail, rule


@rule(
    "ACME-QLT-01",
    "denominator-looks-estimated",
    evidence=("acme.exportedMeasures", "acme.exportedOn"),
)
def denominator_looks_estimated(
    counts: CountsByMeasure, period: Period, evidence: Evidence, options: Mapping[str, Any]
) -> CheckResults:
    """A denominator is so round that somebody seems to have guessed it.

    What it checks:
    Whether a denominator is a multiple of the option `round_to`. Measures that ACME's product
    exported after the period (`acme` in the evidence) are taken as counted.

    Why it matters:
    Counts taken from records are rarely round. An auditor asks for the report behind one.

    How to fix:
    Export the count from the product after the period, and write into the evidence which
    measures were exported, and when.
    """
    step = options["round_to"]
    return [
        fail(
            f"/measurements/{measure_id}/value/denominator",
            "the denominator {actual} is a multiple of {step}: is it an estimate?",
            actual=denominator,
            step=step,
            key=measure_id,
        )
        for measure_id, (_, denominator) in counts.pairs.items()
        if denominator
        and denominator % step == 0
        and not _was_exported(measure_id, period, evidence)
    ]


def _was_exported(measure_id: str, period: Period, evidence: Evidence) -> bool:
    """Whether the product exported the whole period. The day must be known to say so."""
    if measure_id not in (evidence.get("acme.exportedMeasures") or ()):
        return False
    exported_on = evidence.date("acme.exportedOn")
    return not period.is_valid or exported_on > period.end
