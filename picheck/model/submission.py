"""A submission as the QPP Submissions API shapes it, decoded and frozen.

Field names are the API's in Python spelling (`taxpayer_identification_number` is
`taxpayerIdentificationNumber`). The types are the gate: what does not fit them is refused and
then explained against the published schema. They are wide on purpose where a rule names the
fault by its own code (dates, digits, ids, counts, value types by measure).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Counts(msgspec.Struct, frozen=True):
    """A proportion's two counts, as submitted.

    Each is whatever JSON value stood there (a number, a text, a boolean), or None when it is
    absent or null; whether they are honest counts is a rule's question.
    """

    numerator: Any = None
    denominator: Any = None


Value = bool | int | float | str | Counts | tuple[Any, ...] | None

#: What an answer is, whatever its numbers: yes, no, two counts, null, or anything else.
Kind = bool | Literal["counts", "null", "other"]


def is_counts_like(value: Value) -> bool:
    """Whether the value is an object with both a numerator and a denominator."""
    return type(value) is Counts and value.numerator is not None and value.denominator is not None


def kind_of(value: Value) -> Kind:
    """Say what an answer is, whatever its numbers."""
    if value is True or value is False:  # 1 == True, but the API refuses it
        return value
    if value is None:
        return "null"
    return "counts" if is_counts_like(value) else "other"


# gc=False: plain values make no circles, and the collector would look through all of them
class Measurement(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One answer: a measure id and its value. The other fields are the API's own echo."""

    measure_id: str
    value: Value
    id: Any = None
    measurement_set_id: Any = None
    created_at: Any = None
    updated_at: Any = None

    @property
    def kind(self) -> Kind:
        """What the answer is, whatever its numbers."""
        return kind_of(self.value)


class MeasurementSet(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """What one submitter sends for one category: period, certified EHR id, measurements.

    From `id` on the fields are what the API and CMS's converter add.
    """

    category: str
    measurements: tuple[Measurement, ...]
    submission_method: str | None = None
    program_name: str | None = None
    performance_start: str | None = None
    performance_end: str | None = None
    cehrt_id: str | None = None
    id: Any = None
    submission_id: Any = None
    submitter_id: Any = None
    submitter_type: Any = None
    source: Any = None
    suppressed: Any = None
    created_at: Any = None
    updated_at: Any = None


class Submission(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One entity's submission for one performance year."""

    entity_type: str
    performance_year: int
    measurement_sets: tuple[MeasurementSet, ...]
    taxpayer_identification_number: str | None = None
    national_provider_identifier: str | None = None
    entity_id: str | None = None
    id: Any = None
    created_at: Any = None
    updated_at: Any = None


class SubmissionKeys(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The submission's own keys, as a registry nests them beside one measurement set."""

    entity_type: str
    performance_year: int
    taxpayer_identification_number: str | None = None
    national_provider_identifier: str | None = None
    entity_id: str | None = None
    id: Any = None
    created_at: Any = None
    updated_at: Any = None


class PostedSet(MeasurementSet, frozen=True, rename="camel", gc=False, kw_only=True):
    """The shape a registry posts: one measurement set with the submission's keys inside."""

    submission: SubmissionKeys
