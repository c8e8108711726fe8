"""The words and the order in which findings are shown, the same in every reporter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from picheck.api import (
    Citation,
    DocumentSummary,
    Location,
    Notice,
    Report,
    Result,
    RuleRecord,
)
from picheck.model.evidence_questions import question
from picheck.model.frozen import thaw
from picheck.plugins.reporter import RuleKey, find_rule, results_by_document, rules_of
from picheck.reporters.formatting import document_name, format_count

VERDICTS: Final = {"ready": "READY", "notReady": "NOT READY", "incomplete": "INCOMPLETE"}

CONSEQUENCES: Final = {
    "submissionRejected": "submission refused",
    "categoryZero": "category scores 0",
    "reweightingLost": "reweighting lost",
    "pointsLost": "points lost",
    "auditRisk": "audit risk",
    "advice": "advice",
}

#: How often a rule runs.
SCOPES: Final = {
    "document": "once a document",
    "set": "once a measurement set",
    "entity": "once an entity, across all documents of a run",
}

#: What a failure costs, as a heading, for each severity.
SEVERITIES: Final = {
    "error": "costs everything",
    "warning": "costs points, or invites questions",
    "note": "worth knowing",
}
_RANKS: Final = {"error": 0, "warning": 1, "note": 2, "none": 3}
_COSTS: Final = {name: rank for rank, name in enumerate(CONSEQUENCES)}
_FINDINGS: Final = frozenset({"fail", "indeterminate", "error"})
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class DocumentView(NamedTuple):
    """A document with all that a report says of it.

    `results` also holds a result for each `unverified` entry that has none. `rules` are those
    of the whole report.
    """

    number: int
    summary: DocumentSummary
    results: list[Result]
    notices: list[Notice]
    rules: Mapping[RuleKey, RuleRecord]

    @property
    def name(self) -> str:
        """The file, and the line where the document is one line of it."""
        return document_name(self.summary)

    def rule(self, result: Result) -> RuleRecord:
        """Return the rule of a result."""
        return find_rule(self.rules, result.code, result.year)


def view_documents(report: Report) -> Iterator[DocumentView]:
    """Yield each document of a report with its results and notices."""
    rules, results = rules_of(report), results_by_document(report)
    notices: dict[int, list[Notice]] = {}
    for notice in report.run.notices:
        if notice.document is not None:
            notices.setdefault(notice.document, []).append(notice)
    for index, summary in enumerate(report.documents):
        own = add_unverified(index, summary, results.get(index, []), rules)
        yield DocumentView(index, summary, own, notices.get(index, []), rules)


def add_unverified(
    index: int,
    summary: DocumentSummary,
    results: Sequence[Result],
    rules: Mapping[RuleKey, RuleRecord],
) -> list[Result]:
    """Return the results of a document, with one for each `unverified` entry that has none.

    Where all results are wanted, what lacks evidence is among them; otherwise the document
    alone names it. The message of such a result is its questions.
    """
    known = {result.code for result in results if result.outcome == "indeterminate"}
    added = [
        Result(
            document=index,
            code=entry.code,
            year=find_rule(rules, entry.code, summary.performance_year).year,
            outcome="indeterminate",
            message=" ".join(map(question, entry.missing)) or "the evidence file was refused",
            location=Location(pointer="", line=summary.line),
            measures=entry.measures,
            missing_evidence=entry.missing,
        )
        for entry in summary.unverified
        if entry.code not in known
    ]
    return [*results, *added]


def find_remediation(result: Result, rule: RuleRecord) -> str | None:
    """Return what to do about a finding: its own remedy, or the rule's."""
    if result.outcome not in _FINDINGS:
        return None
    return result.remediation or rule.remediation or None


def find_note(result: Result, rule: RuleRecord) -> str | None:
    """Return what the sources of a failure leave open: its own note, or the rule's."""
    return result.note or (rule.note if result.outcome == "fail" else None)


