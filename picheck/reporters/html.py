"""The report as one self-contained page, to read, to print and to file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from picheck.api import (
    Citation,
    DocumentSummary,
    Location,
    Report,
    Result,
    Rule,
    Style,
    evidence_skeleton,
)
from picheck.reporters import wording
from picheck.reporters.picture import objectives, timeline

#: What each consequence means, in the order in which findings are told.
MEANINGS: Final = {
    "submissionRejected": "CMS refuses the file; nothing is scored until this is fixed.",
    "categoryZero": "The whole Promoting Interoperability category scores zero.",
    "reweightingLost": "The category is scored although it could have been reweighted.",
    "pointsLost": "A measure or a bonus earns fewer points.",
    "auditRisk": "Likely a mistake, or exposed in a later data validation.",
    "advice": "Costs nothing; worth knowing.",
}
_TITLES: Final = {"ready": "Ready", "notReady": "Not ready", "incomplete": "Incomplete"}
_RANKS: Final = {"notReady": 0, "incomplete": 1, "ready": 2}


class HtmlReporter:
    """Writes one page without scripts and without a request to anywhere."""

    name = "html"
    description = "one self-contained page: verdict, picture, findings, provenance"
    wants_all = True
    wants_facts = True

    def render(self, report: Report, style: Style) -> str:
        """Return the page."""
        page: str = _template().render(page=_page(report, style.rules))
        return page


def _template() -> Any:
    from jinja2 import (  # noqa: PLC0415 - only this reporter pays for it
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    environment = Environment(
        loader=PackageLoader("picheck.reporters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable,
    )
    return environment.get_template("page.html.j2")


def _printable(value: Any) -> Any:
    """Spare the reader control characters and direction marks, wherever a text comes from."""
    return wording.printable(value) if type(value) is str else value


def _page(report: Report, rules: Mapping[str, Rule]) -> dict[str, Any]:
    documents = [_document(report, index, rules) for index in range(len(report.documents))]
    return {
        "report": report,
        "title": _TITLES[report.summary.verdict],
        "verdict": report.summary.verdict,
        "documents": documents,
        "tally": wording.tally(report),
        "orders": _orders(documents) if len(documents) > 1 else (),
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


def _document(report: Report, index: int, rules: Mapping[str, Rule]) -> dict[str, Any]:
    summary = report.documents[index]
    results = wording.of_document(report, index)
    still_open = wording.open_findings(results)
    unverified = [_finding(report, r, rules) for r in still_open if r.outcome == "indeterminate"]
    return {
        "id": f"document-{index + 1}",
        "summary": summary,
        "name": summary.uri if summary.line is None else f"{summary.uri}:{summary.line}",
        "title": _TITLES[summary.verdict],
        "headline": wording.headline(summary, results),
        "sets": _sets(summary, report.run.as_of),
        "groups": _groups(report, still_open, rules),
        "broken": [_finding(report, r, rules) for r in still_open if r.outcome == "error"],
        "unverified": unverified,
        "skeleton": _skeleton(still_open),
        "evidence_file": f"{summary.uri.removesuffix('.json')}.evidence.json",
        "accepted": [
            {**_finding(report, r, rules), "why": wording.acceptance(r)}
            for r in wording.accepted(results)
        ],
        "passed": _titles(results, "pass", rules),
        "inapplicable": [(r.rule.code, r.message) for r in results if r.outcome == "notApplicable"],
        "notices": [notice for notice in report.run.notices if notice.document == index],
    }


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


def _groups(
    report: Report, results: Sequence[Result], rules: Mapping[str, Rule]
) -> list[dict[str, Any]]:
    groups = []
    for consequence, meaning in MEANINGS.items():
        found = [r for r in results if r.outcome == "fail" and r.consequence == consequence]
        if found:
            groups.append(
                {
                    "id": consequence,
                    "title": wording.CONSEQUENCES[consequence].capitalize(),
                    "meaning": meaning,
                    "findings": [_finding(report, r, rules) for r in wording.worst_first(found)],
                }
            )
    return groups


def _finding(report: Report, result: Result, rules: Mapping[str, Rule]) -> dict[str, Any]:
    capped = result.severity == "warning" and result.consequence in {
        "submissionRejected",
        "categoryZero",
    }
    return {
        "result": result,
        "title": _title(result, rules),
        "place": wording.place(report, result),
        "pointer": result.named_pointer or result.location.pointer or "/",
        "expected": None if result.expected is None else wording.plain(result.expected),
        "actual": None if result.actual is None else _listed(result.actual),
        "related": [_related(report, result, place) for place in result.related_locations],
        "citations": [_cited(citation) for citation in result.citations],
        "is_capped": capped,
    }


def _listed(value: Any) -> str:
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return wording.plain(value)


def _title(result: Result, rules: Mapping[str, Rule]) -> str:
    rule = rules.get(result.rule.code)
    title = rule.title if rule else result.rule.slug.replace("-", " ").capitalize()
    return title.rstrip(".")


def _titles(
    results: Sequence[Result], outcome: str, rules: Mapping[str, Rule]
) -> list[tuple[str, str]]:
    told = {r.rule.code: _title(r, rules) for r in results if r.outcome == outcome}
    return sorted(told.items())


def _related(report: Report, result: Result, place: Location) -> dict[str, str | None]:
    index = result.document if place.document is None else place.document
    parts = [report.documents[index].uri, place.line, place.column]
    where = ":".join(str(part) for part in parts if part) if place.line else place.pointer
    return {"where": where, "message": place.message}


def _cited(citation: Citation) -> dict[str, Any]:
    url = citation.url or ""
    return {
        "title": citation.title,
        "locator": citation.locator,
        "standing": citation.standing,
        "url": url if url.startswith(("https://", "http://")) else None,
    }


def _skeleton(results: Sequence[Result]) -> str:
    missing = [key for result in wording.unverified(results) for key in result.missing_evidence]
    return json.dumps(evidence_skeleton(missing), indent=2) if missing else ""
