"""The names under which other modules still import what is in `presentation` and `escaping`."""

from __future__ import annotations

from picheck.reporters.escaping import printable
from picheck.reporters.formatting import format_citation as cited
from picheck.reporters.presentation import CONSEQUENCES

__all__ = ["CONSEQUENCES", "cited", "printable"]
