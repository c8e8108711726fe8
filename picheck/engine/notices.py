"""What a run has to say of itself: plugins, rules and inputs that did not take part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from picheck.engine.entities import PriorBook
from picheck.engine.plan import Plan
from picheck.engine.summary import RunSummary
from picheck.errors import InputError
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.masking import mask_digits
from picheck.model.report import Notice, RulebookUse
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Rulebook
from picheck.rulebook.registry import Rulebooks


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
            yield Notice(
                kind="leftOut",
                message=f"{len(plan.left_out)} rules of {book.program} {book.year} were left"
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


def no_document_notice(run: RunSummary) -> Iterator[Notice]:
    """Say that there was nothing to audit, where nothing unreadable explains it."""
    if not run.number and "unreadable" not in run.reasons:
        yield Notice(kind="noDocument", message="no document was found")


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
