"""What decoding swallows and a careful reading notices: repeated keys, unknown properties."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final

import msgspec

from picheck.intake.json_locations import LocatedJson
from picheck.model.location import pointer_join
from picheck.model.submission import (
    Counts,
    Measurement,
    MeasurementSet,
    PostedSet,
    Submission,
    SubmissionKeys,
)
from picheck.rules.source_issues import Level, SourceIssues, UnknownProperty
from picheck.validation import closest_match


class Envelope(msgspec.Struct, frozen=True):
    """Where the submission's own keys and its list of sets are; None: the document is one set."""

    keys_pointer: str
    sets_pointer: str | None


_LEVELS: Final[Mapping[type[msgspec.Struct], Level]] = {
    Submission: "submission",
    SubmissionKeys: "submission",
    MeasurementSet: "measurementSet",
    PostedSet: "measurementSet",
    Measurement: "measurement",
    Counts: "value",
}

BARE: Final = Envelope("", "/measurementSets")
WITH_EVIDENCE: Final = Envelope("/submission", "/submission/measurementSets")
POSTED_SET: Final = Envelope("/submission", None)


def find_unknown_properties(
    read: LocatedJson, shape: Envelope, programs: Collection[str]
) -> SourceIssues:
    """Return what a careful reading tells: repeated keys, no numbers, unknown properties."""
    return SourceIssues(
        repeated_keys=read.repeated_keys,
        non_finite_numbers=read.non_finite_numbers,
        unknown_properties=tuple(_unknown_properties(read.value, shape, programs)),
    )


def _unknown_properties(
    value: Any, shape: Envelope, programs: Collection[str]
) -> Iterator[UnknownProperty]:
    if not isinstance(value, dict):
        return
    if shape is POSTED_SET:
        yield from _unknown(value.get("submission"), SubmissionKeys, "/submission")
        if not is_of_another_category(value, programs):
            yield from _unknown(value, PostedSet, "")
            yield from _unknown_in_measurements(value, "", programs)
        return
    if shape is WITH_EVIDENCE:
        for name in value:
            if name not in {"submission", "evidence"}:
                yield UnknownProperty(pointer=pointer_join("", name), name=name, level="document")
        value = value["submission"]
    yield from _unknown(value, Submission, shape.keys_pointer)
    sets = value.get("measurementSets") if isinstance(value, dict) else None
    for index, record in enumerate(sets if isinstance(sets, list) else ()):
        pointer = f"{shape.sets_pointer}/{index}"
        if not is_of_another_category(record, programs):
            yield from _unknown(record, MeasurementSet, pointer)
            yield from _unknown_in_measurements(record, pointer, programs)


def is_of_another_category(record: Any, programs: Collection[str]) -> bool:
    """Whether a set names a category that is not audited."""
    category = record.get("category") if isinstance(record, dict) else None
    return bool(programs) and isinstance(category, str) and category not in programs


def _unknown_in_measurements(
    record: Any, pointer: str, programs: Collection[str]
) -> Iterator[UnknownProperty]:
    measurements = record.get("measurements") if isinstance(record, dict) else None
    # measurements of another category have properties that this program does not know
    if not isinstance(measurements, list) or record.get("category") not in programs:
        return
    for index, measurement in enumerate(measurements):
        place = f"{pointer}/measurements/{index}"
        yield from _unknown(measurement, Measurement, place)
        if isinstance(measurement, dict):
            yield from _unknown(measurement.get("value"), Counts, f"{place}/value")


def _unknown(value: Any, record: type[msgspec.Struct], pointer: str) -> Iterator[UnknownProperty]:
    """Yield the properties of one object that its record does not have."""
    if not isinstance(value, dict):
        return
    known = _names(record)
    for name in value:
        if name not in known:
            home = _home(name)
            # a property that belongs to another object is misplaced, not misspelt
            missing = [] if home else [each for each in known if value.get(each) in (None, "")]
            yield UnknownProperty(
                pointer=pointer_join(pointer, name),
                name=name,
                level=_LEVELS[record],
                closest_match=closest_match(name, missing),
                home=home,
            )


def _home(name: str) -> Level | None:
    """Return the object that has a property of this name; None if no object has."""
    return next((level for record, level in _LEVELS.items() if name in _names(record)), None)


@cache
def _names(record: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the names that a record's properties have in JSON."""
    return tuple(field.encode_name for field in msgspec.structs.fields(record))
