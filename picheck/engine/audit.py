"""The audit's story: inputs come in one by one, results go out in order, then the sum is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from picheck.engine.accepting import Uses
from picheck.engine.document import Audited, Auditor
from picheck.engine.facts import finished
from picheck.engine.prior import read_prior
from picheck.engine.running import Subject
from picheck.engine.scoping import Scopes
from picheck.engine.subjects import EntityYear, Gathered
from picheck.engine.terms import Terms
from picheck.engine.verdicts import summarise, verdict_on
from picheck.engine.waiving import Whom
from picheck.errors import InputError
from picheck.hooks.inventory import Inventory
from picheck.intake.inputs import Input, RawDocument, Unreadable, read_inputs
from picheck.model.finding import Result
from picheck.model.report import DocumentSummary, Notice, Report, RulebookUse, Run
from picheck.rulebook.edition import Rulebook
from picheck.rules.context import EntityContext


def audit(paths: Iterable[str], terms: Terms, inventory: Inventory) -> Report:
    """Audit every document behind the paths and return the report.

    Raises UsageError (or a subclass) where nothing can be audited: an unknown selector, a broken
    rulebook.
    """
    return Audit(terms, inventory, read_inputs(terms.prior)).of(read_inputs(paths))


class Audit:
    """One run. Holds what must be known across documents, and none of the documents."""

    def __init__(
        self, terms: Terms, inventory: Inventory, prior: Iterable[Input] = ()
    ) -> None:
        self._terms = terms
        self._inventory = inventory
        rules = {code: installed.rule for code, installed in inventory.rules.items()}
        self._scopes = Scopes(rules, terms)
        self._prior, notices = read_prior(prior, inventory.shelf)
        self._auditor = Auditor(inventory, terms, self._scopes, self._prior)
        self._uses = Uses(self._auditor.acceptance)
        self._notices: list[Notice] = [*self._plugin_notices(), *notices]
        self._reasons: set[str] = {"unreadable"} if notices else set()
        self._is_complete = not self._notices

    def of(self, inputs: Iterable[Input]) -> Report:
        """Audit the inputs and return the whole report."""
        audited = list(self.documents(inputs))
        results = [result for document in audited for result in document.results]
        documents = [document.summary for document in audited]
        self._rule_on_entities(documents, results)
        return self._report(documents, results)

    def documents(self, inputs: Iterable[Input]) -> Iterator[Audited]:
        """Audit the inputs one by one; what cannot be read becomes a notice."""
        index = 0
        for given in inputs:
            audited = self._one(given, index)
            if audited is None:
                continue
            index += 1
            self._notices += audited.notices
            self._uses.add(audited.uses)
            self._scopes.enter(audited.summary.uri)
            if audited.faults:
                self._reasons.add("unreadable")
            if not audited.is_checked:
                self._reasons.add("nothingChecked")
            yield audited
        if not index and "unreadable" not in self._reasons:
            self._reasons.add("nothingChecked")
            self._notices.append(Notice(kind="noDocument", message="no document was found"))

    def _one(self, given: Input, index: int) -> Audited | None:
        try:
            if isinstance(given, Unreadable):
                raise given.error
            return self._auditor.audit(given, index)
        except InputError as error:
            self._reasons.add("unreadable")
            self._is_complete = False
            line = error.line or (given.line if isinstance(given, RawDocument) else None)
            place = ":".join(str(part) for part in (error.uri, line, error.column) if part)
            self._notices.append(
                Notice(kind="unreadable", message=f"{place}: {error}", is_incomplete=True)
            )
            return None

    def _rule_on_entities(
        self, documents: list[DocumentSummary], results: list[Result]
    ) -> None:
        """Run the rules that look across documents, and let them weigh in the verdicts."""
        for key, gathered in self._auditor.entities.several():
            found = self._entity_results(key, gathered, documents)
            results += found
            for result in found:
                summary = documents[result.document]
                outcomes = dict(summary.outcomes)
                outcomes[result.outcome] = outcomes.get(result.outcome, 0) + 1
                mine = [other for other in results if other.document == result.document]
                documents[result.document] = msgspec.structs.replace(
                    summary,
                    outcomes=outcomes,
                    verdict=verdict_on(
                        mine,
                        self._scopes.of(summary.uri).gate,
                        is_complete=summary.verdict != "incomplete" and result.outcome != "error",
                    ),
                )

    def _entity_results(
        self, key: EntityYear, gathered: Gathered, documents: list[DocumentSummary]
    ) -> list[Result]:
        views = tuple(gathered.views)
        chosen = self._scopes.together(documents[view.document].uri for view in views)
        plan = self._auditor.plan(key.program, key.year, chosen)
        ledger = self._auditor.ledger()
        context = EntityContext(
            plan.rulebook, gathered.evidence, self._terms.as_of, key.entity, views
        )
        subject = Subject(
            document=views[0].document, year=key.year, entity=key.entity, views=views
        )
        ledger.run(plan.entities, context, subject)
        return [
            accepted
            for result in ledger.results
            for accepted in self._accepted(result, key, documents[result.document].uri)
        ]

    def _accepted(self, result: Result, key: EntityYear, uri: str) -> Iterator[Result]:
        """Yield a result of several documents as the document it stands in takes it."""
        if result.rule.code not in self._scopes.of(uri).chosen and result.outcome != "error":
            return
        accepted = self._auditor.acceptance.accept(
            [result],
            Whom(document=result.document, uri=uri, year=key.year, entity=key.entity),
        )
        self._notices += accepted.notices
        self._uses.add(accepted.uses)
        yield from accepted.results
        yield from accepted.told

    def _plugin_notices(self) -> Iterator[Notice]:
        for use in self._inventory.failed:
            yield Notice(
                kind="pluginFailed",
                message=f"plugin {use.name} ({use.distribution}) did not load: {use.reason}",
                is_incomplete=True,
            )

    def _closing_notices(self) -> Iterator[Notice]:
        yield from self._scopes.notices()
        yield from self._uses.notices()
        plans = self._auditor.plans
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
        for book in self._rulebooks():
            if book.status != "final":
                reason = book.notice or "its law is not final"
                yield Notice(
                    kind="proposedRulebook",
                    message=f"{book.program} {book.year} is a preview, never ready: {reason}",
                    is_incomplete=True,
                )
        if self._prior.unused:
            yield Notice(
                kind="priorUnused",
                message=f"{self._prior.unused} of {len(self._prior)} entities with earlier"
                " submissions are in no audited document",
                is_incomplete=self._prior.unused == len(self._prior),
            )

    def _report(self, documents: list[DocumentSummary], results: list[Result]) -> Report:
        notices = [*self._notices, *self._closing_notices()]
        results.sort(key=lambda r: (r.document, r.location.pointer, r.rule.code))
        self._reasons |= self._reasons_of(documents, results, notices)
        if self._terms.wants_facts:
            documents = finished(documents, results)
        return Report(
            run=Run(
                as_of=self._terms.as_of.isoformat(),
                gate=self._terms.gate,
                rulebooks=tuple(self._rulebook_uses()),
                plugins=self._inventory.plugins,
                notices=tuple(notices),
            ),
            documents=tuple(documents),
            results=tuple(results),
            summary=summarise(
                documents,
                results,
                self._reasons,
                is_complete=self._is_complete and "incomplete" not in self._reasons,
            ),
        )

    def _reasons_of(
        self, documents: list[DocumentSummary], results: list[Result], notices: list[Notice]
    ) -> set[str]:
        reasons = set()
        if any(document.verdict == "notReady" for document in documents):
            reasons.add("findings")
        kinds = {notice.kind for notice in notices if notice.is_incomplete}
        broke = any(r.outcome == "error" and r.rule.slug != "no-rulebook-for-year" for r in results)
        if broke or kinds & {"pluginFailed", "proposedRulebook", "priorUnused", "waiverAmbiguous"}:
            reasons.add("incomplete")
        return reasons

    def _rulebooks(self) -> list[Rulebook]:
        """Return the rulebooks of the plans, each once."""
        books = {(p.rulebook.program, p.rulebook.year): p.rulebook for p in self._auditor.plans}
        return list(books.values())

    def _rulebook_uses(self) -> Iterator[RulebookUse]:
        for book in self._rulebooks():
            yield RulebookUse(
                program=book.program,
                year=book.year,
                status=book.status,
                sha256=book.sha256,
                plugin=self._inventory.shelf.owner(book.program, book.year),
            )
