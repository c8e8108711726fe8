"""Findings as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from picheck.api import DocumentSummary, Notice, Report, Result, RuleRecord, Style
from picheck.plugins.reporter import RuleKey, find_rule, stream
from picheck.reporters.escaping import cell
from picheck.reporters.formatting import format_citation, format_value
from picheck.reporters.presentation import (
    add_unverified,
    find_citations,
    find_note,
    find_remediation,
)
from picheck.reporters.unreadable import describe_unreadable, list_unreadable

COLUMNS: Final = (
    "document",
    "line",
    "column",
    "pointer",
    "namedPointer",
    "performanceYear",
    "entityType",
    "subject",
    "entity",
    "verdict",
    "code",
    "slug",
    "outcome",
    "consequence",
    "severity",
    "message",
    "measures",
    "remediation",
    "expected",
    "actual",
    "missingEvidence",
    "note",
    "sources",
    "waiver",
    "baseline",
    "fingerprint",
    "sourcePath",
)


class CsvReporter:
    """Writes one row a result (RFC 4180); no cell is ever a formula.

    A document without results has a row of its own, and so has an input that could not be read.
    """

    name = "csv"
    media_type = "text/csv"
    description = "one row a finding, safe to open in a spreadsheet"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return the whole table."""
        return b"".join(stream(report, self)).decode()

    def opening(self, summed: Report) -> bytes:  # noqa: ARG002 - the same for every report
        """Return the header."""
        return _write([COLUMNS])

    def rules(self, records: Sequence[RuleRecord]) -> bytes:  # noqa: ARG002
        """Return nothing: each row says what it takes from its rule."""
        return b""

    def document(
        self,
        index: int,
        summary: DocumentSummary,
        results: Sequence[Result],
        rules: Mapping[RuleKey, RuleRecord],
    ) -> bytes:
        """Return the rows of a document."""
        about = _document_cells(summary)
        rows = [
            {**about, **_result_cells(result, find_rule(rules, result.code, result.year))}
            for result in add_unverified(index, summary, results, rules)
        ]
        return _write(map(_row, rows or [about]))

    def notice(self, index: int, notice: Notice) -> bytes:
        """Return a row for an input that could not be read; nothing for any other notice."""
        del index
        found = describe_unreadable(notice)
        return b"" if found is None else _write([_row(found)])

    def closing(self, summed: Report) -> bytes:
        """Return rows for the inputs that could not be read."""
        return _write(map(_row, list_unreadable(summed)))


def _write(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _row(cells: Mapping[str, Any]) -> list[str]:
    values = (cells.get(name) for name in COLUMNS)
    return ["" if value is None else cell(str(value)) for value in values]


def _document_cells(summary: DocumentSummary) -> dict[str, Any]:
    return {
        "document": summary.uri,
        "line": summary.line,
        "performanceYear": summary.performance_year,
        "entityType": summary.entity_type,
        "subject": summary.subject,
        "entity": summary.entity,
        "verdict": summary.verdict,
    }


def _result_cells(result: Result, rule: RuleRecord) -> dict[str, Any]:
    location = result.location
    return {
        "line": location.line,
        "column": location.column,
        "pointer": location.pointer,
        "namedPointer": location.named or location.pointer,
        "code": result.code,
        "slug": rule.slug,
        "outcome": result.outcome,
        "consequence": result.consequence,
        "severity": result.severity,
        "message": result.message,
        "measures": " ".join(result.measures),
        "remediation": find_remediation(result, rule),
        "expected": None if result.expected is None else format_value(result.expected),
        "actual": None if result.actual is None else format_value(result.actual),
        "missingEvidence": " ".join(result.missing_evidence),
        "note": find_note(result, rule),
        "sources": "; ".join(map(format_citation, find_citations(result, rule))),
        "waiver": result.waiver,
        "baseline": result.baseline,
        "fingerprint": result.fingerprint,
        "sourcePath": location.source_path,
    }
