"""A measurement set, indexed once so that every rule can ask cheaply.

Present? yes? excluded? which numbers? where? The answers of a set are read in one pass; rules
look them up and never walk the measurements themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec

from picheck.model.submission import (
    Counts,
    Kind,
    Measurement,
    MeasurementSet,
    Submission,
    Value,
    kind_of,
)
from picheck.rulebook.edition import Rulebook

_NO_REPORT: Final = (False, "null")
_set: Final = object.__setattr__


class Period(NamedTuple):
    """A performance period; both days belong to it."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """The number of days, both ends counted."""
        return (self.end - self.start).days + 1


class Entity(NamedTuple):
    """Who a submission speaks for: the keys by which two submissions are one entity's."""

    entity_type: str
    tin: str | None
    npi: str | None
    entity_id: str | None

    @classmethod
    def of(cls, submission: Submission) -> Entity:
        """Read the entity's keys off a submission."""
        return cls(
            submission.entity_type,
            submission.taxpayer_identification_number,
            submission.national_provider_identifier,
            submission.entity_id,
        )

    @property
    def is_identified(self) -> bool:
        """Whether any identifier stands there at all."""
        return bool(self.tin or self.npi or self.entity_id)


@lru_cache(maxsize=4096)
def parse_date(text: str | None) -> date | None:
    """Read a real `YYYY-MM-DD` date; None for anything else."""
    # fromisoformat also takes 20250101 and the week date 2025-W01-1
    if text is None or len(text) != len("YYYY-MM-DD") or not text[4] == text[7] == "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class SetView:
    """One measurement set under one rulebook.

    `answers` maps each measure id to its value, the last one where an id is repeated, and
    `kinds` to what it is without its numbers; both are read-only. `pointer` is the set's place
    in the document as it was given. `period` is the performance period; None unless both are
    real dates in order.
    """

    __slots__ = ("answers", "document", "kinds", "period", "pointer", "record", "rulebook")

    answers: Mapping[str, Value]
    kinds: Mapping[str, Kind]
    document: int
    period: Period | None
    pointer: str
    record: MeasurementSet
    rulebook: Rulebook

    def __init__(
        self, record: MeasurementSet, pointer: str, rulebook: Rulebook, document: int = 0
    ) -> None:
        _set(self, "record", record)
        _set(self, "pointer", pointer)
        _set(self, "rulebook", rulebook)
        _set(self, "document", document)
        _set(self, "period", _period_of(record.performance_start, record.performance_end))
        answers = {measurement.measure_id: measurement.value for measurement in record.measurements}
        _set(self, "answers", MappingProxyType(answers))
        kinds: dict[str, Kind] = {
            id_: value if value is True or value is False else kind_of(value)
            for id_, value in answers.items()
        }
        _set(self, "kinds", MappingProxyType(kinds))

    def __setattr__(self, name: str, _value: object) -> None:
        """Refuse: every rule reads the same view, so none may change it."""
        raise AttributeError(f"{name} cannot be changed; rules only read what they are given")

    def has(self, measure_id: str) -> bool:
        """Whether the id stands in the set, whatever its value."""
        return measure_id in self.kinds

    def is_yes(self, measure_id: str) -> bool:
        """Whether the id is answered `true`."""
        return self.kinds.get(measure_id) is True

    def is_reported(self, measure_id: str) -> bool:
        """Whether the measure is there with more than a "no": a yes, or any other value."""
        return self.kinds.get(measure_id, False) not in _NO_REPORT

    def counts(self, measure_id: str) -> Counts | None:
        """Return the counts of a proportion measure; None if absent or of another shape."""
        value = self.answers.get(measure_id)
        return value if type(value) is Counts else None

    def tally(self, measure_id: str) -> tuple[int, int] | None:
        """Return (numerator, denominator) where both are whole numbers >= 0; else None."""
        counts = self.counts(measure_id)
        if counts is None:
            return None
        numerator, denominator = counts.numerator, counts.denominator
        if type(numerator) is int and type(denominator) is int and min(numerator, denominator) >= 0:
            return numerator, denominator
        return None

    def claimed_exclusion(self, measure_id: str) -> str | None:
        """Return the first exclusion of the measure that is claimed (`true`); else None."""
        for exclusion_id in self.rulebook.exclusions_of(measure_id):
            if self.kinds.get(exclusion_id) is True:
                return exclusion_id
        return None

    def places(self, measure_id: str) -> list[str]:
        """Return the pointers, from the set, of every measurement with this id, in order."""
        return [
            f"/measurements/{index}"
            for index, measurement in enumerate(self.record.measurements)
            if measurement.measure_id == measure_id
        ]

    def place(self, measure_id: str) -> str:
        """Return the pointer, from the set, of the measurement that counts (the last one).

        Points to the list of measurements where the id is absent.
        """
        places = self.places(measure_id)
        return places[-1] if places else "/measurements"

    def measurements(self) -> Iterator[tuple[str, Measurement]]:
        """Yield every measurement with its pointer from the set."""
        for index, measurement in enumerate(self.record.measurements):
            yield f"/measurements/{index}", measurement


@lru_cache(maxsize=4096)
def _period_of(first: str | None, last: str | None) -> Period | None:
    start, end = parse_date(first), parse_date(last)
    if start is None or end is None or start > end:
        return None
    return Period(start, end)


def to_json(value: object) -> object:
    """Turn a value of a submission back into plain JSON values, for a report."""
    return msgspec.to_builtins(value)
