"""What only all documents of an entity can tell, and what that makes of each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from picheck.engine.accepting import Use
from picheck.engine.document import Auditor
from picheck.engine.locating import Documents, Places
from picheck.engine.scoping import Scopes
from picheck.engine.subjects import EntityBook, EntityYear, Gathered
from picheck.engine.telling import Subject
from picheck.engine.verdicts import verdict_on
from picheck.engine.waiving import Whom
from picheck.intake.documents import RawDocument
from picheck.model.finding import Result
from picheck.model.report import DocumentSummary, Notice
from picheck.rules.context import EntityContext


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """What was found across documents and stands in one of them, with its summary anew."""

    index: int
    before: DocumentSummary
    after: DocumentSummary
    results: tuple[Result, ...]
    notices: tuple[Notice, ...]
    uses: frozenset[Use]


class Across:
    """Runs the rules of scope "entity" under the terms of a run."""

    def __init__(self, auditor: Auditor, scopes: Scopes, as_of: date) -> None:
        self._auditor = auditor
        self._scopes = scopes
        self._as_of = as_of

    def amendments(
        self, entities: EntityBook, documents: Documents, at_hand: Mapping[int, RawDocument]
    ) -> Iterator[Amendment]:
        """Yield what becomes of each document; the caller puts `after` in its place at once.

        `at_hand` are the documents that cannot be read again where places are looked for.
        """
        for key, gathered in entities.several():
            found = self._results(key, gathered, documents)
            places = Places(documents, at_hand)
            for index in sorted({result.document for result in found}):
                mine = [result for result in found if result.document == index]
                yield self._amendment(key, index, documents[index], mine, places)

    def _results(self, key: EntityYear, gathered: Gathered, documents: Documents) -> list[Result]:
        """Ask the rules that any of the documents chose; each document drops what it did not."""
        views = tuple(gathered.views)
        chosen = self._scopes.together(documents[view.document].uri for view in views)
        plan = self._auditor.plans.of(key.program, key.year, chosen)
        ledger = self._auditor.ledger()
        context = EntityContext(plan.rulebook, gathered.evidence, self._as_of, key.entity, views)
        subject = Subject(document=views[0].document, year=key.year, entity=key.entity, views=views)
        ledger.run(plan.entities, context, subject)
        return [
            result
            for result in ledger.results
            if result.outcome == "error"
            or result.rule.code in self._scopes.of(documents[result.document].uri).chosen
        ]

    def _amendment(
        self,
        key: EntityYear,
        index: int,
        document: DocumentSummary,
        found: list[Result],
        places: Places,
    ) -> Amendment:
        whom = Whom(document=index, uri=document.uri, year=key.year, entity=key.entity)
        accepted = self._auditor.acceptance.accept(found, whom)
        results = tuple([places.located(r) for r in (*accepted.results, *accepted.told)])
        return Amendment(
            index=index,
            before=document,
            after=self._amended(document, results),
            results=results,
            notices=accepted.notices,
            uses=accepted.uses,
        )

    def _amended(self, document: DocumentSummary, results: tuple[Result, ...]) -> DocumentSummary:
        """Return a document's summary with what was found across documents."""
        outcomes = dict(document.outcomes)
        for result in results:
            outcomes[result.outcome] = outcomes.get(result.outcome, 0) + 1
        is_complete = document.verdict != "incomplete" and not any(
            result.outcome == "error" for result in results
        )
        verdict = verdict_on(results, self._scopes.of(document.uri).gate, is_complete=is_complete)
        if document.verdict == "notReady":
            verdict = "notReady"
        return msgspec.structs.replace(document, outcomes=outcomes, verdict=verdict)
