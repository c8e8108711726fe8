"""One row a result in a Parquet file, for analysts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.api import DocumentSummary, Report, Result, Style
from picheck.errors import UsageError
from picheck.reporters.table import Table

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(list[dict[str, Any]]).decode
_ROWS_IN_A_GROUP: Final = 50_000
_NUMBERS: Final = {
    "document": "int64",
    "line": "int64",
    "column": "int64",
    "performanceYear": "int16",
}
_LISTS: Final = ("missingEvidence", "sources")
COLUMNS: Final = (
    *("document", "uri", "line", "column", "performanceYear", "entityType", "subject"),
    *("verdict", "code", "slug", "plugin", "outcome", "consequence", "severity", "message"),
    *("remediation", "pointer", "namedPointer", "expected", "actual", "missingEvidence"),
    *("sources", "note", "waiver", "baseline", "fingerprint"),
)


class ParquetReporter(Table):
    """Writes one row a result; a document without any has a row of its own."""

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

    def document(self, index: int, summary: DocumentSummary, results: Sequence[Result]) -> bytes:
        """Return a document's rows as one line of JSON, which `sink` turns into columns."""
        rows = [_row(index, summary, result) for result in results or (None,)]
        return _encode(rows) + b"\n"

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


def _row(index: int, about: DocumentSummary, result: Result | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "document": index,
        "uri": about.uri,
        "line": about.line,
        "performanceYear": about.performance_year,
        "entityType": about.entity_type,
        "subject": about.subject,
        "verdict": about.verdict,
    }
    return row if result is None else row | _finding(about, result)


def _finding(about: DocumentSummary, result: Result) -> dict[str, Any]:
    return {
        "line": result.location.line or about.line,
        "column": result.location.column,
        "code": result.rule.code,
        "slug": result.rule.slug,
        "plugin": result.rule.plugin,
        "outcome": result.outcome,
        "consequence": result.consequence,
        "severity": result.severity,
        "message": result.message,
        "remediation": result.remediation,
        "pointer": result.location.pointer,
        "namedPointer": result.named_pointer,
        "expected": _json(result.expected),
        "actual": _json(result.actual),
        "missingEvidence": result.missing_evidence,
        "sources": [citation.key for citation in result.citations],
        "note": result.note,
        "waiver": result.disposition.waiver,
        "baseline": result.disposition.baseline,
        "fingerprint": result.fingerprint,
    }


def _json(value: Any) -> str | None:
    return None if value is None else _encode(value).decode()
