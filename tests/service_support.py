"""What tests of the service share: an application, a client for it, and a real process."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any, Final

import httpx
from starlette.applications import Starlette

from command_line import environment
from picheck.engine.options import AuditOptions
from picheck.plugins.registry import PluginRegistry
from picheck.service.app import create_app
from picheck.service.config import ServiceConfig
from picheck.service.workbench import Workbench
from support import AS_OF, ROOT

HERE: Final = "http://127.0.0.1:8765"
EXAMPLE: Final = ROOT / "docs" / "examples" / "forgotten-exclusion.json"
#: The made-up TIN of the example.
TIN: Final = "123456789"
_ADDRESS: Final = re.compile(r"serving at (http://\S+/)")
_DAY: Final = date.fromisoformat(AS_OF)


def make_workbench(registry: PluginRegistry, **options: Any) -> Workbench:
    """Return a workbench whose audits speak for one date."""
    return Workbench(AuditOptions(as_of=_DAY, **options), registry, today=lambda: _DAY)


def make_app(
    registry: PluginRegistry, config: ServiceConfig | None = None, log: Any = None
) -> Starlette:
    """Return an application on the terms of `make_workbench`."""
    return create_app(make_workbench(registry), config, log)


def ask(app: Starlette, method: str, path: str, **request: Any) -> httpx.Response:
    """Send one request to an application in this process and return its answer."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await client.request(method, path, **request)

    return asyncio.run(send())


def post(app: Starlette, path: str, *parts: tuple[str, str | None, bytes]) -> httpx.Response:
    """Send a form: each part has its field, its file name if it is a file, and its bytes."""
    files: Any = [(field, (name, data)) for field, name, data in parts]
    return ask(app, "POST", path, files=files)


def go_on(
    app: Starlette, page: httpx.Response, path: str = "/audit", **fields: str
) -> httpx.Response:
    """Send the form of a page on, with some fields in it."""
    given = {"sent": packed(page), **fields}
    found = re.search(r'name="which" value="(\d+)">\n', page.text)
    if found and "which" not in fields:
        given["which"] = found[1]
    return post(app, path, *((name, None, text.encode()) for name, text in given.items()))


def packed(page: httpx.Response) -> str:
    """Return what a page carries on of all that was sent."""
    found = re.search(r'name="sent" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def audit(app: Starlette, document: bytes, query: str = "", **request: Any) -> httpx.Response:
    """Have a document audited by the API."""
    return ask(app, "POST", f"/api/v1/audits{query}", content=document, **request)


class Served:
    """A service in a process of its own."""

    def __init__(
        self, process: subprocess.Popen[str], address: str, before: str, said: IO[str]
    ) -> None:
        self.process = process
        self.address = address
        self.before = before
        self._said = said

    @property
    def port(self) -> int:
        """The port that it took."""
        return httpx.URL(self.address).port or 0

    def stop(self) -> tuple[int, str]:
        """Ask it to stop; return its exit code, and all that it said."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        """Wait for its end; return its exit code, and what it said after its address."""
        said = self._said.read()
        return self.process.wait(60), said


@contextmanager
def serving(folder: Path, *arguments: str, **more: str) -> Iterator[Served]:
    """Run `picheck serve` on a free port, in a folder, for as long as it is needed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "picheck", "serve", "--port", "0", "--isolated", *arguments],
        cwd=folder,
        env=environment(folder, **more),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    try:
        before = ""
        while (found := _ADDRESS.search(before)) is None:
            line = process.stderr.readline()
            assert line, before  # it ended without an address
            before += line
        yield Served(process, found[1], before, process.stderr)
    finally:
        process.kill()
        process.wait(60)
        process.stderr.close()
