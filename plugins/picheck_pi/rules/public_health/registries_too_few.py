"""Too few registries are reported or excluded."""

from __future__ import annotations

from collections.abc import Mapping

from picheck.api import Answers, SetContext, SetView, rule


@rule(
    "PIC-PUB-01",
    "registries-too-few",
    scope="set",
    needs="PIC-STR-02",
    terms={
        "needed": {"type": "integer", "min": 1},
        "second": {
            "type": "dict",
            "keysrules": {"type": "string"},
            "valuesrules": {"type": "string"},
        },
    },
)
def registries_too_few(ctx: SetContext) -> Answers:
    """Too few registries are reported or excluded.

    What it checks:
    Enough registries are answered yes or excluded. A second registry of the same kind counts
    beside its first; several exclusions of one kind count once.

    Why it matters:
    The public health objective is required as a whole. With one registry too few it counts as
    not reported, and the whole category is zero.

    How to fix:
    Report another registry that you are actively engaged with, or claim an exclusion for one of
    the kinds that you cannot report.
    """
    needed, second = ctx.clause["needed"], ctx.clause["second"]
    counted = _count(ctx.set, second)
    if counted >= needed:
        return None
    return ctx.fail(
        "/measurements",
        "{actual} of {expected} registries reported or excluded",
        expected=needed,
        actual=counted,
        kinds=", ".join(second),
        fix="report {expected} of {kinds} in all, or claim exclusions of different kinds for"
        " those that are missing",
    )


def _count(view: SetView, second: Mapping[str, str]) -> int:
    """Count what speaks for the objective: each kind's yes and its second, or its exclusion."""
    counted = 0
    for first_id, second_id in second.items():
        if view.is_yes(first_id):
            counted += 1 + view.is_yes(second_id)
        elif view.claimed_exclusion(first_id) is not None:
            counted += 1
    return counted
