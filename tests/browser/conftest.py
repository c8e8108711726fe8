"""One service, and a page of the browser, for the tests of the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from service_support import serving

#: What the service refuses, the browser reports as well.
_REFUSED: Final = re.compile(r"responded with a status of 4(00|22)")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service whose audits speak for one date."""
    with serving(tmp_path_factory.mktemp("served"), "--as-of", "2026-02-01") as running:
        yield running.address


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """A page in a context of its own; what the browser finds wrong with it fails the test."""
    context = browser.new_context(**getattr(request, "param", {}))
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert [fault for fault in faults if not _REFUSED.search(fault)] == []
