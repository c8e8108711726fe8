"""How much a request may send, how long it may take, and how many there may be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from picheck.plugins.registry import PluginRegistry
from picheck.service.config import MEBIBYTE, Limits, ServiceConfig
from service_support import EXAMPLE, HERE, ask, audit, make_app

DOCUMENT = EXAMPLE.read_bytes()


def test_a_body_that_says_it_is_too_large_is_not_read(app: Starlette) -> None:
    async def body() -> Any:
        raise AssertionError("it was read")
        yield b""

    length = {"content-length": str(100 * MEBIBYTE)}
    answer = ask(app, "POST", "/api/v1/audits", content=body(), headers=length)
    assert (answer.status_code, answer.json()["code"]) == (413, "bodyTooLarge")


@pytest.mark.parametrize("path", ["audits", "scores", "conversions"])
def test_a_body_of_unknown_length_is_counted_while_it_is_read(app: Starlette, path: str) -> None:
    read = 0

    async def body() -> Any:
        nonlocal read
        for _ in range(100):
            read += MEBIBYTE
            yield b" " * MEBIBYTE

    answer = ask(app, "POST", f"/api/v1/{path}", content=body())
    assert answer.status_code == 413
    assert read == 17 * MEBIBYTE
    assert "16 MiB" in answer.json()["detail"]


def test_what_is_just_small_enough_is_read(app: Starlette) -> None:
    size = 16 * MEBIBYTE
    answer = audit(app, DOCUMENT + b" " * (size - len(DOCUMENT)))
    assert answer.status_code == 200, answer.text
    assert audit(app, DOCUMENT + b" " * (size - len(DOCUMENT) + 1)).status_code == 413


def test_a_page_takes_as_much_as_the_api(registry: PluginRegistry) -> None:
    app = make_app(registry, ServiceConfig(limits=Limits(body_bytes=1024)))
    for path in ("/audit", "/api/v1/audits"):
        assert ask(app, "POST", path, content=b" " * 1025).status_code == 413
        assert ask(app, "POST", path, content=b" " * 1024).status_code in {415, 422}


def test_a_slow_body_is_not_waited_for(registry: PluginRegistry) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield DOCUMENT[:10]
        await asyncio.Event().wait()

    app = make_app(registry, ServiceConfig(limits=Limits(seconds=0.2)))
    answer = ask(app, "POST", "/api/v1/audits", content=body())
    assert (answer.status_code, answer.json()["code"]) == (408, "bodyTooSlow")


def test_what_takes_too_long_is_given_up(
    registry: PluginRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(registry, ServiceConfig(limits=Limits(seconds=0.5, threads=1)))
    event = asyncio.Event()

    async def never(*_: Any) -> None:
        await event.wait()

    monkeypatch.setattr(app.state.pool, "run", never)
    answer = audit(app, DOCUMENT)
    assert (answer.status_code, answer.json()["code"]) == (503, "tooSlow")
    assert answer.headers["retry-after"] == "1"


def test_too_many_requests_are_asked_to_come_back(registry: PluginRegistry) -> None:
    app = make_app(registry, ServiceConfig(limits=Limits(requests=2)))

    async def send() -> list[httpx.Response]:
        go_on = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield DOCUMENT
            await go_on.wait()

        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:

            async def post(content: Any) -> httpx.Response:
                return await client.post("/api/v1/audits", content=content)

            begun = [asyncio.create_task(post(body())) for _ in range(2)]
            await asyncio.sleep(0)  # both begin before the next one
            third = await post(DOCUMENT)
            health = await client.get("/healthz")
            go_on.set()
            return [third, health, *await asyncio.gather(*begun), await post(DOCUMENT)]

    busy, *others = asyncio.run(send())
    assert (busy.status_code, busy.json()["code"]) == (503, "busy")
    assert busy.headers["retry-after"] == "1"
    assert [each.status_code for each in others] == [200, 200, 200, 200]
