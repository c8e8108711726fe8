"""One document: from its bytes to its results."""

from __future__ import annotations

import hashlib

import msgspec

from picheck.engine.accepting import Use, read_acceptance
from picheck.engine.case import Case
from picheck.engine.facts import Sketch
from picheck.engine.locating import located
from picheck.engine.missing import no_rulebook, rules_not_installed
from picheck.engine.naming import subject_name
from picheck.engine.planning import Plan
from picheck.engine.plans import Plans
from picheck.engine.running import Ledger
from picheck.engine.scoping import Scopes
from picheck.engine.subjects import EntityBook, EntityYear, PriorBook
from picheck.engine.telling import Subject, Teller
from picheck.engine.terms import Terms
from picheck.engine.verdicts import verdict_on
from picheck.engine.waiving import Whom
from picheck.errors import InputError, UsageError
from picheck.hooks.inventory import Inventory
from picheck.intake.decoder import read_structure
from picheck.intake.documents import RawDocument
from picheck.intake.evidence import find_evidence
from picheck.model.evidence import NO_EVIDENCE
from picheck.model.finding import Result
from picheck.model.report import DocumentSummary, Notice
from picheck.model.submission import Submission
from picheck.rules.context import DocumentContext, SetContext
from picheck.rules.view import Entity


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """A document with its results; `faults` are inputs of its own that could not be used.

    `uses` are the waivers that met one of its findings.
    """

    summary: DocumentSummary
    results: tuple[Result, ...]
    notices: tuple[Notice, ...] = ()
    faults: tuple[InputError, ...] = ()
    uses: frozenset[Use] = frozenset()
    is_complete: bool = True
    is_checked: bool = True


