"""How much a request may send, how long it may take, and how many there may be at one time."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from picheck.service.config import MEBIBYTE, Limits
from picheck.service.guards import HEALTH
from picheck.service.problems import Problem

#: When to come back, in seconds.
_RETRY: Final = {"Retry-After": "1"}


class LoadGuard:
    """Refuses what would take too much of the machine; each limit is checked while reading."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._in_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request within the limits. Raises Problem where it breaks one."""
        # who asks whether the service lives is answered however busy it is
        if scope["type"] != "http" or scope["path"] == HEALTH:
            await self._app(scope, receive, send)
            return
        if self._in_work >= self._limits.requests:
            raise Problem(503, "busy", "too many requests at one time", headers=_RETRY)
        self._in_work += 1
        try:
            await self._run_bounded(scope, receive, send)
        finally:
            self._in_work -= 1

    async def _run_bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive, self._limits.body_bytes)
        body.check_announced(Headers(scope=scope).get("content-length", ""))
        try:
            async with asyncio.timeout(self._limits.seconds) as clock:
                await self._app(scope, body.receive, send)
        except TimeoutError:
            # a TimeoutError of the work itself, and not of this limit
            if not clock.expired():
                raise
            raise self._too_slow(body) from None

    def _too_slow(self, body: _Body) -> Problem:
        seconds = f"{self._limits.seconds:g} s"
        if not body.is_whole:
            return Problem(408, "bodyTooSlow", f"the body did not arrive within {seconds}")
        return Problem(503, "tooSlow", f"not done within {seconds}", headers=_RETRY)


class _Body:
    """Counts the bytes of a body while they are read."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._read = 0
        self.is_whole = False

    def check_announced(self, length: str) -> None:
        """Raise Problem where the body says itself that it is too large; nothing of it is read."""
        if length.isdecimal() and int(length) > self._most:
            raise self._too_large()

    async def receive(self) -> Message:
        """Return the next piece. Raises Problem where the body has become too large."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)
            if self._read > self._most:
                raise self._too_large()
        return message

    def _too_large(self) -> Problem:
        mebibytes = f"{self._most / MEBIBYTE:g} MiB"
        # the rest of the body is not read, so nothing more can come over this connection
        close = {"Connection": "close"}
        return Problem(413, "bodyTooLarge", f"at most {mebibytes} are read", headers=close)
