"""An answer has the wrong shape for its measure."""

from __future__ import annotations

import json
from typing import Final

from picheck.api import Answer, Answers, Counts, SetContext, rule, to_json

_LONGEST_SHOWN: Final = 40
_WANTED: Final = {
    "boolean": "true or false",
    "proportion": "an object with numerator and denominator",
}


@rule("PIC-STR-05", "value-type-mismatch", scope="set")
def value_type_mismatch(ctx: SetContext) -> Answers:
    """An answer has the wrong shape for its measure.

    What it checks:
    That a yes/no measure, an attestation or an exclusion carries true or false, and that a measure
    with a rate carries an object with both a numerator and a denominator.

    Why it matters:
    The API refuses the text "true", the letter Y, the number 1 or a percentage: it does not guess
    what was meant, and the whole measurement set is lost with the one answer.

    How to fix:
    Write true or false without quotation marks, or give both counts as whole numbers. Look at how
    the software exports the answer if every file has the same fault.
    """
    measures, misfits = ctx.rulebook.measures, None
    for index, measurement in enumerate(ctx.set.record.measurements):
        measure, kind = measures.get(measurement.measure_id), measurement.kind
        if measure is None:
            continue
        is_yes_or_no = kind is True or kind is False
        if is_yes_or_no if measure.metric == "boolean" else kind == "counts":
            continue
        misfits = misfits or []
        misfits.append(_answer(ctx, index, measure.metric))
    return misfits and [answer for answer in misfits if not _is_no_number(ctx, answer)]


def _is_no_number(ctx: SetContext, answer: Answer) -> bool:
    """Whether a NaN or the like stands there, which is PIC-STR-11's to name."""
    return any(each.pointer.startswith(answer.pointer) for each in ctx.document.text.not_numbers)


def _answer(ctx: SetContext, index: int, metric: str) -> Answer:
    measurement = ctx.set.record.measurements[index]
    return ctx.fail(
        f"/measurements/{index}/value",
        "{measure} takes {expected}, not {found}",
        measure=measurement.measure_id,
        expected=_WANTED[metric],
        actual=to_json(measurement.value),
        found=_describe(measurement.value),
        fix="write {expected} as the value of {measure}",
    )


def _describe(value: object) -> str:
    """Say in words what stands there."""
    if isinstance(value, Counts):
        absent = [name for name in ("numerator", "denominator") if getattr(value, name) is None]
        return f"an object without {' and '.join(absent)}" if absent else "a pair of counts"
    if isinstance(value, tuple):
        return "a list"
    kind = {str: "the text ", int: "the number ", float: "the number "}.get(type(value), "")
    shown = json.dumps(value, ensure_ascii=False)
    return kind + (shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}...")
