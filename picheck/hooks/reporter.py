"""What a reporter is: something that turns a report into text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import msgspec

from picheck.model.report import Report
from picheck.rules.rule import Rule


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How the output may look: whether colours are wanted, and how wide a line may be.

    `rules` are the installed rules by code, for reporters that explain them.
    """

    color: bool = False
    width: int = 80
    reveal: bool = False
    quiet: bool = False
    rules: Mapping[str, Rule] = {}


@runtime_checkable
class Reporter(Protocol):
    """Turns a report into text. `name` is what `--format` takes; `description` is one line.

    Two further attributes are optional: `wants_all = True` asks for passes and for rules that do
    not apply, `wants_facts = True` for the facts of each document that a picture needs.
    """

    name: str
    description: str

    def render(self, report: Report, style: Style) -> str:
        """Return the whole output, ending in a line feed."""
        ...
