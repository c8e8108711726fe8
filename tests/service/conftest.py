"""The application that tests of the service ask."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from picheck.plugins.registry import PluginRegistry
from service_support import make_app


@pytest.fixture(scope="module")
def app(registry: PluginRegistry) -> Starlette:
    """Return an application, one for all tests of a module."""
    return make_app(registry)
