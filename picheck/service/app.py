"""The service as one ASGI application: pages, API, and the guards around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, NoReturn

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from picheck.logging import get_logger
from picheck.service.answers import SafeAnswers
from picheck.service.api import Api
from picheck.service.api_operations import api_operations
from picheck.service.config import ServiceConfig
from picheck.service.guards import HEALTH, AccessGuard, HostGuard, SiteGuard
from picheck.service.history_operations import history_operations
from picheck.service.load import LoadGuard
from picheck.service.openapi import describe_api
from picheck.service.operations import json_answer
from picheck.service.pages import page_routes
from picheck.service.pool import AuditPool
from picheck.service.problems import Problem
from picheck.service.render import render_problem
from picheck.service.static_files import static_routes
from picheck.service.workbench import Workbench


def create_app(
    workbench: Workbench, config: ServiceConfig | None = None, log: Any = None
) -> Starlette:
    """Return the application. `log` is a logger; without one only faults are logged.

    The application's `state.pool` is where whatever audits has to run:
    `await request.app.state.pool.run(lambda: workbench.audit(...))`.
    """
    config = config or ServiceConfig()
    pool = AuditPool(config.limits.threads, workbench.rule_timeout)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        yield
        pool.close()

    app = Starlette(
        routes=_routes(workbench, config, pool),
        # the outermost first: it makes an answer of what the others raise
        middleware=[
            Middleware(
                SafeAnswers,
                render_page=render_problem,
                frames=config.frames,
                log=log or get_logger(verbosity=0, form="console"),
            ),
            Middleware(HostGuard, config=config),
            Middleware(AccessGuard, config=config),
            Middleware(SiteGuard),
            Middleware(LoadGuard, limits=config.limits),
        ],
        exception_handlers={HTTPException: _raise_problem},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.pool = pool
    return app


def _routes(workbench: Workbench, config: ServiceConfig, pool: AuditPool) -> list[BaseRoute]:
    operations = api_operations(Api(workbench, pool), workbench)
    if workbench.history is not None:
        operations += history_operations(workbench.history, pool)
    description = describe_api(operations, config)

    async def describe(request: Request) -> Response:
        del request
        return json_answer(description)

    async def say_healthy(request: Request) -> Response:
        del request
        return json_answer({"status": "ok"})

    return [
        *page_routes(workbench, pool, config.limits),
        *(operation.route() for operation in operations),
        *static_routes(),
        Route("/openapi.json", describe, name="openapi"),
        Route(HEALTH, say_healthy, name="health"),
    ]


def _raise_problem(request: Request, error: Exception) -> NoReturn:
    """Turn what routing refuses into a problem; whoever is outside of it answers."""
    del request
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    code = {404: "notFound", 405: "methodNotAllowed"}.get(error.status_code, "refused")
    phrase = HTTPStatus(error.status_code).phrase
    raise Problem(error.status_code, code, phrase.lower(), headers=error.headers or {}) from error
