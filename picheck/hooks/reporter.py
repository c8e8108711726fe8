"""What a reporter is: something that turns a report into text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from picheck.model.finding import Result
from picheck.model.report import DocumentSummary, Notice, Report
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


@runtime_checkable
class StreamingReporter(Reporter, Protocol):
    """A reporter that can also write a run piece by piece, each piece in any process.

    The pieces are put together in order: the opening, one piece a document, the closing. A
    document whose entity disagrees with itself is written again at the end, with what was found
    across documents; then its last piece holds. `summed` is a report without documents and
    results, and without what only the end of a run can tell where it is the opening's.
    """

    def opening(self, summed: Report) -> bytes:
        """Return what stands before the first document."""
        ...

    def document(self, index: int, summary: DocumentSummary, results: Sequence[Result]) -> bytes:
        """Return a document with its results."""
        ...

    def notice(self, index: int, notice: Notice) -> bytes:
        """Return what must be known of an input beside results; it may be nothing."""
        ...

    def closing(self, summed: Report) -> bytes:
        """Return what stands after the last document."""
        ...
