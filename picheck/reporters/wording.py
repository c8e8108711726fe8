"""The words and the order in which findings are told, the same in every reporter."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from picheck.api import Citation, DocumentSummary, Report, Result

VERDICTS: Final = {"ready": "READY", "notReady": "NOT READY", "incomplete": "INCOMPLETE"}

CONSEQUENCES: Final = {
    "submissionRejected": "submission refused",
    "categoryZero": "category scores 0",
    "reweightingLost": "reweighting lost",
    "pointsLost": "points lost",
    "auditRisk": "audit risk",
    "advice": "advice",
}

#: Findings are told in three groups, worst first.
GROUPS: Final = (
    ("error", "Costs everything"),
    ("warning", "Costs points, or invites questions"),
    ("note", "Worth knowing"),
)


#: What no reader sees and some terminals obey: controls, direction marks, what Unicode leaves
#: unassigned, and its own line breaks.
INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str) -> str:
    """Make text from a document harmless on a terminal: no controls, no direction marks."""
    return "".join(
        character
        if character == "\n" or unicodedata.category(character) not in INVISIBLE
        else f"\\u{ord(character):04x}"
        for character in text
    )


def plain(value: Any) -> str:
    """Show a JSON value in a sentence: texts as they are, several joined by "or"."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return " or ".join(value)
    return json.dumps(value, ensure_ascii=False)


def place(report: Report, result: Result) -> str:
    """Return `file:line:column`, or the file and the pointer where there is no line."""
    document = report.documents[result.document]
    location = result.location
    numbers = [str(number) for number in (location.line, location.column) if number]
    if numbers:
        return ":".join((document.uri, *numbers))
    return f"{document.uri} {location.pointer}".rstrip()


def cited(citation: Citation) -> str:
    """Return one citation as a line: title, place in it, standing, address."""
    where = f", {citation.locator}" if citation.locator else ""
    address = f" {citation.url}" if citation.url else ""
    return f"{citation.title}{where} ({citation.standing}){address}"


def failures(results: Iterable[Result], severity: str) -> list[Result]:
    """Return the open failures of one severity."""
    return [
        result
        for result in results
        if result.outcome == "fail"
        and result.severity == severity
        and not result.disposition.is_accepted
    ]


def unverified(results: Iterable[Result]) -> list[Result]:
    """Return the results that need facts nobody supplied."""
    return [result for result in results if result.outcome == "indeterminate"]


def of_document(report: Report, index: int) -> list[Result]:
    """Return the results of one document, in report order."""
    return [result for result in report.results if result.document == index]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return "1 rule" or "3 rules"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def headline(document: DocumentSummary, results: Sequence[Result]) -> str:
    """Say the verdict on a document in one breath, with what it rests on."""
    parts = []
    if found := failures(results, "error"):
        parts.append(f"{counted(len(found), 'finding')} that {_cost(found)} everything")
    if found := failures(results, "warning"):
        parts.append(counted(len(found), "warning"))
    if found := failures(results, "note"):
        parts.append(counted(len(found), "note"))
    if found := unverified(results):
        verb = "needs" if len(found) == 1 else "need"
        codes = ", ".join(dict.fromkeys(result.rule.code for result in found))
        parts.append(f"{counted(len(found), 'rule')} {verb} evidence: {codes}")
    if broken := document.outcomes.get("error"):
        parts.append(f"{counted(broken, 'check')} could not be made")
    if waived := sum(result.disposition.waiver is not None for result in results):
        parts.append(f"{waived:,} waived")
    if known := sum(result.disposition.baseline == "unchanged" for result in results):
        parts.append(f"{known:,} in the baseline")
    return "; ".join(parts) or f"{counted(document.outcomes.get('pass', 0), 'check')} passed"


def _cost(found: Sequence[Result]) -> str:
    return "costs" if len(found) == 1 else "cost"


_ORDER: Final = {"error": 0, "warning": 1, "note": 2, "none": 3}
_COSTS: Final = {name: rank for rank, name in enumerate(CONSEQUENCES)}


def open_findings(results: Iterable[Result]) -> list[Result]:
    """Return what failed, broke or could not be decided, less what was accepted."""
    return [
        result
        for result in results
        if result.outcome in {"fail", "indeterminate", "error"}
        and not result.disposition.is_accepted
    ]


def accepted(results: Iterable[Result]) -> list[Result]:
    """Return the findings that a waiver or a baseline accepts."""
    return [result for result in results if result.disposition.is_accepted]


def acceptance(result: Result) -> str:
    """Say why an accepted finding no longer counts."""
    waiver = result.disposition.waiver
    return "in the baseline" if waiver is None else f"waived: {waiver}"


def worst_first(results: Iterable[Result]) -> list[Result]:
    """Sort findings by severity and consequence; those that broke come first."""

    def rank(result: Result) -> tuple[bool, int, int, int, str, str]:
        return (
            result.outcome != "error",
            _ORDER[result.severity],
            _COSTS.get(result.consequence or "", len(_COSTS)),
            result.document,
            result.location.pointer,
            result.rule.code,
        )

    return sorted(results, key=rank)


def stoppers(report: Report) -> list[str]:
    """Return what kept the audit from being complete, beside rules that broke."""
    return [notice.message for notice in report.run.notices if notice.is_incomplete]


def tally(report: Report) -> str:
    """Say the whole run in numbers, the accepted ones included."""
    counts, summary = report.summary.outcomes, report.summary
    return (
        f"{counted(len(report.documents), 'document')}:"
        f" {counts.get('pass', 0):,} checks passed, {counts.get('fail', 0):,} failed,"
        f" {counts.get('indeterminate', 0):,} need evidence,"
        f" {counts.get('notApplicable', 0):,} do not apply,"
        f" {counts.get('error', 0):,} could not be made;"
        f" {summary.waived:,} waived, {summary.baseline:,} in the baseline"
    )
