"""One document: from its bytes to its results. It knows nothing of the run around it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from picheck.engine.acceptance.apply import Acceptance, WaiverUse, read_acceptance
from picheck.engine.charts.facts import ChartSource
from picheck.engine.document_work import (
    DocumentWork,
    count_outcomes,
    drop_keys,
    mask_unverified,
    merge_unverified,
    refuse_results,
)
from picheck.engine.entities import EntitySets, EntityYear, PriorBook
from picheck.engine.fingerprints import entity_json
from picheck.engine.framework_rules import no_rulebook, rules_not_installed
from picheck.engine.locations import with_locations
from picheck.engine.notices import document_notices
from picheck.engine.options import AuditOptions
from picheck.engine.plan import Plan, ScopePlan
from picheck.engine.plan_cache import Plans
from picheck.engine.results import bind
from picheck.engine.runner import RuleRunner
from picheck.engine.selection import FileOverrides
from picheck.engine.subject import Subject, pseudonym, subject_name
from picheck.engine.verdicts import document_verdict
from picheck.errors import UsageError
from picheck.intake.decoder import DecodedDocument
from picheck.intake.documents import RawDocument
from picheck.intake.evidence_lookup import find_evidence
from picheck.intake.formats import AUTO, JSON, decode, find_format
from picheck.masking import Masker
from picheck.model.report import DocumentSummary, InputUse, Notice
from picheck.model.result import Result
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Rulebook
from picheck.rules.inputs import Parts, document_parts, set_parts
from picheck.rules.measurement_set import Entity, SetView


class AuditedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document with its results, and what the run around it must know.

    `reasons` are reasons for the exit code; `entity_sets` are the sets by entity and year, for
    the rules that look at several documents; `waiver_uses` are the waivers that met one of its
    findings; `overrides` the indexes of the overrides that applied to it; `digests` the SHA-256 of
    the supporting documents beside the evidence, by file name; `evidence` the evidence as it came
    beside the document.
    """

    summary: DocumentSummary
    results: tuple[Result, ...]
    notices: tuple[Notice, ...] = ()
    reasons: frozenset[str] = frozenset()
    entity_sets: tuple[EntitySets, ...] = ()
    waiver_uses: frozenset[WaiverUse] = frozenset()
    overrides: tuple[int, ...] = ()
    digests: Mapping[str, str] = MappingProxyType({})
    evidence: bytes | None = None