def find_citations(result: Result, rule: RuleRecord) -> tuple[Citation, ...]:
    """Return the sources of a finding: its own, or the rule's."""
    return result.citations or (rule.citations if result.outcome in _FINDINGS else ())


def is_capped(result: Result) -> bool:
    """Whether a failure counts less than it costs, for its sources are unverified."""
    return result.severity == "warning" and result.consequence in {
        "submissionRejected",
        "categoryZero",
    }


def list_failures(results: Iterable[Result], severity: str) -> list[Result]:
    """Return the open failures of one severity."""
    return [
        result
        for result in results
        if result.outcome == "fail" and result.severity == severity and not result.is_accepted
    ]


def count_open_questions(results: Iterable[Result]) -> int:
    """Return how many questions results leave open: one for each rule, however much it lacks."""
    return len({result.code for result in list_unverified(results)})


def list_unverified(results: Iterable[Result]) -> list[Result]:
    """Return the open results that lack evidence."""
    return [r for r in results if r.outcome == "indeterminate" and not r.is_accepted]


def list_findings(results: Iterable[Result]) -> list[Result]:
    """Return what failed, broke or could not be decided, less what was accepted."""
    return [result for result in results if result.outcome in _FINDINGS and not result.is_accepted]


def list_accepted(results: Iterable[Result]) -> list[Result]:
    """Return the findings that a waiver or a baseline accepts."""
    return [result for result in results if result.is_accepted]


def describe_acceptance(result: Result) -> str:
    """Say why an accepted finding no longer counts."""
    return "in the baseline" if result.waiver is None else f"waived: {result.waiver}"


def list_reasons_incomplete(report: Report) -> list[str]:
    """Return what kept the audit from being complete, beside rules that broke."""
    return [notice.message for notice in report.run.notices if notice.is_incomplete]


def sort_by_severity(results: Iterable[Result]) -> list[Result]:
    """Sort findings by severity and consequence; those that broke come first."""

    def rank(result: Result) -> tuple[bool, int, int, int, str, str]:
        return (
            result.outcome != "error",
            _RANKS[result.severity],
            _COSTS.get(result.consequence or "", len(_COSTS)),
            result.document,
            result.location.pointer,
            result.code,
        )

    return sorted(results, key=rank)


def merge_equal(results: Iterable[Result]) -> list[list[Result]]:
    """Put results that differ only in their place together, in the order of their first.

    Those that are put together are sorted by line and column.
    """
    merged: dict[tuple[Any, ...], list[Result]] = {}
    for result in results:
        key = (
            result.code,
            result.year,
            result.outcome,
            result.severity,
            result.consequence,
            result.message,
            result.remediation,
            result.note,
            result.citations,
            result.missing_evidence,
            # as JSON, for lists and tables cannot be part of a key
            _encode([thaw(result.expected), thaw(result.actual)]),
        )
        merged.setdefault(key, []).append(result)
    return [sorted(equal, key=_line_and_column) for equal in merged.values()]


def _line_and_column(result: Result) -> tuple[int, int]:
    return result.location.line or 0, result.location.column or 0


def describe_counts(report: Report) -> str:
    """Say the whole run in numbers, the accepted ones included; what is 0 may be left out."""
    counts, summary = report.summary.outcomes, report.summary
    parts = [
        f"{format_count(counts.get('pass', 0), 'check')} passed",
        format_count(counts.get("fail", 0), "finding"),
        format_count(counts.get("indeterminate", 0), "open question"),
        f"{counts.get('notApplicable', 0):,} do not apply",
    ]
    rest = (
        (counts.get("error", 0), "could not be made"),
        (summary.waived, "waived"),
        (summary.baseline, "in the baseline"),
    )
    return ", ".join([*parts, *(f"{number:,} {text}" for number, text in rest if number)])


def describe_rulebooks(report: Report) -> str:
    """Name the rulebooks that took part."""
    books = (f"{book.program} {book.year} ({book.status})" for book in report.run.rulebooks)
    return ", ".join(books) or "none"
