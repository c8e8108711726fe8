"""Every answer leaves through here: with its headers, and with a problem in place of a fault."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from picheck.errors import PicheckError
from picheck.service.problems import Problem, problem_of

#: No script at all, no inline style, nothing from elsewhere, no form to elsewhere.
_POLICY: Final = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors "
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
#: The paths whose problems go to programs.
_FOR_PROGRAMS: Final = ("/api/", "/openapi.json", "/healthz")


class SafeAnswers:
    """The outermost guard: it adds the headers, and lets no exception out.

    `render_page` makes a page of a problem, for people; `frames` are the origins of pages that may
    show this service in a frame. `log` is given the milestones of requests,
    without anything that was sent: the route, not the path.
    """

    def __init__(
        self,
        app: ASGIApp,
        render_page: Callable[[Problem], Response],
        log: Any,
        frames: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._render_page = render_page
        self._log = log
        policy = _POLICY + (" ".join(frames) or "'none'")
        self._headers = {"Content-Security-Policy": policy, **_HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._headers)
        begun = time.perf_counter()
        try:
            await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            return  # there is no one to answer
        except Exception as error:  # noqa: BLE001 - an exception may hold what was sent
            problem = self._problem(error)
            # once its head is sent, an answer cannot become another
            if not answer.is_begun:
                response = self._render(scope, problem)
                await response(scope, receive, answer.send)
        self._log.info(
            "request answered",
            method=scope["method"],
            route=getattr(scope.get("route"), "path", None),
            status=answer.status,
            user=scope.get("state", {}).get("user", ""),
            milliseconds=round((time.perf_counter() - begun) * 1000),
        )

    def _problem(self, error: Exception) -> Problem:
        if isinstance(error, Problem):
            return error
        if isinstance(error, PicheckError):
            return problem_of(error)
        self._log.error("request failed", kind=type(error).__name__, place=_place(error))
        return Problem(500, "unforeseen", "an error of picheck's; its log says where it happened")

    def _render(self, scope: Scope, problem: Problem) -> Response:
        accepted = Headers(scope=scope).get("accept", "")
        is_page = "text/html" in accepted and not scope["path"].startswith(_FOR_PROGRAMS)
        return self._render_page(problem) if is_page else problem.to_response()


class _Answer:
    """Sends an answer with its headers, and knows how far it is."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.is_begun = False
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_begun = True
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                # an answer's own header wins: what pages are made of may be kept by a browser
                headers.setdefault(name, value)
        await self._send(message)


def _place(error: Exception) -> str:
    """Return where an exception was raised, without its message and without any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
