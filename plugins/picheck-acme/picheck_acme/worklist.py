"""Findings as a worklist: one line for each, tab-separated, worst first."""

from __future__ import annotations

from typing import Final

from picheck.api import Report, Result, Style

_RANK: Final = {"error": 0, "warning": 1, "note": 2, "none": 3}


class Worklist:
    """The reporter behind `--format acme-worklist`."""

    name = "acme-worklist"
    description = "one line for each finding: document, severity, code, what to do"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - plain in any style
        """Return the worklist; only its headline where there is nothing to do."""
        todo = [r for r in report.results if r.outcome not in {"pass", "notApplicable"}]
        todo.sort(key=lambda r: (_RANK[r.severity], r.document, r.rule.code, r.named_pointer))
        lines = ["document\tseverity\trule\ttodo", *(_line(report, result) for result in todo)]
        return "\n".join(lines) + "\n"


def _line(report: Report, result: Result) -> str:
    uri = report.documents[result.document].uri
    todo = result.remediation or result.message
    return "\t".join(_plain(cell) for cell in (uri, result.severity, result.rule.code, todo))


def _plain(text: str) -> str:
    """Keep what a document says from breaking the line or driving the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
