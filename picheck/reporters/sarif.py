"""The report as a SARIF 2.1.0 log, for code scanning and other result viewers."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from picheck.api import Location, Report, Result, RuleRecord, Style
from picheck.model.frozen import thaw
from picheck.plugins.reporter import find_rule, rules_of
from picheck.reporters import presentation
from picheck.reporters.escaping import harmless_json, one_line, uri_reference
from picheck.reporters.sarif_rules import describe_rules

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
#: The name of our fingerprints; the number changes with how they are made.
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
    media_type = "application/sarif+json"
    description = "SARIF 2.1.0 for code scanning"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return the log as indented JSON."""
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
        text = msgspec.json.format(msgspec.json.encode(log, enc_hook=thaw), indent=2)
        return harmless_json(text.decode()) + "\n"


class _Writer:
    """Writes the results of a report; what they have in common is looked up once."""

    def __init__(self, report: Report) -> None:
        self.rules = rules_of(report)
        results = [r for view in presentation.view_documents(report) for r in view.results]
        self.results = [result for result in results if result.outcome != "error"]
        self.broken = [result for result in results if result.outcome == "error"]
        needed = {(r.code, r.year): find_rule(self.rules, r.code, r.year) for r in results}
        self.described, self.descriptors = describe_rules([*report.rules, *needed.values()])
        self.places = {rule["id"]: number for number, rule in enumerate(self.descriptors)}
        self.uris = [uri_reference(document.uri) for document in report.documents]
        # SARIF asks these of all results of a run, or of none
        self.any_suppressed = any(result.waiver is not None for result in self.results)
        self.any_baseline = any(result.baseline is not None for result in self.results)


def _run(report: Report) -> dict[str, Any]:
    writer = _Writer(report)
    return {
        "tool": {
            "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "semanticVersion": report.tool.version,
                "rules": writer.descriptors,
            }
        },
        "automationDetails": {"id": "picheck/"},
        # our columns count code points; without this SARIF takes them for UTF-16 units
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, writer)],
        "artifacts": _artifacts(report),
        "results": [_result(writer, result) for result in writer.results],
        "properties": {
            "verdict": report.summary.verdict,
            "asOf": report.run.as_of,
            "gate": report.run.gate,
            "rulebooks": msgspec.to_builtins(report.run.rulebooks),
            "summary": msgspec.to_builtins(report.summary),
            **({"history": msgspec.to_builtins(report.run.history)} if report.run.history else {}),
        },
    }


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


def _result(writer: _Writer, result: Result) -> dict[str, Any]:
    rule = find_rule(writer.rules, result.code, result.year)
    written: dict[str, Any] = {
        "ruleId": result.code,
        "ruleIndex": writer.places[result.code],
        "kind": _KINDS[result.outcome],
        # SARIF allows a level to failures alone
        "level": result.severity if result.outcome == "fail" else "none",
        "message": {"text": _message(result, rule)},
        "locations": [_location(writer, result.location, result.document)],
        "properties": _properties(result, rule, is_described=rule is writer.described[rule.code]),
    }
    if result.fingerprint:
        written["partialFingerprints"] = {FINGERPRINT: result.fingerprint}
    if result.related_locations:
        written["relatedLocations"] = [
            {"id": number, **_location(writer, place, result.document)}
            for number, place in enumerate(result.related_locations, start=1)
        ]
    if writer.any_suppressed:
        written["suppressions"] = _suppressions(result)
    if writer.any_baseline:
        written["baselineState"] = result.baseline or "new"
    return written


def _properties(result: Result, rule: RuleRecord, *, is_described: bool) -> dict[str, Any]:
    """Return what SARIF has no place for. The rule's own part is left out if it is described."""
    remediation, note, citations = result.remediation, result.note, result.citations
    if not is_described:
        remediation = presentation.find_remediation(result, rule)
        note = presentation.find_note(result, rule)
        citations = presentation.find_citations(result, rule)
    properties = {
        "outcome": result.outcome,
        "year": result.year,
        "consequence": result.consequence,
        "measures": result.measures,
        "expected": result.expected,
        "actual": result.actual,
        "missingEvidence": result.missing_evidence,
        "remediation": remediation,
        "note": note,
        "citations": msgspec.to_builtins(citations),
    }
    return {name: value for name, value in properties.items() if value not in (None, (), [])}


def _suppressions(result: Result) -> list[dict[str, str]]:
    if result.waiver is None:
        return []
    return [{"kind": "external", "status": "accepted", "justification": one_line(result.waiver)}]


def _message(result: Result, rule: RuleRecord) -> str:
    text = result.message
    remediation = presentation.find_remediation(result, rule)
    if result.missing_evidence:
        text += f"; would settle it: {', '.join(result.missing_evidence)}"
    elif result.outcome == "fail" and remediation:
        text += f". To fix: {remediation}"
    # Brackets would make links and placeholders of a document's text.
    for character in "\\[]":
        text = text.replace(character, f"\\{character}")
    return one_line(text).replace("{", "{{").replace("}", "}}") or rule.slug


def _location(writer: _Writer, location: Location, document: int) -> dict[str, Any]:
    index = document if location.document is None else location.document
    physical: dict[str, Any] = {"artifactLocation": {"uri": writer.uris[index], "index": index}}
    if location.line:
        physical["region"] = {"startLine": location.line}
        if location.column:
            physical["region"]["startColumn"] = location.column
    place: dict[str, Any] = {"physicalLocation": physical}
    if name := location.named or location.pointer:
        place["logicalLocations"] = [
            {
                "name": name.rpartition("/")[2],
                "fullyQualifiedName": name,
                "properties": {"pointer": location.pointer},
            }
        ]
    if location.source_path:
        place.setdefault("logicalLocations", []).append(
            {"fullyQualifiedName": location.source_path, "kind": "element"}
        )
    if location.message:
        place["message"] = {"text": one_line(location.message)}
    return place


def _invocation(report: Report, writer: _Writer) -> dict[str, Any]:
    notifications = [
        {
            "level": "error",
            "message": {"text": one_line(result.message)},
            "descriptor": {"id": result.code},
            "associatedRule": {"id": result.code, "index": writer.places[result.code]},
            "locations": [_location(writer, result.location, result.document)],
        }
        for result in writer.broken
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
        # 1: findings are no failure of the tool
        "executionSuccessful": report.summary.exit.code in {0, 1},
        "exitCode": report.summary.exit.code,
        "exitCodeDescription": ", ".join(report.summary.exit.reasons) or "clean",
        "toolExecutionNotifications": notifications + notices,
    }
