"""What is refused, and why, as RFC 9457 has it: `application/problem+json`."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import msgspec
from starlette.responses import Response

from picheck.errors import InputError, PicheckError, PluginError, RulebookError, UsageError
from picheck.masking import mask_digits

MEDIA_TYPE: Final = "application/problem+json"
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class ProblemRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem as it is sent.

    `code` is a stable word for programs; `line` and `column` are 1-based places in the document;
    `parameter` names the parameter of the request that is wrong.
    """

    type: str = msgspec.field(default="about:blank")
    title: str
    status: int
    detail: str
    code: str
    line: int | None = None
    column: int | None = None
    parameter: str | None = None


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A request cannot be answered as asked. `headers` are sent with the problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        line: int | None = None,
        column: int | None = None,
        parameter: str | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> None:
        super().__init__(detail)
        self.record = ProblemRecord(
            title=HTTPStatus(status).phrase,
            status=status,
            detail=mask_digits(detail),
            code=code,
            line=line,
            column=column,
            parameter=parameter,
        )
        self.headers = headers

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.record.status

    def to_response(self) -> Response:
        """Return the problem as an answer to a program."""
        return Response(
            msgspec.json.encode(self.record),
            status_code=self.status,
            headers=dict(self.headers),
            media_type=MEDIA_TYPE,
        )


def problem_of(error: PicheckError) -> Problem:
    """Return the problem that an error of the audit is to whoever sent the request."""
    if isinstance(error, InputError):
        return Problem(422, "unreadable", str(error), line=error.line, column=error.column)
    if isinstance(error, RulebookError):
        return Problem(500, "rulebookBroken", str(error))
    if isinstance(error, PluginError):
        return Problem(500, "pluginBroken", str(error))
    if isinstance(error, UsageError):
        return Problem(400, "cannotFollow", str(error))
    return Problem(500, "unforeseen", str(error))
