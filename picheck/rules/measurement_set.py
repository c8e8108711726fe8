"""A measurement set, read once into the parts that rules name as their parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from picheck.model.frozen import ReadOnly, thaw
from picheck.model.location import pointer_join
from picheck.model.submission import Counts, MeasurementSet, Submission, Value, is_counts_like
from picheck.rulebook.models import Rulebook

# `ReadOnly` refuses to set anything; a part sets its own attributes with this, when it is made
_set: Final = object.__setattr__


class Entity(NamedTuple):
    """Who a submission reports for: the keys by which two submissions belong to one entity."""

    entity_type: str
    tin: str | None = None
    npi: str | None = None
    entity_id: str | None = None

    @classmethod
    def of(cls, submission: Submission) -> Entity:
        """Read the keys of a submission."""
        return cls(
            submission.entity_type,
            submission.taxpayer_identification_number,
            submission.national_provider_identifier,
            submission.entity_id,
        )

    @property
    def is_identified(self) -> bool:
        """Whether the submission gives any identifier at all."""
        return bool(self.tin or self.npi or self.entity_id)


@lru_cache(maxsize=4096)
def parse_date(text: str | None) -> date | None:
    """Return a real `YYYY-MM-DD` date; None for anything else."""
    # fromisoformat also takes 20250101 and the week date 2025-W01-1
    if text is None or len(text) != len("YYYY-MM-DD") or not text[4] == text[7] == "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Period(msgspec.Struct, frozen=True):
    """A performance period as it was submitted: two texts, each meant as `YYYY-MM-DD`."""

    performance_start: str | None = None
    performance_end: str | None = None

    @property
    def is_valid(self) -> bool:
        """Whether both are real dates, the first not after the last."""
        start, end = parse_date(self.performance_start), parse_date(self.performance_end)
        return start is not None and end is not None and start <= end

    @property
    def start(self) -> date:
        """The first day. Raises ValueError where it is not a date."""
        return _real_date(self.performance_start)

    @property
    def end(self) -> date:
        """The last day. Raises ValueError where it is not a date."""
        return _real_date(self.performance_end)

    @property
    def days(self) -> int:
        """The number of days, first and last counted. Raises ValueError without two dates."""
        return (self.end - self.start).days + 1


def _real_date(text: str | None) -> date:
    parsed = parse_date(text)
    if parsed is None:
        raise ValueError("the period has no real date there; need the rule that checks the dates")
    return parsed


class Answers(ReadOnly):
    """Which measures of the year's table are in a set, and which are answered yes or no.

    `present` are the ids that are there, whatever their value; `yes` and `no` those answered
    `true` and `false`; `reported` those with more than a "no": a yes, or any other value but
    null. `unknown` are the ids that the year does not have, in the order in which they were
    sent. Numbers are not here: two sets with the same answers have the same `key`, in whatever
    order they were sent.
    """

    __slots__ = ("key", "no", "present", "reported", "rulebook", "unknown", "yes")

    key: tuple[object, ...]
    no: frozenset[str]
    present: frozenset[str]
    reported: frozenset[str]
    rulebook: Rulebook
    unknown: tuple[str, ...]
    yes: frozenset[str]

    def __init__(self, values: Mapping[str, Value], rulebook: Rulebook) -> None:
        """Read the answers of a set, or write them down for a test: `{"PI_EP_2": True}`."""
        known = rulebook.measures.keys()
        unknown: tuple[str, ...] = ()
        # few sets have an id that the year does not know
        if not values.keys() <= known:
            unknown = tuple([id_ for id_ in values if id_ not in known])
            values = {id_: value for id_, value in values.items() if id_ in known}
        present = frozenset(values)
        yes = frozenset([id_ for id_, value in values.items() if value is True])
        no = frozenset([id_ for id_, value in values.items() if value is False])
        null = frozenset([id_ for id_, value in values.items() if value is None])
        _set(self, "present", present)
        _set(self, "yes", yes)
        _set(self, "no", no)
        _set(self, "reported", present - no - null)
        _set(self, "unknown", unknown)
        _set(self, "rulebook", rulebook)
        _set(self, "key", (present, yes, no, null, unknown))

    def has(self, measure_id: str) -> bool:
        """Whether the measure is in the set, whatever its value."""
        return measure_id in self.present

    def is_yes(self, measure_id: str) -> bool:
        """Whether the measure is answered `true`."""
        return measure_id in self.yes

    def is_no(self, measure_id: str) -> bool:
        """Whether the measure is answered `false`."""
        return measure_id in self.no

    def is_reported(self, measure_id: str) -> bool:
        """Whether the measure is there with more than a "no": a yes, or any other value."""
        return measure_id in self.reported

    def claimed_exclusion(self, measure_id: str) -> str | None:
        """Return the first exclusion of the measure that is claimed (`true`); else None."""
        for exclusion_id in self.rulebook.exclusions_of(measure_id):
            if exclusion_id in self.yes:
                return exclusion_id
        return None

    def __iter__(self) -> Iterator[str]:
        """Yield the ids that are in the set, in the order of the year's table."""
        return (id_ for id_ in self.rulebook.measures if id_ in self.present)


