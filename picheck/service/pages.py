"""The pages: rendered here, each whole without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

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
from picheck.service.operations import JSON
from picheck.service.overview_page import describe_overview
from picheck.service.page_input import PageInput, may_repeat, read_input
from picheck.service.parameters import Parameter, read_parameters
from picheck.service.pool import AuditPool
from picheck.service.render import offer_file, render_page
from picheck.service.result_page import describe_result
from picheck.service.rules_page import describe_one_rule, describe_rules, newest_year
from picheck.service.score_page import describe_score
from picheck.service.workbench import Workbench

#: Answers a page with what was sent; it is called in a thread that may audit.
Answer = Callable[[PageInput], Response]
_YEAR: Final = Parameter(name="year", kind="year", place="path", description="The year.")
_CODE: Final = Parameter(name="code", kind="text", place="path", description="The code.")
_WORDS: Final = Parameter(name="q", kind="text", description="Words that a rule has to have.")


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

    def show_rules(self, year: int, words: str) -> Response:
        """Show the rules of a year."""
        return render_page("rules", describe_rules(self._workbench, year, words))

    def show_rule(self, year: int, code: str) -> Response:
        """Show all that is known of one rule of a year."""
        return render_page("rule", describe_one_rule(self._workbench, year, code))

    def find_year(self) -> int:
        """Return the year whose rules are shown first."""
        return newest_year(self._workbench)


def page_routes(workbench: Workbench, pool: AuditPool, limits: Limits) -> list[BaseRoute]:
    """Return the routes of the pages."""
    pages = Pages(workbench)

    def taking(path: str, answer: Answer) -> Route:
        async def endpoint(request: Request) -> Response:
            form = await read_form(request, limits.parts, may_repeat)
            return await pool.run(lambda: answer(read_input(form, pages.facts, limits.body_bytes)))

        return Route(path, endpoint, methods=["POST"])

    async def start(request: Request) -> Response:
        del request
        return render_page("start", {})

    async def choose_year(request: Request) -> Response:
        del request
        return RedirectResponse(f"/rules/{pages.find_year()}", status_code=303)

    async def show_rules(request: Request) -> Response:
        query = [each for each in request.query_params.multi_items() if each[1].strip()]
        given = read_parameters((_YEAR, _WORDS), query, request.path_params)
        return await pool.run(lambda: pages.show_rules(given["year"], given.get("q", "")))

    async def show_rule(request: Request) -> Response:
        given = read_parameters(
            (_YEAR, _CODE), request.query_params.multi_items(), request.path_params
        )
        return await pool.run(lambda: pages.show_rule(given["year"], given["code"]))

    return [
        Route("/", start),
        taking("/audit", pages.show_audit),
        taking("/files", pages.show_overview),
        taking("/score", pages.show_score),
        taking("/save/evidence", pages.save_evidence),
        taking("/save/document", pages.save_document),
        taking("/save/json", pages.save_json),
        Route("/rules", choose_year),
        Route("/rules/{year}", show_rules),
        Route("/rules/{year}/{code}", show_rule),
    ]
