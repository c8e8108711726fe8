"""A practice that leaves the category out is answered in words it can use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import run_here
from picheck.model.report import Report
from picheck.model.result import Result
from picheck.testing import compliant
from picheck.testing.harness import audit
from support import AS_OF, YEAR

EXEMPT = {"eligibility": {"specialStatuses": ["hospitalBased"]}}


def left_out() -> dict[str, Any]:
    """Return a submission that reports another category alone."""
    other = {"category": "ia", "submissionMethod": "registry", "measurements": []}
    return {**compliant(YEAR).build(), "measurementSets": [other]}


def result_of(report: Report, code: str) -> Result:
    (result,) = [each for each in report.results if each.code == code]
    return result


def test_an_exempt_practice_passes_with_the_reason() -> None:
    report = audit(left_out(), evidence=EXEMPT)
    passed = result_of(report, "PIC-STR-02")
    assert (passed.outcome, passed.severity) == ("pass", "none")
    assert passed.message == (
        "nothing of this category is submitted, and the reweighting holds: hospitalBased"
    )
    assert passed.fingerprint == ""


def test_a_pass_with_words_counts_as_one_pass() -> None:
    report = audit(left_out(), evidence=EXEMPT)
    passed = [each for each in report.results if each.outcome == "pass"]
    assert report.documents[0].outcomes["pass"] == len(passed)


@pytest.mark.parametrize("style", ["text", "html"])
def test_all_results_show_the_reason(tmp_path: Path, style: str) -> None:
    tmp_path.joinpath("a.json").write_text(json.dumps(left_out()))
    tmp_path.joinpath("a.evidence.json").write_text(json.dumps(EXEMPT))
    words = ("audit", "--isolated", "--as-of", AS_OF, "-f", style, "--all-results")
    done = run_here(*words, tmp_path / "a.json")
    assert "nothing of this category is submitted, and the reweighting holds" in " ".join(
        done.out.split()
    )


def test_without_evidence_it_is_a_warning_that_names_what_would_settle_it() -> None:
    report = audit(left_out())
    warning = result_of(report, "PIC-STR-02")
    assert (warning.outcome, warning.severity) == ("fail", "warning")
    assert warning.message == (
        "this file reports nothing for category pi: the category scores 0 unless the practice is"
        " exempt from it, or reports it in another file"
    )
    assert "eligibility.specialStatuses" in (warning.remediation or "")
    assert report.summary.verdict == "ready"
    assert report.summary.exit.code == 0


def test_no_proof_is_asked_for_where_nothing_is_reported() -> None:
    report = audit(left_out())
    assert result_of(report, "PIC-EVD-01").outcome == "notApplicable"
    assert report.documents[0].unverified == ()


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("dietitian", "registeredDietitian"),
        ("qualifiedSpeechLanguagePathologist", "speechLanguagePathologist"),
        ("physical therapist", "physicalTherapist"),
        # A likely spelling, and another profession, which the year does not reweight.
        ("physician", None),
    ],
)
def test_a_clinician_type_under_another_name_is_asked_about(word: str, meant: str | None) -> None:
    submission = {**compliant(2022).build(), "measurementSets": []}
    report = audit(submission, evidence={"eligibility": {"clinicianType": word}})
    question = f" under this name; did you mean {meant}?" if meant else ""
    finding = result_of(report, "PIC-ELG-02")
    assert finding.message == f"{word} is not reweighted automatically in 2022{question}"
