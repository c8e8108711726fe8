"""What a run has to say of itself: plugins, rules and inputs that did not take part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from picheck.engine.planning import Plan
from picheck.engine.subjects import PriorBook
from picheck.hooks.inventory import Inventory
from picheck.model.report import Notice, RulebookUse
from picheck.rulebook.edition import Rulebook
from picheck.rulebook.shelf import Shelf


def plugins_failed(inventory: Inventory) -> Iterator[Notice]:
    """Name each plugin that did not load, with its distribution and the reason."""
    for use in inventory.failed:
        yield Notice(
            kind="pluginFailed",
            message=f"plugin {use.name} ({use.distribution}) did not load: {use.reason}",
            is_incomplete=True,
        )


def left_out(plans: Sequence[Plan]) -> Iterator[Notice]:
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


def proposed(books: Iterable[Rulebook]) -> Iterator[Notice]:
    """Name the rulebooks whose law is not final."""
    for book in books:
        if book.status != "final":
            reason = book.notice or "its law is not final"
            yield Notice(
                kind="proposedRulebook",
                message=f"{book.program} {book.year} is a preview, never ready: {reason}",
                is_incomplete=True,
            )


def prior_unused(prior: PriorBook) -> Iterator[Notice]:
    """Say how many entities' earlier submissions nobody asked for."""
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


def rulebook_uses(plans: Iterable[Plan], shelf: Shelf) -> tuple[RulebookUse, ...]:
    """Return the rulebooks that took part, as the report names them."""
    return tuple(
        RulebookUse(
            program=book.program,
            year=book.year,
            status=book.status,
            sha256=book.sha256,
            plugin=shelf.owner(book.program, book.year),
        )
        for book in rulebooks_of(plans)
    )
