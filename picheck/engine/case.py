"""One document on its way through the audit, and what must be said of it beside its results."""

from __future__ import annotations

from collections.abc import Iterator

from picheck.engine.facts import Sketch
from picheck.engine.running import Ledger
from picheck.engine.telling import Subject
from picheck.errors import InputError
from picheck.intake.decoder import DecodedDocument
from picheck.intake.documents import RawDocument
from picheck.intake.evidence import NO_EVIDENCE_FOUND
from picheck.model.report import Notice
from picheck.rulebook.edition import Rulebook
from picheck.rulebook.shelf import Shelf
from picheck.rules.view import Entity, SetView


class Case:
    """A document with what is known of it so far; `year` is the one it is audited against."""

    __slots__ = (
        "entity",
        "found",
        "index",
        "is_checked",
        "is_complete",
        "ledger",
        "raw",
        "sketches",
        "structure",
        "year",
    )

    def __init__(
        self,
        raw: RawDocument,
        index: int,
        structure: DecodedDocument,
        ledger: Ledger,
        year: int | None,
    ) -> None:
        self.raw = raw
        self.index = index
        self.structure = structure
        self.ledger = ledger
        self.year = year
        self.found = NO_EVIDENCE_FOUND
        self.sketches: list[Sketch] = []
        self.is_checked = False
        self.is_complete = True
        submission = structure.submission
        self.entity = Entity.of(submission) if submission is not None else None

    def views(self, rulebook: Rulebook) -> tuple[SetView, ...]:
        """Return the views of the document's sets of a rulebook's program."""
        submission, structure, program = self.structure.submission, self.structure, rulebook.program
        records = () if submission is None else submission.measurement_sets
        return tuple(
            [
                SetView(record, structure.set_pointer(place), rulebook, self.index)
                for place, record in enumerate(records)
                if record.category == program
            ]
        )

    def subject(self, year: int, *, pointer: str = "", views: tuple[SetView, ...] = ()) -> Subject:
        """Return the whole document as what results are about."""
        return Subject(
            document=self.index,
            year=year,
            entity=self.entity,
            pointer=pointer,
            line=self.raw.line,
            views=views,
        )

    def notices(self, shelf: Shelf) -> Iterator[Notice]:
        """Say what must be known of the document beside its results."""
        submission, year, fault = self.structure.submission, self.year, self.found.fault
        if not shelf.programs:
            message = "nothing was checked: no loaded plugin brings a rulebook"
            yield Notice(kind="noRulebook", message=message, document=self.index)
        elif submission is None:
            message = "only the shape was checked: it does not follow the schema"
            yield self._incomplete("shapeRefused", message)
        elif year != submission.performance_year:
            message = f"audited against {year}, but the document says {submission.performance_year}"
            yield Notice(kind="yearMismatch", message=message, document=self.index)
        if fault is not None:
            yield self._incomplete("evidenceUnusable", _placed(fault, self.raw))
        if told := self.found.ignored:
            yield Notice(kind="evidencePassedOver", message=told, document=self.index)

    def _incomplete(self, kind: str, message: str) -> Notice:
        return Notice(kind=kind, message=message, document=self.index, is_incomplete=True)


def _placed(fault: InputError, raw: RawDocument) -> str:
    """Tell a fault of evidence with the file it lies in, which need not be the document's."""
    own = raw.line if fault.uri == raw.uri else None
    place = ":".join(str(part) for part in (fault.uri, own or fault.line, fault.column) if part)
    return f"{place}: {fault}"
