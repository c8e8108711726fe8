"""A second registry of a kind is reported without the first."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.table import named


@rule(
    "PIC-PUB-02",
    "second-registry-without-first",
    scope="set",
    terms={
        "second": {
            "type": "dict",
            "keysrules": {"type": "string"},
            "valuesrules": {"type": "string"},
        }
    },
)
def second_registry_without_first(ctx: SetContext) -> Answers:
    """A second registry of a kind is reported without the first.

    What it checks:
    The id for a second registry of the same kind is answered yes only where the kind itself is
    answered yes.

    Why it matters:
    A second registry means nothing without a first one. It will not be counted, and it looks as
    if an answer had been lost.

    How to fix:
    If it is the only registry of its kind, report it under the id of the kind. If there are
    two, add the answer that is missing.
    """
    view = ctx.set
    return [
        ctx.fail(
            view.place(second_id),
            "{second} is answered yes without {first}",
            expected=first_id,
            actual=second_id,
            first=named(ctx.rulebook, first_id),
            second=named(ctx.rulebook, second_id),
            key=second_id,
        )
        for first_id, second_id in ctx.clause["second"].items()
        if view.is_yes(second_id) and not view.is_yes(first_id)
    ] or None
