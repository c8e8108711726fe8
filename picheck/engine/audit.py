"""The audit's story: inputs come in one by one, results go out in order, then the sum is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from picheck.engine.accepting import Acceptance, Uses
from picheck.engine.across import Across, Amendment
from picheck.engine.closing import (
    left_out,
    plugins_failed,
    prior_unused,
    proposed,
    rulebook_uses,
    rulebooks_of,
)
from picheck.engine.document import Audited, Auditor
from picheck.engine.facts import finished
from picheck.engine.parts import Gist
from picheck.engine.prior import ReadPrior, read_prior
from picheck.engine.scoping import Scopes
from picheck.engine.subjects import EntityBook
from picheck.engine.tallying import Tally
from picheck.engine.terms import Terms
from picheck.errors import InputError
from picheck.hooks.inventory import Inventory
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.intake.files import left_out_notices, read_inputs
from picheck.model.finding import Result
from picheck.model.report import DocumentSummary, Notice, Report, Run

_Documents = list[DocumentSummary] | dict[int, DocumentSummary]

#: Notices that make a run incomplete by themselves, whatever its documents say.
_BREAKING: Final = {"pluginFailed", "proposedRulebook", "priorUnused", "waiverAmbiguous"}


def audit(paths: Iterable[str], terms: Terms, inventory: Inventory) -> Report:
    """Audit every document behind the paths and return the report.

    Raises UsageError (or a subclass) where nothing can be audited: an unknown selector, a broken
    rulebook.
    """
    return Audit(terms, inventory, read_inputs(terms.prior)).of(read_inputs(paths))


class Audit:
    """One run. Holds what must be known across documents, and none of the documents."""

    def __init__(
        self,
        terms: Terms,
        inventory: Inventory,
        prior: Iterable[Input] | ReadPrior = (),
        entities: EntityBook | None = None,
    ) -> None:
        self._terms = terms
        self._inventory = inventory
        rules = {code: installed.rule for code, installed in inventory.rules.items()}
        self._scopes = Scopes(rules, terms)
        self.prior = prior if isinstance(prior, ReadPrior) else read_prior(prior, inventory.shelf)
        self._prior, notices = self.prior
        self._entities = EntityBook() if entities is None else entities
        self._auditor = Auditor(inventory, terms, self._scopes, self._prior, self._entities)
        self._across = Across(self._auditor, self._scopes, terms.as_of)
        self._uses = Uses(self._auditor.acceptance)
        self._at_hand: dict[int, RawDocument] = {}
        self.notices: list[Notice] = [*plugins_failed(inventory), *notices]
        self.tally = Tally(
            reasons={"unreadable"} if _break(notices) else set(),
            is_complete=not _break(self.notices),
        )

    def of(self, inputs: Iterable[Input]) -> Report:
        """Audit the inputs and return the whole report."""
        audited = list(self.documents(inputs))
        self.enter_left_out(left_out_notices(inputs))
        results = [result for document in audited for result in document.results]
        documents = [document.summary for document in audited]
        for amendment in self._amendments(self._entities, documents):
            results += amendment.results
            self.notices += amendment.notices
        return self._report(documents, results)

    def documents(self, inputs: Iterable[Input]) -> Iterator[Audited]:
        """Audit the inputs one by one; what cannot be read becomes a notice."""
        index = 0
        for given in inputs:
            audited = self.document(given, index)
            if audited is not None:
                if isinstance(given, RawDocument) and given.is_stream and given.line is None:
                    self._at_hand[index] = given  # nobody can read it again
                index += 1
                yield audited

    def document(self, given: Input, index: int) -> Audited | None:
        """Audit one input and enter it into the tally; None where it cannot be read."""
        try:
            if isinstance(given, Unreadable):
                raise given.error
            audited = self._auditor.audit(given, index)
        except InputError as error:
            self.enter_unreadable(given, error)
            return None
        self.tally.enter(audited.summary, audited.results)
        self.notices += audited.notices
        self._uses.add(audited.uses)
        self._scopes.enter(audited.summary.uri)
        if audited.faults:
            self.tally.reasons.add("unreadable")
        if not audited.is_checked:
            self.tally.reasons.add("nothingChecked")
        return audited

    def mark(self, given: Input, index: int, *, may_be_waived: bool = False) -> None:
        """Note whose document an input is: it was audited before, and is told of already.

        Only where something of it may have met a waiver, it is audited again, for that alone.
        """
        if isinstance(given, RawDocument):
            with suppress(InputError):  # it was told of before, too
                if may_be_waived:
                    self._uses.add(self._auditor.audit(given, index).uses)
                else:
                    self._auditor.mark(given, index)
                self._scopes.enter(given.uri)

    @property
    def acceptance(self) -> Acceptance:
        """The waivers and the baseline of the run."""
        return self._auditor.acceptance

    def gist(self) -> Gist:
        """Hand over what the documents since the last time add up to, and begin anew."""
        tally, self.tally = self.tally, Tally()
        return Gist(
            tally=tally,
            marks=self._entities.take(),
            waivers=self._uses.take(),
            overrides=self._scopes.take(),
            plans=self._auditor.plans.keys,
            prior=self._prior.take(),
        )

    def absorb(self, gist: Gist) -> None:
        """Enter what a part of the run handed over."""
        self.tally.absorb(gist.tally)
        self._uses.absorb(gist.waivers)
        self._scopes.absorb(gist.overrides)
        self._prior.absorb(gist.prior)
        for program, year, chosen in gist.plans:
            self._auditor.plans.of(program, year, chosen)

    def together(self, group: Sequence[tuple[int, RawDocument]]) -> Iterator[tuple[int, Audited]]:
        """Audit again all documents of one entity, and yield what only all of them can tell.

        They were entered into the tally before; here each is amended. Raises InputError where
        one of them is no JSON document any more.
        """
        self._auditor.entities = book = EntityBook()
        self._at_hand = dict(group)
        documents = {index: self._auditor.audit(raw, index).summary for index, raw in group}
        amendments = list(self._amendments(book, documents))
        for index in sorted({amendment.index for amendment in amendments}):
            mine = [amendment for amendment in amendments if amendment.index == index]
            yield (
                index,
                Audited(
                    summary=documents[index],
                    results=tuple(r for amendment in mine for r in amendment.results),
                    notices=tuple(n for amendment in mine for n in amendment.notices),
                ),
            )

    def enter_unreadable(self, given: Input, error: InputError) -> None:
        """Tell of an input that could not be read, or not again; it costs no other one."""
        is_empty = isinstance(given, Unreadable) and given.is_empty
        kind = "nothingChecked" if is_empty else "unreadable"
        self.tally.reasons.add(kind)
        self.tally.is_complete = False
        # in a file of one document a line, the document's own line is always 1
        line = (given.line if isinstance(given, RawDocument) else None) or error.line
        place = ":".join(str(part) for part in (error.uri, line, error.column) if part)
        self.notices.append(Notice(kind=kind, message=f"{place}: {error}", is_incomplete=True))

    def enter_left_out(self, notices: Sequence[Notice]) -> None:
        """Enter what the inputs were found to leave out; some of it may hold submissions."""
        self.notices += notices
        if _break(notices):
            self.tally.reasons.add("unreadable")
            self.tally.is_complete = False

    def _amendments(self, entities: EntityBook, documents: _Documents) -> Iterator[Amendment]:
        """Let the rules that look across documents weigh in the verdicts and the tally."""
        for amendment in self._across.amendments(entities, documents, self._at_hand):
            documents[amendment.index] = amendment.after
            self.tally.amend(amendment.before, amendment.after, amendment.results)
            self._uses.add(amendment.uses)
            yield amendment

    def _closing_notices(self) -> Iterator[Notice]:
        if not self.tally.number and "unreadable" not in self.tally.reasons:
            self.tally.reasons.add("nothingChecked")
            yield Notice(kind="noDocument", message="no document was found")
        yield from self._scopes.notices()
        yield from self._uses.notices()
        plans = tuple(self._auditor.plans)
        yield from left_out(plans)
        yield from proposed(rulebooks_of(plans))
        yield from prior_unused(self._prior)

    def _report(self, documents: list[DocumentSummary], results: list[Result]) -> Report:
        results.sort(key=lambda r: (r.document, r.location.pointer, r.rule.code))
        if self._terms.wants_facts:
            documents = finished(documents, results)
        return msgspec.structs.replace(
            self.sum(), documents=tuple(documents), results=tuple(results)
        )

    def opening(self) -> Report:
        """Return what is known before the first document: a report of nothing yet."""
        run = Run(
            as_of=self._terms.as_of.isoformat(),
            gate=self._terms.gate,
            plugins=self._inventory.plugins,
        )
        return Report(run=run, documents=(), results=(), summary=Tally().summary())

    def sum(self) -> Report:
        """Draw the sum: a report without the documents and results themselves."""
        notices = [*self.notices, *self._closing_notices()]
        kinds = {notice.kind for notice in notices if notice.is_incomplete}
        if kinds & _BREAKING:
            self.tally.reasons.add("incomplete")
        opening = self.opening()
        run = msgspec.structs.replace(
            opening.run,
            rulebooks=rulebook_uses(self._auditor.plans, self._inventory.shelf),
            notices=tuple(notices),
        )
        return msgspec.structs.replace(opening, run=run, summary=self.tally.summary())


def _break(notices: Iterable[Notice]) -> bool:
    return any(notice.is_incomplete for notice in notices)
