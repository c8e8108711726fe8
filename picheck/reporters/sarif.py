"""The report as a SARIF 2.1.0 log, for code scanning and other result viewers."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from picheck.api import Location, Report, Result, Style
from picheck.reporters.escaping import harmless_json, one_line, uri_reference
from picheck.reporters.sarif_rules import descriptors

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
#: The name under which our fingerprints stand; the number changes with how they are made.
FINGERPRINT: Final = "picheck/v1"
_KINDS: Final = {
    "pass": "pass",
    "fail": "fail",
    "notApplicable": "notApplicable",
    "indeterminate": "open",
}


class SarifReporter:
    """Writes one run; rules that broke and notices are notifications, not results."""

    name = "sarif"
    description = "SARIF 2.1.0 for code scanning"

    def render(self, report: Report, style: Style) -> str:
        """Return the log as indented JSON."""
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, style)]}
        return (
            harmless_json(msgspec.json.format(msgspec.json.encode(log), indent=2).decode()) + "\n"
        )


def _run(report: Report, style: Style) -> dict[str, Any]:
    rules = descriptors(report.results, style.rules)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    told = [result for result in report.results if result.outcome != "error"]
    return {
        "tool": {
            "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "semanticVersion": report.tool.version,
                "rules": rules,
            }
        },
        "automationDetails": {"id": "picheck/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, index)],
        "artifacts": _artifacts(report),
        "results": [_result(report, result, index, _habits(told)) for result in told],
        "properties": {
            "verdict": report.summary.verdict,
            "asOf": report.run.as_of,
            "gate": report.run.gate,
            "rulebooks": msgspec.to_builtins(report.run.rulebooks),
            "summary": msgspec.to_builtins(report.summary),
        },
    }


def _habits(results: list[Result]) -> tuple[bool, bool]:
    """Tell whether any result is suppressed or has a baseline: then SARIF asks it of all."""
    return (
        any(result.disposition.waiver is not None for result in results),
        any(result.disposition.baseline is not None for result in results),
    )


def _artifacts(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "location": {"uri": uri_reference(document.uri)},
            "mimeType": "application/json",
            "roles": ["analysisTarget"],
            "hashes": {"sha-256": document.sha256},
            "properties": {
                "verdict": document.verdict,
                "performanceYear": document.performance_year,
                "entityType": document.entity_type,
                "subject": document.subject,
                "line": document.line,
                "outcomes": document.outcomes,
            },
        }
        for document in report.documents
    ]


def _result(
    report: Report, result: Result, index: dict[str, int], habits: tuple[bool, bool]
) -> dict[str, Any]:
    failed = result.outcome == "fail"
    told: dict[str, Any] = {
        "ruleId": result.rule.code,
        "ruleIndex": index[result.rule.code],
        "kind": _KINDS[result.outcome],
        "level": result.severity if failed else "none",
        "message": {"text": _message(result)},
        "locations": [_location(report, result.location, result.document, result.named_pointer)],
        "properties": {
            "outcome": result.outcome,
            "consequence": result.consequence,
            "expected": result.expected,
            "actual": result.actual,
            "missingEvidence": result.missing_evidence,
            "remediation": result.remediation,
            "note": result.note,
            "citations": msgspec.to_builtins(result.citations),
        },
    }
    if result.fingerprint:
        told["partialFingerprints"] = {FINGERPRINT: result.fingerprint}
    if result.related_locations:
        told["relatedLocations"] = [
            {"id": number, **_location(report, place, result.document, place.pointer)}
            for number, place in enumerate(result.related_locations, start=1)
        ]
    any_suppressed, any_baseline = habits
    if any_suppressed:
        told["suppressions"] = _suppressions(result)
    if any_baseline:
        told["baselineState"] = result.disposition.baseline or "new"
    return told


def _suppressions(result: Result) -> list[dict[str, str]]:
    waiver = result.disposition.waiver
    if waiver is None:
        return []
    return [{"kind": "external", "status": "accepted", "justification": one_line(waiver)}]


def _message(result: Result) -> str:
    text = result.message
    if result.missing_evidence:
        text += f"; would settle it: {', '.join(result.missing_evidence)}"
    elif result.outcome == "fail" and result.remediation:
        text += f". To fix: {result.remediation}"
    # Brackets would make links and placeholders of a document's text.
    for character in "\\[]":
        text = text.replace(character, f"\\{character}")
    return one_line(text).replace("{", "{{").replace("}", "}}") or result.rule.slug


def _location(
    report: Report, location: Location, document: int, named_pointer: str
) -> dict[str, Any]:
    index = document if location.document is None else location.document
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": uri_reference(report.documents[index].uri), "index": index}
    }
    if location.line:
        physical["region"] = {"startLine": location.line}
        if location.column:
            physical["region"]["startColumn"] = location.column
    place: dict[str, Any] = {"physicalLocation": physical}
    if name := named_pointer or location.pointer:
        place["logicalLocations"] = [
            {
                "name": name.rpartition("/")[2],
                "fullyQualifiedName": name,
                "properties": {"pointer": location.pointer},
            }
        ]
    if location.message:
        place["message"] = {"text": one_line(location.message)}
    return place


def _invocation(report: Report, index: dict[str, int]) -> dict[str, Any]:
    broken = [result for result in report.results if result.outcome == "error"]
    notifications = [
        {
            "level": "error",
            "message": {"text": one_line(result.message)},
            "descriptor": {"id": result.rule.code},
            "associatedRule": {"id": result.rule.code, "index": index[result.rule.code]},
            "locations": [
                _location(report, result.location, result.document, result.named_pointer)
            ],
        }
        for result in broken
    ]
    notices = [
        {
            "level": "error" if notice.is_incomplete else "note",
            "message": {"text": one_line(notice.message)},
            "descriptor": {"id": notice.kind},
        }
        for notice in report.run.notices
    ]
    return {
        "executionSuccessful": report.summary.exit.code in {0, 1},
        "exitCode": report.summary.exit.code,
        "exitCodeDescription": ", ".join(report.summary.exit.reasons) or "clean",
        "toolExecutionNotifications": notifications + notices,
    }
