"""The kit for authors of plugins: drafts, audits and cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from picheck.api import Clause, Report
from picheck.errors import PluginError, UsageError
from picheck.testing import audit, compliant, load_cases, run_cases, shipped_cases
from picheck.testing.assertions import describe_difference
from picheck.testing.examples import compliant_parts
from picheck.testing.harness import stock
from support import years_asked_for
from vendor_support import made, vendor_of


def says_nothing(clause: Clause) -> None:
    assert clause


def failed(report: Report) -> list[str]:
    return [r.code for r in report.results if r.outcome == "fail"]


@pytest.mark.parametrize("year", years_asked_for())
def test_a_compliant_draft_is_ready(year: int) -> None:
    assert audit(compliant(year)).summary.verdict == "ready"


def test_every_step_leaves_the_draft_it_came_from_alone() -> None:
    whole = compliant(2025)
    before = whole.build()
    changed = (
        whole.without("PI_PEA_1")
        .saying({"PI_HIE_5": False}, PI_HIE_6=True)
        .with_counts("PI_EP_1", 3, 4)
        .with_set(cehrtId=None, performanceStart="2025-02-01")
        .with_submission(entityType="individual")
        .with_evidence(counts={"transitionsSent": None})
    )
    assert whole.build() == before
    record = changed.build()["measurementSets"][0]
    answers = {m["measureId"]: m["value"] for m in record["measurements"]}
    assert "PI_PEA_1" not in answers
    assert (answers["PI_HIE_5"], answers["PI_HIE_6"]) == (False, True)
    assert answers["PI_EP_1"] == {"numerator": 3, "denominator": 4}
    assert "cehrtId" not in record
    assert changed.evidence is not None
    assert "transitionsSent" not in changed.evidence["counts"]
    assert "transitionsReceived" in changed.evidence["counts"]


def test_an_audit_takes_a_draft_values_or_text() -> None:
    draft = compliant(2025).without("PI_PEA_1").without_evidence()
    reports = [audit(draft), audit(draft.build()), audit(draft.to_json())]
    assert len({json.dumps(failed(report)) for report in reports}) == 1
    assert "PIC-MEA-01" in failed(reports[0])


def test_an_audit_looks_back_and_across() -> None:
    draft = compliant(2025)
    several = audit([draft, draft.with_set(cehrtId="2025C7K2W9D4F6H")], prior=compliant(2024))
    assert len(several.documents) == 2
    assert "PIC-CEH-08" in failed(several)


def test_a_plugin_that_does_not_load_is_named() -> None:
    module = vendor_of([made(says_nothing, scope="set")], picheck_api="9")
    with pytest.raises(PluginError, match=r"bad_vendor did not load: .*picheck_api '9'"):
        audit(compliant(2025), plugins=[module])


def test_a_year_without_an_example_is_refused() -> None:
    with pytest.raises(UsageError, match=r"1999\.json"):
        compliant(1999)


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no cases"):
        run_cases(tmp_path)


def test_our_own_cases_can_be_run_by_anybody() -> None:
    assert len(load_cases(shipped_cases())) > 2000


def write_case(folder: Path, **case: object) -> Path:
    file = folder / "ACME-TRY-01.json"
    file.write_text(json.dumps({"rule": "ACME-TRY-01", "cases": [{"name": "it", **case}]}))
    return file


def test_a_case_extends_one_of_ours(tmp_path: Path) -> None:
    file = write_case(
        tmp_path,
        years=[2025],
        extends={"rule": "PIC-PER-03", "case": "179 days"},
        change={"without": ["PI_PEA_1"]},
        evidence={"ehrReport": {"PI_PEA_1": None}, "clinicians": None},
        expect=[{"rule": "PIC-MEA-01"}],
    )
    [case] = load_cases(file)
    assert {e.rule for e in case.entry.expect} == {"PIC-PER-03", "PIC-MEA-01"}
    assert describe_difference(case, compliant_parts, stock()) is None


def test_a_case_that_extends_nothing_known_is_named(tmp_path: Path) -> None:
    file = write_case(
        tmp_path, years=[2025], extends={"rule": "PIC-PER-03", "case": "178 days"}, expect=[]
    )
    with pytest.raises(ValueError, match=r"ACME-TRY-01\.json: .*no case of PIC-PER-03"):
        load_cases(file)


def test_the_difference_of_a_case_can_be_read(tmp_path: Path) -> None:
    file = write_case(
        tmp_path,
        years=[2025],
        change={"set": {"cehrtId": None}},
        expect=[{"rule": "PIC-PER-03", "pointer": "/measurementSets/0/performanceEnd"}],
    )
    told = describe_difference(load_cases(file)[0], compliant_parts, stock())
    assert told is not None
    first, second, third, *_ = told.splitlines()
    assert first == "ACME-TRY-01-2025-it"
    assert second == (
        "  missing       PIC-PER-03 fail at /measurementSets/0/performanceEnd of document 0"
    )
    assert third.startswith("  not expected  PIC-CEH-01 fail at /measurementSets/0")