class Auditor:
    """Audits documents one by one under the same terms; plans are made once a year."""

    def __init__(
        self,
        inventory: Inventory,
        terms: Terms,
        scopes: Scopes,
        prior: PriorBook,
        entities: EntityBook,
    ) -> None:
        self._inventory = inventory
        self._terms = terms
        self._scopes = scopes
        self._prior = prior
        self.plans = Plans(inventory, terms)
        self.entities = entities
        self.acceptance = read_acceptance(
            terms.as_of, terms.waivers, terms.baseline, tuple(inventory.rules)
        )

    def ledger(self) -> Ledger:
        """Open a ledger under the terms of the run."""
        terms = self._terms
        teller = Teller(reveals=terms.reveals, trusts_unverified=terms.trusts_unverified)
        return Ledger(teller, keeps_all=terms.keeps_all)

    def audit(self, raw: RawDocument, index: int) -> Audited:
        """Audit one document.

        Raises InputError where it is no JSON document at all, UsageError where one side file
        was given and this is a second document.
        """
        if index and self._terms.evidence is not None:
            raise UsageError(
                f"--evidence speaks of one document, and {raw.uri} is a second one; put"
                " NAME.evidence.json beside each"
            )
        case = self._case(raw, index)
        case.found = find_evidence(raw, case.structure, self._terms.evidence)
        case.is_complete = case.found.fault is None
        for program in self._programs(case.structure.submission):
            plan = self._plan_for(program, case)
            if plan is None:
                case.is_complete = False
                continue
            case.is_checked = True
            case.is_complete &= self._run(plan, case)
        case.is_complete &= case.is_checked  # with no rulebook there is nothing to be ready for
        return self._close(case)

    def mark(self, raw: RawDocument, index: int) -> None:
        """Enter a document among its entity's without auditing it.

        Raises InputError where it is no JSON document at all.
        """
        case = self._case(raw, index)
        for program in self._programs(case.structure.submission):
            plan = self._plan_for(program, case)
            if plan is None or case.entity is None:
                continue
            key = EntityYear(program, plan.rulebook.year, case.entity)
            self._prior.before(key)
            if views := case.views(plan.rulebook):
                self.entities.add(key, views, NO_EVIDENCE)

    def _case(self, raw: RawDocument, index: int) -> Case:
        """Open the case of a document. Raises InputError where it is no JSON document at all."""
        structure = read_structure(raw.data, raw.uri, self._inventory.shelf.programs)
        return Case(raw, index, structure, self.ledger(), self._year(structure.submission))

    def _run(self, plan: Plan, case: Case) -> bool:
        """Run a plan over the document; return whether it was checked in full."""
        rulebook, submission, ledger = plan.rulebook, case.structure.submission, case.ledger
        views = case.views(plan.rulebook)
        context = DocumentContext(
            rulebook,
            case.found.evidence,
            self._terms.as_of,
            submission,
            views,
            case.structure.text,
            case.structure.keys_pointer,
            case.found.digests,
            self._inventory.shelf,
        )
        subject = case.subject(rulebook.year, views=views)
        if plan.not_installed:
            ledger.add(rules_not_installed(plan, subject))
        if submission is None:
            ledger.run(plan.structural, context, subject)
            return False
        self.plans.memories(plan).document.run(ledger, context, subject)
        key = EntityYear(rulebook.program, rulebook.year, case.entity or Entity.of(submission))
        self._run_sets(plan, context, ledger, key, subject)
        if views:
            self.entities.add(key, views, case.found.evidence)
        if self._terms.wants_facts:
            case.sketches.append(Sketch(rulebook, views, case.found.evidence))
        return not plan.not_installed and not plan.left_out and rulebook.status == "final"

    def _run_sets(
        self,
        plan: Plan,
        document: DocumentContext,
        ledger: Ledger,
        key: EntityYear,
        subject: Subject,
    ) -> None:
        prior = self._prior.before(key) if len(self._prior) else {}
        blocked, memory = ledger.blocked, self.plans.memories(plan).sets
        for view in document.sets:
            ledger.blocked = set(blocked)
            memory.run(
                ledger,
                SetContext(document, view, prior),
                msgspec.structs.replace(subject, pointer=view.pointer, views=(view,)),
            )
        ledger.blocked = blocked

    def _year(self, submission: Submission | None) -> int | None:
        if self._terms.year is not None:
            return self._terms.year
        return submission.performance_year if submission else None

    def _programs(self, submission: Submission | None) -> tuple[str, ...]:
        """Return the programs that the document has sets of; all of them if it has none."""
        programs = self._inventory.shelf.programs
        if submission is None:
            return programs
        present = {record.category for record in submission.measurement_sets}
        return tuple(program for program in programs if program in present) or programs

    def _plan_for(self, program: str, case: Case) -> Plan | None:
        """Return the year's plan; without a year, the newest one, for the shape alone."""
        shelf, year = self._inventory.shelf, case.year
        chosen = self._scopes.of(case.raw.uri).chosen
        if year is None:
            newest = shelf.newest_final(program)
            return self.plans.of(program, newest.year, chosen) if newest else None
        if shelf.has(program, year):
            return self.plans.of(program, year, chosen)
        pointer = f"{case.structure.keys_pointer}/performanceYear"
        subject = case.subject(year, pointer=pointer)
        case.ledger.add(no_rulebook(program, shelf.years(program), subject))
        return None

    def _close(self, case: Case) -> Audited:
        """Accept what was accepted before, give the results their places, and draw the sum."""
        raw, submission, entity = case.raw, case.structure.submission, case.entity
        ledger, fault = case.ledger, case.found.fault
        whom = Whom(document=case.index, uri=raw.uri, year=case.year, entity=entity)
        accepted = self.acceptance.accept(ledger.results, whom)
        for told in accepted.told:
            ledger.add(told)
        results = located((*accepted.results, *accepted.told), raw)
        is_complete = case.is_complete and not ledger.counts["error"]
        gate = self._scopes.of(raw.uri).gate
        reveals = self._terms.reveals
        return Audited(
            summary=DocumentSummary(
                uri=raw.uri,
                line=raw.line,
                sha256=hashlib.sha256(raw.data).hexdigest(),
                performance_year=case.year,
                entity_type=submission.entity_type if submission else None,
                subject=subject_name(entity, reveals=reveals) if entity else "nobody named",
                verdict=verdict_on(results, gate, is_complete=is_complete),
                outcomes=ledger.outcomes(),
                facts=tuple(case.sketches) or None,
            ),
            results=results,
            notices=(*case.notices(self._inventory.shelf), *accepted.notices),
            faults=() if fault is None else (fault,),
            uses=accepted.uses,
            is_complete=is_complete,
            is_checked=case.is_checked,
        )
