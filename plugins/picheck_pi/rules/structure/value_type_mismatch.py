"""An answer has the wrong shape for its measure."""

from __future__ import annotations

import json
from typing import Final

from picheck.api import (
    CheckResult,
    CheckResults,
    Counts,
    Measurement,
    Rulebook,
    SetView,
    fail,
    is_counts_like,
    rule,
    to_json,
)

_MAX_SHOWN: Final = 40
_EXPECTED: Final = {
    "boolean": "true or false",
    "proportion": "an object with numerator and denominator",
}


@rule("PIC-STR-05", "value-type-mismatch")
def value_type_mismatch(measurement_set: SetView, rulebook: Rulebook) -> CheckResults:
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
    return [
        _mismatch(index, measurement, _EXPECTED[measure.metric])
        for index, measurement in enumerate(measurement_set.record.measurements)
        if (measure := rulebook.measures.get(measurement.measure_id)) is not None
        and not _fits(measurement, measure.metric)
        and _is_json(measurement)
    ]


def _fits(measurement: Measurement, metric: str) -> bool:
    if metric == "boolean":
        return isinstance(measurement.value, bool)
    return is_counts_like(measurement.value)


def _is_json(measurement: Measurement) -> bool:
    """Whether the value is one that JSON has; a NaN is reported by PIC-STR-11."""
    try:
        json.dumps(to_json(measurement.value), allow_nan=False)
    except ValueError:
        return False
    return True


def _mismatch(index: int, measurement: Measurement, expected: str) -> CheckResult:
    return fail(
        f"/measurements/{index}/value",
        "{measure} takes {expected}, not {found}",
        measure=measurement.measure_id,
        expected=expected,
        actual=to_json(measurement.value),
        found=_describe(measurement.value),
        measures=(measurement.measure_id,),
        remediation="write {expected} as the value of {measure}",
    )


def _describe(value: object) -> str:
    """Return in words what the value is."""
    if isinstance(value, Counts):
        absent = [name for name in ("numerator", "denominator") if getattr(value, name) is None]
        return f"an object without {' and '.join(absent)}" if absent else "a pair of counts"
    if isinstance(value, tuple):
        return "a list"
    kind = {str: "the text ", int: "the number ", float: "the number "}.get(type(value), "")
    shown = json.dumps(value, ensure_ascii=False)
    return kind + (shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}...")
