"""Departures from a compliant submission, as plain JSON values."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

#: Gives the compliant submission and its evidence of a year, as fresh plain values.
Compliant = Callable[[int], tuple[dict[str, Any], dict[str, Any]]]


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What departs from the compliant submission, applied in the order of the fields.

    `submission` and `set` assign keys of the submission and of its first measurement set, and
    remove those that are null; `without` takes measure ids out; `answers` replaces the value of
    an id in place, or appends it; `patch` holds RFC 6902 operations on the submission; `text`
    replaces in the serialised text, for what no JSON value can say.
    """

    submission: dict[str, Any] = {}
    set: dict[str, Any] = {}
    without: tuple[str, ...] = ()
    answers: dict[str, Any] = {}
    patch: tuple[dict[str, Any], ...] = ()
    text: tuple[tuple[str, str], ...] = ()


def apply_change(submission: dict[str, Any], change: Change) -> dict[str, Any]:
    """Return a submission with a change applied; what was given may be changed in place."""
    assign(submission, change.submission)
    record = submission["measurementSets"][0]
    assign(record, change.set)
    measurements = [m for m in record["measurements"] if m["measureId"] not in change.without]
    for measure_id, value in change.answers.items():
        answer(measurements, measure_id, value)
    record["measurements"] = measurements
    return apply_patch(submission, change.patch)


def apply_change_to_text(submission: dict[str, Any], change: Change) -> str:
    """Return the text of a changed submission. Raises AssertionError for a text not found."""
    text = json.dumps(apply_change(submission, change), indent=2)
    for old, new in change.text:
        if old not in text:
            raise AssertionError(f"the text {old!r} of the case is not in the document")
        text = text.replace(old, new, 1)
    return text


def answer(measurements: list[dict[str, Any]], measure_id: str, value: Any) -> None:
    """Set the value of a measure id where it is, or append it."""
    for measurement in measurements:
        if measurement["measureId"] == measure_id:
            measurement["value"] = value
            return
    measurements.append({"measureId": measure_id, "value": value})


def assign(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Set keys of an object, and remove those whose new value is None."""
    for key, value in values.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value


def apply_patch(
    submission: dict[str, Any], operations: tuple[dict[str, Any], ...]
) -> dict[str, Any]:
    """Apply RFC 6902 operations and return the result."""
    if not operations:
        return submission
    import jsonpatch  # noqa: PLC0415 - only cases with a patch need it

    result: dict[str, Any] = jsonpatch.apply_patch(submission, list(operations))
    return result


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7386) and return the result; nothing is changed in place."""
    if not isinstance(patch, dict):
        return patch
    result = copy.deepcopy(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result
