"""A small denominator is reported where an exclusion was to be had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.present import rates_in
from picheck_pi.table import named


@rule(
    "PIC-MEA-09",
    "exclusion-available",
    scope="set",
    terms={
        "low_volume": {
            "type": "list",
            "schema": {
                "type": "dict",
                "schema": {
                    "measure": {"type": "string", "required": True},
                    "exclusion": {"type": "string", "required": True},
                    "below": {"type": "integer", "required": True},
                },
            },
        }
    },
)
def exclusion_available(ctx: SetContext) -> Answers:
    """A small denominator is reported where an exclusion was to be had.

    What it checks:
    A rate whose exclusion is for low volume has a denominator below that volume, and the
    exclusion is not claimed. A rate with nobody in it is another rule's matter.

    Why it matters:
    Nothing is wrong and nothing is lost by itself. But a few patients more or less move a small
    rate by many points, and the exclusion moves its points to other measures instead.

    How to fix:
    Compare the score with the measure and with its exclusion, and choose. The exclusion speaks
    of all cases of the period, which may be more than the denominator shows.
    """
    tallies = rates_in(ctx.set).tallies
    found = []
    for row in ctx.clause["low_volume"]:
        tally = tallies.get(row["measure"])
        if tally is None or tally[1] >= row["below"] or not 0 < tally[0] <= tally[1]:
            continue
        if not ctx.set.is_yes(row["exclusion"]):
            found.append(_advise(ctx, row, tally[1]))
    return found or None


def _advise(ctx: SetContext, row: Mapping[str, Any], denominator: int) -> Answer:
    """Make the finding of one rate."""
    return ctx.fail(
        ctx.set.place(row["measure"]),
        "{measure} has a denominator of {actual}; with fewer than {expected} cases {exclusion}"
        " may be claimed instead",
        expected=row["below"],
        actual=denominator,
        measure=named(ctx.rulebook, row["measure"]),
        exclusion=row["exclusion"],
        key=row["measure"],
    )
