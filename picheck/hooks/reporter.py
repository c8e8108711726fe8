"""What a reporter is: something that turns a report into text."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import msgspec

from picheck.model.report import Report


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How the output may look: whether colours are wanted, and how wide a line may be."""

    color: bool = False
    width: int = 80
    reveal: bool = False
    quiet: bool = False


@runtime_checkable
class Reporter(Protocol):
    """Turns a report into text. `name` is what `--format` takes; `description` is one line."""

    name: str
    description: str

    def render(self, report: Report, style: Style) -> str:
        """Return the whole output, ending in a line feed."""
        ...
