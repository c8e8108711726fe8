"""Sixteen rules as a Cerberus schema; what it cannot say is plain Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from cerberus import Validator

from rivals import sixteen

Json = dict[str, Any]

_CODE_OF: Final = {
    "entityType": "PIC-IDN-01",
    "taxpayerIdentificationNumber": "PIC-IDN-02",
    "submissionMethod": "PIC-STR-06",
    "performanceStart": "PIC-PER-01",
    "performanceEnd": "PIC-PER-01",
    "measureId": "PIC-STR-04",
    "numerator": "PIC-MEA-04",
}
_TEXT: Final = {"type": "string"}


def engine(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines."""
    validator = Validator(_schema(known), allow_unknown=True)
    excused = sixteen.required(exclusions)

    def check(document: Json) -> set[str]:
        found: set[str] = set()
        if not validator.validate(document):
            _collect(validator._errors, found)  # noqa: SLF001 - the only way to the places
        if "PIC-STR-01" in found:
            return found
        for record in document["measurementSets"]:
            answers = {one["measureId"]: one["value"] for one in record["measurements"]}
            if not all(answers.get(name) is True for name in sixteen.STATEMENTS):
                found.add("PIC-ATT-01")
            if any(isinstance(answers.get(rate), bool) for rate in sixteen.RATES):
                found.add("PIC-STR-05")
            for measure, others in excused.items():
                if measure not in answers and not any(answers.get(o) is True for o in others):
                    found.add("PIC-MEA-01")
        return found | sixteen.remainder(document)

    return lambda lines: [check(json.loads(line)) for line in lines]


def _is_day(field: str, value: Any, error: Callable[[str, str], None]) -> None:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        error(field, "is no day")


def _schema(known: list[str]) -> Json:
    counts = {"numerator": {"type": "integer", "min": 1}, "denominator": {"type": "integer"}}
    value = {"anyof": [{"type": "boolean"}, {"type": "dict", "schema": counts}], "required": True}
    measurement = {"measureId": {**_TEXT, "required": True, "allowed": known}, "value": value}
    day = {"check_with": _is_day, "required": True}
    record = {
        "category": {**_TEXT, "required": True},
        "submissionMethod": {"allowed": list(sixteen.METHODS), "required": True},
        "performanceStart": day,
        "performanceEnd": day,
        "cehrtId": {
            "required": True,
            "minlength": 15,
            "maxlength": 15,
            "anyof": [{"maxlength": 14}, {"minlength": 16}, {"regex": sixteen.CEHRT}],
        },
        "measurements": {
            "type": "list",
            "required": True,
            "schema": {"type": "dict", "schema": measurement},
        },
    }
    return {
        "entityType": {"allowed": list(sixteen.ENTITY_TYPES), "required": True},
        "performanceYear": {"type": "integer", "required": True},
        "taxpayerIdentificationNumber": {"regex": "[0-9]{9}", "required": True},
        "measurementSets": {
            "type": "list",
            "required": True,
            "schema": {"type": "dict", "schema": record},
        },
    }


def _collect(errors: Any, found: set[str]) -> None:
    for error in errors:
        path = error.document_path
        key = path[-1]
        if key == "cehrtId":
            found.add(_cehrt(error))
        elif error.is_logic_error:
            for inner in error.definitions_errors.values():
                _collect([one for one in inner if one.document_path[-1] == "numerator"], found)
                for one in inner:
                    if one.is_group_error:
                        _collect(one.child_errors, found)
        elif error.is_group_error:
            _collect(error.child_errors, found)
        else:
            found.add(_CODE_OF.get(key, "PIC-STR-01"))


def _cehrt(error: Any) -> str:
    return {"required": "PIC-CEH-01", "anyof": "PIC-CEH-03"}.get(error.rule, "PIC-CEH-02")
