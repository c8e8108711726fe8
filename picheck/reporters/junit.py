"""Results as JUnit XML, one test suite a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from picheck.api import Report, Result, Style
from picheck.reporters import wording
from picheck.reporters.escaping import xml


class JunitReporter:
    """Writes every check as a test case, so that a clean document is no empty suite."""

    name = "junit"
    description = "JUnit XML for CI servers: one suite a document, one test case a check"
    wants_all = True

    def render(self, report: Report, style: Style) -> str:  # noqa: ARG002 - no colours here
        """Return the XML document."""
        return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    results, stoppers = report.results, wording.stoppers(report)
    counts = _counts(results)
    counts["tests"] += len(stoppers)
    counts["errors"] += len(stoppers)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="picheck"{_attributes(counts)}>'
    for index in range(len(report.documents)):
        yield from _suite(report, index)
    if stoppers:
        count = {"tests": len(stoppers), "errors": len(stoppers)}
        yield f'  <testsuite name="the run"{_attributes(count)}>'
        for number, message in enumerate(stoppers, start=1):
            yield f'    <testcase classname="picheck.run" name="complete {number}">'
            yield f'      <error type="incomplete" message="{xml(message)}"/>'
            yield "    </testcase>"
        yield "  </testsuite>"
    yield "</testsuites>"


def _suite(report: Report, index: int) -> Iterator[str]:
    document = report.documents[index]
    results = wording.of_document(report, index)
    name = document.uri if document.line is None else f"{document.uri}:{document.line}"
    yield f'  <testsuite name="{xml(name)}"{_attributes(_counts(results))}>'
    yield "    <properties>"
    facts = {
        "verdict": document.verdict,
        "performanceYear": document.performance_year,
        "entityType": document.entity_type,
        "subject": document.subject,
        "sha256": document.sha256,
        "asOf": report.run.as_of,
    }
    for key, value in facts.items():
        if value is not None:
            yield f'      <property name="{key}" value="{xml(str(value))}"/>'
    yield "    </properties>"
    for result in results:
        yield from _case(report, result)
    yield "  </testsuite>"


def _case(report: Report, result: Result) -> Iterator[str]:
    document, location = report.documents[result.document], result.location
    place = result.named_pointer or location.pointer
    family = result.rule.code.rpartition("-")[0]
    name = f"{result.rule.code} {result.rule.slug} {place}".rstrip()
    line = f' line="{location.line}"' if location.line else ""
    head = (
        f'    <testcase classname="{xml(f"{result.rule.plugin}.{family}")}" name="{xml(name)}"'
        f' file="{xml(document.uri)}"{line}'
    )
    if result.outcome == "pass":
        yield f"{head}/>"
        return
    yield f"{head}>"
    yield f"      {_told(report, result)}"
    yield "    </testcase>"


def _told(report: Report, result: Result) -> str:
    message = xml(result.message)
    if result.disposition.is_accepted:
        return f'<skipped message="{xml(wording.acceptance(result))}: {message}"/>'
    if result.outcome == "notApplicable":
        return f'<skipped message="does not apply: {message}"/>'
    if result.outcome == "indeterminate":
        missing = xml(", ".join(result.missing_evidence))
        return f'<skipped message="needs evidence ({missing}): {message}"/>'
    element = "failure" if result.outcome == "fail" else "error"
    kind = result.consequence or "broken"
    return (
        f'<{element} type="{kind}" message="{message}">{xml(_details(report, result))}</{element}>'
    )


def _details(report: Report, result: Result) -> str:
    lines = [
        f"at {result.location.pointer or '/'} ({wording.place(report, result)})",
        f"severity: {result.severity}",
    ]
    if result.remediation:
        lines.append(f"to fix: {result.remediation}")
    lines += [f"source: {wording.cited(citation)}" for citation in result.citations]
    return "\n".join(lines)


def _counts(results: Sequence[Result]) -> dict[str, int]:
    still_open = wording.open_findings(results)
    return {
        "tests": len(results),
        "failures": sum(result.outcome == "fail" for result in still_open),
        "errors": sum(result.outcome == "error" for result in still_open),
        "skipped": sum(
            result.disposition.is_accepted or result.outcome in {"notApplicable", "indeterminate"}
            for result in results
        ),
    }


def _attributes(counts: dict[str, int]) -> str:
    return "".join(f' {name}="{count}"' for name, count in counts.items())
