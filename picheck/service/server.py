"""The service listens until it is asked to stop, and ends what it has begun."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette

from picheck.errors import UsageError
from picheck.service.config import ServiceConfig

#: Connections beside the requests in work: those that wait, and those that only linger.
_MORE_CONNECTIONS = 448
#: How many connections may wait to be taken.
_BACKLOG = 128
#: How long a connection without a request is kept, in seconds.
_KEEP_ALIVE = 5


def serve(app: Starlette, config: ServiceConfig, announce: Callable[[str], None]) -> None:
    """Answer requests until a signal asks to stop; then end those in work, and return.

    `announce` is given the address when the port is open. Raises UsageError where it cannot be
    opened.
    """
    listener = _listen(config)
    port = listener.getsockname()[1]
    name = f"[{config.host}]" if ":" in config.host else config.host
    announce(f"http://{name}:{port}/")
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    settings = uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="on",
        # the address of the client decides who is let in, and no header may change that
        proxy_headers=False,
        server_header=False,
        # it would have paths and addresses in it; `SafeAnswers` logs routes
        access_log=False,
        log_config=None,
        limit_concurrency=config.limits.requests + _MORE_CONNECTIONS,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=round(config.limits.seconds) + 1,
    )
    server = uvicorn.Server(settings)
    _stop_at_hangup(server)
    with listener, suppress(KeyboardInterrupt):  # raised again once everything is done
        server.run(sockets=[listener])


def _stop_at_hangup(server: uvicorn.Server) -> None:
    """Stop as at SIGTERM where the terminal goes away, unless that is to be ignored (nohup)."""
    hangup = getattr(signal, "SIGHUP", None)
    is_main = threading.current_thread() is threading.main_thread()
    if hangup is not None and is_main and signal.getsignal(hangup) != signal.SIG_IGN:
        signal.signal(hangup, server.handle_exit)


def _listen(config: ServiceConfig) -> socket.socket:
    """Open the port. Raises UsageError where it is taken, or the address is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        # or the port of a service that just ended would be taken for a while
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        raise UsageError(
            f"port {config.port} of {config.host} cannot be opened: {error.strerror or error};"
            " choose another with --port"
        ) from error
    return listener
