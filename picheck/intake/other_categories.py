"""Measurement sets of categories that are not audited: their shape is not ours to judge."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec

from picheck.intake.strict_checks import BARE, POSTED_SET, Envelope, is_of_another_category
from picheck.model.submission import MeasurementSet

#: What tells one set of a category from the next, and what the rest of the document needs.
_KEPT: Final = ("category", "submissionMethod", "programName", "submission")


def without_contents(value: Any, shape: Envelope, programs: Collection[str]) -> Any:
    """Return a document in which sets of other categories than `programs` are of our shape.

    Where the shape of such a set is another one, only that there is one is kept.
    """
    if not isinstance(value, dict):
        return value
    if shape is POSTED_SET:
        return _set_of(value, programs)
    if shape is BARE:
        return _submission_of(value, programs)
    return {**value, "submission": _submission_of(value["submission"], programs)}


def _submission_of(value: Any, programs: Collection[str]) -> Any:
    sets = value.get("measurementSets") if isinstance(value, dict) else None
    if not isinstance(sets, list):
        return value
    return {**value, "measurementSets": [_set_of(record, programs) for record in sets]}


def _set_of(record: Any, programs: Collection[str]) -> Any:
    if not is_of_another_category(record, programs):
        return record
    try:
        msgspec.convert(record, MeasurementSet)
    except msgspec.ValidationError:
        kept = {key: record[key] for key in _KEPT if isinstance(record.get(key), str | dict)}
        return {**kept, "measurements": []}
    return record
