"""The API: what the command line does, over HTTP, with the same bytes as answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from picheck.engine.score_preview import score_json
from picheck.intake.documents import STDIN
from picheck.intake.formats import show_converted
from picheck.plugins.scorer import Wish
from picheck.service.documents import clean_name, split_case
from picheck.service.operations import JSON, attachment, find_or_refuse, json_answer, read_body
from picheck.service.pool import AuditPool
from picheck.service.scores import score_documents
from picheck.service.sent import SentDocument
from picheck.service.workbench import Workbench


class ScoreAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the entities of a document would score; `score` is that of the only one, if any."""

    score: Any
    entities: tuple[dict[str, Any], ...]


class Api:
    """Answers the requests of programs; audits are done in the threads of `pool`."""

    def __init__(self, workbench: Workbench, pool: AuditPool) -> None:
        self._workbench = workbench
        self._pool = pool

    async def audit(self, request: Request, given: dict[str, Any]) -> Response:
        """Audit the document in the body."""
        body = await read_body(request)
        return await self._pool.run(lambda: self._audit(body, given))

    async def score(self, request: Request, given: dict[str, Any]) -> Response:
        """Preview the score of the document in the body."""
        body = await read_body(request)
        return await self._pool.run(lambda: self._score(body, given))

    async def convert(self, request: Request, given: dict[str, Any]) -> Response:
        """Convert the document in the body to JSON."""
        body = await read_body(request)
        return await self._pool.run(lambda: self._convert(body, given))

    async def list_rules(self, request: Request, given: dict[str, Any]) -> Response:
        """List the rules."""
        del request
        year, program, lookup = given.get("year"), given.get("program"), self._workbench.lookup
        return await self._look_up(lambda: lookup.list_rules(year, program))

    async def show_rule(self, request: Request, given: dict[str, Any]) -> Response:
        """Explain one rule."""
        del request
        year, program, lookup = given.get("year"), given.get("program"), self._workbench.lookup
        return await self._look_up(lambda: lookup.find_rule(given["code"], year, program))

    async def list_years(self, request: Request, given: dict[str, Any]) -> Response:
        """List the years."""
        del request
        program, lookup = given.get("program"), self._workbench.lookup
        return await self._look_up(lambda: lookup.list_years(program))

    async def _look_up(self, find: Callable[[], Any]) -> Response:
        """Answer with what is found. Raises Problem where there is no such thing."""
        return json_answer(await self._pool.run(lambda: find_or_refuse(find)))

    def _audit(self, body: bytes, given: dict[str, Any]) -> Response:
        name, form = _name(given), given.get("format", "json")
        case = split_case(body, name)
        report = self._workbench.audit(
            case.document,
            name,
            evidence=case.evidence,
            prior=case.prior,
            as_of=given.get("asOf"),
            year=given.get("year"),
            formats=(form,),
        )
        self._workbench.check_read(report, case.document, name)
        text = self._workbench.render(report, form, evidence=case.evidence)
        media_type = self._workbench.media_type(form)
        return Response(text, headers=attachment(form, media_type), media_type=media_type)

    def _score(self, body: bytes, given: dict[str, Any]) -> Response:
        name = _name(given)
        case = split_case(body, name)
        scored = score_documents(
            self._workbench,
            [SentDocument(name, case.document, case.evidence)],
            prior=case.prior,
            as_of=given.get("asOf"),
            year=given.get("year"),
            what_if=given.get("whatIf", False),
            wish=Wish(
                conflict_policy=given.get("conflictPolicy"),
                participation=given.get("participation"),
            ),
        )
        self._workbench.check_read(scored.report, case.document, name)
        return Response(score_json(scored.records), media_type=JSON)

    def _convert(self, body: bytes, given: dict[str, Any]) -> Response:
        name = _name(given)
        made = self._workbench.convert(body, name)
        return json_answer(show_converted(made, name, places=given.get("places", False)))


def _name(given: dict[str, Any]) -> str:
    return clean_name(given.get("name", STDIN))
