"""One document: from its bytes to its results."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from picheck.engine.accepting import Use, read_acceptance
from picheck.engine.facts import Sketch
from picheck.engine.locating import located
from picheck.engine.naming import fingerprint, subject_name
from picheck.engine.parts import PlanKey
from picheck.engine.planning import Plan, make_plan
from picheck.engine.running import Ledger, Subject
from picheck.engine.scoping import Scopes
from picheck.engine.subjects import EntityBook, EntityYear, PriorBook
from picheck.engine.terms import Terms
from picheck.engine.verdicts import verdict_on
from picheck.engine.waiving import Whom
from picheck.errors import InputError, UsageError
from picheck.hooks.inventory import Inventory
from picheck.hooks.settings import settle
from picheck.intake.evidence import decode_evidence, digests, read_evidence, side_file
from picheck.intake.inputs import RawDocument
from picheck.intake.limits import check_limits
from picheck.intake.structure import Structure, read_structure
from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.model.finding import Result, RuleReference
from picheck.model.location import Location
from picheck.model.outcome import Outcome
from picheck.model.report import DocumentSummary, Notice
from picheck.model.submission import Submission
from picheck.rules.context import DocumentContext, SetContext
from picheck.rules.view import Entity, SetView

_NOT_INSTALLED: Final = RuleReference(
    code="PIC-RUN-02", slug="rule-not-installed", plugin="picheck", distribution="picheck"
)
_NO_RULEBOOK: Final = RuleReference(
    code="PIC-RUN-03", slug="no-rulebook-for-year", plugin="picheck", distribution="picheck"
)


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
        self._options = settle(terms.options, inventory.options, inventory.plugins)
        self._plans: dict[PlanKey, Plan] = {}
        self.entities = entities
        self.acceptance = read_acceptance(
            terms.as_of, terms.waivers, terms.baseline, tuple(inventory.rules)
        )

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans that were used, by program and year; several where overrides chose."""
        return tuple(
            sorted(
                self._plans.values(),
                key=lambda plan: (plan.rulebook.program, plan.rulebook.year, plan.left_out),
            )
        )

    @property
    def plan_keys(self) -> set[PlanKey]:
        """What to ask `plan` for to get the plans that were used."""
        return set(self._plans)

    def plan(self, program: str, year: int, chosen: frozenset[str]) -> Plan:
        """Return the plan of a year for a choice of rules, made when it is first asked for."""
        key = program, year, chosen
        if key not in self._plans:
            rulebook = self._inventory.shelf.rulebook(program, year)
            self._plans[key] = make_plan(
                rulebook, self._inventory.rules, chosen, self._options
            )
        return self._plans[key]

    def ledger(self) -> Ledger:
        """Open a ledger under the terms of the run."""
        terms = self._terms
        return Ledger(
            keeps_all=terms.keeps_all,
            reveals=terms.reveals,
            trusts_unverified=terms.trusts_unverified,
        )

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
        check_limits(raw.data, raw.uri)
        shelf = self._inventory.shelf
        structure = read_structure(raw.data, raw.uri, shelf.programs)
        case = _Case(raw, index, structure)
        evidence, files, faults = self._evidence(raw, structure)
        ledger = self.ledger()
        is_complete = not faults
        is_checked = False
        year = self._year(structure.submission)
        for program in self._programs(structure.submission):
            plan = self._plan_for(program, year, case, ledger)
            if plan is None:
                is_complete = False
                continue
            is_checked = True
            is_complete &= self._run(plan, case, ledger, evidence, files)
        notices = self._notices(case, year) + tuple(
            Notice(
                kind="evidenceUnusable",
                message=_placed(fault, raw),
                document=index,
                is_incomplete=True,
            )
            for fault in faults
        )
        is_complete &= is_checked  # with no rulebook installed there is nothing to be ready for
        return self._close(
            case, ledger, year, notices, faults, is_complete=is_complete, is_checked=is_checked
        )

    def _run(
        self,
        plan: Plan,
        case: _Case,
        ledger: Ledger,
        evidence: Evidence,
        files: Mapping[str, str],
    ) -> bool:
        """Run a plan over the document; return whether it was checked in full."""
        rulebook, submission = plan.rulebook, case.structure.submission
        views = _views(plan, case)
        context = DocumentContext(
            rulebook,
            evidence,
            self._terms.as_of,
            submission,
            views,
            case.structure.text,
            case.structure.keys_pointer,
            files,
            self._inventory.shelf,
        )
        subject = Subject(
            document=case.index, year=rulebook.year, entity=case.entity, views=views
        )
        if plan.not_installed:
            _tell_not_installed(plan, ledger, subject)
        if submission is None:
            ledger.run(plan.structural, context, subject)
            return False
        ledger.run(plan.document, context, subject)
        key = EntityYear(rulebook.program, rulebook.year, case.entity or Entity.of(submission))
        self._run_sets(plan, context, ledger, key, subject)
        if views:
            self.entities.add(key, views, evidence)
        if self._terms.wants_facts:
            case.sketches.append(Sketch(rulebook, views, evidence))
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
        blocked = ledger.blocked
        for view in document.sets:
            ledger.blocked = set(blocked)
            ledger.run(
                plan.sets,
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

    def _plan_for(
        self, program: str, year: int | None, case: _Case, ledger: Ledger
    ) -> Plan | None:
        """Return the year's plan; without a year, the newest one, for the shape alone."""
        shelf = self._inventory.shelf
        chosen = self._scopes.of(case.raw.uri).chosen
        if year is None:
            newest = shelf.newest_final(program)
            return self.plan(program, newest.year, chosen) if newest else None
        if shelf.has(program, year):
            return self.plan(program, year, chosen)
        known = ", ".join(map(str, shelf.years(program))) or "none"
        pointer = f"{case.structure.keys_pointer}/performanceYear"
        ledger.add(
            Result(
                rule=_NO_RULEBOOK,
                outcome="error",
                consequence=None,
                severity="error",
                message=f"no rulebook for {program} {year}; installed: {known}",
                remediation="install the plugin that brings this year, or correct the year",
                document=case.index,
                location=Location(pointer=pointer),
                fingerprint=fingerprint(
                    _NO_RULEBOOK.code, year, case.entity, pointer, key=program
                ),
            )
        )
        return None

    def _evidence(
        self, raw: RawDocument, structure: Structure
    ) -> tuple[Evidence, Mapping[str, str], tuple[InputError, ...]]:
        """Find the document's evidence: in the case itself, as given, or beside the file."""
        path: Path | None = self._terms.evidence
        handed = structure.evidence if raw.evidence is None else raw.evidence
        try:
            if handed is not None and path is None:
                return decode_evidence(handed, raw.uri), {}, ()
            if path is None and raw.path is not None:
                path = side_file(raw.path)
            if path is None:
                return NO_EVIDENCE, {}, ()
            evidence = read_evidence(path)
            return evidence, digests(evidence, path.parent), ()
        except InputError as error:
            return NO_EVIDENCE, {}, (error,)

    def _notices(self, case: _Case, year: int | None) -> tuple[Notice, ...]:
        submission = case.structure.submission
        if not self._inventory.shelf.programs:
            message = "nothing was checked: no loaded plugin brings a rulebook"
            return (Notice(kind="noRulebook", message=message, document=case.index),)
        if submission is None:
            return (
                Notice(
                    kind="shapeRefused",
                    message="only the shape was checked: it does not follow the schema",
                    document=case.index,
                    is_incomplete=True,
                ),
            )
        if year != submission.performance_year:
            return (
                Notice(
                    kind="yearMismatch",
                    message=f"audited against {year}, but the document says"
                    f" {submission.performance_year}",
                    document=case.index,
                ),
            )
        return ()

    def _close(
        self,
        case: _Case,
        ledger: Ledger,
        year: int | None,
        notices: tuple[Notice, ...],
        faults: tuple[InputError, ...],
        *,
        is_complete: bool,
        is_checked: bool,
    ) -> Audited:
        accepted = self.acceptance.accept(
            ledger.results,
            Whom(document=case.index, uri=case.raw.uri, year=year, entity=case.entity),
        )
        for told in accepted.told:
            ledger.add(told)
        results = located([*accepted.results, *accepted.told], case.raw)
        outcomes: dict[Outcome, int] = ledger.outcomes()
        is_complete = is_complete and not outcomes["error"]
        submission, raw = case.structure.submission, case.raw
        return Audited(
            summary=DocumentSummary(
                uri=raw.uri,
                line=raw.line,
                sha256=hashlib.sha256(raw.data).hexdigest(),
                performance_year=year,
                entity_type=submission.entity_type if submission else None,
                subject=subject_name(case.entity, reveals=self._terms.reveals)
                if case.entity
                else "nobody named",
                verdict=verdict_on(
                    results, self._scopes.of(raw.uri).gate, is_complete=is_complete
                ),
                outcomes=outcomes,
                facts=tuple(case.sketches) or None,
            ),
            results=results,
            notices=notices + accepted.notices,
            faults=faults,
            uses=accepted.uses,
            is_complete=is_complete,
            is_checked=is_checked,
        )


class _Case:
    """A document on its way through the audit."""

    __slots__ = ("entity", "index", "raw", "sketches", "structure")

    def __init__(self, raw: RawDocument, index: int, structure: Structure) -> None:
        self.raw = raw
        self.index = index
        self.structure = structure
        self.sketches: list[Sketch] = []
        submission = structure.submission
        self.entity = Entity.of(submission) if submission is not None else None


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


def _tell_not_installed(plan: Plan, ledger: Ledger, subject: Subject) -> None:
    """Say once a document which rules of its year are not there."""
    clauses = plan.rulebook.clauses
    codes = ", ".join(
        f"{code} (a clause of plugin {clauses[code].plugin})" if clauses[code].plugin else code
        for code in plan.not_installed
    )
    ledger.add(
        Result(
            rule=_NOT_INSTALLED,
            outcome="error",
            consequence=None,
            severity="error",
            message=f"the {plan.rulebook.year} rulebook lists rules that no loaded plugin brings:"
            f" {codes}",
            remediation="install or unblock the plugins that bring them; see picheck plugins list",
            document=subject.document,
            location=Location(pointer=""),
            fingerprint=subject.fingerprint(_NOT_INSTALLED.code, "", subject.document, codes),
        )
    )
