"""The pages: rendered here, each whole without a script."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from picheck.model.report import Report
from picheck.reporters.presentation import (
    CONSEQUENCES,
    SEVERITIES,
    VERDICTS,
    DocumentView,
    find_citations,
    find_remediation,
    list_failures,
    view_documents,
)
from picheck.reporters.questions import fill_skeleton
from picheck.reporters.verdict_sentence import describe_verdict
from picheck.service.config import ServiceConfig
from picheck.service.documents import clean_name
from picheck.service.forms import Form, read_form
from picheck.service.problems import Problem
from picheck.service.workbench import MissingFact, Workbench

_TEMPLATES: Final = Environment(
    loader=PackageLoader("picheck.service"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
#: What begins the name of a field that answers a question; its evidence key follows.
_FACT: Final = "fact."


class Sent(NamedTuple):
    """What a form asks to be audited. Everything travels in the page, nothing is kept."""

    document: bytes
    name: str
    evidence: bytes | None
    prior: tuple[tuple[str, bytes], ...]
    as_of: date | None


def problem_page(problem: Problem) -> HTMLResponse:
    """Return a problem as a page, for people."""
    record = problem.record
    return _page("problem", record.status, dict(problem.headers), problem=record)


def page_routes(workbench: Workbench, config: ServiceConfig) -> list[BaseRoute]:
    """Return the routes of the pages: the start, and an audit."""

    async def start(request: Request) -> HTMLResponse:
        del request
        return _page("start", 200, {})

    async def audit(request: Request) -> HTMLResponse:
        form = await read_form(request, config.limits.parts, repeated=("prior", "priorName"))
        sent = read_sent(form)

        def work() -> Report:
            report = workbench.audit(
                sent.document,
                sent.name,
                evidence=sent.evidence,
                prior=sent.prior,
                as_of=sent.as_of,
            )
            workbench.check_read(report, sent.document, sent.name)
            return report

        report = await request.app.state.pool.run(work)
        return _page("result", 200, {}, **describe_result(workbench, report, sent))

    return [Route("/", start), Route("/audit", audit, methods=["POST"])]


def read_sent(form: Form) -> Sent:
    """Return what a form asks to be audited: a chosen file, or the text in its box.

    Raises Problem where there is neither, and for a date or evidence that cannot be read.
    """
    chosen = form.files("file")
    text = form.text("text")
    document = chosen[0].data if chosen else text.encode()
    if not document.strip():
        raise Problem(400, "nothingSent", "choose a file, or paste its text into the box")
    given = (chosen[0].filename or "") if chosen else form.text("name")
    names = [part.data.decode("utf-8", "replace") for part in form.all("priorName")]
    texts = [part for part in form.all("prior") if part.data.strip()]
    prior = tuple(
        (clean_name(part.filename or (names[i] if i < len(names) else "earlier.json")), part.data)
        for i, part in enumerate(texts)
    )
    as_of = form.text("asOf")
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError as error:
        raise Problem(400, "badDate", f"{as_of!r} is not a date, expected YYYY-MM-DD") from error
    return Sent(document, clean_name(given or "submission.json"), _evidence(form), prior, day)


def _evidence(form: Form) -> bytes | None:
    """Return the evidence that was sent, with the answers of the form merged in."""
    files = form.files("evidenceFile")
    data = files[0].data if files else form.text("evidence").encode()
    answers = {
        part.field.removeprefix(_FACT): part.data.decode("utf-8", "replace").strip()
        for part in form.parts
        if part.field.startswith(_FACT) and part.data.strip()
    }
    if not answers:
        return data if data.strip() else None
    known = _read_object(data) if data else {}
    if known is None:
        raise Problem(400, "badEvidence", "the evidence is not a JSON object")
    for key, answer in answers.items():
        *path, last = key.split(".")
        place = known
        for name in path:
            inner = place.get(name)
            place[name] = inner if isinstance(inner, dict) else {}
            place = place[name]
        place[last] = int(answer) if answer.isdecimal() and key.startswith("counts.") else answer
    return _indent(known).encode()


def _read_object(data: bytes) -> dict[str, Any] | None:
    """Return a JSON object; None for what is none."""
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def describe_result(workbench: Workbench, report: Report, sent: Sent) -> dict[str, Any]:
    """Return what the page of a result shows."""
    (view,) = view_documents(report)
    asked = workbench.missing_questions(report)
    # what is no object was refused by the audit, and the page says so
    known = _read_object(sent.evidence or b"") or {}
    cards = {severity: list(_cards(view, severity)) for severity in SEVERITIES}
    marked = {card["line"] for group in cards.values() for card in group if card["line"]}
    return {
        "word": VERDICTS[view.summary.verdict],
        "sentence": describe_verdict(view, report.run.gate),
        "summary": view.summary,
        "as_of": report.run.as_of,
        "groups": [(SEVERITIES[s], s, group) for s, group in cards.items() if group],
        "questions": [_field(fact) for fact in asked],
        "skeleton": _indent(fill_skeleton([fact.key for fact in asked], known)),
        "notices": [notice.message for notice in report.run.notices],
        "marked": marked,
        "sent": sent,
        "text": _text(sent.document),
        "evidence": _text(sent.evidence or b""),
        "prior": [(name, _text(data)) for name, data in sent.prior],
    }


def _cards(view: DocumentView, severity: str) -> Iterable[dict[str, Any]]:
    for result in list_failures(view.results, severity):
        rule = view.rule(result)
        yield {
            "title": rule.title,
            "code": result.code,
            "cost": CONSEQUENCES.get(result.consequence or "", ""),
            "message": result.message,
            "fix": find_remediation(result, rule),
            "line": result.location.line,
            "path": result.location.source_path,
            "citations": find_citations(result, rule),
        }


def _field(fact: MissingFact) -> dict[str, str]:
    """Return a question with the kind of field that takes its answer; none for a table."""
    kind = ""
    if fact.key.endswith("On"):
        kind = "date"
    elif fact.key.startswith("counts."):
        kind = "number"
    return {"key": fact.key, "question": fact.question, "kind": kind, "name": _FACT + fact.key}


def _indent(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _page(name: str, status: int, headers: dict[str, str], **content: Any) -> HTMLResponse:
    text = _TEMPLATES.get_template(f"{name}.html.j2").render(**content)
    return HTMLResponse(text, status_code=status, headers=headers)
