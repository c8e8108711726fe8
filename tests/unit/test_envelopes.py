"""A finding points into the file as it is, also where evidence lies around the submission."""

from __future__ import annotations

import json
from datetime import date

import pytest

from picheck.testing import audit
from support import COMPLIANT, YEAR

SUBMISSION = json.dumps(json.loads(COMPLIANT.read_bytes()))
EVIDENCE = COMPLIANT.with_suffix(".evidence.json").read_text(encoding="utf-8")
IN_SEASON, AFTER = date(YEAR + 1, 2, 1), date(YEAR + 1, 12, 1)


def points_of(
    code: str, submission: str, as_of: date = IN_SEASON, evidence: str = EVIDENCE
) -> list[str]:
    """Return where a rule's failures point in a document that has evidence beside it."""
    document = f'{{"submission": {submission}, "evidence": {evidence}}}'
    found = [r for r in audit(document, as_of=as_of).results if r.outcome == "fail"]
    return [result.location.pointer for result in found if result.code == code]


@pytest.mark.parametrize(
    ("code", "old", "new", "pointer"),
    [
        ("PIC-STR-01", '"entityType": "group"', '"entityType": 1', "/submission/entityType"),
        ("PIC-STR-09", '"entityType"', '"invented": 1, "entityType"', "/submission/invented"),
        (
            "PIC-STR-11",
            '"entityType": "group"',
            '"entityType": "group", "entityType": "group"',
            "/submission/entityType",
        ),
        (
            "PIC-STR-11",
            '"value": true',
            '"value": NaN',
            "/submission/measurementSets/0/measurements/0/value",
        ),
    ],
)
def test_a_finding_about_the_text_points_into_the_submission(
    code: str, old: str, new: str, pointer: str
) -> None:
    assert points_of(code, SUBMISSION.replace(old, new, 1)) == [pointer]


def test_the_end_of_the_window_is_about_the_whole_file() -> None:
    assert points_of("PIC-PER-06", SUBMISSION, AFTER) == [""]


@pytest.mark.parametrize(
    "ground", [{"hardshipException": "pending"}, {"clinicianType": "physician"}]
)
def test_a_reweighting_that_is_not_granted_is_about_the_whole_file(ground: object) -> None:
    nothing = json.dumps({**json.loads(SUBMISSION), "measurementSets": []})
    evidence = json.dumps({"eligibility": ground})
    assert points_of("PIC-ELG-02", nothing, evidence=evidence) == [""]
