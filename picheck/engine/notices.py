"""What must be known of a run and of its documents beside their results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from picheck.engine.document_work import EVIDENCE_REFUSED
from picheck.engine.entities import PriorBook, Remark
from picheck.engine.options import AuditOptions
from picheck.engine.plan import Plan
from picheck.engine.subject import Subject
from picheck.errors import InputError
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.intake.evidence_lookup import EvidenceLookup
from picheck.masking import mask_digits
from picheck.model.report import Notice, RulebookUse
from picheck.model.submission import Submission
from picheck.plugins.host import OWN_DISTRIBUTION
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Rulebook
from picheck.rulebook.registry import Rulebooks

NO_PROGRAM: Final = "nothing was checked: no loaded plugin brings a rulebook"
SHAPE_ONLY: Final = "only the shape was checked: the document does not follow the schema"


def plugin_notices(registry: PluginRegistry) -> Iterator[Notice]:
    """Name each plugin that did not load, with its distribution and the reason."""
    for use in registry.failed:
        yield Notice(
            kind="pluginFailed",
            message=f"plugin {use.name} ({use.distribution}) did not load: {use.reason}",
            is_incomplete=True,
        )


def left_out_notices(plans: Sequence[Plan]) -> Iterator[Notice]:
    """Name the rules that were left out by choice."""
    several = Counter((plan.rulebook.program, plan.rulebook.year) for plan in plans)
    for plan in plans:
        book = plan.rulebook
        if plan.left_out:
            where = " in some documents" if several[book.program, book.year] > 1 else ""
            count = len(plan.left_out)
            rules = "1 rule" if count == 1 else f"{count} rules"
            were = "was" if count == 1 else "were"
            yield Notice(
                kind="leftOut",
                message=f"{rules} of {book.program} {book.year} {were} left"
                f" out{where} by choice: {', '.join(plan.left_out)}",
                is_incomplete=True,
            )


def preview_notices(plans: Iterable[Plan]) -> Iterator[Notice]:
    """Name the rulebooks whose law is not final."""
    for book in rulebooks_of(plans):
        if book.status != "final":
            reason = book.preview_note or "its law is not final"
            yield Notice(
                kind="proposedRulebook",
                message=f"{book.program} {book.year} is a preview, never ready: {reason}",
                is_incomplete=True,
            )


def prior_notices(prior: PriorBook) -> Iterator[Notice]:
    """Say how many entities' earlier submissions no document asked for."""
    if prior.unused:
        yield Notice(
            kind="priorUnused",
            message=f"{prior.unused} of {len(prior)} entities with earlier"
            " submissions are in no audited document",
            is_incomplete=prior.unused == len(prior),
        )


def timeout_notices(options: AuditOptions, registry: PluginRegistry) -> Iterator[Notice]:
    """Say whose rules may take longer than they should, where no timer interrupts them.

    picheck's own rules do not wait in compiled code.
    """
    owners = {installed.owner for installed in registry.rules.values()}
    others = sorted(each.name for each in owners if each.distribution != OWN_DISTRIBUTION)
    if others:
        yield Notice(
            kind="ruleTimeoutWeak",
            message=f"a call of {', '.join(others)} that waits in compiled code is not broken off"
            f" after {options.rule_timeout:g} s, but when it comes back: rules ran in a thread, on"
            " a system without interval timers, or in a program with a timer of its own",
        )


def rulebooks_of(plans: Iterable[Plan]) -> tuple[Rulebook, ...]:
    """Return the rulebooks of the plans, each once."""
    books = {(plan.rulebook.program, plan.rulebook.year): plan.rulebook for plan in plans}
    return tuple(books.values())


def rulebook_uses(plans: Iterable[Plan], rulebooks: Rulebooks) -> tuple[RulebookUse, ...]:
    """Return the rulebooks that took part, as the report names them."""
    return tuple(
        RulebookUse(
            program=book.program,
            year=book.year,
            status=book.status,
            sha256=book.sha256,
            plugin=rulebooks.owner(book.program, book.year),
        )
        for book in rulebooks_of(plans)
    )


def unreadable_notice(given: Input, error: InputError, index: int | None = None) -> Notice:
    """Return the notice of an input that could not be read; it costs no other input anything."""
    is_empty = isinstance(given, Unreadable) and given.is_empty
    # in a file of one document a line, the document's own line is always 1
    line = (given.line if isinstance(given, RawDocument) else None) or error.line
    place = ":".join(str(part) for part in (error.uri, line, error.column) if part)
    return Notice(
        kind="nothingChecked" if is_empty else "unreadable",
        message=f"{place}: {mask_digits(str(error))}",
        document=index,
        is_incomplete=True,
    )


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
