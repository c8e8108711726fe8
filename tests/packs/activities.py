"""A compliant submission of the other program."""

from __future__ import annotations

from typing import Any


def activities(year: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a submission of Improvement Activities of that year, and its evidence: none."""
    record = {
        "category": "ia",
        "submissionMethod": "registry",
        "performanceStart": f"{year}-01-01",
        "performanceEnd": f"{year}-12-31",
        "measurements": [
            {"measureId": "IA_EPA_1", "value": True},
            {"measureId": "IA_EPA_2", "value": True},
        ],
    }
    submission = {
        "entityType": "group",
        "taxpayerIdentificationNumber": "123456789",
        "performanceYear": year,
        "measurementSets": [record],
    }
    return submission, {}
