"""What the page of one document shows: verdict, findings, the source, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from picheck.errors import InputError
from picheck.model.result import Result
from picheck.reporters.presentation import (
    CONSEQUENCES,
    SEVERITIES,
    VERDICTS,
    DocumentView,
    describe_acceptance,
    find_citations,
    find_remediation,
    list_accepted,
    list_failures,
)
from picheck.reporters.verdict_sentence import describe_verdict
from picheck.rules.inputs import JSON_SOURCE
from picheck.service.audited import Audited, audit_sent
from picheck.service.facts import FactForm, read_evidence
from picheck.service.page_input import EDIT, FACT, PageInput, normalize_lines
from picheck.service.problems import problem_of
from picheck.service.source_text import show_source
from picheck.service.workbench import Workbench

#: Findings of one severity that a page shows; a file with more is broken as a whole.
_MOST: Final = 100
#: How long a text may be to be corrected in the page, in characters: sent back, it has to be
#: within what the service reads, beside what the page carries.
_LONGEST_CORRECTED: Final = 4_000_000
_UNREADABLE: Final = "NOT READABLE"


def describe_result(workbench: Workbench, facts: FactForm, given: PageInput) -> dict[str, Any]:
    """Audit what was sent and return what the page of one document shows."""
    audited = audit_sent(workbench, given.sent)
    outcome = audited.outcomes[given.which or 0]
    if isinstance(outcome, InputError):
        return _describe_unreadable(given, audited, outcome)
    # what is no object was refused by the audit, and the page says so
    known = read_evidence(given.document) or {}
    asked = facts.list_missing(outcome.summary, known)
    groups = [*_failures(outcome), *_others(outcome)]
    return {
        **_describe_sent(given, audited, outcome.number),
        **_describe_source(given, ((c["line"], c["column"]) for g in groups for c in g["cards"])),
        "status": 200,
        "verdict": outcome.summary.verdict,
        "word": VERDICTS[outcome.summary.verdict],
        "sentence": describe_verdict(outcome, audited.report.run.gate),
        "about": _about(outcome, audited),
        "groups": groups,
        "asked": asked,
        "known": facts.list_known(known, asked),
        "evidence": facts.fill_file(outcome.summary, known).decode(),
        "is_converted": _is_converted(workbench, given),
        "has_score": bool(workbench.registry.previews),
    }


def _describe_unreadable(given: PageInput, audited: Audited, error: InputError) -> dict[str, Any]:
    """Return what is shown of a document that cannot be read: where it breaks, and its text."""
    problem = problem_of(error).record
    return {
        **_describe_sent(given, audited, None),
        **_describe_source(given, [(problem.line, problem.column)]),
        "status": problem.status,
        "verdict": "unreadable",
        "word": _UNREADABLE,
        "sentence": problem.detail,
        "about": [given.document.name],
        "line": problem.line,
        "groups": [],
        "asked": [],
        "known": [],
        "evidence": "",
        "is_converted": False,
        "has_score": False,
    }


def _describe_sent(given: PageInput, audited: Audited, number: int | None) -> dict[str, Any]:
    """Return what travels on, and the notices of the run and of the document."""
    return {
        "packed": given.sent.pack(),
        "which": given.which or 0,
        "name": given.document.name,
        "is_one_of_several": len(given.sent.documents) > 1,
        "fact_prefix": FACT,
        "line": None,
        "notices": audited.list_notices(number),
    }


def _describe_source(
    given: PageInput, places: Iterable[tuple[int | None, int | None]]
) -> dict[str, Any]:
    text = _read_text(given.document.data)
    known = [(line, column or 1) for line, column in places if line]
    source = None if text is None else show_source(text, known)
    fits = text is not None and len(text) <= _LONGEST_CORRECTED
    return {
        "text": text,
        "source": source,
        "can_be_corrected": fits,
        "is_corrected": source is not None and (source.is_whole or (fits and given.wants_text)),
        "edit": EDIT,
    }


def _read_text(data: bytes) -> str | None:
    """Return the text of a file; None for what is none, such as an archive or a picture."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    # an archive or a picture may be UTF-8 by chance
    return None if "\0" in text else normalize_lines(text)


def _about(view: DocumentView, audited: Audited) -> list[Any]:
    summary = view.summary
    year, kind = summary.performance_year, summary.entity_type
    about = [summary.uri, year, kind, summary.subject, f"audited for {audited.report.run.as_of}"]
    return [each for each in about if each]


def _failures(view: DocumentView) -> Iterable[dict[str, Any]]:
    for severity, heading in SEVERITIES.items():
        yield from _group(heading, severity, view, list_failures(view.results, severity))


def _others(view: DocumentView) -> Iterable[dict[str, Any]]:
    """Yield what broke, and what is accepted: neither passes in silence."""
    broken = [result for result in view.results if result.outcome == "error"]
    yield from _group("could not be checked", "warning", view, broken)
    yield from _group("accepted", "note", view, list_accepted(view.results))


def _group(
    heading: str, severity: str, view: DocumentView, results: list[Result]
) -> Iterable[dict[str, Any]]:
    """Yield one group of cards, if there is anything in it."""
    if results:
        cards = [_card(view, result) for result in results[:_MOST]]
        more = len(results) - len(cards)
        yield {"heading": heading, "severity": severity, "cards": cards, "more": more}


def _card(view: DocumentView, result: Result) -> dict[str, Any]:
    rule, is_here = view.rule(result), result.location.document in {None, view.number}
    return {
        "title": rule.title,
        "code": result.code,
        "year": result.year,
        "cost": CONSEQUENCES.get(result.consequence or "", ""),
        "accepted": describe_acceptance(result) if result.is_accepted else "",
        "message": result.message,
        "fix": find_remediation(result, rule),
        "line": result.location.line if is_here else None,
        "column": result.location.column,
        "path": result.location.source_path,
        "citations": find_citations(result, rule),
    }


def _is_converted(workbench: Workbench, given: PageInput) -> bool:
    """Whether the document came in another format than JSON."""
    return workbench.convert(given.document.data, given.document.name).source is not JSON_SOURCE
