"""What the API can be asked of a history."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from picheck.service.audit_history import ServiceHistory
from picheck.service.operations import Operation, find_or_refuse, json_answer
from picheck.service.parameters import Parameter
from picheck.service.pool import AuditPool

YEAR: Final = Parameter(
    name="year", kind="year", description="Only records of this performance year."
)
ENTITY: Final = Parameter(
    name="entity", kind="text", description="Only records of this entity, as records name it."
)
SEQ: Final = Parameter(
    name="seq", kind="number", place="path", description="The number of a record."
)
_SINCE: Final = Parameter(
    name="since", kind="date", description="Only records from this date on.", example="2026-02-01"
)
_UNTIL: Final = Parameter(
    name="until", kind="date", description="Only records up to this date.", example="2026-02-28"
)
_LIMIT: Final = Parameter(
    name="limit", kind="number", description="Only the newest, this many [default: 1000]."
)
_MOST: Final = 1000


def history_operations(history: ServiceHistory, pool: AuditPool) -> tuple[Operation, ...]:
    """Return what the API can be asked of a history."""

    async def list_records(request: Request, given: dict[str, Any]) -> Response:
        del request
        wanted = {"limit": _MOST, **given}
        return json_answer(await pool.run(lambda: history.list_records(**wanted)))

    async def show_record(request: Request, given: dict[str, Any]) -> Response:
        del request
        find = partial(find_or_refuse, lambda: history.find_record(given["seq"]))
        return json_answer(await pool.run(find))

    async def show_trend(request: Request, given: dict[str, Any]) -> Response:
        del request
        return json_answer(await pool.run(lambda: history.list_trends(**given)))

    return (
        Operation(
            name="listHistory",
            method="GET",
            path="/api/v1/history",
            summary="List the records of the history.",
            description="The answer is that of `picheck history list -f json`, the newest records.",
            handler=list_records,
            parameters=(YEAR, ENTITY, _SINCE, _UNTIL, _LIMIT),
        ),
        Operation(
            name="showTrend",
            method="GET",
            path="/api/v1/history/trend",
            summary="Show what became of each entity's submission.",
            description="The answer is that of `picheck history trend -f json`.",
            handler=show_trend,
            parameters=(YEAR, ENTITY),
        ),
        Operation(
            name="showHistoryRecord",
            method="GET",
            path="/api/v1/history/{seq}",
            summary="Show one record of the history.",
            description="The answer is that of `picheck history show SEQ -f json`.",
            handler=show_record,
            parameters=(SEQ,),
            problems=(404,),
        ),
    )
