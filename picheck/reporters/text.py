"""The report for people: the verdict first, then what costs everything, then the rest."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from picheck.api import Report, Result, Style
from picheck.model.evidence_questions import question
from picheck.model.printable import printable
from picheck.reporters import formatting, presentation
from picheck.reporters.escaping import one_line
from picheck.reporters.presentation import DocumentView
from picheck.reporters.questions import collect_questions, describe_evidence_place, fill_skeleton
from picheck.reporters.verdict_sentence import describe_verdict

#: How each kind of text looks where colours are wanted (rich's style names).
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
_LABEL_INDENT: Final = " " * 5
#: Notices that come before a document's verdict, for it rests on them.
_FIRST: Final = frozenset({"evidenceUnusable"})


class TextReporter:
    """Writes the report for a practice manager."""

    name = "text"
    description = "for people: the verdict, what it costs, where, and how to fix it"

    def render(self, report: Report, style: Style) -> str:
        """Return the report as text, in colour where the style asks for it."""
        lines = list(_lines(report, style))
        return _with_colors(lines) if style.color else _without_colors(lines)


def _without_colors(lines: Iterable[Line]) -> str:
    return "".join("".join(text for _, text in line).rstrip() + "\n" for line in lines)


def _with_colors(lines: Iterable[Line]) -> str:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs colours
    from rich.text import Text  # noqa: PLC0415

    # the lines are broken already: with its own width rich would break them again
    console = Console(force_terminal=True, no_color=False, color_system="standard", width=10_000)
    with console.capture() as capture:
        for line in lines:
            console.print(Text.assemble(*((text, LOOKS[kind]) for kind, text in line)))
    return capture.get()


def _lines(report: Report, style: Style) -> Iterator[Line]:
    for view in presentation.view_documents(report):
        if style.quiet and view.summary.verdict == "ready":
            continue
        yield from _document(report, view, style)
        yield ()
    yield from _notices(report, style)
    yield from _summary(report, style)


def _document(report: Report, view: DocumentView, style: Style) -> Iterator[Line]:
    summary, results = view.summary, view.results
    facts = (summary.performance_year, summary.entity_type, summary.subject)
    about = " · ".join(str(fact) for fact in facts if fact is not None)
    yield (
        (summary.verdict, presentation.VERDICTS[summary.verdict]),
        ("heading", f"  {one_line(view.name)}  {one_line(about)}"),
    )
    for notice in view.notices:
        if notice.kind in _FIRST:
            yield from _wrap_lines(f"{notice.message}.", "  ", "  ", style)
    yield from _wrap_lines(describe_verdict(view, report.run.gate), "  ", "  ", style)
    yield from _findings(report, view, style)
    broken = [result for result in results if result.outcome == "error" and not result.is_accepted]
    yield from _section("incomplete", "Could not be checked", map(_code_and_message, broken), style)
    accepted = (
        f"{_code_and_message(result)} ({presentation.describe_acceptance(result)})"
        for result in presentation.list_accepted(results)
    )
    yield from _section("heading", "Accepted", accepted, style)
    yield from _questions(view, style)
    yield from _passes(view, style)


def _findings(report: Report, view: DocumentView, style: Style) -> Iterator[Line]:
    """Yield the open failures, worst first; those that are equal but for their place once."""
    failed = [r for r in presentation.list_findings(view.results) if r.outcome == "fail"]
    merged = presentation.merge_equal(presentation.sort_by_severity(failed))
    if merged:
        yield ()
    for number, equal in enumerate(merged, start=1):
        yield from _write_finding(report, view, equal, number, style)


def _write_finding(
    report: Report, view: DocumentView, equal: Sequence[Result], number: int, style: Style
) -> Iterator[Line]:
    result = equal[0]
    rule = view.rule(result)
    costs = presentation.CONSEQUENCES[result.consequence] if result.consequence else ""
    if presentation.is_capped(result):
        costs += " if the unverified source is right"
    yield (
        (result.severity, f"  {number}. {result.code}"),
        ("heading", f"  {rule.slug}"),
        ("label", f"  {costs}"),
    )
    remediation = presentation.find_remediation(result, rule) or ""
    expected = "" if result.expected is None else formatting.format_value(result.expected)
    if expected in result.message or expected in remediation:
        expected = ""
    rows = [
        ("place" if len(equal) == 1 else "places", formatting.format_places(view.summary, equal)),
        ("found", result.message),
        ("expected", expected),
        ("to fix", remediation),
        ("see also", "; ".join(formatting.list_related(report, equal))),
    ]
    if style.sources:
        rows.append(("note", presentation.find_note(result, rule) or ""))
        citations = presentation.find_citations(result, rule)
        rows += [("source", formatting.format_citation(citation)) for citation in citations]
    for label, text in rows:
        if text:
            yield from _label_lines(label, text, style)


def _questions(view: DocumentView, style: Style) -> Iterator[Line]:
    """Yield what the evidence should answer, and the evidence to fill in."""
    asked = collect_questions(presentation.list_unverified(view.results))
    if not asked:
        return
    known = style.evidence.get(view.number, {})
    yield ()
    rules = presentation.count_open_questions(view.results)
    questions = formatting.format_count(rules, "open question")
    facts = formatting.format_count(len(asked), "fact")
    yield (("note", f"{questions}; {facts} would answer {'it' if rules == 1 else 'them'}"),)
    for key, codes in asked.items():
        asks = question(key, style.questions)
        yield from _wrap_lines(f"{asks} ({', '.join(codes)})", "  - ", "    ", style)
    place = describe_evidence_place(view.summary, is_known=bool(known))
    yield from _wrap_lines(f"{place}:", "  ", "  ", style)
    for line in _compact_json(fill_skeleton(asked, known), style.width - 4):
        yield (("plain", f"    {printable(line)}"),)


def _compact_json(table: Mapping[str, Any], width: int) -> Iterator[str]:
    """Yield a JSON object on as few lines as fit the width, never breaking one of its values."""
    line = "{"
    last = len(table) - 1
    for number, (key, value) in enumerate(table.items()):
        entry = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        entry += "}" if number == last else ","
        if number and len(line) + 1 + len(entry) > width:
            yield line
            line = f" {entry}"
        else:
            line += entry if number == 0 else f" {entry}"
    yield line


def _passes(view: DocumentView, style: Style) -> Iterator[Line]:
    """Yield what was looked for and not found, where all results are wanted."""
    passed = sorted({r.code: r.message for r in view.results if r.outcome == "pass"}.items())
    lines = (f"{code}  {title}" for code, title in passed)
    yield from _section("ready", "Looked for, and not found", lines, style)
    inapplicable = dict.fromkeys(
        _code_and_message(result) for result in view.results if result.outcome == "notApplicable"
    )
    yield from _section("heading", "Does not apply", inapplicable, style)


def _section(kind: str, title: str, entries: Iterable[str], style: Style) -> Iterator[Line]:
    """Yield a heading and its entries; nothing where there are none."""
    for number, entry in enumerate(entries):
        if number == 0:
            yield ()
            yield ((kind, title),)
        yield from _wrap_lines(entry, "  ", "    ", style)


def _code_and_message(result: Result) -> str:
    return f"{result.code}  {result.message}"


def _notices(report: Report, style: Style) -> Iterator[Line]:
    notices = [notice for notice in report.run.notices if notice.kind not in _FIRST]
    if not notices:
        return
    yield (("heading", "Please note"),)
    for notice in notices:
        where = "" if notice.document is None else f"{report.documents[notice.document].uri}: "
        yield from _wrap_lines(f"{where}{notice.message}", "  - ", "    ", style)
    yield ()


def _summary(report: Report, style: Style) -> Iterator[Line]:
    summary = report.summary
    verdicts = ", ".join(
        f"{count:,} {presentation.VERDICTS[verdict].lower()}"
        for verdict, count in sorted(summary.documents.items())
    )
    number = formatting.format_count(len(report.documents), "document")
    counts = presentation.describe_counts(report)
    head = counts if len(report.documents) == 1 else verdicts or "none"
    yield (
        (summary.verdict, presentation.VERDICTS[summary.verdict]),
        ("plain", f"  {number}: {head}"),
    )
    if head != counts:
        yield from _wrap_lines(counts, "  ", "  ", style)
    reasons = f" ({', '.join(summary.exit.reasons)})" if summary.exit.reasons else ""
    yield from _wrap_lines(
        f"picheck {report.tool.version}, rulebook {presentation.describe_rulebooks(report)},"
        f" as of {report.run.as_of}, gate {report.run.gate}; exit {summary.exit.code}{reasons}",
        "  ",
        "  ",
        style,
    )
    if report.run.history:
        yield from _wrap_lines(str(report.run.history), "  ", "  ", style)


def _label_lines(label: str, text: str, style: Style) -> Iterator[Line]:
    for number, line in enumerate(_wrap(text, style.width - len(_LABEL_INDENT) - _LABEL_WIDTH)):
        head = label if number == 0 else ""
        yield (("label", f"{_LABEL_INDENT}{head:<{_LABEL_WIDTH}}"), ("plain", line))


def _wrap_lines(text: str, first: str, rest: str, style: Style) -> Iterator[Line]:
    for number, line in enumerate(_wrap(text, style.width - len(rest))):
        yield (("plain", f"{first if number == 0 else rest}{line}"),)


def _wrap(text: str, width: int) -> list[str]:
    shown = printable(text)
    if len(shown) <= width and "\n" not in shown:
        return [shown.strip()]
    return textwrap.wrap(
        shown, width=max(width, 20), break_long_words=False, break_on_hyphens=False
    ) or [""]
