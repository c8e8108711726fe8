"""A denominator is so round that somebody seems to have guessed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from picheck.api import CheckResults, CountsByMeasure, fail, rule


@rule("ACME-QLT-01", "denominator-looks-estimated")
def denominator_looks_estimated(
    counts: CountsByMeasure, options: Mapping[str, Any]
) -> CheckResults:
    """A denominator is so round that somebody seems to have guessed it.

    What it checks:
    Whether a denominator is a multiple of the option `round_to`.

    Why it matters:
    Counts taken from records are rarely round. An auditor asks for the report behind one.

    How to fix:
    Export the count from the product, and keep the export.
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
        if denominator and denominator % step == 0
    ]
