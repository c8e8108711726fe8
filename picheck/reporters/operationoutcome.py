"""The report as FHIR R4 OperationOutcome resources, one a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from picheck.api import Notice, Report, Result, RuleRecord, Style
from picheck.reporters import presentation
from picheck.reporters.escaping import harmless_json, one_line
from picheck.reporters.formatting import format_citation, format_place
from picheck.reporters.presentation import DocumentView
from picheck.reporters.questions import find_questions
from picheck.reporters.verdict_sentence import describe_verdict

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
    media_type = "application/fhir+json"
    description = "FHIR R4 OperationOutcome, one a document (NDJSON)"

    def render(self, report: Report, style: Style) -> str:
        """Return one line a document."""
        of_run = [n for n in report.run.notices if n.is_incomplete and n.document is None]
        return "".join(
            harmless_json(
                msgspec.json.encode(_resource(view, report, of_run, style.questions)).decode()
            )
            + "\n"
            for view in presentation.view_documents(report)
        )


def _resource(
    view: DocumentView, report: Report, of_run: list[Notice], questions: Mapping[str, str]
) -> dict[str, Any]:
    notices = [notice for notice in view.notices if notice.is_incomplete]
    return {
        "resourceType": "OperationOutcome",
        "id": view.summary.sha256,
        "issue": [
            _verdict(view, report.run.gate),
            *(_incomplete(notice) for notice in (*of_run, *notices)),
            *(
                _issue(view, result, view.rule(result), questions)
                for result in presentation.sort_by_severity(view.results)
            ),
        ],
    }


def _verdict(view: DocumentView, gate: str) -> dict[str, Any]:
    summary = view.summary
    about = f"{presentation.VERDICTS[summary.verdict]}: {describe_verdict(view, gate)}"
    return {
        "severity": _VERDICTS[summary.verdict],
        "code": "informational",
        "details": {
            "coding": [{"system": VERDICT_SYSTEM, "code": summary.verdict}],
            "text": one_line(about),
        },
        "diagnostics": one_line(f"{summary.uri}, {summary.subject}"),
    }


def _incomplete(notice: Notice) -> dict[str, Any]:
    return {
        "severity": "warning",
        "code": "incomplete",
        "details": {"text": one_line(notice.message)},
    }


def _issue(
    view: DocumentView, result: Result, rule: RuleRecord, added: Mapping[str, str]
) -> dict[str, Any]:
    coding = {"system": RULE_SYSTEM, "code": result.code, "display": rule.slug}
    issue: dict[str, Any] = {
        "extension": _extensions(result),
        "severity": _severity(result),
        "code": _code(result),
        "details": {"coding": [coding], "text": one_line(result.message) or rule.slug},
        "location": [
            one_line(result.location.pointer) or "/",
            one_line(format_place(view.summary, result.location)) or "-",
        ],
        "diagnostics": _diagnostics(result, rule, added),
    }
    # FHIR has no empty texts and lists
    return {key: value for key, value in issue.items() if value}


def _severity(result: Result) -> str:
    if result.is_accepted:
        return "information"
    return "fatal" if result.outcome == "error" else _SEVERITIES[result.severity]


def _code(result: Result) -> str:
    """Return the FHIR issue type: what kind of thing is wrong."""
    if result.outcome == "error":
        return "exception"
    if result.outcome == "indeterminate":
        return "incomplete"
    if result.outcome != "fail" or result.is_accepted:
        return "informational"
    return "invalid" if result.consequence == "submissionRejected" else "business-rule"


def _diagnostics(result: Result, rule: RuleRecord, added: Mapping[str, str]) -> str:
    parts = []
    if result.is_accepted:
        parts.append(presentation.describe_acceptance(result))
    if result.missing_evidence:
        questions = " ".join(find_questions(result, added))
        parts.append(f"{questions} (evidence: {', '.join(result.missing_evidence)})")
    elif remediation := presentation.find_remediation(result, rule):
        parts.append(f"to fix: {remediation}")
    citations = presentation.find_citations(result, rule)
    parts += [f"source: {format_citation(citation)}" for citation in citations]
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
