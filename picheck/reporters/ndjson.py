"""The report as one JSON object a line, in the order in which a stream can write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from picheck.api import DocumentSummary, Report, Result, Style
from picheck.model.report import Notice
from picheck.reporters.escaping import harmless_json

_ENCODER: Final = msgspec.json.Encoder()
_RESULT: Final = b'\n{"type":"result",'


class NdjsonReporter:
    """Writes a `run` line, each `document` line with its `result` lines, and a `summary` line."""

    name = "ndjson"
    description = "one JSON object a line: run, documents with their results, summary"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return the report as lines of JSON."""
        return b"".join(_lines(report)).decode()

    def opening(self, summed: Report) -> bytes:
        """Return the `run` line."""
        return run_line(summed)

    def document(self, index: int, summary: DocumentSummary, results: Sequence[Result]) -> bytes:
        """Return a `document` line with its `result` lines."""
        return document_lines(index, summary, results)

    def notice(self, index: int, notice: Notice) -> bytes:
        """Return a `notice` line."""
        return notice_line(index, notice)

    def closing(self, summed: Report) -> bytes:
        """Return the `summary` line."""
        return summary_line(summed)


def run_line(report: Report) -> bytes:
    """Return the first line: what is known of a run before its first document."""
    run = report.run
    return _line(
        "run",
        {
            "schemaVersion": report.schema_version,
            "tool": report.tool,
            "asOf": run.as_of,
            "gate": run.gate,
            "plugins": run.plugins,
        },
    )


def document_lines(index: int, document: DocumentSummary, results: Iterable[Result]) -> bytes:
    """Return the line of a document and those of its results, which carry the same index."""
    lines = [b'{"type":"document","document":%d,' % index, _ENCODER.encode(document)[1:]]
    for result in results:
        lines += (_RESULT, _ENCODER.encode(result)[1:])
    return _harmless(b"".join([*lines, b"\n"]))


def notice_line(index: int, notice: Notice) -> bytes:
    """Return the line of a notice about one input."""
    return _line(
        "notice",
        {
            "document": index,
            "kind": notice.kind,
            "message": notice.message,
            "incomplete": notice.is_incomplete,
        },
    )


def summary_line(report: Report) -> bytes:
    """Return the last line: the sum, and what only the end of a run can tell."""
    table: dict[str, Any] = msgspec.to_builtins(report.summary)
    run = report.run
    notices = [notice for notice in run.notices if notice.document is None]
    return _line("summary", {**table, "rulebooks": run.rulebooks, "notices": notices})


def _lines(report: Report) -> Iterator[bytes]:
    yield run_line(report)
    by_document: dict[int, list[Result]] = {}
    for result in report.results:
        by_document.setdefault(result.document, []).append(result)
    for index, document in enumerate(report.documents):
        yield document_lines(index, document, by_document.get(index, ()))
        yield from (notice_line(index, n) for n in report.run.notices if n.document == index)
    yield summary_line(report)


def _line(kind: str, content: dict[str, Any]) -> bytes:
    return b'{"type":"%b",%b' % (kind.encode(), _rest(content))


def _rest(content: object) -> bytes:
    """Encode an object without its opening brace, ending in a line feed."""
    return _harmless(_ENCODER.encode(content)[1:] + b"\n")


def _harmless(lines: bytes) -> bytes:
    """Write as escapes what a terminal would not show as text."""
    if lines.isascii() and b"\x7f" not in lines:
        return lines
    return harmless_json(lines.decode()).encode()
