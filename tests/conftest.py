"""Fixtures that every test may ask for."""

from __future__ import annotations

import pytest

from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry, collect_plugins


@pytest.fixture(scope="session")
def registry() -> PluginRegistry:
    """Return what all installed plugins hand over."""
    host = Host()
    host.discover()
    return collect_plugins(host)
