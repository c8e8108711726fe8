"""The report as FHIR R4 OperationOutcome resources, one a document."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from picheck.api import DocumentSummary, Report, Result, Style
from picheck.reporters import wording
from picheck.reporters.escaping import harmless_json, one_line

RULE_SYSTEM: Final = "urn:picheck:rule"
VERDICT_SYSTEM: Final = "urn:picheck:verdict"
EXTENSIONS: Final = "urn:picheck:"

_SEVERITIES: Final = {
    "error": "error",
    "warning": "warning",
    "note": "information",
    "none": "information",
}
_VERDICTS: Final = {"ready": "information", "notReady": "error", "incomplete": "warning"}


class OperationOutcomeReporter:
    """Writes NDJSON, one resource a line: for one document that is one JSON resource."""

    name = "operationoutcome"
    description = "FHIR R4 OperationOutcome, one a document (NDJSON)"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return one line a document."""
        return "".join(
            harmless_json(msgspec.json.encode(_resource(report, index)).decode()) + "\n"
            for index in range(len(report.documents))
        )


def _resource(report: Report, index: int) -> dict[str, Any]:
    document = report.documents[index]
    results = wording.of_document(report, index)
    notices = [
        notice
        for notice in report.run.notices
        if notice.is_incomplete and notice.document in {None, index}
    ]
    return {
        "resourceType": "OperationOutcome",
        "id": document.sha256,
        "issue": [
            _verdict(document, results),
            *(
                {
                    "severity": "warning",
                    "code": "incomplete",
                    "details": {"text": one_line(n.message)},
                }
                for n in notices
            ),
            *(_issue(report, result) for result in wording.worst_first(results)),
        ],
    }


def _verdict(document: DocumentSummary, results: list[Result]) -> dict[str, Any]:
    about = f"{wording.VERDICTS[document.verdict]}: {wording.headline(document, results)}"
    return {
        "severity": _VERDICTS[document.verdict],
        "code": "informational",
        "details": {
            "coding": [{"system": VERDICT_SYSTEM, "code": document.verdict}],
            "text": one_line(about),
        },
        "diagnostics": one_line(f"{document.uri}, {document.subject}"),
    }


def _issue(report: Report, result: Result) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "extension": _extensions(result),
        "severity": _severity(result),
        "code": _code(result),
        "details": {
            "coding": [
                {
                    "system": RULE_SYSTEM,
                    "code": result.rule.code,
                    "display": result.rule.slug,
                }
            ],
            "text": one_line(result.message) or result.rule.slug,
        },
        "location": [
            one_line(result.location.pointer) or "/",
            one_line(wording.place(report, result)) or "-",
        ],
        "diagnostics": _diagnostics(result),
    }
    return {key: value for key, value in issue.items() if value}


def _severity(result: Result) -> str:
    if result.disposition.is_accepted:
        return "information"
    return "fatal" if result.outcome == "error" else _SEVERITIES[result.severity]


def _code(result: Result) -> str:
    """Return the FHIR issue type: what kind of thing is wrong."""
    if result.outcome == "error":
        return "exception"
    if result.outcome == "indeterminate":
        return "incomplete"
    if result.outcome != "fail" or result.disposition.is_accepted:
        return "informational"
    return "invalid" if result.consequence == "submissionRejected" else "business-rule"


def _diagnostics(result: Result) -> str:
    parts = []
    if result.disposition.is_accepted:
        parts.append(wording.acceptance(result))
    if result.missing_evidence:
        parts.append(f"would settle it: {', '.join(result.missing_evidence)}")
    elif result.remediation:
        parts.append(f"to fix: {result.remediation}")
    parts += [f"source: {wording.cited(citation)}" for citation in result.citations]
    return one_line("; ".join(parts))


def _extensions(result: Result) -> list[dict[str, str]]:
    facts = {
        "outcome": result.outcome,
        "consequence": result.consequence,
        "fingerprint": result.fingerprint,
    }
    return [
        {"url": f"{EXTENSIONS}{name}", "valueString": value}
        for name, value in facts.items()
        if value
    ]
