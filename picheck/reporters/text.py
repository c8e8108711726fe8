"""The report for people: the verdict first, then what costs everything, then the rest."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Final

from picheck.api import DocumentSummary, Location, Report, Result, Style, evidence_skeleton
from picheck.reporters import wording

#: What a line is, and how it looks where colours are wanted (rich's style names).
LOOKS: Final = {
    "ready": "bold green",
    "notReady": "bold red",
    "incomplete": "bold yellow",
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold cyan",
    "heading": "bold",
    "label": "dim",
    "plain": "",
}

#: A line: pieces of (kind, text).
Line = tuple[tuple[str, str], ...]
_LABEL_WIDTH: Final = 10


class TextReporter:
    """Writes the report for a practice manager."""

    name = "text"
    description = "for people: the verdict, what it costs, where, and how to fix it"

    def render(self, report: Report, style: Style) -> str:
        """Return the report as text, in colour where the style asks for it."""
        lines = list(_lines(report, style))
        return _coloured(lines) if style.color else _plain(lines)


def _plain(lines: list[Line]) -> str:
    return "".join("".join(text for _, text in line).rstrip() + "\n" for line in lines)


def _coloured(lines: list[Line]) -> str:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs colours
    from rich.text import Text  # noqa: PLC0415

    console = Console(force_terminal=True, no_color=False, color_system="standard", width=10_000)
    with console.capture() as capture:
        for line in lines:
            console.print(Text.assemble(*((text, LOOKS[kind]) for kind, text in line)))
    return capture.get()


def _lines(report: Report, style: Style) -> Iterator[Line]:
    for index, document in enumerate(report.documents):
        results = wording.of_document(report, index)
        if style.quiet and document.verdict == "ready":
            continue
        yield from _document(report, document, results, style)
    yield from _notices(report, style)
    yield from _summary(report, style)


def _document(
    report: Report, document: DocumentSummary, results: list[Result], style: Style
) -> Iterator[Line]:
    facts = (document.performance_year, document.entity_type, document.subject)
    name = document.uri if document.line is None else f"{document.uri}:{document.line}"
    about = "  ".join((name, " · ".join(str(fact) for fact in facts if fact is not None)))
    yield (
        (document.verdict, wording.VERDICTS[document.verdict]),
        ("heading", f"  {wording.printable(about)}"),
    )
    yield from _wrapped(wording.headline(document, results), "  ", "  ", style)
    for severity, title in wording.GROUPS:
        if found := wording.failures(results, severity):
            yield ()
            yield ((severity, title),)
            for number, result in enumerate(found, start=1):
                yield from _finding(report, result, number, severity, style)
    broken = [result for result in results if result.outcome == "error"]
    if broken:
        yield ()
        yield (("incomplete", "Could not be checked"),)
        for result in broken:
            yield from _wrapped(f"{result.rule.code}  {result.message}", "  ", "    ", style)
    if accepted := wording.accepted(results):
        yield ()
        yield (("heading", "Accepted"),)
        for result in accepted:
            line = f"{result.rule.code}  {result.message} ({wording.acceptance(result)})"
            yield from _wrapped(line, "  ", "    ", style)
    yield from _unverified(document, results, style)
    yield ()


def _finding(
    report: Report, result: Result, number: int, severity: str, style: Style
) -> Iterator[Line]:
    costs = wording.CONSEQUENCES[result.consequence] if result.consequence else ""
    if severity == "warning" and result.consequence in {"submissionRejected", "categoryZero"}:
        costs += " if the unverified source is right"
    yield ()
    yield (
        (severity, f"  {number}. {result.rule.code}"),
        ("heading", f"  {result.rule.slug}"),
        ("label", f"  {costs}"),
    )
    yield from _labelled("place", wording.place(report, result), style)
    yield from _labelled("found", result.message, style)
    if result.expected is not None:
        yield from _labelled("expected", wording.plain(result.expected), style)
    if result.remediation:
        yield from _labelled("to fix", result.remediation, style)
    for related in result.related_locations:
        yield from _labelled("see also", _related(report, result, related), style)
    if result.note:
        yield from _labelled("note", result.note, style)
    for citation in result.citations:
        yield from _labelled("source", wording.cited(citation), style)


def _related(report: Report, result: Result, related: Location) -> str:
    index = result.document if related.document is None else related.document
    parts = [report.documents[index].uri, related.line, related.column]
    where = ":".join(str(part) for part in parts if part) if related.line else related.pointer
    return f"{where} {related.message or ''}".rstrip()


def _unverified(document: DocumentSummary, results: list[Result], style: Style) -> Iterator[Line]:
    found = wording.unverified(results)
    if not found:
        return
    yield ()
    yield (("note", "Could not be verified"),)
    for result in found:
        yield from _wrapped(
            f"{result.rule.code}  {result.message}"
            f" (would settle it: {', '.join(result.missing_evidence)})",
            "  ",
            "    ",
            style,
        )
    missing = [key for result in found for key in result.missing_evidence]
    stem = document.uri.removesuffix(".json")
    yield ()
    yield from _wrapped(
        f"fill in what you know and save it as {stem}.evidence.json:", "  ", "  ", style
    )
    for line in json.dumps(evidence_skeleton(missing), indent=2).splitlines():
        yield (("plain", f"    {line}"),)


def _notices(report: Report, style: Style) -> Iterator[Line]:
    if not report.run.notices:
        return
    yield (("heading", "Please note"),)
    for notice in report.run.notices:
        where = "" if notice.document is None else f"{report.documents[notice.document].uri}: "
        yield from _wrapped(f"{where}{notice.message}", "  - ", "    ", style)
    yield ()


def _summary(report: Report, style: Style) -> Iterator[Line]:
    summary = report.summary
    tally = ", ".join(
        f"{count:,} {wording.VERDICTS[verdict].lower()}"
        for verdict, count in sorted(summary.documents.items())
    )
    books = ", ".join(
        f"{book.program} {book.year} ({book.status})" for book in report.run.rulebooks
    )
    counts = summary.outcomes
    yield (
        (summary.verdict, wording.VERDICTS[summary.verdict]),
        ("plain", f"  {wording.counted(len(report.documents), 'document')}: {tally or 'none'}"),
    )
    yield from _wrapped(
        f"{counts.get('pass', 0):,} checks passed, {counts.get('fail', 0):,} failed,"
        f" {counts.get('indeterminate', 0):,} need evidence,"
        f" {counts.get('notApplicable', 0):,} do not apply,"
        f" {counts.get('error', 0):,} could not be made;"
        f" {summary.waived:,} waived, {summary.baseline:,} in the baseline",
        "  ",
        "  ",
        style,
    )
    reasons = f" ({', '.join(summary.exit.reasons)})" if summary.exit.reasons else ""
    yield from _wrapped(
        f"picheck {report.tool.version}, rulebook {books or 'none'}, as of {report.run.as_of},"
        f" gate {report.run.gate}; exit {summary.exit.code}{reasons}",
        "  ",
        "  ",
        style,
    )


def _labelled(label: str, text: str, style: Style) -> Iterator[Line]:
    indent = " " * 5
    wrapped = _wrap(text, style.width - len(indent) - _LABEL_WIDTH)
    for number, line in enumerate(wrapped):
        head = label if number == 0 else ""
        yield (("label", f"{indent}{head:<{_LABEL_WIDTH}}"), ("plain", line))


def _wrapped(text: str, first: str, rest: str, style: Style) -> Iterator[Line]:
    for number, line in enumerate(_wrap(text, style.width - len(rest))):
        yield (("plain", f"{first if number == 0 else rest}{line}"),)


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        wording.printable(text),
        width=max(width, 20),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