class CountsByMeasure(ReadOnly):
    """The numerators and denominators of the rates of a set, by measure id, as submitted.

    A number without a fraction is whole however it is written: 171.0 is 171, as in JSON Schema.
    `pairs` holds (numerator, denominator) of those where both are whole numbers >= 0.
    """

    __slots__ = ("_counts", "pairs")

    _counts: Mapping[str, Counts]
    pairs: Mapping[str, tuple[int, int]]

    def __init__(self, counts: Mapping[str, Counts]) -> None:
        """Take the counts of each rate that has both a numerator and a denominator."""
        pairs = {id_: pair for id_, each in counts.items() if (pair := whole_pair(each))}
        _set(self, "_counts", MappingProxyType(counts))
        _set(self, "pairs", MappingProxyType(pairs))

    @classmethod
    def of(cls, values: Mapping[str, Value], rulebook: Rulebook) -> CountsByMeasure:
        """Read the rates of a set, sorted by id, or write them down for a test."""
        given = ((id_, values.get(id_)) for id_ in rulebook.rates)
        return cls({i: _whole(v) for i, v in given if type(v) is Counts and is_counts_like(v)})

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of the rates with counts, sorted."""
        return iter(self._counts)

    def __contains__(self, measure_id: object) -> bool:
        return measure_id in self._counts

    def __len__(self) -> int:
        return len(self._counts)

    def get(self, measure_id: str) -> Counts | None:
        """Return the counts as submitted, whatever their values; None if absent."""
        return self._counts.get(measure_id)

    def pair(self, measure_id: str) -> tuple[int, int] | None:
        """Return (numerator, denominator) where both are whole numbers >= 0; else None."""
        return self.pairs.get(measure_id)


def _whole(counts: Counts) -> Counts:
    """Return the counts with every number that has no fraction as a whole number."""
    if type(counts.numerator) is not float and type(counts.denominator) is not float:
        return counts
    return Counts(_whole_number(counts.numerator), _whole_number(counts.denominator))


def _whole_number(count: Any) -> Any:
    return int(count) if type(count) is float and count.is_integer() else count


def whole_pair(counts: Counts) -> tuple[int, int] | None:
    """Return (numerator, denominator) where both are whole numbers >= 0; else None."""
    numerator, denominator = counts.numerator, counts.denominator
    # not isinstance(): True is an int, and no count
    if type(numerator) is int and type(denominator) is int and numerator >= 0 <= denominator:
        return numerator, denominator
    return None


class SetView(ReadOnly):
    """One measurement set under one rulebook.

    `record` is the set as it was sent; `answers`, `counts`, `period` and `cehrt_id` are its
    parts. `values` maps each measure id to its value, the last one where an id is repeated.
    `pointer` is the set's place in the document as it was given, `document` the index of the
    document. Nothing of it can be changed.
    """

    __slots__ = ("answers", "counts", "document", "period", "pointer", "record", "rulebook",
                 "values")  # fmt: skip

    answers: Answers
    counts: CountsByMeasure
    document: int
    period: Period
    pointer: str
    record: MeasurementSet
    rulebook: Rulebook
    values: Mapping[str, Value]

    def __init__(
        self, record: MeasurementSet, pointer: str, rulebook: Rulebook, document: int = 0
    ) -> None:
        values = {each.measure_id: each.value for each in record.measurements}
        _set(self, "record", record)
        _set(self, "pointer", pointer)
        _set(self, "rulebook", rulebook)
        _set(self, "document", document)
        _set(self, "values", MappingProxyType(values))
        _set(self, "answers", Answers(values, rulebook))
        _set(self, "counts", CountsByMeasure.of(values, rulebook))
        _set(self, "period", Period(record.performance_start, record.performance_end))

    @property
    def cehrt_id(self) -> str | None:
        """The CMS EHR Certification ID as it was sent."""
        return self.record.cehrt_id

    def resolve(self, pointer: str) -> str:
        """Return a pointer from the set with the measurement's index in place of its id.

        `/measurements/PI_EP_1/value` becomes `/measurements/4/value`; of a repeated id the last
        one counts. An id that is not in the set leads to `/measurements`.
        """
        if not pointer.startswith("/measurements/"):
            return pointer
        name, slash, rest = pointer[len("/measurements/") :].partition("/")
        if name.isdecimal():
            return pointer
        # in this order (RFC 6901), or ~01 would become / in place of ~1
        index = self.index_of(name.replace("~1", "/").replace("~0", "~"))
        return "/measurements" if index is None else f"/measurements/{index}{slash}{rest}"

    def index_of(self, measure_id: str) -> int | None:
        """Return the index of the measurement that counts (the last one); None if absent."""
        measurements = self.record.measurements
        for index in range(len(measurements) - 1, -1, -1):
            if measurements[index].measure_id == measure_id:
                return index
        return None

    def name(self, pointer: str) -> str:
        """Return a pointer from the set with the measurement's id in place of its index."""
        if not pointer.startswith("/measurements/"):
            return pointer
        index, slash, rest = pointer[len("/measurements/") :].partition("/")
        measurements = self.record.measurements
        if not index.isdecimal() or int(index) >= len(measurements):
            return pointer
        named = pointer_join("/measurements", measurements[int(index)].measure_id)
        return f"{named}{slash}{rest}"


def to_json(value: object) -> object:
    """Return a value of a submission as plain JSON values, for a report."""
    return thaw(value)
