"""The report as one JSON object a line, in the order in which a stream can write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from picheck.api import DocumentSummary, Notice, Report, Result, RuleRecord, Style
from picheck.model.frozen import thaw
from picheck.plugins.reporter import RuleKey, stream
from picheck.reporters.escaping import harmless_json

_ENCODER: Final = msgspec.json.Encoder(enc_hook=thaw)


class NdjsonReporter:
    """Writes a `run` line, the lines of each document, and a `summary` line.

    A rule has a line of its own before the first document that refers to it. A line that is a
    document's carries its index in the run as `document`.
    """

    name = "ndjson"
    media_type = "application/x-ndjson"
    description = "one JSON object a line: run, rules, documents with their results, summary"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return the report as lines of JSON."""
        return b"".join(stream(report, self)).decode()

    def opening(self, summed: Report) -> bytes:
        """Return the `run` line: what is known before the first document."""
        run = summed.run
        return _line(
            "run",
            {
                "schemaVersion": summed.schema_version,
                "tool": summed.tool,
                "asOf": run.as_of,
                "gate": run.gate,
                "options": run.options,
                "inputs": run.inputs,
                "plugins": run.plugins,
                **({"history": run.history} if run.history else {}),
            },
        )

    def rules(self, records: Sequence[RuleRecord]) -> bytes:
        """Return a `rule` line for each rule."""
        return b"".join([_line("rule", record) for record in records])

    def document(
        self,
        index: int,
        summary: DocumentSummary,
        results: Sequence[Result],
        rules: Mapping[RuleKey, RuleRecord],  # noqa: ARG002 - they have lines of their own
    ) -> bytes:
        """Return a `document` line with its `result` lines."""
        encode = _ENCODER.encode
        # without its first brace, for the type comes before it in the same object
        lines = [b'{"type":"document","document":%d,' % index, encode(summary)[1:]]
        for result in results:  # `document` is a field of a result
            lines += (b'\n{"type":"result",', encode(result)[1:])
        lines.append(b"\n")
        return _escape(b"".join(lines))

    def notice(self, index: int, notice: Notice) -> bytes:
        """Return a `notice` line."""
        return _line(
            "notice",
            {
                "document": index,
                "kind": notice.kind,
                "message": notice.message,
                "incomplete": notice.is_incomplete,
            },
        )

    def closing(self, summed: Report) -> bytes:
        """Return the `summary` line: the counts, and what is known only at the end of a run."""
        run = summed.run
        return _line(
            "summary",
            {
                **msgspec.to_builtins(summed.summary),
                "rulebooks": run.rulebooks,
                "notices": [notice for notice in run.notices if notice.document is None],
            },
        )


def _line(kind: str, content: Any) -> bytes:
    """Return an object as a line, with its `type` first."""
    return _escape(b'{"type":"%b",%b\n' % (kind.encode(), _ENCODER.encode(content)[1:]))


def _escape(lines: bytes) -> bytes:
    """Write as JSON escapes what a terminal would not show as text."""
    if lines.isascii() and b"\x7f" not in lines:
        return lines
    return harmless_json(lines.decode()).encode()
