"""Inputs that could not be read, as rows of a table."""

from __future__ import annotations

import re
from typing import Any, Final

from picheck.api import Notice, Report

#: Kinds of notices about an input that gave no document.
_KINDS: Final = frozenset({"unreadable", "nothingChecked"})
#: The message of such a notice begins with the place: the file, and a line and a column or none.
#: A name may hold a colon itself, so a place with a line is looked for first.
_PLACES: Final = (
    re.compile(r"(?P<uri>.+?):(?P<line>\d+)(?::(?P<column>\d+))?: ", re.DOTALL),
    re.compile(r"(?P<uri>.+?)(?P<line>)(?P<column>): ", re.DOTALL),
)


def list_unreadable(report: Report) -> list[dict[str, Any]]:
    """Return a row for each input of a run that could not be read."""
    rows = [describe_unreadable(notice) for notice in report.run.notices]
    return [row for row in rows if row is not None]


def describe_unreadable(notice: Notice) -> dict[str, Any] | None:
    """Return the cells of an input that could not be read; None for any other notice."""
    if notice.kind not in _KINDS:
        return None
    matches = (pattern.match(notice.message) for pattern in _PLACES)
    place = next((found for found in matches if found), None)
    line, column = (place["line"], place["column"]) if place else (None, None)
    return {
        "document": place["uri"] if place else None,
        "line": int(line) if line else None,
        "column": int(column) if column else None,
        "verdict": "incomplete",
        "outcome": "unreadable",
        "severity": "error",
        "message": notice.message,
    }
