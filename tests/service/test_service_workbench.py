"""The workbench behind pages and API: the same answers in any thread, and nothing kept."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

import pytest

from picheck.engine.options import AuditOptions
from picheck.errors import InputError, SelectorError, UsageError
from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.service.scores import score_documents
from picheck.service.sent import SentDocument
from picheck.service.workbench import Workbench
from service_support import EXAMPLE, TIN, make_workbench
from support import COMPLIANT, YEAR, some

DOCUMENT: Final = EXAMPLE.read_bytes()
EVIDENCE: Final = COMPLIANT.with_suffix(".evidence.json").read_bytes()


@pytest.fixture(scope="module")
def workbench(registry: PluginRegistry) -> Workbench:
    return make_workbench(registry)


def missing_keys(report: Report) -> set[str]:
    return {key for entry in report.documents[0].unverified for key in entry.missing}


def test_every_thread_gets_the_same_report(workbench: Workbench) -> None:
    documents = {
        f"{year}.json": COMPLIANT.with_name(f"{year}.json").read_bytes() for year in (2024, 2025)
    } | {"example.json": DOCUMENT}
    expected = {name: workbench.audit(data, name) for name, data in documents.items()}
    with ThreadPoolExecutor(8) as threads:
        jobs = [
            (name, threads.submit(workbench.audit, data, name))
            for _ in range(10)
            for name, data in documents.items()
        ]
        for name, job in some(jobs):
            assert job.result() == expected[name]


def test_evidence_that_is_given_counts_before_the_documents_own(workbench: Workbench) -> None:
    other = {**json.loads(EVIDENCE), "attestations": {}}
    case = b'{"submission": %s, "evidence": %s}' % (
        COMPLIANT.read_bytes(),
        json.dumps(other).encode(),
    )
    own = workbench.audit(case, "case.json")
    given = workbench.audit(case, "case.json", evidence=EVIDENCE)
    key = "attestations.securityRiskAnalysisOn"
    assert key in missing_keys(own)
    assert key not in missing_keys(given)
    assert given.run.notices == ()


def test_evidence_beside_a_document_is_named_with_its_digest(workbench: Workbench) -> None:
    report = workbench.audit(COMPLIANT.read_bytes(), "clinic.json", evidence=EVIDENCE)
    assert [use.uri for use in report.documents[0].inputs] == ["clinic.evidence.json"]


def test_an_audit_that_names_no_date_speaks_for_today(registry: PluginRegistry) -> None:
    days = iter([date(2026, 2, 1), date(2026, 2, 2)])
    workbench = Workbench(AuditOptions(as_of=date(2026, 1, 1)), registry, today=lambda: next(days))
    said = [workbench.audit(DOCUMENT, "-").run.as_of for _ in range(2)]
    assert said == ["2026-02-01", "2026-02-02"]
    assert workbench.audit(DOCUMENT, "-", as_of=date(2026, 3, 1)).run.as_of == "2026-03-01"


def test_identifiers_are_shown_where_the_service_was_begun_so(registry: PluginRegistry) -> None:
    hidden, shown = make_workbench(registry), make_workbench(registry, reveal=True)
    for workbench, is_shown in ((hidden, False), (shown, True)):
        text = workbench.render(workbench.audit(DOCUMENT, "-", formats=("text",)), "text")
        assert (TIN.encode() in text) is is_shown


def test_options_that_do_not_fit_are_said_before_any_request(registry: PluginRegistry) -> None:
    with pytest.raises(SelectorError, match="did you mean PIC-PER-03"):
        make_workbench(registry, select=("PIC-PER-003",))


def test_what_cannot_be_rendered_is_said(workbench: Workbench) -> None:
    report = workbench.audit(DOCUMENT, "-")
    with pytest.raises(UsageError, match="did you mean sarif"):
        workbench.render(report, "sarf")
    with pytest.raises(UsageError, match="choose csv or ndjson"):
        workbench.render(report, "parquet")
    assert "parquet" not in workbench.format_names()


def test_what_is_no_document_has_its_place(workbench: Workbench) -> None:
    with pytest.raises(InputError) as refused:
        workbench.check_readable(b'{\n "a" 1}', "-")
    assert (refused.value.line, refused.value.column) == (2, 6)
    with pytest.raises(InputError, match="a report that picheck wrote"):
        workbench.check_readable(
            workbench.render(workbench.audit(DOCUMENT, "-"), "json"), "report.json"
        )
    workbench.check_readable(DOCUMENT, "-")


def test_a_score_counts_every_finding(registry: PluginRegistry) -> None:
    lenient = make_workbench(registry, ignore=("PIC-ERX-01",))
    strict = make_workbench(registry)
    sent = [SentDocument("-", DOCUMENT)]
    scored = [score_documents(each, sent).records[0]["score"] for each in (lenient, strict)]
    assert [each["points"] for each in scored] == [0, 0]


def test_rules_and_years_are_listed(workbench: Workbench) -> None:
    lookup = workbench.lookup
    assert YEAR in {row.year for row in lookup.list_years()}
    assert {row.code for row in lookup.list_rules(YEAR)} < {row.code for row in lookup.list_rules()}


def test_a_program_is_named_where_there_are_several(registry: PluginRegistry) -> None:
    lookup = make_workbench(registry).lookup
    assert lookup.list_years("pi") == lookup.list_years()
    with pytest.raises(UsageError, match=r"did you mean pi\?"):
        lookup.list_rules(program="pii")
