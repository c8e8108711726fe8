"""What only all documents of an entity can show, and what that makes of each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from picheck.engine.document import AuditedDocument, DocumentAuditor
from picheck.engine.entities import EntityGroups, EntitySets
from picheck.engine.fingerprints import entity_json
from picheck.engine.locations import Documents, SourceLocator
from picheck.engine.options import AuditOptions
from picheck.engine.results import bind
from picheck.engine.subject import Subject
from picheck.engine.verdicts import document_verdict
from picheck.intake.documents import RawDocument
from picheck.masking import Masker
from picheck.model.report import DocumentSummary
from picheck.model.result import Result
from picheck.rules.inputs import entity_parts


class EntityRuleRunner:
    """Runs the rules of scope "entity", once for each entity and year with several sets.

    On an entity with one set, whose practice reports at another level as well, only those run that
    look at the other levels.
    """

    def __init__(self, auditor: DocumentAuditor, options: AuditOptions) -> None:
        self._auditor = auditor
        self._options = options

    def run(
        self, groups: EntityGroups, documents: Documents, in_memory: Mapping[int, RawDocument]
    ) -> Iterator[tuple[int, AuditedDocument]]:
        """Yield each document for which something was found, with the added results.

        `documents` are the summaries by index; the caller puts the new one in its place at once.
        `in_memory` are documents that cannot be read again where places are looked up.
        """
        for entity_sets in groups.with_several_sets():
            found = sorted(self._results(entity_sets, documents), key=lambda r: r.document)
            # one for each entity, for it holds the texts that it has read
            locator = SourceLocator(
                documents, in_memory, self._auditor.formats, self._auditor.input_format
            )
            for index, results in groupby(found, key=lambda result: result.document):
                yield (
                    index,
                    self._amend(entity_sets, index, documents[index], list(results), locator),
                )

    def _results(self, entity_sets: EntitySets, documents: Documents) -> list[Result]:
        """Run the rules that any of the documents selects; each drops those it does not."""
        key, views, evidence, other_levels = entity_sets
        selection = self._auditor.selection
        # overrides may select other rules for each file: run them all, keep what each selects
        codes = selection.codes_of(documents[view.document].uri for view in views)
        plan = self._auditor.plans.of(key.program, key.year, codes)
        prior = self._auditor.prior.before(key)
        parts = entity_parts(views, key.entity, evidence, prior, other_levels)
        # one set alone is here because the practice has others at another level
        rules = plan.entities if len(views) > 1 else plan.levels
        outcomes = self._auditor.runner.run(rules, parts, frozenset())
        # no file yet: each result goes to the document of its set, and `_amend` shows that file to
        # the waivers
        subject = self._subject(entity_sets, views[0].document, "")
        return [
            result
            for result in bind(
                outcomes.findings, subject, trust_unverified=self._options.trust_unverified
            )
            if result.outcome == "error"
            or result.code in selection.of(documents[result.document].uri).codes
        ]

    def _subject(self, entity_sets: EntitySets, document: int, uri: str) -> Subject:
        key, views, _, other_levels = entity_sets
        return Subject(
            document=document,
            year=key.year,
            masker=Masker((key.entity.tin, key.entity.npi), reveal=self._options.reveal),
            entity_json=entity_json(key.entity),
            uri=uri,
            entity=key.entity,
            sets=views,
            other_levels=tuple([view for level in other_levels.values() for view in level]),
        )

    def _amend(
        self,
        entity_sets: EntitySets,
        index: int,
        document: DocumentSummary,
        found: list[Result],
        locator: SourceLocator,
    ) -> AuditedDocument:
        """Return a document with what was found across documents added."""
        subject = self._subject(entity_sets, index, document.uri)
        accepted = self._auditor.acceptance.apply(found, subject)
        results = tuple([locator.locate(result) for result in accepted.results])
        # the locator goes on to the next document: its notices must not be given twice
        changed, locator.notices = locator.notices, []
        return AuditedDocument(
            summary=self._summary(document, results),
            results=results,
            notices=(*accepted.notices, *changed),
            entity_sets=(entity_sets,),
            waiver_uses=accepted.uses,
        )

    def _summary(self, document: DocumentSummary, results: Sequence[Result]) -> DocumentSummary:
        outcomes = dict(document.outcomes)
        for result in results:
            outcomes[result.outcome] = outcomes.get(result.outcome, 0) + 1
        is_complete = document.verdict != "incomplete" and not any(
            result.outcome == "error" for result in results
        )
        gate = self._auditor.selection.of(document.uri).gate
        verdict = document_verdict(results, gate, is_complete=is_complete)
        # the results of the document alone are not here, and they decided that already
        if document.verdict == "notReady":
            verdict = "notReady"
        return msgspec.structs.replace(document, outcomes=outcomes, verdict=verdict)
