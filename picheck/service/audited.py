"""What was sent, audited as one run: a view of each document, or why it cannot be read."""

from __future__ import annotations

from typing import NamedTuple

from picheck.errors import InputError
from picheck.model.report import Report
from picheck.reporters.presentation import DocumentView, view_documents
from picheck.service.sent import Sent, SentDocument
from picheck.service.workbench import Workbench


class Audited(NamedTuple):
    """A report, and for each document that was sent its view, or the error of reading it."""

    report: Report
    outcomes: tuple[DocumentView | InputError, ...]

    def list_notices(self, document: int | None = None) -> list[str]:
        """Return what the run has to say of itself, and of one document if it is named.

        That there is no document at all is left out: each one that cannot be read says so itself.
        """
        return [
            each.message
            for each in self.report.run.notices
            if each.document in {None, document} and each.kind != "noDocument"
        ]


class Readable(NamedTuple):
    """The documents that can be read, and for each that was sent its place among them.

    In the place of one that cannot be read there is the error.
    """

    documents: tuple[SentDocument, ...]
    places: tuple[int | InputError, ...]


def audit_sent(workbench: Workbench, sent: Sent) -> Audited:
    """Audit all that was sent, together. Raises InputError where the audit itself reads less."""
    readable = find_readable(workbench, sent)
    report = workbench.audit_all(readable.documents, prior=sent.prior, as_of=sent.as_of)
    views = list(view_documents(report))
    if len(views) < len(readable.documents):
        notices = [each.message for each in report.run.notices if each.kind == "unreadable"]
        raise InputError("; ".join(notices), uri=sent.documents[0].name)
    outcomes = [views[place] if isinstance(place, int) else place for place in readable.places]
    return Audited(report, tuple(outcomes))


def find_readable(workbench: Workbench, sent: Sent) -> Readable:
    """Return which of the documents that were sent can be read."""
    documents: list[SentDocument] = []
    places: list[int | InputError] = []
    for each in sent.documents:
        try:
            workbench.check_readable(each.data, each.name)
        except InputError as error:
            places.append(error)
        else:
            places.append(len(documents))
            documents.append(each)
    return Readable(tuple(documents), tuple(places))
