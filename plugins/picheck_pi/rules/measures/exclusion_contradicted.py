"""The practice's own numbers speak against a claimed exclusion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.facts import fact
from picheck_pi.present import present_in
from picheck_pi.table import named

_NONE_CLAIMED: Final = "no exclusion that rests on a count is claimed"


@rule(
    "PIC-MEA-08",
    "exclusion-contradicted",
    scope="set",
    terms={
        "contradictions": {
            "type": "list",
            "schema": {
                "type": "dict",
                "schema": {
                    "exclusion": {"type": "string", "required": True},
                    "evidence": {"type": "string", "required": True},
                    "at_least": {"type": "integer", "required": True},
                },
            },
        }
    },
)
def exclusion_contradicted(ctx: SetContext) -> Answers:
    """The practice's own numbers speak against a claimed exclusion.

    What it checks:
    For each claimed exclusion that rests on a small number (of prescriptions, of referrals, of
    patients received), the number in the evidence file is indeed small enough.

    Why it matters:
    An exclusion is a statement that can be audited. If the practice's own count says otherwise,
    the exclusion falls, and the measure behind it with it.

    How to fix:
    Count again over the performance period and over everybody the submission speaks for. If the
    number stands, withdraw the exclusion and report the measure.
    """
    if not present_in(ctx.set).exclusions:
        return ctx.not_applicable(_NONE_CLAIMED)
    claimed = [row for row in ctx.clause["contradictions"] if ctx.set.is_yes(row["exclusion"])]
    if not claimed:
        return ctx.not_applicable(_NONE_CLAIMED)
    return [answer for row in claimed if (answer := _weigh(ctx, row)) is not None] or None


def _weigh(ctx: SetContext, row: Mapping[str, Any]) -> Answer | None:
    """Hold one claimed exclusion against its count."""
    exclusion_id, key = row["exclusion"], row["evidence"]
    count = fact(ctx.evidence, key)
    if count is None:
        return ctx.indeterminate(
            f"{named(ctx.rulebook, exclusion_id)} is claimed; the count it rests on is not given",
            missing=[key],
            pointer=ctx.set.place(exclusion_id),
            key=exclusion_id,
        )
    if count < row["at_least"]:
        return None
    return ctx.fail(
        ctx.set.place(exclusion_id),
        "{exclusion} is claimed, but the evidence counts {actual} ({source})",
        expected=f"fewer than {row['at_least']}",
        actual=count,
        source=key,
        exclusion=named(ctx.rulebook, exclusion_id),
        key=exclusion_id,
    )
