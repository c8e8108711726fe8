"""The report as Markdown that fits the summary page of a CI run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from picheck.api import Report, Result, RuleRecord, Style
from picheck.reporters import presentation
from picheck.reporters.escaping import markdown, markdown_code
from picheck.reporters.formatting import (
    document_name,
    format_citation,
    format_count,
    format_path,
)
from picheck.reporters.presentation import DocumentView
from picheck.reporters.questions import find_questions
from picheck.reporters.verdict_sentence import describe_verdict

#: GitHub refuses a step summary of more than 1 MiB; other jobs' steps may come beside ours.
LIMIT: Final = 1_000_000
_MARKS: Final = {"ready": "✅", "notReady": "❌", "incomplete": "⚠️"}
_OUTCOMES: Final = {"indeterminate": "needs evidence", "error": "could not be checked"}


class MarkdownReporter:
    """Writes the verdict, a table of documents, and the findings of each, worst first."""

    name = "markdown"
    media_type = "text/markdown"
    description = "Markdown for a CI step summary, under 1 MiB"

    def render(self, report: Report, style: Style) -> str:
        """Return the report; where it would grow too large, what is left out is counted."""
        end = list(_end(report))
        # 300 bytes for the line that counts what is left out
        size = sum(len(line.encode()) + 1 for line in end) + 300
        kept: list[str] = []
        left = 0
        for line, is_finding in _lines(report, style.questions):
            size += len(line.encode()) + 1
            if size <= LIMIT:
                kept.append(line)
            else:
                size -= len(line.encode()) + 1
                left += is_finding
        if left:
            kept += ["", f"**{left:,} more findings do not fit here**; see another format."]
        return "\n".join((*kept, *end)) + "\n"


def _lines(report: Report, questions: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is a finding."""
    summary = report.summary
    mark, verdict = _MARKS[summary.verdict], presentation.VERDICTS[summary.verdict]
    yield f"## {mark} picheck: {verdict}", False
    yield "", False
    number = format_count(len(report.documents), "document")
    yield f"{number}: {presentation.describe_counts(report)}", False
    for message in presentation.list_reasons_incomplete(report):
        yield "", False
        yield f"> ⚠️ {markdown(message)}", False
    if len(report.documents) > 1:
        yield from ((line, False) for line in _overview(report))
    for view in presentation.view_documents(report):
        yield from _document(view, report.run.gate, questions)


def _overview(report: Report) -> Iterator[str]:
    yield ""
    yield "| | Document | Year | Subject | Findings | Open questions |"
    yield "|---|---|---|---|---:|---:|"
    for document in report.documents:
        counts = document.outcomes
        yield (
            f"| {_MARKS[document.verdict]} {presentation.VERDICTS[document.verdict]}"
            f" | {markdown_code(document_name(document))} | {document.performance_year or ''}"
            f" | {markdown(document.subject)} | {counts.get('fail', 0)}"
            f" | {counts.get('indeterminate', 0)} |"
        )


def _document(
    view: DocumentView, gate: str, questions: Mapping[str, str]
) -> Iterator[tuple[str, bool]]:
    summary, results = view.summary, view.results
    verdict = presentation.VERDICTS[summary.verdict]
    yield "", False
    yield f"### {_MARKS[summary.verdict]} {verdict} {markdown_code(view.name)}", False
    yield "", False
    facts = (summary.performance_year, summary.entity_type, summary.subject)
    yield " · ".join(markdown(str(fact)) for fact in facts if fact is not None), False
    yield "", False
    yield markdown(describe_verdict(view, gate)), False
    found = presentation.sort_by_severity(presentation.list_findings(results))
    if found:
        yield "", False
        yield "| Rule | Costs | Place | What was found, and how to fix it |", False
        yield "|---|---|---|---|", False
    for result in found:
        yield _row(result, view.rule(result), questions), True
    for result in presentation.list_accepted(results):
        yield "", False
        reason = presentation.describe_acceptance(result)
        yield f"- accepted: {markdown(f'{result.code}: {result.message} ({reason})')}", False


def _row(result: Result, rule: RuleRecord, added: Mapping[str, str]) -> str:
    costs = (
        _OUTCOMES.get(result.outcome) or presentation.CONSEQUENCES[result.consequence or "advice"]
    )
    location = result.location
    place = f"{location.line}:{location.column} " if location.line and location.column else ""
    parts = [f"**{markdown(result.message)}**"]
    if result.outcome == "indeterminate":
        questions = find_questions(result, added)
        keys = ", ".join(map(markdown_code, result.missing_evidence))
        parts = [*(f"**{markdown(text)}**" for text in questions), f"evidence: {keys}"]
        if result.message != " ".join(questions):
            parts.append(markdown(result.message))
    elif remediation := presentation.find_remediation(result, rule):
        parts.append(markdown(remediation))
    if note := presentation.find_note(result, rule):
        parts.append(f"*{markdown(note)}*")
    if citations := presentation.find_citations(result, rule):
        sources = "; ".join(markdown(format_citation(citation)) for citation in citations)
        parts.append(f"<sub>Source: {sources}</sub>")
    return (
        f"| {markdown(result.code)}<br>{markdown(rule.slug)} | {costs}"
        f" | {place}{markdown_code(format_path(location))}"
        f" | {'<br>'.join(parts)} |"
    )


def _end(report: Report) -> Iterator[str]:
    books = markdown(presentation.describe_rulebooks(report))
    yield ""
    yield (
        f"<sub>picheck {markdown(report.tool.version)}, rulebook {books},"
        f" as of {report.run.as_of}, gate {report.run.gate}; exit {report.summary.exit.code}</sub>"
    )
    if report.run.history:
        yield f"<sub>{report.run.history}</sub>"
