"""The pages: rendered here, each whole without a script."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from picheck.errors import InputError
from picheck.intake.file_names import DOCUMENT_SUFFIX
from picheck.intake.formats import show_converted
from picheck.schemas import evidence_schema
from picheck.service.audited import audit_sent
from picheck.service.config import Limits
from picheck.service.documents import evidence_name
from picheck.service.evidence_schema import EvidenceSchema
from picheck.service.facts import FactForm, indent_json, read_evidence
from picheck.service.forms import read_form
from picheck.service.history_pages import history_routes
from picheck.service.operations import JSON
from picheck.service.overview_page import describe_overview
from picheck.service.page_input import PageInput, may_repeat, read_input
from picheck.service.pool import AuditPool
from picheck.service.render import offer_file, render_page
from picheck.service.result_page import describe_result
from picheck.service.rules_page import rule_routes
from picheck.service.score_page import describe_score
from picheck.service.workbench import Workbench

#: Answers a page with what was sent; it is called in a thread that may audit.
Answer = Callable[[PageInput], Response]


class Pages:
    """Answers the requests of people."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        sections = workbench.registry.evidence
        self.facts = FactForm(EvidenceSchema(evidence_schema(sections)), sections.questions)

    def show_audit(self, given: PageInput) -> Response:
        """Show the result of one document, or the verdicts of several."""
        if given.which is None:
            return self.show_overview(given)
        content = describe_result(self._workbench, self.facts, given)
        return render_page("result", content, content["status"])

    def show_overview(self, given: PageInput) -> Response:
        """Show the verdicts of all documents."""
        return render_page("overview", describe_overview(self._workbench, given.sent))

    def show_score(self, given: PageInput) -> Response:
        """Show what one document would score."""
        return render_page("score", describe_score(self._workbench, given))

    def save_evidence(self, given: PageInput) -> Response:
        """Offer the evidence file of a document, with null at each fact that is missing."""
        outcome = audit_sent(self._workbench, given.sent).outcomes[given.which or 0]
        if isinstance(outcome, InputError):
            raise outcome
        known = read_evidence(given.document) or {}
        data = self.facts.fill_file(outcome.summary, known)
        return offer_file(data, evidence_name(given.document.name), JSON)

    def save_document(self, given: PageInput) -> Response:
        """Offer a document as it was corrected."""
        return offer_file(given.document.data, given.document.name)

    def save_json(self, given: PageInput) -> Response:
        """Offer a document of another format as JSON."""
        name = given.document.name
        made = self._workbench.convert(given.document.data, name)
        shown = show_converted(made, name, places=False)
        stem = name.rpartition(".")[0] or name
        return offer_file(indent_json(shown), f"{stem}{DOCUMENT_SUFFIX}", JSON)


def page_routes(workbench: Workbench, pool: AuditPool, limits: Limits) -> list[BaseRoute]:
    """Return the routes of the pages that take a form, of the start, and of the rules."""
    pages = Pages(workbench)
    taking: dict[str, Answer] = {
        "/audit": pages.show_audit,
        "/files": pages.show_overview,
        "/score": pages.show_score,
        "/save/evidence": pages.save_evidence,
        "/save/document": pages.save_document,
        "/save/json": pages.save_json,
    }

    def take(path: str, answer: Answer) -> Route:
        async def endpoint(request: Request) -> Response:
            form = await read_form(request, limits.parts, may_repeat)
            return await pool.run(lambda: answer(read_input(form, pages.facts, limits.body_bytes)))

        return Route(path, endpoint, methods=["POST"])

    async def show_start(request: Request) -> Response:
        del request
        return render_page("start", {"has_history": workbench.history is not None})

    return [
        Route("/", show_start),
        *(take(path, answer) for path, answer in taking.items()),
        *(Route(path, _go_to_start) for path in taking),
        *rule_routes(workbench, pool),
        *(history_routes(workbench.history, pool) if workbench.history is not None else ()),
    ]


async def _go_to_start(request: Request) -> Response:
    """Lead on who comes without a form, such as by the address in the browser's history."""
    del request
    return RedirectResponse("/", status_code=303)
