"""The pages of a history: its records, one of them, and what became of each entity."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from picheck.history.page import draw_trends
from picheck.reporters.html import TITLES
from picheck.service.audit_history import ServiceHistory
from picheck.service.history_operations import ENTITY, SEQ, YEAR
from picheck.service.operations import find_or_refuse
from picheck.service.parameters import Parameter, read_parameters
from picheck.service.pool import AuditPool
from picheck.service.render import render_page

#: How many records the list shows.
_SHOWN: Final = 200
_FILTERS: Final[tuple[Parameter, ...]] = (YEAR, ENTITY)


def history_routes(history: ServiceHistory, pool: AuditPool) -> list[BaseRoute]:
    """Return the routes of the pages of a history."""

    def show_list(given: dict[str, Any]) -> Response:
        whole = history.list_records(**given, limit=_SHOWN)
        return render_page("history", {**whole, "verdicts": TITLES, "shown": _SHOWN, **_of(given)})

    def show_trend(given: dict[str, Any]) -> Response:
        whole = history.list_trends(**given)
        content = {"history": whole["history"], "trends": draw_trends(whole["trends"])}
        return render_page("history_trend", {**content, "verdicts": TITLES, **_of(given)})

    def show_record(given: dict[str, Any]) -> Response:
        record = find_or_refuse(lambda: history.find_record(given["seq"]))
        return render_page("history_record", {"record": record, "verdicts": TITLES})

    def route(path: str, show: Any, parameters: tuple[Parameter, ...]) -> Route:
        async def endpoint(request: Request) -> Response:
            # a form sends its empty fields, too
            query = [each for each in request.query_params.multi_items() if each[1].strip()]
            given = read_parameters(parameters, query, request.path_params)
            return await pool.run(lambda: show(given))

        return Route(path, endpoint)

    return [
        route("/history", show_list, _FILTERS),
        route("/history/trend", show_trend, _FILTERS),
        route("/history/{seq}", show_record, (SEQ,)),
    ]


def _of(given: dict[str, Any]) -> dict[str, Any]:
    """Return the filters of a page, those that were not given as empty."""
    return {"year": given.get("year", ""), "entity": given.get("entity", "")}
