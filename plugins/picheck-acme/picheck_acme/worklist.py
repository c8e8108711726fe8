"""What is to be done, as a worklist: one line for each task, tab-separated, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from picheck.api import Report, Style

_ORDER: Final = ("error", "warning", "note", "none")

#: Severity, document, rule, and what to do.
_Task = tuple[str, str, str, str]


class Worklist:
    """The reporter behind `--format acme-worklist`."""

    name = "acme-worklist"
    description = "one line for each task: document, severity, code, what to do"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - plain in any style
        """Return the worklist; only its headline where there is nothing to do."""
        tasks = [*_findings(report), *_open_questions(report)]
        tasks.sort(key=lambda task: (_ORDER.index(task[0]), *task[1:]))
        lines = [
            "\t".join(_plain(cell) for cell in (uri, severity, code, todo))
            for severity, uri, code, todo in tasks
        ]
        return "\n".join(["document\tseverity\trule\ttodo", *lines]) + "\n"


def _findings(report: Report) -> Iterator[_Task]:
    """Yield what failed. A result has a remedy of its own, or the one that its rule has."""
    rules = {(rule.code, rule.year): rule for rule in report.rules}
    for result in report.results:
        if result.outcome in {"fail", "error"}:
            rule = rules.get((result.code, result.year))
            todo = result.remediation or (rule.remediation if rule else "") or result.message
            yield result.severity, report.documents[result.document].uri, result.code, todo


def _open_questions(report: Report) -> Iterator[_Task]:
    """Yield the rules that could not be decided, with the evidence that would decide them."""
    for document in report.documents:
        for entry in document.unverified:
            yield "none", document.uri, entry.code, f"supply {', '.join(entry.missing)}"


def _plain(text: str) -> str:
    """Keep what a document says from breaking the line or driving the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
