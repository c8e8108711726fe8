"""What the API can be asked for: declared once, served and described from that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from picheck.errors import PluginError, UsageError
from picheck.service.parameters import Parameter, read_parameters
from picheck.service.problems import Problem

T = TypeVar("T")
JSON: Final = "application/json"
#: Does what is asked for; it is given the request and the values of its parameters.
Handler = Callable[[Request, dict[str, Any]], Awaitable[Response]]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path.

    `answers` are the types of which a successful answer is one, none where it has any form;
    `media_types` are all that it may have. `has_body` says that a document is sent.
    `problems` are the statuses that it may refuse with, beside those of every operation.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    description: str
    handler: Handler
    parameters: tuple[Parameter, ...] = ()
    answers: tuple[Any, ...] = ()
    media_types: tuple[str, ...] = (JSON,)
    has_body: bool = False
    problems: tuple[int, ...] = ()

    def route(self) -> Route:
        """Return the route of the operation."""

        async def endpoint(request: Request) -> Response:
            values = read_parameters(
                self.parameters, request.query_params.multi_items(), request.path_params
            )
            return await self.handler(request, values)

        return Route(self.path, endpoint, methods=[self.method], name=self.name)


async def read_body(request: Request) -> bytes:
    """Return the document that was sent as the body of a request.

    Raises Problem where there is none, or where it was sent in another way.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        raise Problem(415, "bodyKind", "send the document itself as the body, not in a form")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "bodyCompressed", "send the document as it is, not compressed")
    body = await request.body()
    if not body:
        raise Problem(400, "bodyMissing", "the body is empty; send a document")
    return body


def find_or_refuse(find: Callable[[], T]) -> T:
    """Return what is found. Raises Problem where there is no such thing."""
    try:
        return find()
    # a UsageError too, but no missing thing
    except PluginError:
        raise
    except UsageError as error:
        raise Problem(404, "notFound", str(error)) from error


def json_answer(value: Any) -> Response:
    """Return a value made of plain data and records, as the command line prints it."""
    text = msgspec.json.format(msgspec.json.encode(value, enc_hook=dict), indent=2)
    return Response(text + b"\n", media_type=JSON)


def attachment(format_name: str, media_type: str) -> Mapping[str, str]:
    """Return the headers of a report: a browser saves what is not JSON, and never shows it."""
    if media_type == JSON:
        return {}
    return {"Content-Disposition": f'attachment; filename="report.{format_name}"'}
