"""The report as one self-contained page, to read, to print and to file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from picheck.api import DocumentSummary, Report, Result, RuleRecord, Style
from picheck.model.vocabulary import OUTCOMES
from picheck.plugins import pages
from picheck.plugins.reporter import MAX_CHARTS
from picheck.reporters import presentation
from picheck.reporters.formatting import (
    format_count,
    format_place,
    format_pointer,
    format_value,
    list_related,
)
from picheck.reporters.presentation import DocumentView
from picheck.reporters.questions import (
    collect_questions,
    describe_evidence_place,
    fill_skeleton,
    find_questions,
)
from picheck.reporters.timeline import objectives, timeline
from picheck.reporters.verdict_sentence import describe_verdict

#: What each consequence means, in the order in which findings are shown.
MEANINGS: Final = {
    "submissionRejected": "CMS refuses the file; nothing is scored until this is fixed.",
    "categoryZero": "The whole Promoting Interoperability category scores zero.",
    "reweightingLost": "The category is scored although it could have been reweighted.",
    "pointsLost": "A measure or a bonus earns fewer points.",
    "auditRisk": "Likely a mistake, or exposed in a later data validation.",
    "advice": "Costs nothing; worth knowing.",
}
TITLES: Final = {"ready": "Ready", "notReady": "Not ready", "incomplete": "Incomplete"}
_RANKS: Final = {"notReady": 0, "incomplete": 1, "ready": 2}


class HtmlReporter:
    """Writes one page without scripts and without a request to anywhere."""

    name = "html"
    media_type = "text/html"
    description = "one self-contained page: verdict, chart, findings, provenance"
    wants_all = True
    wants_facts = True

    def render(self, report: Report, style: Style) -> str:
        """Return the page."""
        template = make_environment().get_template("page.html.j2")
        page: str = template.render(page=_page(report, style))
        return page


def make_environment(*packages: str) -> Any:
    """Return the Jinja environment of pages, with the templates of these packages and our own."""
    return pages.make_environment(*packages, "picheck.reporters")


def _page(report: Report, style: Style) -> dict[str, Any]:
    # of many documents a page shows what is to be done and what is asked, and sources once
    is_long = len(report.documents) > MAX_CHARTS
    views = presentation.view_documents(report)
    documents = [_document(report, view, style, is_long=is_long) for view in views]
    number = format_count(len(documents), "document")
    return {
        "is_long": is_long,
        "rules": _rules(report, documents) if is_long else (),
        "report": report,
        "title": TITLES[report.summary.verdict],
        "verdict": report.summary.verdict,
        "documents": documents,
        "counts": f"{number}: {presentation.describe_counts(report)}",
        "orders": _orders(documents)[: 1 if is_long else None] if len(documents) > 1 else (),
        "notices": [notice for notice in report.run.notices if notice.document is None],
        "meanings": MEANINGS,
    }


def _orders(documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the documents in three orders, for a table that sorts without a script."""
    return [
        {"id": "worst", "label": "worst first", "rows": sorted(documents, key=_badness)},
        {"id": "name", "label": "name", "rows": sorted(documents, key=lambda d: d["name"])},
        {"id": "given", "label": "as given", "rows": documents},
    ]


def _badness(document: dict[str, Any]) -> tuple[int, int, int]:
    counts = document["summary"].outcomes
    return (
        _RANKS[document["summary"].verdict],
        -counts.get("fail", 0),
        -counts.get("indeterminate", 0),
    )


def _rules(report: Report, documents: Sequence[dict[str, Any]]) -> list[tuple[str, RuleRecord]]:
    """Return the rules that any card of the documents names, each after its id in the page."""
    named = {card["rule_id"] for document in documents for card in _all_cards(document)}
    rules = [(_rule_id(rule.code, rule.year), rule) for rule in report.rules]
    return [(rule_id, rule) for rule_id, rule in rules if rule_id in named]


