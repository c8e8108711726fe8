"""The report as Markdown that fits the summary page of a CI run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from picheck.api import DocumentSummary, Report, Result, Style
from picheck.reporters import wording
from picheck.reporters.escaping import markdown, markdown_code

#: GitHub refuses a step summary of more than 1 MiB; other jobs' steps may stand beside ours.
LIMIT: Final = 1_000_000
_MARKS: Final = {"ready": "✅", "notReady": "❌", "incomplete": "⚠️"}
_OUTCOMES: Final = {"indeterminate": "needs evidence", "error": "could not be checked"}


class MarkdownReporter:
    """Writes the verdict, a table of documents, and the findings of each, worst first."""

    name = "markdown"
    description = "Markdown for a CI step summary, under 1 MiB"

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return the report; where it would grow too large, what was left out is said."""
        end = list(_end(report))
        size = sum(len(line.encode()) + 1 for line in end) + 300
        kept: list[str] = []
        left = 0
        for line, is_finding in _lines(report):
            size += len(line.encode()) + 1
            if size <= LIMIT:
                kept.append(line)
            else:
                size -= len(line.encode()) + 1
                left += is_finding
        if left:
            kept += ["", f"**{left:,} more findings do not fit here**; see another format."]
        return "\n".join((*kept, *end)) + "\n"


def _lines(report: Report) -> Iterator[tuple[str, bool]]:
    summary = report.summary
    mark, verdict = _MARKS[summary.verdict], wording.VERDICTS[summary.verdict]
    yield f"## {mark} picheck: {verdict}", False
    yield "", False
    yield wording.tally(report), False
    for message in wording.stoppers(report):
        yield "", False
        yield f"> ⚠️ {markdown(message)}", False
    if len(report.documents) > 1:
        yield from ((line, False) for line in _overview(report))
    for index, document in enumerate(report.documents):
        yield from _document(document, wording.of_document(report, index))


def _overview(report: Report) -> Iterator[str]:
    yield ""
    yield "| | Document | Year | Subject | Failed | Need evidence |"
    yield "|---|---|---|---|---:|---:|"
    for document in report.documents:
        counts = document.outcomes
        yield (
            f"| {_MARKS[document.verdict]} {wording.VERDICTS[document.verdict]}"
            f" | {markdown_code(_name(document))} | {document.performance_year or ''}"
            f" | {markdown(document.subject)} | {counts.get('fail', 0)}"
            f" | {counts.get('indeterminate', 0)} |"
        )


def _document(document: DocumentSummary, results: list[Result]) -> Iterator[tuple[str, bool]]:
    verdict = wording.VERDICTS[document.verdict]
    yield "", False
    yield f"### {_MARKS[document.verdict]} {verdict} {markdown_code(_name(document))}", False
    yield "", False
    facts = (document.performance_year, document.entity_type, document.subject)
    yield " · ".join(markdown(str(fact)) for fact in facts if fact is not None), False
    yield "", False
    yield markdown(wording.headline(document, results)), False
    found = wording.worst_first(wording.open_findings(results))
    if found:
        yield "", False
        yield "| Rule | Costs | Place | What was found, and how to fix it |", False
        yield "|---|---|---|---|", False
    for result in found:
        yield _row(result), True
    for result in wording.accepted(results):
        yield "", False
        told = f"{result.rule.code}: {result.message} ({wording.acceptance(result)})"
        yield f"- accepted: {markdown(told)}", False


def _row(result: Result) -> str:
    costs = _OUTCOMES.get(result.outcome) or wording.CONSEQUENCES[result.consequence or "advice"]
    location = result.location
    where = f"{location.line}:{location.column}" if location.line and location.column else ""
    said = [f"**{markdown(result.message)}**"]
    if result.outcome == "indeterminate":
        keys = ", ".join(map(markdown_code, result.missing_evidence))
        said.append(f"would settle it: {keys}")
    elif result.remediation:
        said.append(markdown(result.remediation))
    if result.note:
        said.append(f"*{markdown(result.note)}*")
    if result.citations:
        sources = "; ".join(markdown(wording.cited(citation)) for citation in result.citations)
        said.append(f"<sub>Source: {sources}</sub>")
    return (
        f"| {result.rule.code}<br>{result.rule.slug} | {costs}"
        f" | {where} {markdown_code(result.named_pointer or location.pointer or '/')}"
        f" | {'<br>'.join(said)} |"
    )


def _end(report: Report) -> Iterator[str]:
    books = ", ".join(
        f"{book.program} {book.year} ({book.status})" for book in report.run.rulebooks
    )
    yield ""
    yield (
        f"<sub>picheck {markdown(report.tool.version)}, rulebook {markdown(books) or 'none'},"
        f" as of {report.run.as_of}, gate {report.run.gate}; exit {report.summary.exit.code}</sub>"
    )


def _name(document: DocumentSummary) -> str:
    return document.uri if document.line is None else f"{document.uri}:{document.line}"
