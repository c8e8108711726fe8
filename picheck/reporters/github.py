"""Findings as annotations on a GitHub workflow run, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from picheck.api import Report, Result, RuleRecord, Style
from picheck.plugins.reporter import RuleKey, find_rule, rules_of
from picheck.reporters import presentation
from picheck.reporters.escaping import command_data, command_property, log_line
from picheck.reporters.formatting import format_count, format_path, format_place
from picheck.reporters.questions import find_questions

#: GitHub shows ten annotations of a kind for a step and drops the others without a word.
SHOWN: Final = 10
_KINDS: Final = ("error", "warning", "notice")


class GithubReporter:
    """Writes workflow commands; what GitHub would drop is counted, and is in the log."""

    name = "github"
    description = "annotations for GitHub Actions, worst first, the rest summed up"

    def render(self, report: Report, style: Style) -> str:
        """Return one command a finding, then the verdict."""
        return "".join(f"{line}\n" for line in _lines(report, style.questions))


def _lines(report: Report, questions: Mapping[str, str]) -> Iterator[str]:
    rules, found = rules_of(report), list[Result]()
    for view in presentation.view_documents(report):
        found += presentation.list_findings(view.results)
    by_kind: dict[str, list[Result]] = {kind: [] for kind in _KINDS}
    for result in presentation.sort_by_severity(found):
        by_kind[_kind(result)].append(result)
    reasons = presentation.list_reasons_incomplete(report)
    if reasons:
        yield f"::error title=picheck is incomplete::{command_data(chr(10).join(reasons))}"
    for kind, results in by_kind.items():
        # the annotation about the run is an error too, and takes one of the places
        room = SHOWN - 1 if reasons and kind == "error" else SHOWN
        yield from _annotations(report, rules, kind, results, room, questions)
    summary = report.summary
    number = format_count(len(report.documents), "document")
    yield log_line(
        f"picheck: {presentation.VERDICTS[summary.verdict]}, {number}:"
        f" {presentation.describe_counts(report)}; exit {summary.exit.code}"
    )


def _annotations(  # noqa: PLR0917 - called in one place
    report: Report,
    rules: Mapping[RuleKey, RuleRecord],
    kind: str,
    results: Sequence[Result],
    room: int,
    questions: Mapping[str, str],
) -> Iterator[str]:
    # the last place is for the sum of those that do not fit
    shown = results if len(results) <= room else results[: room - 1]
    for result in shown:
        rule = find_rule(rules, result.code, result.year)
        yield _annotation(report, rule, kind, result, questions)
    if rest := results[len(shown) :]:
        title = command_property(f"{len(rest)} more {kind}s")
        codes = ", ".join(dict.fromkeys(result.code for result in rest))
        yield f"::{kind} title={title}::{command_data(f'see the log of this step: {codes}')}"
        yield f"::group::{len(rest)} more {kind}s"
        for result in rest:
            place = format_place(report.documents[result.document], result.location)
            yield log_line(f"{result.code} {result.location.pointer} {place}: {result.message}")
        yield "::endgroup::"


def _annotation(
    report: Report, rule: RuleRecord, kind: str, result: Result, added: Mapping[str, str]
) -> str:
    location = result.location
    properties = {
        "file": report.documents[result.document].uri,
        "line": location.line,
        "col": location.column,
        "title": f"{result.code} {rule.slug}",
    }
    written = ",".join(
        f"{name}={command_property(str(value))}" for name, value in properties.items() if value
    )
    return f"::{kind} {written}::{command_data(_message(result, rule, added))}"


def _message(result: Result, rule: RuleRecord, added: Mapping[str, str]) -> str:
    lines = [result.message, f"at {format_path(result.location)}"]
    if result.outcome == "indeterminate":
        questions = " ".join(find_questions(result, added))
        if questions not in result.message:
            lines.append(questions)
        lines.append(f"evidence: {', '.join(result.missing_evidence)}")
    elif remediation := presentation.find_remediation(result, rule):
        lines.append(f"to fix: {remediation}")
    return "\n".join(lines)


def _kind(result: Result) -> str:
    if result.outcome == "error":
        return "error"
    if result.outcome == "indeterminate":
        return "notice"
    return {"error": "error", "warning": "warning"}.get(result.severity, "notice")
