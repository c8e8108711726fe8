"""The framework serves another program: nothing of Promoting Interoperability is baked in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from packs import ia
from packs.activities import activities
from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake.documents import RawDocument
from picheck.model.report import Report
from picheck.plugins.host import Host
from picheck.plugins.registry import collect_plugins
from picheck.testing import audit, compliant, run_cases
from picheck.testing.builders import Draft

test_cases = run_cases(Path(ia.__file__).parent / "cases", plugins=[ia], compliant=activities)


def audit_without_our_pack(document: Draft) -> Report:
    host = Host()
    host.register(ia, "ia")
    raw = RawDocument(uri="ia.json", data=document.to_json().encode())
    return audit_inputs([raw], AuditOptions(as_of=date(2026, 2, 1)), collect_plugins(host))


def test_another_program_is_audited_without_ours() -> None:
    report = audit_without_our_pack(Draft(*activities(2025)))
    assert report.summary.verdict == "ready"
    assert [(book.program, book.year) for book in report.run.rulebooks] == [("ia", 2025)]
    assert report.documents[0].outcomes["pass"] == 2


def test_another_program_finds_its_own_faults() -> None:
    report = audit_without_our_pack(Draft(*activities(2025)).without("IA_EPA_1"))
    [result] = report.results
    assert (result.code, result.message) == (
        "TIA-ACT-01",
        "1 activities are attested, 2 needed",
    )


def test_a_year_that_the_other_program_lacks_is_said() -> None:
    report = audit_without_our_pack(Draft(*activities(2024)))
    assert report.summary.verdict == "incomplete"
    assert "no rulebook for ia 2024; installed: 2025" in report.results[0].message


def test_one_document_may_hold_sets_of_both_programs() -> None:
    both = compliant(2025).patched(
        {
            "op": "add",
            "path": "/measurementSets/-",
            "value": activities(2025)[0]["measurementSets"][0],
        }
    )
    report = audit(both, plugins=[ia])
    assert report.summary.verdict == "ready"
    assert {book.program for book in report.run.rulebooks} == {"pi", "ia"}
    assert {r.code for r in report.results} >= {"TIA-ACT-01", "PIC-PER-03"}
