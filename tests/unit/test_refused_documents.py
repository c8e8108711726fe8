"""A document whose shape is refused is checked by the year that it gives."""

from __future__ import annotations

from typing import Any

import pytest

from picheck.testing import audit
from support import YEAR, years_asked_for


def in_envelope(name: str, keys: dict[str, Any]) -> dict[str, Any]:
    """Return a submission without an entity type as it is, with evidence, or as a posted set."""
    if name == "bare":
        return {**keys, "measurementSets": []}
    if name == "evidence":
        return {"submission": {**keys, "measurementSets": []}, "evidence": {}}
    return {"submission": keys, "category": "pi", "measurements": []}


def years_of(document: dict[str, Any] | str) -> set[int | None]:
    """Return the years of the rules that say something of a refused document."""
    report = audit(document)
    assert {result.code for result in report.results if result.outcome == "fail"} == {"PIC-STR-01"}
    return {rule.year for rule in report.rules if rule.code == "PIC-STR-01"}


@pytest.mark.parametrize("envelope", ["bare", "evidence", "posted"])
@pytest.mark.parametrize("year", years_asked_for())
def test_a_refused_document_is_checked_by_its_year(year: int, envelope: str) -> None:
    assert years_of(in_envelope(envelope, {"performanceYear": year})) == {year}


@pytest.mark.parametrize("year", [1999, "2021", 2021.5, None, True])
@pytest.mark.parametrize("envelope", ["bare", "evidence", "posted"])
def test_one_without_a_known_year_is_checked_by_the_newest(year: Any, envelope: str) -> None:
    (found,) = years_of(in_envelope(envelope, {"performanceYear": year}))
    assert found is not None
    assert found >= YEAR


@pytest.mark.parametrize("document", ["[]", "1", '{"submission": 1}', '{"submission": [2021]}'])
def test_what_is_no_submission_at_all_is_checked_by_the_newest(document: str) -> None:
    (found,) = years_of(document)
    assert found is not None
    assert found >= YEAR
