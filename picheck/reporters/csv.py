"""Findings as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from picheck.api import DocumentSummary, Report, Result, Style
from picheck.reporters import wording
from picheck.reporters.escaping import cell
from picheck.reporters.table import Table

COLUMNS: Final = (
    "document",
    "line",
    "column",
    "pointer",
    "namedPointer",
    "performanceYear",
    "entityType",
    "subject",
    "verdict",
    "code",
    "slug",
    "outcome",
    "consequence",
    "severity",
    "message",
    "remediation",
    "expected",
    "actual",
    "missingEvidence",
    "note",
    "sources",
    "waiver",
    "baseline",
    "fingerprint",
)


class CsvReporter(Table):
    """Writes one row a result (RFC 4180); no cell is ever a formula."""

    name = "csv"
    description = "one row a finding, safe to open in a spreadsheet"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return a header and one row a result; a document without any has a row of its own."""
        documents = (
            self.document(index, about, wording.of_document(report, index))
            for index, about in enumerate(report.documents)
        )
        return b"".join((self.opening(report), *documents)).decode()

    def opening(self, summed: Report) -> bytes:  # noqa: ARG002 - a table has no head but this
        """Return the header."""
        return _written([COLUMNS])

    def document(self, index: int, summary: DocumentSummary, results: Sequence[Result]) -> bytes:
        """Return the rows of a document."""
        del index  # a row names its document by file and line
        return _written(map(cell, _row(summary, result)) for result in results or (None,))


def _written(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _row(about: DocumentSummary, result: Result | None) -> Iterator[str]:
    line = result.location.line if result else about.line
    yield from (about.uri, _text(line))
    yield from _place(result)
    yield from (_text(about.performance_year), _text(about.entity_type))
    yield from (about.subject, about.verdict)
    yield from _finding(result) if result else ("",) * (len(COLUMNS) - 9)


def _place(result: Result | None) -> tuple[str, str, str]:
    if result is None:
        return "", "", ""
    return _text(result.location.column), result.location.pointer, result.named_pointer


def _finding(result: Result) -> tuple[str, ...]:
    return (
        result.rule.code,
        result.rule.slug,
        result.outcome,
        _text(result.consequence),
        result.severity,
        result.message,
        _text(result.remediation),
        "" if result.expected is None else wording.plain(result.expected),
        "" if result.actual is None else wording.plain(result.actual),
        " ".join(result.missing_evidence),
        _text(result.note),
        "; ".join(map(wording.cited, result.citations)),
        _text(result.disposition.waiver),
        _text(result.disposition.baseline),
        result.fingerprint,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
