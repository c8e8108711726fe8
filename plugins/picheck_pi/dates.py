"""Why the evidence gives no date where a rule asks for one."""

from __future__ import annotations

from typing import Final

_SHOWN: Final = 40


def undated(text: str | None, key: str) -> str:
    """Say that a date of the evidence is absent, or that its text is no real date."""
    if text is None:
        return f"the evidence gives no {key}"
    return f"{key} in the evidence is {text[:_SHOWN]!r}, which is no real YYYY-MM-DD date"