class DocumentAuditor:
    """Audits documents one by one with the same options; plans are made once a year."""

    def __init__(
        self, registry: PluginRegistry, options: AuditOptions, prior: PriorBook | None = None
    ) -> None:
        """Take the plugins and options of a run. Raises UsageError where they do not fit."""
        self._rulebooks = registry.rulebooks
        self._sections = registry.evidence
        self.formats = registry.formats
        self.input_format = options.input_format
        if self.input_format not in {AUTO, JSON}:
            find_format(self.input_format, self.formats)
        self.options = options
        self.prior = prior if prior is not None else PriorBook()
        self.selection = FileOverrides({c: r.rule for c, r in registry.rules.items()}, options)
        self.plans = Plans(registry, options)
        self.acceptance: Acceptance = read_acceptance(
            options.as_of, options.waivers, options.baseline, tuple(registry.rules)
        )
        # the runner does not know a document's file: open questions are kept for all where they
        # count at the gate of any
        gates = (options.gate, *(override.gate for override in options.overrides))
        self.runner = RuleRunner(
            all_results=options.all_results,
            with_unverified=options.with_unverified or "indeterminate" in gates,
        )

    def audit(self, raw: RawDocument, index: int) -> AuditedDocument:
        """Audit one document; `index` is its number in the run.

        Raises InputError where it is not a JSON document at all, UsageError where a side file
        was given and this is a second document.
        """
        if index and self.options.evidence is not None:
            raise UsageError(
                f"--evidence belongs to one document, and {raw.uri} is a second one; put"
                " NAME.evidence.json beside each"
            )
        decoded = self._decode(raw)
        found = find_evidence(raw, decoded, self.options.evidence, self._sections)
        submission, year = decoded.submission, self.plans.year_of(decoded)
        work = DocumentWork(raw, decoded, found, self._subject(raw, index, decoded, year))
        if submission is not None and year != submission.performance_year:
            work.is_complete = False  # CMS takes the document by its own year
        selected = self.selection.of(raw.uri).codes
        for program in self.plans.programs_of(submission):
            plan = self.plans.for_document(program, decoded, selected)
            if plan is not None:
                self._run_plan(plan, work)
            elif year is not None:
                self._note_no_rulebook(program, year, work)
        return self._finish(work)

    def entity_sets(self, raw: RawDocument, index: int) -> tuple[EntitySets, ...]:
        """Return the sets of a document by entity and year, without auditing them.

        The plans that an audit of it takes count as used. Raises InputError where it is not a
        JSON document at all.
        """
        decoded = self._decode(raw)
        submission, selected = decoded.submission, self.selection.of(raw.uri).codes
        found = []
        for program in self.plans.programs_of(submission):
            plan = self.plans.for_document(program, decoded, selected)
            if plan is None or submission is None:
                continue
            if views := _views(decoded, index, plan.rulebook):
                key = EntityYear(program, plan.rulebook.year, Entity.of(submission))
                found.append(EntitySets(key, views))
        return tuple(found)

    def evidence_inputs(self, raw: RawDocument) -> tuple[InputUse, ...]:
        """Return the side files that an audit of a document would use, with their digests."""
        given = self.options.evidence
        if given is None and raw.evidence_path is None and raw.evidence_uri is None:
            return ()
        return find_evidence(raw, self._decode(raw), given, self._sections).inputs

    def _decode(self, raw: RawDocument) -> DecodedDocument:
        return decode(raw, self.formats, self.input_format, self._rulebooks.programs)

    def _subject(
        self, raw: RawDocument, index: int, decoded: DecodedDocument, year: int | None
    ) -> Subject:
        submission = decoded.submission
        entity = None if submission is None else Entity.of(submission)
        identifiers = decoded.identifiers if entity is None else (entity.tin, entity.npi)
        return Subject(
            document=index,
            year=year,
            masker=Masker(identifiers, reveal=self.options.reveal),
            entity_json=entity_json(entity),
            uri=raw.uri,
            line=raw.line,
            entity=entity,
            keys_pointer=decoded.keys_pointer,
        )

    def _note_no_rulebook(self, program: str, year: int, work: DocumentWork) -> None:
        """Add to a document that there is no rulebook for its year."""
        years = self._rulebooks.years(program)
        pointer = f"{work.decoded.keys_pointer}/performanceYear"
        work.is_complete = False
        work.results.append(no_rulebook(program, year, years, pointer, work.subject))

    def _run_plan(self, plan: Plan, work: DocumentWork) -> None:
        """Run the rules of one program and year over the document and its sets."""
        rulebook, decoded, evidence = plan.rulebook, work.decoded, work.found.evidence
        views = _views(decoded, work.subject.document, rulebook)
        entity = work.subject.entity
        # a refused document gives no year that is its own: its results carry the year of the law
        # that they rest on
        subject = msgspec.structs.replace(work.subject, year=rulebook.year, sets=views)
        parts = document_parts(
            decoded.submission,
            entity,
            views,
            evidence,
            decoded.issues,
            work.found.digests,
            decoded.source,
        )
        work.is_checked = True
        if plan.not_installed:
            work.results.append(rules_not_installed(plan, subject))
        work.is_complete &= not (plan.not_installed or plan.left_out)
        work.is_complete &= rulebook.status == "final" and entity is not None
        if entity is None:
            self._run(plan.structural, parts, frozenset(), subject, work)
            return
        blocked = self._run(plan.document, parts, frozenset(), subject, work)
        key = EntityYear(rulebook.program, rulebook.year, entity)
        prior = self.prior.before(key)
        work.remarks += self.prior.remarks(key)
        for view in views:
            own = set_parts(view, entity, evidence, prior)
            self._run(plan.sets, own, blocked, subject, work, view)
        if views:
            work.entity_sets.append(EntitySets(key, views, evidence))
        # a picture beside a refused side file would show as missing what that file may hold
        if self.options.with_chart_data and work.found.fault is None:
            work.charts.append(ChartSource(rulebook, views, evidence, subject.masker))

    def _run(  # noqa: PLR0917 - a step of the audit, called in three places
        self,
        plan: ScopePlan,
        parts: Parts,
        blocked: frozenset[str],
        subject: Subject,
        work: DocumentWork,
        view: SetView | None = None,
    ) -> frozenset[str]:
        """Run the rules of one scope on a document, or on one of its sets.

        `blocked` are the codes that failed so far; returns them with those that failed here.
        """
        outcomes = self.runner.run(plan, parts, blocked)
        if outcomes.findings:
            work.results += bind(
                outcomes.findings,
                subject if view is None else subject.on(view),
                trust_unverified=self.options.trust_unverified,
            )
            outcomes.findings = ()
        work.outcomes.add(outcomes)
        return outcomes.blocked

    def _finish(self, work: DocumentWork) -> AuditedDocument:
        """Apply waivers and baseline, add the places, and draw the document's verdict."""
        raw, subject, outcomes, options = work.raw, work.subject, work.outcomes, self.options
        accepted = self.acceptance.apply(work.results, subject)
        results = with_locations(accepted.results, raw, work.decoded.places)
        masker, year = subject.masker, subject.year
        unverified = mask_unverified(merge_unverified(outcomes.unverified), masker)
        if work.found.fault is not None:
            results, unverified = refuse_results(results), drop_keys(unverified)
        counts = count_outcomes(outcomes, len(unverified), results)
        is_complete = work.is_complete and work.is_checked and not counts.get("error")
        selection = self.selection.of(raw.uri)
        submission = work.decoded.submission
        summary = DocumentSummary(
            uri=raw.uri,
            line=raw.line,
            sha256=hashlib.sha256(raw.data).hexdigest(),
            performance_year=year if masker.value(year) == year else None,  # it may be a TIN
            entity_type=masker.value(submission.entity_type) if submission else None,
            subject=subject_name(subject.entity, masker),
            entity=pseudonym(subject, options.entity_key) if subject.entity else None,
            verdict=document_verdict(results, selection.gate, is_complete=is_complete),
            outcomes=counts,
            unverified=unverified,
            waiting=tuple(sorted(set(outcomes.waiting))),
            inputs=work.found.inputs,
            facts=tuple(work.charts) or None,
        )
        return AuditedDocument(
            summary=summary,
            results=tuple(results),
            notices=(
                *document_notices(
                    raw,
                    submission,
                    subject,
                    work.found,
                    remarks=work.remarks,
                    programs=self._rulebooks.programs,
                ),
                *accepted.notices,
            ),
            reasons=work.reasons(),
            entity_sets=tuple(work.entity_sets),
            waiver_uses=accepted.uses,
            overrides=self.selection.overrides_of(raw.uri),
            digests=work.found.digests,
            evidence=work.found.data,
        )


def _views(decoded: DecodedDocument, document: int, rulebook: Rulebook) -> tuple[SetView, ...]:
    """Return the sets of a document that are of a rulebook's program."""
    submission = decoded.submission
    records = () if submission is None else submission.measurement_sets
    return tuple(
        [
            SetView(record, decoded.set_pointer(index), rulebook, document)
            for index, record in enumerate(records)
            if record.category == rulebook.program
        ]
    )
