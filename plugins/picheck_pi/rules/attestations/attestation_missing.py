"""A required statement is missing or not answered as the year demands."""

from __future__ import annotations

from typing import Final

from picheck.api import Answer, Answers, SetContext, rule

_YES: Final = "yes"


@rule(
    "PIC-ATT-01",
    "attestation-missing",
    scope="set",
    needs="PIC-STR-02",
    terms={
        "statements": {
            "type": "dict",
            "minlength": 1,
            "valuesrules": {"type": "string", "allowed": [_YES, "answered"]},
        }
    },
)
def attestation_missing(ctx: SetContext) -> Answers:
    """A required statement is missing or not answered as the year demands.

    What it checks:
    Each statement that the year requires: most must be answered yes, some may only need an answer.
    An answer that is neither yes nor no is left to the check of value types.

    Why it matters:
    The statements carry no points, but without them no points count: the whole category scores
    zero. A registry form that offers "no" as an answer does not make it a good one.

    How to fix:
    Answer the statement if it is true and the practice can prove it. Nobody can answer it for the
    practice; where it is not true, the category cannot be earned.
    """
    answers, faults = ctx.set.answers, None
    for measure_id, demand in ctx.clause["statements"].items():
        value = answers.get(measure_id)
        if value is True:
            continue
        is_absent = measure_id not in answers
        if is_absent or (value is False and demand == _YES):
            faults = [*(faults or ()), _answer(ctx, measure_id, demand, is_absent=is_absent)]
    return faults


def _answer(ctx: SetContext, measure_id: str, demand: str, *, is_absent: bool) -> Answer:
    measure = ctx.rulebook.measures.get(measure_id)
    return ctx.fail(
        "/measurements" if is_absent else ctx.set.place(measure_id),
        "{title} ({measure}) is not answered"
        if is_absent
        else "{title} ({measure}) is answered no, and {year} demands a yes",
        expected=True if demand == _YES else [True, False],
        actual=None if is_absent else False,
        title=measure.title if measure else "a required statement",
        measure=measure_id,
        year=ctx.rulebook.year,
        key=measure_id,
        fix="answer {measure} with yes if that is true and can be proven"
        if demand == _YES
        else "answer {measure} with yes or no",
    )
