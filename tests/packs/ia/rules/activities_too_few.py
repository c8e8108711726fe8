"""Too few activities are attested."""

from __future__ import annotations

from picheck.api import Answers, CheckResults, Clause, fail, rule


@rule(
    "TIA-ACT-01",
    "activities-too-few",
    needs="TIA-ACT-02",
    terms={"needed": {"type": "integer", "min": 1}},
)
def activities_too_few(answers: Answers, clause: Clause) -> CheckResults:
    """Too few activities are attested.

    What it checks:
    How many activities are answered with yes.

    Why it matters:
    The category earns its points by whole activities.

    How to fix:
    Carry out another activity for the days it asks for, and attest it.
    """
    done = sum(map(answers.is_yes, answers))
    if done >= clause["needed"]:
        return None
    return fail(
        "/measurements",
        "{actual} activities are attested, {expected} needed",
        expected=clause["needed"],
        actual=done,
    )
