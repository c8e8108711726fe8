"""Submissions of two years, and which of them repeat a level."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import msgspec

from batch_support import Lines, findings
from picheck.model.submission import Submission
from picheck.rules.measurement_set import Entity
from picheck.testing.examples import compliant_parts

NOW = 2025
BEFORE = 2024
AGAIN = "PIC-HST-01"


def submission(year: int, number: int = 0, *, is_early: bool = False, **changes: Any) -> Any:
    """Write a submission of its own entity; `is_early`: its registry is in pre-production."""
    value = copy.deepcopy(compliant_parts(year)[0])
    value["taxpayerIdentificationNumber"] = f"{123_000_000 + number:09d}"
    if is_early:
        for answer in value["measurementSets"][0]["measurements"]:
            if answer["measureId"] == "PI_PHCDRR_1_PROD":
                answer["measureId"] = "PI_PHCDRR_1_PRE"
    return value | changes


def put(path: Path, *values: Any) -> Path:
    lines = (value if isinstance(value, str) else json.dumps(value) for value in values)
    path.write_text("".join(line + "\n" for line in lines))
    return path


def _entity(value: Any) -> Any:
    return Entity.of(msgspec.convert(value, Submission))


def repeated(lines: Lines) -> set[int]:
    return {number for number, codes in findings(lines).items() if AGAIN in codes}
