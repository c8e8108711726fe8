"""What tables of results have in common."""

from __future__ import annotations

from picheck.api import Report
from picheck.model.report import Notice


class Table:
    """Rows are all it has: the command says the notices, and the last row is the end."""

    def notice(self, index: int, notice: Notice) -> bytes:
        """Return nothing: a notice is no row."""
        del index, notice
        return b""

    def closing(self, summed: Report) -> bytes:
        """Return nothing: a sum is no row."""
        del summed
        return b""
