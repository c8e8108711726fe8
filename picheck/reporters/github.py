"""Findings as annotations on a GitHub workflow run, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from picheck.api import Report, Result, Style
from picheck.reporters import wording
from picheck.reporters.escaping import command_data, command_property, log_line

#: GitHub shows ten annotations of a kind for a step and drops the others without a word.
SHOWN: Final = 10
_KINDS: Final = ("error", "warning", "notice")


class GithubReporter:
    """Writes workflow commands; what GitHub would drop is counted, and stands in the log."""

    name = "github"
    description = "annotations for GitHub Actions, worst first, the rest summed up"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return one command a finding, then the verdict."""
        return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    told = wording.worst_first(wording.open_findings(report.results))
    stoppers = wording.stoppers(report)
    if stoppers:
        yield f"::error title=picheck is incomplete::{command_data(chr(10).join(stoppers))}"
    for kind in _KINDS:
        of_kind = [result for result in told if _kind(result) == kind]
        room = SHOWN - 1 if stoppers and kind == "error" else SHOWN
        yield from _annotations(report, kind, of_kind, room)
    summary = report.summary
    yield log_line(
        f"picheck: {wording.VERDICTS[summary.verdict]}, {wording.tally(report)};"
        f" exit {summary.exit.code}"
    )


def _annotations(report: Report, kind: str, results: Sequence[Result], room: int) -> Iterator[str]:
    shown = results if len(results) <= room else results[: room - 1]
    for result in shown:
        yield _annotation(report, kind, result)
    if rest := results[len(shown) :]:
        title = command_property(f"{len(rest)} more {kind}s")
        codes = ", ".join(dict.fromkeys(result.rule.code for result in rest))
        yield f"::{kind} title={title}::{command_data(f'see the log of this step: {codes}')}"
        yield f"::group::{len(rest)} more {kind}s"
        for result in rest:
            place = wording.place(report, result)
            yield log_line(
                f"{result.rule.code} {result.location.pointer} {place}: {result.message}"
            )
        yield "::endgroup::"


def _annotation(report: Report, kind: str, result: Result) -> str:
    location = result.location
    properties = {
        "file": report.documents[result.document].uri,
        "line": location.line,
        "col": location.column,
        "title": f"{result.rule.code} {result.rule.slug}",
    }
    written = ",".join(
        f"{name}={command_property(str(value))}" for name, value in properties.items() if value
    )
    return f"::{kind} {written}::{command_data(_message(result))}"


def _message(result: Result) -> str:
    lines = [result.message, f"at {result.named_pointer or result.location.pointer or '/'}"]
    if result.outcome == "indeterminate":
        lines.append(f"would settle it: {', '.join(result.missing_evidence)}")
    elif result.remediation:
        lines.append(f"to fix: {result.remediation}")
    return "\n".join(lines)


def _kind(result: Result) -> str:
    if result.outcome == "error":
        return "error"
    if result.outcome == "indeterminate":
        return "notice"
    return {"error": "error", "warning": "warning"}.get(result.severity, "notice")
