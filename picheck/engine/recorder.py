"""What a run hands its documents to beside the report: a history, where one is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec

from picheck.engine.document import AuditedDocument, DocumentAuditor
from picheck.engine.entities import PriorBook
from picheck.engine.locations import Documents
from picheck.intake.documents import RawDocument
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.registry import Rulebooks


class AuditedInput(NamedTuple):
    """One document of a run: its number, its bytes, and what was found."""

    number: int
    raw: RawDocument
    audited: AuditedDocument


class RunExit(msgspec.Struct, frozen=True):
    """The exit code of a run, as its report has it."""

    code: int


class RunEnd(msgspec.Struct, frozen=True):
    """What the last line of an NDJSON report says: documents by verdict, and the exit code."""

    documents: Mapping[str, int]
    exit: RunExit


#: Makes of some audited documents what is kept of them, in order.
Collect: TypeAlias = Callable[[Sequence[AuditedInput]], Sequence[Any]]
#: Makes a `Collect` in the process that audits; it is pickled.
MakeCollector: TypeAlias = Callable[[DocumentAuditor, PluginRegistry], Collect]
#: Adds what is kept to the earlier submissions of a run; it is pickled.
AddArchive: TypeAlias = Callable[[PriorBook, Rulebooks], PriorBook]


class Recorder(Protocol):
    """Keeps what was collected of the documents, in input order."""

    @property
    def make_collector(self) -> MakeCollector:
        """What makes, where documents are audited, the function that collects."""
        ...

    @property
    def add_archive(self) -> AddArchive:
        """What gives rules the earlier years that are kept."""
        ...

    def has_ended(self, end: RunEnd) -> bool:
        """Whether the run of a report with this end has all that is kept of it."""
        ...

    def resume(self, digests: Sequence[int]) -> int:
        """Go on with a run that was cut short and wrote documents with these digests, by number.

        Return the number of the first document that may not have been taken.
        """
        ...

    def add(self, collected: Sequence[Any]) -> None:
        """Take what was collected of some documents."""
        ...

    def amend(self, number: int, audited: AuditedDocument, documents: Documents) -> None:
        """Take what several documents of an entity together showed of one taken before.

        `documents` are the summaries by number, those of all documents of the entity among them.
        """
        ...
