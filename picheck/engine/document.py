"""One document: from its bytes to its results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from picheck.engine.accepting import Use, read_acceptance
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
from picheck.engine.witnessing import NOTHING_FOUND, find_evidence
from picheck.errors import InputError, UsageError
from picheck.hooks.inventory import Inventory
from picheck.intake.inputs import RawDocument
from picheck.intake.limits import check_limits
from picheck.intake.structure import Structure, read_structure
from picheck.model.evidence import NO_EVIDENCE
from picheck.model.finding import Result
from picheck.model.report import DocumentSummary, Notice
from picheck.model.submission import Submission
from picheck.rules.context import DocumentContext, SetContext
from picheck.rules.view import Entity, SetView


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
            if views := _views(plan, case):
                self.entities.add(key, views, NO_EVIDENCE)

    def _case(self, raw: RawDocument, index: int) -> _Case:
        """Open the case of a document. Raises InputError where it is no JSON document at all."""
        check_limits(raw.data, raw.uri)
        structure = read_structure(raw.data, raw.uri, self._inventory.shelf.programs)
        return _Case(raw, index, structure, self.ledger(), self._year(structure.submission))

    def _run(self, plan: Plan, case: _Case) -> bool:
        """Run a plan over the document; return whether it was checked in full."""
        rulebook, submission, ledger = plan.rulebook, case.structure.submission, case.ledger
        views = _views(plan, case)
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
        subject = Subject(
            document=case.index,
            year=rulebook.year,
            entity=case.entity,
            line=case.raw.line,
            views=views,
        )
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

    def _plan_for(self, program: str, case: _Case) -> Plan | None:
        """Return the year's plan; without a year, the newest one, for the shape alone."""
        shelf, year = self._inventory.shelf, case.year
        chosen = self._scopes.of(case.raw.uri).chosen
        if year is None:
            newest = shelf.newest_final(program)
            return self.plans.of(program, newest.year, chosen) if newest else None
        if shelf.has(program, year):
            return self.plans.of(program, year, chosen)
        place = f"{case.structure.keys_pointer}/performanceYear"
        subject = Subject(
            document=case.index,
            year=year,
            entity=case.entity,
            pointer=place,
            line=case.raw.line,
        )
        case.ledger.add(no_rulebook(program, shelf.years(program), subject))
        return None

    def _notices(self, case: _Case) -> Iterator[Notice]:
        """Say what must be known of the document beside its results."""
        submission, year, fault = case.structure.submission, case.year, case.found.fault
        if not self._inventory.shelf.programs:
            message = "nothing was checked: no loaded plugin brings a rulebook"
            yield Notice(kind="noRulebook", message=message, document=case.index)
        elif submission is None:
            message = "only the shape was checked: it does not follow the schema"
            yield _incomplete(case, "shapeRefused", message)
        elif year != submission.performance_year:
            message = f"audited against {year}, but the document says {submission.performance_year}"
            yield Notice(kind="yearMismatch", message=message, document=case.index)
        if fault is not None:
            yield _incomplete(case, "evidenceUnusable", _placed(fault, case.raw))
        if told := case.found.passed_over:
            yield Notice(kind="evidencePassedOver", message=told, document=case.index)

    def _close(self, case: _Case) -> Audited:
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
            notices=(*self._notices(case), *accepted.notices),
            faults=() if fault is None else (fault,),
            uses=accepted.uses,
            is_complete=is_complete,
            is_checked=case.is_checked,
        )


class _Case:
    """A document on its way through the audit, with what is known of it so far."""

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
        self, raw: RawDocument, index: int, structure: Structure, ledger: Ledger, year: int | None
    ) -> None:
        self.raw = raw
        self.index = index
        self.structure = structure
        self.ledger = ledger
        self.year = year
        self.found = NOTHING_FOUND
        self.sketches: list[Sketch] = []
        self.is_checked = False
        self.is_complete = True
        submission = structure.submission
        self.entity = Entity.of(submission) if submission is not None else None


def _incomplete(case: _Case, kind: str, message: str) -> Notice:
    return Notice(kind=kind, message=message, document=case.index, is_incomplete=True)


def _placed(fault: InputError, raw: RawDocument) -> str:
    """Tell a fault of evidence with the file it lies in, which need not be the document's."""
    own = raw.line if fault.uri == raw.uri else None
    place = ":".join(str(part) for part in (fault.uri, own or fault.line, fault.column) if part)
    return f"{place}: {fault}"


def _views(plan: Plan, case: _Case) -> tuple[SetView, ...]:
    submission = case.structure.submission
    if submission is None:
        return ()
    return tuple(
        SetView(record, case.structure.set_pointer(place), plan.rulebook, case.index)
        for place, record in enumerate(submission.measurement_sets)
        if record.category == plan.rulebook.program
    )
