"""What tests in a browser share."""

from __future__ import annotations

from typing import Any


def send(page: Any, button: str = "button") -> None:
    """Press a button or a link, the first one if none is named, and wait for the next page."""
    with page.expect_navigation():
        page.click(button)
