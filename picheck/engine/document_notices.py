"""What must be known of a document beside its results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from picheck.engine.entities import Remark
from picheck.engine.evidence_lookup import EvidenceLookup
from picheck.engine.open_questions import EVIDENCE_REFUSED
from picheck.engine.subject import Subject
from picheck.errors import InputError
from picheck.intake.documents import RawDocument
from picheck.model.report import Notice
from picheck.model.submission import Submission

NO_PROGRAM: Final = "nothing was checked: no loaded plugin brings a rulebook"
SHAPE_ONLY: Final = "only the shape was checked: the document does not follow the schema"


def document_notices(
    raw: RawDocument,
    submission: Submission | None,
    subject: Subject,
    found: EvidenceLookup,
    *,
    remarks: Sequence[Remark],
    programs: Sequence[str],
) -> Iterator[Notice]:
    """Yield the notices of a document.

    `submission` is None where its shape was refused, `found` is its evidence, `remarks` are those
    of its earlier submissions, `programs` what the loaded plugins bring rulebooks for.
    """
    index, text = subject.document, subject.masker.text
    if found.fault is not None:
        why = _describe_fault(found.fault, raw)
        message = text(f"{why}; {EVIDENCE_REFUSED}, so nothing of it was used")
        yield Notice(kind="evidenceUnusable", document=index, message=message, is_incomplete=True)
    if not programs:
        yield Notice(kind="noRulebook", document=index, message=NO_PROGRAM)
    elif submission is None:
        yield Notice(kind="shapeRefused", document=index, message=SHAPE_ONLY, is_incomplete=True)
    elif subject.year != submission.performance_year:
        said = f"audited against {subject.year}, but the document says"
        message = text(f"{said} {submission.performance_year}")
        yield Notice(kind="yearMismatch", document=index, message=message)
    for remark in remarks:
        yield Notice(
            kind="priorRemark",
            document=index,
            message=text(remark.message),
            is_incomplete=remark.is_incomplete,
        )
    if found.ignored:
        yield Notice(kind="evidencePassedOver", document=index, message=text(found.ignored))


def _describe_fault(fault: InputError, raw: RawDocument) -> str:
    """Return why evidence was refused, with its place."""
    own_line = raw.line if fault.uri == raw.uri else None  # evidence that came with the document
    place = (fault.uri, own_line or fault.line, fault.column)
    return f"{':'.join(str(part) for part in place if part)}: {fault}"
