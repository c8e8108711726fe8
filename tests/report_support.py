"""What the tests of the reporters share: documents, reports on them, and how each is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake.documents import RawDocument
from picheck.model.citation import Citation
from picheck.model.location import Location
from picheck.model.report import DocumentSummary, Exit, Report, Run, Summary
from picheck.model.result import Result, RuleRecord
from picheck.model.vocabulary import Verdict
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Style
from support import FIXTURES

YEAR: Final = 2025
TIN: Final = "123456789"  # invented, as everything in the fixtures
AS_OF: Final = date(2026, 2, 1)


NAMES: Final = (
    "text",
    "json",
    "ndjson",
    "sarif",
    "junit",
    "github",
    "markdown",
    "csv",
    "html",
    "operationoutcome",
)


def compliant() -> dict[str, Any]:
    """Return a submission with nothing wrong, as fresh plain values."""
    return _read(f"{YEAR}.json")


def evidence() -> dict[str, Any]:
    """Return its evidence."""
    return _read(f"{YEAR}.evidence.json")


def departing() -> dict[str, Any]:
    """Return a submission with faults of every weight, some of them with related places."""
    submission = compliant()
    record = submission["measurementSets"][0]
    record["performanceStart"] = "2025-08-01"
    record["measurements"] = [
        _changed(m) for m in record["measurements"] if m["measureId"] not in {"PI_EP_2", "PI_PEA_1"}
    ]
    record["measurements"].append({"measureId": "PI_LVPP_1", "value": True})
    return submission


def _changed(measurement: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "PI_EP_1": {"numerator": 0, "denominator": 500},
        "PI_ONCDIR_1": False,
    }
    identifier = measurement["measureId"]
    return {**measurement, "value": values.get(identifier, measurement["value"])}


def incomplete_evidence() -> dict[str, Any]:
    """Return evidence that leaves two rules undecided."""
    given = evidence()
    del given["attestations"]["securityRiskAnalysisOn"]
    del given["cehrt"]["certifiedOn"]
    return given


def document(
    submission: Any, uri: str = "acme.json", given: dict[str, Any] | None = None
) -> RawDocument:
    """Return a document as the intake hands it on; a text is taken as it is."""
    text = submission if isinstance(submission, str) else json.dumps(submission, indent=2)
    handed = None if given is None else json.dumps(given).encode()
    return RawDocument(uri=uri, data=text.encode(), evidence=handed)


def report_on(registry: PluginRegistry, *documents: RawDocument, **options: Any) -> Report:
    """Audit documents with every result and all chart data."""
    chosen: dict[str, Any] = {"all_results": True, "with_chart_data": True, "as_of": AS_OF}
    return audit_inputs(documents, AuditOptions(**chosen | options), registry)


def the_usual(registry: PluginRegistry, **options: Any) -> Report:
    """Return the report on a departing, a compliant and a refused document."""
    return report_on(
        registry,
        document(departing(), "acme.json", incomplete_evidence()),
        document(compliant() | {"taxpayerIdentificationNumber": "111223333"}, "b.json", evidence()),
        document({"entityType": "group", "measurementSets": "none"}, "c.json"),
        **options,
    )


def small_report(
    results: Iterable[Result], *, verdict: Verdict = "notReady", **summary: Any
) -> Report:
    """Return a report on one document, made by hand, with a rule for each code in use."""
    kept = tuple(results)
    about: dict[str, Any] = {
        "uri": "acme.json",
        "sha256": "0a" * 32,
        "performance_year": YEAR,
        "entity_type": "group",
        "subject": "tin *****6789",
        "verdict": verdict,
    }
    document = DocumentSummary(**about | summary)
    codes = {result.code for result in kept} | {entry.code for entry in document.unverified}
    return Report(
        run=Run(as_of="2026-02-01", gate="error"),
        rules=tuple(rule_record(code) for code in sorted(codes)),
        documents=(document,),
        results=kept,
        summary=Summary(
            verdict=verdict,
            documents={verdict: 1},
            outcomes=document.outcomes,
            consequences={},
            exit=Exit(code=0),
        ),
    )


def rule_record(code: str, **changes: Any) -> RuleRecord:
    """Return a rule as a report names it."""
    fields: dict[str, Any] = {
        "code": code,
        "year": YEAR,
        "slug": "something-wrong",
        "title": "Something is wrong.",
        "plugin": "acme",
        "consequence": "categoryZero",
        "severity": "error",
        "help": "Looks for something wrong.",
        "remediation": "correct it",
        "note": "Two sources disagree.",
        "citations": (
            Citation(key="rule", title="The Rule", standing="official", url="https://cms.test"),
        ),
    }
    return RuleRecord(**fields | changes)


def failure(code: str = "ACME-ANY-01", **changes: Any) -> Result:
    """Return a failure as the engine makes it: without what is its rule's own."""
    fields: dict[str, Any] = {
        "document": 0,
        "code": code,
        "year": YEAR,
        "outcome": "fail",
        "message": "something is wrong",
        "location": Location(pointer="/a", line=3, column=5),
        "severity": "error",
        "consequence": "categoryZero",
    }
    return Result(**fields | changes)


def rendered(registry: PluginRegistry, name: str, report: Report) -> str:
    """Return a report as one of the reporters writes it."""
    return registry.reporters[name].render(report, Style())


def failures(report: Report) -> set[tuple[str, str, str]]:
    """Return (code, pointer, outcome) of everything that failed or could not be decided."""
    return {
        (result.code, result.location.pointer, result.outcome)
        for result in report.results
        if result.outcome in {"fail", "indeterminate"}
    }


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / "compliant" / name).read_bytes())
    return copy.deepcopy(found)
