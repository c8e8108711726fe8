"""One row a result in a Parquet file, for analysts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.api import DocumentSummary, Notice, Report, Result, RuleRecord, Style
from picheck.errors import UsageError
from picheck.model.frozen import thaw
from picheck.plugins.reporter import RuleKey, find_rule
from picheck.reporters.presentation import (
    add_unverified,
    find_citations,
    find_note,
    find_remediation,
)
from picheck.reporters.unreadable import describe_unreadable, list_unreadable

_encode: Final = msgspec.json.Encoder(enc_hook=thaw).encode
_decode: Final = msgspec.json.Decoder(list[dict[str, Any]]).decode
_ROWS_IN_A_GROUP: Final = 50_000
_NUMBERS: Final = {
    "document": "int64",
    "line": "int64",
    "column": "int64",
    "performanceYear": "int16",
}
_LISTS: Final = ("measures", "missingEvidence", "sources")
COLUMNS: Final = (
    *("document", "uri", "line", "column", "performanceYear", "entityType", "subject", "entity"),
    *("verdict", "code", "slug", "plugin", "outcome", "consequence", "severity", "message"),
    *("measures", "remediation", "pointer", "namedPointer", "expected", "actual"),
    *("missingEvidence", "sources", "note", "waiver", "baseline", "fingerprint"),
)


class ParquetReporter:
    """Writes one row a result.

    A document without results has a row of its own, and so has an input that could not be read.
    """

    name = "parquet"
    description = "one row a finding, for DuckDB and data frames; needs picheck[parquet]; streams"

    def render(self, report: Report, style: Style) -> str:
        """Raise UsageError: a table of bytes is no text."""
        del report, style
        raise UsageError("parquet is written as the run goes; beside it choose ndjson or csv")

    def opening(self, summed: Report) -> bytes:
        """Return nothing: the file's head is written with its first rows."""
        del summed
        return b""

    def rules(self, records: Sequence[RuleRecord]) -> bytes:
        """Return nothing: each row says what it takes from its rule."""
        del records
        return b""

    def document(
        self,
        index: int,
        summary: DocumentSummary,
        results: Sequence[Result],
        rules: Mapping[RuleKey, RuleRecord],
    ) -> bytes:
        """Return a document's rows as one line of JSON, which `sink` turns into columns."""
        about = _document_cells(index, summary)
        rows = [
            {**about, **_result_cells(summary, result, find_rule(rules, result.code, result.year))}
            for result in add_unverified(index, summary, results, rules)
        ]
        return _encode(rows or [about]) + b"\n"

    def notice(self, index: int, notice: Notice) -> bytes:
        """Return a row for an input that could not be read; nothing for any other notice."""
        found = describe_unreadable(notice)
        return b"" if found is None else _encode([_move_uri(found, index)]) + b"\n"

    def closing(self, summed: Report) -> bytes:
        """Return rows for the inputs that could not be read."""
        rows = [_move_uri(row, None) for row in list_unreadable(summed)]
        return _encode(rows) + b"\n" if rows else b""

    def sink(self, path: Path) -> ParquetSink:
        """Open a file that takes the pieces. Raises UsageError where the extra is missing."""
        return ParquetSink(path)


class ParquetSink:
    """Turns pieces into row groups of a Parquet file."""

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow as pa  # noqa: PLC0415 - an extra, and heavy
            from pyarrow import parquet  # noqa: PLC0415
        except ImportError as error:
            raise UsageError("parquet needs an extra: pip install 'picheck[parquet]'") from error
        self._arrow = pa
        self._schema = pa.schema([(name, _kind(name, pa)) for name in COLUMNS])
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        for line in bytes(piece).splitlines():
            self._rows += _decode(line)
        if len(self._rows) >= _ROWS_IN_A_GROUP:
            self.flush()
        return len(piece)

    def flush(self) -> None:
        """Write the rows at hand."""
        if self._rows:
            table = self._arrow.Table.from_pylist(self._rows, schema=self._schema)
            self._writer.write_table(table)
            self._rows = []

    def close(self) -> None:
        """Write the rest and the file's end."""
        self.flush()
        self._writer.close()


def _kind(name: str, arrow: Any) -> Any:
    if name in _LISTS:
        return arrow.list_(arrow.string())
    return getattr(arrow, _NUMBERS.get(name, "string"))()


def _move_uri(row: Mapping[str, Any], index: int | None) -> dict[str, Any]:
    """Return a row with the file as `uri`, for `document` is a number in this table."""
    return {**row, "uri": row["document"], "document": index}


def _document_cells(index: int, summary: DocumentSummary) -> dict[str, Any]:
    return {
        "document": index,
        "uri": summary.uri,
        "line": summary.line,
        "performanceYear": summary.performance_year,
        "entityType": summary.entity_type,
        "subject": summary.subject,
        "entity": summary.entity,
        "verdict": summary.verdict,
    }


def _result_cells(summary: DocumentSummary, result: Result, rule: RuleRecord) -> dict[str, Any]:
    location = result.location
    return {
        "line": location.line or summary.line,
        "column": location.column,
        "code": result.code,
        "slug": rule.slug,
        "plugin": rule.plugin,
        "outcome": result.outcome,
        "consequence": result.consequence,
        "severity": result.severity,
        "message": result.message,
        "measures": result.measures,
        "remediation": find_remediation(result, rule),
        "pointer": location.pointer,
        "namedPointer": location.named or location.pointer,
        "expected": _json(result.expected),
        "actual": _json(result.actual),
        "missingEvidence": result.missing_evidence,
        "sources": [citation.key for citation in find_citations(result, rule)],
        "note": find_note(result, rule),
        "waiver": result.waiver,
        "baseline": result.baseline,
        "fingerprint": result.fingerprint,
    }


def _json(value: Any) -> str | None:
    return None if value is None else _encode(value).decode()
