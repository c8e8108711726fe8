"""Sixteen rules of the catalogue in the terms of the rulebook, and what schemas cannot say.

`REMAINDER` are the three rules that compare values with each other. No schema language used here
can, so each schema engine is given them as the plain Python a user would add.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]
#: A measure and those of which a yes excuses from it.
Exclusions = dict[str, tuple[str, ...]]

#: The same rules in Rego, for three engines.
REGO: Final = Path(__file__).with_name("sixteen.rego")

METHODS: Final = ("registry", "electronicHealthRecord")
ENTITY_TYPES: Final = ("individual", "group", "virtualGroup", "apm", "subgroup")
CEHRT: Final = r"^(2025C[0-9A-Z]{10}|[0-9A-Z]{2}15C[0-9A-Z]{10})$"
STATEMENTS: Final = ("PI_PPHI_1", "PI_PPHI_2", "PI_INFBLO_1", "PI_ONCDIR_1")
RATES: Final = ("PI_EP_1", "PI_PEA_1", "PI_HIE_1", "PI_HIE_4")
MINIMUM_DAYS: Final = 180

CODES: Final = (
    *("PIC-STR-01", "PIC-STR-03", "PIC-STR-04", "PIC-STR-05", "PIC-STR-06", "PIC-IDN-01"),
    *("PIC-IDN-02", "PIC-PER-01", "PIC-PER-03", "PIC-CEH-01", "PIC-CEH-02", "PIC-CEH-03"),
    *("PIC-ATT-01", "PIC-MEA-01", "PIC-MEA-03", "PIC-MEA-04"),
)


def required(exclusions: Exclusions) -> Exclusions:
    """Return the required measures with what excuses from each."""
    needed = ("PI_EP_1", "PI_PEA_1", "PI_PHCDRR_1", "PI_PHCDRR_3")
    return {measure: exclusions.get(measure, ()) for measure in needed}


def terms(known: list[str], exclusions: Exclusions) -> Json:
    """Return what the rules compare with, for engines that take their terms as data."""
    return {
        "entityTypes": list(ENTITY_TYPES),
        "methods": list(METHODS),
        "minimumDays": MINIMUM_DAYS,
        "cehrt": CEHRT,
        "known": dict.fromkeys(known, True),
        "rates": list(RATES),
        "statements": list(STATEMENTS),
        "required": {name: list(others) for name, others in required(exclusions).items()},
    }


def remainder(document: Json) -> set[str]:
    """Apply the rules that compare values: the period's days, repeated ids, counts."""
    found = set()
    for record in document.get("measurementSets", ()):
        days = _days(record)
        if days is not None and days < MINIMUM_DAYS:
            found.add("PIC-PER-03")
        measurements = record.get("measurements", ())
        if max(Counter(m["measureId"] for m in measurements).values(), default=1) > 1:
            found.add("PIC-STR-03")
        for measurement in measurements:
            value = measurement["value"]
            if isinstance(value, dict) and value["numerator"] > value["denominator"]:
                found.add("PIC-MEA-03")
    return found


def _days(record: Json) -> int | None:
    try:
        start = date.fromisoformat(record["performanceStart"])
        end = date.fromisoformat(record["performanceEnd"])
    except (KeyError, ValueError):
        return None
    return (end - start).days + 1


def json_schema(known: list[str], exclusions: Exclusions) -> Json:
    """Return thirteen of the rules as one JSON Schema; the index in `allOf` names the rule."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [rule for _, rule in schema_rules(known, exclusions)],
    }


def schema_rules(known: list[str], exclusions: Exclusions) -> list[tuple[str, Json]]:
    """Return code and subschema of each rule that JSON Schema can say."""
    excused = required(exclusions)
    return [
        ("PIC-STR-01", _top({"measurementSets": {"type": "array", "items": _SET}}, required=_KEYS)),
        ("PIC-IDN-01", _top({"entityType": {"enum": list(ENTITY_TYPES)}})),
        (
            "PIC-IDN-02",
            {
                "if": _top({"entityType": {"enum": ["individual", "group"]}}),
                "then": _top(
                    {"taxpayerIdentificationNumber": {"pattern": "^[0-9]{9}$"}},
                    required=["taxpayerIdentificationNumber"],
                ),
            },
        ),
        ("PIC-STR-06", _each({"submissionMethod": {"enum": list(METHODS)}})),
        (
            "PIC-PER-01",
            _each(
                {day: {"type": "string", "format": "date"} for day in _DAYS}, required=list(_DAYS)
            ),
        ),
        ("PIC-CEH-01", _each({}, required=["cehrtId"])),
        ("PIC-CEH-02", _each({"cehrtId": {"minLength": 15, "maxLength": 15}})),
        ("PIC-CEH-03", _each({"cehrtId": {"anyOf": [*_OTHER_LENGTH, {"pattern": CEHRT}]}})),
        ("PIC-STR-04", _measurements({"items": _measure({"enum": known})})),
        (
            "PIC-STR-05",
            _measurements(
                {
                    "items": {
                        "if": _measure({"enum": list(RATES)}),
                        "then": {"properties": {"value": {"type": "object"}}},
                    }
                }
            ),
        ),
        (
            "PIC-ATT-01",
            _measurements({"allOf": [{"contains": _said(name)} for name in STATEMENTS]}),
        ),
        (
            "PIC-MEA-01",
            _measurements(
                {
                    "allOf": [
                        {
                            "anyOf": [
                                {"contains": _measure({"const": measure})},
                                *({"contains": _said(other)} for other in others),
                            ]
                        }
                        for measure, others in excused.items()
                    ]
                }
            ),
        ),
        (
            "PIC-MEA-04",
            _measurements(
                {
                    "items": {
                        "properties": {
                            "value": {
                                "if": {"type": "object"},
                                "then": {"properties": {"numerator": {"minimum": 1}}},
                            }
                        }
                    }
                }
            ),
        ),
    ]


#: One id, one finding: of a wrong length only the rule on lengths speaks.
_OTHER_LENGTH: Final = ({"maxLength": 14}, {"minLength": 16})
_KEYS: Final = ["entityType", "performanceYear", "measurementSets"]
_DAYS: Final = ("performanceStart", "performanceEnd")
_SET: Final = {
    "type": "object",
    "required": ["category", "measurements"],
    "properties": {
        "measurements": {
            "type": "array",
            "items": {"type": "object", "required": ["measureId", "value"]},
        }
    },
}


def _top(properties: Json, required: list[str] | None = None) -> Json:
    return {"type": "object", "properties": properties, "required": required or []}


def _each(properties: Json, required: list[str] | None = None) -> Json:
    record = {"properties": properties, "required": required or []}
    return {"properties": {"measurementSets": {"items": record}}}


def _measurements(rule: Json) -> Json:
    return _each({"measurements": rule})


def _measure(identifier: Json) -> Json:
    return {"properties": {"measureId": identifier}, "required": ["measureId"]}


def _said(measure_id: str) -> Json:
    return {
        "properties": {"measureId": {"const": measure_id}, "value": {"const": True}},
        "required": ["measureId", "value"],
    }
