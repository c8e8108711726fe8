"""Fixtures that every test may ask for."""

from __future__ import annotations

import pytest

from picheck.hooks.host import Host
from picheck.hooks.inventory import Inventory, take_inventory


@pytest.fixture(scope="session")
def inventory() -> Inventory:
    """Return what all installed plugins hand over."""
    host = Host()
    host.discover()
    return take_inventory(host)
