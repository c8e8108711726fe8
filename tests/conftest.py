"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from command_line import Run, run_here
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry, collect_plugins

CHROMIUM: Final = (
    os.environ.get("PICHECK_CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
)


@pytest.fixture(scope="session")
def registry() -> PluginRegistry:
    """Return what all installed plugins hand over."""
    host = Host()
    host.discover()
    return collect_plugins(host)


@pytest.fixture
def picheck() -> Callable[..., Run]:
    """Return a function that runs the command line in this process, on lines of 100."""

    def run(*arguments: object) -> Run:
        return run_here(*arguments, COLUMNS="100")

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium, one for all tests of a module; without one the test is skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs picheck[browser]")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    # no test begins Playwright by itself: a process cannot have it twice, nor another event loop
    # beside it, so it ends with the module
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()
