"""The sets of one practice attest different activities."""

from __future__ import annotations

from picheck.api import CheckResults, SetView, fail, rule


@rule("TIA-ACT-03", "activities-differ", scope="entity")
def activities_differ(sets: tuple[SetView, ...]) -> CheckResults:
    """The sets of one practice attest different activities.

    What it checks:
    Each later set against the first one.

    Why it matters:
    It is not known which set is meant.

    How to fix:
    Send one set of activities.
    """
    wanted = len(sets[0].values)
    return [
        fail(
            "/measurements",
            "{actual} activities here, {expected} in the first set",
            at=view,
            expected=wanted,
            actual=len(view.values),
        )
        for view in sets[1:]
        if len(view.values) != wanted
    ]
