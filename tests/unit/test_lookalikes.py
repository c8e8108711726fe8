"""A document that is no submission is told in one line what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from picheck.intake.decoder import decode_document
from support import some

SUBMISSION: dict[str, Any] = {
    "entityType": "group",
    "performanceYear": 2025,
    "taxpayerIdentificationNumber": "123456789",  # invented
    "measurementSets": [],
}
SNAKE = {"entity_type": "group", "performance_year": 2025, "measurement_sets": []}
PASCAL = {"EntityType": "group", "PerformanceYear": 2025, "MeasurementSets": []}
SET = {"category": "pi", "measurements": []}

ANSWER = "an answer of the Submissions API"
NAMELESS = "names neither the entity nor the year"

TOLD: dict[str, tuple[Any, tuple[str, ...]]] = {
    "an answer with a submission": (
        {"data": {"submission": SUBMISSION}},
        (ANSWER, "the submission is under data.submission"),
    ),
    "an answer that is the submission": (
        {"data": SUBMISSION},
        (ANSWER, "the submission is under data"),
    ),
    "an answer with submissions": (
        {"data": {"submissions": [SUBMISSION]}},
        (ANSWER, "the submission is under data.submissions"),
    ),
    "an answer with a set": (
        {"data": {"measurementSet": SET}},
        (ANSWER, "a measurement set", NAMELESS),
    ),
    "an answer with a measurement": (
        {"data": {"measurement": {"measureId": "PI_EP_1"}}},
        (ANSWER, "a measurement", NAMELESS),
    ),
    "an answer with a score": ({"data": {"score": {}}}, (ANSWER, "a score", NAMELESS)),
    "an answer with an error": ({"error": {"type": "x"}}, (ANSWER, "reports an error")),
    "a submission under another key": (
        {"qpp": SUBMISSION},
        ("a document with a submission under qpp",),
    ),
    "a list of submissions": ([SUBMISSION], ("a list", "one on each line")),
    "keys with underscores": (SNAKE, ("a submission", "entity_type for entityType")),
    "keys with capital letters": (PASCAL, ("a submission", "PerformanceYear for performanceYear")),
    "keys with underscores in a case": (
        {"submission": SNAKE},
        ("a submission under submission", "entity_type for entityType"),
    ),
    "keys with underscores in an answer": (
        {"data": SNAKE},
        (ANSWER, "under data", "entity_type for entityType"),
    ),
    "a request for a set": (
        {"submissionId": "1", **SET},
        ("a measurement set by itself", NAMELESS),
    ),
    "a request for a measurement": (
        {"measurementSetId": "1", "measureId": "PI_EP_2", "value": True},
        ("a request", "one measurement", NAMELESS),
    ),
    "an evidence file": ({"cehrt": {}, "attestations": {}}, ("an evidence file",)),
}


def told(value: Any) -> list[str]:
    """Return what the gate says of a document, one text for each fault."""
    decoded = decode_document(json.dumps(value).encode(), "document.json", ("pi",))
    assert decoded.submission is None
    return [violation.message for violation in decoded.issues.violations]


@pytest.mark.parametrize("name", TOLD)
def test_one_line_says_what_a_document_is(name: str) -> None:
    value, parts = TOLD[name]
    (line,) = told(value)
    assert line.startswith("this is ")
    assert all(part in line for part in some(parts)), line


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"comment": "invented"},
        {"performanceYear": 2025},
        {"measurementSets": []},
        {"entityType": "group", "performance_year": 2025},
        {"submission": {"measurementSets": []}},
    ],
)
def test_what_is_meant_as_a_submission_is_told_what_it_lacks(value: dict[str, Any]) -> None:
    assert all(line.startswith("key ") for line in some(told(value)))


def test_no_identifier_is_shown_that_is_a_key() -> None:
    assert not any("123456789" in line for line in some(told({"123456789": SUBMISSION})))


def test_a_deep_or_wide_document_is_not_searched_for_ever() -> None:
    deep: Any = SUBMISSION
    for _ in range(40):
        deep = {"a": deep}
    assert told(deep)
    assert told({f"key{'x' * n}": {} for n in range(2_000)})
