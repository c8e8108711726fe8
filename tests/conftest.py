"""Fixtures that every test may ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from command_line import Run, run_here
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry, collect_plugins


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
