"""Sixteen rules as pydantic models; what models cannot say is Python over the decoded record."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from rivals import sixteen

_CODE_OF: Final = {
    "entityType": "PIC-IDN-01",
    "submissionMethod": "PIC-STR-06",
    "performanceStart": "PIC-PER-01",
    "performanceEnd": "PIC-PER-01",
}


class _Counts(BaseModel):
    numerator: int
    denominator: int


class _Measurement(BaseModel):
    measureId: str  # noqa: N815 - the API's name
    value: bool | _Counts


class _Set(BaseModel):
    category: str
    measurements: list[_Measurement]
    submissionMethod: Literal["registry", "electronicHealthRecord"]  # noqa: N815
    performanceStart: date  # noqa: N815
    performanceEnd: date  # noqa: N815
    cehrtId: str | None = None  # noqa: N815


class _Submission(BaseModel):
    entityType: Literal["individual", "group", "virtualGroup", "apm", "subgroup"]  # noqa: N815
    performanceYear: int  # noqa: N815
    taxpayerIdentificationNumber: str | None = None  # noqa: N815
    measurementSets: Annotated[list[_Set], Field()]  # noqa: N815


def engine(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines."""
    ids, excused = frozenset(known), sixteen.required(exclusions)
    cehrt = re.compile(sixteen.CEHRT)

    def check(line: bytes) -> set[str]:
        try:
            submission = _Submission.model_validate_json(line)
        except ValidationError as error:
            return {_code(one["loc"]) for one in error.errors()}
        found = set()
        tin = submission.taxpayerIdentificationNumber or ""
        if submission.entityType in {"individual", "group"} and not (
            len(tin) == 9 and tin.isdecimal()  # noqa: PLR2004
        ):
            found.add("PIC-IDN-02")
        for record in submission.measurementSets:
            found |= _of_set(record, ids, excused, cehrt)
        return found

    return lambda lines: [check(line) for line in lines]


def _of_set(
    record: _Set, ids: frozenset[str], excused: sixteen.Exclusions, cehrt: re.Pattern[str]
) -> set[str]:
    found = set()
    if (record.performanceEnd - record.performanceStart).days + 1 < sixteen.MINIMUM_DAYS:
        found.add("PIC-PER-03")
    if record.cehrtId is None:
        found.add("PIC-CEH-01")
    elif len(record.cehrtId) != 15:  # noqa: PLR2004
        found.add("PIC-CEH-02")
    elif not cehrt.match(record.cehrtId):
        found.add("PIC-CEH-03")
    answers = {one.measureId: one.value for one in record.measurements}
    if len(answers) != len(record.measurements):
        found.add("PIC-STR-03")
    if not answers.keys() <= ids:
        found.add("PIC-STR-04")
    if any(isinstance(answers.get(rate), bool) for rate in sixteen.RATES):
        found.add("PIC-STR-05")
    if not all(answers.get(name) is True for name in sixteen.STATEMENTS):
        found.add("PIC-ATT-01")
    for measure, others in excused.items():
        if measure not in answers and not any(answers.get(other) is True for other in others):
            found.add("PIC-MEA-01")
    for value in answers.values():
        if isinstance(value, _Counts):
            if value.numerator > value.denominator:
                found.add("PIC-MEA-03")
            if value.numerator < 1:
                found.add("PIC-MEA-04")
    return found


def _code(place: tuple[int | str, ...]) -> str:
    return next((_CODE_OF[str(key)] for key in place if str(key) in _CODE_OF), "PIC-STR-01")
