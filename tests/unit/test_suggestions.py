"""What is proposed in place of an unknown id or program: never another meaning."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake.documents import RawDocument
from picheck.model.result import Result
from picheck.plugins.registry import PluginRegistry
from picheck_pi.spelling import find_spelling
from support import FIXTURES, YEARS, is_in_matrix, some


def found(year: int, code: str, registry: PluginRegistry, **changes: Any) -> Result:
    """Return the finding of a rule on a compliant submission with an id added or keys changed."""
    submission = json.loads(Path(FIXTURES / "compliant" / f"{year}.json").read_bytes())
    submission |= changes.pop("submission", {})
    record = submission["measurementSets"][0]
    if measure_id := changes.pop("measure_id", None):
        record["measurements"].append({"measureId": measure_id, "value": True})
    record.update(changes)
    raw = RawDocument(uri="document.json", data=json.dumps(submission).encode())
    report = audit_inputs([raw], AuditOptions(as_of=date(2026, 2, 1)), registry)
    (result,) = (result for result in report.results if result.code == code)
    return result


ALL = [year for year in (*YEARS, 2027) if is_in_matrix(year) or year == 2027]

UNKNOWN: dict[str, tuple[str, str | None]] = {
    # what only the spelling tells apart
    "pi_oncacb_1": ("did you mean PI_ONCACB_1?", "PI_ONCACB_1"),
    "PI-ONCACB-1": ("did you mean PI_ONCACB_1?", "PI_ONCACB_1"),
    "PI_0NCACB_l": ("did you mean PI_ONCACB_1?", "PI_ONCACB_1"),
    # a blank cannot be seen without quotes
    "PI_ONCACB_1 ": ("'PI_ONCACB_1 ' is no measure id of", "PI_ONCACB_1"),
    # what was valid once, and what followed it
    "PI_LVITC_1": ("CMS had it until 2018; PI_LVITC_2 took its place", "PI_LVITC_2"),
    "PI_HIE_2": ("CMS had it until 2018; PI_HIE_4 took its place", "PI_HIE_4"),
    "PI_HIE_3": ("CMS had it until 2018; PI_HIE_4 took its place", "PI_HIE_4"),
    "PI_EP_3": ("CMS had it until 2019", None),
    "PI_CCTPE_1": ("CMS had it until 2018", None),
    "ACI_EP_1": ("did you mean PI_EP_1?", "PI_EP_1"),
    "ACI_LVITC_1": ("CMS had it until 2018; PI_LVITC_2 took its place", "PI_LVITC_2"),
    # what looks alike and means something else
    "PI_LVXTC_1": ("is no measure id of", None),
    "PI_EP_9": ("is no measure id of", None),
    "PI_INFBLO_2": ("is no measure id of", None),
}


@pytest.mark.parametrize("year", ALL)
@pytest.mark.parametrize("measure_id", UNKNOWN)
def test_an_id_is_replaced_by_what_it_means_and_by_nothing_else(
    measure_id: str, year: int, registry: PluginRegistry
) -> None:
    text, proposed = UNKNOWN[measure_id]
    result = found(year, "PIC-STR-04", registry, measure_id=measure_id)
    assert text in result.message
    assert result.expected == proposed
    if proposed is None:
        assert "did you mean" not in result.message
        assert "took its place" not in result.message


@pytest.mark.parametrize("year", ALL)
def test_every_successor_and_no_former_id_is_in_the_year_s_table(
    year: int, registry: PluginRegistry
) -> None:
    book = registry.rulebooks.rulebook("pi", year)
    clause = book.clauses["PIC-STR-04"]
    former = {measure_id for ids in clause["last_seen"].values() for measure_id in ids}
    assert clause["followed_by"].keys() <= book.measures.keys()
    assert former.isdisjoint(book.measures)
    assert former >= {old for ids in clause["followed_by"].values() for old in ids}


PROGRAMS: dict[str, tuple[int, str, bool]] = {
    "M1499": (2024, "it is allowed in 2026, 2027", False),
    "M0003": (2025, "it is allowed in 2023, 2024", False),
    "m1366": (2025, "did you mean M1366?", True),
    "M-1366": (2025, "did you mean M1366?", True),
    "MIPS": (2025, "did you mean mips?", True),
    "mipps": (2025, "did you mean mips?", True),
    "M1504": (2026, "is not allowed in 2026", False),
    "pcf": (2021, "is not allowed in 2021", False),
    "PCF": (2021, "is not allowed in 2021", False),
    "cpcPlus": (2021, "is not allowed in 2021", False),
    "cpcplus1": (2021, "is not allowed in 2021", False),
    # the beginning of two programs
    "app": (2025, "is not allowed in 2025", False),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_is_replaced_by_none_with_other_digits(
    program: str, registry: PluginRegistry
) -> None:
    year, text, is_proposed = PROGRAMS[program]
    result = found(year, "PIC-STR-08", registry, programName=program)
    assert text in result.message
    assert ("did you mean" in result.message) is is_proposed
    assert (result.remediation or "").startswith("write " if is_proposed else "use mips, or ")


PROPERTIES: dict[str, tuple[dict[str, Any], str, str]] = {
    # what is there already is not what was meant
    "comments": ({"comments": []}, "is no property of the API; whatever it holds", "remove it"),
    "cehrtID": ({"cehrtID": "x"}, "is no property of the API; whatever it holds", "remove it"),
    "cehrt": ({"cehrt": "x", "cehrtId": None}, "did you mean cehrtId?", "rename it to cehrtId"),
    # what belongs elsewhere is not misspelt
    "performanceEnd": (
        {"submission": {"performanceEnd": "2025-12-31"}},
        "belongs to the measurement set and is not read here",
        "move it to the measurement set, if it is not there already",
    ),
    "cehrtId": (
        {"submission": {"cehrtId": "0015CAB2C3D4E5F"}},
        "belongs to the measurement set and is not read here",
        "move it to the measurement set, if it is not there already",
    ),
    "entityType": (
        {"entityType": "group"},
        "belongs to the submission itself and is not read here",
        "move it to the submission itself, if it is not there already",
    ),
    # what nothing in its object is like
    "performanceStat": (
        {"submission": {"performanceStat": "2025-01-01"}},
        "is no property of the API; whatever it holds",
        "remove it",
    ),
}


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_a_property_is_renamed_only_to_one_that_is_missing(
    name: str, registry: PluginRegistry
) -> None:
    changes, message, remedy = PROPERTIES[name]
    result = found(2025, "PIC-STR-09", registry, **changes)
    assert message in result.message
    assert result.remediation == remedy


@pytest.mark.parametrize("year", ALL)
def test_no_two_ids_of_a_year_differ_in_spelling_alone(year: int, registry: PluginRegistry) -> None:
    measures = registry.rulebooks.rulebook("pi", year).measures
    assert all(find_spelling(measure_id, measures) == measure_id for measure_id in some(measures))


def test_where_two_ids_could_be_meant_none_is() -> None:
    assert find_spelling("AO1", ["A0_1", "AO_1"]) is None
    assert find_spelling("A_O_1", ["A0_1"]) == "A0_1"
    assert find_spelling("B01", ["A0_1"]) is None