def _all_cards(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (*document["broken"], *document["unverified"])
    for group in document["groups"]:
        yield from group["cards"]


def _rule_id(code: str, year: int | None) -> str:
    return f"rule-{code}-{year or 'any'}"


def _document(report: Report, view: DocumentView, style: Style, *, is_long: bool) -> dict[str, Any]:
    known = style.evidence.get(view.number, {})
    summary, results = view.summary, view.results
    findings = presentation.list_findings(results)
    unverified = presentation.list_unverified(results)
    asked = collect_questions(unverified)
    return {
        "id": f"document-{view.number + 1}",
        "summary": summary,
        "counts": {outcome: summary.outcomes.get(outcome, 0) for outcome in OUTCOMES},
        "name": view.name,
        "title": TITLES[summary.verdict],
        "sentence": describe_verdict(view, report.run.gate),
        "sets": () if is_long else _sets(summary, report.run.as_of),
        "groups": _groups(report, view, findings),
        "broken": _cards(report, view, [r for r in findings if r.outcome == "error"]),
        "unverified": _cards(report, view, unverified, style.questions),
        "open_questions": presentation.count_open_questions(results),
        "skeleton": json.dumps(fill_skeleton(asked, known), indent=2) if asked else "",
        "evidence_place": describe_evidence_place(summary, is_known=bool(known)),
        "accepted": [
            (result.code, result.message, presentation.describe_acceptance(result))
            for result in presentation.list_accepted(results)
        ],
        "passed": () if is_long else _list_passed(results),
        "inapplicable": () if is_long else _inapplicable(results),
        "notices": view.notices,
    }


def _list_passed(results: Sequence[Result]) -> list[tuple[str, str]]:
    return sorted({r.code: r.message for r in results if r.outcome == "pass"}.items())


def _inapplicable(results: Sequence[Result]) -> list[tuple[str, str]]:
    """Return the codes of the rules that do not apply, by reason."""
    by_reason: dict[str, list[str]] = {}
    for result in results:
        if result.outcome == "notApplicable":
            by_reason.setdefault(result.message, []).append(result.code)
    return [(", ".join(sorted(set(codes))), reason) for reason, codes in by_reason.items()]


def _sets(summary: DocumentSummary, as_of: str) -> list[dict[str, Any]]:
    sets = summary.facts["sets"] if summary.facts else ()
    return [
        {
            **facts,
            "parts": objectives(facts),
            "timeline": timeline(facts["calendar"], as_of),
        }
        for facts in sets
    ]


def _groups(report: Report, view: DocumentView, findings: Sequence[Result]) -> list[dict[str, Any]]:
    """Return the failures by what they cost, worst first."""
    by_consequence: dict[str, list[Result]] = {consequence: [] for consequence in MEANINGS}
    for result in presentation.sort_by_severity(findings):
        if result.outcome == "fail" and result.consequence is not None:
            by_consequence[result.consequence].append(result)
    return [
        {
            "id": consequence,
            "title": presentation.CONSEQUENCES[consequence].capitalize(),
            "meaning": MEANINGS[consequence],
            "number": len(results),
            "cards": _cards(report, view, results),
        }
        for consequence, results in by_consequence.items()
        if results
    ]


def _cards(
    report: Report,
    view: DocumentView,
    results: Sequence[Result],
    questions: Mapping[str, str] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Return a card for each finding; those that are equal but for their place have one."""
    return [_card(report, view, equal, questions) for equal in presentation.merge_equal(results)]


def _card(
    report: Report, view: DocumentView, equal: Sequence[Result], added: Mapping[str, str]
) -> dict[str, Any]:
    result = equal[0]
    rule = view.rule(result)
    questions = " ".join(find_questions(result, added))
    return {
        "title": questions or _title(view, result),
        "message": result.message,
        "undecided": _title(view, result) if questions else "",
        "why": "" if result.message == questions else result.message,
        "keys": result.missing_evidence,
        "remediation": presentation.find_remediation(result, rule),
        "code": result.code,
        "slug": rule.slug,
        "page": rule.help_uri,
        "rule_id": _rule_id(rule.code, rule.year),
        "places": [
            (format_place(view.summary, each.location), format_pointer(each.location))
            for each in equal
        ],
        "expected": None if result.expected is None else format_value(result.expected),
        "actual": None if result.actual is None else _list_values(result.actual),
        "related": list_related(report, equal),
        "note": presentation.find_note(result, rule),
        "is_capped": presentation.is_capped(result),
        "own_citations": result.citations,
        "citations": presentation.find_citations(result, rule),
    }


def _list_values(value: Any) -> str:
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return format_value(value)


def _title(view: DocumentView, result: Result) -> str:
    return view.rule(result).title.rstrip(".")
