"""No way of exchanging health information is reported in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from picheck.api import Answers, SetContext, SetView, rule
from picheck_pi.table import either

_Option = Mapping[str, Any]


@rule(
    "PIC-HIE-01",
    "exchange-objective-incomplete",
    scope="set",
    needs="PIC-STR-02",
    terms={
        "options": {
            "type": "list",
            "schema": {
                "type": "dict",
                "schema": {
                    "title": {"type": "string", "required": True},
                    "parts": {
                        "type": "list",
                        "required": True,
                        "schema": {"type": "list", "schema": {"type": "string"}},
                    },
                },
            },
        }
    },
)
def exchange_objective_incomplete(ctx: SetContext) -> Answers:
    """No way of exchanging health information is reported in full.

    What it checks:
    One of the ways in which the exchange of health information can be reported is complete: both
    sending and receiving, each reported or excluded, or one of the statements that stand for
    both, answered yes.

    Why it matters:
    The objective is required. Half of it, or a no, is as good as nothing: the whole category is
    zero.

    How to fix:
    Add the half that is missing, or claim its exclusion. Or report one of the other ways in
    place of it, if it was in use throughout the period.
    """
    view, options = ctx.set, ctx.clause["options"]
    for option in options:
        for part in option["parts"]:
            if not _is_there(view, part):
                break
        else:
            return None
    for option in options:
        missing = [part for part in option["parts"] if not _is_there(view, part)]
        if len(missing) < len(option["parts"]):
            return _half_missing(ctx, option, missing)
    return _nothing_reported(ctx, options)


def _is_there(view: SetView, part: list[str]) -> bool:
    """Whether a part is reported, or excused by its exclusion."""
    for measure_id in part:  # noqa: SIM110 - any() would cost more than the look-ups, in every submission
        if view.is_reported(measure_id):
            return True
    return False


def _half_missing(ctx: SetContext, option: _Option, missing: list[list[str]]) -> Answers:
    """Make the finding for a way that was begun; it is told at what was reported of it."""
    wanted = " and ".join(either(part) for part in missing)
    there = [i for part in option["parts"] for i in part if ctx.set.is_reported(i)]
    return ctx.fail(
        ctx.set.place(there[0]),
        "{title} is half reported: {there} without {wanted}",
        expected=[i for part in missing for i in part],
        actual=there,
        title=option["title"],
        there=" and ".join(there),
        wanted=wanted,
        fix="report {wanted}; an exclusion only if its criterion holds",
    )


def _nothing_reported(ctx: SetContext, options: list[_Option]) -> Answers:
    """Make the finding for a set in which no way was even begun."""
    answers = ctx.set.answers
    ids = [i for option in options for part in option["parts"] for i in part]
    denied = [i for i in ids if i in answers]
    ways = [
        f"{option['title']} ({' and '.join(either(part) for part in option['parts'])})"
        for option in options
    ]
    return ctx.fail(
        ctx.set.place(denied[0] if denied else ""),
        "no exchange of health information is reported{denied}",
        expected=ways,
        actual=denied,
        denied=f": {' and '.join(denied)} answered no" if denied else "",
        ways="; ".join(ways),
        fix="report one of: {ways}",
    )
