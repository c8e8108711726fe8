"""Results as JUnit XML, one test suite a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from picheck.api import Report, Result, RuleRecord, Style
from picheck.reporters import presentation
from picheck.reporters.escaping import one_line, xml
from picheck.reporters.formatting import format_citation, format_place
from picheck.reporters.presentation import DocumentView


class JunitReporter:
    """Writes every check as a test case, so that a clean document is no empty suite."""

    name = "junit"
    media_type = "application/xml"
    description = "JUnit XML for CI servers: one suite a document, one test case a check"
    wants_all = True

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return the XML document."""
        return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    views = list(presentation.view_documents(report))
    reasons = presentation.list_reasons_incomplete(report)
    counts = _count([result for view in views for result in view.results])
    # each reason is a test case of its own, and an error
    counts["tests"] += len(reasons)
    counts["errors"] += len(reasons)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="picheck"{_attributes(counts)}>'
    for view in views:
        yield from _suite(view, report.run.as_of)
    if reasons:
        count = {"tests": len(reasons), "errors": len(reasons)}
        yield f'  <testsuite name="the run"{_attributes(count)}>'
        for number, message in enumerate(reasons, start=1):
            yield f'    <testcase classname="picheck.run" name="complete {number}">'
            yield f'      <error type="incomplete" message="{xml(message)}"/>'
            yield "    </testcase>"
        yield "  </testsuite>"
    yield "</testsuites>"


def _suite(view: DocumentView, as_of: str) -> Iterator[str]:
    summary = view.summary
    yield f'  <testsuite name="{_name(view.name)}"{_attributes(_count(view.results))}>'
    yield "    <properties>"
    facts = {
        "verdict": summary.verdict,
        "performanceYear": summary.performance_year,
        "entityType": summary.entity_type,
        "subject": summary.subject,
        "entity": summary.entity,
        "sha256": summary.sha256,
        "asOf": as_of,
    }
    for key, value in facts.items():
        if value is not None:
            yield f'      <property name="{key}" value="{_name(str(value))}"/>'
    yield "    </properties>"
    file = _name(summary.uri)
    for result in view.results:
        yield from _case(view, result, file)
    yield "  </testsuite>"


def _case(view: DocumentView, result: Result, file: str) -> Iterator[str]:
    rule, location = view.rule(result), result.location
    family = result.code.rpartition("-")[0]
    name = f"{result.code} {rule.slug} {location.named or location.pointer}".rstrip()
    line = f' line="{location.line}"' if location.line else ""
    head = (
        f'    <testcase classname="{_name(f"{rule.plugin}.{family}")}" name="{_name(name)}"'
        f' file="{file}"{line}'
    )
    if result.outcome == "pass":
        yield f"{head}/>"
        return
    yield f"{head}>"
    yield f"      {_outcome(view, result, rule)}"
    yield "    </testcase>"


def _outcome(view: DocumentView, result: Result, rule: RuleRecord) -> str:
    message = xml(result.message)
    if result.is_accepted:
        accepted = xml(presentation.describe_acceptance(result))
        return f'<skipped message="{accepted}: {message}"/>'
    if result.outcome == "notApplicable":
        return f'<skipped message="does not apply: {message}"/>'
    if result.outcome == "indeterminate":
        missing = xml(", ".join(result.missing_evidence))
        return f'<skipped message="needs evidence ({missing}): {message}"/>'
    element = "failure" if result.outcome == "fail" else "error"
    kind = result.consequence or "broken"
    details = xml(_details(view, result, rule))
    return f'<{element} type="{kind}" message="{message}">{details}</{element}>'


def _details(view: DocumentView, result: Result, rule: RuleRecord) -> str:
    place = format_place(view.summary, result.location)
    lines = [
        f"at {result.location.pointer or '/'} ({place})",
        f"rule: {rule.title}",
        f"severity: {result.severity}",
    ]
    if remediation := presentation.find_remediation(result, rule):
        lines.append(f"to fix: {remediation}")
    if note := presentation.find_note(result, rule):
        lines.append(f"note: {note}")
    citations = presentation.find_citations(result, rule)
    lines += [f"source: {format_citation(citation)}" for citation in citations]
    return "\n".join(lines)


def _count(results: Sequence[Result]) -> dict[str, int]:
    findings = presentation.list_findings(results)
    return {
        "tests": len(results),
        "failures": sum(result.outcome == "fail" for result in findings),
        "errors": sum(result.outcome == "error" for result in findings),
        "skipped": sum(
            result.is_accepted or result.outcome in {"notApplicable", "indeterminate"}
            for result in results
        ),
    }


def _attributes(counts: dict[str, int]) -> str:
    return "".join(f' {name}="{count}"' for name, count in counts.items())


@lru_cache(maxsize=4096)  # the names of checks are the same in every suite
def _name(text: str) -> str:
    """Return a text as an attribute on one line."""
    return xml(one_line(text))
