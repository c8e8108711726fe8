"""Sets of categories that are not audited may have any shape, in every envelope."""

from __future__ import annotations

import json
from typing import Any

import pytest

from picheck.intake.decoder import DecodedDocument, decode_document

KEYS: dict[str, Any] = {"entityType": "group", "performanceYear": 2025}
OURS: dict[str, Any] = {"category": "pi", "measurements": [{"measureId": "PI_EP_2", "value": True}]}
OTHERS: dict[str, dict[str, Any]] = {
    "without measurements": {"category": "quality", "submissionMethod": "registry"},
    "with measurements that are none": {"category": "ia", "measurements": {"a": 1}},
    "with a date that is a number": {"category": "cost", "performanceStart": 1, "measurements": []},
    "with keys of its own": {"category": "ia", "measurements": [], "attested": {"by": "x"}},
    "with a method that is none": {"category": "quality", "submissionMethod": 5},
}


def decoded(value: Any, programs: tuple[str, ...] = ("pi",)) -> DecodedDocument:
    return decode_document(json.dumps(value).encode(), "document.json", programs)


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("envelope", ["bare", "case"])
def test_ours_is_audited_beside_it(envelope: str, other: dict[str, Any]) -> None:
    submission = {**KEYS, "measurementSets": [other, OURS]}
    document = decoded(submission if envelope == "bare" else {"submission": submission})
    assert document.submission is not None
    first, second = document.submission.measurement_sets
    assert first.category == other["category"]
    assert second.measurements[0].measure_id == "PI_EP_2"
    assert document.issues.unknown_properties == ()


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_it_may_be_posted_by_itself(other: dict[str, Any]) -> None:
    document = decoded({**other, "submission": KEYS})
    assert document.submission is not None
    assert [record.category for record in document.submission.measurement_sets] == [
        other["category"]
    ]


def test_what_tells_two_of_them_apart_is_kept() -> None:
    sets = [
        {"category": "quality", "submissionMethod": "registry", "programName": "G0053"},
        {"category": "quality", "submissionMethod": "electronicHealthRecord"},
    ]
    document = decoded({**KEYS, "measurementSets": [*sets, OURS]})
    assert document.submission is not None
    first, second, _ = document.submission.measurement_sets
    assert (first.submission_method, first.program_name) == ("registry", "G0053")
    assert (second.submission_method, second.program_name) == ("electronicHealthRecord", None)


@pytest.mark.parametrize(
    "record",
    [{}, {"category": None}, {"category": 5}, {"category": "pi"}, "quality", 5, None, []],
    ids=str,
)
def test_a_set_of_no_other_category_must_be_of_our_shape(record: Any) -> None:
    document = decoded({**KEYS, "measurementSets": [record, OURS]})
    assert document.submission is None
    assert document.issues.violations


def test_where_it_is_not_known_what_is_audited_every_set_is_of_our_shape() -> None:
    document = decoded({**KEYS, "measurementSets": [{"category": "quality"}]}, programs=())
    assert document.submission is None
    assert [violation.pointer for violation in document.issues.violations] == ["/measurementSets/0"]
